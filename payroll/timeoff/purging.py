"""Deletes the names and values of exports long over; the ledger and the counts stay.

The ledger is what keeps a day from going twice, so its lines stay for as long as the organisation.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from payroll.models import TimeOffByHand, TimeOffExport, TimeOffFile, TimeOffLine, TimeOffResult
from payroll.retention import kept_since

CHUNK = 500  # rows in a statement


def purge(now: datetime) -> int:
    """Empties every export that is due, its file and what was done by hand; how many exports.

    One with a row in doubt, or something still to be done by hand, is kept until that is over.
    """
    exports = list(_due(now))
    for export in exports:
        _purge(export, now)
    return len(exports)


def _due(now: datetime) -> list[TimeOffExport]:
    in_doubt = TimeOffLine.objects.open().filter(result__export=OuterRef("pk"))
    by_hand = TimeOffByHand.objects.waiting().filter(export=OuterRef("pk"))
    ended = TimeOffExport.objects.filter(finished_at__lt=kept_since(now), purged_at=None)
    kept = Q(Exists(in_doubt)) | Q(Exists(by_hand))
    return list(ended.exclude(status__in=TimeOffExport.ACTIVE).exclude(kept))


@transaction.atomic
def _purge(export: TimeOffExport, now: datetime) -> None:
    """A sealed column can only be written with its row, hence no UPDATE of many."""
    results = list(export.results.defer("details"))
    for result in results:
        result.details = {"number": "", "name": "", "type": "", "lines": {}, "problems": []}
    TimeOffResult.objects.bulk_create(
        results,
        batch_size=CHUNK,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["details"],
    )
    for file in TimeOffFile.objects.filter(export=export).defer("body"):
        file.body = {}
        file.save(update_fields=["body"])
    for action in TimeOffByHand.objects.filter(export=export).defer("details"):
        action.details = {"lines": {}}
        action.save(update_fields=["details"])
    TimeOffExport.objects.filter(pk=export.pk).update(purged_at=now, chosen={})
