"""Confirming that an integration is to be deleted."""

from __future__ import annotations

from typing import Any

from django import forms

from payroll.models import Integration


class DeletionForm(forms.Form):
    """The integration's name, typed."""

    label = forms.CharField(
        label="Type the name to confirm",
        error_messages={"required": "Type the name of the integration to confirm."},
        widget=forms.TextInput(attrs={"class": "form-control", "autocomplete": "off"}),
    )

    def __init__(self, integration: Integration, *args: Any, **kwargs: Any) -> None:
        self.integration = integration
        super().__init__(*args, **kwargs)

    def clean_label(self) -> str:
        """The same name, but for white space."""
        typed: str = self.cleaned_data["label"]
        if typed.split() != self.integration.label.split():
            raise forms.ValidationError(
                f"That is not its name. Type it exactly as it stands: {self.integration.label}"
            )
        return typed
