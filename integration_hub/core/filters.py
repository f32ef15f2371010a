"""A form over a list that leaves out what is not asked for; the address holds what is."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from typing import Any, cast

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import Q
from django.utils import timezone

_EARLIEST, _LATEST = date(2000, 1, 1), date(2100, 12, 31)
_OUT_OF_RANGE = "Choose a day between 2000 and 2100."


class Choice(forms.ChoiceField):
    """One of several, or `everything`; which ones, the form says once it knows."""

    def __init__(self, label: str, everything: str) -> None:
        super().__init__(
            label=label,
            required=False,
            widget=forms.Select(attrs={"class": "form-select"}),
            error_messages={"invalid_choice": "There is no such choice; it was left out."},
        )
        self.everything = everything

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """What can be chosen."""
        self.choices = [("", self.everything), *choices]


def _day(label: str) -> forms.DateField:
    return forms.DateField(
        label=label,
        required=False,
        widget=forms.DateInput({"class": "form-control", "type": "date"}, "%Y-%m-%d"),
        validators=[
            MinValueValidator(_EARLIEST, _OUT_OF_RANGE),
            MaxValueValidator(_LATEST, _OUT_OF_RANGE),
        ],
    )


class ListFilter(forms.Form):
    """Filters by day; a subclass adds its own. What makes no sense is told and filters nothing."""

    since = _day("From")
    until = _day("To")
    field_order: list[str] = []

    def clean(self) -> dict[str, Any]:
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        if since and until and until < since:
            self.add_error("until", "This is before the day in From.")
        return self.cleaned_data

    @property
    def applied(self) -> bool:
        """Whether anything was asked for, sensible or not."""
        return any(self.data.get(name) for name in self.fields)

    def chosen(self, name: str) -> str:
        """A choice; empty where there is none."""
        self.is_valid()  # reads what was asked for, once
        return str(self.cleaned_data.get(name) or "")

    def within(self, column: str) -> Q:
        """The rows whose `column` is in the period, both days included; Oslo's days."""
        self.is_valid()
        since, until = self.cleaned_data.get("since"), self.cleaned_data.get("until")
        asked = Q()
        if since:
            asked &= Q(**{f"{column}__gte": _moment(since, time.min)})
        if until:
            asked &= Q(**{f"{column}__lte": _moment(until, time.max)})
        return asked

    def offer(self, name: str, choices: Iterable[tuple[str, str]]) -> None:
        """Fills one of the choices."""
        cast("Choice", self.fields[name]).offer(choices)


def _moment(day: date, at: time) -> datetime:
    return timezone.make_aware(datetime.combine(day, at))
