"""The step First match."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from integration_hub.accounts.requests import UserRequest
from integration_hub.core.searching import asked, search
from payroll import wizard
from payroll.decisions import first_match, has_run_since
from payroll.pages.match_rows import match_page

from .frame import Setup, snapshot_of, step_page


def matching_step(request: UserRequest, setup: Setup) -> HttpResponse:
    """Who is who in both systems, and what a person must decide; writes nothing itself."""
    if request.method == "POST":
        return search(request)
    integration = setup.integration
    board = first_match(integration, timezone.now())
    snapshot = snapshot_of(integration)
    context: dict[str, object] = {
        "people": match_page(board, integration, asked(request)) if board else None,
        "busy": integration.runs.active().exists(),
        "stale": snapshot is not None and has_run_since(integration, snapshot.requested_at),
        "next": wizard.after(setup.step),
    }
    return step_page(request, setup, context)
