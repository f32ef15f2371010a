"""Adding an integration, step by step; each step is also its settings page later."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django_htmx.http import HttpResponseClientRefresh

from integration_hub.accounts.kept import keeps_entries
from integration_hub.accounts.models import Membership, Role
from integration_hub.accounts.requests import UserRequest
from integration_hub.core.errors import ConfigurationError
from payroll import registry, wizard
from payroll.configuration.editing import begin
from payroll.models import Snapshot
from payroll.snapshots import request_snapshot

from .setup import PAGES
from .setup.frame import configurable, open_step, snapshot_of
from .single import page_of

MAY_CONFIGURE = (Role.OWNER, Role.ADMIN)


@keeps_entries()
@require_http_methods(["GET", "HEAD", "POST"])
def add_integration(request: UserRequest) -> HttpResponse:
    """Integrate with payroll system: choose the organisation and the system, and begin a draft."""
    mine = Membership.objects.filter(user=request.user, role__in=MAY_CONFIGURE)
    memberships = list(mine.select_related("organisation").order_by("organisation__name"))
    ready = [each for each in memberships if each.organisation.has_addon]
    by_id = {str(each.organisation_id): each.organisation for each in ready}
    organisation = by_id.get(request.POST.get("organisation", ""))
    source, target = request.POST.get("source", ""), request.POST.get("target", "")
    if organisation and source in registry.sources and target in registry.targets:
        draft = begin(organisation, source, target, request.user, timezone.now())
        return redirect("integration_step", draft.pk, wizard.STEPS[0].key)
    context = {
        "ready": ready,
        "without_addon": [each for each in memberships if each not in ready],
        "sources": list(registry.sources.values()),
        "targets": list(registry.targets.values()),
        "asked": request.method == "POST",
    }
    return render(request, "payroll/wizard_system.html", context)


@keeps_entries(key="review")  # which activates
@require_http_methods(["GET", "HEAD", "POST"])
def integration_step(request: UserRequest, pk: UUID, key: str) -> HttpResponse:
    """One step of one integration."""
    setup = open_step(request, pk, key)
    return PAGES[setup.step.key](request, setup)


@require_POST
def read_people(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Read people: a worker reads both systems; `next` is the step to come back to."""
    integration, _ = configurable(request, pk)
    try:
        request_snapshot(integration, request.user, timezone.now())
    except ConfigurationError as error:
        messages.error(request, error.message)
    back = request.POST.get("next", "")
    if back == "readiness":
        return redirect("readiness", integration.pk)
    if back == "person":
        return redirect(page_of(integration, request.POST.get("who", "")))
    step = wizard.step(back) or wizard.STEPS[0]
    return redirect("integration_step", integration.pk, step.key)


@require_safe
@never_cache
def read_progress(request: UserRequest, pk: UUID) -> HttpResponse:
    """How far the reading is; once it is over, the page around it is loaded again.

    The count renews itself in silence; only a new state is announced by a screen reader.
    """
    integration, _ = configurable(request, pk)
    snapshot = snapshot_of(integration)
    if snapshot is None or snapshot.status not in Snapshot.UNDER_WAY:
        return HttpResponseClientRefresh()
    seen, _, requests = request.GET.get("seen", "").partition(".")
    if (seen, requests) == (snapshot.status, str(snapshot.requests)):
        return HttpResponse(status=204)
    context = {"snapshot": snapshot, "state_changed": seen != snapshot.status}
    return render(request, "payroll/_read_count.html", context)
