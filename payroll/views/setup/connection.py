"""The step Connection."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from integration_hub.accounts.models import Role
from integration_hub.accounts.requests import UserRequest
from payroll import wizard
from payroll.forms import ConnectionForm
from payroll.models import Integration, Snapshot
from payroll.pages.connection_result import TestedSide, newest_test
from payroll.snapshots import request_snapshot
from payroll.views.connection_test import try_connection

from .frame import Setup, go_on, saved, snapshot_of, step_page


def connection_step(request: UserRequest, setup: Setup) -> HttpResponse:
    """Label, environments and access tokens; tested on request, with the result beside them."""
    data = request.POST if request.method == "POST" else None
    owner = setup.membership.role == Role.OWNER
    form = ConnectionForm(setup.integration, data, may_set_tokens=owner)
    if request.method == "POST" and form.is_valid() and saved(request, setup, form):
        _read_people(request, setup)
        if "test" not in request.POST:
            return go_on(request, setup)
        try_connection(request, setup.integration)
        here = reverse("integration_step", args=[setup.integration.pk, setup.step.key])
        return redirect(f"{here}#tested")
    return step_page(request, setup, _context(setup.integration, form))


def _context(integration: Integration, form: ConnectionForm) -> dict[str, object]:
    tested = newest_test(integration)
    found: dict[str, TestedSide] = {each.side: each for each in tested.sides} if tested else {}
    return {
        "form": form,
        "tested": tested,
        "sides": [(side, found.get(side.key)) for side in form.sides],
        "not_set": wizard.missing_secrets(integration),
    }


def _read_people(request: UserRequest, setup: Setup) -> None:
    """Asks for the people of a draft that can be reached, so that the next steps show some.

    What goes wrong there stands in the reading's own row, and saving goes on.
    """
    integration = setup.integration
    if integration.state != Integration.State.DRAFT or wizard.missing_secrets(integration):
        return
    snapshot = snapshot_of(integration)
    if snapshot is None or snapshot.status == Snapshot.Status.FAILED:
        request_snapshot(integration, request.user, timezone.now())
