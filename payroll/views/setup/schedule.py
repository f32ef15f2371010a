"""The step When."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from integration_hub.accounts.requests import UserRequest
from payroll.forms import ScheduleForm
from payroll.pages.wording import planned_if, planned_in_words

from .frame import Setup, configurable, go_on, saved, step_page


def schedule_step(request: UserRequest, setup: Setup) -> HttpResponse:
    """By hand only, or on chosen weekdays; `show` asks for the next run and saves nothing."""
    posted = request.method == "POST"
    form = ScheduleForm(setup.integration, request.POST if posted else None)
    only_show = "show" in request.POST
    if posted and form.is_valid() and not only_show and saved(request, setup, form):
        return go_on(request, setup)
    planned = _planned(form) if posted else planned_in_words(setup.integration, timezone.now())
    return step_page(request, setup, {"form": form, "planned": planned})


@require_safe
@never_cache
def schedule_planned(request: UserRequest, pk: UUID) -> HttpResponse:
    """When it would run next with what is entered, while it is being entered."""
    integration, _ = configurable(request, pk)
    entered = request.GET.copy()
    entered["version"] = str(integration.config_version)
    context = {"planned": _planned(ScheduleForm(integration, entered))}
    return render(request, "payroll/_schedule_planned.html", context)


def _planned(form: ScheduleForm) -> str:
    """The next run in words, or what must be entered first."""
    now = timezone.now()
    if "days" in form.errors:
        return "Choose at least one weekday to see when it runs."
    paused = bool(form.cleaned_data.get("paused"))
    return planned_if(form.integration, form.chosen_days, now, paused=paused)
