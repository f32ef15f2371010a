"""Takes an integration into quarantine and out again, and starts its probes."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q

from .models import Change, Integration, SyncRun
from .records import Outcome
from .runs import enqueue, open_run
from .standing import IN_A_ROW, Probe, fails_too_often, next_probe, works_again

_FAILING = Q(outcome__in=[Outcome.REJECTED, Outcome.FAILED, Outcome.UNKNOWN])
_JUDGED = (SyncRun.Status.SUCCEEDED, SyncRun.Status.WITH_PROBLEMS, SyncRun.Status.FAILED)


def book(run: SyncRun, now: datetime) -> None:
    """What a run that has ended means for its integration. Call it as its end is stored.

    A run that was no sync of everyone says nothing; one that made no plan or was stopped only
    puts off the next probe. Two queries, and some more where the integration's standing moves.
    """
    if not run.is_whole:
        return
    integration = run.integration
    if run.status not in _JUDGED or run.planned_at is None:
        integration.probe_failed(now)
        return
    attempted, failing = _sent(run)
    if fails_too_often(attempted, failing):
        integration.failed_again(now, IN_A_ROW)
    elif run.status == SyncRun.Status.FAILED or not _works(integration, attempted, failing):
        integration.probe_failed(now)
    else:
        integration.went_well(now)


def _works(integration: Integration, attempted: int, failing: int) -> bool:
    """Whether it is in no quarantine that this run leaves as it is."""
    if integration.state != Integration.State.QUARANTINED:
        return True
    set_aside = integration.troubles.filter(quarantined_at__isnull=False).count()
    return works_again(attempted, failing, set_aside)


def _sent(run: SyncRun) -> tuple[int, int]:
    """How many people were tried, and how many of them failed."""
    sent = Change.objects.filter(_FAILING | Q(outcome=Outcome.APPLIED), run=run, sendable=True)
    counts = sent.aggregate(attempted=Count("pk"), failing=Count("pk", filter=_FAILING))
    return counts["attempted"], counts["failing"]


def start_probes(now: datetime) -> None:
    """Queues the probes whose time has come, each once; claimed as `runs.start_due` claims."""
    for integration in Integration.objects.probes_due(now).select_related("organisation"):
        with transaction.atomic():
            claimed = Integration.objects.filter(pk=integration.pk, probe_at=integration.probe_at)
            following = next_probe(integration.standing, integration.probes + 1, now)
            if not claimed.update(probe_at=following):
                continue
            conduct = integration.conduct
            run, new = open_run(
                integration,
                now,
                preview=conduct.probe is Probe.READS,
                trigger=SyncRun.Trigger.SCHEDULED,
                probe=True,
            )
            if not new:  # it stays due until the run in progress is over
                transaction.set_rollback(True)
                continue
            enqueue(run)
