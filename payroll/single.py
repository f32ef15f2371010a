"""One person by hand: what a sync would do for them, its start, and which run did it last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from integration_hub.accounts.models import User

from .dated.reading import believed, known_rows
from .employment import percent_withheld
from .links import LinkBook
from .managers import make_plan
from .matching import Roster
from .models import Integration, SyncRun
from .plan import Plan
from .reading import Reading
from .rules import rules_of
from .runs import start_run


@dataclass(frozen=True, slots=True)
class Since:
    """What has run about one person since people were read.

    `own`: the newest run, where it was started for this person alone. `other`: a run besides it
    that may have changed something, so that the reading says no longer what would be sent.
    """

    own: SyncRun | None = None
    other: SyncRun | None = None


def plan_for(
    integration: Integration, reading: Reading, source_id: str, now: datetime
) -> tuple[Plan, Sequence[str]]:
    """What a sync of this person alone would do, by the reading. Stores and sends nothing.

    And why what is mapped would not be sent of anybody.
    """
    states = LinkBook(integration).states()
    rows = believed(integration.target, reading.rows, states)
    dated, withheld = known_rows(integration, rows, now)
    rules = rules_of(integration, reading.pick_lists, dated)
    rules = replace(rules, only=frozenset({source_id}))
    plan = make_plan(reading.people, rules, Roster(reading.there), states, reading.today, now)
    return plan, [*withheld, *percent_withheld(reading.people, rules.sources)]


def start_for(
    integration: Integration, user: User, now: datetime, source_id: str
) -> tuple[SyncRun, bool]:
    """A run of this person alone and True, or the run already in progress and False.

    Raises ConfigurationError as `start_run`.
    """
    single = SyncRun.Trigger.SINGLE
    return start_run(integration, user, now, only=[source_id], trigger=single)


def is_for(run: SyncRun, source_id: str) -> bool:
    """Whether the run was started for this person alone."""
    return run.trigger == SyncRun.Trigger.SINGLE and run.only == [source_id]


def since(integration: Integration, source_id: str, read_at: datetime) -> Since:
    """What has run about the person since `read_at`, or runs now. One query."""
    runs = integration.runs.filter(preview=False).select_related("started_by")
    runs = runs.filter(Q(status__in=SyncRun.ACTIVE) | Q(finished_at__gte=read_at))
    about = [run for run in runs if not run.only or source_id in run.only]
    own = about[0] if about and is_for(about[0], source_id) else None
    others = (run for run in about if run is not own and (run.planned_at or run.is_active))
    return Since(own, next(others, None))
