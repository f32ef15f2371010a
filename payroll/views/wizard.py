"""Adding an integration, step by step; each step is also its settings page later."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from integration_hub.accounts.models import Membership, Role
from integration_hub.accounts.requests import UserRequest
from payroll import registry, wizard
from payroll.configuration.editing import ChangedMeanwhile, begin, edit
from payroll.forms import ConnectionForm, ScheduleForm, StepForm
from payroll.models import Integration
from payroll.pages.overview import run_lines
from payroll.pages.wording import next_run_in_words, schedule_in_words, scope_in_words

MAY_CONFIGURE = (Role.OWNER, Role.ADMIN)


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


@require_http_methods(["GET", "HEAD", "POST"])
def integration_step(request: UserRequest, pk: UUID, key: str) -> HttpResponse:
    """One step of one integration."""
    integration, membership = _mine(request, pk)
    step = wizard.step(key)
    if step is None:
        raise Http404
    if step.key == "review":
        return _review(request, integration, step)
    form = _form(request, integration, membership, step)
    if request.method == "POST" and form.is_valid() and _saved(request, integration, form):
        if integration.may_sync:
            messages.success(request, f"{step.title}: saved.")
            return redirect("integration", integration.pk)
        return redirect("integration_step", integration.pk, wizard.after(step).key)
    return _page(request, integration, step, {"form": form, "membership": membership})


def _form(
    request: UserRequest, integration: Integration, membership: Membership, step: wizard.Step
) -> StepForm:
    data = request.POST if request.method == "POST" else None
    if step.key == "connection":
        owner = membership.role == Role.OWNER
        return ConnectionForm(integration, data, may_set_tokens=owner)
    return ScheduleForm(integration, data)


def _saved(request: UserRequest, integration: Integration, form: StepForm) -> bool:
    """Whether it was saved; if somebody was faster, the person is told and keeps the entries."""
    user, now = request.user, timezone.now()
    version = form.cleaned_data["version"]
    try:
        edit(integration.pk, version, lambda held: form.change(held, user, now), user, now)
    except ChangedMeanwhile:
        integration.refresh_from_db()
        form.refuse_stale(integration.config_version)
        return False
    integration.refresh_from_db()
    return True


def _review(request: UserRequest, integration: Integration, step: wizard.Step) -> HttpResponse:
    missing = wizard.missing_secrets(integration)
    if request.method == "POST" and not missing and not integration.may_sync:
        return _activate(request, integration)
    context: dict[str, object] = {
        "missing": missing,
        "schedule": schedule_in_words(integration.schedule_days),
        "scope": scope_in_words(integration.parsed_scope),
        "previews": run_lines(integration.runs.filter(preview=True)[:1]),
    }
    return _page(request, integration, step, context)


def _activate(request: UserRequest, integration: Integration) -> HttpResponse:
    """From now on it may sync; what was reviewed is what is activated, or nothing is."""
    now = timezone.now()

    def activate(held: Integration) -> bool:
        held.state = Integration.State.ACTIVE
        held.next_run_at = held.next_run_after(now)
        return False

    reviewed = request.POST.get("version", "")
    try:
        edit(integration.pk, int(reviewed), activate, request.user, now)
    except (ChangedMeanwhile, ValueError):
        messages.error(
            request,
            "Somebody changed this integration since you opened the review, so it was not "
            "activated. Look it over again.",
        )
        return redirect("integration_step", integration.pk, "review")
    messages.success(request, "The integration is active. Press Sync now for the first sync.")
    return redirect("integration", integration.pk)


def _page(
    request: UserRequest, integration: Integration, step: wizard.Step, context: dict[str, object]
) -> HttpResponse:
    common = {
        "integration": integration,
        "step": step,
        "steps": wizard.states(integration, step),
        "next_run": next_run_in_words(integration),
        "credentials": integration.credentials.select_related("set_by").order_by("side", "key"),
    }
    return render(request, f"payroll/wizard_{step.key}.html", common | context)


def _mine(request: UserRequest, pk: UUID) -> tuple[Integration, Membership]:
    """The integration and the person's role there: 404 for a stranger, 403 for a viewer."""
    visible = Integration.objects.visible_to(request.user).select_related("organisation")
    integration = get_object_or_404(visible, pk=pk)
    membership = Membership.objects.get(user=request.user, organisation=integration.organisation)
    if not membership.may_run or not integration.organisation.has_addon:
        raise PermissionDenied
    return integration, membership
