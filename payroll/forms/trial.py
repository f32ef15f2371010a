"""Starting with one or two people: whom, and whether the schedule waits for everyone else."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from integration_hub.accounts.models import User
from payroll.activation import activate
from payroll.models import Integration
from payroll.trial import Candidates, NotForTrial

from .step import StepForm

UNREAD = "People have not been read in the last day, so nobody can be looked up. Read people first."


class TrialForm(StepForm):
    """Up to two employee numbers; `people` are the source ids they mean."""

    repeatable = False  # who starts a run has seen the settings that it takes

    first = forms.CharField(
        label="Employee number",
        max_length=100,
        error_messages={"required": "Enter the employee number of the person to start with."},
        widget=forms.TextInput(
            attrs={"class": "form-control", "list": "trial-people", "autocomplete": "off"}
        ),
    )
    second = forms.CharField(
        label="Another employee number (optional)",
        max_length=100,
        required=False,
        widget=forms.TextInput(
            attrs={"class": "form-control", "list": "trial-people", "autocomplete": "off"}
        ),
    )
    wait = forms.BooleanField(
        label="Keep the schedule paused until I go on to everyone",
        required=False,
        widget=forms.CheckboxInput(
            attrs={"class": "form-check-input", "aria-describedby": "id_wait_helptext"}
        ),
    )

    def __init__(
        self, integration: Integration, candidates: Candidates | None, *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(integration, *args, **kwargs)
        self.candidates = candidates
        self.people: list[str] = []
        if integration.may_sync or not integration.schedule_days:
            del self.fields["wait"]

    def held(self, integration: Integration) -> Mapping[str, Any]:
        return {"wait": True}

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.candidates is None:
            self.add_error(None, UNREAD)
            return data
        for field in ("first", "second"):
            if data.get(field):
                self._look_up(field, data[field], self.candidates)
        return data

    def _look_up(self, field: str, word: str, candidates: Candidates) -> None:
        try:
            found = candidates.pick(word)
        except NotForTrial as error:
            self.add_error(field, str(error))
            return
        if found.id not in self.people:  # the same number twice is one person
            self.people.append(found.id)

    def change(self, integration: Integration, user: User, now: datetime) -> bool:
        if not integration.may_sync:
            activate(integration, now, paused=self.cleaned_data.get("wait", False))
        return False
