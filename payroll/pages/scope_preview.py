"""What a scope that is being edited would do: shown while editing, confirmed before saving."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from payroll.headcount import Crowd, Headcount, headcount, mark, move, shared
from payroll.models import Integration
from payroll.records import Employee
from payroll.scope import Scope

from .wording import people, plural

SHOWN = 50  # names in a list
_EXAMPLES = 5
_WHO = ("allowed", "include", "exclude", "permanent_full_time_only")  # the rest says when


@dataclass(frozen=True, slots=True)
class Line:
    """One person of a list."""

    number: str
    name: str
    linked: bool = False


@dataclass(frozen=True, slots=True)
class Movers:
    """The first of those who come or go, how many in all, and how many payroll is linked to."""

    lines: Sequence[Line]
    total: int
    linked: int

    @property
    def more(self) -> int:
        """How many are not named."""
        return self.total - len(self.lines)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Another integration that takes in some of the same people."""

    integration: Integration
    total: int
    examples: str


@dataclass(frozen=True, slots=True)
class Named:
    """An entry of `include` or `exclude`, and whom it means; nobody: HR does not know it."""

    word: str
    meant: str


@dataclass(frozen=True)
class Preview:
    """A scope's consequences; without a reading only what can be said without people."""

    count: Headcount | None
    out: Movers
    into: Movers
    overlaps: Sequence[Overlap]
    include: Sequence[Named]
    exclude: Sequence[Named]
    doubts: Sequence[str]
    button: str
    mark: str

    @property
    def unknown(self) -> Sequence[str]:
        """Entries that mean nobody in HR."""
        return [named.word for named in (*self.include, *self.exclude) if not named.meant]


def preview(crowd: Crowd | None, integration: Integration, scope: Scope) -> Preview:
    """What saving `scope` would do to the integration. One query."""
    before = integration.parsed_scope
    if crowd is None:
        return _unseen(integration, before, scope)
    count = headcount(crowd, scope)
    moved = move(crowd, before, scope) if integration.scope or integration.may_sync else None
    out, into = (moved.out, moved.into) if moved else ((), ())
    include, exclude = _named(crowd, scope.include), _named(crowd, scope.exclude)
    new = (scope.include - before.include) | (scope.exclude - before.exclude)
    typed = [named.word for named in (*include, *exclude) if not named.meant and named.word in new]
    gone = out if integration.may_sync else ()
    return Preview(
        count=count,
        out=_movers(crowd, out),
        into=_movers(crowd, into),
        overlaps=_overlaps(crowd, integration, scope),
        include=include,
        exclude=exclude,
        doubts=_doubts(count, len(gone), typed),
        button=_button(len(gone)),
        mark=mark([str(count.nobody), *typed, *sorted(each.id for each in gone)]),
    )


def _unseen(integration: Integration, before: Scope, scope: Scope) -> Preview:
    """People were not read. Who takes part in what may sync is not changed unseen by accident."""
    changed = any(getattr(before, key) != getattr(scope, key) for key in _WHO)
    doubt = (
        "People have not been read, so it cannot be shown who would drop out. Read people first, "
        "or save all the same."
    )
    nobody = Movers((), 0, 0)
    return Preview(
        count=None,
        out=nobody,
        into=nobody,
        overlaps=(),
        include=(),
        exclude=(),
        doubts=[doubt] if changed and integration.may_sync else (),
        button="Save without seeing who drops out",
        mark=mark(["unseen"]),
    )


def _doubts(count: Headcount, gone: int, typed: Sequence[str]) -> list[str]:
    """What a person must have seen before this is saved."""
    doubts = []
    if gone:
        verb = "drops" if gone == 1 else "drop"
        doubts.append(f"{people(gone)} {verb} out: nothing more would be sent about them.")
    if count.nobody:
        doubts.append("Nobody is in scope, so nothing would be sent about anyone at work.")
    if typed:
        shown = ", ".join(typed[:10]) + (" and more" if len(typed) > 10 else "")
        doubts.append(f"HR knows nobody by {shown}. Is it mistyped?")
    return doubts


def _button(gone: int) -> str:
    if not gone:
        return "Save all the same"
    return f"Save, {people(gone)} {'drops' if gone == 1 else 'drop'} out"


def _movers(crowd: Crowd, moving: Sequence[Employee]) -> Movers:
    lines = [_line(each, crowd) for each in moving[:SHOWN]]
    return Movers(lines, len(moving), sum(each.id in crowd.linked for each in moving))


def _line(employee: Employee, crowd: Crowd) -> Line:
    identity = employee.identity
    return Line(identity.number, identity.name, employee.id in crowd.linked)


def _named(crowd: Crowd, words: Iterable[str]) -> list[Named]:
    return [
        Named(word, ", ".join(_in_short(each) for each in crowd.called(word)))
        for word in sorted(words)
    ]


def _in_short(employee: Employee) -> str:
    return employee.identity.name or "no name"


def _overlaps(crowd: Crowd, integration: Integration, scope: Scope) -> list[Overlap]:
    """Integrations between the same two systems, but for drafts whose scope nobody has chosen."""
    others = Integration.objects.filter(
        organisation=integration.organisation_id,
        source_kind=integration.source_kind,
        source_environment=integration.source_environment,
        target_kind=integration.target_kind,
        target_environment=integration.target_environment,
    ).exclude(pk=integration.pk)
    found = []
    for other in others:
        both = shared(crowd, scope, other.parsed_scope) if other.scope or other.may_sync else ()
        if both:
            found.append(Overlap(other, len(both), _examples(both)))
    return found


def _examples(both: Sequence[Employee]) -> str:
    named = [f"{each.identity.number} {each.identity.name}".strip() for each in both[:_EXAMPLES]]
    rest = len(both) - len(named)
    return ", ".join(named) + (f" and {plural(rest, 'other', 'others')}" if rest else "")
