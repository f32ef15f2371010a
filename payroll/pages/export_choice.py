"""Which leaves of a reading were chosen: by their boxes, all that match, or once more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Q

from payroll.models import TimeOffExport, TimeOffReading, TimeOffResult
from payroll.records import Outcome
from payroll.timeoff.shown import ShownLeave

NOT_GONE = Q(outcome__in=["", Outcome.APPLIED]) | Q(kind=TimeOffResult.Kind.BY_HAND)


@dataclass(frozen=True, slots=True)
class Selection:
    """The chosen leaves in the order of the list.

    `fields` carry the choice to the next page; `words` tell how it was made. `missing`: how many
    of the chosen the reading does not have any more.
    """

    leaves: Sequence[ShownLeave]
    fields: Sequence[tuple[str, str]]
    words: str
    missing: int = 0

    @property
    def going(self) -> list[ShownLeave]:
        """Those of which something goes."""
        return [leave for leave in self.leaves if leave.sendable]

    @property
    def kept_back(self) -> list[ShownLeave]:
        """Those of which nothing goes."""
        return [leave for leave in self.leaves if not leave.sendable]


def by_box(shown: Sequence[ShownLeave], boxes: Sequence[str]) -> Selection:
    """Those whose boxes were ticked."""
    fields = [("leave", box) for box in dict.fromkeys(boxes)]
    return _of(shown, set(boxes), fields, "Chosen one by one")


def every(leaves: Sequence[ShownLeave], words: str) -> Selection:
    """All that the list held; `words` say what it was narrowed to."""
    return Selection(leaves, [("every", "1")], words)


def once_more(shown: Sequence[ShownLeave], export: TimeOffExport) -> Selection:
    """What an export had to send and did not."""
    fields = [("again", str(export.pk))]
    return _of(shown, not_gone(export), fields, "What an earlier export did not send")


def not_gone(export: TimeOffExport) -> set[str]:
    """Ids of the leaves of which something was to go and did not."""
    left = export.results.exclude(NOT_GONE)
    return set(left.values_list("leave_id", flat=True))


def stamp(reading: TimeOffReading) -> str:
    """Another one whenever the leaves that are shown may be others."""
    judged = reading.judged_at.timestamp() if reading.judged_at else 0
    return f"{reading.fence}.{judged}"


def _of(
    shown: Sequence[ShownLeave],
    ids: Collection[str],
    fields: Sequence[tuple[str, str]],
    words: str,
) -> Selection:
    leaves = [leave for leave in shown if leave.id in ids]
    return Selection(leaves, fields, words, len(ids) - len(leaves))
