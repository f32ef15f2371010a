"""Prints an integration as a JSON document: `manage.py export_config INTEGRATION`."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from payroll import configuration

from ._integration import integration_named


class Command(BaseCommand):
    help = "Prints an integration as the JSON document that apply_config takes, without secrets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("integration", help="its id, or its label where only one has it")

    def handle(self, *args: Any, integration: str, **options: Any) -> None:
        document = configuration.export(integration_named(integration))
        self.stdout.write(json.dumps(document, ensure_ascii=False, indent=2))
