"""Makes X-ledger known as a target when Django starts."""

from __future__ import annotations

from django.apps import AppConfig

from payroll.registry import targets

from .target import XledgerTarget


class XledgerConfig(AppConfig):
    name = "xledger"
    verbose_name = "X-ledger"

    def ready(self) -> None:
        targets[XledgerTarget.kind] = XledgerTarget
