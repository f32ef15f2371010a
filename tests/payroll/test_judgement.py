"""Which plans wait for a person: the limits, and what a first run needs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from integration_hub.accounts.models import Organisation, User
from payroll.configuration.editing import edit
from payroll.guard import Kind
from payroll.judgement import judge
from payroll.models import Integration, SyncRun
from payroll.plan import Plan

from .people import in_payroll, person, plan
from .views.scenes import make_integration, make_run

Trigger = SyncRun.Trigger


@pytest.fixture
def integration(db: None) -> Integration:
    organisation = Organisation.objects.create(name="Fjordkraft", addon_since=timezone.now())
    return make_integration(organisation)


@pytest.fixture
def hr(db: None) -> User:
    return User.objects.create_user("hr@fjordkraft.test")


def hiring() -> Plan:
    """Twelve people of whom payroll knows two."""
    people = [person(str(1000 + each)) for each in range(12)]
    return plan(people, [in_payroll(each) for each in people[:2]])


def leaving() -> Plan:
    """Twelve people whom payroll knows; eight leave."""
    people = [person(str(1000 + each)) for each in range(12)]
    there = [in_payroll(each) for each in people]
    day = timezone.now().date() + timedelta(days=30)
    return plan([person(str(1000 + each), end_date=day) for each in range(8)] + people[8:], there)


def kinds(run: SyncRun, made: Plan) -> list[Kind]:
    """Why the plan is held."""
    return [trip.kind for trip in judge(run, made, [], timezone.now())]


def run_of(integration: Integration, **columns: object) -> SyncRun:
    """A run that has not planned yet."""
    usual = {"queued_at": timezone.now(), "config_version": integration.config_version}
    return SyncRun(integration=integration, **(usual | columns))


def preview_of(integration: Integration, **columns: object) -> SyncRun:
    """Somebody has looked at what a sync would do."""
    now = timezone.now()
    integration.refresh_from_db()
    usual = {"queued_at": now, "planned_at": now, "config_version": integration.config_version}
    return make_run(integration, preview=True, **(usual | columns))


def test_a_first_run_from_a_shell_may_create_everybody(integration: Integration) -> None:
    assert kinds(run_of(integration), hiring()) == []


def test_a_first_run_by_button_is_held_until_its_counts_were_seen(
    integration: Integration, hr: User
) -> None:
    run = run_of(integration, started_by=hr)
    assert kinds(run, hiring()) == [Kind.CREATE]
    preview_of(integration)
    assert kinds(run, hiring()) == []


def test_no_first_run_may_end_many(integration: Integration, hr: User) -> None:
    preview_of(integration)
    assert kinds(run_of(integration), leaving()) == [Kind.END]
    assert kinds(run_of(integration, started_by=hr), leaving()) == [Kind.END]


def test_a_first_run_that_the_schedule_starts_is_held_whatever_was_previewed(
    integration: Integration,
) -> None:
    preview_of(integration)
    run = run_of(integration, trigger=Trigger.SCHEDULED)
    assert kinds(run, hiring()) == [Kind.FIRST, Kind.CREATE]
    nothing = plan([person()], [in_payroll(person())])
    assert kinds(run, nothing) == []


@pytest.mark.parametrize("status", [SyncRun.Status.SUCCEEDED, SyncRun.Status.WITH_PROBLEMS])
def test_after_a_full_run_everybody_is_judged_alike(integration: Integration, status: str) -> None:
    make_run(integration, status=status)
    preview_of(integration)
    for trigger in (Trigger.MANUAL, Trigger.SCHEDULED):
        assert kinds(run_of(integration, trigger=trigger), hiring()) == [Kind.CREATE]


@pytest.mark.parametrize(
    "columns",
    [
        {"only": ["1001"]},
        {"preview": True},
        {"status": SyncRun.Status.FAILED},
        {"status": SyncRun.Status.HELD},
        {"status": SyncRun.Status.CANCELLED},
        {"trigger": Trigger.RESTORE},  # of a run that sent nothing: its list of people is empty
    ],
)
def test_a_trial_a_preview_and_what_did_not_end_well_are_no_first_run(
    integration: Integration, columns: dict[str, object]
) -> None:
    make_run(integration, **columns)
    assert kinds(run_of(integration), hiring()) == []


def change_scope(held: Integration) -> bool:
    held.scope = {"include": ["1001"]}
    return False


def change_schedule(held: Integration) -> bool:
    held.schedule_days = ["mon"]
    held.state = Integration.State.PAUSED
    return False


def set_token(held: Integration) -> bool:
    return held.set_secrets("source", {"token": uuid4().hex}, timezone.now())


@pytest.mark.parametrize(
    ("change", "seen"), [(change_scope, False), (set_token, False), (change_schedule, True)]
)
def test_counts_are_seen_until_something_that_changes_the_plan_is_set(
    integration: Integration, hr: User, change: Callable[[Integration], bool], seen: bool
) -> None:
    edit(integration.pk, 1, set_token, hr, timezone.now())
    preview = preview_of(integration)
    edit(integration.pk, preview.config_version, change, hr, timezone.now())
    integration.refresh_from_db()
    assert kinds(run_of(integration, started_by=hr), hiring()) == ([] if seen else [Kind.CREATE])


def test_counts_seen_before_people_were_matched_anew_or_a_day_ago_do_not_count(
    integration: Integration, hr: User
) -> None:
    old = timezone.now() - timedelta(hours=25)
    preview_of(integration, planned_at=old, queued_at=old)
    run = run_of(integration, started_by=hr)
    assert kinds(run, hiring()) == [Kind.CREATE]
    preview_of(integration)
    assert kinds(run, hiring()) == []
    integration.match_anew(timezone.now())
    assert kinds(run, hiring()) == [Kind.CREATE]
    preview_of(integration)
    assert kinds(run, hiring()) == []


def test_a_preview_tells_what_the_person_who_looks_at_it_could_not_start(
    integration: Integration, hr: User
) -> None:
    run = run_of(integration, started_by=hr, preview=True)
    assert kinds(run, hiring()) == []
    assert kinds(run, leaving()) == [Kind.END]


def test_an_integration_may_have_limits_of_its_own(integration: Integration) -> None:
    make_run(integration)
    integration.limits = {"create": {"percent": 90, "people": None, "floor": 5}}
    assert kinds(run_of(integration), hiring()) == []
    integration.limits = {"create": {"percent": 90, "people": 9, "floor": 5}}
    assert kinds(run_of(integration), hiring()) == [Kind.CREATE]


def test_people_who_were_linked_before_count_among_those_of_whom_shares_are_taken(
    integration: Integration,
) -> None:
    [trip] = judge(run_of(integration), leaving(), [], timezone.now())
    assert (trip.people, trip.base) == (8, 12)
