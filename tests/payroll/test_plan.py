"""The plan: nobody twice, nobody wrong, nothing taken back without evidence."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.diff import Sent
from payroll.linking import LinkState
from payroll.mapping import Mode
from payroll.plan import ARCHIVED, LEFT_EARLIER, Plan
from payroll.records import (
    ChangeKind,
    Employee,
    Identity,
    Outcome,
    Place,
    Problem,
    TargetEmployee,
)
from payroll.scope import Scope

from .people import (
    NATIONAL_ID,
    NOW,
    RETRY_AFTER,
    ROWS,
    TODAY,
    in_payroll,
    job,
    link,
    person,
    plan,
    reasons_of,
    sent,
)

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)
CREATE, UPDATE, END = ChangeKind.CREATE, ChangeKind.UPDATE, ChangeKind.END


def kinds(made: Plan) -> list[ChangeKind]:
    return [row.kind for row in sent(made.changes)]


def written(made: Plan) -> dict[str, Any]:
    """The fields of the one row that goes out."""
    [row] = sent(made.changes)
    return {change.field: change.after for change in row.fields}


def held(made: Plan) -> dict[str, str]:
    """Held fields with the reason."""
    return {
        change.field: row.problems[0].code
        for row in made.changes
        if row.outcome is Outcome.HELD
        for change in row.fields
    }


# --- one person ----------------------------------------------------------------------------------


def test_a_new_person_is_created_with_everything() -> None:
    kari = person(private_phone="22334455")
    assert kinds(plan([kari])) == [CREATE]
    assert written(plan([kari])) == {
        "code": "1001",
        "firstName": "Kari",
        "lastName": "Nordmann 1001",
        "email": "kari.1001@fjordkraft.test",
        "phone": "+4722334455",
        "employmentFrom": date(2020, 1, 1),
        "employeeGroup": "F",
    }


def test_a_person_in_payroll_is_found_by_number_and_remembered() -> None:
    kari = person()
    made = plan([kari], [in_payroll(kari)])
    assert (made.changes, made.unchanged) == ([], 1)
    assert made.links == [LinkState("e1001", "te1001")]


def test_only_what_differs_is_sent() -> None:
    kari = person()
    made = plan([kari], [in_payroll(kari, lastName="Hansen")], [link(kari)])
    assert kinds(made) == [UPDATE]
    assert written(made) == {"lastName": "Nordmann 1001"}


def test_a_row_for_new_people_is_sent_to_new_people_only() -> None:
    rows = [replace(row, mode=Mode.ON_CREATE) for row in ROWS]
    kari = person()
    assert kinds(plan([kari], rows=rows)) == [CREATE]
    assert kinds(plan([kari], [in_payroll(kari, lastName="Hansen")], rows=rows)) == []


def test_an_unlinked_leaver_is_never_created() -> None:
    archived = plan([person(active=False, end_date=TODAY - DAY)])
    assert (archived.changes, archived.in_scope) == ([], 0)
    assert archived.left_out == {LEFT_EARLIER: 1}
    assert reasons_of(plan([person(end_date=TODAY - DAY)])) == ["already_left"]


@pytest.mark.parametrize("days_ago", [1, 45, 46, 4000])
def test_a_linked_leavers_end_is_sent_however_late(days_ago: int) -> None:
    kari = person(active=False, end_date=TODAY - days_ago * DAY)
    made = plan([kari], [in_payroll(kari, employmentTo=None)], [link(kari)])
    assert kinds(made) == [END]
    assert written(made) == {"employmentTo": TODAY - days_ago * DAY}


def test_a_leaver_who_is_in_payroll_by_number_is_ended_too() -> None:
    kari = person(active=False, end_date=TODAY - DAY)
    assert kinds(plan([kari], [in_payroll(kari, employmentTo=None)])) == [END]


def test_long_after_the_end_only_the_end_is_sent() -> None:
    kari = person(active=False, end_date=TODAY - 46 * DAY)
    there = in_payroll(kari, employmentTo=None, lastName="Hansen")
    assert set(written(plan([kari], [there], [link(kari)]))) == {"employmentTo"}
    recent = person(active=False, end_date=TODAY - 45 * DAY)
    there = in_payroll(recent, employmentTo=None, lastName="Hansen")
    assert set(written(plan([recent], [there], [link(recent)]))) == {"employmentTo", "lastName"}


def test_a_leaver_whose_number_another_person_has_in_payroll_touches_nobody() -> None:
    leaver = person(active=False, end_date=TODAY - DAY, first_name="Ola", last_name="Hansen")
    assert plan([leaver], [in_payroll(person())]).changes == []
    other = person(id="other")
    assert plan([other, leaver], [in_payroll(other)], [link(other)]).changes == []


def test_the_old_record_of_somebody_hired_again_is_left_alone() -> None:
    old = person(id="old", active=False, end_date=TODAY - 300 * DAY)
    new = person()
    made = plan([old, new], [in_payroll(new)], [link(new)])
    assert (made.changes, made.left_out) == ([], {LEFT_EARLIER: 1})


def test_somebody_hired_again_under_the_same_number_is_updated() -> None:
    before = person(end_date=TODAY - 300 * DAY)
    again = person(hire_date=TODAY, employment_start=TODAY)
    made = plan([again], [in_payroll(before)])
    assert kinds(made) == [UPDATE]
    assert written(made) == {"employmentFrom": TODAY, "employmentTo": None}


# --- who is it? ----------------------------------------------------------------------------------


def test_one_number_on_two_people_stops_both() -> None:
    kari, ola = person(), person(id="e2", first_name="Ola", last_name="Hansen", email="o@x.no")
    for there, links in (([], []), ([in_payroll(kari)], [link(kari)])):
        made = plan([kari, ola], there, links)
        assert sent(made.changes) == []
        assert reasons_of(made) == ["duplicate_number"] * 2


def test_a_number_that_an_unlinked_leaver_had_may_be_used_again() -> None:
    leaver = person(id="old", active=False, end_date=TODAY - 300 * DAY)
    assert kinds(plan([leaver, person()])) == [CREATE]


def test_another_person_under_the_number_blocks() -> None:
    there = in_payroll(person(first_name="Ola", last_name="Hansen"))
    made = plan([person()], [there])
    assert (sent(made.changes), made.links) == ([], [])
    assert reasons_of(made, Outcome.SKIPPED) == ["conflict"]


def test_a_likeness_under_another_number_blocks_in_every_run() -> None:
    there = in_payroll(person(), code="2002")
    for _ in range(2):
        made = plan([person()], [there])
        assert (sent(made.changes), made.links) == ([], [])
        assert reasons_of(made, Outcome.SKIPPED) == ["probable_match"]


def test_a_changed_number_is_one_held_row_and_the_rest_flows() -> None:
    kari = person("2002", id="e1001")
    there = replace(in_payroll(person(), lastName="Hansen"), id="te1001")
    made = plan([kari], [there], [link(kari)])
    assert held(made) == {"code": "number_changed"}
    assert set(written(made)) == {"lastName", "email"}


def test_swapped_numbers_are_held_on_both_people() -> None:
    there = [in_payroll(person("1001", id="a")), in_payroll(person("1002", id="b"))]
    swapped = [person("1002", id="a"), person("1001", id="b")]
    made = plan(swapped, there, [link(employee) for employee in swapped])
    assert [row.employee.id for row in made.changes if row.outcome is Outcome.HELD] == ["a", "b"]
    assert all(change.field != "code" for row in sent(made.changes) for change in row.fields)


def test_a_linked_person_who_is_gone_from_payroll_is_held_and_not_created_anew() -> None:
    made = plan([person()], [], [link(person())])
    assert sent(made.changes) == []
    assert reasons_of(made, Outcome.HELD) == ["gone_from_payroll"]


def test_a_linked_person_who_is_gone_from_hr_is_listed_and_not_ended() -> None:
    kari = person()
    made = plan([], [in_payroll(kari)], [link(kari)])
    assert (sent(made.changes), made.in_scope) == ([], 0)
    assert reasons_of(made, Outcome.SKIPPED) == ["gone_from_hr"]
    assert plan([], [in_payroll(kari, employmentTo=TODAY)], [link(kari)]).changes == []


def test_a_person_that_another_integration_keeps_is_left_to_it() -> None:
    made = plan([person()], [in_payroll(person())], taken={"te1001": "Xledger Sverige"})
    assert reasons_of(made) == ["belongs_to_other_integration"]
    assert "Xledger Sverige" in made.changes[0].problems[0].message


def test_a_link_made_by_hand_to_whom_another_integration_keeps_sends_nothing() -> None:
    kari, there = person(title="Leder"), in_payroll(person(), firstName="Kåre")
    taken = {"te1001": "Xledger Sverige"}
    made = plan([kari], [there], [link(kari)], taken=taken)
    assert (sent(made.changes), reasons_of(made)) == ([], ["belongs_to_other_integration"])
    assert sent(plan([kari], [there], [link(kari, firstName="Kari")], taken=taken).changes)


def test_a_person_in_payroll_who_is_linked_already_is_not_taken_over() -> None:
    other = person("1002", id="somebody else", last_name="Nordmann 1001")
    made = plan([person(), other], [in_payroll(person())], [LinkState("somebody else", "te1001")])
    assert made.links == []
    assert [row.employee.id for row in sent(made.changes)] == ["somebody else"]
    assert "already_linked" in reasons_of(made)


def test_of_two_people_whose_link_and_number_lead_to_one_both_are_held() -> None:
    other = person("1002", first_name="Ola", last_name="Hansen")
    intent = LinkState("e1001", create_sent_at=NOW)  # and payroll gave an id of somebody else
    made = plan([person(), other], [in_payroll(person())], [LinkState("e1002", "te1001"), intent])
    assert (sent(made.changes), made.links) == ([], [])
    assert set(reasons_of(made, Outcome.HELD)) == {"id_of_another", "linked_to_another"}
    assert made.released == ["e1001"]  # the create is settled: the person is there


ARCHIVED_RECORD = person(id="old", active=False, end_date=date(2024, 5, 31))


@pytest.mark.parametrize("before", [[], [ARCHIVED_RECORD]])
def test_a_rehire_under_a_new_record_takes_over_the_link_of_the_archived_or_deleted_one(
    before: list[Employee],
) -> None:
    made = plan([*before, person(id="new")], [in_payroll(person())], [LinkState("old", "te1001")])
    assert [(state.source_id, state.target_id) for state in made.links] == [("new", "te1001")]
    assert made.released == ["old"]
    assert sent(made.changes) == []


def test_a_link_that_leads_to_another_human_gives_way_without_what_was_sent_of_the_other() -> None:
    old = person("7", id="old", active=False, end_date=date(2024, 5, 31), last_name="Hansen")
    old = replace(old, identity=replace(old.identity, first_name="Ola"))
    kari = person(id="new", gender="FEMALE")
    there = replace(in_payroll(kari), id="t1")
    link = LinkState("old", "t1", {"text1": Sent("FEMALE", None)})  # payroll does not show it
    made = plan([old, kari], [there], [link])
    assert [(each.source_id, each.baseline) for each in made.links] == [("new", {})]
    assert written(made) == {"text1": "FEMALE"}


def test_an_archived_record_never_speaks_for_a_number_that_somebody_active_has() -> None:
    old = person(id="old", active=False, end_date=date(2024, 5, 31))
    active = person(id="new", placements={"department": Place("IT")})
    scope = Scope.parse({"exclude": ["new"]})
    there = in_payroll(person())
    assert sent(plan([old, active], [there], scope=scope).changes) == []
    linked = plan([old, active], [there], [LinkState("old", "te1001")], scope=scope)
    assert sent(linked.changes) == []
    assert reasons_of(linked, Outcome.HELD) == ["number_reused"]


def test_of_two_archived_records_with_one_number_the_later_end_counts() -> None:
    early = person(id="a", active=False, end_date=date(2018, 5, 31))
    late = person(id="b", active=False, end_date=date(2026, 2, 20))
    made = plan([early, late], [in_payroll(person())])
    assert written(made)["employmentTo"] == date(2026, 2, 20)


def test_a_leaver_is_ended_whatever_else_is_wrong_with_them() -> None:
    gone = person(active=False, end_date=date(2026, 2, 20), employment_type="Styremedlem")
    made = plan([gone], [in_payroll(person())], [link(person())])
    assert written(made) == {"employmentTo": date(2026, 2, 20)}
    assert [row.flagged for row in made.changes] == [True]


def test_a_postponed_start_of_someone_in_payroll_is_sent() -> None:
    later = date(2026, 9, 1)
    postponed = person(hire_date=later, employment_start=later)
    made = plan([postponed], [in_payroll(person())], [link(person())])
    assert written(made)["employmentFrom"] == later


def test_an_end_date_that_hr_contradicts_itself_about_is_held() -> None:
    doubt = Problem("end_date_contradiction", "…", field="end_date")
    gone = person(active=False, doubts=(doubt,), without=["end_date"])
    made = plan([gone], [in_payroll(person())], [link(person())])
    assert reasons_of(made, Outcome.HELD) == ["end_date_contradiction"]


def test_a_link_to_somebody_else_is_held() -> None:
    stranger = TargetEmployee(
        "te1001", Identity("5", "Ola", "Hansen", date(1970, 1, 1)), in_payroll(person()).fields
    )
    made = plan([person()], [stranger], [link(person())])
    assert reasons_of(made, Outcome.HELD) == ["linked_to_another"]
    assert sent(made.changes) == []


def test_a_link_to_another_human_under_the_same_number_is_held() -> None:
    """As in another company, whose numbers begin at the same one."""
    there = in_payroll(person())
    other = Identity("1001", "Ola", "Hansen", date(1970, 1, 1))
    made = plan([person()], [replace(there, identity=other)], [link(person())])
    assert (sent(made.changes), reasons_of(made, Outcome.HELD)) == ([], ["linked_to_another"])


@pytest.mark.parametrize(
    "changed", [{"first_name": "Ola", "last_name": "Hansen"}, {"birth_date": date(1970, 1, 1)}]
)
def test_a_linked_person_whose_name_or_birth_date_was_corrected_stays_who_they_are(
    changed: dict[str, Any],
) -> None:
    made = plan([person(**changed)], [in_payroll(person())], [link(person())])
    assert reasons_of(made, Outcome.HELD) == []


def test_a_value_that_payroll_swallowed_is_told_and_not_sent_again() -> None:
    kari = person(private_phone="+4791234567")
    baseline = {"phone": Sent("+4791234567", None)}
    made = plan(
        [kari], [in_payroll(kari, phone=None)], [LinkState(kari.id, f"t{kari.id}", baseline)]
    )
    assert sent(made.changes) == []
    assert reasons_of(made) == ["sent_but_empty"]


@pytest.mark.parametrize("number", ["x" * 51, "10\x0001"])
def test_a_number_that_cannot_be_stored_stops_only_its_person(number: str) -> None:
    made = plan([person(number), person("2", last_name="Hansen")])
    assert kinds(made) == [CREATE]
    assert reasons_of(made) == ["unusable_number"]


def test_rows_for_new_people_only_do_not_stop_those_who_are_there() -> None:
    rows = [
        replace(row, mode=Mode.ON_CREATE) if row.target == "employeeGroup" else row for row in ROWS
    ]
    changed = person(employment_type="Styremedlem", private_phone="+4791234567")
    made = plan([changed], [in_payroll(person())], [link(person())], rows=rows)
    assert written(made) == {"phone": "+4791234567"}


def test_an_archived_record_without_a_past_end_is_counted_as_archived() -> None:
    made = plan([person(active=False, end_date=TODAY + DAY)])
    assert made.left_out == {ARCHIVED: 1}


# --- a create whose answer was lost --------------------------------------------------------------

PENDING = LinkState("e1001", create_sent_at=NOW - timedelta(hours=1))


def test_a_lost_create_waits_for_two_reads_ten_minutes_apart() -> None:
    first = plan([person()], [], [PENDING])
    assert reasons_of(first, Outcome.UNKNOWN) == ["create_unknown"]
    [state] = first.links
    assert state == replace(PENDING, missing_since=NOW)
    soon = plan([person()], [], [state], NOW + RETRY_AFTER - SECOND)
    assert (kinds(soon), soon.links) == ([], [])
    assert kinds(plan([person()], [], [state], NOW + RETRY_AFTER)) == [CREATE]


@given(st.lists(st.integers(1, 700), min_size=1, max_size=8))
def test_however_often_it_is_read_a_lost_create_is_not_sent_again_too_soon(
    pauses: list[int],
) -> None:
    state, now = PENDING, NOW
    for pause in pauses:
        made = plan([person()], [], [state], now)
        waited = now - state.missing_since if state.missing_since else timedelta(0)
        assert bool(sent(made.changes)) == (waited >= RETRY_AFTER)
        state = made.links[0] if made.links else state
        now += pause * SECOND


def test_a_lost_create_that_turns_up_is_linked_and_not_created() -> None:
    made = plan([person()], [in_payroll(person())], [replace(PENDING, missing_since=NOW - DAY)])
    assert (kinds(made), made.unchanged) == ([], 1)
    assert made.links == [LinkState("e1001", "te1001")]


def test_a_lost_create_of_somebody_who_has_left_since_is_not_sent_again() -> None:
    state = replace(PENDING, missing_since=NOW - DAY)
    for active in (True, False):
        assert kinds(plan([person(active=active, end_date=TODAY - DAY)], [], [state])) == []


# --- the end of employment -----------------------------------------------------------------------


def ended(employee: Employee) -> Plan:
    """The plan for somebody whom payroll has an end date for."""
    return plan([employee], [in_payroll(employee, employmentTo=TODAY + 9 * DAY)], [link(employee)])


def test_an_end_date_is_cleared_on_evidence_that_employment_goes_on() -> None:
    made = ended(person())
    assert (kinds(made), written(made)) == ([UPDATE], {"employmentTo": None})


def test_an_end_date_that_hr_did_not_deliver_stays_in_payroll() -> None:
    assert ended(person(without=["end_date"])).changes == []


@pytest.mark.parametrize(
    "employment",
    [
        job(date(2020, 1, 1), TODAY + 90 * DAY),
        job(date(2020, 1, 1), terminated=True),
        job(TODAY + 5 * DAY),
    ],
    ids=["not open-ended", "terminated", "not begun"],
)
def test_without_that_evidence_the_end_date_is_held(employment: Any) -> None:
    made = ended(person(employment=employment))
    assert held(made) == {"employmentTo": "end_date_unclear"}
    assert sent(made.changes) == []


def test_a_held_end_date_does_not_stop_the_other_fields() -> None:
    kari = person(employment=job(date(2020, 1, 1), terminated=True))
    there = in_payroll(kari, employmentTo=TODAY, lastName="Hansen")
    made = plan([kari], [there], [link(kari)])
    assert (set(held(made)), set(written(made))) == ({"employmentTo"}, {"lastName"})


def test_a_contradiction_in_hr_is_held_and_its_field_not_sent() -> None:
    doubt = Problem("end_date_contradiction", "They do not agree.", "end_date")
    kari = person(end_date=TODAY + 30 * DAY, doubts=(doubt,))
    made = plan([kari], [in_payroll(kari, employmentTo=None, lastName="Hansen")], [link(kari)])
    assert reasons_of(made, Outcome.HELD) == ["end_date_contradiction"]
    assert set(written(made)) == {"lastName"}


# --- what is left out ----------------------------------------------------------------------------


def test_a_bad_value_is_left_out_and_the_row_says_so() -> None:
    made = plan([person(national_id="01019010047")])
    [row] = sent(made.changes)
    assert row.flagged
    assert [problem.code for problem in row.problems] == ["invalid_national_id"]
    assert "socialSec" not in written(made)


def test_a_bad_value_of_somebody_in_sync_is_said_without_sending() -> None:
    kari = person(national_id="01019010047")
    made = plan([kari], [in_payroll(kari, socialSec=NATIONAL_ID)], [link(kari)])
    [row] = made.changes
    assert (row.kind, row.outcome, row.flagged) == (ChangeKind.NONE, Outcome.SKIPPED, True)


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("email", "kari", "invalid_email"),
        ("employment_type", "Lærling", "unmapped_value"),
        ("employment_type", None, "missing_field"),
        ("title", "", "missing_field"),
    ],
)
def test_nobody_is_created_without_a_field_that_payroll_requires(
    field: str, value: Any, code: str
) -> None:
    made = plan([person(**{field: value})])
    assert sent(made.changes) == []
    assert reasons_of(made, Outcome.SKIPPED) == [code]


def test_somebody_in_payroll_keeps_a_required_field_that_hr_has_left_blank() -> None:
    kari = person(employment_type=None)
    made = plan([kari], [in_payroll(kari, lastName="Hansen")], [link(kari)])
    assert set(written(made)) == {"lastName"}


def test_no_reason_on_a_row_tells_a_national_id() -> None:
    kari = person(national_id=NATIONAL_ID, birth_date=date(1990, 1, 1))
    there = in_payroll(kari, code="2002")
    there = replace(there, identity=Identity("2002", national_id=NATIONAL_ID))
    [row] = plan([kari], [there]).changes
    assert NATIONAL_ID not in row.problems[0].message


def test_one_human_with_two_new_records_in_hr_is_created_once() -> None:
    made = plan([person("2001", last_name="Ås"), person("2002", last_name="Ås")])
    assert kinds(made) == [CREATE]
    assert reasons_of(made) == ["same_person_in_hr"]


def test_somebody_of_whom_something_is_held_is_not_counted_as_unchanged() -> None:
    before = person("1001", id="a", last_name="Ås", email="ka@fjordkraft.test")
    now = person("2001", id="a", last_name="Ås", email="ka@fjordkraft.test")
    made = plan([now], [in_payroll(before)], [link(before)])
    assert made.unchanged == 0
    assert [row.outcome for row in made.changes] == [Outcome.HELD]


def test_of_a_leaver_whose_number_is_shared_only_the_end_date_goes() -> None:
    gone = person(id="a", end_date=TODAY - DAY, private_phone="+4791234567")
    other = person(id="b", first_name="Ola", last_name="Hansen", email="o@fjordkraft.test")
    made = plan([gone, other], [in_payroll(person(id="a"))], [LinkState("a", "ta")])
    assert written(made) == {"employmentTo": TODAY - DAY}
    assert reasons_of(made) == ["duplicate_number"]
    [row] = sent(made.changes)
    assert [problem.code for problem in row.problems] == ["duplicate_number"]
