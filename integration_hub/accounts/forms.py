"""The form a person logs in with."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm


class EmailLoginForm(AuthenticationForm):
    """E-mail and password. The first keeps Django's field name, which lock-out counts by."""

    error_messages = {
        "invalid_login": "E-mail and password do not belong together. Mind upper and lower case "
        "in the password.",
        "inactive": "This account is switched off. Ask an owner of your organisation.",
    }
    username = forms.EmailField(
        label="E-mail",
        widget=forms.EmailInput(
            attrs={"autofocus": True, "autocomplete": "username", "class": "form-control"}
        ),
    )
    password = forms.CharField(
        label="Password",
        strip=False,
        widget=forms.PasswordInput(
            attrs={"autocomplete": "current-password", "class": "form-control"}
        ),
    )

    def clean_username(self) -> str:
        """One spelling per person, so that failed tries in other spellings count together."""
        email: str = self.cleaned_data["username"]
        return email.lower()
