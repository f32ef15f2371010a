"""The newest mails of an integration, each change once with all its addresses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from payroll.models import Integration, Notice
from payroll.notices import Kind

_NEWEST = 100  # mails, of which a change takes as many as it has addresses
_SHOWN = 10  # changes
_WORDS = {
    Kind.FAILING: "The sync failed",
    Kind.ATTENTION: "A token or setting must be mended",
    Kind.QUARANTINE: "The integration was quarantined",
    Kind.HELD: "A sync is held",
    Kind.MISSED: "A sync has not started",
    Kind.SET_ASIDE: "People were set aside",
    Kind.PROBLEMS: "Some people need attention",
    Kind.RECOVERED: "It works again",
    Kind.FINISHED: "A run is over",
    Kind.APPROVAL: "Changes wait for approval",
    Kind.EXPORTED: "An export of time off is over",
}


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """A change and the addresses it was sent to, `waiting` to be sent to, or could not reach."""

    at: datetime
    words: str
    run_id: UUID | None
    export_id: UUID | None
    sent: Sequence[str]
    waiting: Sequence[str]
    given_up: Sequence[str]


def notice_rows(integration: Integration) -> list[NoticeRow]:
    """The newest changes that were told. One query."""
    changes: dict[tuple[str, str], list[Notice]] = {}
    for notice in integration.notices.all()[:_NEWEST]:
        changes.setdefault((notice.kind, notice.about), []).append(notice)
    return [_row(notices) for notices in list(changes.values())[:_SHOWN]]


def _row(notices: Sequence[Notice]) -> NoticeRow:
    first = notices[0]
    open_ones = [each for each in notices if each.sent_at is None]
    return NoticeRow(
        first.made_at,
        _WORDS[Kind(first.kind)],
        first.run_id,
        first.export_id,
        sent=[each.recipient for each in notices if each.sent_at],
        waiting=[each.recipient for each in open_ones if not each.given_up],
        given_up=[each.recipient for each in open_ones if each.given_up],
    )
