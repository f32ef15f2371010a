"""Managers in a second round: new people and their new managers, refusals, lost answers, rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integration_hub.accounts.models import User
from payroll.cancelling import Answer, cancel
from payroll.models import Change, FieldMapping, SyncRun
from payroll.pages.change_rows import person_rows
from payroll.pages.masking import DOTS
from payroll.pages.read_back import read_back
from payroll.records import Outcome
from payroll.runs import open_run
from payroll.second_round import open_references
from payroll.sync import run_sync

from .world import World, world

WRITES = ("created", "updated", "ended")


@pytest.fixture
def managed(transactional_db: None) -> Iterator[World]:
    """Few people and every awkward case, with a row that sends the manager."""
    with world(employees=60) as made:
        position = made.integration.mappings.count()
        FieldMapping.objects.create(
            integration=made.integration, position=position, source="manager", target="superior"
        )
        yield made


def superiors(made: World) -> dict[str, str | None]:
    """Each person's manager in payroll, by employee number."""
    return {each["code"]: each["superior"] for each in made.xledger.employees}


def wanted(made: World) -> dict[str, str]:
    """Who went through and the manager that was planned for them, by their numbers."""
    rows = Change.objects.filter(run__integration=made.integration, outcome=Outcome.APPLIED)
    return {
        row.employee_number: row.details["fields"]["superior"]["named"][1].partition(" ")[0]
        for row in rows
        if "superior" in row.details["fields"]
    }


def new_with_new_manager(made: World) -> tuple[str, str]:
    """Makes somebody new the manager of somebody else new; both their numbers."""
    preview = made.run(preview=True)
    person, manager = preview.changes.filter(kind="create").order_by("position")[:2]
    made.simployer.store.edit(
        "employee", person.source_id, {"managerEmployeeId": manager.source_id}
    )
    return person.employee_number, manager.employee_number


def test_everybody_gets_their_manager_and_a_second_sync_changes_nothing(managed: World) -> None:
    person, manager = new_with_new_manager(managed)
    first = managed.sync()
    assert first["status"] == "succeeded"
    assert first["created"] > 0
    there = superiors(managed)
    assert there[person] == manager
    planned = wanted(managed)
    assert len(planned) > 20
    assert {number: there[number] for number in planned} == planned
    second = managed.sync()
    assert [second[name] for name in WRITES] == [0, 0, 0]


def lost_answer(made: World) -> str:
    """Payroll answers nothing when it is sent managers."""
    made.xledger.faults.add("drop_after", when="mutation", root="updateEmployees", times=None)
    return "manager_unconfirmed"


def one_manager_refused(made: World) -> str:
    """Everybody new has one and the same new manager, whom payroll refuses."""
    new = made.run(preview=True).changes.filter(kind="create", sendable=True)
    leader, *others = new.order_by("position")
    for each in others:
        made.simployer.store.edit(
            "employee", each.source_id, {"managerEmployeeId": leader.source_id}
        )
    made.xledger.faults.add("bad_row", code=leader.employee_number, ext_code="INVALID_VALUE")
    return "manager_not_created"


def queries_of_a_second_round(employees: int, trouble: Callable[[World], str]) -> int:
    """Statements of a first sync in which the managers of most people do not go through."""
    with world(employees=employees) as made:
        made.xledger.switches.set({"burst_limit": None})
        made.xledger.store.tables["employees"].clear()
        FieldMapping.objects.create(
            integration=made.integration, position=99, source="manager", target="superior"
        )
        code = trouble(made)
        with CaptureQueriesContext(connection) as captured:
            run = made.run()
        told = [row for row in run.changes.all() if code in {each.code for each in row.problems}]
        assert all(row.flagged for row in told)
        assert len(told) > employees // 2
        made.integration.organisation.delete()
    return len([query for query in captured if 'SET "heartbeat_at"' not in query["sql"]])


@pytest.mark.parametrize("trouble", [lost_answer, one_manager_refused])
def test_what_became_of_the_second_round_is_booked_in_bulk(
    transactional_db: None, trouble: Callable[[World], str]
) -> None:
    few, many = (queries_of_a_second_round(number, trouble) for number in (60, 160))
    assert many - few < (160 - 60) / 10  # some for each batch, none for a person


def test_the_second_round_costs_one_request(managed: World) -> None:
    FieldMapping.objects.filter(target="superior").update(mode="off")
    without = managed.sync()["requests"]["xledger"]
    FieldMapping.objects.filter(target="superior").update(mode="overwrite")
    managed.sync()
    assert without <= 5
    assert managed.integration.runs.all()[0].requests["xledger"] <= without


def test_a_refused_manager_costs_the_person_nothing_else(managed: World) -> None:
    person, manager = new_with_new_manager(managed)
    managed.xledger.faults.add(
        "bad_row",
        root="updateEmployees",
        code=person,
        message="not accepted",
        ext_code="INVALID_VALUE",
        times=None,
    )
    managed.sync()
    row = Change.objects.get(run__preview=False, employee_number=person)
    assert (row.kind, row.outcome, row.flagged) == ("create", Outcome.APPLIED, True)
    assert "manager_refused" in [problem.code for problem in row.problems]
    assert superiors(managed)[person] is None
    managed.xledger.faults.clear()
    managed.sync()
    assert superiors(managed)[person] == manager


def test_a_manager_who_could_not_be_created_keeps_nobody_back(managed: World) -> None:
    person, manager = new_with_new_manager(managed)
    managed.xledger.faults.add(
        "bad_row", code=manager, message="not accepted", ext_code="INVALID_VALUE", times=None
    )
    assert managed.sync()["status"] == "with_problems"
    row = Change.objects.get(run__preview=False, employee_number=person)
    assert (row.outcome, row.flagged) == (Outcome.APPLIED, True)
    assert "manager_not_created" in [problem.code for problem in row.problems]
    managed.xledger.faults.clear()
    managed.sync()
    assert superiors(managed)[person] == manager
    assert sum(managed.sync()[name] for name in WRITES) == 0


@pytest.mark.parametrize("fault", ["drop_after", "drop_before"])
def test_a_lost_answer_to_the_second_round_is_made_good(managed: World, fault: str) -> None:
    managed.sync()
    Change.objects.all().delete()
    before = superiors(managed)
    someone, chief = [code for code, boss in before.items() if boss][:2]
    number = managed.simployer.find("employee", employeeNumber=someone)["id"]
    boss = managed.simployer.find("employee", employeeNumber=chief)["id"]
    managed.simployer.store.edit("employee", number, {"managerEmployeeId": boss})
    managed.xledger.faults.add(fault, root="updateEmployees", times=1)
    run = managed.run()
    row = run.changes.get(employee_number=someone)
    done = fault == "drop_after"
    assert (row.outcome == Outcome.APPLIED) == done
    managed.sync()
    assert superiors(managed)[someone] == chief
    assert sum(managed.sync()[name] for name in WRITES) == 0


def test_a_run_ended_before_the_second_round_is_finished_by_the_next(managed: World) -> None:
    person, manager = new_with_new_manager(managed)
    managed.xledger.faults.add("expired_token", root="updateEmployees", times=None)
    assert managed.run().status == SyncRun.Status.FAILED
    managed.xledger.faults.clear()
    managed.sync()
    assert superiors(managed)[person] == manager
    assert sum(managed.sync()[name] for name in WRITES) == 0


def test_a_preview_plans_managers_and_sends_none(managed: World) -> None:
    before = superiors(managed)
    run = managed.run(preview=True)
    assert any("superior" in row.details["fields"] for row in run.changes.all())
    assert superiors(managed) == before


def test_a_manager_is_shown_by_number_and_name_and_hidden_from_viewers(managed: World) -> None:
    run = managed.run(preview=True)
    row = next(row for row in run.changes.all() if "superior" in row.details["fields"])
    boss = row.details["fields"]["superior"]["named"][1]
    for sees_people in (True, False):
        (shown,) = person_rows([row], run, managed.integration.target, sees_people=sees_people)
        manager = next(field for field in shown.fields if field.label == "Manager")
        assert manager.after == (boss if sees_people else DOTS)


def test_one_person_by_hand_gets_the_manager_and_reads_it_back(managed: World) -> None:
    managed.sync()
    there = superiors(managed)
    rows = Change.objects.filter(run__preview=False, kind="update", flagged=False)
    change = next(row for row in rows if there[row.employee_number])
    person = managed.xledger.by_code(change.employee_number)
    managed.xledger.edit(person["dbId"], {"superior": None})
    managed.now += timedelta(minutes=1)
    managed.read_people()
    managed.now += timedelta(minutes=1)
    single = SyncRun.Trigger.SINGLE
    run, _ = open_run(managed.integration, managed.now, trigger=single, only=[change.source_id])
    run_sync(run, lambda: managed.now, sleep=lambda seconds: None)
    (row,) = run.changes.all()
    (line,) = read_back(managed.integration, [row])
    assert line.words == "As sent"
    assert line.value == row.details["fields"]["superior"]["named"][1]


def test_without_the_row_no_manager_is_sent(small: World) -> None:
    before = superiors(small)
    small.sync()
    there = superiors(small)
    assert {number: there[number] for number in before} == before


def waited_before_the_second_round(made: World) -> tuple[SyncRun, Change]:
    """A run that payroll makes wait as it sends managers, and a row that lacks only the manager."""
    made.xledger.faults.add("credits", when="mutation", root="updateEmployees", skip=1)
    run = made.run()
    assert run.is_paused
    applied = run.changes.filter(outcome=Outcome.APPLIED, kind="create", flagged=False)
    row = next(each for each in applied if "superior" in each.details["fields"])
    assert superiors(made)[row.employee_number] is None
    return run, row


def goes_on(made: World, run: SyncRun) -> None:
    made.now += timedelta(minutes=25)
    run_sync(run, lambda: made.now, sleep=lambda seconds: None)
    run.refresh_from_db()
    assert run.status == SyncRun.Status.SUCCEEDED


def test_managers_go_once_a_run_goes_on_after_its_wait(managed: World) -> None:
    run, row = waited_before_the_second_round(managed)
    goes_on(managed, run)
    assert superiors(managed)[row.employee_number] is not None
    assert [managed.sync()[name] for name in WRITES] == [0, 0, 0]


def test_a_manager_whom_hr_replaced_during_the_wait_is_not_sent(managed: World) -> None:
    run, row = waited_before_the_second_round(managed)
    before = row.details["fields"]["superior"]["after"]
    other = next(
        each.source_id
        for each in managed.integration.links.all()
        if each.source_id not in (before, row.source_id)
        and managed.simployer.find("employee", id=each.source_id)["active"]
    )
    managed.simployer.store.edit("employee", row.source_id, {"managerEmployeeId": other})
    goes_on(managed, run)
    row.refresh_from_db()
    assert superiors(managed)[row.employee_number] is None
    assert (row.outcome, row.problems[-1].code) == (Outcome.APPLIED, "manager_not_sent")
    managed.sync()
    assert superiors(managed)[row.employee_number] is not None


def test_who_went_without_a_manager_is_told_once_a_paused_run_is_cancelled(managed: World) -> None:
    run, row = waited_before_the_second_round(managed)
    who = User.objects.create_user("alice@fjordkraft.example")
    assert cancel(run, who, managed.now) is Answer.BETWEEN
    without = lacking_a_manager(run)
    assert row.pk in {each.pk for each in without}
    for each in without:
        told = [problem.code for problem in each.problems]
        assert (each.flagged, told.count("manager_not_sent")) == (True, 1)
    assert "A person cancelled this run." in without[0].problems[-1].message
    managed.sync()
    assert superiors(managed)[row.employee_number] is not None


@pytest.mark.parametrize("root", ["addEmployees", "updateEmployees"])
def test_who_went_without_a_manager_is_told_in_whichever_round_the_run_stopped(
    managed: World, root: str
) -> None:
    managed.xledger.faults.add(
        "expired_token", when="mutation", root=root, skip=1 if root == "updateEmployees" else 0
    )
    run = managed.run()
    assert run.status == SyncRun.Status.FAILED
    without = lacking_a_manager(run)
    assert without
    for each in without:
        told = [problem.code for problem in each.problems]
        assert (each.flagged, told.count("manager_not_sent")) == (True, 1)


def lacking_a_manager(run: SyncRun) -> list[Change]:
    """Rows of people who were sent without the manager that was planned for them."""
    applied = run.changes.filter(outcome=Outcome.APPLIED)
    return [row for row in applied if open_references(row, {"superior"})]


def test_managers_that_were_switched_off_during_the_wait_are_not_sent(managed: World) -> None:
    run, _ = waited_before_the_second_round(managed)
    FieldMapping.objects.filter(target="superior").update(mode="off")
    managed.integration.config_version += 1
    managed.integration.save(update_fields=["config_version"])
    there = superiors(managed)
    goes_on(managed, SyncRun.objects.get(pk=run.pk))
    assert superiors(managed) == there
