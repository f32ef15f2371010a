"""The step When: on which weekdays it runs by itself."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from integration_hub.accounts.models import User
from payroll.models import Integration
from payroll.payroll_month import CUT_OFF_DAYS, LAST_DAY
from payroll.schedule import DAYS, about_to_start

from .step import StepForm

DAY_LABELS = dict(
    zip(
        DAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)


class ScheduleForm(StepForm):
    """By hand only, or on chosen weekdays; a pause keeps the days."""

    mode = forms.ChoiceField(
        label="When does it run?",
        choices=[
            ("manual", "Only when somebody presses Sync now"),
            ("scheduled", "On the weekdays chosen below, and when somebody presses Sync now"),
        ],
        widget=forms.RadioSelect(attrs={"class": "form-check-input"}),
    )
    days = forms.MultipleChoiceField(
        label="Weekdays",
        choices=list(DAY_LABELS.items()),
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"}),
    )
    cut_off = forms.TypedChoiceField(
        label="Cut-off day of the payroll month",
        choices=[
            ("", "None chosen"),
            *((day, f"Day {day}") for day in CUT_OFF_DAYS if day != LAST_DAY),
            (LAST_DAY, "The last day of the month"),
        ],
        coerce=int,
        empty_value=None,
        required=False,
        help_text="The last day, until midnight in Oslo, whose changes are in time for the month’s "
        "payroll. It stops nothing: This payroll month shows what came after it.",
        widget=forms.Select(attrs={"class": "form-select"}),
    )
    paused = forms.BooleanField(
        label="Pause the schedule",
        required=False,
        help_text="The days are kept. Sync now still works.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    pausable = forms.BooleanField(required=False, widget=forms.HiddenInput)  # "paused" was asked

    def __init__(self, integration: Integration, data: Mapping[str, Any] | None = None) -> None:
        super().__init__(integration, _answered(data, integration))
        if not integration.may_sync:
            del self.fields["paused"], self.fields["pausable"]

    def held(self, integration: Integration) -> Mapping[str, Any]:
        return {
            "mode": "scheduled" if integration.schedule_days else "manual",
            "days": integration.schedule_days,
            "cut_off": integration.cut_off_day,
            "paused": integration.state == Integration.State.PAUSED,
            "pausable": True,
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("mode") == "scheduled" and not data.get("days"):
            self.add_error(
                "days", "Choose at least one weekday, or “Only when somebody presses Sync now”."
            )
        return data

    @property
    def chosen_days(self) -> list[str]:
        """The weekdays entered, Monday first; none where it runs by hand only."""
        data = self.cleaned_data
        chosen = data.get("days", []) if data.get("mode") == "scheduled" else []
        return [day for day in DAYS if day in chosen]

    def change(self, integration: Integration, user: User, now: datetime) -> bool:
        was_active, planned = integration.is_active, integration.next_run_at
        integration.schedule_days = self.chosen_days
        if "cut_off" in self.data:  # not of a page from before there was one
            integration.cut_off_day = self.cleaned_data["cut_off"]
        self._pause(integration)
        goes_on = was_active and integration.is_active and planned is not None
        if not (goes_on and planned and about_to_start(planned, self.chosen_days, now)):
            integration.next_run_at = integration.next_run_after(now)
        return False

    def _pause(self, integration: Integration) -> None:
        paused, states = self.cleaned_data.get("paused"), Integration.State
        if paused and integration.is_active:
            integration.state = states.PAUSED
        elif paused is False and integration.state == states.PAUSED:
            integration.state = states.ACTIVE


def _answered(data: Mapping[str, Any] | None, integration: Integration) -> Mapping[str, Any] | None:
    """A page that was opened before anything could be paused leaves a pause as it is."""
    if not data or "pausable" in data or integration.state != Integration.State.PAUSED:
        return data
    answered = data.copy() if isinstance(data, QueryDict) else dict(data)
    answered["paused"] = answered["pausable"] = "on"
    return answered
