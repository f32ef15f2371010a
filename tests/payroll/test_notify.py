"""Mails about a change of state: to the right people, once, naming nobody, never in the way."""

from __future__ import annotations

import smtplib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.db import connection
from pytest_django import Settings

from integration_hub.accounts.models import Membership, Organisation, Role, User
from payroll import notify, runs
from payroll.models import Integration, Notice, SyncRun
from payroll.models.notice import TRIES
from payroll.notices import Kind, Mood
from payroll.pages.letters import letter
from tests.faults.threads import together
from tests.payroll.views.scenes import (
    NOW,
    make_by_hand,
    make_change,
    make_export,
    make_integration,
    make_result,
    make_run,
    make_waiting,
)

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
NAMED = ["payroll@fjord.example", "it@fjord.example"]
Status = SyncRun.Status


@pytest.fixture
def organisation(db: None) -> Organisation:
    return Organisation.objects.create(name="Fjord AS", addon_since=NOW)


@pytest.fixture
def integration(organisation: Organisation) -> Integration:
    """Two people are named; it runs on Mondays."""
    return make_integration(organisation, recipients=NAMED, schedule_days=["mon"])


def member(organisation: Organisation, name: str, role: Role) -> User:
    user = User.objects.create_user(f"{name}@fjord.example", "a long enough secret")
    Membership.objects.create(user=user, organisation=organisation, role=role)
    return user


def ended(integration: Integration, status: str, after: timedelta, **columns: object) -> SyncRun:
    """A run that ended so long after NOW, and is told of."""
    at = NOW + after
    times = {"queued_at": at, "started_at": at, "finished_at": at + MINUTE}
    run = make_run(integration, status=status, **times | columns)
    tell(at + 2 * MINUTE)
    return run


def tell(now: datetime) -> None:
    notify.tell_of_changes(now)
    notify.send_waiting(lambda: now)


def told() -> list[str]:
    """The kinds of mail, each once, oldest first."""
    return list(dict.fromkeys(Notice.objects.order_by("made_at").values_list("kind", flat=True)))


def whole(message: object) -> str:
    """Everything that a mail says."""
    assert isinstance(message, EmailMultiAlternatives)
    html = str(message.alternatives[0][0])
    return f"{message.subject}\n{message.body}\n{html}"


# --- changes that wait for approval ---------------------------------------------------------------


def asking(integration: Integration, after: timedelta, *numbers: str, **columns: object) -> None:
    """A good run that found new bank accounts of these people, and is told of."""
    at = NOW + after
    run = make_run(integration, queued_at=at, finished_at=at, **columns)
    for number in numbers:
        make_waiting(integration, number, run=run, since=at)
    tell(at + MINUTE)


def test_new_changes_that_wait_are_told_once_and_name_nobody(integration: Integration) -> None:
    integration.set_waits(["bank_account"], NOW)
    integration.save()
    asking(integration, MINUTE, "20001", "20002")
    first, second = mail.outbox
    assert {first.to[0], second.to[0]} == set(NAMED)
    assert first.subject == "Xledger Norge: 2 changes wait for approval"
    said = whole(first)
    assert f"/settings/integrations/{integration.pk}/waiting/" in said
    assert not any(word in said for word in ("Kari", "20001", "4074", "7947"))
    asking(integration, 2 * MINUTE)
    assert told() == [Kind.APPROVAL]
    asking(integration, 3 * MINUTE, "20003")
    assert mail.outbox[-1].subject == "Xledger Norge: 3 changes wait for approval"
    assert "found 1 change that" in whole(mail.outbox[-1])


def test_where_nobody_is_named_those_who_may_approve_are_told(organisation: Organisation) -> None:
    integration = make_integration(organisation)
    editor = member(organisation, "editor", Role.OWNER)
    second = member(organisation, "second", Role.ADMIN)
    member(organisation, "viewer", Role.VIEWER)
    integration.set_waits(["bank_account"], NOW, editor)
    integration.save()
    asking(integration, MINUTE, "20001")
    assert [message.to for message in mail.outbox] == [[second.email]]


def test_a_preview_and_what_was_decided_meanwhile_are_not_told(integration: Integration) -> None:
    asking(integration, MINUTE, "20001", preview=True)
    run = make_run(integration, queued_at=NOW, finished_at=NOW + MINUTE)
    make_waiting(integration, "20002", run=run, state="declined")
    tell(NOW + 2 * MINUTE)
    assert told() == []


# --- what is told, and to whom --------------------------------------------------------------------


def test_a_failure_and_the_recovery_are_told_once_each_to_everybody_named(
    integration: Integration,
) -> None:
    for day, status in enumerate(["succeeded", "failed", "failed", "failed", "succeeded"]):
        ended(integration, status, day * DAY)
    assert told() == ["failing", "recovered"]
    assert sorted(message.to for message in mail.outbox) == sorted([[name] for name in NAMED] * 2)
    assert mail.outbox[0].subject == "Xledger Norge: the sync failed"


def test_a_refused_token_is_told_with_the_step_to_mend_it(
    integration: Integration, settings: Settings
) -> None:
    settings.HUB_URL = "https://hub.example.com"
    integration.needs_attention("X-ledger refused the access token (401).", NOW)
    ended(integration, "failed", DAY, error="X-ledger refused the access token (401).")
    assert told() == ["attention"]
    step = f"https://hub.example.com/settings/integrations/{integration.pk}/setup/connection/"
    assert step in str(mail.outbox[0].body)
    assert "refused the access token (401)" in str(mail.outbox[0].body)


def test_a_held_plan_is_told_with_its_counts_and_limits(integration: Integration) -> None:
    trip = {"kind": "end", "field": "", "people": 12, "base": 60}
    limit = {"percent": 5, "people": 10, "floor": 5}
    run = make_run(integration, status="held", guard=[trip | {"limit": limit}])
    make_change(run, "1", kind="end", outcome="")
    tell(NOW + MINUTE)
    said = str(mail.outbox[0].body).replace("\N{NO-BREAK SPACE}", " ")
    assert "12 of 60 people would get an end date; the limit is 5 % or 10 people." in said
    assert "To end: 1" in said
    assert f"/runs/{run.pk}/" in said


def test_a_held_plan_that_was_approved_and_sent_is_told_again(integration: Integration) -> None:
    run = ended(integration, "held", DAY)
    SyncRun.objects.filter(pk=run.pk).update(status="succeeded")
    tell(NOW + DAY + 10 * MINUTE)
    assert told() == ["held", "recovered"]


def test_without_a_named_address_owners_and_admins_hear_what_stops_payroll(
    integration: Integration, organisation: Organisation
) -> None:
    for name, role in (("anna", Role.OWNER), ("bo", Role.ADMIN), ("cy", Role.VIEWER)):
        member(organisation, name, role)
    User.objects.filter(email="bo@fjord.example").update(is_active=False)
    Integration.objects.update(recipients=[])
    for day, status in enumerate(["held", "failed", "succeeded", "with_problems"]):
        ended(integration, status, day * DAY)
    assert told() == ["held", "failing", "recovered"]
    assert {address for message in mail.outbox for address in message.to} == {"anna@fjord.example"}


def test_of_a_held_plan_owners_and_admins_hear_beside_whoever_is_named(
    integration: Integration, organisation: Organisation
) -> None:
    for name, role in (("anna", Role.OWNER), ("bo", Role.ADMIN), ("cy", Role.VIEWER)):
        member(organisation, name, role)
    Integration.objects.update(recipients=["Anna@fjord.example", *NAMED])
    ended(integration, "held", DAY)
    heard = [address for message in mail.outbox for address in message.to]
    assert sorted(heard) == sorted(["Anna@fjord.example", *NAMED, "bo@fjord.example"])
    mail.outbox.clear()
    ended(integration, "failed", 2 * DAY)
    assert "bo@fjord.example" not in {each for message in mail.outbox for each in message.to}


def test_another_customers_owner_hears_nothing(integration: Integration) -> None:
    other = Organisation.objects.create(name="Another AS", addon_since=NOW)
    member(other, "zoe", Role.OWNER)
    Integration.objects.update(recipients=[])
    ended(integration, "held", DAY)
    assert mail.outbox == []


def test_every_run_is_told_where_that_was_asked_for(integration: Integration) -> None:
    Integration.objects.update(mail_every_run=True)
    for day in range(3):
        ended(integration, "succeeded", day * DAY)
    assert len(mail.outbox) == 3 * len(NAMED)
    assert told() == ["finished"]


def test_previews_trials_and_single_people_are_not_told(integration: Integration) -> None:
    Integration.objects.update(mail_every_run=True)
    asides: list[dict[str, object]] = [{"preview": True}, {"only": ["a"]}, {"trigger": "single"}]
    for minutes, aside in enumerate(asides):
        ended(integration, "failed", minutes * MINUTE, **aside)
    assert mail.outbox == []
    assert set(SyncRun.objects.values_list("told", flat=True)) == {Mood.ASIDE}


def test_what_ended_long_ago_is_no_news(integration: Integration) -> None:
    make_run(integration, status="failed")
    tell(NOW + 2 * DAY)
    assert mail.outbox == []


# --- what a mail says ----------------------------------------------------------------------------


def test_a_mail_names_nobody_and_quotes_no_vendor(integration: Integration) -> None:
    run = make_run(
        integration,
        status="failed",
        planned_at=NOW,
        error="Simployer One refused to give its list “employee” (400). It says: “Kari Nordmann "
        "20001 is locked” Token Bearer abcdefghijklmnop1234 of 01019010046 and 20001.",
    )
    make_change(run, "20001", outcome="rejected", problems=["“Kari Nordmann” is taken"])
    tell(NOW + MINUTE)
    said = whole(mail.outbox[0])
    assert "Simployer One refused to give its list “employee” (400)." in said
    for secret in ("Kari", "Nordmann", "20001", "01019010046", "abcdefghijklmnop1234", "taken"):
        assert secret not in said
    assert "Rejected: 1" in said
    assert "?show=rejected#people" in said


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        (Kind.FAILING, "the restore failed"),
        (Kind.HELD, "a restore is held and waits for a person"),
        (Kind.PROBLEMS, "some people need attention"),
        (Kind.RECOVERED, "it works again"),
    ],
)
def test_a_mail_about_a_restore_says_that_it_is_one(
    integration: Integration, kind: Kind, title: str
) -> None:
    run = make_run(integration, trigger="restore", only=["20001"], status="failed")
    message = letter(Notice(integration=integration, run=run, kind=kind, made_at=NOW)).mail_to("a")
    assert message.subject == f"Xledger Norge: {title}"
    assert "The restore of Mon 23 Nov 2026, 06:00" in str(message.body)


def test_a_restore_of_nobody_is_no_sync_that_is_told_each_time(integration: Integration) -> None:
    Integration.objects.update(mail_every_run=True)
    integration.refresh_from_db()
    ended(integration, "succeeded", MINUTE, trigger="restore")
    assert told() == []
    ended(integration, "succeeded", DAY)
    assert told() == [Kind.FINISHED]


def test_a_label_cannot_add_a_header_or_markup(integration: Integration) -> None:
    Integration.objects.update(label="Norge\r\nBcc: x@x.example <b>")
    ended(integration, "failed", DAY)
    message = mail.outbox[0]
    assert message.subject == "Norge Bcc: x@x.example <b>: the sync failed"
    assert "<b>" not in str(message.alternatives[0][0])  # type: ignore[attr-defined]
    assert [address in NAMED for address in message.recipients()] == [True]


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_of_mail_can_be_written(integration: Integration, kind: Kind) -> None:
    of_no_run = kind in (Kind.MISSED, Kind.EXPORTED)
    run = None if of_no_run else make_run(integration)
    export = make_export(integration) if kind is Kind.EXPORTED else None
    notice = Notice(
        integration=integration, run=run, export=export, kind=kind, due_at=NOW, made_at=NOW
    )
    message = letter(notice).mail_to("a@b.example")
    assert message.subject.startswith("Xledger Norge: ")
    assert "http://localhost:8000/" in str(message.body)
    assert "None" not in whole(message)


def test_a_mail_is_written_as_in_britain_and_in_oslo_time(integration: Integration) -> None:
    ended(integration, "failed", timedelta())
    assert "The sync of Mon 23 Nov 2026, 06:00 failed." in str(mail.outbox[0].body)


# --- exports of time off -------------------------------------------------------------------------


def test_an_export_is_told_once_where_that_was_chosen_and_names_nobody(
    integration: Integration,
) -> None:
    Integration.objects.update(time_off={"mail": True})
    export = make_export(integration)
    make_result(export)
    make_result(export, outcome="rejected", problems=["Payroll refused it: Kari Nordmann"])
    make_by_hand(export)
    for minutes in (1, 2):
        tell(NOW + minutes * MINUTE)
    assert [message.recipients() for message in mail.outbox] == [[NAMED[1]], [NAMED[0]]]
    said = whole(mail.outbox[0])
    for words in ("finished with problems", "Refused by payroll", "by hand", str(export.pk)):
        assert words in said, words
    assert "Nordmann" not in said
    assert "20001" not in said


def test_without_the_setting_and_of_what_was_only_looked_up_nothing_is_told(
    integration: Integration,
) -> None:
    make_export(integration)
    tell(NOW + MINUTE)
    Integration.objects.update(time_off={"mail": True})
    make_export(integration, chosen={})
    tell(NOW + 2 * MINUTE)
    assert mail.outbox == []


def test_where_nobody_is_named_the_export_is_told_to_who_started_it(
    integration: Integration,
) -> None:
    Integration.objects.update(time_off={"mail": True}, recipients=[])
    starter = member(integration.organisation, "starter", Role.ADMIN)
    make_export(integration, started_by=starter)
    tell(NOW + MINUTE)
    assert [message.recipients() for message in mail.outbox] == [[starter.email]]


# --- once ----------------------------------------------------------------------------------------


def test_telling_again_tells_nobody_twice(integration: Integration) -> None:
    ended(integration, "failed", timedelta())
    for minutes in range(3, 9):
        tell(NOW + minutes * MINUTE)
    assert len(mail.outbox) == len(NAMED)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_everybody_once(integration: Integration) -> None:
    sent = len(mail.outbox)
    for day in range(1, 6):
        status = "failed" if day % 2 else "succeeded"
        at = NOW + day * DAY
        make_run(integration, status=status, queued_at=at, finished_at=at)
        together(partial(tell, at + MINUTE), times=2)
        sent += len(NAMED)
        assert len(mail.outbox) == sent
        connection.close()


# --- a mail server that does not work ------------------------------------------------------------


class Down(BaseEmailBackend):
    """A mail server that cannot be reached."""

    def open(self) -> bool:
        raise ConnectionRefusedError


class Picky(BaseEmailBackend):
    """A mail server that knows one of the addresses only."""

    def send_messages(self, email_messages: list[EmailMultiAlternatives]) -> int:  # type: ignore[override]
        for message in email_messages:
            if message.to == [NAMED[1]]:
                raise smtplib.SMTPRecipientsRefused({})
            mail.outbox.append(message)
        return len(email_messages)


@pytest.fixture
def through(settings: Settings) -> Callable[[type[BaseEmailBackend] | None], None]:
    """Chooses the mail server; None is one that works."""
    working = settings.EMAIL_BACKEND

    def use(backend: type[BaseEmailBackend] | None) -> None:
        settings.EMAIL_BACKEND = f"{__name__}.{backend.__name__}" if backend else working

    return use


Through = Callable[[type[BaseEmailBackend] | None], None]


def test_a_mail_server_that_is_down_delays_a_mail_and_no_more(
    integration: Integration, through: Through
) -> None:
    through(Down)
    run = ended(integration, "failed", timedelta())
    run.refresh_from_db()
    assert run.status == Status.FAILED
    through(None)
    tell(NOW + 2 * MINUTE)  # its turn comes a minute later
    assert mail.outbox == []
    tell(NOW + 4 * MINUTE)
    assert len(mail.outbox) == len(NAMED)


def test_it_is_tried_for_hours_at_growing_distances_and_then_given_up(
    integration: Integration, through: Through
) -> None:
    through(Down)
    ended(integration, "failed", timedelta())
    for minutes in range(3, 600):
        notify.send_waiting(lambda minutes=minutes: NOW + minutes * MINUTE)  # type: ignore[misc]
    notice = Notice.objects.first()
    assert notice is not None
    assert (notice.tries, notice.given_up) == (TRIES, True)


def test_an_address_that_is_refused_keeps_nobody_else_waiting(
    integration: Integration, through: Through
) -> None:
    through(Picky)
    ended(integration, "failed", timedelta())
    assert [message.to for message in mail.outbox] == [[NAMED[0]]]
    tell(NOW + 4 * MINUTE)
    assert [message.to for message in mail.outbox] == [[NAMED[0]]]


# --- a run that did not happen -------------------------------------------------------------------

SEVEN = NOW + 60 * MINUTE


def due(integration: Integration, **columns: object) -> None:
    Integration.objects.filter(pk=integration.pk).update(
        **{"next_run_at": NOW + timedelta(seconds=integration.offset)} | columns
    )


def test_a_run_that_has_not_started_by_seven_is_told_once(integration: Integration) -> None:
    due(integration)
    tell(SEVEN - timedelta(seconds=1))
    assert mail.outbox == []
    for minutes in range(0, 300, 30):
        tell(SEVEN + minutes * MINUTE)
    assert len(mail.outbox) == len(NAMED)
    assert mail.outbox[0].subject == (
        "Xledger Norge: the sync due Mon 23 Nov 2026, 06:00 has not started"
    )


def test_the_alarm_of_the_next_time_is_another_one(integration: Integration) -> None:
    due(integration)
    tell(SEVEN)
    due(integration, next_run_at=NOW + 7 * DAY)
    tell(SEVEN + 7 * DAY)
    assert len(mail.outbox) == 2 * len(NAMED)


def test_a_queued_run_that_no_worker_takes_is_told_too(integration: Integration) -> None:
    due(integration)
    runs.open_run(integration, NOW, trigger=SyncRun.Trigger.SCHEDULED, due_at=NOW)
    due(integration, next_run_at=NOW + 7 * DAY)
    tell(SEVEN)
    assert told() == ["missed"]
    tell(SEVEN + MINUTE)
    assert len(mail.outbox) == len(NAMED)


@pytest.mark.parametrize("state", ["paused", "draft"])
def test_what_is_not_scheduled_is_not_missed(integration: Integration, state: str) -> None:
    due(integration, state=state)
    tell(SEVEN)
    assert mail.outbox == []


def test_without_the_addon_nothing_is_missed(integration: Integration) -> None:
    due(integration)
    Organisation.objects.update(addon_since=None)
    tell(SEVEN)
    assert mail.outbox == []


def test_the_late_run_is_told_to_have_come(integration: Integration) -> None:
    due(integration)
    tell(SEVEN)
    integration.refresh_from_db()
    ended(integration, "succeeded", 2 * 60 * MINUTE, due_at=integration.alarmed_for)
    assert told() == ["missed", "recovered"]


def test_a_thousand_integrations_take_few_queries(
    organisation: Organisation, django_assert_max_num_queries: Callable[[int], object]
) -> None:
    Integration.objects.bulk_create(
        Integration(
            organisation=organisation,
            label=str(number),
            source_kind="simployer",
            target_kind="xledger",
            state="active",
            schedule_days=["mon"],
            next_run_at=datetime(2026, 11, 30, 5, tzinfo=UTC),
        )
        for number in range(1_000)
    )
    with django_assert_max_num_queries(5):  # type: ignore[attr-defined]
        notify.tell_of_changes(SEVEN)
