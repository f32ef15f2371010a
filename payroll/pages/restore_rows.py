"""What a restore would bring back, and what it cannot, before anybody confirms it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Q

from payroll.models import Change, SyncRun
from payroll.reasons import RESTORE_CREATED, RESTORE_NOT_LINKED, RESTORE_PURGED
from payroll.records import ChangeKind, FieldSpec, PickLists
from payroll.restores import before, changed_by
from payroll.restoring import Before, never
from payroll.rules import rules_of

from .change_rows import ChangedField, changed_field

ROWS_PER_PAGE = 50
_NO_LISTS: PickLists = {}


@dataclass(frozen=True, slots=True)
class RestoreRow:
    """One person: the fields that go back, from `before` to `after`, and why the others do not."""

    number: str
    name: str
    fields: Sequence[ChangedField]
    problems: Sequence[str]


@dataclass(frozen=True, slots=True)
class RestorePage:
    """`people` have something that goes back, `created` were made by the run and stay.

    `purged`: the values are no longer kept, so that nothing can be restored.
    """

    page: Page[Change]
    rows: Sequence[RestoreRow]
    people: int
    created: int
    purged: bool
    who: str

    @property
    def possible(self) -> bool:
        """Whether there is anybody to restore."""
        return bool(self.people) and not self.purged


def restore_page(run: SyncRun, asked: Mapping[str, str]) -> RestorePage:
    """`asked` may hold `who`, the source id of one person, and `page`."""
    who = asked.get("who", "").replace("\x00", "")
    changes = changed_by(run, [who] if who else None)
    created = Q(kind=ChangeKind.CREATE)
    listed = changes.order_by("-kind", "position")  # updates, ends, creates
    page = Paginator(listed, ROWS_PER_PAGE).get_page(asked.get("page"))
    return RestorePage(
        page=page,
        rows=_rows(run, list(page)),
        people=changes.exclude(created).count(),
        created=changes.filter(created).count(),
        purged=run.purged_at is not None,
        who=who,
    )


def _rows(run: SyncRun, changes: Sequence[Change]) -> list[RestoreRow]:
    rules = rules_of(run.integration, _NO_LISTS)
    people = {change.source_id for change in changes}
    linked = run.integration.links.filter(source_id__in=people).exclude(target_id="")
    known = set(linked.values_list("source_id", "target_id"))
    specs = {spec.key: spec for spec in run.integration.target.fields}
    rows = []
    for change, each in zip(changes, before(changes), strict=True):
        whole = _whole(each, known)
        keys, problems = [], [whole] if whole else []
        for key, taken in {} if whole else each.fields.items():
            problem = never(rules, key, taken)
            problems += [problem.message] if problem else []
            keys += [] if problem else [key]
        fields = [_back(change, key, specs) for key in keys]
        rows.append(RestoreRow(change.employee_number, change.name, fields, problems))
    return rows


def _whole(each: Before, known: set[tuple[str, str]]) -> str:
    """Why nothing of the person can be restored; empty where something may."""
    if each.created:
        return RESTORE_CREATED.message
    if each.purged:
        return RESTORE_PURGED.message
    return "" if (each.source_id, each.target_id) in known else RESTORE_NOT_LINKED.message


def _back(change: Change, key: str, specs: Mapping[str, FieldSpec]) -> ChangedField:
    entry = change.details["fields"][key]
    back = entry | {"before": entry["after"], "after": entry["before"], "drifted": False}
    if "named" in entry:
        back["named"] = tuple(reversed(entry["named"]))
    return changed_field(key, back | {"first": False}, specs, sees_people=True)
