"""A customer with both systems running: what a journey starts from."""

from __future__ import annotations

import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.test import override_settings
from django.utils import timezone

from fjordkraft.serving import running
from payroll import configuration
from payroll.models import Integration, Snapshot, SyncRun, TimeOffReading
from payroll.records import Period
from payroll.report import report
from payroll.runs import open_run
from payroll.snapshots import take_snapshot
from payroll.sync import run_sync
from payroll.timeoff import readings
from payroll.timeoff.records import Channel
from simployer.sandbox import Sandbox as SimployerSandbox
from xledger.sandbox import Sandbox as XledgerSandbox

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Europe/Oslo"))


def fresh_tokens() -> dict[str, str]:
    """Tokens of this test alone: a vendor's allowance belongs to the token."""
    return {name: secrets.token_urlsafe(16) for name in ("SIMPLOYER_TOKEN", "XLEDGER_TOKEN")}


def document(**changes: Any) -> dict[str, Any]:
    """The smallest document that makes a whole integration."""
    return {
        "organisation": "Fjordkraft Demo AS",
        "label": "Xledger Norge",
        "source": {
            "kind": "simployer",
            "environment": "sandbox",
            "credentials": {"token": {"env": "SIMPLOYER_TOKEN"}},
        },
        "target": {
            "kind": "xledger",
            "environment": "sandbox",
            "credentials": {"token": {"env": "XLEDGER_TOKEN"}},
        },
        "active": True,
        "scope": {},
        "schedule": {"days": ["mon", "wed"]},
        "mappings": "default",
    } | changes


@dataclass
class World:
    """Both sandboxes, and one integration between them."""

    simployer: SimployerSandbox
    xledger: XledgerSandbox
    integration: Integration
    now: datetime = NOW

    def sync(self, *, preview: bool = False) -> dict[str, Any]:
        """One run in this process, as its report."""
        return report(self.run(preview=preview))

    def run(self, *, preview: bool = False) -> SyncRun:
        """One run in this process."""
        run, new = open_run(self.integration, self.now, preview=preview)
        assert new
        return self.work(run)

    def work(self, run: SyncRun, minutes: int = 0) -> SyncRun:
        """What a worker does with a run that waits, so many minutes later."""
        self.now += timedelta(minutes=minutes)
        run_sync(run, lambda: self.now, sleep=lambda seconds: time.sleep(min(seconds, 0.01)))
        run.refresh_from_db()
        return run

    def read_people(self) -> Snapshot:
        """One reading for the settings pages, in this process; pages take it for a new one."""
        Snapshot.objects.filter(integration=self.integration).delete()
        snapshot = Snapshot.objects.create(
            integration=self.integration,
            requested_at=timezone.now(),
            heartbeat_at=self.now,
            fence=1,
        )
        take_snapshot(snapshot, lambda: self.now, sleep=lambda seconds: None)
        snapshot.refresh_from_db()
        assert snapshot.is_ready, snapshot.error
        return snapshot

    def choose_codes(self, types: Sequence[str], period: Period) -> None:
        """Gives these types of leave a code of payroll's list, by name, as an admin would."""
        found = readings.types_shown(self.read_time_off(period))
        assert found
        codes = {name: {"": entry.code} for name, entry in zip(types, found.codes, strict=False)}
        self.integration.time_off = {"codes": codes}
        self.integration.save(update_fields=["time_off"])

    def read_time_off(self, period: Period, channel: Channel = Channel.FILE) -> TimeOffReading:
        """One reading of a period for the pages, in this process; pages take it for a new one."""
        now = timezone.now()
        reading, _ = readings.open_reading(self.integration, period, channel, None, now)
        readings.take_reading(reading, lambda: now, lambda seconds: None)
        reading.refresh_from_db()
        assert reading.is_ready, reading.error
        return reading


@contextmanager
def world(employees: int = 250, **changes: Any) -> Iterator[World]:
    """Starts both sandboxes on free ports and configures an integration between them."""
    today = NOW.date()
    simployer = SimployerSandbox(employees=employees, seed=1, today=today)
    xledger = XledgerSandbox(employees=employees, seed=1, today=today)
    with (
        running(simployer.wsgi) as hr,
        running(xledger.wsgi) as erp,
        override_settings(
            SIMPLOYER_ENVIRONMENTS={"sandbox": f"{hr}/v1"},
            XLEDGER_ENVIRONMENTS={"sandbox": f"{erp}/graphql"},
        ),
    ):
        parsed = configuration.parse(document(**changes), fresh_tokens())
        yield World(simployer, xledger, configuration.store(parsed, NOW))
