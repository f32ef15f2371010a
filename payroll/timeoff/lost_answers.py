"""Asks payroll's rows what became of writes whose answer was lost, and books it in the ledger."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from payroll.models import TimeOffLine, TimeOffResult
from payroll.records import Outcome, Period

from . import ledger, reasons
from .matching import Finder, holds
from .records import Channel, TimeOffThere

State = TimeOffLine.State
Kind = TimeOffResult.Kind


def open_lines(target_account: str) -> list[TimeOffLine]:
    """Every line of which payroll must be asked what became of it."""
    lines = TimeOffLine.objects.open().filter(target_account=target_account)
    return list(lines.select_related("result"))


def rows_of_ours(target_account: str) -> set[str]:
    """Ids of the rows in payroll that live lines speak for."""
    live = TimeOffLine.objects.live().filter(target_account=target_account)
    return set(live.exclude(target_row="").values_list("target_row", flat=True))


@dataclass(frozen=True, slots=True)
class Seen:
    """Payroll's rows by channel, as read in full over these days."""

    there: Mapping[Channel, Sequence[TimeOffThere]]
    read: Period


def settle_open(target_account: str, seen: Seen, now: datetime) -> None:
    """Books what a full read shows of open rows. Whoever calls it holds the target account.

    What is not there stays open until a second read at least UNKNOWN_RETRY_AFTER later: a vendor
    may commit long after its answer was lost.
    """
    ours = rows_of_ours(target_account)
    finders = {channel: Finder(rows, ours) for channel, rows in seen.there.items()}
    by_result: dict[TimeOffResult, list[TimeOffLine]] = defaultdict(list)
    orphans = []
    for line in open_lines(target_account):
        finder = finders.get(Channel(line.channel))
        if finder is None or not seen.read.covers(line.day):
            continue
        if line.result is None:
            orphans.append((line, finder))
        else:
            by_result[line.result].append(line)
    for line, finder in orphans:
        _settle_orphan(line, finder, now)
    for result, lines in by_result.items():
        _settle_result(result, lines, finders[Channel(result.channel)], now)


def _settle_result(
    result: TimeOffResult, lines: Sequence[TimeOffLine], finder: Finder, now: datetime
) -> None:
    target_id = _happened(result, finder)
    if target_id is not None:
        ledger.confirm([result], {str(result.pk): target_id}, now)
        return
    pks = [line.pk for line in lines]
    since = lines[0].missing_since
    mine = TimeOffLine.objects.filter(pk__in=pks)
    if since is not None and now - since >= timedelta(seconds=settings.UNKNOWN_RETRY_AFTER):
        ledger.not_done([result], now)
        ledger.settle([result], Outcome.FAILED, now, reasons.NEVER_ARRIVED)
        return
    mine.filter(missing_since=None).update(missing_since=now)
    mine.filter(state=State.RESERVED).update(state=State.UNKNOWN)
    if result.outcome != Outcome.UNKNOWN:  # the program stopped in the middle
        ledger.settle([result], Outcome.UNKNOWN, now, reasons.UNCONFIRMED)


def _happened(result: TimeOffResult, finder: Finder) -> str | None:
    """The id of the row that shows that the write happened; None where nothing shows it."""
    if result.kind == Kind.REMOVE:
        return result.target_row if result.target_row not in finder.by_id else None
    write = ledger.write_of(result)
    if result.kind == Kind.CHANGE:
        row = finder.by_id.get(result.target_row)
        return result.target_row if row and holds(row, write) else None
    found = finder.find(write)
    return found.target_id if found else None


def _settle_orphan(line: TimeOffLine, finder: Finder, now: datetime) -> None:
    """One whose export was deleted with its integration: what the line itself says decides."""
    there = line.target_row in finder.by_id if line.target_row else None
    if there is None:
        return  # it stays open: nobody sends it again
    line.state = State.SENT if there else State.REVERSED
    line.ended_at = None if there else now
    line.save(update_fields=["state", "ended_at"])
