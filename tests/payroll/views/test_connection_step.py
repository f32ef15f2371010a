"""The step Connection: saved, tested from there, and people asked for once both can be reached."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from integration_hub.accounts.models import Role
from payroll.models import ConnectionTest, Credential, Integration, MatchDecision, Snapshot
from payroll.runs import open_run
from tests.journeys.world import World

from .conftest import UseBroker
from .scenes import queries
from .test_connection import browser, flat


@pytest.fixture
def draft(small: World) -> World:
    Integration.objects.update(state=Integration.State.DRAFT)
    small.integration.refresh_from_db()
    return small


@pytest.fixture
def owner(draft: World) -> Client:
    return browser(draft.integration.organisation, Role.OWNER)


def step(world: World) -> str:
    return f"/settings/integrations/{world.integration.pk}/setup/connection/"


def post(client: Client, world: World, **changes: Any) -> HttpResponse:
    """What the page sends; `test` is the second button."""
    world.integration.refresh_from_db()
    data = {
        "version": str(world.integration.config_version),
        "label": world.integration.label,
        "source_environment": "sandbox",
        "target_environment": "sandbox",
        "source_token": "",
        "target_token": "",
    }
    answer: Any = client.post(step(world), data | changes)
    assert isinstance(answer, HttpResponse)
    return answer


def test_save_and_test_saves_tests_and_comes_back(owner: Client, draft: World) -> None:
    answer = post(owner, draft, test="1", label="Nordlys lønn")
    assert answer["Location"] == f"{step(draft)}#tested"
    page = flat(owner, step(draft))
    assert page.count(">Works</span>") == 2
    assert f"{len(draft.simployer.rows['employee'])} employees" in page
    assert "What else it can take" in page
    draft.integration.refresh_from_db()
    assert draft.integration.label == "Nordlys lønn"


def test_save_and_go_on_asks_nobody_for_a_test(owner: Client, draft: World) -> None:
    assert post(owner, draft)["Location"].endswith("/setup/scope/")
    assert not ConnectionTest.objects.exists()


def test_testing_twice_keeps_one_result(owner: Client, draft: World) -> None:
    assert post(owner, draft, test="1").status_code == 302
    assert post(owner, draft, test="1").status_code == 302
    assert ConnectionTest.objects.count() == 1


def test_before_a_test_the_page_says_so(owner: Client, draft: World) -> None:
    assert "Not tested with these tokens yet" in flat(owner, step(draft))
    Credential.objects.filter(side="target").delete()
    assert "once X-ledger API token is set" in flat(owner, step(draft))
    Credential.objects.all().delete()
    words = "once Simployer One access token and X-ledger API token are set"
    assert words in flat(owner, step(draft))


def test_bad_input_is_neither_saved_nor_tested(owner: Client, draft: World) -> None:
    page = post(owner, draft, test="1", label="", target_token="typed").content.decode()
    assert "Give the integration a name" in page
    assert draft.xledger.log == []
    assert not Snapshot.objects.exists()


def test_the_later_of_two_tabs_is_told_before_anything_is_asked(
    owner: Client, draft: World
) -> None:
    page = post(owner, draft, test="1", version="99", label="Another name").content.decode()
    assert "Somebody changed this integration" in page
    assert draft.xledger.log == []


def test_another_token_forgets_what_the_one_before_showed(owner: Client, draft: World) -> None:
    post(owner, draft, test="1")
    post(owner, draft, target_token="another-one")
    assert not ConnectionTest.objects.exists()
    assert "Not tested with these tokens yet" in flat(owner, step(draft))


def test_where_a_token_is_made_stands_in_steps(owner: Client, draft: World) -> None:
    page = flat(owner, step(draft))
    assert "<li>Open Settings, then Access tokens, and create a new token.</li>" in page
    rights = "Accounts Payable, Accounts Receivable, Common, General Ledger and Human Resources"
    assert f"<li>Tick Read and Write for {rights}.</li>" in page


def test_an_admin_who_sets_no_token_may_still_test(draft: World) -> None:
    admin = browser(draft.integration.organisation, Role.ADMIN)
    post(admin, draft, test="1")
    assert flat(admin, step(draft)).count(">Works</span>") == 2


def test_the_step_takes_the_same_queries_whatever_was_found(owner: Client, draft: World) -> None:
    post(owner, draft)
    before = len(queries(owner, step(draft)))
    post(owner, draft, test="1")
    assert len(queries(owner, step(draft))) == before


# --- people for the next steps --------------------------------------------------------------------


def test_people_are_asked_for_once_the_draft_can_be_reached(owner: Client, draft: World) -> None:
    Credential.objects.filter(side="target").delete()
    post(owner, draft)
    assert not Snapshot.objects.exists()
    post(owner, draft, target_token="a-token")
    assert Snapshot.objects.get().status == Snapshot.Status.QUEUED


def test_people_that_were_read_are_not_asked_for_again(owner: Client, draft: World) -> None:
    draft.read_people()
    post(owner, draft, label="Another name")
    assert Snapshot.objects.get().is_ready


def test_people_who_could_not_be_read_are_asked_for_again(owner: Client, draft: World) -> None:
    now = timezone.now()
    Snapshot.objects.create(
        integration=draft.integration,
        requested_at=now,
        heartbeat_at=now,
        fence=1,
        status=Snapshot.Status.FAILED,
    )
    post(owner, draft)
    assert Snapshot.objects.get().status == Snapshot.Status.QUEUED


def test_an_active_integration_reads_nobody_on_saving(owner: Client, draft: World) -> None:
    Integration.objects.update(state=Integration.State.ACTIVE)
    post(owner, draft)
    assert not Snapshot.objects.exists()


def test_a_queue_that_is_down_does_not_stop_the_saving(
    owner: Client, draft: World, use_broker: UseBroker, closed_port: int
) -> None:
    use_broker(f"redis://127.0.0.1:{closed_port}/0")
    assert post(owner, draft, label="Nordlys lønn")["Location"].endswith("/setup/scope/")
    assert Integration.objects.get().label == "Nordlys lønn"
    snapshot = Snapshot.objects.get()
    assert snapshot.status == Snapshot.Status.FAILED
    assert "queue" in snapshot.error


# --- another environment --------------------------------------------------------------------------


@pytest.fixture
def elsewhere(owner: Client, settings: Any) -> dict[str, str]:
    """What is posted to go to another payroll, which has other people under the same ids."""
    known = settings.XLEDGER_ENVIRONMENTS
    settings.XLEDGER_ENVIRONMENTS = known | {"production": known["sandbox"]}
    return {"target_environment": "production"}


def test_who_is_two_people_in_one_payroll_is_not_so_in_another(
    owner: Client, draft: World, elsewhere: dict[str, str]
) -> None:
    for same in (True, False):
        MatchDecision.objects.create(
            integration=draft.integration,
            source_id="e1",
            target_id=f"t{same}",
            same=same,
            at=timezone.now(),
        )
    post(owner, draft, label="Only another name")
    assert MatchDecision.objects.count() == 2
    post(owner, draft, **elsewhere)
    draft.integration.refresh_from_db()
    assert draft.integration.target_environment == "production"
    assert not MatchDecision.objects.exists()


def test_a_run_under_way_keeps_the_environment(
    owner: Client, draft: World, elsewhere: dict[str, str]
) -> None:
    open_run(draft.integration, timezone.now())
    page = post(owner, draft, label="Another name", **elsewhere).content.decode()
    assert "A run is in progress" in page
    assert "Another name" in page
    draft.integration.refresh_from_db()
    assert draft.integration.target_environment == "sandbox"
    assert post(owner, draft, label="Another name").status_code == 302
