"""The step Who: which people of HR take part."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import forms

from integration_hub.accounts.models import User
from payroll.headcount import Crowd, Option, options, ticked
from payroll.models import Integration
from payroll.scope import DIMENSIONS, Scope

from .step import StepForm

_LONGEST_WORD = 200
_LONGEST_LIST = 100_000  # characters of pasted employee numbers
_LISTS = ("include", "exclude")


class _Words(forms.MultipleChoiceField):
    """Ticked boxes. One that HR shows no longer, or not yet again, is kept and not refused."""

    def valid_value(self, value: str) -> bool:
        return 0 < len(value) <= _LONGEST_WORD and "\x00" not in value


def _people_field(label: str, help_text: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=_LONGEST_LIST,
        help_text=help_text,
        widget=forms.Textarea(attrs={"class": "form-control", "rows": 3, "autocomplete": "off"}),
    )


def _days_field(label: str, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        help_text=help_text,
        error_messages={
            "required": "Enter a number of days; 0 is possible.",
            "invalid": "Enter a whole number of days.",
            "min_value": "Enter 0 or more days.",
            "max_value": "Enter at most 3650 days.",
        },
        widget=forms.NumberInput(attrs={"class": "form-control", "inputmode": "numeric"}),
        min_value=0,
        max_value=3650,
    )


class ScopeForm(StepForm):
    """Places, single people, days around a start and an end.

    `crowd` None: people have not been read, so what is stored can be kept or taken away only.
    """

    include = _people_field("Always take in", "Even if the boxes above leave them out.")
    exclude = _people_field("Always leave out", "Wins over everything else.")
    future_days = _days_field("New people", "Sent from this many days before they start.")
    leaver_days = _days_field(
        "Leavers", "All changes are sent until this many days after the last day."
    )
    permanent_full_time_only = forms.BooleanField(
        label="Only permanent employees at 100 %",
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "form-check-input", "role": "switch"}),
    )
    find = forms.CharField(
        label="Find a person",
        required=False,
        max_length=100,
        widget=forms.TextInput(
            attrs={"class": "form-control", "type": "search", "autocomplete": "off"}
        ),
    )

    def __init__(
        self, integration: Integration, *args: Any, crowd: Crowd | None, **kwargs: Any
    ) -> None:
        self.crowd = crowd
        self.options: Mapping[str, Sequence[Option]] = {
            key: options(crowd, dimension) if crowd else () for key, dimension in DIMENSIONS.items()
        }
        super().__init__(integration, *args, **kwargs)
        for key in DIMENSIONS:
            self.fields[key] = _Words(required=False)

    def held(self, integration: Integration) -> Mapping[str, Any]:
        scope = Scope.parse(integration.scope)
        places = {
            key: ticked(scope.allowed.get(dimension, ()), self.options[key])
            for key, dimension in DIMENSIONS.items()
        }
        return {
            **places,
            "include": "\n".join(self._said_best(scope.include)),
            "exclude": "\n".join(self._said_best(scope.exclude)),
            "future_days": scope.future_days,
            "leaver_days": scope.leaver_days,
            "permanent_full_time_only": scope.permanent_full_time_only,
        }

    def clean_include(self) -> list[str]:
        """Employee numbers; ids only of people without a number of their own."""
        return self._people("include")

    def clean_exclude(self) -> list[str]:
        """As `clean_include`."""
        return self._people("exclude")

    def _people(self, field: str) -> list[str]:
        words = [word.strip() for word in re.split(r"[,;\t\r\n]+", self.cleaned_data[field])]
        too_long = next((word for word in words if len(word) > _LONGEST_WORD), "")
        if too_long:
            raise forms.ValidationError(
                f"“{too_long[:30]}…” is no employee number. Put one number on each line."
            )
        return self._said_best(word for word in words if word)

    def _said_best(self, words: Iterable[str]) -> list[str]:
        """An id becomes the employee number where that means the same person."""
        best = set()
        for word in words:
            people = self.crowd.called(word) if self.crowd else ()
            alone = self.crowd and len(people) == 1
            best.add(self.crowd.word_for(people[0]) if self.crowd and alone else word)
        return sorted(best)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        both = sorted(set(data.get("include", ())) & set(data.get("exclude", ())))
        if both:
            self.add_error(
                "exclude",
                f"{', '.join(both[:10])} stands in both lists. Take it out of one of them.",
            )
        return data

    @property
    def scope(self) -> dict[str, Any]:
        """What was entered, as a configuration document says it; every key is there."""
        data = self.cleaned_data
        return {
            **{key: ticked(data[key], self.options[key]) for key in DIMENSIONS},
            **{key: data[key] for key in _LISTS},
            "future_days": data["future_days"],
            "leaver_days": data["leaver_days"],
            "permanent_full_time_only": data["permanent_full_time_only"],
        }

    def change(self, integration: Integration, user: User, now: datetime) -> bool:
        before = integration.scope
        integration.scope = self.scope
        integration.scope_labels = self._labels(before, integration.scope_labels)
        return False

    def _labels(self, before: Mapping[str, Any], held: Mapping[str, str]) -> dict[str, str]:
        """What the ids in the scope, and those just taken out of it, are called."""
        wanted = {word for key in DIMENSIONS for word in [*before.get(key, ()), *self.scope[key]]}
        seen = {
            option.place.id: option.place.label
            for found in self.options.values()
            for option in found
        }
        return {word: label for word, label in ({**held, **seen}).items() if word in wanted}
