"""Pinned values as one reader may see them, and how a run counts them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

from integration_hub.core import locale
from payroll.models import Integration, Pin, SyncRun
from payroll.records import FieldSpec

from .change_rows import ChangedField, changed_field
from .wording import listed

ROWS_PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class PinRow:
    """One pinned value. `name` is empty where the reader may not see people."""

    pk: UUID
    number: str
    name: str
    field: ChangedField
    at: datetime
    by: str
    run: UUID | None


@dataclass(frozen=True, slots=True)
class PinPage:
    """The pins of an integration, by employee number."""

    number: str
    page: Page[Pin]
    rows: Sequence[PinRow]
    named: bool


def pin_page(integration: Integration, asked: Mapping[str, str], *, sees_people: bool) -> PinPage:
    """`asked` may hold `number` (part of an employee number) and `page`. Two queries."""
    number, pins = chosen_pins(integration, asked)
    page = Paginator(pins, ROWS_PER_PAGE).get_page(asked.get("page"))
    rows = list(pin_rows(integration, page, sees_people=sees_people))
    return PinPage(number, page, rows, sees_people)


def chosen_pins(integration: Integration, asked: Mapping[str, str]) -> tuple[str, QuerySet[Pin]]:
    """`asked` may hold `number` (part of an employee number). No query."""
    number = asked.get("number", "").replace("\x00", "").strip()
    pins = integration.pins.select_related("by")
    return number, pins.filter(employee_number__icontains=number) if number else pins


def pin_rows(
    integration: Integration, pins: Iterable[Pin], *, sees_people: bool
) -> Iterator[PinRow]:
    """The pins as the reader may see them; none is opened before its turn."""
    specs = {spec.key: spec for spec in integration.target.fields}
    return (_row(pin, specs, sees_people) for pin in pins)


def _row(pin: Pin, specs: Mapping[str, FieldSpec], sees_people: bool) -> PinRow:
    return PinRow(
        pk=pin.pk,
        number=pin.employee_number,
        name=pin.name if sees_people else "",
        field=changed_field(pin.field, pin.details["fields"][pin.field], specs, sees_people),
        at=pin.at,
        by=str(pin.by or "somebody"),
        run=pin.run_id,
    )


def pinned_in_words(run: SyncRun) -> str:
    """How many pinned values a run left alone, and of which fields; empty for none. No query."""
    if not run.pinned:
        return ""
    labels = {spec.key: spec.label for spec in run.integration.target.fields}
    total = sum(run.pinned.values())
    fields = listed(
        [f"{labels.get(key, key)} ({locale.number(run.pinned[key])})" for key in sorted(run.pinned)]
    )
    verb = "value is pinned and" if total == 1 else "values are pinned and"
    sent = "would not be sent" if run.only_plans else "not sent"
    return f"{locale.number(total)} {verb} {sent}: {fields}."
