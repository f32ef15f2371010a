"""What every step's form does: begin with what is held, refuse what is stale, change and save."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django import forms
from django.http import QueryDict

from integration_hub.accounts.models import User
from payroll.models import Integration


class StepForm(forms.Form):
    """A step. `version` is the configuration the page was opened with.

    `repeatable`: saving what is in force already is no conflict, whatever the version.
    """

    repeatable = True
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
