"""An export from end to end: read again, plan on what was chosen, send, say what happened.

`export_time_off` is the verb on the button. `plan_export` stores one result per row and sends
nothing; sending goes by those stored results. Every day is booked in the ledger before it goes.
An export that a vendor asks for a long wait lets go of its worker and later sends what is left.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from django.db import transaction

from integration_hub.core.errors import HubError
from payroll import schedule, stretch
from payroll.models import TimeOffExport, TimeOffResult
from payroll.records import Outcome
from payroll.stretch import End

from . import by_hand, ledger, lost_answers, reasons
from .judged import Material
from .judging import judge
from .material import lines_for, material_of, wanted_for
from .outdated import settle_outdated
from .planned import results_of
from .reading import LeavesRead, read_time_off
from .records import Channel
from .sending import Sending
from .session import Clock, Session, Sleep, opened
from .turn_missed import settle_the_rest

Kind = TimeOffResult.Kind
CHUNK = 500  # results per insert
MOVED = (
    "The integration was given another payroll after this export was asked for. Nothing more was "
    "sent; read the period again and choose what is to go."
)


def export_time_off(export: TimeOffExport, clock: Clock, sleep: Sleep = time.sleep) -> None:
    """Does a queued export; returns at once when somebody else has it. Raises nothing of ours.

    However it ends, the export's row says how, in words for a person.
    """
    stretch.do(export, partial(_work, export, clock, sleep), partial(_close, export), clock)


def _close(export: TimeOffExport, end: End, now: datetime) -> None:
    """Stores how it ended, and of each row whose turn never came why not. Raises LeaseLost."""
    if end.stopped:
        settle_the_rest(export, end.stopped, now)
    figures = {"seconds": export.seconds, "requests": export.requests}
    export.finish(end.status, now, error=end.error, **figures)


def _work(export: TimeOffExport, clock: Clock, sleep: Sleep) -> TimeOffExport.Status:
    if export.integration.target_account != export.target_account:
        raise HubError(MOVED)
    with opened(export, clock, sleep) as session:
        if export.results.exists():
            check_export(session)
        else:
            plan_export(session)
        export.keep(phase=TimeOffExport.Phase.SENDING, heartbeat_at=clock())
        stopped = Sending(session).send()
    if stopped:
        raise stopped
    counts = export.counts()
    troubled = any(counts[key] for key in ("rejected", "failed", "unknown", "by_hand", "held"))
    statuses = TimeOffExport.Status
    return statuses.WITH_PROBLEMS if troubled else statuses.SUCCEEDED


# --- plan ----------------------------------------------------------------------------------------


def plan_export(session: Session) -> None:
    """Reads both systems, settles what earlier exports left open, and stores what is to be sent.

    Sends nothing. Raises IncompleteRead when a list cannot be believed.
    """
    export, integration = session.export, session.export.integration
    session.found = _read(session)
    integration.refresh_from_db()
    material = _material(session, session.found)
    session.judged = judge(material)
    by_hand.drop_needless(integration, session.judged, session.clock())
    results = results_of(export, session.judged, material)
    with transaction.atomic():
        export.keep(config_version=integration.config_version)
        TimeOffResult.objects.bulk_create(results, batch_size=CHUNK)
        for result in results:
            if result.kind == Kind.BY_HAND:
                by_hand.list_by_hand(export, result, session.clock())
        listed = [result for result in results if result.kind == Kind.BY_HAND]
        ledger.settle(listed, Outcome.HELD, session.clock(), reasons.BY_HAND)


def check_export(session: Session) -> None:
    """Reads both systems again, and leaves of the stored rows what would go now as well.

    The export has waited to go on. Sends nothing. Raises IncompleteRead when a list cannot be
    believed.
    """
    export, integration = session.export, session.export.integration
    pending = list(export.results.filter(outcome=""))
    session.found = _read(session, pending)
    integration.refresh_from_db()
    material = _material(session, session.found)
    session.judged = judge(material, {result.leave_id for result in pending})
    by_hand.drop_needless(integration, session.judged, session.clock())
    with transaction.atomic():
        export.beat(session.clock())
        settle_outdated(export, session.judged, material, session.clock())


def _read(session: Session, pending: Sequence[TimeOffResult] = ()) -> LeavesRead:
    """Everything that judging needs, with open rows of earlier exports looked up in it.

    `pending`: rows of this export that are still to go.
    """
    export, account = session.export, session.export.target_account
    integration, channel = export.integration, Channel(export.channel)
    lines = [*lines_for(integration, session.period), *lost_answers.open_lines(account)]
    wanted = wanted_for(integration, session.period, channel, lines, pending)
    today = session.clock().astimezone(schedule.ZONE).date()
    found = read_time_off(session.source, session.target, wanted, today)
    export.beat(session.clock())
    lost_answers.settle_open(account, lost_answers.Seen(found.there, found.read), session.clock())
    return found


def _material(session: Session, found: LeavesRead) -> Material:
    export = session.export
    lines = lines_for(export.integration, session.period)
    channel = Channel(export.channel)
    return material_of(export.integration, found, channel, session.period, lines)
