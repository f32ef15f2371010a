"""What a mail says: what happened, in numbers, what to do and where. It names no employee."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse

from integration_hub.core import locale
from integration_hub.core.redact import redact
from payroll import guard, schedule
from payroll.models import Integration, Notice, SyncRun, TimeOffExport
from payroll.notices import Kind
from payroll.standing import CONDUCT, Standing
from payroll.timeoff.records import Channel
from payroll.waiting import SUBJECT_WORDS, waiting_for

from .wording import next_run_in_words, people, plural

_QUOTE = re.compile(r" *It says: “[^”]*”?")  # a vendor's own words may name somebody
_LONG_NUMBER = re.compile(r"\d{4,}")


@dataclass(frozen=True, slots=True)
class Link:
    """Words to click, and a whole address."""

    words: str
    url: str


@dataclass(frozen=True, slots=True)
class Count:
    """A number with its name, and where those people are listed."""

    label: str
    number: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail without its address."""

    integration: Integration
    title: str
    said: Sequence[str]
    links: Sequence[Link]
    counts: Sequence[Count] = field(default=())

    @property
    def subject(self) -> str:
        """One line that begins with the integration."""
        return " ".join(f"{self.integration.label}: {self.title}".split())

    def mail_to(self, address: str) -> EmailMultiAlternatives:
        """The mail, as text and as HTML."""
        context = {"letter": self, "settings": _url("integration_notices", self.integration.pk)}
        mail = EmailMultiAlternatives(
            self.subject, render_to_string("mail/notice.txt", context), to=[address]
        )
        mail.attach_alternative(render_to_string("mail/notice.html", context), "text/html")
        return mail


def letter(notice: Notice) -> Letter:
    """What the notice says, as things stand when it is sent."""
    run, export = notice.run, notice.export
    if export is not None:
        export.integration = notice.integration
        return _exported(export)
    if run is None:
        return _missed(notice)
    run.integration = notice.integration  # read once
    return _OF_A_RUN[Kind(notice.kind)](run)


def sample(integration: Integration) -> Letter:
    """The mail that shows whether mails arrive."""
    return Letter(
        integration,
        "this is a test mail",
        [
            "Somebody pressed “Send a test mail” to see whether mails of this integration arrive.",
            "Nothing is wrong, and nothing needs to be done.",
        ],
        [_to_integration(integration)],
    )


# --- one for each kind ---------------------------------------------------------------------------


def _failing(run: SyncRun) -> Letter:
    over = "was interrupted" if run.status == SyncRun.Status.INTERRUPTED else "failed"
    sent = "What had been sent stays sent." if run.planned_at else "Nothing was sent."
    said = [f"The {_called(run)} {over}. {sent}", *_why(run.error), *_next(run)]
    return Letter(run.integration, f"the {_noun(run)} {over}", said, [_to_run(run)], _counts(run))


def _attention(run: SyncRun) -> Letter:
    said = [
        f"The {_called(run)} stopped: a token or a setting must be mended by a person.",
        *_why(run.integration.attention or run.error),
        CONDUCT[Standing.NEEDS_ATTENTION].means,
        "Mend it, then press Sync now.",
    ]
    step = _url("integration_step", run.integration_id, "connection")
    links = [Link("Set a new token or mend the setting", step), _to_run(run)]
    return Letter(run.integration, "a token or setting must be mended", said, links)


def _quarantined(run: SyncRun) -> Letter:
    conduct = CONDUCT[Standing.QUARANTINED]
    said = [
        f"The {_called(run)} was the third in a row in which many of the people sent failed.",
        conduct.means,
        conduct.cure,
        *_next(run),
    ]
    return Letter(
        run.integration, "quarantined: too many people fail", said, [_to_run(run)], _counts(run)
    )


def _held(run: SyncRun) -> Letter:
    label = run.integration.target.label
    specs = {spec.key: spec.label for spec in run.integration.target.fields}
    trips = guard.restored(run.guard)
    said = [
        f"The {_called(run)} would change more than usual, so it is held.",
        f"Nothing was sent to {label}.",
        *(guard.sentence(each, specs.get(each.field, ""), locale.number) for each in trips),
        "Look at the plan, then apply or discard it.",
    ]
    links = [Link("Look at the plan", _run_url(run))]
    counts = [
        Count("To create", *_of(run, "create")),
        Count("To change", *_of(run, "update")),
        Count("To end", *_of(run, "end")),
    ]
    return Letter(
        run.integration, f"a {_noun(run)} is held and waits for a person", said, links, counts
    )


def _set_aside(run: SyncRun) -> Letter:
    aside = run.integration.troubles.filter(
        quarantined_at__range=(run.queued_at, run.finished_at or run.queued_at)
    ).count()
    were = "was" if aside == 1 else "were"
    said = [
        f"In the {_called(run)}, {people(aside)} {were} refused once too often.",
        "Nothing of them is sent until it is mended. The list says for each what and where.",
    ]
    troubles = _url("troubles", run.integration_id)
    links = [Link("See who it is and what to mend", troubles), _to_run(run)]
    return Letter(run.integration, f"{people(aside)} set aside", said, links, _counts(run))


def _problems(run: SyncRun) -> Letter:
    said = [
        f"The {_called(run)} went through, but not for everybody.",
        "The list says for each what to mend and where; the next sync tries again.",
    ]
    return Letter(run.integration, "some people need attention", said, [_to_run(run)], _counts(run))


def _recovered(run: SyncRun) -> Letter:
    said = [f"The {_called(run)} went through: it works again.", *_next(run)]
    return Letter(run.integration, "it works again", said, [_to_run(run)], _counts(run))


def _approval(run: SyncRun) -> Letter:
    """All that waits, not only what this run found: whoever looks decides on all of it."""
    integration = run.integration
    waits = waiting_for(integration)
    number, found = waits.count(), waits.filter(run=run).count()
    verb = "waits" if number == 1 else "wait"
    changes = plural(number, "change", "changes")
    new = plural(found, "change", "changes")
    said = [
        f"The {_called(run)} found {new} that a second person must approve.",
        "Everything else of these people goes through.",
        f"In all, {changes} {verb} now. Nothing of it is sent before somebody has approved it.",
    ]
    counts = [
        Count(
            words,
            locale.number(waits.filter(subject=subject).count()),
            f"{_url('waiting', integration.pk)}?show={subject}",
        )
        for subject, words in SUBJECT_WORDS.items()
        if subject in integration.waits_for
    ]
    links = [Link("See what waits", _url("waiting", integration.pk)), _to_run(run)]
    return Letter(integration, f"{changes} {verb} for approval", said, links, counts)


def _finished(run: SyncRun) -> Letter:
    ended = run.get_status_display().lower()
    said = [f"The {_called(run)} is over: {ended}.", *_next(run)]
    return Letter(run.integration, f"{_noun(run)} {ended}", said, [_to_run(run)], _counts(run))


def _missed(notice: Notice) -> Letter:
    integration = notice.integration
    due = locale.moment(schedule.shown(notice.due_at or notice.made_at))
    said = [
        f"The sync due {due} had not started an hour later.",
        "It starts by itself, once, as soon as the Integration Hub works again.",
        "Until then payroll is as the last good sync left it.",
        "If it does not start soon, tell whoever operates the Integration Hub.",
    ]
    return Letter(
        integration, f"the sync due {due} has not started", said, [_to_integration(integration)]
    )


def _exported(export: TimeOffExport) -> Letter:
    """What became of the rows, in numbers; who and which leaves stays on the page."""
    target, ended = export.integration.target.label, export.get_status_display().lower()
    begin, end = locale.day(export.period_start), locale.day(export.period_end)
    said = [f"The export of time off from {begin} to {end} to {target} is over: {ended}."]
    address = _url("time_off_export", export.pk)
    counts, links = export.counts(), [Link("See what became of each row", address)]
    if counts["by_hand"]:
        said.append(f"Some corrections must be made in {target} by hand.")
        by_hand = f"{_url('time_off_by_hand')}?integration={export.integration_id}"
        links.append(Link("See what to do by hand", by_hand))
    if export.channel == Channel.FILE and counts["added"]:
        said.append(f"The file waits on its page for you to import it into {target}.")
    listed = [
        Count(label, locale.number(counts[key]), f"{address}?show={key}#rows")
        for key, label in _ROWS.items()
        if counts[key]
    ]
    return Letter(export.integration, f"export of time off {ended}", said, links, listed)


_ROWS = {
    "added": "New rows",
    "changed": "Changed",
    "removed": "Removed",
    "by_hand": "To do by hand",
    "rejected": "Refused by payroll",
    "failed": "Failed",
    "unknown": "Not confirmed",
    "skipped": "Not sent",
}

_OF_A_RUN: Mapping[Kind, Callable[[SyncRun], Letter]] = {
    Kind.FAILING: _failing,
    Kind.ATTENTION: _attention,
    Kind.QUARANTINE: _quarantined,
    Kind.HELD: _held,
    Kind.SET_ASIDE: _set_aside,
    Kind.PROBLEMS: _problems,
    Kind.RECOVERED: _recovered,
    Kind.FINISHED: _finished,
    Kind.APPROVAL: _approval,
}


# --- parts ---------------------------------------------------------------------------------------

_TABS = {
    "created": "Created",
    "updated": "Updated",
    "ended": "Ended",
    "held": "Held",
    "to_approve": "Waiting for approval",
    "rejected": "Rejected",
    "failed": "Failed",
    "skipped": "Skipped",
}


def _counts(run: SyncRun) -> Sequence[Count]:
    """Who was sent, and every group that somebody should look at; nothing without a plan."""
    if not run.planned_at:
        return []
    counts = run.counts()
    listed = [
        Count(label, locale.number(counts[key]), _run_url(run, key) if counts[key] else "")
        for key, label in _TABS.items()
        if counts[key] or key in ("created", "updated", "ended")
    ]
    return [*listed, Count("Unchanged", locale.number(run.unchanged))]


def _of(run: SyncRun, kind: str) -> tuple[str, str]:
    """How many people of a kind a held plan would send."""
    return locale.number(run.changes.filter(kind=kind, sendable=True).count()), _run_url(run)


def _why(error: str) -> Sequence[str]:
    """Our own words for an error, without anybody's number and without the vendor's."""
    words = _LONG_NUMBER.sub("•••", redact(_QUOTE.sub("", error))).strip()
    return [words] if words else []


def _noun(run: SyncRun) -> str:
    return run.noun.lower()


def _called(run: SyncRun) -> str:
    return f"{_noun(run)} of {locale.moment(run.started_at or run.queued_at)}"


def _next(run: SyncRun) -> Sequence[str]:
    """When the schedule runs next; nothing where that run is overdue."""
    integration, ended = run.integration, run.finished_at or run.queued_at
    planned = integration.tried_at or integration.next_run_at
    if planned is None:
        return ["No run is planned."]
    ahead = planned > ended
    return [f"The next run is {next_run_in_words(integration)}."] if ahead else []


def _to_run(run: SyncRun) -> Link:
    return Link("See the run", _run_url(run))


def _to_integration(integration: Integration) -> Link:
    return Link("See the integration", _url("integration", integration.pk))


def _run_url(run: SyncRun, show: str = "") -> str:
    address = _url("run", run.pk)
    return f"{address}?show={show}#people" if show else address


def _url(name: str, *arguments: object) -> str:
    return f"{settings.HUB_URL}{reverse(name, args=arguments)}"
