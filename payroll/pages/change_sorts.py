"""What the people of a run may be sorted by. Names are sealed, so that no database sorts them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Length

from payroll.lost_answers import FAILED
from payroll.models.change import ChangeQuerySet
from payroll.records import ChangeKind, Outcome

LABELS = {"number": "Number", "kind": "Change", "outcome": "Outcome"}


def _rank(*groups: Q) -> Case:
    """The first group first; what is in none comes last."""
    whens = [When(group, then=Value(place)) for place, group in enumerate(groups)]
    return Case(*whens, default=Value(len(whens)), output_field=IntegerField())


_ORDERS: dict[str, Sequence[Combinable]] = {
    "number": (Length("employee_number"), F("employee_number")),  # 999 before 1000
    "kind": (
        _rank(*(Q(kind=each) for each in (ChangeKind.CREATE, ChangeKind.UPDATE, ChangeKind.END))),
    ),
    "outcome": (
        _rank(
            Q(outcome=Outcome.REJECTED),
            FAILED,
            Q(outcome=Outcome.HELD),
            Q(flagged=True),
            Q(outcome=Outcome.TO_APPROVE),
            Q(outcome=""),
            Q(outcome=Outcome.SKIPPED),
        ),
    ),
}


def in_order(changes: ChangeQuerySet, sort: str) -> ChangeQuerySet:
    """Sorted as `sort` says ("-" in front turns it), those alike as in the plan.

    By outcome, what somebody must look at comes first.
    """
    expressions = _ORDERS.get(sort.removeprefix("-"), ())
    down = sort.startswith("-")
    ordered = [each.desc() if down else each.asc() for each in expressions]  # type: ignore[attr-defined]
    return changes.order_by(*ordered, "position")
