"""Finds each HR person in payroll: by the stored link, else by number, never by a guess. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NoReturn

from . import reasons
from .diff import Baseline
from .matching import Roster, conflict, strangers
from .records import Employee, Outcome, Problem, TargetEmployee


@dataclass(frozen=True, slots=True)
class LinkState:
    """What the Hub remembers of one person; `target_id` empty while a create is unsettled."""

    source_id: str
    target_id: str = ""
    baseline: Baseline = field(default_factory=dict)
    create_sent_at: datetime | None = None
    missing_since: datetime | None = None


LINKS_IN_DOUBT = frozenset(
    {
        reasons.GONE_FROM_PAYROLL.code,
        reasons.LINKED_TO_ANOTHER.code,
        reasons.ID_OF_ANOTHER.code,
    }
)
"""What is said of people who wait because of a link that only a person can call false."""


class LeftOut(Exception):
    """This person gets one row that sends nothing, with the problem as its reason.

    `target_id`: to whom in payroll the link leads that is in doubt, where that is the reason.
    """

    def __init__(
        self, problem: Problem, outcome: Outcome = Outcome.SKIPPED, target_id: str = ""
    ) -> None:
        self.problem = problem
        self.outcome = outcome
        self.target_id = target_id


def is_somebody_else(employee: Employee, linked: TargetEmployee) -> bool:
    """Whether a link surely leads to another human: ids may be another company's, or given anew."""
    hr, payroll = employee.identity, linked.identity
    if hr.number == payroll.number:  # one of the two may have been corrected, hardly all of it
        return strangers(hr, payroll)
    return bool(conflict(hr, payroll))


class Linker:
    """Who is who, against one reading of both systems.

    `taken`: target ids that another integration keeps, with its label. `distinct`: pairs of ids, of
    the source and of the target, that a person said are two people. What it finds out is in
    `found` (links to store) and `released` (source ids whose link another record has taken over,
    with that record's id).
    """

    def __init__(
        self,
        people: Sequence[Employee],
        roster: Roster,
        links: Sequence[LinkState],
        taken: Mapping[str, str],
        now: datetime,
        retry_after: timedelta,
        distinct: Iterable[tuple[str, str]] = (),
    ) -> None:
        self.found: list[LinkState] = []
        self.released: dict[str, str] = {}
        self._roster = roster
        self._taken = taken
        self._now = now
        self._retry_after = retry_after
        self._apart: dict[str, set[str]] = defaultdict(set)
        for source_id, target_id in distinct:
            self._apart[source_id].add(target_id)
        self._links = {link.source_id: link for link in links}
        self._owner = {link.target_id: link.source_id for link in links if link.target_id}
        self._people = {person.id: person for person in people}
        self._active_with: dict[str, set[str]] = defaultdict(set)
        for person in people:
            if person.active and person.identity.number:
                self._active_with[person.identity.number].add(person.id)

    def link(self, employee: Employee) -> LinkState | None:
        """The link the person has, unless another HR record has taken it over."""
        link = self._links.get(employee.id)
        if link and link.target_id and self._owner[link.target_id] != employee.id:
            return None
        return link

    def find(self, employee: Employee, *, left: bool) -> TargetEmployee | None:
        """The person in payroll, linked on the way; None when payroll does not know them.

        `left`: the last day is behind us, or HR has archived the record. Raises LeftOut where
        somebody must decide first.
        """
        link = self.link(employee)
        if link and link.target_id:
            return self._linked(employee, link, left=left)
        if employee.active:
            self._refuse_shared_number(employee)
            return self._match(employee, link)
        return self._match_archived(employee)

    def shares_number(self, employee: Employee) -> bool:
        """Whether an active person besides this one has the number."""
        return bool(self._active_with.get(employee.identity.number, set()) - {employee.id})

    def _apart_from(self, employee: Employee) -> Collection[str]:
        """Ids in payroll of whom a person said that they are somebody else."""
        return self._apart.get(employee.id, ())

    def _refuse_shared_number(self, employee: Employee) -> None:
        if self.shares_number(employee):
            raise LeftOut(reasons.duplicate_number(employee.identity.number))

    def _linked(self, employee: Employee, link: LinkState, *, left: bool) -> TargetEmployee:
        found = self._roster.by_id.get(link.target_id)
        if found is None:
            raise LeftOut(reasons.GONE_FROM_PAYROLL, Outcome.HELD, link.target_id)
        if found.id in self._taken and not link.baseline:  # said by hand, and sent by the other
            raise LeftOut(reasons.belongs_to(self._taken[found.id]))
        if is_somebody_else(employee, found):
            raise LeftOut(reasons.LINKED_TO_ANOTHER, Outcome.HELD, found.id)
        number = employee.identity.number
        if not left:
            self._refuse_shared_number(employee)
        elif not employee.active and self._active_with.get(number):
            raise LeftOut(reasons.number_reused(number), Outcome.HELD)
        return found

    def _match(self, employee: Employee, link: LinkState | None) -> TargetEmployee | None:
        if link is None and not employee.identity.number:
            return None
        match = self._roster.match(employee.identity, self._apart_from(employee))
        if match.problem:
            raise LeftOut(match.problem)
        if match.employee is not None:
            self._claim(employee, match.employee)
        elif link and link.create_sent_at:
            self._await_create(link)
        return match.employee

    def _match_archived(self, employee: Employee) -> TargetEmployee | None:
        """An archived record is who has its number only where nobody else can be meant."""
        if not employee.identity.number or self._active_with.get(employee.identity.number):
            return None
        found = self._roster.match(employee.identity, self._apart_from(employee)).employee
        if found is None or found.id in self._owner or found.id in self._taken:
            return None
        self._claim(employee, found)
        return found

    def _claim(self, employee: Employee, found: TargetEmployee) -> None:
        """Remembers who it is there. A record that HR archived or deleted gives way (a rehire)."""
        if found.id in self._taken:
            raise LeftOut(reasons.belongs_to(self._taken[found.id]))
        owner = self._owner.get(found.id, employee.id)
        baseline: Baseline = {}
        if owner != employee.id:
            before = self._people.get(owner)
            if before is not None and before.active:
                self._refuse_claim(employee, before, found)
            self.released[owner] = employee.id
            if before is None or not is_somebody_else(before, found):
                baseline = self._links[owner].baseline if owner in self._links else {}
        self._owner[found.id] = employee.id
        self._links[employee.id] = LinkState(employee.id, found.id, baseline)
        self.found.append(self._links[employee.id])

    def _refuse_claim(self, employee: Employee, owner: Employee, found: TargetEmployee) -> NoReturn:
        """Two active people, one in payroll: a person decides. Nothing of a create stays open."""
        if employee.id in self._links:
            self.released.setdefault(employee.id, employee.id)
        if is_somebody_else(owner, found):
            raise LeftOut(reasons.ID_OF_ANOTHER, Outcome.HELD, found.id)
        raise LeftOut(reasons.already_linked(employee.identity.number))

    def _await_create(self, link: LinkState) -> None:
        """A create whose answer was lost is sent again only after two full reads without it."""
        if link.missing_since is None:
            self.found.append(replace(link, missing_since=self._now))
            raise LeftOut(reasons.CREATE_UNKNOWN, Outcome.UNKNOWN)
        if self._now - link.missing_since < self._retry_after:
            raise LeftOut(reasons.CREATE_UNKNOWN, Outcome.UNKNOWN)

    def gone(self) -> list[tuple[str, TargetEmployee]]:
        """Linked people whom HR no longer has: their source id and who they are in payroll."""
        return [
            (source_id, self._roster.by_id[target_id])
            for target_id, source_id in self._owner.items()
            if source_id not in self._people and target_id in self._roster.by_id
        ]
