"""Links of which a sync could not tell whom in payroll they mean: no time off goes over them.

An export does not read payroll's people. What the newest run that did has said stands until a
person has decided, or a run of everybody says otherwise.
"""

from __future__ import annotations

from collections.abc import Iterable

from payroll import schedule
from payroll.linking import LINKS_IN_DOUBT
from payroll.models import Change, Integration
from payroll.reasons import ID_OF_ANOTHER
from payroll.records import ChangeKind, Outcome, Problem

from . import reasons


def links_in_doubt(integration: Integration) -> dict[str, Problem]:
    """Why nothing may go, by id in HR. A link that was made or decided since is in no doubt.

    Four queries. Raises DecryptionError.
    """
    links = integration.links.exclude(target_id="").values_list("target_id", "source_id")
    owners = dict(links)
    said_right = integration.match_decisions.filter(same=True)
    decided = {(each.source_id, each.target_id): each.at for each in said_right}
    found: dict[str, Problem] = {}
    for row in _held_rows(integration):
        owner, planned = owners.get(row.target_id), row.run.planned_at
        code = _code_of(row.problems)
        if owner is None or planned is None or code is None:
            continue
        if (owner == row.source_id) == (code == ID_OF_ANOTHER.code):
            continue  # linked to whom payroll means, or not the link that was in doubt
        at = decided.get((owner, row.target_id))
        if at is None or at <= planned:
            day = planned.astimezone(schedule.ZONE).date()
            found[owner] = reasons.link_in_doubt(code, row.run.noun.lower(), day)
    return found


def _held_rows(integration: Integration) -> Iterable[Change]:
    """Of the newest plan for everybody, previewed or sent, and of every later run; oldest first."""
    planned = integration.runs.filter(planned_at__isnull=False)
    newest = planned.of_everyone().order_by("-planned_at").values_list("planned_at").first()
    held = Change.objects.filter(
        run__integration=integration,
        run__planned_at__isnull=False,
        kind__in=[ChangeKind.NONE, ChangeKind.CREATE],
        outcome=Outcome.HELD,
    ).exclude(target_id="")
    if newest:
        held = held.filter(run__planned_at__gte=newest[0])
    return held.select_related("run").order_by("run__planned_at", "position")


def _code_of(problems: Iterable[Problem]) -> str | None:
    """What was said of the link; empty where that was deleted with names and values."""
    codes = [problem.code for problem in problems]
    return next((code for code in codes if code in LINKS_IN_DOUBT), None if codes else "")
