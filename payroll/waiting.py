"""What waits for a second person: kept from run to run, and handed on once it is approved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from .dated.reading import SENDING
from .four_eyes import FourEyes, Verdict, subjects_of
from .mapping import MappingRow
from .models import Change, Integration, SyncRun, WaitingChange
from .reasons import ONLY_THE_END
from .records import ChangeKind, FieldSpec, Subject
from .runs import start_run
from .second_round import RESOLVED, waits_for_others

CHUNK = 500  # rows per statement
SUBJECT_WORDS = {
    Subject.BANK_ACCOUNT: "Bank account",
    Subject.PAY: "Pay",
    Subject.END_DATE: "End date",
}
_State = WaitingChange.State
_GONE = frozenset({"gone_from_hr", "trial_gone_from_hr"})


def waiting_for(integration: Integration) -> QuerySet[WaitingChange]:
    """What waits for approval in the integration, oldest first."""
    return integration.waiting_changes.filter(state=_State.WAITING)


def carried_by(integration: Integration) -> Mapping[str, Subject]:
    """What each target field of the field table carries, as far as it can wait."""
    rows = [mapping.row for mapping in integration.mappings.all()]
    sources = {spec.key: spec for spec in integration.source.fields}
    return subjects_of(rows, sources, integration.target_specs, integration.target.end_field)


def four_eyes_of(
    integration: Integration,
    rows: Iterable[MappingRow],
    source_specs: Mapping[str, FieldSpec],
    target_specs: Mapping[str, FieldSpec],
) -> FourEyes:
    """What of these rows waits, and what was decided so far. One query where anything waits."""
    chosen = set(integration.waits_for)
    if not chosen:
        return FourEyes()
    carried = subjects_of(rows, source_specs, target_specs, integration.target.end_field)
    digester, purpose = integration.organisation.digester, f"{integration.pk}:four-eyes"
    decided = integration.waiting_changes.exclude(state=_State.WAITING).defer("details")
    return FourEyes(
        subjects={key: subject for key, subject in carried.items() if subject in chosen},
        verdicts={
            (each.source_id, Subject(each.subject)): Verdict(
                str(each.pk),
                each.digest,
                each.state == _State.APPROVED,
                str(each.decided_by or "somebody"),
            )
            for each in decided.select_related("decided_by")
        },
        digest=lambda text: digester.digest(text, purpose),
    )


# --- after a plan --------------------------------------------------------------------------------


def book(run: SyncRun, rows: Sequence[Change], now: datetime) -> None:
    """Lists what a new plan asks for, and forgets what it no longer does.

    Decisions about unchanged values stay, and so does everything about somebody who could not be
    compared this time. Call it in the transaction that makes the plan visible. Five queries.
    """
    known = run.integration.waiting_changes.defer("details")
    if run.only:
        known = known.filter(source_id__in=run.only)
    before = {(each.source_id, each.subject): each for each in known}
    asked = {
        (row.source_id, row.details["proposal"]["subject"]): row
        for row in rows
        if "proposal" in row.details
    }
    let_through, uncompared = _let_through(rows), _uncompared(rows)
    over = [
        each
        for key, each in before.items()
        if str(each.pk) not in let_through
        and (_digest(asked[key]) != each.digest if key in asked else key[0] not in uncompared)
    ]
    WaitingChange.objects.filter(pk__in=[each.pk for each in over]).delete()
    for each in over:
        del before[each.source_id, each.subject]
    WaitingChange.objects.bulk_create(
        [_kept(run, row, before.get(key), now) for key, row in asked.items()],
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["details", "employee_number", "kind"],
    )


def _digest(row: Change) -> str:
    return str(row.details["proposal"]["digest"])


def _let_through(rows: Iterable[Change]) -> Collection[str]:
    """Ids of the approved changes that the plan sends."""
    return {
        field["approval"]["id"]
        for row in rows
        for field in row.details["fields"].values()
        if "approval" in field
    }


def _uncompared(rows: Iterable[Change]) -> Collection[str]:
    """Source ids of people who are in HR and of whom this plan can say nothing."""
    return {
        row.source_id
        for row in rows
        if _says_nothing(row, {problem["code"] for problem in row.details["problems"]})
    }


def _says_nothing(row: Change, codes: set[str]) -> bool:
    """Whether the row leaves open what of the person would be sent."""
    if row.kind == ChangeKind.NONE:
        return not row.flagged and not _GONE & codes
    return ONLY_THE_END.code in codes


def _kept(run: SyncRun, row: Change, known: WaitingChange | None, now: datetime) -> WaitingChange:
    """The row that lists a proposal; one that is listed already keeps its state."""
    listed = known or WaitingChange(
        integration=run.integration,
        run=run,
        source_id=row.source_id,
        subject=row.details["proposal"]["subject"],
        digest=_digest(row),
        since=now,
    )
    listed.kind, listed.employee_number = row.kind, row.employee_number
    listed.details = {key: row.details[key] for key in ("first_name", "last_name", "fields")}
    return listed


# --- once it is approved -------------------------------------------------------------------------


def use_up(rows: Iterable[Change], specs: Mapping[str, FieldSpec]) -> None:
    """Forgets the approvals of what was sent: each counts once. At most one query.

    One is kept while a value that it lets through is still to go, was refused, or had no answer.
    """
    used: set[str] = set()
    kept: set[str] = set()
    for row in rows:
        for key, field in row.details["fields"].items():
            if "approval" in field:
                gone = _has_gone(field, specs[key])
                (used if gone else kept).add(field["approval"]["id"])
    if used - kept:
        approved = WaitingChange.objects.filter(state=_State.APPROVED)
        approved.filter(pk__in=used - kept).delete()


def _has_gone(field: Mapping[str, Any], spec: FieldSpec) -> bool:
    """Whether a value of a row that was sent has gone out with it, or in its own round."""
    return not waits_for_others(spec) or (RESOLVED in field and SENDING not in field)


def hand_on(integration: Integration, now: datetime) -> tuple[SyncRun, bool] | None:
    """Starts a run of exactly those whose approved change is not on its way; None for nobody.

    The run in progress and False where there is one: `hand_on_left_over` comes back after it.
    Raises ConfigurationError as `start_run`.
    """
    approved = integration.waiting_changes.filter(state=_State.APPROVED, handed_on_at=None)
    found = list(approved.defer("details").select_related("decided_by").order_by("decided_at"))
    if not found:
        return None
    people = sorted({each.source_id for each in found})
    trigger, user = SyncRun.Trigger.APPROVED, found[-1].decided_by
    run, new = start_run(integration, user, now, only=people, trigger=trigger)
    if new and run.is_active:
        approved.filter(pk__in=[each.pk for each in found]).update(handed_on_at=now)
    return run, new


def hand_on_left_over(now: datetime) -> None:
    """Starts what could not start when it was approved, as another run was in progress."""
    left = Integration.objects.filter(
        waiting_changes__state=_State.APPROVED,
        waiting_changes__handed_on_at=None,
        organisation__addon_since__isnull=False,
    )
    for integration in left.exclude(state=Integration.State.DRAFT).distinct():
        if not integration.runs.active().exists():
            hand_on(integration, now)
