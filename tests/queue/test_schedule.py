"""What is due is queued once, whoever looks; what got lost is queued again."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.db import DatabaseError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from integration_hub.accounts.models import Membership, Role, User
from integration_hub.celery import app
from payroll import runs, schedule, tasks
from payroll.jobs import LOST_AFTER
from payroll.models import Integration, SyncRun
from payroll.runs import open_run
from tests.faults.threads import together
from tests.journeys.world import NOW, World
from tests.payroll.views.scenes import make_run

from .broker import QUEUES, Queue

MONDAY = datetime(2026, 11, 23, 6, 15, tzinfo=schedule.ZONE)


def make_due(now: datetime) -> None:
    """The customer's schedule (Monday and Wednesday) reached `now`."""
    Integration.objects.update(next_run_at=now)


def test_two_ticks_at_once_queue_what_is_due_once(customer: World, queue: Queue) -> None:
    for week in range(10):
        now = MONDAY + timedelta(weeks=week)
        make_due(now)
        together(partial(runs.start_due, now), times=2)
        [run] = customer.integration.runs.active()
        assert run.trigger == SyncRun.Trigger.SCHEDULED
        assert [m["body"][1]["run_id"] for m in queue.messages()] == [str(run.pk)]
        customer.integration.runs.update(status=SyncRun.Status.SUCCEEDED)
        queue.clear()
    assert customer.integration.runs.count() == 10


def test_a_tick_that_comes_late_to_what_another_started_leaves_it(
    customer: World, queue: Queue
) -> None:
    late = False

    def overtaken(execute: Any, sql: str, *rest: Any) -> Any:
        nonlocal late
        found = execute(sql, *rest)
        if sql.startswith("SELECT") and 'FROM "payroll_integration"' in sql and not late:
            late = True
            runs.start_due(MONDAY)
            customer.integration.runs.update(status=SyncRun.Status.SUCCEEDED)
        return found

    make_due(MONDAY)
    with connection.execute_wrapper(overtaken):
        runs.start_due(MONDAY)
    assert late
    assert customer.integration.runs.count() == queue.length() == 1


def test_the_next_time_is_the_next_chosen_day(customer: World, queue: Queue) -> None:
    make_due(MONDAY)
    runs.start_due(MONDAY)
    following = Integration.objects.get().next_run_at
    assert following is not None
    local = following.astimezone(schedule.ZONE)
    wednesday = datetime(2026, 11, 25, 6, 0, tzinfo=schedule.ZONE)
    assert timedelta() <= local - wednesday < timedelta(seconds=schedule.SPREAD_SECONDS)
    runs.start_due(MONDAY + timedelta(minutes=1))
    assert queue.length() == 1


def test_another_day_counts_from_the_moment_it_is_saved(
    customer: World, queue: Queue, client: Client
) -> None:
    """On the page, with nothing started anew: the old day's run does not come, the new one does."""
    held = Integration.objects.get()
    user = User.objects.create_user("hr@fjordkraft.example")
    Membership.objects.create(user=user, organisation=held.organisation, role=Role.ADMIN)
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    now = timezone.now().astimezone(schedule.ZONE)
    tomorrow, day_after = (now + timedelta(days=ahead) for ahead in (1, 2))
    step = reverse("integration_step", args=[held.pk, "schedule"])

    def choose(day: datetime) -> datetime:
        held.refresh_from_db()
        chosen = {"mode": "scheduled", "days": [schedule.DAYS[day.weekday()]]}
        answer = client.post(step, {"version": held.config_version, "pausable": "True", **chosen})
        assert answer.status_code == 302
        held.refresh_from_db()
        assert held.next_run_at is not None
        return held.next_run_at

    first, then = choose(tomorrow), choose(day_after)
    assert schedule.shown(then).weekday() == day_after.weekday() != schedule.shown(first).weekday()
    runs.start_due(first + timedelta(hours=1))
    assert queue.length() == 0
    runs.start_due(then)
    [run] = customer.integration.runs.active()
    assert run.due_at == then
    assert queue.length() == 1


def test_a_run_says_when_it_was_due(customer: World, queue: Queue) -> None:
    make_due(MONDAY)
    runs.start_due(MONDAY)
    [run] = customer.integration.runs.active()
    six = datetime(2026, 11, 23, 6, 0, tzinfo=schedule.ZONE)
    assert run.due_at == six + timedelta(seconds=customer.integration.offset)


def test_the_sweep_lets_the_tick_worker_send_mails_and_passes_on_no_address(
    customer: World, queue: Queue
) -> None:
    now = timezone.now()
    Integration.objects.update(recipients=["payroll@fjord.example"], next_run_at=None)
    make_run(customer.integration, status="failed", queued_at=now, finished_at=now)
    tasks.sweep()
    [message] = queue.messages("tick")
    assert message["headers"]["task"] == "payroll.tasks.tell"
    assert "fjord.example" not in str(message)
    tasks.tell()
    assert [mailed.to for mailed in mail.outbox] == [["payroll@fjord.example"]]
    queue.clear()
    tasks.sweep()
    assert queue.length("tick") == 0


def test_what_is_due_while_a_run_is_in_progress_starts_no_second_one(
    customer: World, queue: Queue
) -> None:
    open_run(customer.integration, MONDAY)
    make_due(MONDAY)
    runs.start_due(MONDAY)
    assert customer.integration.runs.count() == 1
    assert queue.length() == 0
    assert Integration.objects.due(MONDAY).exists()


def test_a_start_that_breaks_off_leaves_the_integration_due(customer: World, queue: Queue) -> None:
    def no_runs(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('INSERT INTO "payroll_syncrun"'):
            raise DatabaseError("the server went away")
        return execute(sql, *rest)

    make_due(MONDAY)
    with connection.execute_wrapper(no_runs), pytest.raises(DatabaseError):
        runs.start_due(MONDAY)
    assert Integration.objects.due(MONDAY).exists()

    runs.start_due(MONDAY + timedelta(minutes=1))
    assert customer.integration.runs.count() == queue.length() == 1


def test_a_run_whose_message_was_lost_is_queued_again(customer: World, queue: Queue) -> None:
    run, _ = open_run(customer.integration, NOW)
    runs.sweep(NOW + LOST_AFTER)
    assert queue.length() == 0

    runs.sweep(NOW + LOST_AFTER + timedelta(seconds=1))
    assert [m["body"][1]["run_id"] for m in queue.messages()] == [str(run.pk)]
    run.refresh_from_db()
    assert run.status == SyncRun.Status.QUEUED


def test_a_run_that_is_over_is_not_queued_again(customer: World, queue: Queue) -> None:
    open_run(customer.integration, NOW)
    SyncRun.objects.update(status=SyncRun.Status.CANCELLED)
    runs.sweep(NOW + timedelta(days=1))
    assert queue.length() == 0


def test_beat_and_the_routes_name_tasks_that_exist(queue: Queue) -> None:
    app.loader.import_default_modules()
    beat = [str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    each_minute = ["payroll.tasks.start_due_syncs", "payroll.tasks.sweep"]
    assert set(beat) == {*each_minute, "payroll.tasks.purge"}
    assert {*beat, *settings.CELERY_TASK_ROUTES} <= app.tasks.keys()
    assert {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} <= set(QUEUES)

    for name in beat:
        app.send_task(name)
    assert [m["headers"]["task"] for m in queue.messages("tick")] == each_minute
    assert [m["headers"]["task"] for m in queue.messages("sync")] == ["payroll.tasks.purge"]


def test_a_due_sync_waits_for_the_run_in_progress_and_is_not_lost(
    customer: World, queue: Queue
) -> None:
    make_due(MONDAY)
    preview, _ = open_run(customer.integration, MONDAY, preview=True)
    runs.start_due(MONDAY)
    assert queue.length() == 0

    customer.integration.runs.filter(pk=preview.pk).update(status=SyncRun.Status.SUCCEEDED)
    runs.start_due(MONDAY + timedelta(minutes=1))
    [run] = customer.integration.runs.active()
    assert run.trigger == SyncRun.Trigger.SCHEDULED
