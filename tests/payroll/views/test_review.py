"""The step Review: what is set up, what a sync would do, activating, and starting with a few."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry, Organisation, User
from payroll.configuration.editing import edit
from payroll.models import ConnectionTest, Integration, SyncRun
from tests.payroll.people import PICK_LISTS, person
from tests.payroll.readings import keep_reading

from .scenes import make_change, make_integration, make_run, running, text

States = Integration.State


@pytest.fixture
def draft(organisation: Organisation) -> Integration:
    """Everything set but for the activation; two people who are ready, one who is not."""
    draft = make_integration(organisation, state=States.DRAFT, schedule_days=["mon", "wed"])
    for side in ("source", "target"):
        draft.set_secrets(side, {"token": f"a {side} token"}, timezone.now())
    people = [person("1001"), person("1002"), person("1003", email=None)]
    keep_reading(draft, people, timezone.now(), pick_lists=PICK_LISTS)
    return draft


def page(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/setup/review/"


def plain(client: Client, integration: Integration) -> str:
    """The page's words."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", text(client, page(integration))))


def entered(integration: Integration, **changes: str) -> dict[str, str]:
    """What the form of a trial sends."""
    version = str(integration.config_version)
    return {"trial": "1", "version": version, "first": "1001", "second": "", "wait": "on"} | changes


# --- what is set up -------------------------------------------------------------------------------


def test_each_step_is_told_with_a_link_to_change_it(alice: Client, draft: Integration) -> None:
    ConnectionTest.objects.create(integration=draft, at=timezone.now() - timedelta(minutes=3))
    words, html = plain(alice, draft), text(alice, page(draft))
    assert "Both access tokens are set." in words
    assert "Tested 3 minutes ago" in words
    assert "Everyone in HR." in words
    assert "X-ledger does not take:" in words
    assert "Nobody is linked yet." in words
    assert "Mondays and Wednesdays: queued at 06:00 Oslo time and starts shortly after." in words
    assert "If you activate it now, the first run is" in words
    for key in ("connection", "scope", "fields", "matching", "schedule"):
        assert f'/setup/{key}/">' in html


def test_what_is_missing_is_named_with_the_step_and_nothing_can_be_activated(
    alice: Client, draft: Integration
) -> None:
    draft.credentials.filter(side="target").delete()
    draft.mappings.filter(target="employeeGroup").delete()
    words = plain(alice, draft)
    assert "X-ledger API token: go to Connection" in words
    assert "A field that payroll requires is not sent: go to Fields" in words
    alice.post(page(draft), {"version": "1"})
    alice.post(page(draft), entered(draft))
    draft.refresh_from_db()
    assert draft.state == States.DRAFT
    assert not draft.runs.exists()


# --- what a sync would do -------------------------------------------------------------------------


def test_the_newest_preview_is_counted_with_links_to_its_people(
    alice: Client, draft: Integration
) -> None:
    run = make_run(draft, preview=True, unchanged=7, left_out={"not in scope": 3})
    make_change(run, "1", kind="create", outcome="")
    make_change(run, "2", outcome="")
    make_change(run, "3", kind="none", outcome="skipped", sendable=False, fields={})
    words = plain(alice, draft)
    assert "1 Create 1 Update 0 End 7 Unchanged 1 Skipped 3 Left out" in words
    assert "Left out: 3 people not in scope." in words
    assert "have changed since this preview" not in words
    assert f'href="/runs/{run.pk}/?show=created#people"' in text(alice, page(draft))


def _as(client: Client) -> User:
    return User.objects.get(pk=client.session["_auth_user_id"])


def _set(integration: Integration, user: User, **columns: object) -> None:
    def change(held: Integration) -> bool:
        for name, value in columns.items():
            setattr(held, name, value)
        return "token" in columns

    integration.refresh_from_db()
    edit(integration.pk, integration.config_version, change, user, timezone.now())


def test_a_preview_of_other_settings_is_marked(alice: Client, draft: Integration) -> None:
    _set(draft, _as(alice), label="First version")
    draft.refresh_from_db()
    make_run(draft, preview=True, config_version=draft.config_version)
    _set(draft, _as(alice), schedule_days=["fri"])
    assert "have changed since this preview" not in plain(alice, draft)
    _set(draft, _as(alice), scope={"exclude": ["1001"]})
    assert "have changed since this preview" in plain(alice, draft)


def test_new_tokens_and_a_match_decided_since_mark_it_too(
    alice: Client, draft: Integration
) -> None:
    _set(draft, _as(alice), label="First version")
    draft.refresh_from_db()
    run = make_run(draft, preview=True, config_version=draft.config_version)
    assert "have changed since this preview" not in plain(alice, draft)
    draft.match_anew(timezone.now())
    assert "matches have changed since this preview" in plain(alice, draft)
    draft.match_anew(run.queued_at)
    assert "have changed since this preview" not in plain(alice, draft)
    _set(draft, _as(alice), token="new")
    assert run.config_version < Integration.objects.get().config_version
    assert "have changed since this preview" in plain(alice, draft)


def test_a_preview_that_failed_says_why(alice: Client, draft: Integration) -> None:
    make_run(draft, preview=True, status="failed", planned_at=None, error="The token is refused.")
    assert "The token is refused." in plain(alice, draft)


def test_the_preview_of_a_draft_leads_back(alice: Client, bob: Client, draft: Integration) -> None:
    run = make_run(draft, preview=True)
    assert "Back to Review" in text(alice, f"/runs/{run.pk}/")
    assert "Back to Review" not in text(bob, f"/runs/{run.pk}/")


# --- activate -------------------------------------------------------------------------------------


def test_activating_twice_is_harmless(alice: Client, draft: Integration) -> None:
    answers = [alice.post(page(draft), {"version": str(draft.config_version)}) for _ in range(2)]
    assert {answer["Location"] for answer in answers} == {f"/settings/integrations/{draft.pk}/"}
    draft.refresh_from_db()
    assert draft.state == States.ACTIVE
    assert draft.config_version == 2
    assert AuditEntry.objects.count() == 1


# --- start with one or two people -----------------------------------------------------------------


def test_two_people_are_started_with_while_the_schedule_waits(
    alice: Client, draft: Integration
) -> None:
    answer = alice.post(page(draft), entered(draft, second="1002"))
    run = SyncRun.objects.get()
    assert answer["Location"] == f"/runs/{run.pk}/"
    assert run.only == ["e1001", "e1002"]
    assert not run.preview
    draft.refresh_from_db()
    assert (draft.state, draft.next_run_at) == (States.PAUSED, None)
    noted = AuditEntry.objects.get(action=AuditEntry.Action.TRIAL_STARTED)
    assert (noted.subject, noted.before, noted.after) == (draft.label, None, {"people": 2})


def test_the_schedule_may_start_at_once(alice: Client, draft: Integration) -> None:
    alice.post(page(draft), entered(draft, wait="", second="1001"))
    draft.refresh_from_db()
    assert draft.state == States.ACTIVE
    assert draft.next_run_at is not None
    assert SyncRun.objects.get().only == ["e1001"]


def test_without_days_nothing_is_paused(alice: Client, draft: Integration) -> None:
    Integration.objects.update(schedule_days=[])
    assert "Keep the schedule paused" not in text(alice, page(draft))
    alice.post(page(draft), entered(draft))
    draft.refresh_from_db()
    assert draft.state == States.ACTIVE


@pytest.mark.parametrize("wait", ["on", ""])
def test_pressing_start_twice_starts_one_trial(
    alice: Client, draft: Integration, wait: str
) -> None:
    answers = [alice.post(page(draft), entered(draft, wait=wait)) for _ in range(2)]
    run = SyncRun.objects.get()
    assert {answer["Location"] for answer in answers} == {f"/runs/{run.pk}/"}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"first": ""}, "Enter the employee number"),
        ({"first": "99"}, "Nobody has the employee number “99”"),
        ({"second": "1003"}, "1003 is not ready. Missing in HR: E-mail"),
        ({"first": "x" * 101}, "at most 100"),
        ({"version": "0"}, "Somebody changed this integration"),
        ({"first": "\x00"}, "Null characters"),
    ],
)
def test_bad_input_starts_nothing_and_keeps_the_entries(
    alice: Client, draft: Integration, changes: dict[str, str], words: str
) -> None:
    answer = alice.post(page(draft), entered(draft, **{"second": "1002"} | changes))
    assert words in answer.content.decode()
    if "second" not in changes:
        assert 'value="1002"' in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == States.DRAFT
    assert not SyncRun.objects.exists()


def test_beside_another_run_nothing_is_started(alice: Client, draft: Integration) -> None:
    running(draft, preview=True, heartbeat_at=timezone.now())
    assert "A run is in progress" in alice.post(page(draft), entered(draft)).content.decode()
    draft.refresh_from_db()
    assert draft.state == States.DRAFT


def test_without_a_reading_people_are_read_first(alice: Client, draft: Integration) -> None:
    draft.snapshot.delete()
    assert "Read people</button>" in text(alice, page(draft))
    assert "Read people first" in alice.post(page(draft), entered(draft)).content.decode()
    assert not SyncRun.objects.exists()


def test_a_viewer_starts_nothing(bob: Client, charlie: Client, draft: Integration) -> None:
    assert bob.post(page(draft), entered(draft)).status_code == 403
    assert charlie.post(page(draft), entered(draft)).status_code == 404
    assert not SyncRun.objects.exists()


# --- after a trial --------------------------------------------------------------------------------


def test_a_trial_is_called_one_wherever_it_is_listed(alice: Client, draft: Integration) -> None:
    make_run(draft, only=["1001", "1002"])
    assert "Trial of 2 people" in text(alice, "/activity/")
    listed = text(alice, "/settings/integrations/")
    assert "Trial of 2 people" in listed
    assert "None yet" in listed


def test_a_trial_that_went_well_offers_everyone(
    alice: Client, bob: Client, draft: Integration
) -> None:
    Integration.objects.update(state=States.PAUSED)
    run = make_run(draft, only=["1001", "1002"])
    words = text(alice, f"/runs/{run.pk}/")
    assert "This was a sync of 2 people only" in words
    assert "Also switch the schedule on" in words
    assert "Sync everyone" not in text(bob, f"/runs/{run.pk}/")
    alice.post(f"/settings/integrations/{draft.pk}/sync/", {"resume": "1"})
    draft.refresh_from_db()
    assert draft.state == States.ACTIVE
    assert draft.next_run_at is not None
    assert SyncRun.objects.active().get().only == []


def test_everyone_without_the_schedule(alice: Client, draft: Integration) -> None:
    Integration.objects.update(state=States.PAUSED)
    alice.post(f"/settings/integrations/{draft.pk}/sync/")
    draft.refresh_from_db()
    assert draft.state == States.PAUSED


def test_a_trial_with_problems_leads_to_another(alice: Client, draft: Integration) -> None:
    run = make_run(draft, only=["1001"], status="with_problems")
    words = text(alice, f"/runs/{run.pk}/")
    assert "This was a sync of 1 person only" in words
    assert "Sync everyone" not in words
    assert "start with one or two people again" in words


def test_without_the_addon_no_schedule_is_switched_on(alice: Client, draft: Integration) -> None:
    Integration.objects.update(state=States.PAUSED)
    draft.organisation.switch_addon(on=False, now=timezone.now())
    alice.post(f"/settings/integrations/{draft.pk}/sync/", {"resume": "1"})
    draft.refresh_from_db()
    assert draft.state == States.PAUSED
