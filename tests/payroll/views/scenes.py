"""Integrations, runs and changes as the engine would have stored them."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from integration_hub.accounts.models import Organisation
from payroll import registry
from payroll.models import (
    Change,
    FieldMapping,
    Integration,
    Pin,
    SyncRun,
    TimeOffByHand,
    TimeOffExport,
    TimeOffResult,
    UpcomingChange,
    WaitingChange,
)

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 06:00 in Oslo
NATIONAL_ID = "01019010046"
_SECRET = {"sensitive": True}
BANK_ACCOUNT = "86011117947"


def make_integration(
    organisation: Organisation, label: str = "Xledger Norge", **columns: Any
) -> Integration:
    """An active integration with the default mappings, unless `columns` say otherwise."""
    integration = Integration.objects.create(
        **{
            "organisation": organisation,
            "label": label,
            "source_kind": "simployer",
            "source_environment": "sandbox",
            "target_kind": "xledger",
            "target_environment": "sandbox",
            "state": Integration.State.ACTIVE,
        }
        | columns
    )
    rows = registry.targets["xledger"].default_mappings
    FieldMapping.objects.bulk_create(
        FieldMapping.of(integration, position, row) for position, row in enumerate(rows)
    )
    return integration


def make_run(integration: Integration, **columns: Any) -> SyncRun:
    """A good run that is over, unless `columns` say otherwise."""
    return SyncRun.objects.create(
        **{
            "integration": integration,
            "status": SyncRun.Status.SUCCEEDED,
            "phase": SyncRun.Phase.DONE,
            "queued_at": NOW,
            "started_at": NOW,
            "planned_at": NOW,
            "finished_at": NOW + timedelta(seconds=9),
        }
        | columns
    )


def running(integration: Integration, **columns: Any) -> SyncRun:
    """A run that a worker is sending."""
    return make_run(
        integration,
        **{
            "status": SyncRun.Status.RUNNING,
            "phase": SyncRun.Phase.SENDING,
            "finished_at": None,
            "heartbeat_at": NOW,
        }
        | columns,
    )


def make_change(run: SyncRun, number: str = "20001", **columns: Any) -> Change:
    """An applied update of Kari Nordmann, unless `columns` say otherwise.

    `fields` are (before, after) or all columns by target field, `problems` are messages.
    """
    fields = columns.pop("fields", {"positionValue": ("Konsulent", "Seniorkonsulent")})
    problems = columns.pop("problems", [])
    details = {
        "first_name": "Kari",
        "last_name": "Nordmann",
        "birth_date": "1990-01-01",
        "fields": {key: _field(value) for key, value in fields.items()},
        "problems": [
            {"code": "any", "message": words, "field": "", "blocking": False} for words in problems
        ],
    }
    return Change.objects.create(
        **{
            "run": run,
            "position": run.changes.count(),
            "kind": "update",
            "outcome": "applied",
            "sendable": True,
            "source_id": number,
            "employee_number": number,
            "details": details,
        }
        | columns
    )


def make_waiting(integration: Integration, number: str = "20001", **columns: Any) -> WaitingChange:
    """A new bank account of Kari Nordmann that waits, unless `columns` say otherwise.

    `fields` are as for `make_change`.
    """
    fields = columns.pop("fields", {"bankAccount": (BANK_ACCOUNT, "15030204074")})
    details = {
        "first_name": "Kari",
        "last_name": "Nordmann",
        "fields": {key: _field(value) for key, value in fields.items()},
    }
    return WaitingChange.objects.create(
        **{
            "integration": integration,
            "source_id": number,
            "employee_number": number,
            "subject": "bank_account",
            "kind": "update",
            "digest": f"digest of {number}",
            "details": details,
            "since": NOW,
        }
        | columns
    )


def make_pin(integration: Integration, number: str = "20001", **columns: Any) -> Pin:
    """The restored phone of Kari Nordmann, unless `columns` say otherwise.

    `fields` are as for `make_change`, of one field.
    """
    [(key, value)] = columns.pop("fields", {"phone": ("+4790000001", "+4790000002")}).items()
    name = {"first_name": "Kari", "last_name": "Nordmann"}
    return Pin.objects.create(
        **{
            "integration": integration,
            "source_id": number,
            "employee_number": number,
            "field": key,
            "digest": f"digest of {number}",
            "details": {**name, "fields": {key: _field(value)}},
            "at": NOW,
        }
        | columns
    )


def make_upcoming(run: SyncRun, number: str = "20001", **columns: Any) -> UpcomingChange:
    """Later pay of Kari Nordmann, unless `columns` say otherwise; `fields` as for `make_change`."""
    fields = columns.pop("fields", {"text1": {"before": "50000", "after": "52000", **_SECRET}})
    details = {
        "first_name": "Kari",
        "last_name": "Nordmann",
        "birth_date": "1990-01-01",
        "fields": {key: _field(value) for key, value in fields.items()},
        "problems": [],
    }
    return UpcomingChange.objects.create(
        **{
            "run": run,
            "position": run.upcoming.count(),
            "kind": "pay",
            "goes_on": date(2027, 1, 1),
            "effective": date(2027, 1, 1),
            "source_id": number,
            "employee_number": number,
            "details": details,
        }
        | columns
    )


def make_export(integration: Integration, **columns: Any) -> TimeOffExport:
    """An export of absences of November with problems, that is over unless `columns` say so."""
    return TimeOffExport.objects.create(
        **{
            "integration": integration,
            "channel": "absences",
            "period_start": date(2026, 11, 1),
            "period_end": date(2026, 11, 30),
            "chosen": {"L1": "digest"},
            "status": TimeOffExport.Status.WITH_PROBLEMS,
            "phase": TimeOffExport.Phase.DONE,
            "target_account": integration.target_account,
            "queued_at": NOW,
            "finished_at": NOW + timedelta(seconds=9),
            "requests": {integration.source_kind: 4, integration.target_kind: 3},
            "seconds": 9.2,
            "filters": {"how": "Ready", "leaves": 3, "people": 2, "days": 9, "hours": "67.5"},
        }
        | columns
    )


def make_result(export: TimeOffExport, **columns: Any) -> TimeOffResult:
    """A week of vacation of Kari Nordmann that went, unless `columns` say otherwise.

    `problems` are messages; `details` are added to the usual ones.
    """
    week = [f"2026-11-{day:02}" for day in range(9, 14)]
    problems = columns.pop("problems", [])
    details = {
        "number": "20001",
        "name": "Kari Nordmann",
        "title": "Konsulent",
        "employee_id": "20001",
        "type": "Ferie",
        "code": "FERIE",
        "before": [],
        "after": [{"start": week[0], "end": week[-1], "percent": "50", "hours": "18.75"}],
        "lines": {},
        "problems": [{"code": "any", "message": each} for each in problems],
    } | columns.pop("details", {})
    position = export.results.count()
    return TimeOffResult.objects.create(
        **{
            "export": export,
            "position": position,
            "leave_id": f"L{position}",
            "kind": TimeOffResult.Kind.ADD,
            "channel": export.channel,
            "outcome": "applied",
            "details": details,
            "settled_at": NOW,
        }
        | columns
    )


def make_by_hand(export: TimeOffExport, **columns: Any) -> TimeOffByHand:
    """A vacation that became shorter after it went, unless `columns` say otherwise."""
    result = make_result(
        export,
        kind=TimeOffResult.Kind.BY_HAND,
        outcome="held",
        problems=["The way that it was sent cannot change it, so it is listed to be done by hand."],
        details={"before": ["2026-11-09", "2026-11-18"]},
    )
    return TimeOffByHand.objects.create(
        **{
            "integration": export.integration,
            "export": export,
            "leave_id": result.leave_id,
            "row": uuid.uuid4(),
            "digest": "digest",
            "details": result.details,
            "made_at": NOW,
        }
        | columns
    )


def _field(value: Any) -> dict[str, Any]:
    plain = {"unreadable": False, "drifted": False, "first": False}
    if isinstance(value, dict):
        return plain | value
    before, after = value
    return plain | {"before": before, "after": after}


def queries(client: Client, url: str) -> list[str]:
    """The SQL that one page takes."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def text(client: Client, url: str) -> str:
    """A page with its white space flattened."""
    response = client.get(url)
    assert response.status_code == 200, url
    return " ".join(response.content.decode().split())
