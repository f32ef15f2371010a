"""The pages of integrations, and the buttons that start a run."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from integration_hub.accounts.models import Membership, Role
from integration_hub.accounts.requests import UserRequest
from integration_hub.core.errors import ConfigurationError
from integration_hub.core.sorting import chosen_sort, columns
from payroll import wizard
from payroll.activation import resume
from payroll.configuration.editing import ChangedMeanwhile
from payroll.missed import missed_by
from payroll.models import ConnectionTest, Integration
from payroll.pages.field_table import field_table
from payroll.pages.held_plan import newest_held
from payroll.pages.overview import LABELS, good_runs, missed_in, overviews, run_lines
from payroll.pages.setup_summary import setup_summary
from payroll.pages.trouble_rows import trouble_count
from payroll.pages.waiting_rows import waits_in_words
from payroll.pages.wording import next_run_in_words
from payroll.request_counts import month_of, month_of_requests
from payroll.runs import start_run
from payroll.waiting import waiting_for

RECENT = 5  # runs on an integration's page


@require_safe
def integration_list(request: UserRequest) -> HttpResponse:
    """Settings → Integrations."""
    sort = chosen_sort(request.GET.get("sort"), LABELS, "name")
    listed = overviews(request.user, sort)
    context = {
        "overviews": listed,
        "columns": columns(LABELS, sort),
        "missed": missed_in(listed, timezone.now()),
    }
    return render(request, "payroll/integration_list.html", context)


@require_safe
def integration_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    """One integration: how it stands, what it does, what it did."""
    integration = _integration(request, pk)
    membership = _membership(request, integration)
    active_run = integration.runs.active().first()
    missed = missed_by(integration, active_run, timezone.now())
    context = {
        "integration": integration,
        "may_run": membership.may_run,
        "last_good": good_runs().filter(integration=integration).first(),
        "active_run": active_run,
        "missed": [missed] if missed else [],
        "held": newest_held(integration),
        "next_run": next_run_in_words(integration),
        "summary": setup_summary(integration, timezone.now()),
        "test": ConnectionTest.objects.filter(integration=integration).first(),
        "may_change": membership.may_run and integration.organisation.has_addon,
        "may_delete": membership.role == Role.OWNER,
        "go_on": wizard.first_open(integration),
        "table": field_table(integration),
        "waits": waits_in_words(integration),
        "pins": integration.pins.count(),
        "to_approve": waiting_for(integration).count(),
        "troubles": trouble_count(integration),
        "requests": month_of_requests(integration, month_of(timezone.now())),
        "recent": run_lines(integration.runs.select_related("started_by")[:RECENT]),
    }
    return render(request, "payroll/integration_detail.html", context)


@require_POST
def start_sync(request: UserRequest, pk: UUID) -> HttpResponse:
    """The buttons Sync now and Sync everyone; `resume` also switches a paused schedule on."""
    integration = _integration(request, pk)
    if not integration.may_sync:
        _require_may_run(request, integration)
        messages.error(request, "A draft can be previewed, but not synced: it is not active yet.")
        return redirect("integration", integration.pk)
    response = _start(request, integration, preview=False)
    if "resume" in request.POST and integration.organisation.has_addon:
        _resume(request, integration)
    return response


@require_POST
def start_preview(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Preview."""
    return _start(request, _integration(request, pk), preview=True)


def _start(request: UserRequest, integration: Integration, *, preview: bool) -> HttpResponse:
    _require_may_run(request, integration)
    try:
        run, new = start_run(integration, request.user, timezone.now(), preview=preview)
    except ConfigurationError as error:
        messages.error(request, error.message)
        return redirect("integration", integration.pk)
    if not new:
        what = "A preview" if run.preview else "A sync"
        messages.info(request, f"{what} is already in progress. Here it is; nothing else started.")
    return redirect("run", run.pk)


def _resume(request: UserRequest, integration: Integration) -> None:
    try:
        resume(integration, request.user, timezone.now())
    except ChangedMeanwhile:
        words = "Somebody changed the integration meanwhile; the schedule is as they left it."
        messages.warning(request, words)
        return
    if integration.is_active:
        messages.success(
            request, f"The schedule is on. Next run: {next_run_in_words(integration)}."
        )


def _integration(request: UserRequest, pk: UUID) -> Integration:
    mine = Integration.objects.visible_to(request.user).select_related("organisation")
    return get_object_or_404(mine, pk=pk)


def _membership(request: UserRequest, integration: Integration) -> Membership:
    return Membership.objects.get(user=request.user, organisation=integration.organisation_id)


def _require_may_run(request: UserRequest, integration: Integration) -> None:
    if not _membership(request, integration).may_run:
        raise PermissionDenied
