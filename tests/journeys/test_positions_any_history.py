"""Random histories in HR and in payroll: nobody is without a position or has two by the Hub.

What a sync may do to positions is checked after every one of them, whatever was edited on either
side and whichever answers were lost; what is left over in the end is told.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st

from payroll.models import FieldMapping, SyncRun
from payroll.records import ChangeKind, Outcome
from tests.faults import long_form
from xledger.positions import POSITIONS

from .dated_rows import later, map_too, offer
from .positions import BOTH, ROWS
from .test_positions import jobs
from .world import NOW, World, world

PEOPLE = 2
DAY = timedelta(days=1)
TABLE = "employee_positions"
Row = dict[str, Any]
Step = tuple[str, int, Any]

people = st.integers(0, PEOPLE - 1)
past = st.sampled_from([-120, -60, -22, -21, -10, -1, 0]).map(lambda n: NOW.date() + n * DAY)
days = past | st.sampled_from([1, 8, 30]).map(lambda n: NOW.date() + n * DAY)
percents = st.sampled_from([100, 60, 37.5, 0])
open_or_ended = st.none() | days


def step(name: str, what: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    """One edit of one person's."""
    return st.tuples(st.just(name), people, what)


in_hr = st.one_of(
    step("follows", st.tuples(days, percents, st.sampled_from(["before", "open", "over"]))),
    step("follows", st.tuples(past, percents, st.just("before"))),
    step("rate", percents | st.none()),
    step("start", st.sampled_from([-30, -1, 1, 30])),
    step("end", open_or_ended),
    step("removed", st.booleans()),
    step("primary", st.integers(0, 3)),
)
in_payroll = st.one_of(
    step("row ended", st.tuples(st.integers(0, 3), open_or_ended)),
    step("row moved", st.tuples(st.integers(0, 3), days)),
    step("row gone", st.integers(0, 3)),
    step("row added", st.tuples(days, open_or_ended, percents)),
    step("row percent", st.tuples(st.integers(0, 3), percents)),
)
lost = st.tuples(
    st.sampled_from(["drop_after", "truncated", "500", "html"]),
    st.sampled_from(["addEmployeePositions", "updateEmployeePositions"]),
    st.booleans(),
)
syncs = st.tuples(st.just("sync"), st.integers(0, 20), st.none() | lost)
histories = st.lists(st.one_of(in_hr, in_hr, in_payroll, syncs), min_size=2, max_size=8)


@dataclass
class Actor:
    """Somebody whose history is played."""

    made: World
    number: str

    @property
    def person(self) -> Row:
        return self.made.simployer.find("employee", employeeNumber=self.number)

    @property
    def employments(self) -> list[Row]:
        """HR's rows, by first day."""
        rows = self.made.simployer.rows["employment"]
        own = (row for row in rows if row["employeeId"] == self.person["id"])
        return sorted(own, key=lambda row: (row["startDate"][:10], row["id"]))

    @property
    def positions(self) -> list[Row]:
        """Payroll's rows, by first day."""
        own = (row for row in self.made.xledger.positions if row["employee"] == self.number)
        return sorted(own, key=lambda row: (row["dateFrom"], row["dbId"]))

    def counting(self) -> list[Row]:
        """The positions that count today."""
        return [row for row in self.positions if _covers(row, "dateFrom", "dateTo", self._today)]

    def employed(self) -> list[Row]:
        """The employments that HR says count today."""
        end = self.person["endDate"]
        if not self.person["active"] or (end and end[:10] < self._today):
            return []
        return [r for r in self.employments if _covers(r, "startDate", "endDate", self._today)]

    @property
    def _today(self) -> str:
        return self.made.now.date().isoformat()


def _covers(row: Mapping[str, Any], first: str, last: str, day: str) -> bool:
    end = row.get(last)
    return bool(row[first][:10] <= day and (end is None or end[:10] >= day))


# --- histories that went wrong once --------------------------------------------------------------

REHIRED_IN_PAYROLL: list[Step] = [
    ("end", 0, date(2026, 9, 24)),
    ("sync", 0, None),
    ("row added", 0, (date(2026, 11, 2), None, 60)),
]
TAKEN_BACK: list[Step] = [
    ("follows", 0, (date(2026, 11, 1), 60, "before")),
    ("sync", 0, None),
    ("removed", 0, True),
]
MOVED_FORWARD: list[Step] = [
    ("end", 0, date(2026, 11, 13)),
    ("follows", 0, (date(2026, 12, 1), 60, "over")),
    ("sync", 0, None),
    ("start", 0, -1),
    ("sync", 20, None),
]


# --- edits ---------------------------------------------------------------------------------------


def _follows(actor: Actor, what: tuple[date, float, str]) -> None:
    """A new employment; the one before ends the day before, too late, or not at all."""
    begins, percent, before = what
    store, last = actor.made.simployer.store, actor.employments[-1]
    if begins.isoformat() <= last["startDate"][:10]:
        return
    ends = {"before": begins - DAY, "over": begins + 5 * DAY, "open": None}[before]
    store.edit("employment", last["id"], {"endDate": ends.isoformat() if ends else None})
    new = {**last, "id": secrets.token_hex(12), "rate": percent, "endDate": None}
    actor.made.simployer.rows["employment"].append({**new, "startDate": begins.isoformat()})
    primary = new["id"] if begins <= actor.made.now.date() else last["id"]
    changes = {"employmentId": primary, "endDate": None}
    store.edit("employee", actor.person["id"], changes)


def _end(actor: Actor, day: date | None) -> None:
    """The last employment ends on that day, and the person with it; or neither does."""
    last, told = actor.employments[-1], day.isoformat() if day else None
    if told and told < last["startDate"][:10]:
        return
    store = actor.made.simployer.store
    store.edit("employment", last["id"], {"endDate": told})
    others = [row["endDate"] for row in actor.employments]
    ends = None if None in others else max(each[:10] for each in others)
    store.edit("employee", actor.person["id"], {"endDate": ends})


def _start(actor: Actor, shift: int) -> None:
    last = actor.employments[-1]
    begins = date.fromisoformat(last["startDate"][:10]) + shift * DAY
    if last["endDate"] is None or begins.isoformat() <= last["endDate"][:10]:
        changes = {"startDate": begins.isoformat()}
        actor.made.simployer.store.edit("employment", last["id"], changes)


def _removed(actor: Actor, reopen: bool) -> None:  # drawn
    """The last employment was a mistake; the one before may go on instead."""
    if len(actor.employments) < 2:
        return
    store = actor.made.simployer.store
    store.delete("employment", actor.employments[-1]["id"])
    last = actor.employments[-1]
    store.edit("employee", actor.person["id"], {"employmentId": last["id"]})
    _end(actor, None if reopen or not last["endDate"] else date.fromisoformat(last["endDate"][:10]))


def _primary(actor: Actor, place: int) -> None:
    chosen = actor.employments[place % len(actor.employments)]
    actor.made.simployer.store.edit("employee", actor.person["id"], {"employmentId": chosen["id"]})


def _rate(actor: Actor, percent: float | None) -> None:
    last = actor.employments[-1]
    actor.made.simployer.store.edit("employment", last["id"], {"rate": percent})


def _edit_row(actor: Actor, place: int, values: Row | None) -> None:
    """One of payroll's rows gets these values; None takes it out."""
    if not actor.positions:
        return
    row, store = actor.positions[place % len(actor.positions)], actor.made.xledger.store
    if values is None:
        store.delete(TABLE, row["dbId"])
        return
    after = {**row, **values}
    if after.get("dateTo") is None or after["dateTo"] >= after["dateFrom"]:
        store.update(TABLE, row["dbId"], values)


def _add_row(actor: Actor, what: tuple[date, date | None, float]) -> None:
    first, last, percent = what
    if last and last < first:
        return
    person = next(
        each
        for each in actor.made.xledger.store.tables["employees"].values()
        if each["code"] == actor.number
    )
    ends = last.isoformat() if last else None
    values = {"employeeDbId": person["dbId"], "parttimePct": percent, "dateTo": ends}
    actor.made.xledger.store.insert(TABLE, {**values, "dateFrom": first.isoformat()})


EDITS: Mapping[str, Callable[[Actor, Any], None]] = {
    "follows": _follows,
    "end": _end,
    "start": _start,
    "removed": _removed,
    "primary": _primary,
    "rate": _rate,
    "row added": _add_row,
    "row gone": lambda actor, place: _edit_row(actor, place, None),
    "row moved": lambda a, what: _edit_row(a, what[0], {"dateFrom": what[1].isoformat()}),
    "row ended": lambda a, what: _edit_row(
        a, what[0], {"dateTo": what[1].isoformat() if what[1] else None}
    ),
    "row percent": lambda a, what: _edit_row(a, what[0], {"parttimePct": what[1]}),
}


# --- what must hold ------------------------------------------------------------------------------


def _twice(rows: Iterable[Row]) -> set[Any]:
    keys = Counter((row["employee"], row["dateFrom"]) for row in rows)
    return {key for key, count in keys.items() if count > 1}


def _check_ended(actors: Iterable[Actor], before: Mapping[int, Row]) -> None:
    """Whatever got an earlier last day is over in HR, or payroll ended it when it got another."""
    for actor in actors:
        over = {(r["startDate"][:10], (r["endDate"] or "")[:10]) for r in actor.employments}
        begun = {row["dateFrom"] for row in actor.positions if row["dbId"] not in before}
        for row in actor.positions:
            was, last = before.get(row["dbId"], {}).get("dateTo"), row.get("dateTo")
            if row["dbId"] not in before or last == was or last is None or (was and was < last):
                continue
            follows = (date.fromisoformat(last) + DAY).isoformat()
            assert (row["dateFrom"], last) in over or follows in begun


def sync(made: World, actors: list[Actor]) -> SyncRun:
    """A sync, of which everything holds that must hold of every one."""
    before = {row["dbId"]: row for row in made.xledger.positions}
    had = {actor.number for actor in actors if actor.counting()}
    run = made.run()
    after = made.xledger.positions
    assert _twice(after) <= _twice(before.values())
    assert before.keys() <= {row["dbId"] for row in after}
    for actor in actors:
        if actor.number in had and actor.employed():
            assert actor.counting(), "somebody has no position any more"
    _check_ended(actors, before)
    return run


_ASIDE = {"set_aside", "only_the_end"}  # payroll refused the same of them three times


def _is_told(run: SyncRun, number: str) -> bool:
    """Whether the run says something of the person's positions, or keeps all of them back."""
    return any(
        (change.kind == ChangeKind.NONE and not change.flagged)
        or change.outcome in {Outcome.HELD, Outcome.REJECTED, Outcome.UNKNOWN}
        or any(p.field in POSITIONS.keys or p.code in _ASIDE for p in change.problems)
        for change in run.changes.filter(employee_number=number)
    )


def _as_in_hr(actor: Actor) -> bool:
    """Whether payroll counts what HR counts today; of several employments the primary one."""
    employed, counting = actor.employed(), actor.counting()
    if not employed:
        return not counting
    primary = actor.person["employmentId"]
    current = max(employed, key=lambda r: (r["id"] == primary, r["startDate"][:10], r["id"]))
    if current["rate"] is None:
        known = {row["startDate"][:10] for row in employed}
        return all(row["dateFrom"] in known for row in counting)
    of_hr = [row for row in counting if row["dateFrom"] == current["startDate"][:10]]
    known = {row["startDate"][:10] for row in employed if row is not current}
    others = [row for row in counting if row not in of_hr and row["dateFrom"] not in known]
    return [row["parttimePct"] for row in of_hr] == [float(current["rate"])] and not others


def play(made: World, history: list[Step], *, with_end: bool) -> None:
    """The whole history, and then rest."""
    made.run()
    found = sorted(each for each in jobs(made) if Actor(made, each).positions)
    actors = [Actor(made, number) for number in found[:PEOPLE]]
    assert len(actors) == PEOPLE
    for name, whom, what in history:
        if name != "sync":
            EDITS[name](actors[whom], what)
            continue
        made.now += whom * DAY
        if what:
            fault, root, commit = what
            made.xledger.faults.add(fault, when="mutation", root=root, commit=commit)
        later(made)
        sync(made, actors)
        made.xledger.faults.clear()
    for _ in range(3):
        later(made, 700)
        run = sync(made, actors)
    at_rest = made.xledger.positions
    later(made)
    run = sync(made, actors)
    assert made.xledger.positions == at_rest
    assert not run.changes.filter(
        sendable=True, employee_number__in=[actor.number for actor in actors]
    )
    for actor in actors:
        if with_end or actor.employed():
            told = _as_in_hr(actor) or _is_told(run, actor.number)
            assert told, [
                (c.kind, c.outcome, c.problems, c.details["fields"])
                for c in run.changes.filter(employee_number=actor.number)
            ]


@pytest.mark.parametrize("others", ["keep", "end", "refuse"])
@settings(
    max_examples=25 if long_form() else 4,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a history takes too long to shrink
    suppress_health_check=list(HealthCheck),
)
@given(history=histories, with_end=st.booleans())
@example(history=REHIRED_IN_PAYROLL, with_end=True)
@example(history=TAKEN_BACK, with_end=True)
@example(history=MOVED_FORWARD, with_end=False)
def test_what_payroll_counts_is_what_hr_says_or_it_is_told(
    transactional_db: None,
    others: str,
    history: list[Step],
    with_end: bool,  # drawn
) -> None:
    mine = {"organisation": f"Fjordkraft {secrets.token_hex(4)}"}
    with pytest.MonkeyPatch.context() as patch, world(employees=20, **mine) as made:
        patch.setattr("xledger.target.BURST_REQUESTS", 10_000)
        map_too(made, *ROWS)
        if not with_end:
            FieldMapping.objects.filter(integration=made.integration, target="positionTo").delete()
        offer(made, *BOTH, burst_limit=None, open_positions=others)
        play(made, history, with_end=with_end)
