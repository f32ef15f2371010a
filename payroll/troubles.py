"""Keeps who did not go through, from run to run: first in the next one, refused ones set aside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from integration_hub.accounts.models import AuditEntry, User

from . import quarantine, reasons
from .models import Change, Integration, SyncRun, Trouble
from .quarantine import Refusals, Turn
from .records import ChangeKind, Outcome, PickLists

CHUNK = 500  # rows per statement


def arrange(run: SyncRun, rows: Sequence[Change], pick_lists: PickLists) -> list[Change]:
    """The rows of a new plan: those set aside are not to be sent, and the order is that of sending.

    End dates go first, as a run may stop before its last person; then who did not go through last
    time. Somebody who is synced alone by hand is tried whatever was before. The caller saves. One
    query.
    """
    known = {each.source_id: _refusals(each) for each in run.integration.troubles.all()}
    digest = _digester(run.integration, pick_lists)
    end_field = run.integration.target.end_field
    by_hand = run.trigger in (SyncRun.Trigger.SINGLE, SyncRun.Trigger.RESTORE)
    arranged = sorted(
        rows, key=lambda row: (row.kind != ChangeKind.END, row.source_id not in known)
    )
    for position, row in enumerate(arranged):
        row.position = position
        if not row.sendable:
            continue
        row.details = {**row.details, "digest": digest(row)}
        if row.source_id in known and not by_hand:
            _take_turn(row, known[row.source_id], end_field)
    return arranged


def _take_turn(row: Change, refusals: Refusals, end_field: str) -> None:
    """Sends less of the row, or nothing, and says so on it. Its digest stays that of the whole."""
    fields, kind = row.details["fields"], ChangeKind(row.kind)
    turn = quarantine.turn(refusals, row.details["digest"], kind, fields, end_field)
    if turn is Turn.SEND:
        return
    if turn is Turn.ONLY_THE_END:
        problem = reasons.ONLY_THE_END
        fields, row.flagged = {end_field: fields[end_field]}, True
    else:
        problem = reasons.SET_ASIDE
        row.sendable, row.outcome = False, Outcome.SKIPPED.value
    row.details = {**row.details, "fields": fields}
    row.tell(problem)


def _digester(integration: Integration, pick_lists: PickLists) -> Callable[[Change], str]:
    """How to stand for what a row tells payroll, without keeping it."""
    digester, purpose = integration.organisation.digester, f"{integration.pk}:trouble"
    lists = {
        key: digester.digest("\n".join(sorted(entry.code for entry in entries)), purpose)
        for key, entries in pick_lists.items()
    }

    def digest(row: Change) -> str:
        values = {key: field["after"] for key, field in row.details["fields"].items()}
        return digester.digest(quarantine.told(ChangeKind(row.kind), values, lists), purpose)

    return digest


# --- after a run ---------------------------------------------------------------------------------


@transaction.atomic
def book(run: SyncRun, now: datetime) -> None:
    """Counts who did not go through in a run that has sent, and forgets who has. Six queries.

    A failure does not blur what is known of somebody's refusals.
    """
    if run.trigger == SyncRun.Trigger.RESTORE:  # says nothing of what HR wants
        return
    integration = run.integration
    before = {each.source_id: each for each in integration.troubles.select_for_update(no_key=True)}
    refused = {
        row.source_id: str(row.details.get("digest", ""))
        for row in run.changes.filter(outcome=Outcome.REJECTED).iterator(CHUNK)
    }
    failed = [
        source_id
        for source_id in _failed(run)
        if source_id not in before or before[source_id].kind == Trouble.Kind.FAILED
    ]
    Trouble.objects.bulk_create(
        [
            _counted(integration, source_id, before.get(source_id), digest, now)
            for source_id, digest in refused.items()
        ]
        + [_failed_again(integration, each, before.get(each), now) for each in failed],
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["kind", "digest", "attempts", "first_at", "last_at", "quarantined_at"],
    )
    over = _over(run, before)
    Trouble.objects.filter(pk__in=[before[source_id].pk for source_id in over]).delete()


def _counted(
    integration: Integration, source_id: str, trouble: Trouble | None, digest: str, now: datetime
) -> Trouble:
    after = quarantine.refused(_refusals(trouble) if trouble else None, digest, now)
    trouble = trouble or Trouble(integration=integration, source_id=source_id)
    trouble.kind = Trouble.Kind.REFUSED
    trouble.digest, trouble.attempts = after.digest, after.attempts
    trouble.first_at, trouble.last_at = after.first_at, after.last_at
    trouble.quarantined_at = after.set_aside_at
    return trouble


def _failed(run: SyncRun) -> Iterable[str]:
    """Source ids of people who were to be sent and were not, or of whom it is not known."""
    rows = run.changes.filter(sendable=True, outcome__in=[Outcome.FAILED, Outcome.UNKNOWN])
    return rows.values_list("source_id", flat=True)


def _failed_again(
    integration: Integration, source_id: str, trouble: Trouble | None, now: datetime
) -> Trouble:
    """One failure more; nobody is set aside for what is not payroll's no."""
    if trouble is None:
        kind = Trouble.Kind.FAILED
        trouble = Trouble(integration=integration, source_id=source_id, kind=kind, first_at=now)
        trouble.attempts = 0
    trouble.attempts, trouble.last_at = trouble.attempts + 1, now
    return trouble


def _over(run: SyncRun, known: Mapping[str, Trouble]) -> set[str]:
    """Who of `known` went through, or has nothing left that payroll could refuse.

    A run of a few people knows nothing of the others.
    """
    through, waiting = set(), set()
    rows = run.changes.filter(source_id__in=run.integration.troubles.values("source_id"))
    for source_id, kind, outcome, sendable in rows.values_list(
        "source_id", "kind", "outcome", "sendable"
    ):
        if sendable and outcome == Outcome.APPLIED:
            through.add(source_id)
        elif kind != ChangeKind.NONE:  # refused, set aside, held, or not its turn
            waiting.add(source_id)
    over = through if run.only else through | (known.keys() - waiting)
    return over & known.keys()


def _refusals(trouble: Trouble) -> Refusals:
    return Refusals(
        trouble.digest,
        trouble.attempts,
        trouble.first_at,
        trouble.last_at,
        trouble.quarantined_at,
    )


# --- Try again -----------------------------------------------------------------------------------


@transaction.atomic
def free(
    integration: Integration, user: User, now: datetime, troubles: Sequence[UUID] | None = None
) -> int:
    """Lets people who are set aside go again in the next sync; how many they were.

    `troubles` are ids of their troubles; None means everybody.
    """
    held = integration.troubles.filter(quarantined_at__isnull=False)
    if troubles is not None:
        held = held.filter(pk__in=troubles)
    freed = held.update(quarantined_at=None, attempts=0)
    if freed:
        integration.note(AuditEntry.Action.FREED, now, user, after={"people": freed})
    return freed
