"""Activates the payroll add-on or switches it off: `manage.py addon ORGANISATION on|off`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry, Organisation


class Command(BaseCommand):
    help = "Activates the payroll add-on for an organisation, or switches it off. Keeps all data."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("organisation", help="its name")
        parser.add_argument("state", choices=["on", "off"])

    def handle(self, *args: Any, organisation: str, state: str, **options: Any) -> None:
        try:
            found = Organisation.objects.get(name=organisation)
        except Organisation.DoesNotExist:
            raise CommandError(f"There is no organisation {organisation!r}.") from None
        now, on = timezone.now(), state == "on"
        if not found.switch_addon(on=on, now=now):
            self.stdout.write(f"The payroll add-on of {found} was {state} already.")
            return
        actions = AuditEntry.Action
        AuditEntry.write(found, actions.ADDON_ON if on else actions.ADDON_OFF, now)
        self.stdout.write(f"The payroll add-on of {found} is {state}.")
