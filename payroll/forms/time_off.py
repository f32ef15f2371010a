"""The forms of Export time off: which days are read, and which leaves are listed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from django import forms

from integration_hub.core.filters import Choice
from payroll.records import Period
from payroll.timeoff.readings import LONGEST_PERIOD
from payroll.timeoff.records import Channel, LeaveStatus
from payroll.timeoff.shown import ShownLeave

CHANNEL_WORDS = {
    Channel.ABSENCES: "As absences",
    Channel.TIMESHEETS: "As timesheet lines",
    Channel.FILE: "As a file to import",
}
STATUS_WORDS = {
    LeaveStatus.PENDING: "Waits for approval",
    LeaveStatus.APPROVED: "Approved",
    LeaveStatus.CONFIRMED: "Confirmed",
    LeaveStatus.DENIED: "Denied",
    LeaveStatus.CANCELLED: "Cancelled",
    LeaveStatus.DELETED: "Deleted in HR",
    LeaveStatus.UNKNOWN: "Unknown",
}
_PLACES = {
    "department": ("Department", "All departments"),
    "office": ("Office", "All offices"),
    "cost_center": ("Cost centre", "All cost centres"),
}


class PeriodForm(forms.Form):
    """Which days are read, and by which of the possible ways they would go."""

    start = forms.DateField(label="First day")
    end = forms.DateField(label="Last day")
    channel = forms.ChoiceField(label="How it goes to payroll")

    def __init__(self, channels: Sequence[Channel], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("start", "end"):
            self.fields[name].widget = forms.DateInput(
                {"class": "form-control", "type": "date"}, "%Y-%m-%d"
            )
        ways = [(channel.value, CHANNEL_WORDS[channel]) for channel in channels]
        self.fields["channel"] = forms.ChoiceField(
            label="How it goes to payroll",
            choices=ways,
            widget=forms.Select(attrs={"class": "form-select"}),
        )

    def clean(self) -> dict[str, Any]:
        start, end = self.cleaned_data.get("start"), self.cleaned_data.get("end")
        if start and end and end < start:
            self.add_error("end", "This is before the first day.")
        elif start and end and (end - start).days >= LONGEST_PERIOD:
            self.add_error("end", "This is more than a year after the first day.")
        return self.cleaned_data

    @property
    def period(self) -> Period:
        """The days that were entered."""
        return Period(self.cleaned_data["start"], self.cleaned_data["end"])

    @property
    def way(self) -> Channel:
        """The channel that was chosen."""
        return Channel(self.cleaned_data["channel"])


class LeaveFilter(forms.Form):
    """What a list of leaves is narrowed to; offers only what stands in it."""

    type = Choice("Type of leave", "All types")
    department = Choice(*_PLACES["department"])
    office = Choice(*_PLACES["office"])
    cost_center = Choice(*_PLACES["cost_center"])
    status = Choice("Approval", "Any")

    def __init__(self, asked: Mapping[str, str], leaves: Iterable[ShownLeave]) -> None:
        super().__init__(asked)
        for name, found in _offers(leaves).items():
            choices = sorted(found.items(), key=lambda pair: pair[1].casefold())
            cast("Choice", self.fields[name]).offer(choices)

    @property
    def applied(self) -> bool:
        """Whether anything was asked for, sensible or not."""
        return any(self.data.get(name) for name in self.fields)

    def words(self) -> list[str]:
        """What was asked for: `Type of leave: Ferie`."""
        self.is_valid()
        found = []
        for name in self.fields:
            if chosen := self.cleaned_data.get(name):
                field = cast("Choice", self.fields[name])
                labels = dict(cast("list[tuple[str, str]]", field.choices))
                found.append(f"{field.label}: {labels[chosen]}")
        return found

    def narrow(self, leaves: Iterable[ShownLeave]) -> list[ShownLeave]:
        """Those that are asked for."""
        self.is_valid()
        asked = {name: self.cleaned_data.get(name) or "" for name in self.fields}
        return [
            leave
            for leave in leaves
            if asked["type"] in ("", leave.type_id)
            and asked["status"] in ("", leave.status)
            and all(asked[name] in ("", leave.places.get(name, ("",))[0]) for name in _PLACES)
        ]


def _offers(leaves: Iterable[ShownLeave]) -> dict[str, dict[str, str]]:
    """What can be chosen in each filter: label by id."""
    found: dict[str, dict[str, str]] = {name: {} for name in ("type", "status", *_PLACES)}
    for leave in leaves:
        if leave.type_id:
            found["type"][leave.type_id] = leave.type or leave.type_id
        found["status"][leave.status] = STATUS_WORDS[LeaveStatus(leave.status)]
        for name in _PLACES:
            if name in leave.places:
                found[name][leave.places[name][0]] = leave.places[name][1]
    return found
