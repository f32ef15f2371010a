"""The settings page of who is told by e-mail, and its test mail."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from integration_hub.accounts.kept import keeps_entries
from integration_hub.accounts.requests import UserRequest
from payroll.forms import NoticesForm
from payroll.notices import Kind
from payroll.notify import NOT_SENT, recipients, send_test
from payroll.pages.notice_rows import notice_rows
from payroll.pages.wording import listed

from .setup.frame import configurable, saved_form


@keeps_entries()
@require_http_methods(["GET", "HEAD", "POST"])
def integration_notices(request: UserRequest, pk: UUID) -> HttpResponse:
    """Who is told when the sync of this integration changes its state."""
    integration, _ = configurable(request, pk)
    form = NoticesForm(integration, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and saved_form(request, integration, form):
        messages.success(request, "Saved: these addresses are told from the next change on.")
        return redirect("integration_notices", integration.pk)
    context = {
        "integration": integration,
        "form": form,
        "told": recipients(integration, Kind.FAILING),
        "rows": notice_rows(integration),
        "mails_leave": settings.MAILS_LEAVE,
    }
    return render(request, "payroll/integration_notices.html", context)


@require_POST
def send_test_mail(request: UserRequest, pk: UUID) -> HttpResponse:
    """A mail at once to everybody who is told."""
    integration, _ = configurable(request, pk)
    try:
        addresses = send_test(integration)
    except NOT_SENT:
        messages.error(
            request,
            "The mail server did not take the mail. Check the addresses; if they are right, tell "
            "whoever operates the Integration Hub.",
        )
    else:
        if addresses:
            messages.success(request, f"A test mail went to {listed(addresses)}.")
        else:
            messages.error(request, "There is nobody to send it to: enter an address and save.")
    return redirect("integration_notices", integration.pk)
