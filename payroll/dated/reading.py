"""What a run may send in dated rows: what is mapped, what payroll offers, what it already has."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.conf import settings

from integration_hub.core.errors import Cancelled, HubError, TransientError
from payroll.mapping import Mode
from payroll.models import Change, ConnectionTest, Integration
from payroll.ports import Target

from .kinds import hindrance, mapped_kinds, not_sent
from .ports import dated_target
from .records import DatedRow, DatedRows, RowKind, RowsThere

SENDING = "sending"  # beside an amount's `after`: when it went out, until an answer settled it


def read_rows(
    target: Target, integration: Integration, now: datetime
) -> tuple[DatedRows, list[str]]:
    """Every row of the kinds that can be sent, and why the other mapped ones are not.

    Whatever payroll will not show costs only that kind. Raises TransientError, Cancelled.
    """
    live, withheld = dated_target(target), []
    sent = {mapping.target for mapping in integration.mappings.all() if mapping.mode != Mode.OFF}
    mapped = mapped_kinds(integration.target, sent)
    if live is None or not mapped:
        return DatedRows(), []
    test = ConnectionTest.objects.filter(integration=integration).first()
    capabilities = test.capabilities if test else None
    there: dict[str, RowsThere] = {}
    kinds = []
    for kind in mapped:
        why = hindrance(integration.target, kind, sent, capabilities)
        try:
            if not why:
                there[kind.capability] = by_employee(live.dated_rows(kind))
        except (TransientError, Cancelled):
            raise
        except HubError as error:
            why = f"{not_sent(kind)}: they could not be read. {error.message}"
        if why:
            withheld.append(why)
        else:
            kinds.append(kind)
    offered = capabilities or {}
    known = DatedRows(
        kinds=tuple(kinds),
        there=there,
        changeable=frozenset(k.capability for k in kinds if offered.get(k.change_capability)),
        in_doubt=_in_doubt(integration, kinds, now) if kinds else frozenset(),
    )
    return known, withheld


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
