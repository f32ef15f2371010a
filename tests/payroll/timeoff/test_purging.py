"""Names and values of old exports are deleted; the ledger still keeps a day from going twice."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from payroll.models import TimeOffByHand, TimeOffExport
from payroll.timeoff import files, purging
from payroll.timeoff.records import Channel

from .exporting import export, ledger_days, shown
from .fake import NOW, Offices, integration, leave

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=120)


def test_old_exports_are_emptied_and_their_days_stay_exported(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    made = export(mine, Channel.FILE)
    assert purging.purge(NOW) == 0
    assert purging.purge(LATER) == 1
    made = TimeOffExport.objects.get()
    assert (made.counts()["added"], made.chosen, made.file.body) == (1, {}, {})
    assert made.results.get().details["name"] == ""
    with pytest.raises(files.FilePurged):
        files.content_of(made.file, "csv")
    assert len(ledger_days(mine)) == 5
    assert shown(mine, Channel.FILE)["L1"].group == "exported"
    assert purging.purge(LATER) == 0


def test_what_is_still_to_be_done_by_hand_is_kept(both: Offices) -> None:
    both.put(leave())
    mine = integration()
    export(mine, Channel.FILE)
    both.put(leave(end=date(2026, 11, 10)))
    export(mine, Channel.FILE)
    assert purging.purge(LATER) == 1
    assert TimeOffByHand.objects.get().details["name"] == "Kari Nordmann"


def test_what_is_in_doubt_is_kept(both: Offices) -> None:
    both.put(leave())
    both.loses = [False]
    export(integration())
    assert purging.purge(LATER) == 0
