"""Syncs one integration in this process: `manage.py sync INTEGRATION [--preview] [--json]`."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from integration_hub.core.errors import ConfigurationError
from payroll.models import SyncRun
from payroll.report import report
from payroll.runs import audit_start, open_run
from payroll.sync import run_sync

from ._integration import integration_named
from ._waiting import done_here

ACCOUNT_BUSY = (
    "Another integration of the organisation is syncing to the same payroll at this moment. "
    "Nothing was done; try again when it has finished."
)
EXIT_CODES = {SyncRun.Status.SUCCEEDED: 0, SyncRun.Status.WITH_PROBLEMS: 2, SyncRun.Status.HELD: 2}


class Command(BaseCommand):
    help = "Syncs one integration. Exits 0: succeeded, 2: with problems or held, 1: failed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("integration", help="its id, or its label where only one has it")
        parser.add_argument("--preview", action="store_true", help="plan only; nothing is sent")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        integration = integration_named(options["integration"])
        if not integration.may_sync and not options["preview"]:
            raise CommandError("The integration is a draft: activate it, or use --preview.")
        try:
            run, new = open_run(integration, timezone.now(), preview=options["preview"])
        except ConfigurationError as error:
            raise CommandError(error.message) from None
        if not new:
            raise CommandError(
                f"A run is already in progress: {run.pk} ({run.get_phase_display()})."
            )
        audit_start(run, timezone.now())
        done_here(run, lambda: run_sync(run, timezone.now), self.stderr)
        if run.status == SyncRun.Status.QUEUED:
            run.give_up(ACCOUNT_BUSY, timezone.now())
        result = report(run)
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
        else:
            self._print(result)
        code = EXIT_CODES.get(SyncRun.Status(run.status), 1)
        if code:
            sys.exit(code)

    def _print(self, result: dict[str, Any]) -> None:
        counts = (
            "created",
            "updated",
            "ended",
            "unchanged",
            "skipped",
            "rejected",
            "failed",
            "held",
        )
        self.stdout.write(f"Run {result['run']}: {result['status']}")
        self.stdout.write("  " + ", ".join(f"{name} {result[name]}" for name in counts))
        requests = ", ".join(f"{system} {n}" for system, n in result["requests"].items())
        self.stdout.write(f"  requests: {requests}; seconds: {result['seconds']['total']}")
        for problem in result["problems"]:
            number = problem["employee_number"] or "–"
            self.stdout.write(f"  {problem['outcome']:8} {number:>8}  {problem['message']}")
