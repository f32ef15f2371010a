"""How an integration stands, and what Sync now, the schedule and a probe do then. Pure.

One table: the engine acts by it, and pages take their words from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, StrEnum

IN_A_ROW = 3  # runs with too many failures, after which an integration is quarantined
TOO_MANY = 40  # percent of those sent who fail
FLOOR = 5  # people; fewer failures are those people's own trouble
_DAILY = timedelta(days=1)
_WAITS = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=24))


class Standing(StrEnum):
    """The stored states, and the one that an organisation without the add-on puts over them."""

    DRAFT = "draft"
    ACTIVE = "active"
    PAUSED = "paused"
    NEEDS_ATTENTION = "needs_attention"
    QUARANTINED = "quarantined"
    ADDON_OFF = "addon_off"


class ByHand(Enum):
    """What Sync now does."""

    NOTHING = "nothing"
    SYNC = "a sync"
    PROBE = "a sync that counts as a probe"


class BySchedule(Enum):
    """What the schedule does when its time has come."""

    NOTHING = "nothing"
    SYNC = "a sync"
    PROBES = "nothing but probes"


class Probe(Enum):
    """What a probe is."""

    NONE = "there is none"
    READS = "a preview: both systems are read, nothing is sent"
    SYNCS = "a sync of everyone"


@dataclass(frozen=True, slots=True)
class Conduct:
    """One row of the table.

    `urgency` sorts, most urgent first. `means` says what is so, `cure` what to do about it, and
    `link` is what to press for that: it leads to the step of the settings called `step`.
    """

    label: str
    tone: str
    urgency: int
    by_hand: ByHand
    by_schedule: BySchedule
    probe: Probe
    title: str = ""
    means: str = ""
    cure: str = ""
    link: str = ""
    step: str = ""


CONDUCT: Mapping[Standing, Conduct] = {
    Standing.ADDON_OFF: Conduct(
        "Add-on off",
        "bad",
        0,
        ByHand.NOTHING,
        BySchedule.NOTHING,
        Probe.NONE,
        "The payroll add-on is not activated",
        "Nothing can be created or run, and the schedule is paused. Everything configured is kept.",
        "Ask whoever operates the Integration Hub to activate the add-on.",
    ),
    Standing.NEEDS_ATTENTION: Conduct(
        "Needs attention",
        "bad",
        1,
        ByHand.SYNC,
        BySchedule.PROBES,
        Probe.READS,
        "This integration needs attention",
        "The schedule sends nothing. Once a day it only reads both systems, to see whether they "
        "can be reached again; then it goes on by itself.",
        "Set a new token or mend the setting, then choose Sync now.",
        "Go to tokens and environments",
        "connection",
    ),
    Standing.QUARANTINED: Conduct(
        "Quarantined",
        "bad",
        2,
        ByHand.PROBE,
        BySchedule.PROBES,
        Probe.SYNCS,
        "This integration is quarantined",
        "In three syncs in a row at least 40 % of the people sent failed, so the cause is probably "
        "a setting and not those people. The schedule only tries it again after 6, 12 and 24 "
        "hours; the first sync that goes through ends the quarantine.",
        "Look at what payroll says in the newest run and mend it, then choose Sync now: it is "
        "tried at once.",
    ),
    Standing.ACTIVE: Conduct("Active", "good", 3, ByHand.SYNC, BySchedule.SYNC, Probe.NONE),
    Standing.PAUSED: Conduct(
        "Paused",
        "quiet",
        4,
        ByHand.SYNC,
        BySchedule.NOTHING,
        Probe.NONE,
        "This integration is paused",
        "It does not run by itself, but Sync now still works.",
        "Switch the schedule on under When.",
        "Go to When",
        "schedule",
    ),
    Standing.DRAFT: Conduct(
        "Draft",
        "quiet",
        5,
        ByHand.NOTHING,
        BySchedule.NOTHING,
        Probe.NONE,
        "This integration is a draft",
        "Nothing is sent while it is one. Preview shows what a sync would do.",
        "Activate it under Review.",
    ),
}


def fails_too_often(attempted: int, failing: int) -> bool:
    """Whether a run had too many failures: refused, failed and unknown of those to be sent."""
    return failing >= FLOOR and failing * 100 >= attempted * TOO_MANY


def works_again(attempted: int, failing: int, set_aside: int) -> bool:
    """Whether a sync ends a quarantine. `set_aside`: people who were not even tried.

    Nothing sent is no proof while somebody is set aside.
    """
    return failing * 100 < attempted * TOO_MANY or (not attempted and not set_aside)


def next_probe(standing: Standing, probes: int, now: datetime) -> datetime | None:
    """When the schedule tries next, after `probes` tries; None where it does not."""
    match CONDUCT[standing].probe:
        case Probe.READS:
            return now + _DAILY
        case Probe.SYNCS:
            return now + _WAITS[min(probes, len(_WAITS) - 1)]
        case _:
            return None
