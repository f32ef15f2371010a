"""Exports time off in this process: `manage.py export_time_off INTEGRATION --from D --to D`."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.utils import timezone

from integration_hub.core.errors import ConfigurationError
from payroll.models import Integration, TimeOffExport, TimeOffReading
from payroll.records import Period
from payroll.timeoff import readings, starting
from payroll.timeoff.export import export_time_off
from payroll.timeoff.judged import Group
from payroll.timeoff.material import usual_channel
from payroll.timeoff.records import Channel
from payroll.timeoff.report import preview, report
from payroll.timeoff.shown import ShownLeave

from ._integration import integration_named
from ._waiting import done_here

EXIT_CODES = {TimeOffExport.Status.SUCCEEDED: 0, TimeOffExport.Status.WITH_PROBLEMS: 2}
BUSY = (
    "A sync or another export to the same payroll is in progress. Nothing was done; try again "
    "when it has finished."
)


class Command(BaseCommand):
    help = (
        "Exports the time off of a period. Corrections of what was exported before go only with "
        "--corrections. Exits 0: succeeded, 2: with problems, 1: failed."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("integration", help="its id, or its label where only one has it")
        parser.add_argument("--from", dest="start", required=True, type=_day, metavar="D")
        parser.add_argument("--to", dest="end", required=True, type=_day, metavar="D")
        parser.add_argument(
            "--leave-type", action="append", default=[], help="id or name; may be given often"
        )
        parser.add_argument(
            "--employee", action="append", default=[], help="employee number or id; often too"
        )
        parser.add_argument("--way", choices=[channel.value for channel in Channel])
        parser.add_argument("--corrections", action="store_true", help="changed and withdrawn too")
        parser.add_argument("--preview", action="store_true", help="read only; nothing is sent")
        parser.add_argument("--json", action="store_true", help="print the result as JSON")

    def handle(self, *args: Any, **options: Any) -> None:
        integration = integration_named(options["integration"])
        period = Period(options["start"], options["end"])
        way = options["way"]
        channel = Channel(way) if way else usual_channel(integration)
        try:
            reading = _read(integration, period, channel)
            leaves = _matching(readings.leaves_shown(reading), options)
            result, code = (
                (preview(reading, leaves), 0)
                if options["preview"]
                else _export(integration, period, channel, _chosen(leaves, options), self.stderr)
            )
        except ConfigurationError as error:
            raise CommandError(error.message) from None
        if options["json"]:
            self.stdout.write(json.dumps(result, ensure_ascii=False, indent=2))
        else:
            self._print(result)
        if code:
            sys.exit(code)

    def _print(self, result: dict[str, Any]) -> None:
        self.stdout.write(
            f"Time off {result['from']} to {result['to']} as {result['way']}: {result['status']}"
        )
        if result.get("error"):
            self.stdout.write(f"  {result['error']}")
        for row in result["rows"]:
            what = row.get("outcome") or row.get("group", "")
            span = f"{row['from']} to {row['to'] or '…'}"
            number = row["employee_number"] or "–"
            self.stdout.write(
                f"  {what:12} {number:>8}  {span}  {row['type']}  {row['message']}".rstrip()
            )


def _day(text: str) -> date:
    """A day as 2026-11-30; argparse words the ValueError."""
    return date.fromisoformat(text)


def _read(integration: Integration, period: Period, channel: Channel) -> TimeOffReading:
    """A fresh reading of the period. Raises ConfigurationError, CommandError."""
    now = timezone.now()
    readings.check(integration, period, channel)
    reading, new = readings.open_reading(integration, period, channel, None, now)
    if not new:
        raise CommandError("The same period is being read at this moment. Try again in a minute.")
    readings.take_reading(reading, timezone.now)
    reading.refresh_from_db()
    if not reading.is_ready:
        raise CommandError(reading.error or "The reading was taken over by another one.")
    return reading


def _matching(leaves: Sequence[ShownLeave], options: dict[str, Any]) -> list[ShownLeave]:
    """Those of the types and people that were named; everything where none was.

    Raises CommandError where a name fits nothing: a slip must not look like an empty month.
    """
    types, people = set(options["leave_type"]), set(options["employee"])
    known = {word for each in leaves for word in (each.type_id, each.type)}
    numbers = {word for each in leaves for word in (each.number, each.employee_id)}
    for name in sorted((types - known) | (people - numbers)):
        raise CommandError(f"Nothing in the period fits {name!r}.")
    return [
        each
        for each in leaves
        if (not types or {each.type_id, each.type} & types)
        and (not people or {each.number, each.employee_id} & people)
    ]


def _chosen(leaves: Sequence[ShownLeave], options: dict[str, Any]) -> dict[str, str]:
    """What goes: all that is ready, and corrections where they were asked for."""
    return {
        each.id: each.digest
        for each in leaves
        if each.sendable and (options["corrections"] or each.group == Group.READY)
    }


def _export(
    integration: Integration,
    period: Period,
    channel: Channel,
    chosen: dict[str, str],
    stderr: OutputWrapper,
) -> tuple[dict[str, Any], int]:
    """The report, and the exit code. Raises ConfigurationError, CommandError."""
    if not chosen:
        nothing = {"from": str(period.start), "to": str(period.end), "way": channel.value}
        return nothing | {"status": "nothing to export", "rows": []}, 0
    export, new = starting.open_export(integration, period, channel, chosen, timezone.now())
    if not new:
        raise CommandError(f"An export is already in progress: {export.pk}.")
    starting.audit_start(export, timezone.now())
    done_here(export, lambda: export_time_off(export, timezone.now), stderr)
    if export.status == TimeOffExport.Status.QUEUED:
        export.give_up(BUSY, timezone.now())
    return report(export), EXIT_CODES.get(TimeOffExport.Status(export.status), 1)
