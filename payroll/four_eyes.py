"""Which changes wait until a second person has approved them, and what was said of each. Pure.

Everything else of the same person goes on; a change is let through only while its values are the
very ones that were approved.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .diff import Approval, FieldChange
from .fields import PAY_FIELDS
from .mapping import MappingRow, Mode
from .records import FieldSpec, FieldType, Subject
from .values import canonical

_ENDS = {"end_date", "employment_end"}  # either stops somebody's pay, wherever it goes


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a person said of one proposed change: `digest` stands for exactly that change.

    `id` names the stored decision; `by` is who decided.
    """

    id: str
    digest: str
    approved: bool
    by: str


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a second person is asked of somebody: all changes of one subject.

    `digest` stands for them; `declined_by` is who has said no to exactly this, if anybody has.
    """

    subject: Subject
    digest: str
    changes: tuple[FieldChange, ...]
    declined_by: str | None = None


@dataclass(frozen=True, slots=True)
class FourEyes:
    """What waits in an integration, by target field, and the verdicts by source id and subject.

    `digest` turns a text into a keyed digest that may be kept.
    """

    subjects: Mapping[str, Subject] = field(default_factory=dict)
    verdicts: Mapping[tuple[str, Subject], Verdict] = field(default_factory=dict)
    digest: Callable[[str], str] = str

    def divide(
        self,
        source_id: str,
        target_id: str,
        changes: Iterable[FieldChange],
        specs: Mapping[str, FieldSpec],
    ) -> tuple[list[FieldChange], list[Proposal]]:
        """The changes that may be sent, those approved among them, and what is asked or declined.

        A verdict counts for the same values of the same person only, whatever payroll holds now.
        """
        free: list[FieldChange] = []
        together: dict[Subject, list[FieldChange]] = defaultdict(list)
        for change in changes:
            subject = self.subjects.get(change.field)
            (together[subject] if subject else free).append(change)
        proposals = []
        for subject in sorted(together):
            asked = together[subject]
            digest = self.digest(_told(source_id, target_id, asked, specs))
            said = self.verdicts.get((source_id, subject))
            said = said if said and said.digest == digest else None
            if said and said.approved:
                approval = Approval(said.id, said.by, subject)
                free += [replace(each, approval=approval) for each in asked]
            else:
                proposals.append(Proposal(subject, digest, tuple(asked), said.by if said else None))
        return free, proposals


def _told(
    source_id: str, target_id: str, changes: Sequence[FieldChange], specs: Mapping[str, FieldSpec]
) -> str:
    values = sorted(
        (change.field, canonical(change.after, specs[change.field].type)) for change in changes
    )
    return json.dumps([source_id, target_id, values], ensure_ascii=False)


def subjects_of(
    rows: Iterable[MappingRow],
    source_specs: Mapping[str, FieldSpec],
    target_specs: Mapping[str, FieldSpec],
    end_field: str,
) -> Mapping[str, Subject]:
    """By target field of the rows that are on, the subject of what it carries, if it has one."""
    found = {}
    for row in rows:
        spec, source = target_specs[row.target], source_specs.get(row.source)
        subject = _subject(row, spec, source, end_field)
        if subject and row.mode is not Mode.OFF and spec.writable:
            found[row.target] = subject
    return found


def _subject(
    row: MappingRow, spec: FieldSpec, source: FieldSpec | None, end_field: str
) -> Subject | None:
    """What a row carries: by payroll's field, or by HR's where that goes to a free field."""
    if FieldType.BANK_ACCOUNT in (spec.type, source.type if source else None):
        return Subject.BANK_ACCOUNT
    if row.target == end_field or row.source in _ENDS:
        return Subject.END_DATE
    return Subject.PAY if row.source in PAY_FIELDS else None
