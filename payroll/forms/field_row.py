"""One row of the step Fields: where a payroll field's value comes from, and when it is sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from django import forms

from payroll.configuration.mappings import longest, mistakes_in
from payroll.mapping import TRANSFORMS, Blank, MappingRow, Mode
from payroll.records import FieldSpec, FieldType, PickListEntry

from .plain_select import PlainSelect
from .value_map import ValueMapEntries

CONSTANT = "(constant)"
NOT_SENT = "(none)"
_TRUTHS = (PickListEntry("true", "Yes"), PickListEntry("false", "No"))
_HINTS = {FieldType.DATE: "2026-12-31", FieldType.DECIMAL: "37.5"}

Choices = list[tuple[str, Any]]


@dataclass(frozen=True, slots=True)
class RowSetting:
    """What a row's form is made for.

    `held`: the row in force, None where the field is not sent. `shown`: the row the form begins
    with. `entries`: payroll's list for the field, None where there is none that could be read.
    """

    spec: FieldSpec
    held: MappingRow | None
    shown: MappingRow | None
    sources: Choices
    entries: Sequence[PickListEntry] | None
    system: str


class FieldRowForm(forms.Form):
    """The settings of one payroll field. `row` is what they amount to; None sends nothing."""

    source = forms.ChoiceField(label="Comes from")
    constant = forms.CharField(
        label="Sent for everyone", required=False, strip=False, max_length=longest("constant")
    )
    transform = forms.ChoiceField(label="Changed to", required=False)
    mode = forms.ChoiceField(label="When it is sent")
    blank = forms.ChoiceField(label="When HR has no value")
    default = forms.CharField(
        label="Sent instead", required=False, strip=False, max_length=longest("default")
    )

    def __init__(self, setting: RowSetting, data: Mapping[str, str] | None = None) -> None:
        shown = setting.shown or MappingRow("", setting.spec.key)
        source = shown.source or (CONSTANT if setting.shown else NOT_SENT)
        super().__init__(
            data,
            prefix=setting.spec.key,
            initial={
                "source": source,
                "constant": shown.constant,
                "transform": shown.transform,
                "mode": shown.mode.value,
                "blank": shown.blank.value,
                "default": shown.default,
            },
        )
        self.spec, self.held, self.entries = setting.spec, setting.held, setting.entries
        self.row = setting.shown
        self.value_map = ValueMapEntries(
            setting.spec.key, data, shown.value_map, entries=setting.entries
        )
        self._offer(setting)

    def _offer(self, setting: RowSetting) -> None:
        """The choices of each control."""
        system, required = setting.system, setting.spec.required
        fixed = [(CONSTANT, "The same for everyone")]
        nothing = [] if required else [(NOT_SENT, "Not sent")]
        self._select("source", [*setting.sources, ("Or", [*fixed, *nothing])])
        self._select(
            "transform",
            [("", "As it is in HR"), *((key, label) for key, (label, _) in TRANSFORMS.items())],
        )
        self._select("mode", mode_choices(system, required=required))
        self._select("blank", _blank_choices(system, required=required))
        for name in ("constant", "default"):
            self._text(name, self[name].value() or "")

    def _select(self, name: str, choices: Choices) -> None:
        field = cast("forms.ChoiceField", self.fields[name])
        field.choices = choices
        field.widget = PlainSelect(attrs={"class": "form-select form-select-sm"}, choices=choices)

    def _text(self, name: str, value: str) -> None:
        """A list where payroll has one, with what stands there now even if it is not on it."""
        field = self.fields[name]
        entries = _TRUTHS if self.spec.type is FieldType.BOOLEAN else self.entries
        hint = _HINTS.get(self.spec.type, "")
        if entries is None:
            look = {"class": "form-control form-control-sm", "maxlength": str(longest(name))}
            field.widget = forms.TextInput(attrs=look | ({"placeholder": hint} if hint else {}))
        else:
            choices = [("", "Choose one"), *((e.code, entry_words(e)) for e in entries)]
            if value not in {code for code, _ in choices}:
                choices.append((value, value))
            field.widget = PlainSelect(
                attrs={"class": "form-select form-select-sm"}, choices=choices
            )

    @property
    def differs(self) -> bool:
        """Whether the row is another than the one in force."""
        return self.row != self.held

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        for words in self.value_map.errors:
            self.add_error(None, words)
        if self.errors and set(self.fields) - set(data):
            return data
        self.row = self._row(data)
        if self.row and self.differs:
            self._check_texts(self.row)
        return data

    def _row(self, data: Mapping[str, Any]) -> MappingRow | None:
        if data["source"] == NOT_SENT:
            return None
        return MappingRow(
            source="" if data["source"] == CONSTANT else data["source"],
            target=self.spec.key,
            mode=Mode(data["mode"]),
            transform=data["transform"],
            constant=data["constant"],
            blank=Blank(data["blank"]),
            default=data["default"],
            value_map=self.value_map.value_map,
        )

    def _check_texts(self, row: MappingRow) -> None:
        """What is sent to everybody is there, and payroll can take it."""
        for mistake in mistakes_in(row, self.spec, self.spec.label):
            self.add_error(mistake.field, f"{mistake.words[:1].upper()}{mistake.words[1:]}.")
        if row.mode is Mode.OFF:
            return
        if not row.source and not row.constant.strip():
            self.add_error("constant", "Enter what is sent for everyone.")
        if row.source and row.blank is Blank.DEFAULT and not row.default.strip():
            self.add_error("default", "Enter what is sent in place of a blank.")


def mode_choices(system: str, *, required: bool) -> Choices:
    """When a value may be sent; what payroll requires is never off."""
    choices: Choices = [
        (Mode.OVERWRITE.value, "Always, whatever is there"),
        (Mode.IF_EMPTY.value, f"Only if empty in {system}"),
        (Mode.ON_CREATE.value, "Only for new people"),
    ]
    return choices if required else [*choices, (Mode.OFF.value, "Off: kept here, not sent")]


def _blank_choices(system: str, *, required: bool) -> Choices:
    choices: Choices = [
        (Blank.KEEP.value, f"{system} keeps its value"),
        (Blank.DEFAULT.value, "Send something else instead"),
    ]
    return choices if required else [*choices, (Blank.CLEAR.value, f"Clear it in {system}")]


def entry_words(entry: PickListEntry) -> str:
    """A value of payroll's list, by code and label."""
    return entry.label if entry.label == entry.code else f"{entry.code} – {entry.label}"
