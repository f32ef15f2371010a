"""The wizard: one draft, one address per step, nothing lost, nobody else's."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry, Membership, Organisation, Role, User
from payroll.models import Integration

pytestmark = pytest.mark.django_db
PASSWORD = "a long enough password"


def member(role: Role, organisation: Organisation) -> Client:
    """A browser of somebody with that role."""
    user = User.objects.create_user(f"{role}@fjordkraft.example", PASSWORD)
    Membership.objects.create(user=user, organisation=organisation, role=role)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def organisation() -> Organisation:
    return Organisation.objects.create(name="Fjordkraft AS", addon_since=timezone.now())


@pytest.fixture
def owner(organisation: Organisation) -> Client:
    return member(Role.OWNER, organisation)


def choose_system(client: Client) -> Integration:
    """Through the first page."""
    organisation = Organisation.objects.get()
    answer = client.post(
        reverse("integration_add"),
        {"organisation": organisation.pk, "source": "simployer", "target": "xledger"},
    )
    draft = Integration.objects.latest("created_at")
    assert answer["Location"] == step(draft, "connection")
    return draft


def step(draft: Integration, key: str) -> str:
    return reverse("integration_step", args=[draft.pk, key])


def connection(draft: Integration, **changes: str) -> dict[str, str]:
    """What the connection page sends."""
    return {
        "version": str(draft.config_version),
        "label": "Xledger Norge",
        "source_environment": draft.source_environment,
        "target_environment": draft.target_environment,
        "source_token": "a-simployer-token",
        "target_token": "an-xledger-token",
    } | changes


def test_the_whole_way_to_an_active_integration(owner: Client) -> None:
    draft = choose_system(owner)
    assert draft.state == Integration.State.DRAFT
    assert draft.mappings.count() == len(draft.target.default_mappings)

    answer = owner.post(step(draft, "connection"), connection(draft))
    assert answer["Location"] == step(draft, "scope")
    draft.refresh_from_db()
    days = {"version": str(draft.config_version), "mode": "scheduled", "days": ["mon", "fri"]}
    assert owner.post(step(draft, "schedule"), days)["Location"] == step(draft, "review")
    assert "Activate" in owner.get(step(draft, "review")).content.decode()

    draft.refresh_from_db()
    owner.post(step(draft, "review"), {"version": str(draft.config_version)})
    draft.refresh_from_db()
    assert draft.state == Integration.State.ACTIVE
    assert draft.label == "Xledger Norge"
    assert draft.next_run_at is not None
    assert draft.secrets("target") == {"token": "an-xledger-token"}


def test_tokens_are_never_shown_again_and_blank_keeps_them(owner: Client) -> None:
    draft = choose_system(owner)
    owner.post(step(draft, "connection"), connection(draft))
    draft.refresh_from_db()
    page = owner.get(step(draft, "connection")).content.decode()
    assert "an-xledger-token" not in page
    assert "by owner@fjordkraft.example" in page

    owner.post(
        step(draft, "connection"), connection(draft, label="New", source_token="", target_token="")
    )
    draft.refresh_from_db()
    assert draft.label == "New"
    assert draft.secrets("target") == {"token": "an-xledger-token"}


def test_without_tokens_it_cannot_be_activated(owner: Client) -> None:
    draft = choose_system(owner)
    assert "X-ledger API token" in owner.get(step(draft, "review")).content.decode()
    owner.post(step(draft, "review"), {"version": "1"})
    draft.refresh_from_db()
    assert draft.state == Integration.State.DRAFT


@pytest.mark.parametrize("version", ["1", "", "x"])
def test_only_what_was_reviewed_is_activated(owner: Client, version: str) -> None:
    draft = choose_system(owner)
    owner.post(step(draft, "connection"), connection(draft))
    answer = owner.post(step(draft, "review"), {"version": version}, follow=True)
    assert "Look it over again" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.state == Integration.State.DRAFT


def test_the_later_of_two_tabs_is_told_and_loses_nothing(owner: Client) -> None:
    draft = choose_system(owner)
    opened = connection(draft)
    owner.post(step(draft, "connection"), opened)
    later = owner.post(step(draft, "connection"), opened | {"label": "My own name"})
    page = later.content.decode()
    assert "Somebody changed this integration" in page
    assert 'value="My own name"' in page
    draft.refresh_from_db()
    assert draft.label == "Xledger Norge"

    again = opened | {"label": "My own name", "version": str(draft.config_version)}
    owner.post(step(draft, "connection"), again)
    draft.refresh_from_db()
    assert draft.label == "My own name"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"label": ""}, "Give the integration a name"),
        ({"label": "x" * 101}, "at most 100"),
        ({"source_environment": "the moon"}, "the moon is not one of the available"),
        ({"label": "Taken"}, "Another integration has this name"),
    ],
)
def test_bad_input_is_told_and_nothing_is_saved(
    owner: Client, changes: dict[str, str], words: str
) -> None:
    choose_system(owner)
    Integration.objects.update(label="Taken", config_version=2)
    draft = choose_system(owner)
    page = owner.post(step(draft, "connection"), connection(draft, **changes)).content.decode()
    assert words in page
    draft.refresh_from_db()
    assert draft.config_version == 1
    assert draft.credentials.count() == 0


def test_a_schedule_without_days_is_refused(owner: Client) -> None:
    draft = choose_system(owner)
    answer = owner.post(step(draft, "schedule"), {"version": "1", "mode": "scheduled"})
    assert "Choose at least one weekday" in answer.content.decode()


def test_a_pause_keeps_the_days_and_stops_the_schedule(owner: Client) -> None:
    draft = choose_system(owner)
    Integration.objects.update(state=Integration.State.ACTIVE, schedule_days=["mon"])
    form = {"version": "1", "mode": "scheduled", "days": ["mon"], "paused": "on"}
    owner.post(step(draft, "schedule"), form)
    draft.refresh_from_db()
    assert (draft.state, draft.schedule_days) == (Integration.State.PAUSED, ["mon"])
    assert draft.next_run_at is None

    del form["paused"]
    form["pausable"] = "True"
    owner.post(step(draft, "schedule"), form | {"version": str(draft.config_version)})
    draft.refresh_from_db()
    assert draft.state == Integration.State.ACTIVE
    assert draft.next_run_at is not None


def test_an_admin_configures_but_sets_no_token(organisation: Organisation) -> None:
    admin = member(Role.ADMIN, organisation)
    draft = choose_system(admin)
    assert "Only an owner" in admin.get(step(draft, "connection")).content.decode()
    admin.post(step(draft, "connection"), connection(draft))
    draft.refresh_from_db()
    assert draft.label == "Xledger Norge"
    assert draft.credentials.count() == 0


def test_a_viewer_and_a_stranger_are_kept_out(owner: Client, organisation: Organisation) -> None:
    draft = choose_system(owner)
    viewer = member(Role.VIEWER, organisation)
    assert viewer.get(step(draft, "connection")).status_code == 403
    assert "may not add" in viewer.get(reverse("integration_add")).content.decode()
    other = Organisation.objects.create(name="Another AS", addon_since=timezone.now())
    assert member(Role.ADMIN, other).get(step(draft, "connection")).status_code == 404


def test_without_the_addon_nothing_is_created(organisation: Organisation, owner: Client) -> None:
    organisation.switch_addon(on=False, now=timezone.now())
    assert "add-on is not activated" in owner.get(reverse("integration_add")).content.decode()
    owner.post(
        reverse("integration_add"),
        {"organisation": organisation.pk, "source": "simployer", "target": "xledger"},
    )
    assert not Integration.objects.exists()


def test_each_change_is_noted_with_who_made_it(owner: Client) -> None:
    draft = choose_system(owner)
    owner.post(step(draft, "connection"), connection(draft))
    noted = AuditEntry.objects.order_by("at").values_list("actor", "action")
    assert {actor for actor, _ in noted} == {"owner@fjordkraft.example"}
    assert {action for _, action in noted} == {
        "integration.created",
        "integration.configured",
        "integration.tokens",
    }
    assert "an-xledger-token" not in str(list(AuditEntry.objects.values()))


def test_a_double_click_makes_one_draft(owner: Client) -> None:
    assert choose_system(owner) == choose_system(owner)
    assert Integration.objects.count() == 1


def test_an_unknown_step_is_not_found(owner: Client) -> None:
    draft = choose_system(owner)
    assert owner.get(step(draft, "nowhere")).status_code == 404
