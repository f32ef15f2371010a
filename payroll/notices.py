"""Which notice follows from which change of an integration's state. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Mood(StrEnum):
    """How an integration stands after a run; `ASIDE` is a run that says nothing about that."""

    GOOD = "good"
    PROBLEMS = "problems"
    HELD = "held"
    FAILING = "failing"
    ATTENTION = "attention"
    QUARANTINE = "quarantine"
    ASIDE = "aside"


class Kind(StrEnum):
    """What a mail is about."""

    FAILING = "failing"
    ATTENTION = "attention"
    QUARANTINE = "quarantine"
    HELD = "held"
    MISSED = "missed"
    SET_ASIDE = "set_aside"
    PROBLEMS = "problems"
    RECOVERED = "recovered"
    FINISHED = "finished"
    APPROVAL = "approval"
    EXPORTED = "exported"


STOPPED = frozenset(
    {Kind.FAILING, Kind.ATTENTION, Kind.QUARANTINE, Kind.HELD, Kind.MISSED, Kind.RECOVERED}
)
"""That payroll is no longer kept true, and that it is again: never told to nobody at all."""

_WELL = (None, Mood.GOOD, Mood.PROBLEMS)
_DOWN = (Mood.FAILING, Mood.ATTENTION, Mood.QUARANTINE, Mood.HELD)


@dataclass(frozen=True, slots=True)
class Ended:
    """A run that is over.

    `whole`: it was a sync of everyone, no preview and no trial. `again`: it is tried again in
    minutes, or was. `needs_person`: it stopped over a token or a setting. `set_aside`: people it
    put into quarantine. `was_missed`: its time had passed so long ago that an alarm was given.
    `quarantined`: it left the integration in quarantine.
    """

    status: str
    whole: bool = True
    again: bool = False
    needs_person: bool = False
    set_aside: int = 0
    was_missed: bool = False
    quarantined: bool = False


def mood_after(run: Ended) -> Mood:
    """How the integration stands after this run."""
    if not run.whole:
        return Mood.ASIDE
    match run.status:
        case "with_problems" | "failed" if run.quarantined:
            return Mood.QUARANTINE
        case "succeeded":
            return Mood.GOOD
        case "with_problems":
            return Mood.PROBLEMS
        case "held":
            return Mood.HELD
        case "failed" | "interrupted" if run.again:
            return Mood.ASIDE
        case "failed" | "interrupted":
            return Mood.ATTENTION if run.needs_person else Mood.FAILING
        case _:
            return Mood.ASIDE


def notice_after(run: Ended, before: Mood | None, *, every_run: bool) -> Kind | None:
    """The one mail that this run is worth; `before` is how it stood, None where it never ran.

    A held plan is told each time, since each is another plan that waits for a person; everything
    else when it begins or ends. A run that merely goes on as before is told only if that is asked
    for.
    """
    mood = mood_after(run)
    if mood is Mood.HELD:
        return Kind.HELD
    if mood in (Mood.FAILING, Mood.ATTENTION, Mood.QUARANTINE):
        worse = mood is not Mood.FAILING and mood is not before
        begins = before in (*_WELL, Mood.HELD) or worse
        changed = Kind(mood.value) if begins else None
    else:
        changed = _good_news(run, mood, before)
    routine = Kind.FINISHED if every_run and run.whole and not run.again else None
    return changed or routine


def _good_news(run: Ended, mood: Mood, before: Mood | None) -> Kind | None:
    """What a run that reached both systems, or was cancelled, changes."""
    if mood is Mood.ASIDE:
        return None
    if run.set_aside:
        return Kind.SET_ASIDE
    if before in _DOWN or run.was_missed:
        return Kind.RECOVERED
    if mood is Mood.PROBLEMS and before is not Mood.PROBLEMS:
        return Kind.PROBLEMS
    return None
