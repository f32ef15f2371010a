"""A reading that is stored and opened again is the same reading, whatever stands in it."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from payroll import portable
from payroll.dated.reading import by_employee
from payroll.dated.records import DatedRow
from payroll.records import (
    UNREADABLE,
    Compensation,
    Employee,
    Employment,
    Identity,
    Period,
    PickListEntry,
    Place,
    Problem,
    TargetEmployee,
)

TEXTS = st.text(max_size=8) | st.sampled_from(["unreadable", "date", "true", "Åse \u2066\0"])
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
VALUES = TEXTS | st.dates() | DECIMALS | st.booleans() | st.none()
PERIODS = st.builds(Period, st.dates(), st.none() | st.dates())
JOBS = st.builds(
    Employment, TEXTS, PERIODS, TEXTS, TEXTS, percent=st.none() | DECIMALS, terminated=st.booleans()
)
PAYS = st.builds(Compensation, TEXTS, st.dates(), DECIMALS, TEXTS, TEXTS)
IDENTITIES = st.builds(
    Identity, TEXTS, TEXTS, TEXTS, st.none() | st.dates(), TEXTS, st.frozensets(TEXTS, max_size=3)
)
PEOPLE = st.builds(
    Employee,
    id=TEXTS,
    active=st.booleans(),
    identity=IDENTITIES,
    fields=st.dictionaries(TEXTS, VALUES, max_size=5),
    employment=st.none() | JOBS,
    other_employments=st.lists(JOBS, max_size=2).map(tuple),
    compensation=st.none() | PAYS,
    placements=st.dictionaries(
        TEXTS, st.builds(Place, TEXTS, st.lists(TEXTS, max_size=2).map(tuple)), max_size=3
    ),
    doubts=st.lists(st.builds(Problem, TEXTS, TEXTS, TEXTS, st.booleans()), max_size=2).map(tuple),
    employments=st.lists(JOBS, max_size=3).map(tuple),
    compensations=st.lists(PAYS, max_size=3).map(tuple),
)
THERE = st.builds(
    TargetEmployee, TEXTS, IDENTITIES, st.dictionaries(TEXTS, VALUES | st.just(UNREADABLE))
)
ROWS = st.builds(
    DatedRow,
    id=TEXTS,
    employee=st.sampled_from(["1", "2"]),
    first_day=st.dates(),
    last_day=st.none() | st.dates(),
    values=st.dictionaries(TEXTS, VALUES | st.just(UNREADABLE), max_size=3),
    code=TEXTS,
)
PICK_LISTS = st.dictionaries(
    TEXTS, st.lists(st.builds(PickListEntry, TEXTS, TEXTS), max_size=3).map(tuple), max_size=3
)


def stored(written: Any) -> Any:
    """As it comes back from the database."""
    return json.loads(json.dumps(written, ensure_ascii=False).encode())


def exactly(value: Any) -> str:
    """Tells apart what compares equal: 1 and True, 1.0 and 1.00."""
    return repr(value)


@given(VALUES | st.just(UNREADABLE))
def test_a_value_keeps_its_type_and_its_digits(value: Any) -> None:
    back = portable.read_value(stored(portable.write_value(value)))
    assert (exactly(back), type(back)) == (exactly(value), type(value))


@given(PEOPLE)
def test_a_person_of_hr_comes_back_whole(person: Employee) -> None:
    back = portable.read_employee(stored(portable.write_employee(person)))
    assert back == person
    assert exactly(back.fields) == exactly(person.fields)


@given(THERE)
def test_a_person_of_payroll_comes_back_whole(person: TargetEmployee) -> None:
    back = portable.read_target_employee(stored(portable.write_target_employee(person)))
    assert back == person
    assert exactly(back.fields) == exactly(person.fields)


@given(PICK_LISTS)
def test_pick_lists_come_back_whole(lists: dict[str, tuple[PickListEntry, ...]]) -> None:
    assert portable.read_pick_lists(stored(portable.write_pick_lists(lists))) == lists


@given(st.dictionaries(st.sampled_from(["pay_rates", "positions"]), st.lists(ROWS, max_size=4)))
def test_dated_rows_come_back_whole(rows: dict[str, list[DatedRow]]) -> None:
    there = {kind: by_employee(each) for kind, each in rows.items()}
    back = portable.read_rows(stored(portable.write_rows(there)), there)
    assert back == there
    assert exactly(back) == exactly(there)
