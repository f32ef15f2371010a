"""What an export would do, before anybody confirms it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from payroll.forms.time_off import CHANNEL_WORDS
from payroll.models import TimeOffReading
from payroll.timeoff.corrections import MoveKind
from payroll.timeoff.material import settings_of
from payroll.timeoff.records import Channel
from payroll.timeoff.shown import ShownLeave

from .export_choice import Selection, stamp
from .file_preview import FilePreview, file_preview
from .leave_list import Row, Totals, leave_row
from .move_words import KIND_WORDS, move_words

SHOWN = 50  # leaves of each kind; the list has them all
_FIRST = {MoveKind.BY_HAND: 0, MoveKind.REMOVE: 1, MoveKind.CHANGE: 2, MoveKind.ADD: 3}
_COUNTED = {
    MoveKind.ADD: "New rows",
    MoveKind.CHANGE: "Changes",
    MoveKind.REMOVE: "Removals",
    MoveKind.BY_HAND: "To do by hand",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is done about a leave."""

    label: str
    tone: str
    words: str


@dataclass(frozen=True, slots=True)
class Going:
    """A leave that goes, and how."""

    row: Row
    steps: Sequence[Step]


@dataclass(frozen=True, slots=True)
class Count:
    """How many rows of one kind."""

    label: str
    number: int


@dataclass(frozen=True, slots=True)
class Review:
    """`going` and `kept_back` are the first of them, corrections in front; the totals are of all.

    `late`: how many leaves correct a closed period. `other_ways`: the ways by which corrections go
    where that is not the way of the export.
    """

    selection: Selection
    stamp: str
    way: str
    channel: Channel
    totals: Totals
    counts: Sequence[Count]
    late: int
    other_ways: Sequence[str]
    going: Sequence[Going]
    kept_back: Sequence[Row]
    kept_total: int
    preview: FilePreview | None

    @property
    def by_hand(self) -> int:
        """How many rows somebody has to correct by hand."""
        return sum(each.number for each in self.counts if each.label == _COUNTED[MoveKind.BY_HAND])

    @property
    def more_going(self) -> int:
        """How many go beyond those that are shown."""
        return self.totals.leaves - len(self.going)

    @property
    def more_kept(self) -> int:
        """How many do not go beyond those that are shown."""
        return self.kept_total - len(self.kept_back)


def review(reading: TimeOffReading, selection: Selection) -> Review:
    """Everything that a person should have seen before pressing Export. Raises DecryptionError."""
    going, kept = selection.going, selection.kept_back
    channel = Channel(reading.channel)
    moves = [move for leave in going for move in leave.moves]
    kinds = Counter(move["kind"] for move in moves)
    ways = sorted({move["channel"] for move in moves} - {reading.channel})
    first = sorted(going, key=_corrections_first)[:SHOWN]
    preview = None
    if channel is Channel.FILE:
        preview = file_preview(reading, going, settings_of(reading.integration))
    return Review(
        selection=selection,
        stamp=stamp(reading),
        way=CHANNEL_WORDS[channel],
        channel=channel,
        totals=Totals.of(going),
        counts=[Count(label, kinds[kind]) for kind, label in _COUNTED.items() if kinds[kind]],
        late=sum(leave.late for leave in going),
        other_ways=[CHANNEL_WORDS[Channel(way)].lower() for way in ways],
        going=[Going(leave_row(leave, sees_people=True), _steps(leave)) for leave in first],
        kept_back=[leave_row(leave, sees_people=True) for leave in kept[:SHOWN]],
        kept_total=len(kept),
        preview=preview,
    )


def _corrections_first(leave: ShownLeave) -> int:
    return min(_FIRST[MoveKind(move["kind"])] for move in leave.moves)


def _steps(leave: ShownLeave) -> list[Step]:
    return [
        Step(*KIND_WORDS[move["kind"]], move_words(move["kind"], move["before"], move["after"]))
        for move in leave.moves
    ]
