"""Who is away from work at Fjordkraft and when, in no vendor's words, awkward cases included."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta
from decimal import Decimal
from itertools import cycle, islice
from random import Random
from typing import Any

from fjordkraft import absence
from fjordkraft.days import clock_change, first_of_month, month_before, on_weekday
from fjordkraft.people import Person

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
_Days = Callable[[date], tuple[date, date | None]]
"""The first and last day of a leave, as seen from today; without a last one it is open-ended."""


@dataclass(frozen=True, slots=True)
class Leave:
    """One leave of one person, days inclusive; `end` None is open-ended.

    `status`: pending, approved, confirmed, denied or cancelled. `half`: "morning" or "afternoon" of
    a single day. `begin` and `until`: the times of an hourly leave, Oslo wall clock; an `until` not
    after `begin` is on the next day. `case` names the awkward case, for tests and for the reader.
    """

    key: int
    person_key: int
    case: str
    type: str
    start: date
    end: date | None
    status: str = "approved"
    grade: Decimal | None = None
    half: str = ""
    begin: time | None = None
    until: time | None = None
    note: str = ""
    about_child: bool = False
    deleted: bool = False


def _last_month(week: int, weekday: int, days: int = 1) -> Callable[[date], tuple[date, date]]:
    """`days` days from that weekday of the week-th whole week of the month before today's."""

    def span(today: date) -> tuple[date, date]:
        start = on_weekday(month_before(today), MONDAY) + timedelta(days=7 * week + weekday)
        return start, start + timedelta(days=days - 1)

    return span


def _over_months_end(today: date) -> tuple[date, date]:
    first = first_of_month(today)
    return first - timedelta(days=6), first + timedelta(days=6)


def _open_ended(today: date) -> tuple[date, None]:
    return on_weekday(month_before(today), WEDNESDAY), None


def _over_clock_change(today: date) -> tuple[date, date]:
    """From the Friday before to the Monday after, so that the changed day lies inside."""
    change = clock_change(today)
    return change - timedelta(days=2), change + timedelta(days=1)


def _night_of_clock_change(today: date) -> tuple[date, date]:
    eve = clock_change(today) - timedelta(days=1)
    return eve, eve


def _long_parental(today: date) -> tuple[date, date]:
    return month_before(today) - timedelta(days=40), first_of_month(today) + timedelta(days=75)


@dataclass(frozen=True, slots=True)
class _Case:
    """An awkward leave: whose, which days as seen from today, and what else is special.

    `who`: "ordinary" takes the next ordinary person, "pair" one and the same, "Bodø" somebody of
    that office, another word the person made for that case.
    """

    name: str
    type: str
    days: _Days
    who: str = "ordinary"
    rest: Mapping[str, Any] = field(default_factory=dict)


def _case(name: str, kind: str, days: _Days, who: str = "ordinary", **rest: Any) -> _Case:
    return _Case(name, kind, days, who, rest)


CASES: tuple[_Case, ...] = (
    _case("over a month's end", absence.VACATION, _over_months_end),
    _case("over a weekend", absence.VACATION, _last_month(1, THURSDAY, 6)),
    _case("half day, morning", absence.WITH_PAY, _last_month(0, TUESDAY), half="morning"),
    _case("half day, afternoon", absence.WITH_PAY, _last_month(0, FRIDAY), half="afternoon"),
    _case(
        "hourly", absence.TIME_OFF, _last_month(1, TUESDAY), begin=time(13, 15), until=time(15, 45)
    ),
    _case("half sick", absence.SICK, _last_month(0, MONDAY, 19), grade=Decimal(50)),
    _case("three eighths sick", absence.SICK, _last_month(1, MONDAY, 12), grade=Decimal("37.5")),
    _case(
        "sick until further notice",
        absence.SICK,
        _open_ended,
        grade=Decimal(100),
        note="Sykmeldt etter operasjon i ryggen",
    ),
    _case("overlapping, the longer", absence.VACATION, _last_month(2, MONDAY, 5), "pair"),
    _case("overlapping, the shorter", absence.SELF_CERTIFIED, _last_month(2, TUESDAY, 2), "pair"),
    _case("pending", absence.VACATION, _last_month(2, WEDNESDAY, 3), status="pending"),
    _case("denied", absence.WITHOUT_PAY, _last_month(1, MONDAY, 5), status="denied"),
    _case("cancelled", absence.VACATION, _last_month(0, WEDNESDAY, 2), status="cancelled"),
    _case("confirmed", absence.SELF_CERTIFIED, _last_month(1, WEDNESDAY, 2), status="confirmed"),
    _case("deleted", absence.VACATION, _last_month(2, THURSDAY, 2), deleted=True),
    _case("over the change of clocks", absence.VACATION, _over_clock_change),
    _case(
        "night of the change of clocks",
        absence.TIME_OFF,
        _night_of_clock_change,
        "temporary",
        begin=time(23),
        until=time(4),
    ),
    _case("night shift", absence.SELF_CERTIFIED, _last_month(1, MONDAY, 2), "temporary"),
    _case(
        "hours of a night",
        absence.TIME_OFF,
        _last_month(2, MONDAY),
        "temporary",
        begin=time(23, 30),
        until=time(2, 30),
    ),
    _case("no work that day", absence.SELF_CERTIFIED, _last_month(1, THURSDAY), "part-timer"),
    _case("part-timer's week", absence.VACATION, _last_month(2, MONDAY, 7), "part-timer"),
    _case("another office's hours", absence.VACATION, _last_month(1, MONDAY, 3), "Bodø"),
    _case("archived type", absence.ARCHIVED, _last_month(0, THURSDAY)),
    _case("type without code", absence.UNCODED, _last_month(0, FRIDAY)),
    _case("not in payroll", absence.VACATION, _last_month(1, MONDAY, 5), "missing number"),
    _case("leaver", absence.VACATION, _last_month(0, MONDAY, 2), "leaver"),
    _case(
        "note about health",
        absence.SELF_CERTIFIED,
        _last_month(2, WEDNESDAY),
        note="Migrene, var hos legen",
    ),
    _case("sick child", absence.SICK_CHILD, _last_month(1, FRIDAY), about_child=True),
    _case("parental", absence.PARENTAL, _long_parental, grade=Decimal(80), about_child=True),
)
"""Every awkward leave once."""

_COMMON = (absence.VACATION, absence.VACATION, absence.SELF_CERTIFIED, absence.WITH_PAY)
_SHARE_AWAY = 0.6  # of ordinary people, each month


def leaves(staff: Sequence[Person], seed: int = 1, *, today: date) -> tuple[Leave, ...]:
    """The leaves of `staff` from the month before today's to the one after, awkward cases first.

    The same people, seed and day give the same leaves. A case whose person the company is too
    small to have is left out.
    """
    awkward = list(_awkward(staff, today))
    busy = {leave.person_key for leave in awkward}
    others = [person for person in staff if person.active and person.key not in busy]
    return (*awkward, *_everyday(others, Random(f"leaves {seed}"), today, len(awkward) + 1))


def by_case(staff: Sequence[Person], case: str) -> Person | None:
    """The first person made for `case`, if the company is large enough to have one."""
    return next((person for person in staff if person.case == case), None)


def night_worker(staff: Sequence[Person]) -> Person | None:
    """Who works at night: the first temporary one."""
    return by_case(staff, "temporary")


def _awkward(staff: Sequence[Person], today: date) -> Iterator[Leave]:
    plain = [person for person in staff if person.case == "ordinary" and person.office != "Bodø"]
    pair, queue = plain[:1], cycle(plain[1:] or plain)
    bodo = [person for person in staff if person.case == "ordinary" and person.office == "Bodø"]
    for key, case in enumerate(CASES, start=1):
        candidates: Iterable[Person] = {
            "ordinary": queue,
            "pair": pair,
            "Bodø": bodo,
        }.get(case.who) or [person for person in staff if person.case == case.who]
        for person in islice(candidates, 1):
            start, end = case.days(today)
            yield Leave(key, person.key, case.name, case.type, start, end, **case.rest)


def _everyday(staff: Sequence[Person], rng: Random, today: date, first_key: int) -> Iterator[Leave]:
    key = first_key
    months = (month_before(today), first_of_month(today))
    for person in staff:
        for month in months:
            if rng.random() >= _SHARE_AWAY:
                continue
            start = month + timedelta(days=rng.randint(0, 20))
            kind = rng.choice(_COMMON)
            length = rng.randint(1, 3 if kind == absence.SELF_CERTIFIED else 7)
            status = "pending" if start > today and rng.random() < 0.5 else "approved"
            yield Leave(
                key=key,
                person_key=person.key,
                case="everyday",
                type=kind,
                start=start,
                end=start + timedelta(days=length - 1),
                status=status,
            )
            key += 1
