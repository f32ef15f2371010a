"""Looking for the one person to sync."""

from __future__ import annotations

from django import forms


class PersonSearch(forms.Form):
    """A part of a name, or an employee number; sent in the body, as names stand in no address."""

    q = forms.CharField(
        label="Name or employee number",
        max_length=100,
        error_messages={"required": "Write a name or an employee number."},
        widget=forms.TextInput(
            attrs={"class": "form-control", "type": "search", "autocomplete": "off"}
        ),
    )
