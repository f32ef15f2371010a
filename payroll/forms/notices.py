"""Who is told by e-mail, and of what."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms

from integration_hub.accounts.models import User
from payroll.configuration.recipients import MOST, without_doubles, wrong_with
from payroll.models import Integration

from .step import StepForm


class NoticesForm(StepForm):
    """E-mail addresses, one per line, and whether every run is told."""

    recipients = forms.CharField(
        label="E-mail addresses",
        required=False,
        max_length=10_000,
        help_text=f"One per line, at most {MOST}.",
        widget=forms.Textarea(
            attrs={"class": "form-control", "rows": 5, "spellcheck": "false", "autocomplete": "off"}
        ),
    )
    every_run = forms.BooleanField(
        label="Also after every run",
        required=False,
        help_text="Without it, a run that goes as the one before is not told.",
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )

    def held(self, integration: Integration) -> Mapping[str, Any]:
        return {
            "recipients": "\n".join(integration.recipients),
            "every_run": integration.mail_every_run,
        }

    def clean_recipients(self) -> list[str]:
        """The addresses; commas and semicolons part them too, as when pasted from a mail."""
        text: str = self.cleaned_data["recipients"]
        lines = text.replace(",", "\n").replace(";", "\n").splitlines()
        addresses = without_doubles(line.strip() for line in lines if line.strip())
        wrong = wrong_with(addresses)
        if wrong:
            raise forms.ValidationError([forms.ValidationError(each) for each in wrong])
        return addresses

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("every_run") and data.get("recipients") == []:
            self.add_error("recipients", "Enter who is to be told after every run.")
        return data

    def change(self, integration: Integration, user: User, now: datetime) -> bool:
        integration.recipients = self.cleaned_data["recipients"]
        integration.mail_every_run = self.cleaned_data["every_run"]
        return False
