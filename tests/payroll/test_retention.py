"""Names and values of old runs are deleted, their counts stay, and nothing else is touched."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from pytest_django import Settings

from integration_hub.accounts.models import Organisation
from integration_hub.settings import CELERY_BEAT_SCHEDULE
from payroll import retention, tasks
from payroll.models import Change, Integration, SyncRun
from payroll.retention import Purged, due, purge

from .views.scenes import NOW, make_change, make_integration, make_run

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=91)


@pytest.fixture
def integration() -> Integration:
    return make_integration(Organisation.objects.create(name="Fjordkraft AS", addon_since=NOW))


@pytest.fixture
def run(integration: Integration) -> SyncRun:
    """Over, with three people."""
    made = make_run(integration)
    make_change(made, "1001", problems=["Kari is taken"], flagged=True)
    make_change(made, "1002", outcome="rejected", target_id="42")
    make_change(made, "1003", kind="create")
    return made


def stored() -> list[str]:
    """Everything that the database holds of people, as text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM payroll_change ORDER BY position")
        return [str(row) for row in cursor.fetchall()]


def test_names_and_values_go_and_counts_stay(run: SyncRun) -> None:
    counts, ids = run.counts(), list(run.changes.values_list("pk", "source_id", "target_id"))
    assert purge(LATER) == Purged(runs=1, people=3)
    run.refresh_from_db()
    assert (run.purged_at, run.days_kept) == (LATER, 90)
    assert run.counts() == counts
    assert list(run.changes.values_list("pk", "source_id", "target_id")) == ids
    for each in run.changes.all():
        assert (each.employee_number, each.name, each.problems) == ("", "", [])
        assert each.details == {"fields": {}, "problems": []}


def test_a_run_is_kept_as_long_as_the_setting_says(run: SyncRun, settings: Settings) -> None:
    ended = run.finished_at
    assert ended is not None
    settings.RETENTION_DAYS = 30
    assert purge(ended + timedelta(days=30)) == Purged()
    assert purge(ended + timedelta(days=30, seconds=1)) == Purged(1, 3)


@pytest.mark.parametrize("status", ["queued", "running"])
def test_a_run_at_work_is_not_touched(run: SyncRun, status: str) -> None:
    SyncRun.objects.update(status=status)
    before = stored()
    assert purge(LATER) == Purged()
    assert stored() == before


def test_a_held_plan_is_not_touched_while_somebody_may_approve_it(
    run: SyncRun, settings: Settings
) -> None:
    settings.RETENTION_DAYS = 1
    SyncRun.objects.update(status="held", planned_at=LATER - timedelta(hours=23))
    assert purge(LATER) == Purged()
    assert purge(LATER + timedelta(hours=2)) == Purged(1, 3)


def test_other_runs_are_not_touched(run: SyncRun, integration: Integration) -> None:
    young = make_run(integration, finished_at=LATER - timedelta(days=1))
    make_change(young, "2001")
    purge(LATER)
    young.refresh_from_db()
    assert young.purged_at is None
    assert young.changes.get().name == "Kari Nordmann"


def test_a_purged_run_is_not_purged_again(run: SyncRun) -> None:
    purge(LATER)
    assert purge(LATER + timedelta(days=1)) == Purged()


def test_what_was_interrupted_is_finished_by_the_next(
    run: SyncRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    chunks: list[str] = []

    def dies(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith("SELECT") and "payroll_change" in sql:
            chunks.append(sql)
        if len(chunks) == 2:
            raise KeyboardInterrupt
        return execute(sql, *rest)

    with connection.execute_wrapper(dies), pytest.raises(KeyboardInterrupt):
        purge(LATER)
    run.refresh_from_db()
    assert run.purged_at is None
    assert run.changes.filter(employee_number="").count() == 2
    assert purge(LATER) == Purged(1, 3)


@pytest.mark.parametrize("people", [1, 2, 3, 4, 5])
def test_chunks_leave_nobody_out(
    integration: Integration, people: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    run = make_run(integration)
    for number in range(people):
        make_change(run, str(1000 + number))
    assert purge(LATER) == Purged(1, people)
    assert not Change.objects.exclude(employee_number="").exists()


def test_a_run_without_people_is_marked(integration: Integration) -> None:
    make_run(integration)
    assert purge(LATER) == Purged(1, 0)
    assert SyncRun.objects.get().purged_at == LATER


def test_a_lost_key_is_no_reason_to_keep_what_cannot_be_read(run: SyncRun) -> None:
    with CaptureQueriesContext(connection) as captured:
        purge(LATER)
    reads = [q["sql"] for q in captured.captured_queries if q["sql"].startswith("SELECT")]
    assert not any("details" in sql for sql in reads)


def test_a_dry_run_says_how_many_and_deletes_nothing(
    run: SyncRun, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = timezone.now() - timedelta(days=91)
    SyncRun.objects.update(finished_at=ended)
    before = stored()
    call_command("purge", "--dry-run")
    assert "Would delete names and values of 3 people in 1 run" in capsys.readouterr().out
    assert stored() == before
    call_command("purge")
    assert "Deleted names and values of 3 people in 1 run" in capsys.readouterr().out
    assert due(timezone.now()) == Purged()


def test_it_is_done_every_day(run: SyncRun) -> None:
    SyncRun.objects.update(finished_at=timezone.now() - timedelta(days=91))
    assert CELERY_BEAT_SCHEDULE["purge"]["task"] == tasks.purge.name
    tasks.purge()
    assert SyncRun.objects.get().purged_at is not None
