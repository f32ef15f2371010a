"""Time off codes: the settings page of Export time off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from integration_hub.accounts.kept import keeps_entries
from integration_hub.accounts.requests import UserRequest
from payroll.forms.time_off_settings import TimeOffSettingsForm
from payroll.timeoff.readings import judge_again, leaves_shown, newest_reading, types_shown
from payroll.timeoff.shown import ShownLeave

from .setup.frame import configurable, saved_form


@keeps_entries()
@require_http_methods(["GET", "HEAD", "POST"])
def time_off_settings(request: UserRequest, pk: UUID) -> HttpResponse:
    """Leave types and payroll's codes, on the types as last read."""
    integration, _ = configurable(request, pk)
    now = timezone.now()
    reading = newest_reading(integration, now)
    ready = reading if reading and reading.is_ready else None
    leaves = leaves_shown(ready) if ready else []
    form = TimeOffSettingsForm(
        integration,
        types_shown(ready) if ready else None,
        _companies(leaves),
        request.POST if request.method == "POST" else None,
    )
    if request.method == "POST" and form.is_valid() and saved_form(request, integration, form):
        if ready:
            judge_again(ready, now)
        messages.success(request, "The settings of time off are saved and count from now on.")
        return redirect("time_off_leaves", integration.pk)
    context = {
        "integration": integration,
        "form": form,
        "rows": list(form.rows(Counter(each.type_id for each in leaves))),
        "reading": ready,
    }
    return render(request, "payroll/time_off_settings.html", context)


def _companies(leaves: Sequence[ShownLeave]) -> Mapping[str, str]:
    """The companies that people with time off belong to: names by id."""
    places = (leave.places["company"] for leave in leaves if "company" in leave.places)
    return dict(sorted(dict(places).items(), key=lambda company: company[1]))
