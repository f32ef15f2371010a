"""What a plan does to what waits for a second person."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from integration_hub.accounts.models import Organisation
from payroll import reasons, waiting
from payroll.models import Change, WaitingChange
from payroll.records import Subject

from .views.scenes import NOW, make_integration, make_run

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("only_the_end", [True, False])
def test_an_approval_outlives_a_run_that_sends_the_end_date_alone(*, only_the_end: bool) -> None:
    organisation = Organisation.objects.create(name="Fjordkraft AS", addon_since=NOW)
    run = make_run(make_integration(organisation))
    WaitingChange.objects.create(
        integration=run.integration,
        source_id="e1",
        subject=Subject.BANK_ACCOUNT,
        kind="update",
        digest="d",
        since=NOW,
        state=WaitingChange.State.APPROVED,
    )
    told = [asdict(reasons.ONLY_THE_END)] if only_the_end else []
    details = {"fields": {"employmentTo": {"before": None, "after": "2026-12-31"}}}
    row = Change(run=run, kind="end", source_id="e1", details={**details, "problems": told})
    waiting.book(run, [row], NOW)
    assert run.integration.waiting_changes.exists() == only_the_end
