"""What waits for approval as one reader may see it, in groups and pages, and who decides."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, Q, QuerySet

from integration_hub.accounts.models import Membership
from integration_hub.core import locale
from payroll.models import Integration, WaitingChange
from payroll.records import ChangeKind, FieldSpec, Subject
from payroll.verdicts import deciders, may_decide
from payroll.waiting import SUBJECT_WORDS

from .change_rows import ChangedField, changed_field
from .masking import hides
from .wording import listed

ROWS_PER_PAGE = 50
_State = WaitingChange.State
_WAITING = Q(state=_State.WAITING)


@dataclass(frozen=True, slots=True)
class Group:
    """Some of the list; `where` selects them."""

    key: str
    label: str
    where: Q
    tone: str = ""
    changes: int = 0


_GROUPS = (
    Group("waiting", "Waiting", _WAITING, "warn"),
    *(
        Group(subject.value, words, _WAITING & Q(subject=subject), "warn")
        for subject, words in SUBJECT_WORDS.items()
    ),
    Group("approved", "Approved, not sent yet", Q(state=_State.APPROVED), "good"),
    Group("declined", "Declined", Q(state=_State.DECLINED), "quiet"),
)


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """One change of one person. `name` is empty where the reader may not see people.

    `since` is when it was first found, in `run`; `decided` says by whom it was, and when.
    """

    pk: UUID
    number: str
    name: str
    what: str
    fields: Sequence[ChangedField]
    since: datetime
    run: UUID | None
    decided: str


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """The groups, the chosen one and its rows. `version` stands for the whole chosen list.

    `open` are rows that still wait, others were decided.
    """

    groups: Sequence[Group]
    chosen: Group
    number: str
    page: Page[WaitingChange]
    rows: Sequence[WaitingRow]
    version: str
    named: bool

    @property
    def open(self) -> bool:
        """Whether the rows wait for a decision."""
        return self.chosen.key not in (_State.APPROVED, _State.DECLINED)


def chosen_changes(
    integration: Integration, asked: Mapping[str, str]
) -> tuple[Group, str, QuerySet[WaitingChange]]:
    """`asked` may hold `show` (a group) and `number` (part of an employee number). No query."""
    known = {group.key: group for group in _GROUPS}
    group = known.get(asked.get("show", ""), _GROUPS[0])
    number = asked.get("number", "").replace("\x00", "").strip()
    changes = integration.waiting_changes.filter(group.where)
    if number:
        changes = changes.filter(employee_number__icontains=number)
    return group, number, changes


def list_version(changes: QuerySet[WaitingChange]) -> tuple[str, list[UUID]]:
    """Another text where another list would be decided on, and the ids of this one. One query."""
    ids = sorted(changes.order_by().values_list("pk", flat=True))
    return hashlib.sha256("".join(map(str, ids)).encode()).hexdigest()[:16], ids


def waiting_page(
    integration: Integration, asked: Mapping[str, str], *, sees_people: bool
) -> WaitingPage:
    """`asked` as for `chosen_changes`, and `page`. Four queries."""
    group, number, changes = chosen_changes(integration, asked)
    counts = integration.waiting_changes.order_by().aggregate(
        **{each.key: Count("pk", filter=each.where) for each in _GROUPS}
    )
    groups = [replace(each, changes=counts[each.key]) for each in _GROUPS]
    page = Paginator(changes.select_related("decided_by"), ROWS_PER_PAGE).get_page(
        asked.get("page")
    )
    return WaitingPage(
        groups=[each for each in groups if each.changes or each.key in ("waiting", group.key)],
        chosen=replace(group, changes=counts[group.key]),
        number=number,
        page=page,
        rows=list(waiting_rows(integration, page, sees_people=sees_people)),
        version=list_version(changes)[0],
        named=sees_people,
    )


def waiting_rows(
    integration: Integration, changes: Iterable[WaitingChange], *, sees_people: bool
) -> Iterator[WaitingRow]:
    """The changes as the reader may see them; none is opened before its turn."""
    specs = {spec.key: spec for spec in integration.target.fields}
    return (_row(change, specs, sees_people) for change in changes)


def _row(change: WaitingChange, specs: Mapping[str, FieldSpec], sees_people: bool) -> WaitingRow:
    subject = Subject(change.subject)
    decided = ""
    if change.decided_at:
        verb = change.get_state_display().partition(",")[0]
        who, when = change.decided_by or "somebody", locale.moment(change.decided_at)
        decided = f"{verb} by {who} on {when}"
    return WaitingRow(
        pk=change.pk,
        number=change.employee_number,
        name=change.name if sees_people else "",
        what="Employment ends" if change.kind == ChangeKind.END else SUBJECT_WORDS[subject],
        fields=_fields(change, subject, specs, sees_people),
        since=change.since,
        run=change.run_id,
        decided=decided,
    )


def _fields(
    change: WaitingChange, subject: Subject, specs: Mapping[str, FieldSpec], sees_people: bool
) -> list[ChangedField]:
    """Whoever decides about pay has to see it; nobody needs a whole account or national id."""
    entries = change.details.get("fields", {})
    if subject is Subject.PAY and sees_people:
        bare = {key: replace(spec, sensitive=False) for key, spec in specs.items()}
        open_ones = {key for key in entries if key in bare and not hides(bare[key])}
        specs = {**specs, **{key: bare[key] for key in open_ones}}
        entries = {
            key: {**entry, "sensitive": entry.get("sensitive", False) and key not in open_ones}
            for key, entry in entries.items()
        }
    return [changed_field(key, entry, specs, sees_people) for key, entry in entries.items()]


def waits_in_words(integration: Integration) -> str:
    """`bank account and pay`: the changes that wait; empty where none does."""
    chosen = [SUBJECT_WORDS[each].lower() for each in Subject if each in integration.waits_for]
    return listed(chosen)


# --- who decides ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class WhoDecides:
    """Whether the reader may, and in words who does; `alone`: nobody at all may."""

    you: bool
    words: str
    alone: bool = False


NOBODY_ELSE = (
    "Nobody else is owner or admin here, so nobody can approve yet. Ask whoever operates the "
    "Integration Hub to make somebody else owner or admin, or to set from a shell which changes "
    "wait: then nobody here has set it."
)


def last_set_in_words(integration: Integration) -> str:
    """Who set last what waits, and when; empty where nobody has."""
    if integration.waits_set_at is None:
        return ""
    who = integration.waits_set_by or "an operator, from a shell"
    return f"Set last on {locale.moment(integration.waits_set_at)} by {who}."


def who_decides(integration: Integration, member: Membership) -> WhoDecides:
    """Three queries at most."""
    able = deciders(integration)
    editor = integration.waits_set_by
    if not able:
        who = "You" if editor and editor.pk == member.user_id else editor
        why = f"{who} changed last which changes wait, so somebody else decides. " if who else ""
        return WhoDecides(False, f"{why}{NOBODY_ELSE}", True)
    names = listed([str(user) for user in able if user.pk != member.user_id], "or")
    when = f" on {locale.moment(integration.waits_set_at)}" if integration.waits_set_at else ""
    if may_decide(integration, member):
        why = (
            f" {editor} changed last which changes wait{when}, so {editor} cannot."
            if editor
            else ""
        )
        return WhoDecides(True, f"You decide{f', or {names}' if names else ''}.{why}")
    if member.may_run:
        return WhoDecides(
            False,
            f"You changed last which changes wait{when}, so somebody else decides: {names}.",
        )
    return WhoDecides(False, "An owner or admin decides, but not who last set what waits.")
