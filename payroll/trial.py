"""Starting with one or two people: who can be among them, and why somebody cannot. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .headcount import Crowd
from .readiness import Requirements, Standing, State, standings
from .records import Employee
from .scope import Scope

SUGGESTED = 200  # people offered to choose from; any other number can be typed


class NotForTrial(ValueError):
    """This person cannot be tried with; the text says why and what to do."""


@dataclass(frozen=True)
class Candidates:
    """Everyone as last read, with the scope and the fields that decide who is ready."""

    crowd: Crowd
    scope: Scope
    needs: Requirements

    def pick(self, word: str) -> Employee:
        """Whom an employee number or an id means. Raises NotForTrial."""
        found = self.crowd.called(word)
        if not found:
            raise NotForTrial(
                f"Nobody has the employee number “{word}” in HR as it was last read. Check the "
                "number, or read people again."
            )
        found = [each for each in found if self.scope.contains(each)]
        if not found:
            raise NotForTrial(f"{word} is not in the scope. Choose somebody else, or change Who.")
        found = [each for each in found if each.id not in self.crowd.left]
        if not found:
            raise NotForTrial(f"{word} has left. Choose somebody who works here.")
        if len(found) > 1:
            raise NotForTrial(f"More than one person has the number {word} in HR.")
        return self._ready(word, found[0])

    def _ready(self, word: str, employee: Employee) -> Employee:
        for standing in self._standings([employee]):
            if _can_be_sent(standing):
                return employee
            raise NotForTrial(f"{word} is not ready. {standing.problems[0].message}")
        raise NotForTrial(f"Nothing is sent about {word}.")

    def suggestions(self) -> Sequence[Employee]:
        """The first who can be tried with, by employee number."""
        crowd = self.crowd
        here = [
            each
            for each in crowd.people
            if each.id not in crowd.left and len(crowd.numbered.get(each.identity.number, ())) == 1
        ]
        here.sort(key=lambda each: each.identity.number)
        ready: list[Employee] = []
        for begin in range(0, len(here), SUGGESTED):
            some = self._standings(here[begin : begin + SUGGESTED])
            ready += [each.employee for each in some if _can_be_sent(each)]
            if len(ready) >= SUGGESTED:
                break
        return ready[:SUGGESTED]

    def _standings(self, people: Sequence[Employee]) -> list[Standing]:
        return standings(replace(self.crowd, people=people), self.scope, self.needs)


def _can_be_sent(standing: Standing) -> bool:
    return standing.state in (State.READY, State.PARTLY)
