"""Books what goes to payroll: reserved before it is sent, confirmed after, never twice."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from integration_hub.accounts.models import AuditEntry, User
from payroll.models import Integration, TimeOffExport, TimeOffLine, TimeOffResult
from payroll.records import Outcome

from . import portable, reasons
from .records import TimeOffWrite

CHUNK = 500  # rows per statement
State = TimeOffLine.State
Kind = TimeOffResult.Kind


def write_of(result: TimeOffResult) -> TimeOffWrite:
    """The row as it is sent."""
    return portable.read_write(result.details["write"])


# --- before a request ----------------------------------------------------------------------------


def intend(export: TimeOffExport, results: Sequence[TimeOffResult], now: datetime) -> None:
    """Books the intent of a batch of one kind, and that this process may still send.

    A row whose days are live by another one is settled as skipped instead. Raises Cancelled,
    LeaseLost; then nothing is booked.
    """
    kind = results[0].kind
    with transaction.atomic():
        export.go_on(now)
        going = _without_taken(export, results, now) if kind == Kind.ADD else list(results)
        TimeOffResult.objects.filter(pk__in=[each.pk for each in going]).update(sent_at=now)
        for result in going:
            result.sent_at = now
        if kind == Kind.ADD:
            reserve(export, going, State.RESERVED, now)
            return
        state = State.CHANGING if kind == Kind.CHANGE else State.REMOVING
        for result in going:
            rows = TimeOffLine.objects.live().filter(row=result.details["old_row"])
            rows.update(state=state, result=result, missing_since=None)


def _without_taken(
    export: TimeOffExport, results: Sequence[TimeOffResult], now: datetime
) -> list[TimeOffResult]:
    """Those none of whose days are live: a removal before was perhaps not confirmed."""
    live = TimeOffLine.objects.live().filter(
        target_account=export.target_account,
        leave_id__in={result.leave_id for result in results},
    )
    taken = set(live.values_list("leave_id", "day"))
    going = []
    for result in results:
        days = (date.fromisoformat(day) for day in result.details["lines"])
        if any((result.leave_id, day) in taken for day in days):
            result.settle(Outcome.SKIPPED, now, reasons.UNCONFIRMED)
            result.save(update_fields=["outcome", "settled_at", "details"])
        else:
            going.append(result)
    return going


def reserve(
    export: TimeOffExport,
    results: Iterable[TimeOffResult],
    state: str,
    now: datetime,
    **columns: Any,
) -> None:
    """A line for each day of each row. Raises IntegrityError where a day is live already."""
    lines = []
    for result in results:
        row = uuid.uuid4()
        for day, (digest, content) in result.details["lines"].items():
            lines.append(
                TimeOffLine(
                    integration_id=export.integration_id,
                    target_account=export.target_account,
                    leave_id=result.leave_id,
                    employee_id=result.details["employee_id"],
                    day=date.fromisoformat(day),
                    channel=result.channel,
                    state=state,
                    digest=digest,
                    row=row,
                    body=content,
                    result=result,
                    sent_at=now,
                    sent_by_id=export.started_by_id,
                    **columns,
                )
            )
    TimeOffLine.objects.bulk_create(lines, batch_size=CHUNK)


# --- after it ------------------------------------------------------------------------------------


def confirm(results: Sequence[TimeOffResult], target_ids: Mapping[str, str], now: datetime) -> None:
    """Books rows that payroll has confirmed; `target_ids` by the result's id. One transaction."""
    by_result = _lines_of(results)
    changed: list[TimeOffLine] = []
    for result in results:
        target_id = target_ids.get(str(result.pk)) or result.target_row
        for line in by_result[result.pk]:
            _confirm_line(line, result, target_id, now)
            changed.append(line)
        result.target_row = target_id
        left = [each for each in result.details["problems"] if each["code"] != "unconfirmed"]
        result.details = {**result.details, "problems": left}
        result.settle(Outcome.APPLIED, now)
    with transaction.atomic():
        save_lines(changed)
        save_results(results)


def _confirm_line(line: TimeOffLine, result: TimeOffResult, target_id: str, now: datetime) -> None:
    line.missing_since = None
    after = result.details["lines"].get(line.day.isoformat())
    if result.kind == Kind.REMOVE or after is None:
        line.state, line.ended_at = State.REVERSED, now
        return
    line.state, line.target_row = State.SENT, target_id
    line.digest, line.body = after
    line.sent_at = result.sent_at or now


def not_done(results: Sequence[TimeOffResult], now: datetime) -> None:
    """Books rows that surely did not happen: an added one never was, any other is as before."""
    pks = [result.pk for result in results]
    lines = TimeOffLine.objects.open().filter(result__in=pks)
    adds = lines.filter(result__kind=Kind.ADD)
    adds.update(state=State.RELEASED, ended_at=now)
    lines.exclude(result__kind=Kind.ADD).update(state=State.SENT, missing_since=None)


def forget_intent(results: Sequence[TimeOffResult]) -> None:
    """These did not go out after all: they are as if their turn had never come."""
    TimeOffResult.objects.filter(pk__in=[each.pk for each in results]).update(sent_at=None)


def unknown(results: Sequence[TimeOffResult], now: datetime) -> None:
    """Books rows of which nobody knows whether they happened."""
    adds = [result.pk for result in results if result.kind == Kind.ADD]
    TimeOffLine.objects.open().filter(result__in=adds).update(state=State.UNKNOWN)
    settle(results, Outcome.UNKNOWN, now, reasons.UNCONFIRMED)


def settle(
    results: Sequence[TimeOffResult], outcome: Outcome, now: datetime, problem: Any = None
) -> None:
    """Says what became of them, and saves it."""
    for result in results:
        result.settle(outcome, now, problem)
    save_results(results)


def _lines_of(results: Iterable[TimeOffResult]) -> Mapping[uuid.UUID, list[TimeOffLine]]:
    found: dict[uuid.UUID, list[TimeOffLine]] = defaultdict(list)
    pks = [result.pk for result in results]
    for line in TimeOffLine.objects.open().filter(result__in=pks):
        if line.result_id:
            found[line.result_id].append(line)
    return found


def save_lines(lines: Sequence[TimeOffLine]) -> None:
    """All of each: a sealed column can only be written with its row."""
    TimeOffLine.objects.bulk_create(
        lines,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[
            "state",
            "target_row",
            "digest",
            "body",
            "sent_at",
            "missing_since",
            "ended_at",
        ],
    )


def save_results(results: Sequence[TimeOffResult]) -> None:
    """Keeps what became of them."""
    TimeOffResult.objects.bulk_create(
        results,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["outcome", "settled_at", "target_row", "details"],
    )


# --- letting go ----------------------------------------------------------------------------------


@transaction.atomic
def release(
    integration: Integration, leave_id: str, now: datetime, user: User | None = None
) -> int:
    """Lets a leave go again whose rows somebody removed in payroll; how many days.

    Only confirmed lines; one that is open may yet arrive. A row that is in payroll after all is
    found by the next reading, and the leave is then a conflict.
    """
    lines = TimeOffLine.objects.filter(
        target_account=integration.target_account,
        integration=integration,
        leave_id=leave_id,
        state=State.SENT,
    )
    released = lines.update(state=State.RELEASED, ended_at=now)
    if released:
        audit_leave(integration, AuditEntry.Action.TIME_OFF_RELEASED, leave_id, user, now)
    return released


def audit_leave(
    integration: Integration,
    action: AuditEntry.Action,
    leave_id: str,
    user: User | None,
    now: datetime,
) -> None:
    """Notes what a person decided of a leave, by its id in HR, which names nobody."""
    integration.note(action, now, user, after={"leave": leave_id})
