"""What a run may send in dated rows: what is mapped, what payroll offers, what it already has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from integration_hub.core.errors import Cancelled, HubError, TransientError
from payroll.diff import Sent
from payroll.guard import collapsed
from payroll.linking import LinkState
from payroll.mapping import Mode
from payroll.models import Change, ConnectionTest, Integration
from payroll.ports import Target

from .kinds import hindrance, kinds_of, mapped_kinds, not_sent
from .ports import dated_target
from .records import DatedRow, DatedRows, RowKind, RowsRead, RowsThere

SENDING = "sending"  # beside an amount's `after`: when it went out, until an answer settled it


def read_rows(target: Target, integration: Integration) -> RowsRead:
    """Every row of the kinds that can be sent.

    Whatever payroll will not show costs only that kind. Raises TransientError, Cancelled.
    """
    live = dated_target(target)
    there: dict[str, RowsThere] = {}
    failed: dict[str, str] = {}
    for kind, why in offered_kinds(integration) if live else ():
        try:
            if live and not why:
                there[kind.capability] = by_employee(live.dated_rows(kind))
        except (TransientError, Cancelled):
            raise
        except HubError as error:
            failed[kind.capability] = f"they could not be read. {error.message}"
    return RowsRead(there, failed)


def believed(target: type[Target], read: RowsRead, links: Iterable[LinkState]) -> RowsRead:
    """Without the kinds of which payroll shows far fewer rows than it has shown of those sent.

    A list that has collapsed is a fault: whatever is missing from it would be added again.
    """
    linked = [link for link in links if link.target_id]
    there, failed = dict(read.there), dict(read.failed)
    for kind in kinds_of(target):
        if kind.capability not in there:
            continue
        seen = [link.target_id for link in linked if _was_seen(link.baseline.get(kind.first_day))]
        still = sum(target_id in there[kind.capability] for target_id in seen)
        if collapsed(still, len(seen)):
            failed[kind.capability] = (
                f"{target.label} shows those of {still} people, where {len(seen)} had one when "
                "they were last sent. Check there whether they are gone; none is added, so that "
                "nobody gets two. Where they are, add them there by hand."
            )
            del there[kind.capability]
    return RowsRead(there, failed)


def _was_seen(last: Sent | None) -> bool:
    return last is not None and last.seen is not None


def known_rows(
    integration: Integration,
    read: RowsRead,
    now: datetime,
    sent: Collection[str] | None = None,
) -> tuple[DatedRows, list[str]]:
    """What a plan may send in rows by what was read, and why other kinds that are mapped are not.

    The connection test is as it is now, which may be later, and so is the field table, unless
    `sent` says which of the target's fields get a value.
    """
    kinds, withheld = [], []
    for kind, hindered in offered_kinds(integration, sent):
        why = hindered or _unread(kind, read)
        if why:
            withheld.append(why)
        else:
            kinds.append(kind)
    offered = _capabilities(integration) or {}
    known = DatedRows(
        kinds=tuple(kinds),
        there=read.there,
        changeable=frozenset(k.capability for k in kinds if offered.get(k.change_capability)),
        in_doubt=_in_doubt(integration, kinds, now) if kinds else frozenset(),
    )
    return known, withheld


def offered_kinds(
    integration: Integration, sent: Collection[str] | None = None
) -> list[tuple[RowKind, str]]:
    """The kinds that are mapped, each with why it cannot be sent at all."""
    if sent is None:
        mappings = integration.mappings.all()
        sent = {mapping.target for mapping in mappings if mapping.mode != Mode.OFF}
    mapped, target = mapped_kinds(integration.target, sent), integration.target
    capabilities = _capabilities(integration) if mapped else None
    return [(kind, hindrance(target, kind, sent, capabilities)) for kind in mapped]


def _capabilities(integration: Integration) -> Mapping[str, bool] | None:
    test = ConnectionTest.objects.filter(integration=integration).first()
    return test.capabilities if test else None


def _unread(kind: RowKind, read: RowsRead) -> str:
    if kind.capability in read.there:
        return ""
    told = "they were not read with the people. Read again."
    return f"{not_sent(kind)}: {read.failed.get(kind.capability, told)}"


def by_employee(rows: Iterable[DatedRow]) -> RowsThere:
    """The rows of each person in payroll."""
    found: defaultdict[str, list[DatedRow]] = defaultdict(list)
    for row in rows:
        found[row.employee].append(row)
    return {employee: tuple(each) for employee, each in found.items()}


def lately(mark: str, now: datetime) -> bool:
    """Whether a row sent at that moment may yet appear in payroll."""
    wait = timedelta(seconds=settings.UNKNOWN_RETRY_AFTER)
    return datetime.fromisoformat(mark) > now - wait


def _in_doubt(
    integration: Integration, kinds: Sequence[RowKind], now: datetime
) -> frozenset[tuple[str, str]]:
    """Rows that went out lately and were answered by nothing."""
    wait = timedelta(seconds=settings.UNKNOWN_RETRY_AFTER)
    recent = Change.objects.filter(run__integration=integration, sent_at__gte=now - wait)
    return frozenset(
        (change.source_id, kind.capability)
        for change in recent.iterator()
        for kind in kinds
        if any(
            lately(mark, now)
            for key in kind.needed
            if (mark := change.details["fields"].get(key, {}).get(SENDING))
        )
    )
