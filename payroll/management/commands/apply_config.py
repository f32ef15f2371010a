"""Makes an integration of a JSON document: `manage.py apply_config FILE`."""

from __future__ import annotations

import os
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integration_hub.core.errors import DecryptionError
from payroll import configuration


class Command(BaseCommand):
    help = "Creates or changes an integration from a JSON document and prints its id."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the document")

    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        try:
            document = configuration.parse(
                configuration.load(file.read_text(encoding="utf-8")), os.environ
            )
            integration = configuration.store(document, timezone.now())
        except OSError as error:
            raise CommandError(f"{file}: cannot be read ({error.strerror})") from None
        except UnicodeDecodeError:
            raise CommandError(f"{file}: is not UTF-8 text") from None
        except configuration.InvalidConfiguration as error:
            raise CommandError(f"{file}: {error}") from None
        except DecryptionError as error:
            raise CommandError(error.message) from None
        self.stdout.write(str(integration.pk))
