"""A sync could not tell whom in payroll a link leads to: no time off goes over it meanwhile."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from payroll import reasons
from payroll.models import Change, EmployeeLink, Integration, MatchDecision, SyncRun
from payroll.plan import PlannedChange
from payroll.plan_rows import change_of
from payroll.records import ChangeKind, Employee, Identity, Outcome, Problem
from payroll.timeoff.links_in_doubt import links_in_doubt
from payroll.timeoff.records import Channel, LeaveStatus, TimeOff

from .exporting import export, outcomes, shown
from .fake import Offices, integration, leave
from .test_long_waits import goes_on, paused

pytestmark = pytest.mark.django_db
READ = datetime.fromisoformat("2026-11-23T23:30:00+01:00")
HELD = ("conflict", "link_in_doubt", False)


def run_of(mine: Integration, at: datetime = READ, **changes: object) -> SyncRun:
    """A sync whose plan is complete."""
    plain: dict[str, object] = {
        "status": SyncRun.Status.WITH_PROBLEMS,
        "target_account": mine.target_account,
        "queued_at": at,
        "planned_at": at,
        "finished_at": at,
    }
    return SyncRun.objects.create(integration=mine, **plain | changes)


def doubted(
    run: SyncRun, *people: tuple[str, str], problem: Problem = reasons.LINKED_TO_ANOTHER
) -> None:
    """The run holds these (id in HR, id in payroll)."""
    Change.objects.bulk_create(
        change_of(
            run,
            place,
            PlannedChange(
                ChangeKind.NONE,
                Employee(source_id, active=True, identity=Identity(), fields={}),
                target_id,
                problems=(problem,),
                outcome=Outcome.HELD,
            ),
            {},
        )
        for place, (source_id, target_id) in enumerate(people)
    )


def told(mine: Integration, channel: Channel = Channel.ABSENCES) -> tuple[str, str, bool]:
    now = shown(mine, channel)["L1"]
    return now.group, (now.reason or [""])[0], now.sendable


@pytest.mark.parametrize("channel", [Channel.ABSENCES, Channel.TIMESHEETS, Channel.FILE])
@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (reasons.LINKED_TO_ANOTHER, "payroll had another person under this link"),
        (reasons.GONE_FROM_PAYROLL, "payroll did not show the person of this link"),
    ],
)
def test_nothing_goes_over_a_link_that_the_newest_sync_doubts(
    both: Offices, channel: Channel, problem: Problem, words: str
) -> None:
    both.put(leave(), leave("L2", employee_id="P2"))
    mine = integration()
    doubted(run_of(mine), ("P1", "E1"), problem=problem)
    assert told(mine, channel) == HELD
    now = shown(mine, channel)
    said = now["L1"].reason[1]
    assert f"In the sync of 23 November 2026 {words}" in said
    assert "“Forget this link” under First match" in said
    assert now["L2"].sendable


def test_what_was_chosen_before_is_not_sent(both: Offices) -> None:
    both.put(leave(), leave("L2", employee_id="P2"))
    mine = integration()
    made = export(mine, between=lambda: doubted(run_of(mine), ("P1", "E1")))
    assert {row.employee for row in both.there()} == {"E2"}
    assert ("none", "skipped", "link_in_doubt") in outcomes(made)


def test_the_rest_of_an_export_that_waited_is_not_sent(both: Offices) -> None:
    mine = integration()
    made = paused(both, mine)
    before = both.there()
    doubted(run_of(mine), ("P1", "E1"))
    goes_on(both, made)
    assert both.there() == before
    assert outcomes(made)[3:] == [("add", "skipped", "link_in_doubt")] * 4


@pytest.mark.parametrize(
    "now", [leave(end=date(2026, 11, 11)), leave(status=LeaveStatus.CANCELLED)]
)
def test_what_was_sent_is_neither_corrected_nor_taken_back(both: Offices, now: TimeOff) -> None:
    both.put(leave())
    mine = integration()
    export(mine)
    before = both.there()
    doubted(run_of(mine), ("P1", "E1"))
    assert told(mine) == ("exported", "exported", False)
    both.put(now)
    assert told(mine) == HELD
    export(mine, only=["L1"])
    assert both.there() == before


def forgotten_and_linked_anew(mine: Integration) -> None:
    mine.links.filter(source_id="P1").update(target_id="E9")


def said_to_be_right(mine: Integration) -> None:
    MatchDecision.objects.create(
        integration=mine, source_id="P1", target_id="E1", same=True, at=READ + timedelta(hours=1)
    )


def read_well_since(mine: Integration) -> None:
    run_of(mine, READ + timedelta(days=1))


def previewed_well_since(mine: Integration) -> None:
    run_of(mine, READ + timedelta(days=1), preview=True)


@pytest.mark.parametrize(
    "cure",
    [forgotten_and_linked_anew, said_to_be_right, read_well_since, previewed_well_since],
)
def test_it_goes_once_the_doubt_is_over(both: Offices, cure: Callable[[Integration], None]) -> None:
    both.put(leave())
    mine = integration()
    doubted(run_of(mine), ("P1", "E1"))
    assert told(mine) == HELD
    cure(mine)
    assert told(mine) == ("ready", "", True)


@pytest.mark.parametrize(
    "changes",
    [
        {"planned_at": None, "status": SyncRun.Status.FAILED},
        {"trigger": SyncRun.Trigger.SINGLE, "only": ["P2"]},
        {"trigger": SyncRun.Trigger.RESTORE},
    ],
    ids=["came to no plan", "somebody else", "restore"],
)
def test_a_run_that_did_not_look_at_everybody_ends_no_doubt(
    both: Offices, changes: dict[str, object]
) -> None:
    both.put(leave())
    mine = integration()
    doubted(run_of(mine), ("P1", "E1"))
    run_of(mine, READ + timedelta(days=1), **changes)
    assert told(mine) == HELD


def test_a_run_of_one_person_raises_a_doubt_too(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    run_of(mine)
    one = run_of(mine, READ + timedelta(days=1), trigger=SyncRun.Trigger.SINGLE, only=["P1"])
    doubted(one, ("P1", "E1"))
    assert told(mine) == HELD


def test_the_owner_of_an_id_under_which_payroll_has_another_waits_until_it_is_theirs(
    both: Offices,
) -> None:
    both.put(leave())
    mine = integration()
    doubted(run_of(mine), ("P3", "E1"), problem=reasons.ID_OF_ANOTHER)
    assert told(mine) == HELD
    mine.links.filter(source_id="P1").delete()
    EmployeeLink.objects.create(integration=mine, source_id="P3", target_id="E1")
    both.put(leave(employee_id="P3"))
    assert told(mine) == ("ready", "", True)


def test_other_problems_of_the_sync_hold_no_time_off(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    doubted(run_of(mine), ("P1", "E1"), problem=reasons.GONE_FROM_HR)
    assert told(mine) == ("ready", "", True)


def test_the_number_of_queries_does_not_grow_with_the_people(both: Offices) -> None:
    mine = integration()
    run = run_of(mine)
    pairs = [(f"P{n}", f"E{n}") for n in range(3, 60)]
    EmployeeLink.objects.bulk_create(
        EmployeeLink(integration=mine, source_id=key, target_id=there) for key, there in pairs
    )
    doubted(run, *pairs)
    with CaptureQueriesContext(connection) as asked:
        assert links_in_doubt(mine).keys() == {key for key, _ in pairs}
    assert len(asked) <= 4
