"""How an export stands, in a sentence and in numbers."""

from __future__ import annotations

from decimal import Decimal

from django.db.models import Count, Q

from integration_hub.core import locale
from payroll.forms.time_off import CHANNEL_WORDS
from payroll.models import TimeOffExport, TimeOffResult
from payroll.records import Outcome
from payroll.timeoff.records import Channel

from .progress import Progress
from .run_facts import Fact
from .wording import listed, people, plural, wait_in_words

TROUBLED = Q(outcome__in=[Outcome.REJECTED, Outcome.FAILED, Outcome.UNKNOWN, Outcome.HELD])
_STATUS = TimeOffExport.Status


def progress(export: TimeOffExport) -> Progress:
    """One query, which opens no row."""
    counts = export.results.aggregate(
        rows=Count("pk", filter=Q(kind__in=TimeOffResult.SENT)),
        settled=Count("pk", filter=Q(kind__in=TimeOffResult.SENT) & ~Q(outcome="")),
        troubled=Count("pk", filter=TROUBLED),
    )
    settled, rows = counts["settled"], counts["rows"]
    return Progress(export, _sentence(export, settled, rows, counts["troubled"]), settled, rows)


def way_in_words(export: TimeOffExport) -> str:
    """`As absences`."""
    return CHANNEL_WORDS[Channel(export.channel)]


def export_facts(export: TimeOffExport) -> list[Fact]:
    """What was asked for, by whom, and what it took."""
    begin, end = locale.day(export.period_start), locale.day(export.period_end)
    who = str(export.started_by) if export.started_by else "the command line, or by itself"
    facts = [
        Fact("Period", f"{begin} to {end}"),
        Fact("Way", way_in_words(export)),
        Fact("Started", f"{locale.moment(export.queued_at, seconds=True)}, by {who}"),
    ]
    if "leaves" in export.filters:
        facts += [Fact("Chosen", _chosen(export)), Fact("How", str(export.filters["how"]))]
    if export.requests:
        systems = (export.integration.source, export.integration.target)
        sent = [
            f"{locale.number(export.requests.get(each.kind, 0))} to {each.label}"
            for each in systems
        ]
        facts.append(Fact("Requests", listed(sent)))
    if export.seconds:
        facts.append(Fact("Time", f"{locale.number(round(export.seconds, 1))} s"))
    return facts


def _chosen(export: TimeOffExport) -> str:
    told = export.filters
    hours = locale.number(Decimal(told["hours"]))
    return (
        f"{plural(told['leaves'], 'leave', 'leaves')} of {people(told['people'])}: "
        f"{plural(told['days'], 'working day', 'working days')}, {hours} hours"
    )


def _sentence(export: TimeOffExport, settled: int, rows: int, troubled: int) -> str:
    target = export.integration.target.label
    match export.status:
        case _STATUS.QUEUED:
            return _queued(export, settled, rows)
        case _STATUS.RUNNING:
            return _at_work(export, settled, rows)
        case _STATUS.SUCCEEDED if not rows:
            return "Nothing had to be sent. What earlier exports left open was looked up."
        case _STATUS.SUCCEEDED:
            return _success(export, target)
        case _STATUS.WITH_PROBLEMS:
            verb = "needs" if troubled == 1 else "need"
            return f"{plural(troubled, 'row', 'rows')} {verb} attention. Everything else is done."
        case _STATUS.CANCELLED:
            return _cancelled(export)
        case _STATUS.INTERRUPTED:
            return "It was interrupted. What had been sent stays sent."
        case _:
            return "It stopped before the end. What had been sent stays sent."


def _queued(export: TimeOffExport, settled: int, rows: int) -> str:
    sentence = wait_in_words(export)
    if not export.is_paused and not export.taken_up:
        return sentence
    if export.taken_up:
        sentence = f"The program stopped in the middle of it. {sentence}"
    if not rows:
        return f"{sentence} Then it starts again by itself; nothing was sent yet."
    verb = "is" if rows == 1 else "are"
    done = f"{locale.number(settled)} of {plural(rows, 'row', 'rows')} {verb} through"
    return f"{sentence} {done}; then it goes on by itself."


def _at_work(export: TimeOffExport, settled: int, rows: int) -> str:
    source, target = export.integration.source.label, export.integration.target.label
    if export.cancel_asked_at:
        return "Cancelling: the batch under way is finished first."
    if export.phase == TimeOffExport.Phase.SENDING and export.channel == Channel.FILE:
        return "Making the file."
    if export.phase == TimeOffExport.Phase.SENDING:
        return f"Sending to {target}: {locale.number(settled)} of {plural(rows, 'row', 'rows')}."
    return f"Reading time off from {source} and {target}."


def _success(export: TimeOffExport, target: str) -> str:
    if export.channel == Channel.FILE:
        return f"The file is made. Import it into {target}; until then nothing is there."
    return f"{target} now holds what was chosen, wherever it could go."


def _cancelled(export: TimeOffExport) -> str:
    who = str(export.cancel_asked_by or "a person")
    when = f" on {locale.moment(export.cancel_asked_at)}" if export.cancel_asked_at else ""
    return f"Cancelled by {who}{when}. What had been sent stays sent."
