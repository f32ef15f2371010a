"""The forms of the wizard's steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from integration_hub.accounts.models import User

from .models import Credential, Integration
from .ports import System
from .schedule import DAYS

DAY_LABELS = dict(
    zip(
        DAYS,
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        strict=True,
    )
)


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret's field, where to find it, and what is held of it already."""

    field: forms.BoundField
    help: str
    held: Credential | None


@dataclass(frozen=True, slots=True)
class Side:
    """One system of an integration on the connection step."""

    key: str
    label: str
    environment: forms.BoundField
    secrets: list[Secret]


class StepForm(forms.Form):
    """A step. `version` is the configuration the page was opened with."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, integration: Integration, *args: Any, **kwargs: Any) -> None:
        self.integration = integration
        kwargs["initial"] = {"version": integration.config_version, **self.held(integration)}
        super().__init__(*args, **kwargs)

    def held(self, integration: Integration) -> Mapping[str, Any]:
        """What the form shows at first."""
        return {}

    def refuse_stale(self, version: int) -> None:
        """Tells that somebody was faster; the entries stay, and saving again is on `version`."""
        if isinstance(self.data, QueryDict):
            self.data = self.data.copy()
            self.data["version"] = str(version)
        self.add_error(
            None,
            "Somebody changed this integration while you were editing, so nothing was saved yet. "
            "Your entries are still below: look them over and save again to put them in force.",
        )

    def change(self, integration: Integration, user: User, now: datetime) -> bool:
        """Puts what was entered into the integration; whether a secret was set."""
        raise NotImplementedError


class ConnectionForm(StepForm):
    """Label, environments and access tokens. A token is written, never shown again."""

    label = forms.CharField(
        label="Name",
        max_length=100,
        help_text="How you and your colleagues call this integration.",
        error_messages={"required": "Give the integration a name."},
        widget=forms.TextInput(attrs={"class": "form-control"}),
    )

    def __init__(
        self, integration: Integration, *args: Any, may_set_tokens: bool, **kwargs: Any
    ) -> None:
        super().__init__(integration, *args, **kwargs)
        for side, system in self._systems():
            self._add_environment(side, system.label, list(system.environments()))
            for spec in system.credentials:
                self.fields[f"{side}_{spec.key}"] = forms.CharField(
                    label=spec.label,
                    required=False,
                    max_length=4000,
                    disabled=not may_set_tokens,
                    widget=forms.PasswordInput(
                        attrs={"class": "form-control", "autocomplete": "off"}
                    ),
                )

    def _add_environment(self, side: str, label: str, names: list[str]) -> None:
        held = getattr(self.integration, f"{side}_environment")
        choices = [(name, name) for name in dict.fromkeys([held, *names])]
        self.fields[f"{side}_environment"] = forms.ChoiceField(
            label=f"{label} environment",
            choices=choices,
            disabled=self.integration.links.exists(),  # links mean nobody elsewhere
            widget=forms.Select(attrs={"class": "form-select"}),
        )

    @property
    def sides(self) -> list[Side]:
        """Both systems with their fields, for the page."""
        held = {(row.side, row.key): row for row in self.integration.credentials.all()}
        return [
            Side(
                key=side,
                label=system.label,
                environment=self[f"{side}_environment"],
                secrets=[
                    Secret(self[f"{side}_{spec.key}"], spec.help, held.get((side, spec.key)))
                    for spec in system.credentials
                ],
            )
            for side, system in self._systems()
        ]

    def _systems(self) -> list[tuple[str, type[System]]]:
        return [("source", self.integration.source), ("target", self.integration.target)]

    def held(self, integration: Integration) -> Mapping[str, Any]:
        return {
            "label": integration.label,
            "source_environment": integration.source_environment,
            "target_environment": integration.target_environment,
        }

    def clean_label(self) -> str:
        """One integration per name."""
        label: str = self.cleaned_data["label"]
        others = Integration.objects.filter(organisation=self.integration.organisation)
        if others.exclude(pk=self.integration.pk).filter(label=label).exists():
            raise forms.ValidationError(
                "Another integration has this name. Choose a different one."
            )
        return label

    def change(self, integration: Integration, user: User, now: datetime) -> bool:
        data = self.cleaned_data
        integration.label = data["label"]
        integration.source_environment = data["source_environment"]
        integration.target_environment = data["target_environment"]
        changed = [
            integration.set_secrets(
                side,
                {
                    spec.key: data.get(f"{side}_{spec.key}", "").strip()
                    for spec in system.credentials
                },
                now,
                user,
            )
            for side, system in self._systems()
        ]
        return any(changed)


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
    paused = forms.BooleanField(
        label="Pause the schedule",
        required=False,
        help_text="The days are kept. Sync now still works.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def __init__(self, integration: Integration, *args: Any, **kwargs: Any) -> None:
        super().__init__(integration, *args, **kwargs)
        if not integration.may_sync:
            del self.fields["paused"]

    def held(self, integration: Integration) -> Mapping[str, Any]:
        return {
            "mode": "scheduled" if integration.schedule_days else "manual",
            "days": integration.schedule_days,
            "paused": integration.state == Integration.State.PAUSED,
        }

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("mode") == "scheduled" and not data.get("days"):
            self.add_error("days", "Choose at least one weekday, or “Only when somebody presses”.")
        return data

    def change(self, integration: Integration, user: User, now: datetime) -> bool:
        data = self.cleaned_data
        chosen = data["days"] if data["mode"] == "scheduled" else []
        integration.schedule_days = [day for day in DAYS if day in chosen]
        states = Integration.State
        if "paused" in data and data["paused"] and integration.is_active:
            integration.state = states.PAUSED
        elif "paused" in data and not data["paused"] and integration.state == states.PAUSED:
            integration.state = states.ACTIVE
        integration.next_run_at = integration.next_run_after(now)
        return False
