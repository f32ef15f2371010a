"""Positions over any history: one counts, no day is held twice, nobody else's is ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from payroll.dated.planning import DatedPlan
from payroll.dated.records import DatedRow, DatedRows
from payroll.diff import Baseline, FieldChange, Sent, compare
from payroll.mapping import Desired, MappingRow
from payroll.records import Employee, Employment, Identity, Period, Problem, Value
from xledger.fields import SPECS
from xledger.positions import POSITIONS

TODAY = date(2026, 11, 23)
MAPPINGS = {
    "employmentPercent": MappingRow("employment_percent", "employmentPercent"),
    "positionFrom": MappingRow("employment_start", "positionFrom"),
    "positionTo": MappingRow("employment_end", "positionTo"),
}
DAYS = st.integers(0, 5).map(lambda n: date(2026, 7, 1) + timedelta(days=31 * n))
PERCENTS = st.sampled_from([Decimal(100), Decimal("37.5"), Decimal(0)])


def position(
    row_id: str, first_day: date, last_day: date | None, percent: Decimal | None
) -> DatedRow:
    """A position of the one person."""
    values = {
        "employmentPercent": percent,
        "positionFrom": first_day,
        "positionTo": last_day,
        "positionCode": None,
        "positionType": None,
    }
    return DatedRow(row_id, "7", first_day, last_day, values)


def _jobs(days: Sequence[date], percents: Sequence[Decimal], *, gaps: bool) -> list[Employment]:
    """One employment after the other, the last one open."""
    found = []
    for place, first in enumerate(days):
        following = days[place + 1] if place + 1 < len(days) else None
        end = following - timedelta(days=5 if gaps else 1) if following else None
        period = Period(first, end)
        found.append(Employment(f"j{place}", period, percent=percents[place]))
    return found


JOBS = st.builds(
    lambda days, percents, gaps: _jobs(sorted(days), percents, gaps=gaps),
    st.sets(DAYS.filter(lambda day: day <= TODAY), min_size=1, max_size=4),
    st.lists(PERCENTS, min_size=4, max_size=4),
    st.booleans(),
)
ROWS = st.lists(
    st.builds(
        position,
        st.uuids().map(str),
        DAYS,
        st.none() | st.just(date(2027, 6, 30)),
        st.none() | PERCENTS,
    ),
    max_size=4,
)


def planned(
    jobs: Sequence[Employment],
    rows: Sequence[DatedRow],
    baseline: Baseline | None = None,
    *,
    changeable: bool = True,
    with_end: bool = False,
) -> tuple[tuple[FieldChange, ...], tuple[Problem, ...]]:
    """The changes for somebody who has these positions, and what is told.

    The last employment is the one that counts; `with_end`: its last day is mapped too.
    """
    job = jobs[-1]
    known = DatedRows(
        kinds=(POSITIONS,),
        there={"positions": {"7": tuple(rows)}},
        changeable=frozenset({"positions"} if changeable else ()),
    )
    plan = DatedPlan(known, MAPPINGS, SPECS, lambda _, text: text, TODAY)
    kari = Employee("1", True, Identity("1001"), {}, employment=job, employments=tuple(jobs))
    values: dict[str, Value] = {"employmentPercent": job.percent, "positionFrom": job.period.start}
    values |= {"positionTo": job.period.end} if with_end else {}
    faced = plan.face(kari, "7", Desired(values), baseline or {})
    changes = compare(
        faced.desired.values, faced.actual, faced.baseline, MAPPINGS, SPECS, lambda _, text: text
    )
    kept, by_hand = plan.settle(faced, changes)
    return kept, (*faced.desired.problems, *by_hand)


def sent(rows: Sequence[DatedRow], changes: Sequence[FieldChange]) -> list[DatedRow]:
    """Payroll after the changes were written."""
    by_id = {row.id: row for row in rows}
    new = {change.field: change.after for change in changes if not change.row}
    for change in changes:
        if not change.row:
            continue
        row, after = by_id[change.row], change.after
        if change.field == "positionEnds":
            assert isinstance(after, date)
            by_id[row.id] = replace(row, last_day=after, values={**row.values, "positionTo": after})
        else:
            by_id[row.id] = replace(row, values={**row.values, change.field: after})
    if new:
        first, percent = new["positionFrom"], new["employmentPercent"]
        assert isinstance(first, date)
        assert isinstance(percent, Decimal)
        by_id["new"] = position("new", first, None, percent)
    return list(by_id.values())


@given(JOBS, ROWS)
def test_a_second_plan_is_empty_and_no_day_is_held_twice(
    jobs: list[Employment], rows: list[DatedRow]
) -> None:
    changes, _ = planned(jobs, rows)
    after = sent(rows, changes)
    assert planned(jobs, after)[0] == ()
    added = [row.first_day for row in after if row.id == "new"]
    assert not any(row.first_day in added for row in rows)


@given(JOBS, ROWS)
def test_what_is_added_counts_alone(jobs: list[Employment], rows: list[DatedRow]) -> None:
    changes, problems = planned(jobs, rows)
    after = sent(rows, changes)
    first = jobs[-1].period.start
    if any(row.id == "new" for row in after):
        for day in [first, *(row.first_day for row in after if row.first_day > first)]:
            assert [row.id for row in after if row.counts_on(day)] == ["new"]
    else:
        assert problems or any(row.first_day == first for row in rows)


@given(JOBS, ROWS)
def test_only_the_position_of_an_employment_that_is_over_is_ended_and_never_later_than_it(
    jobs: list[Employment], rows: list[DatedRow]
) -> None:
    changes, _ = planned(jobs, rows)
    over = {job.period.start: job.period.end for job in jobs[:-1]}
    before = {row.id: row for row in rows}
    for change in changes:
        if change.field == "positionEnds":
            assert change.after == over[before[change.row].first_day]
        elif change.row:
            assert before[change.row].first_day == jobs[-1].period.start


@given(JOBS, ROWS)
def test_where_nothing_can_be_changed_nothing_is(
    jobs: list[Employment], rows: list[DatedRow]
) -> None:
    changes, _ = planned(jobs, rows, changeable=False)
    assert not any(change.row for change in changes)
    after = sent(rows, changes)
    if any(row.id == "new" for row in after):
        assert [row.id for row in after if row.counts_on(jobs[-1].period.start)] == ["new"]


def test_an_end_that_payroll_took_and_shows_otherwise_is_at_rest() -> None:
    jobs = _jobs([date(2026, 7, 1), date(2026, 11, 1)], [Decimal(100), Decimal(50)], gaps=False)
    rows = [
        position("old", date(2026, 7, 1), date(2026, 11, 1), Decimal(100)),
        position("new", date(2026, 11, 1), None, Decimal(50)),
    ]
    [change] = planned(jobs, rows)[0]
    assert (change.field, change.after, change.row) == ("positionEnds", date(2026, 10, 31), "old")
    assert planned(jobs, rows, {"positionEnds": Sent("2026-10-31", "2026-11-01")})[0] == ()
    assert planned(jobs, rows, {"positionEnds": Sent("2026-10-31", None)})[0] == (change,)
