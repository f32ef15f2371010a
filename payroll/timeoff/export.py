"""An export from end to end: read again, plan on what was chosen, send, say what happened.

`export_time_off` is the verb on the button. `plan_export` stores one result per row and sends
nothing; sending goes by those stored results. Every day is booked in the ledger before it goes.
"""

from __future__ import annotations

import logging
import time

from django.db import transaction

from integration_hub.core.errors import Cancelled, ConfigurationError, HubError
from payroll import schedule
from payroll.heartbeat import beating
from payroll.models import TimeOffExport, TimeOffResult
from payroll.models.run import RunTakenOver
from payroll.records import Outcome

from . import by_hand, ledger, lost_answers, reasons
from .judged import Material
from .judging import judge
from .material import lines_for, material_of, wanted_for
from .planned import results_of
from .reading import LeavesRead, read_time_off
from .records import Channel
from .sending import Sending
from .session import Clock, Session, Sleep, opened
from .turn_missed import settle_the_rest

log = logging.getLogger(__name__)

Kind = TimeOffResult.Kind
CHUNK = 500  # results per insert


def export_time_off(export: TimeOffExport, clock: Clock, sleep: Sleep = time.sleep) -> None:
    """Does a queued export; returns at once when somebody else has it. Raises nothing of ours.

    However it ends, the export's row says how, in words for a person.
    """
    if not export.claim(clock()):
        return
    begin = time.monotonic()
    try:
        with beating(export, clock):
            status, error = _outcome(export, clock, sleep)
            spent = round(time.monotonic() - begin, 3)
            export.finish(status, clock(), seconds=spent, requests=export.requests, error=error)
    except RunTakenOver:
        log.warning("export %s was ended from elsewhere", export.pk)
    except (KeyboardInterrupt, SystemExit):
        export.interrupt(clock())
        raise


def _outcome(export: TimeOffExport, clock: Clock, sleep: Sleep) -> tuple[TimeOffExport.Status, str]:
    """How it ended, and what a person is told when it ended badly."""
    statuses = TimeOffExport.Status
    try:
        return _work(export, clock, sleep), ""
    except RunTakenOver:
        raise
    except Cancelled as cancelled:
        settle_the_rest(export, cancelled, clock())
        return statuses.CANCELLED, ""
    except HubError as error:
        log.warning("export %s stopped: %s (%s)", export.pk, error.message, error.detail)
        if isinstance(error, ConfigurationError):
            export.integration.needs_attention(error.message, clock())
        settle_the_rest(export, error, clock())
        return statuses.FAILED, error.message
    except Exception:
        log.exception("export %s failed", export.pk)
        words = f"Something went wrong on our side. Tell support this code: {str(export.pk)[:8]}."
        settle_the_rest(export, HubError(words), clock())
        return statuses.FAILED, words


def _work(export: TimeOffExport, clock: Clock, sleep: Sleep) -> TimeOffExport.Status:
    with opened(export, clock, sleep) as session:
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


def _read(session: Session) -> LeavesRead:
    """Everything that judging needs, with open rows of earlier exports looked up in it."""
    export, account = session.export, session.export.target_account
    integration, channel = export.integration, Channel(export.channel)
    lines = [*lines_for(integration, session.period), *lost_answers.open_lines(account)]
    wanted = wanted_for(integration, session.period, channel, lines)
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
