"""The step When: days, the pause, and the next run said before anything is saved."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.test import Client

from integration_hub.accounts.models import AuditEntry
from payroll.forms import ScheduleForm
from payroll.models import Integration
from payroll.pages.wording import planned_if, planned_in_words

from .scenes import NOW, make_integration, text

States = Integration.State
MONDAY_0604 = datetime(2026, 11, 23, 5, 4, tzinfo=UTC)
ALL_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


def page(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/setup/schedule/"


def planned(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/schedule/planned/"


def saved(integration: Integration, now: datetime, **entered: object) -> Integration:
    """The integration after the form was saved at `now`."""
    data = {"version": integration.config_version, "mode": "scheduled"} | entered
    form = ScheduleForm(integration, data)
    assert form.is_valid(), form.errors
    form.change(integration, None, now)  # type: ignore[arg-type]
    return integration


# --- what is said ---------------------------------------------------------------------------------


def test_a_draft_is_told_its_first_run_with_date_and_zone(integration: Integration) -> None:
    integration.state, integration.schedule_days = States.DRAFT, ["mon", "wed"]
    words = "If you activate it now, the first run is Wed 25 Nov 2026, 06:00 Oslo time."
    assert planned_in_words(integration, NOW) == words


@pytest.mark.parametrize(
    ("after", "morning"),
    [
        (datetime(2026, 3, 27, 12, tzinfo=UTC), "Sat 28 Mar 2026, 06:00 Oslo time"),
        (datetime(2026, 3, 28, 12, tzinfo=UTC), "Sun 29 Mar 2026, 06:00 Oslo time"),
        (datetime(2026, 10, 24, 12, tzinfo=UTC), "Sun 25 Oct 2026, 06:00 Oslo time"),
        (datetime(2026, 12, 31, 4, 59, tzinfo=UTC), "Thu 31 Dec 2026, 06:00 Oslo time"),
        (datetime(2026, 12, 31, 5, 4, tzinfo=UTC), "Fri 1 Jan 2027, 06:00 Oslo time"),
    ],
)
def test_the_words_keep_to_six_oclock_all_year(
    integration: Integration, after: datetime, morning: str
) -> None:
    said = planned_if(integration, ALL_DAYS, after, paused=False)
    assert said == f"If you save this now, the next run is {morning}."


def test_by_hand_and_paused_plan_nothing(integration: Integration) -> None:
    assert "No run is planned" in planned_if(integration, [], NOW, paused=False)
    assert "While the schedule is paused" in planned_if(integration, ["mon"], NOW, paused=True)


# --- while editing --------------------------------------------------------------------------------


def test_the_next_run_follows_what_is_entered_and_nothing_is_saved(
    alice: Client, integration: Integration
) -> None:
    asked = f"{planned(integration)}?mode=scheduled&days=mon"
    assert "the next run is Mon " in text(alice, asked)
    assert "paused, no run" in text(alice, f"{asked}&paused=on")
    assert "No run is planned" in text(alice, f"{planned(integration)}?mode=manual&days=mon")
    assert "Choose at least one weekday" in text(alice, f"{planned(integration)}?mode=scheduled")
    assert "Choose at least one weekday" not in text(alice, planned(integration))
    integration.refresh_from_db()
    assert integration.schedule_days == []


def test_the_next_run_is_shown_without_javascript_too(
    alice: Client, integration: Integration
) -> None:
    entered = {"version": "1", "mode": "scheduled", "days": ["fri"], "show": "1"}
    shown = alice.post(page(integration), entered)
    assert "the next run is Fri " in shown.content.decode()
    assert 'value="fri" class="form-check-input" id="id_days_4" checked' in shown.content.decode()
    integration.refresh_from_db()
    assert integration.schedule_days == []


def test_only_those_who_configure_may_ask(
    bob: Client, charlie: Client, integration: Integration
) -> None:
    assert bob.get(planned(integration)).status_code == 403
    assert charlie.get(planned(integration)).status_code == 404


# --- what is saved --------------------------------------------------------------------------------


@pytest.mark.parametrize("minute", [0, 4, 9])
def test_switched_on_while_todays_runs_begin_it_waits_for_the_next_day(
    integration: Integration, minute: int
) -> None:
    now = NOW.replace(minute=minute)
    run = saved(integration, now, days=["mon", "wed"]).next_run_at
    assert run is not None
    assert run.date() == datetime(2026, 11, 25, tzinfo=UTC).date()


def test_saving_while_todays_run_is_about_to_start_does_not_lose_it(
    integration: Integration,
) -> None:
    integration.schedule_days, integration.next_run_at = ["mon"], NOW.replace(minute=7)
    assert saved(integration, MONDAY_0604, days=["mon", "fri"]).next_run_at == NOW.replace(minute=7)


def test_a_pause_or_another_day_takes_todays_run_away(integration: Integration) -> None:
    integration.schedule_days, integration.next_run_at = ["mon"], NOW.replace(minute=7)
    other = saved(integration, MONDAY_0604, days=["tue"]).next_run_at
    assert other is not None
    assert other.day == 24
    assert saved(integration, MONDAY_0604, days=["tue"], paused="on").next_run_at is None
    assert integration.state == States.PAUSED


def test_a_draft_plans_nothing_until_it_is_activated(
    alice: Client, integration: Integration
) -> None:
    draft = make_integration(integration.organisation, "Draft", state=States.DRAFT)
    alice.post(page(draft), {"version": "1", "mode": "scheduled", "days": ["mon"]})
    draft.refresh_from_db()
    assert (draft.schedule_days, draft.next_run_at) == (["mon"], None)


def test_a_page_without_the_pause_switches_no_paused_schedule_on(
    alice: Client, integration: Integration
) -> None:
    draft = make_integration(integration.organisation, "Draft", state=States.DRAFT)
    assert "Pause the schedule" not in text(alice, page(draft))
    Integration.objects.filter(pk=draft.pk).update(state=States.PAUSED)  # a trial in another tab
    alice.post(page(draft), {"version": "1", "mode": "scheduled", "days": ["mon"]})
    draft.refresh_from_db()
    assert (draft.state, draft.next_run_at) == (States.PAUSED, None)


def test_taking_the_tick_away_switches_the_schedule_on(
    alice: Client, integration: Integration
) -> None:
    Integration.objects.filter(pk=integration.pk).update(state=States.PAUSED)
    assert 'name="pausable"' in text(alice, page(integration))
    entered = {"version": "1", "mode": "scheduled", "days": ["mon"], "pausable": "True"}
    alice.post(page(integration), entered)
    integration.refresh_from_db()
    assert integration.state == States.ACTIVE


# --- the cut-off day ------------------------------------------------------------------------------


def test_a_cut_off_day_is_chosen_said_and_audited(alice: Client, integration: Integration) -> None:
    data = {"version": 1, "mode": "manual", "cut_off": "31"}
    assert alice.post(page(integration), data).status_code == 302
    integration.refresh_from_db()
    assert integration.cut_off_day == 31
    words = "Payroll is open until the last day of the month."
    assert words in text(alice, f"/settings/integrations/{integration.pk}/")
    entry = AuditEntry.objects.get(action=AuditEntry.Action.CONFIGURED)
    assert entry.after == {"schedule": {"days": [], "cut_off": "last"}}
    assert integration.versions.get().document["schedule"] == entry.after["schedule"]


def test_a_cut_off_day_can_be_taken_away(integration: Integration) -> None:
    integration.cut_off_day = 15
    assert saved(integration, NOW, mode="manual", cut_off="").cut_off_day is None


def test_a_page_from_before_there_was_a_cut_off_leaves_it(integration: Integration) -> None:
    integration.cut_off_day = 15
    assert saved(integration, NOW, mode="manual").cut_off_day == 15


@pytest.mark.parametrize("wrong", ["0", "29", "30", "32", "x"])
def test_a_day_that_not_every_month_has_is_refused(integration: Integration, wrong: str) -> None:
    form = ScheduleForm(integration, {"version": 1, "mode": "manual", "cut_off": wrong})
    assert "cut_off" in form.errors
