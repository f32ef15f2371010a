"""The step Connection: what the integration is called, and how both systems are reached."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms

from integration_hub.accounts.models import User
from payroll.configuration.editing import ChangedMeanwhile
from payroll.configuration.moving import forget_pairs, forget_readings, may_move
from payroll.models import Credential, Integration
from payroll.ports import System

from .step import StepForm

_RUN_IN_PROGRESS = (
    "A run is in progress and works with the {} environment that is set now. Wait until it is over."
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

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        held = self.held(self.integration)
        for side, system in self._systems():
            field = f"{side}_environment"
            moves = field in data and data[field] != held[field]
            if moves and self.integration.runs.active().exists():
                self.add_error(field, _RUN_IN_PROGRESS.format(system.label))
        return data

    def change(self, integration: Integration, user: User, now: datetime) -> bool:
        data = self.cleaned_data
        integration.label = data["label"]
        moved = self._move(integration)
        if moved:
            if not may_move(integration):  # people are being linked since the form was checked
                raise ChangedMeanwhile
            forget_pairs(integration)
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
        if any(changed) or moved:
            forget_readings(integration)
        return any(changed)

    def _move(self, integration: Integration) -> bool:
        """Sets the environments; whether one is another than before."""
        before = integration.source_environment, integration.target_environment
        integration.source_environment = self.cleaned_data["source_environment"]
        integration.target_environment = self.cleaned_data["target_environment"]
        return before != (integration.source_environment, integration.target_environment)
