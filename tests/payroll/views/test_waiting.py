"""Waiting for approval: who sees what, who decides, and what a button does when pressed again."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from integration_hub.accounts.models import AuditEntry, Membership, Role, User
from payroll.models import Integration, SyncRun, WaitingChange
from payroll.runs import open_run

from .scenes import (
    BANK_ACCOUNT,
    NOW,
    make_change,
    make_integration,
    make_run,
    make_waiting,
    queries,
    text,
)
from .test_limits import save

_State = WaitingChange.State
NEW = "15030204074"


@pytest.fixture
def integration(integration: Integration) -> Integration:
    """Bank accounts and pay wait, by a setting from a shell."""
    integration.set_waits(["bank_account", "pay"], NOW)
    integration.save()
    return integration


@pytest.fixture
def page(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/waiting/"


def press(client: Client, page: str, verdict: str, *chosen: WaitingChange, **posted: Any) -> str:
    """The page after a button, with its white space flattened."""
    ids = [str(each.pk) for each in chosen]
    posted = {"verdict": verdict, "change": ids} | posted
    answer = client.post(f"{page}decide/", posted, follow=True)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def user(name: str) -> User:
    return User.objects.get(email=f"{name}@{name}.example")


def state(change: WaitingChange) -> str:
    change.refresh_from_db()
    return str(change.state)


# --- who sees what -------------------------------------------------------------------------------


def test_each_change_is_listed_with_its_age_and_the_account_masked(
    alice: Client, page: str, integration: Integration
) -> None:
    run = make_run(integration)
    make_waiting(integration, run=run)
    shown = text(alice, page)
    assert "Kari Nordmann" in shown
    assert "••••• 7947" in shown
    assert "••••• 4074" in shown
    assert BANK_ACCOUNT not in shown
    assert NEW not in shown
    assert f'href="/runs/{run.pk}/"' in shown
    assert "Mon 23 Nov 2026, 06:00" in shown
    assert "Approve chosen" in shown


def test_pay_is_shown_to_who_decides_and_to_no_viewer(
    alice: Client, bob: Client, page: str, integration: Integration
) -> None:
    fields = {"value1": {"before": "51000", "after": "52500", "sensitive": True}}
    make_waiting(integration, subject="pay", fields=fields)
    assert "52,500" in text(alice, page)
    hidden = text(bob, page)
    assert "52,500" not in hidden
    assert "51,000" not in hidden


def test_a_viewer_sees_numbers_and_neither_names_nor_values_nor_buttons(
    alice: Client, bob: Client, page: str, integration: Integration
) -> None:
    change = make_waiting(integration)
    shown = text(bob, page)
    assert "20001" in shown
    assert "Name hidden" in shown
    assert "Kari" not in shown
    assert "4074" not in shown
    assert 'name="change"' not in shown
    assert "An owner or admin decides" in shown
    for verdict in ("approve", "decline", "undo"):
        posted = {"verdict": verdict, "change": str(change.pk)}
        assert bob.post(f"{page}decide/", posted).status_code == 403
    assert state(change) == _State.WAITING


def test_strangers_find_nothing(charlie: Client, page: str, integration: Integration) -> None:
    change = make_waiting(integration)
    assert charlie.get(page).status_code == 404
    posted = {"verdict": "approve", "change": str(change.pk)}
    assert charlie.post(f"{page}decide/", posted).status_code == 404


def test_a_change_of_another_integration_is_not_decided(
    alice: Client, page: str, integration: Integration
) -> None:
    other = make_waiting(make_integration(integration.organisation, "Other"))
    assert "no longer wait" in press(alice, page, "approve", other)
    assert state(other) == _State.WAITING


def test_where_nothing_waits_the_page_says_how_to_begin(
    alice: Client, page: str, integration: Integration
) -> None:
    assert "Nothing waits" in text(alice, page)
    Integration.objects.update(waits_for=[])
    assert "No change waits for anybody" in text(alice, page)


# --- who decides ---------------------------------------------------------------------------------


def test_whoever_set_it_last_cannot_approve_and_is_told_who_can(
    alice: Client, page: str, integration: Integration
) -> None:
    change = make_waiting(integration)
    ola = User.objects.create_user("ola@ola.example", name="Ola Hansen")
    Membership.objects.create(user=ola, organisation=integration.organisation, role=Role.OWNER)
    Integration.objects.update(waits_set_by=user("alice"))
    shown = text(alice, page)
    assert "so somebody else decides: Ola Hansen." in shown
    assert "Approve chosen" not in shown
    for verdict in ("approve", "decline"):
        assert "somebody else must decide" in press(alice, page, verdict, change)
    assert state(change) == _State.WAITING
    assert not SyncRun.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_organisation_of_one_is_told_what_to_do(
    alice: Client, page: str, integration: Integration
) -> None:
    shown = save(alice, integration, waits_for="end_date")
    assert "nobody can approve yet" in shown
    assert Integration.objects.filter(waits_set_by=user("alice")).exists()
    assert "make somebody else owner or admin" in text(alice, page)


def test_saving_the_same_again_leaves_the_setting_whose_it_was(
    alice: Client, integration: Integration
) -> None:
    posted: Any = ["pay", "bank_account"]
    save(alice, integration, waits_for=posted, end_percent="8")
    assert not Integration.objects.filter(waits_set_by__isnull=False).exists()
    save(alice, integration, waits_for="pay")
    assert integration.waits_for == ["pay"]
    assert Integration.objects.filter(waits_set_by=user("alice")).exists()
    entry = AuditEntry.objects.order_by("at").last()
    assert entry
    assert entry.before
    assert entry.before["approvals"] == ["bank_account", "pay"]
    assert entry.after == {"approvals": ["pay"]}


def test_what_no_longer_has_to_wait_is_no_longer_listed(
    alice: Client, integration: Integration
) -> None:
    make_waiting(integration)
    pay = make_waiting(integration, subject="pay")
    save(alice, integration, waits_for="pay")
    assert list(integration.waiting_changes.all()) == [pay]


# --- the buttons ---------------------------------------------------------------------------------


def test_approving_starts_a_run_of_exactly_these_people(
    alice: Client, page: str, integration: Integration
) -> None:
    first, second, third = (make_waiting(integration, number) for number in ("1", "2", "3"))
    shown = press(alice, page, "approve", first, third)
    run = SyncRun.objects.get()
    assert (run.only, run.trigger, run.started_by) == (["1", "3"], "approved", user("alice"))
    assert "Here is the run that sends it" in shown
    assert "a sync of 2 people with approved changes" in shown
    assert [state(each) for each in (first, second, third)] == ["approved", "waiting", "approved"]
    entry = AuditEntry.objects.get(action=AuditEntry.Action.CHANGES_APPROVED)
    assert entry.after == {"bank_account": 2}
    assert entry.user == user("alice")
    assert "Kari" not in str(entry.after)


def test_pressing_twice_or_after_somebody_else_does_no_harm(
    alice: Client, page: str, integration: Integration
) -> None:
    change = make_waiting(integration)
    press(alice, page, "approve", change)
    again = press(alice, page, "approve", change)
    assert "no longer wait" in again
    assert "a sync of 1 person with approved changes" in again
    assert "no longer wait" in press(alice, page, "decline", change)
    assert state(change) == _State.APPROVED
    assert SyncRun.objects.count() == 1
    assert AuditEntry.objects.filter(action=AuditEntry.Action.CHANGES_APPROVED).count() == 1


def test_what_is_approved_while_a_run_goes_on_is_sent_after_it(
    alice: Client, page: str, integration: Integration
) -> None:
    change = make_waiting(integration)
    open_run(integration, NOW)
    assert "right after it" in press(alice, page, "approve", change)
    assert SyncRun.objects.count() == 1
    change.refresh_from_db()
    assert (change.state, change.handed_on_at) == (_State.APPROVED, None)
    assert "nothing was taken back" in press(alice, page, "undo", change)
    assert state(change) == _State.APPROVED


def test_declining_sends_nothing_and_can_be_taken_back(
    alice: Client, page: str, integration: Integration
) -> None:
    change = make_waiting(integration)
    assert "1 change was declined" in press(alice, page, "decline", change)
    assert not SyncRun.objects.exists()
    assert "Declined by alice@alice.example on" in text(alice, f"{page}?show=declined")
    assert "1 change waits again" in press(alice, page, "undo", change)
    change.refresh_from_db()
    assert (change.state, change.decided_by, change.decided_at) == (_State.WAITING, None, None)
    actions = AuditEntry.objects.order_by("at").values_list("action", flat=True)
    assert list(actions) == ["change.declined", "change.undecided"]


@pytest.mark.parametrize("posted", [{}, {"change": "nonsense"}, {"verdict": "burn"}])
def test_nonsense_decides_nothing(
    posted: dict[str, str], alice: Client, page: str, integration: Integration
) -> None:
    change = make_waiting(integration)
    asked = {"verdict": "approve"} | posted
    answer = alice.post(f"{page}decide/", asked, follow=True)
    assert "Nothing was chosen" in answer.content.decode()
    assert state(change) == _State.WAITING


def version(shown: str) -> str:
    found = re.search(r'name="all" value="(\w+)"', shown)
    assert found
    return found[1]


def test_the_whole_list_is_approved_only_as_it_was_looked_at(
    alice: Client, page: str, integration: Integration
) -> None:
    for number in range(120):
        make_waiting(integration, str(30000 + number))
    seen = version(text(alice, page))
    late = make_waiting(integration, "40000")
    assert "The list has changed" in press(alice, page, "approve", all=seen)
    assert not integration.waiting_changes.filter(state=_State.APPROVED).exists()
    late.delete()
    press(alice, page, "approve", all=seen)
    assert integration.waiting_changes.filter(state=_State.APPROVED).count() == 120
    assert len(SyncRun.objects.get().only) == 120


def test_the_whole_list_of_a_group_is_that_group_alone(
    alice: Client, page: str, integration: Integration
) -> None:
    account = make_waiting(integration, "1")
    pay = [make_waiting(integration, number, subject="pay") for number in ("1", "2")]
    seen = version(text(alice, f"{page}?show=pay"))
    press(alice, page, "decline", all=seen, show="pay")
    assert state(account) == _State.WAITING
    assert [state(each) for each in pay] == [_State.DECLINED] * 2


# --- elsewhere -----------------------------------------------------------------------------------


def test_the_page_of_the_integration_and_of_the_run_lead_there(
    bob: Client, integration: Integration, page: str
) -> None:
    run = make_run(integration)
    shown = text(bob, f"/settings/integrations/{integration.pk}/")
    assert "(bank account and pay)" in shown
    assert "for approval; everything else" not in shown
    make_waiting(integration, run=run)
    shown = text(bob, f"/settings/integrations/{integration.pk}/")
    assert "1 change waits for approval; everything else goes through." in shown
    make_change(run, outcome="to_approve", sendable=False)
    shown = text(bob, f"/runs/{run.pk}/")
    assert "1 change in this run had to wait for approval" in shown
    assert f'href="{page}"' in shown


def test_a_waiting_change_does_not_count_as_trouble_in_lists(
    alice: Client, integration: Integration
) -> None:
    run = make_run(integration)
    make_change(run, outcome="to_approve", sendable=False)
    assert "need attention" not in text(alice, "/activity/")


def test_the_row_of_a_run_says_who_approved(alice: Client, integration: Integration) -> None:
    approval = {"id": "1", "by": "Ola Hansen", "subject": "bank_account"}
    field = {"before": BANK_ACCOUNT, "after": NEW, "approval": approval}
    run = make_run(integration)
    make_change(run, fields={"bankAccount": field})
    assert "Approved by Ola Hansen." in text(alice, f"/runs/{run.pk}/")


@pytest.mark.parametrize("show", ["waiting", "declined"])
def test_many_changes_take_no_more_queries_than_one(
    show: str, alice: Client, integration: Integration, page: str
) -> None:
    columns: dict[str, Any] = {}
    if show == "declined":
        columns = {"state": show, "decided_at": NOW, "decided_by": user("alice")}
    make_waiting(integration, **columns)
    few = len(queries(alice, f"{page}?show={show}"))
    assert few <= 12
    for number in range(60):
        make_waiting(integration, str(30000 + number), since=NOW - timedelta(days=1), **columns)
    assert len(queries(alice, f"{page}?show={show}")) == few
