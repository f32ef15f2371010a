"""What an integration is set to, one section a step: for its own page and for Review."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from payroll import wizard
from payroll.dated.kinds import withheld_kinds
from payroll.mapping import Mode
from payroll.models import ConnectionTest, Integration

from .ways import ways
from .wording import (
    cut_off_in_words,
    listed,
    people,
    planned_in_words,
    plural,
    schedule_in_words,
    scope_in_words,
)


@dataclass(frozen=True, slots=True)
class Section:
    """A step with what is set there, in sentences; `change` names the link that leads to it."""

    step: wizard.Step
    lines: Sequence[str]
    change: str = "Change"


def setup_summary(integration: Integration, now: datetime) -> list[Section]:
    """Every step but the last, in order. Four queries."""
    lines = {
        "connection": _connection(integration),
        "scope": scope_in_words(integration.parsed_scope, integration.scope_labels),
        "fields": _fields(integration),
        "matching": _matching(integration),
        "schedule": [
            schedule_in_words(integration.schedule_days),
            *([planned_in_words(integration, now)] if integration.schedule_days else []),
            *([cut_off_in_words(integration.cut_off_day)] if integration.cut_off_day else []),
        ],
    }
    words = {"connection": "Name and access tokens"}
    return [
        Section(step, lines[step.key], words.get(step.key, "Change"))
        for step in wizard.STEPS
        if step.key in lines
    ]


def _connection(integration: Integration) -> list[str]:
    missing = wizard.missing_secrets(integration)
    tokens = f"Still missing: {listed(missing)}." if missing else "Both access tokens are set."
    source = f"{integration.source.label} ({integration.source_environment})"
    target = f"{integration.target.label} ({integration.target_environment})"
    return [f"{source} to {target}.", tokens]


def _fields(integration: Integration) -> list[str]:
    specs = {spec.key: spec for spec in integration.target.fields}
    rows = [each.row for each in integration.mappings.all() if each.target in specs]
    sent = [row.target for row in rows if row.mode != Mode.OFF and specs[row.target].writable]
    sources = {spec.key: spec for spec in integration.source.fields}
    test = ConnectionTest.objects.filter(integration=integration).first()
    withheld = withheld_kinds(integration.target, rows, test.capabilities if test else None)
    other = ways(rows, sources, specs, integration.target.label, withheld)
    off = [specs[row.target].label for row in rows if row.mode == Mode.OFF]
    never = [spec.label for spec in specs.values() if spec.never_sent]
    label = integration.target.label
    lines = [f"{plural(len(sent), 'field is', 'fields are')} sent."]
    lines += [f"{way.spec.label}: {way.sentence} {way.hint}".strip() for way in other if way.sent]
    if off:
        lines.append(f"Switched off: {listed(off)}.")
    if never:
        lines.append(f"{label} does not take: {listed(never)}.")
    return lines


def _matching(integration: Integration) -> list[str]:
    linked = integration.links.exclude(target_id="").count()
    if not linked:
        return ["Nobody is linked yet.", "The first sync links whom it finds by employee number."]
    verb = "is" if linked == 1 else "are"
    return [f"{people(linked)} {verb} linked to {integration.target.label}."]
