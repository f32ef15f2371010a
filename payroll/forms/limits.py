"""From how many people on a plan waits for a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField, BoundWidget

from integration_hub.accounts.models import User
from payroll import guard
from payroll.configuration.limits import HIGHEST_FLOOR, MOST_PEOPLE, MOST_PERCENT, changed
from payroll.models import Integration
from payroll.records import Subject
from payroll.waiting import SUBJECT_WORDS, carried_by

from .step import StepForm

_KINDS = {
    guard.Kind.CREATE: ("New people", "Shares are of everyone in scope."),
    guard.Kind.UPDATE: ("Changed people", "Shares are of everyone who is linked."),
    guard.Kind.END: ("People who get an end date", "Shares are of everyone who is linked."),
    guard.Kind.FIELD: (
        "One field",
        "When the same field changes for many people, such as everybody's phone number.",
    ),
}


_ABOUT = {
    Subject.BANK_ACCOUNT: "Where the pay goes.",
    Subject.PAY: "Every field that HR's pay goes to; they are decided on together.",
    Subject.END_DATE: "Leavers too: until it is approved, payroll goes on paying them.",
}
_PARTS = {
    "percent": "More than … %",
    "people": "or … people (optional)",
    "floor": "Always sent: up to … people",
}


@dataclass(frozen=True, slots=True)
class LimitRow:
    """The entries of one kind of change, each with the short label it has under the title."""

    key: str
    title: str
    help: str
    usual: str
    fields: Sequence[tuple[str, BoundField]]


@dataclass(frozen=True, slots=True)
class WaitRow:
    """A box to tick: its control, what waits, and which fields that is now."""

    box: BoundWidget
    label: str
    help: str


class LimitsForm(StepForm):
    """Per kind of change a share, a number of people, and how many are never too many.

    And which changes wait for a second person, however few they are.
    """

    waits_for = forms.MultipleChoiceField(
        label="Changes that wait for approval",
        required=False,
        choices=list(SUBJECT_WORDS.items()),
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )

    def __init__(self, integration: Integration, *args: Any, **kwargs: Any) -> None:
        super().__init__(integration, *args, **kwargs)
        most = {"percent": MOST_PERCENT, "people": MOST_PEOPLE, "floor": HIGHEST_FLOOR}
        for kind, (title, _) in _KINDS.items():
            for part, words in _PARTS.items():
                label = f"{title}: {words[0].lower()}{words[1:]}"
                self.fields[f"{kind}_{part}"] = _number(
                    label, most[part], required=part != "people"
                )

    def held(self, integration: Integration) -> Mapping[str, Any]:
        limits = guard.limits_of(integration.limits)
        return {"waits_for": integration.waits_for} | {
            f"{kind}_{part}": value
            for kind, limit in limits.items()
            for part, value in guard.as_stored(limit).items()
        }

    def rows(self) -> Iterator[LimitRow]:
        """The kinds of change as the page shows them."""
        for kind, (title, words) in _KINDS.items():
            fields = [(label, self[f"{kind}_{part}"]) for part, label in _PARTS.items()]
            default = guard.DEFAULTS[kind]
            usual = f"{guard.limit_in_words(default)}; up to {default.floor} people are always sent"
            yield LimitRow(kind.value, title, words, usual, fields)

    def waits(self) -> Iterator[WaitRow]:
        """The changes that can wait, each with the fields that carry it. Two queries."""
        carried = carried_by(self.integration)
        specs = self.integration.target_specs
        system = self.integration.target.label
        for box, (subject, words) in zip(self["waits_for"], SUBJECT_WORDS.items(), strict=True):
            labels = [specs[key].label for key, each in carried.items() if each is subject]
            now = f"Now: {', '.join(labels)} in {system}." if labels else "No field carries it now."
            yield WaitRow(box, words, f"{_ABOUT[subject]} {now}")

    def change(self, integration: Integration, user: User, now: datetime) -> bool:
        data = self.cleaned_data
        integration.set_waits(data["waits_for"], now, user)
        integration.limits = changed(
            {
                kind.value: guard.Limit(
                    data[f"{kind}_percent"], data[f"{kind}_people"], data[f"{kind}_floor"]
                )
                for kind in _KINDS
            }
        )
        return False


def _number(label: str, most: int, *, required: bool = True) -> forms.IntegerField:
    wrong = f"Enter a whole number from 0 to {most}."
    return forms.IntegerField(
        label=label,
        min_value=0,
        max_value=most,
        required=required,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), wrong),
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
    )
