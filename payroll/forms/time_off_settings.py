"""The settings of Export time off: codes, what never goes, the closed period, how a file is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from integration_hub.accounts.models import User
from payroll.configuration.time_off import LONGEST_CODE
from payroll.models import Integration
from payroll.records import PickListEntry
from payroll.timeoff.material import channels_of, settings_of
from payroll.timeoff.ports import takes_time_off
from payroll.timeoff.readings import TypesShown
from payroll.timeoff.records import Channel, LeaveType
from payroll.timeoff.settings import (
    EVERY_COMPANY,
    Encoding,
    FileProfile,
    TimeOffSettings,
    suggested_code,
)

from .plain_select import PlainSelect
from .step import StepForm
from .time_off import CHANNEL_WORDS

NEVER = "-"  # payroll's codes are never a lone dash: a clerk writes it for "none"
_SELECT = {"class": "form-select"}
_DELIMITERS = ((";", "Semicolon ;"), (",", "Comma ,"), ("\t", "Tab"))
_DATES = (
    ("%Y%m%d", "20261130, as X-ledger's layout"),
    ("%Y-%m-%d", "2026-11-30"),
    ("%d.%m.%Y", "30.11.2026"),
)
_ENCODINGS = (
    (Encoding.UTF_8.value, "UTF-8, which Excel opens"),
    (Encoding.WINDOWS_1252.value, "Windows-1252"),
)


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One type of leave: its controls by company, and what is said beside it."""

    type: LeaveType
    leaves: int
    suggested: bool
    everywhere: BoundField
    companies: Sequence[BoundField]


class TimeOffSettingsForm(StepForm):
    """`shown`: HR's types and payroll's codes as last read; `companies`: names by id."""

    channel = forms.ChoiceField(
        label="How it usually goes to payroll", required=False, widget=forms.Select(_SELECT)
    )
    code_field = forms.ChoiceField(
        label="Field of a timesheet line that carries the code",
        required=False,
        widget=forms.Select(_SELECT),
    )
    closed_until = forms.DateField(
        label="Payroll is closed up to and including",
        required=False,
        widget=forms.DateInput({"class": "form-control", "type": "date"}, "%Y-%m-%d"),
    )
    notes = forms.BooleanField(
        label="Send the notes that people wrote",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    mail = forms.BooleanField(
        label="Send an e-mail after each export",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )
    encoding = forms.ChoiceField(label="Letters", choices=_ENCODINGS, widget=forms.Select(_SELECT))
    delimiter = forms.ChoiceField(
        label="Between columns", choices=_DELIMITERS, widget=forms.Select(_SELECT)
    )
    date_format = forms.ChoiceField(label="Dates", choices=_DATES, widget=forms.Select(_SELECT))
    decimal_comma = forms.BooleanField(
        label="Decimal comma: 37,5",
        required=False,
        widget=forms.CheckboxInput({"class": "form-check-input"}),
    )

    def __init__(
        self,
        integration: Integration,
        shown: TypesShown | None,
        companies: Mapping[str, str],
        *args: Any,
        **kwargs: Any,
    ) -> None:
        self.types = list(shown.types) if shown else []
        self.entries: tuple[PickListEntry, ...] = tuple(shown.codes) if shown else ()
        self.company_names = companies if len(companies) > 1 else {}
        super().__init__(integration, *args, **kwargs)
        ways = [(each.value, CHANNEL_WORDS[each]) for each in channels_of(integration)]
        self.fields["channel"] = _choice(self.fields["channel"], [("", "The best way"), *ways])
        carriers = _carriers(integration)
        if carriers:
            self.fields["code_field"] = _choice(self.fields["code_field"], carriers)
        else:
            del self.fields["code_field"]
        for kind in self.types:
            for company in (EVERY_COMPANY, *self.company_names):
                self.fields[_name(kind, company)] = self._code(kind, company)

    def _code(self, kind: LeaveType, company: str) -> forms.Field:
        """A list where payroll's codes can be read, else a text."""
        where = self.company_names.get(company, "all companies")
        label = f"Code of {kind.name}, {where}"
        if not self.entries:
            text = forms.TextInput({"class": "form-control", "autocomplete": "off"})
            return forms.CharField(
                label=label, required=False, max_length=LONGEST_CODE, strip=True, widget=text
            )
        unset = ("", "Not chosen" if company == EVERY_COMPANY else "As all companies")
        never = [(NEVER, "Never send")] if company == EVERY_COMPANY else []
        codes = [(entry.code, f"{entry.code} {entry.label}") for entry in self.entries]
        known = {code for code, _ in codes}
        held = settings_of(self.integration).codes.get(kind.id) or {}
        gone = [(code, f"{code} (not in payroll's list any more)") for code in held.values()]
        return forms.ChoiceField(
            label=label,
            required=False,
            choices=[unset, *never, *codes, *(each for each in gone if each[0] not in known)],
            widget=PlainSelect(attrs=_SELECT),
        )

    def held(self, integration: Integration) -> Mapping[str, Any]:
        settings = settings_of(integration)
        profile = settings.file
        return {
            "channel": settings.channel.value if settings.channel else "",
            "code_field": settings.code_fields.get(Channel.TIMESHEETS, ""),
            "closed_until": settings.closed_until,
            "notes": settings.notes,
            "mail": settings.mail,
            "encoding": profile.encoding.value,
            "delimiter": profile.delimiter,
            "date_format": profile.date_format,
            "decimal_comma": profile.decimal_comma,
        } | {
            _name(kind, company): self._held_code(settings, kind, company)
            for kind in self.types
            for company in (EVERY_COMPANY, *self.company_names)
        }

    def _held_code(self, settings: TimeOffSettings, kind: LeaveType, company: str) -> str:
        """What is in force; for all companies, else what the type is most likely called."""
        if settings.is_never(kind):
            return NEVER if company == EVERY_COMPANY else ""
        companies = settings.codes.get(kind.id) or settings.codes.get(kind.name)
        if companies:
            return companies.get(company, "")
        return suggested_code(kind, company, self.entries) if company == EVERY_COMPANY else ""

    def rows(self, leaves: Mapping[str, int]) -> Iterator[CodeRow]:
        """Every type of HR, those with leaves in the period first; `leaves`: how many, by type."""
        settings = settings_of(self.integration)
        ordered = sorted(self.types, key=lambda kind: (-leaves.get(kind.id, 0), kind.name))
        for kind in ordered:
            known = kind.id in settings.codes or kind.name in settings.codes
            yield CodeRow(
                kind,
                leaves.get(kind.id, 0),
                not known and bool(suggested_code(kind, EVERY_COMPANY, self.entries)),
                self[_name(kind, EVERY_COMPANY)],
                [self[_name(kind, company)] for company in self.company_names],
            )

    def change(self, integration: Integration, user: User, now: datetime) -> bool:
        data, held = self.cleaned_data, settings_of(integration)
        carrier = data.get("code_field", "")
        integration.time_off = TimeOffSettings(
            channel=Channel(data["channel"]) if data["channel"] else None,
            codes={**held.codes, **self._codes()},
            notes=data["notes"],
            mail=data["mail"],
            closed_until=data["closed_until"],
            code_fields={Channel.TIMESHEETS: carrier} if carrier else {},
            file=FileProfile(
                Encoding(data["encoding"]),
                data["delimiter"],
                data["decimal_comma"],
                data["date_format"],
            ),
        ).as_stored()
        return False

    def _codes(self) -> Mapping[str, Mapping[str, str] | None]:
        """By type id; a type without any code stands there with none, so that it is no longer."""
        chosen: dict[str, Mapping[str, str] | None] = {}
        for kind in self.types:
            given = {
                company: self.cleaned_data.get(_name(kind, company), "")
                for company in (EVERY_COMPANY, *self.company_names)
            }
            never = given[EVERY_COMPANY] == NEVER
            chosen[kind.id] = None if never else {key: code for key, code in given.items() if code}
        return chosen


def _name(kind: LeaveType, company: str) -> str:
    return f"code_{kind.id}_{company}"


def _choice(field: forms.Field, choices: Sequence[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=field.label, required=False, choices=choices, widget=forms.Select(_SELECT)
    )


def _carriers(integration: Integration) -> list[tuple[str, str]]:
    """The fields of a timesheet line that may carry the code, as payroll's customers set it up."""
    target = integration.target
    if not takes_time_off(target):
        return []
    fields = target.time_off_code_fields.get(Channel.TIMESHEETS, ())
    return [(entry.code, entry.label) for entry in fields]
