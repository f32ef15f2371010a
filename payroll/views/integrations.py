"""The pages of integrations, and the buttons that start a run."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from integration_hub.core.errors import ConfigurationError
from payroll.models import Integration
from payroll.pages.connection_result import tested_sides
from payroll.pages.field_table import field_table
from payroll.pages.overview import good_runs, overviews, run_lines
from payroll.pages.wording import next_run_in_words, schedule_in_words, scope_in_words
from payroll.runs import NO_ADDON, start_run

RECENT = 5  # runs on an integration's page


@require_safe
def integration_list(request: UserRequest) -> HttpResponse:
    """Settings → Integrations."""
    return render(request, "payroll/integration_list.html", {"overviews": overviews(request.user)})


@require_safe
def integration_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    """One integration: how it stands, what it does, what it did."""
    integration = _integration(request, pk)
    context = {
        "integration": integration,
        "may_run": _may_run(request, integration),
        "last_good": good_runs().filter(integration=integration).first(),
        "active_run": integration.runs.active().first(),
        "next_run": next_run_in_words(integration),
        "schedule": schedule_in_words(integration.schedule_days),
        "scope": scope_in_words(integration.parsed_scope),
        "table": field_table(integration),
        "recent": run_lines(integration.runs.select_related("started_by")[:RECENT]),
    }
    return render(request, "payroll/integration_detail.html", context)


@require_POST
def start_sync(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Sync now."""
    integration = _integration(request, pk)
    if not integration.may_sync:
        _require_may_run(request, integration)
        messages.error(request, "A draft can be previewed, but not synced: it is not active yet.")
        return redirect("integration", integration.pk)
    return _start(request, integration, preview=False)


@require_POST
def start_preview(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Preview."""
    return _start(request, _integration(request, pk), preview=True)


@require_http_methods(["GET", "HEAD", "POST"])
def connection_test(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Test connection; followed as a link, it leads back to the integration."""
    integration = _integration(request, pk)
    if request.method != "POST":
        return redirect("integration", integration.pk)
    _require_may_run(request, integration)
    if not integration.organisation.has_addon:
        messages.error(request, NO_ADDON)
        return redirect("integration", integration.pk)
    context = {
        "integration": integration,
        "sides": tested_sides(integration),
        "tested_at": timezone.now(),
    }
    return render(request, "payroll/integration_connection.html", context)


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


def _integration(request: UserRequest, pk: UUID) -> Integration:
    mine = Integration.objects.visible_to(request.user).select_related("organisation")
    return get_object_or_404(mine, pk=pk)


def _may_run(request: UserRequest, integration: Integration) -> bool:
    return Membership.objects.get(
        user=request.user, organisation=integration.organisation_id
    ).may_run


def _require_may_run(request: UserRequest, integration: Integration) -> None:
    if not _may_run(request, integration):
        raise PermissionDenied
