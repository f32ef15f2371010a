"""The step Fields: a row per payroll field, validated as a whole before anything is saved."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms

from integration_hub.accounts.models import User
from payroll.configuration import mappings
from payroll.configuration.checks import InvalidConfiguration
from payroll.fields import CUSTOM_PREFIX
from payroll.mapping import MappingRow
from payroll.models import FieldMapping, Integration
from payroll.reading import Reading

from .field_row import Choices, FieldRowForm, RowSetting
from .step import StepForm


class FieldsForm(StepForm):
    """The whole field table. `proposed` rows stand in for those in force until they are saved.

    `locked` are the rows that the target decides; they are shown and never taken from the page.
    """

    def __init__(
        self,
        integration: Integration,
        data: Mapping[str, str] | None = None,
        *,
        reading: Reading | None,
        proposed: Sequence[MappingRow] | None = None,
    ) -> None:
        super().__init__(integration, data)
        self.held_rows = {mapping.target: mapping.row for mapping in integration.mappings.all()}
        shown = self.held_rows if proposed is None else {row.target: row for row in proposed}
        target = integration.target
        self.locked = {row.target: row for row in target.default_mappings if row.locked}
        sources = _sources(integration, [*self.held_rows.values(), *shown.values()], reading)
        lists = reading.pick_lists if reading else {}
        self.rows = [
            FieldRowForm(
                RowSetting(
                    spec=spec,
                    held=self.held_rows.get(spec.key),
                    shown=shown.get(spec.key),
                    sources=sources,
                    entries=lists.get(spec.key),
                    system=target.label,
                ),
                data,
            )
            for spec in target.fields
            if spec.writable and spec.key not in self.locked
        ]

    @property
    def differing(self) -> int:
        """How many rows are others than those in force."""
        return sum(row.differs for row in self.rows)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        wrong = [row for row in self.rows if not row.is_valid()]
        if wrong:
            fields = "one field needs" if len(wrong) == 1 else f"{len(wrong)} fields need"
            raise forms.ValidationError(f"{fields} a correction.".capitalize())
        try:
            data["rows"] = self._checked()
        except InvalidConfiguration as error:
            raise forms.ValidationError(str(error)) from None
        return data

    def _checked(self) -> tuple[MappingRow, ...]:
        """The rows through the same gate as a document's. Raises InvalidConfiguration."""
        target = self.integration.target
        rows = self._in_order(row.row for row in self.rows if row.row)
        body = mappings.exported(rows, target)
        keys = {spec.key for spec in self.integration.source.fields}
        return mappings.parse(body["mappings"], body["value_maps"], keys, target)

    def _in_order(self, entered: Iterable[MappingRow]) -> list[MappingRow]:
        """The rows in force keep their places; new ones follow in the target's order."""
        rows = self.locked | {row.target: row for row in entered}
        known = [key for key in self.held_rows if key in rows]
        new = [spec.key for spec in self.integration.target.fields if spec.key in rows]
        return [rows[key] for key in dict.fromkeys([*known, *new])]

    def change(self, integration: Integration, user: User, now: datetime) -> bool:
        FieldMapping.replace(integration, self.cleaned_data["rows"])
        return False


def _sources(
    integration: Integration, rows: Sequence[MappingRow], reading: Reading | None
) -> Choices:
    """HR's fields, then the customer's own: those that people have and those in the rows."""
    fields = [(spec.key, spec.label) for spec in integration.source.fields]
    longest = mappings.longest("source")
    own = {key for person in (reading.people if reading else ()) for key in person.fields}
    own = {key for key in own if key.startswith(CUSTOM_PREFIX) and len(key) <= longest}
    own |= {row.source for row in rows if row.source} - {key for key, _ in fields}
    label = integration.source.label
    choices: Choices = [(label, fields)]
    if own:
        named = [(key, key.removeprefix(CUSTOM_PREFIX)) for key in sorted(own)]
        choices.append((f"Your own fields in {label}", named))
    return choices
