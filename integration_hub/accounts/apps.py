"""Registers the accounts application under a short label."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "integration_hub.accounts"
    label = "accounts"
