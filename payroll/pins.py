"""The stored pins: set before a restored value goes out, and ended by HR, by a person or undone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from integration_hub.accounts.models import AuditEntry, User

from .models import Change, Integration, Pin, SyncRun
from .pinning import LIFTED, PinKey, Pins

CHUNK = 500  # rows per statement


def pins_of(integration: Integration) -> Pins:
    """As the planner reads them. One query."""
    digester, purpose = integration.organisation.digester, f"{integration.pk}:pin"
    rows = list(integration.pins.values_list("source_id", "field", "target_id", "digest"))
    return Pins(
        digests={(source_id, field): digest for source_id, field, _, digest in rows},
        there={(source_id, field): target_id for source_id, field, target_id, _ in rows},
        digest=lambda text: digester.digest(text, purpose),
    )


def place(run: SyncRun, rows: Iterable[Change], now: datetime) -> None:
    """Pins what a restore is about to send, so that no crash lets the next sync overwrite it.

    A pin that holds already stays as it is. Call it in the transaction of the intent.
    """
    asked = {key: (row, entry) for row, key, entry in _restored(rows) if entry["pin"] != LIFTED}
    if not asked:
        return
    known = _known(run.integration, asked)
    over = [pin.pk for key, pin in known.items() if not _is_same(pin, *asked[key])]
    Pin.objects.filter(pk__in=over).delete()
    fresh = [key for key in asked if key not in known or known[key].pk in over]
    Pin.objects.bulk_create([_pin(run, key, *asked[key], now) for key in fresh], batch_size=CHUNK)


def take_off(run: SyncRun, rows: Iterable[Change]) -> None:
    """Ends the pins of this very run on rows that surely were not sent."""
    known = _known(run.integration, {key for _, key, _ in _restored(rows)})
    mine = [pin.pk for pin in known.values() if pin.run_id == run.pk]
    Pin.objects.filter(pk__in=mine).delete()


def lift(run: SyncRun, rows: Iterable[Change]) -> None:
    """Ends the pins of fields that hold again what HR wants, as a restore was restored."""
    end(
        run.integration,
        {key for _, key, entry in _restored(rows) if entry["pin"] == LIFTED},
    )


def end(integration: Integration, keys: Collection[PinKey]) -> None:
    """Ends these pins: HR wants something else now. At most two queries."""
    gone = [pin.pk for pin in _known(integration, keys).values()]
    Pin.objects.filter(pk__in=gone).delete()


@transaction.atomic
def unpin(integration: Integration, chosen: Sequence[UUID], user: User, now: datetime) -> int:
    """Lets the next sync send what HR says; how many pins there were among `chosen`."""
    number, _ = integration.pins.filter(pk__in=chosen).delete()
    if number:
        integration.note(AuditEntry.Action.UNPINNED, now, user, after={"values": number})
    return number


def _restored(rows: Iterable[Change]) -> Iterator[tuple[Change, PinKey, dict[str, Any]]]:
    """Every restored field of these rows."""
    for row in rows:
        for field, entry in row.details["fields"].items():
            if "pin" in entry:
                yield row, (row.source_id, field), entry


def _known(integration: Integration, keys: Collection[PinKey]) -> dict[PinKey, Pin]:
    """The pins of these that are there. At most one query."""
    if not keys:
        return {}
    people = {source_id for source_id, _ in keys}
    pins = integration.pins.filter(source_id__in=people).defer("details")
    return {(pin.source_id, pin.field): pin for pin in pins if (pin.source_id, pin.field) in keys}


def _is_same(pin: Pin, row: Change, entry: dict[str, Any]) -> bool:
    return (pin.target_id, pin.digest) == (row.target_id, entry["pin"])


def _pin(run: SyncRun, key: PinKey, row: Change, entry: dict[str, Any], now: datetime) -> Pin:
    source_id, field = key
    return Pin(
        integration=run.integration,
        run=run,
        source_id=source_id,
        target_id=row.target_id,
        field=field,
        employee_number=row.employee_number,
        digest=entry["pin"],
        details={
            "first_name": row.details["first_name"],
            "last_name": row.details["last_name"],
            "fields": {field: entry},
        },
        at=now,
        by=run.started_by,
    )
