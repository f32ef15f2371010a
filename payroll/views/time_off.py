"""Manage time → Export time off: a period is read, and a person sees every leave in its group."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from integration_hub.core.errors import ConfigurationError
from integration_hub.core.searching import asked, search
from payroll.forms.time_off import LeaveFilter, PeriodForm
from payroll.models import Integration, TimeOffByHand, TimeOffExport, TimeOffReading
from payroll.pages.export_choice import stamp
from payroll.pages.leave_list import chosen_leaves, leave_list
from payroll.pages.periods import presets
from payroll.pages.time_off_channels import channels
from payroll.schedule import ZONE
from payroll.timeoff.material import channels_of, last_month, usual_channel
from payroll.timeoff.readings import leaves_shown, newest_reading, request_reading

from .setup.frame import configurable


@require_safe
def time_off(request: UserRequest) -> HttpResponse:
    """Every integration whose time off can be exported; the only one at once."""
    found = channels(request.user)
    if len(found) == 1:
        return redirect("time_off_leaves", found[0].integration.pk)
    return render(request, "payroll/time_off.html", {"channels": found})


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def leaves(request: UserRequest, pk: UUID) -> HttpResponse:
    """The leaves of the period that was read last. A search for people is posted."""
    if request.method == "POST":
        return search(request)
    visible = Integration.objects.visible_to(request.user).select_related("organisation")
    integration = get_object_or_404(visible, pk=pk)
    membership = Membership.objects.get(user=request.user, organisation=integration.organisation)
    reading = newest_reading(integration, timezone.now())
    context: dict[str, object] = {
        "integration": integration,
        "reading": reading,
        "may_export": membership.may_run and integration.organisation.has_addon,
        "form": _period_form(integration, reading),
        "presets": presets(_today()),
        "exporting": TimeOffExport.objects.active().filter(integration=integration).first(),
        "by_hand": TimeOffByHand.objects.waiting().filter(integration=integration).count(),
    }
    if reading and reading.is_ready:
        query, shown = asked(request), leaves_shown(reading)
        filters = LeaveFilter(query, shown)
        chosen = chosen_leaves(shown, filters, query, sees_people=membership.may_run)
        listed = leave_list(chosen, query, integration, sees_people=membership.may_run)
        context |= {"filters": filters, "leaves": listed, "stamp": stamp(reading)}
    return render(request, "payroll/time_off_leaves.html", context)


def _today() -> date:
    return timezone.now().astimezone(ZONE).date()


def _period_form(integration: Integration, reading: TimeOffReading | None) -> PeriodForm:
    """Begins with what was read last, else with last month and the best way."""
    period, channel = last_month(_today()), usual_channel(integration).value
    initial = {"start": period.start, "end": period.end, "channel": channel}
    if reading:
        initial = {
            "start": reading.period_start,
            "end": reading.period_end,
            "channel": reading.channel,
        }
    return PeriodForm(channels_of(integration), initial=initial)


@require_POST
def read_leaves(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Read leaves: a worker reads the period from both systems."""
    integration, _ = configurable(request, pk)
    form = PeriodForm(channels_of(integration), request.POST)
    if not form.is_valid():
        context = {
            "integration": integration,
            "reading": newest_reading(integration, timezone.now()),
            "may_export": True,
            "form": form,
            "presets": presets(_today()),
        }
        return render(request, "payroll/time_off_leaves.html", context)
    try:
        request_reading(integration, form.period, form.way, request.user, timezone.now())
    except ConfigurationError as error:
        messages.error(request, error.message)
    if again := request.POST.get("again"):
        review = reverse("review_export", args=[integration.pk])
        return redirect(f"{review}?{urlencode({'again': again})}")
    return redirect("time_off_leaves", integration.pk)


@require_safe
@never_cache
def leaves_progress(request: UserRequest, pk: UUID) -> HttpResponse:
    """How far the reading is; once it is over, the page around it is loaded again."""
    integration, _ = configurable(request, pk)
    reading = newest_reading(integration, timezone.now())
    if reading is None or reading.status not in TimeOffReading.UNDER_WAY:
        return HttpResponseClientRefresh()
    seen, _, requests = request.GET.get("seen", "").partition(".")
    if (seen, requests) == (reading.status, str(reading.requests)):
        return HttpResponse(status=204)
    context = {"reading": reading, "state_changed": seen != reading.status}
    return render(request, "payroll/_leaves_count.html", context)
