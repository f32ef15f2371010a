"""Deletes names and values of runs long over: `manage.py purge [--dry-run]`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from integration_hub.core import locale
from payroll import retention
from payroll.pages.wording import people, plural


class Command(BaseCommand):
    help = "Deletes names and values of runs that ended RETENTION_DAYS ago; their counts stay."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="only say what would be deleted")

    def handle(self, *args: Any, dry_run: bool, **options: Any) -> None:
        now = timezone.now()
        found = retention.due(now) if dry_run else retention.purge(now)
        before = locale.moment(retention.kept_since(now))
        verb = "Would delete" if dry_run else "Deleted"
        self.stdout.write(
            f"{verb} names and values of {people(found.people)} in "
            f"{plural(found.runs, 'run', 'runs')} that ended before {before}."
        )
