"""What payroll's own answer to a write confirmed, field by field, as one reader may see it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from payroll.dated.kinds import kinds_of
from payroll.dated.reading import SENDING
from payroll.diff import Sent
from payroll.links import baseline_of
from payroll.models import Change, Integration
from payroll.ports import Target
from payroll.records import FieldSpec, FieldType, Outcome
from payroll.second_round import RESOLVED, waits_for_others

from .change_rows import shown


@dataclass(frozen=True, slots=True)
class ReadBack:
    """One field after it was sent. `value` is empty where payroll shows none."""

    label: str
    value: str
    words: str
    tone: str


def read_back(integration: Integration, changes: Iterable[Change]) -> Sequence[ReadBack]:
    """The fields of one person's `changes` that were sent, from what the link remembers of them."""
    applied = [change for change in changes if change.outcome == Outcome.APPLIED]
    if not applied:
        return []
    link = integration.links.filter(source_id=applied[0].source_id).first()
    baseline = baseline_of(link) if link else {}
    specs = integration.target_specs
    system = integration.target.label
    lines = []
    for change in applied:
        doubtful = _doubtful(change, integration.target)
        for key, entry in change.details["fields"].items():
            spec = specs.get(key) or _unknown(key)
            unseen = _not_answered(spec, entry, system, doubtful=key in doubtful)
            lines.append(unseen or _line(spec, entry, baseline.get(key), system))
    return lines


def _doubtful(change: Change, target: type[Target]) -> set[str]:
    """The fields that went out in a dated row whose answer was lost."""
    fields = change.details["fields"]
    lost = [
        kind for kind in kinds_of(target) if any(SENDING in fields.get(k, ()) for k in kind.fields)
    ]
    return {key for kind in lost for key in kind.fields}


def _not_answered(
    spec: FieldSpec, entry: Mapping[str, Any], system: str, *, doubtful: bool
) -> ReadBack | None:
    """What is said of a field that went out in a later round without an answer, or not at all."""
    if doubtful:
        return ReadBack(spec.label, "", f"Sent, but {system} gave no clear answer", "warn")
    if waits_for_others(spec) and RESOLVED not in entry:
        return ReadBack(spec.label, "", "Not sent. Step 4 says why", "warn")
    return None


def _unknown(key: str) -> FieldSpec:
    """A field that the target no longer has; its value stays hidden."""
    return FieldSpec(key, key, sensitive=True)


def _line(spec: FieldSpec, entry: Mapping[str, Any], kept: Sent | None, system: str) -> ReadBack:
    spec = replace(spec, sensitive=spec.sensitive or entry.get("sensitive", False))
    after = entry["after"]
    if kept is None or kept.seen is None:
        return ReadBack(spec.label, "", *_unseen(spec, after, system))
    # Of a sensitive value only a digest is kept: equal digests say that it is what was sent.
    same = kept.seen == kept.sent
    text = after if spec.sensitive else kept.seen
    if spec.type is FieldType.REFERENCE:
        text = entry["named"][1] if same else kept.seen
    value = shown(text, spec, sees_people=True) if same or not spec.sensitive else ""
    words = "As sent" if same else f"{system} keeps it in another form"
    return ReadBack(spec.label, value, words, "good" if same else "warn")


def _unseen(spec: FieldSpec, after: str | None, system: str) -> tuple[str, str]:
    """What is said where nothing came back, and its tone."""
    if not spec.readable:
        return f"Sent. {system} does not show this field", "quiet"
    if after is None:
        return "Empty, as sent", "good"
    return f"Sent, but {system} shows it empty or hides it", "warn"
