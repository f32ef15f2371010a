"""The settings page of the guard's limits."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from integration_hub.accounts.kept import keeps_entries
from integration_hub.accounts.requests import UserRequest
from payroll.forms import LimitsForm
from payroll.pages.waiting_rows import NOBODY_ELSE, last_set_in_words
from payroll.verdicts import deciders

from .setup.frame import configurable, saved_form


@keeps_entries()
@require_http_methods(["GET", "HEAD", "POST"])
def integration_limits(request: UserRequest, pk: UUID) -> HttpResponse:
    """From how many people on a plan waits for an owner or admin."""
    integration, _ = configurable(request, pk)
    form = LimitsForm(integration, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and saved_form(request, integration, form):
        messages.success(request, "The limits are saved and count from the next run on.")
        if integration.waits_for and not deciders(integration):
            messages.warning(request, NOBODY_ELSE)
        return redirect("integration", integration.pk)
    last_set = last_set_in_words(integration)
    context = {"integration": integration, "form": form, "last_set": last_set}
    return render(request, "payroll/integration_limits.html", context)
