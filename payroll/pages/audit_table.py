"""The audit log as a table to download: one row for each entry."""

from __future__ import annotations

from collections.abc import Iterable

from integration_hub.accounts.audit import AuditLine, Change, audit_lines
from integration_hub.accounts.models import AuditEntry
from payroll.schedule import ZONE
from payroll.tables import Column, Row, Table

_COLUMNS = (
    Column("When (Oslo time)", 20),
    Column("Who", 30),
    Column("Organisation", 24),
    Column("What", 34),
    Column("On", 26),
    Column("Changes", 90),
)


def audit_table(entries: Iterable[AuditEntry]) -> Table:
    """The entries as the page shows them; none is looked at before its row is asked for."""
    return Table("Audit log", _COLUMNS, (_row(*audit_lines([entry])) for entry in entries))


def _row(line: AuditLine) -> Row:
    entry = line.entry
    return [
        entry.at.astimezone(ZONE),
        entry.actor,
        entry.organisation.name,
        entry.get_action_display(),
        entry.subject,
        "; ".join(_words(change) for change in line.changes),
    ]


def _words(change: Change) -> str:
    after = change.after or "nothing"
    return f"{change.key}: {change.before} → {after}" if change.before else f"{change.key}: {after}"
