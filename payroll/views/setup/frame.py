"""What the pages of all steps share: who may open one, how it is shown, how it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from payroll import wizard
from payroll.configuration.editing import ChangedMeanwhile, edit
from payroll.forms import StepForm
from payroll.models import Integration, Snapshot
from payroll.reading import Reading
from payroll.snapshots import newest_reading, newest_snapshot


@dataclass(frozen=True)
class Setup:
    """One step of one integration, opened by a member who may configure it."""

    integration: Integration
    membership: Membership
    step: wizard.Step

    def reading(self) -> Reading | None:
        """The people as they were last read; None where nobody was, or too long ago."""
        return newest_reading(self.integration, timezone.now())


def open_step(request: UserRequest, pk: UUID, key: str) -> Setup:
    """404 for a stranger and an unknown step, 403 for a viewer and without the add-on."""
    integration, membership = configurable(request, pk)
    step = wizard.step(key)
    if step is None:
        raise Http404
    return Setup(integration, membership, step)


def configurable(request: UserRequest, pk: UUID) -> tuple[Integration, Membership]:
    """The integration and the person's role there. Raises as `open_step`."""
    visible = Integration.objects.visible_to(request.user).select_related("organisation")
    integration = get_object_or_404(visible, pk=pk)
    membership = Membership.objects.get(user=request.user, organisation=integration.organisation)
    if not membership.may_run or not integration.organisation.has_addon:
        raise PermissionDenied
    return integration, membership


def step_page(request: UserRequest, setup: Setup, context: dict[str, object]) -> HttpResponse:
    """The step's template with what every step shows around it."""
    common = {
        "integration": setup.integration,
        "membership": setup.membership,
        "step": setup.step,
        "steps": wizard.states(setup.integration, setup.step),
        "snapshot": snapshot_of(setup.integration),
    }
    return render(request, f"payroll/wizard_{setup.step.key}.html", common | context)


def snapshot_of(integration: Integration) -> Snapshot | None:
    """The newest reading, however it stands; one that fell silent is told as failed."""
    return newest_snapshot(integration, timezone.now())


def saved(request: UserRequest, setup: Setup, form: StepForm) -> bool:
    """Whether it was saved; if somebody was faster, the person is told and keeps the entries."""
    return saved_form(request, setup.integration, form)


def saved_form(request: UserRequest, integration: Integration, form: StepForm) -> bool:
    """The same for a settings page that is no step."""
    user, now = request.user, timezone.now()
    version, again = form.cleaned_data["version"], form.repeatable

    def change(held: Integration) -> bool:
        return form.change(held, user, now)

    try:
        edit(integration.pk, version, change, user, now, repeatable=again)
    except ChangedMeanwhile:
        integration.refresh_from_db()
        form.refuse_stale(integration.config_version)
        return False
    integration.refresh_from_db()
    return True


def go_on(request: UserRequest, setup: Setup) -> HttpResponse:
    """After saving: the next step of a draft, else back to the integration."""
    integration = setup.integration
    if integration.may_sync:
        messages.success(request, f"{setup.step.title}: saved.")
        return redirect("integration", integration.pk)
    return redirect("integration_step", integration.pk, wizard.after(setup.step).key)
