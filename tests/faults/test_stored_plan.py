"""A plan is stored in parts and counts only when all of it is there; a quiet sync asks little."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import pytest
from django.db import DatabaseError, connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from integration_hub.accounts.models import Membership, Organisation, Role, User
from payroll import stored_rows
from payroll.models import Change, SyncRun
from tests.journeys.world import World, world

LARGEST = 500  # rows in one transaction


class Seen(NamedTuple):
    """What was there to be seen at one moment."""

    stored: int
    shown: int


class Stored:
    """Watches how many change rows each transaction of a run holds.

    Before each part but the first, `look` is called in a thread with a connection of its own.
    `fails_at`: the part, counted from 1, that the database refuses.
    """

    def __init__(self, look: Callable[[], Seen], *, fails_at: int | None = None) -> None:
        self.parts = [0]
        self.seen: list[Seen] = []
        self.look = look
        self.fails_at = fails_at

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith('INSERT INTO "payroll_change"'):
            if self.parts[-1]:
                self.parts.append(0)
            return execute(sql, params, many, context)
        if len(self.parts) == self.fails_at:
            raise DatabaseError("disk full")
        if self.parts[-1] == 0 and len(self.parts) > 1:
            with ThreadPoolExecutor(1) as elsewhere:
                self.seen.append(elsewhere.submit(self.look).result())
        result = execute(sql, params, many, context)
        self.parts[-1] += context["cursor"].rowcount
        return result


class Admin:
    """Somebody who looks at the page of the newest run."""

    def __init__(self, organisation: Organisation) -> None:
        user = User.objects.create_user("admin@fjordkraft.example")
        Membership.objects.create(user=user, organisation=organisation, role=Role.ADMIN)
        self.browser = Client()
        self.browser.force_login(user, "django.contrib.auth.backends.ModelBackend")

    def look(self) -> Seen:
        """How many changes are stored, and how many of the first page's are shown."""
        try:
            run = SyncRun.objects.latest("queued_at")
            page = self.browser.get(reverse("run", args=[run.pk])).content.decode()
            numbers = list(run.changes.values_list("employee_number", flat=True))
            shown = set(numbers) & set(re.findall(r"\b\d+\b", page))
            return Seen(len(numbers), len(shown))
        finally:
            connections.close_all()


@pytest.fixture
def large(transactional_db: None) -> Iterator[World]:
    """700 people, of whom payroll knows nobody."""
    with world(employees=700) as made:
        made.xledger.switches.set({"burst_limit": None})
        made.xledger.store.tables["employees"].clear()
        yield made


def test_a_plan_is_stored_in_parts_and_shown_when_complete(large: World) -> None:
    admin = Admin(large.integration.organisation)
    stored = Stored(admin.look)
    with connection.execute_wrapper(stored):
        run = large.run(preview=True)
    assert sum(stored.parts) == run.changes.count() > LARGEST
    assert max(stored.parts) <= LARGEST
    [before] = stored.seen
    assert before == (stored.parts[0], 0)
    assert run.planned_at is not None
    assert admin.look().shown > 0


def test_a_plan_that_could_not_be_stored_whole_is_neither_shown_nor_sent(large: World) -> None:
    admin = Admin(large.integration.organisation)
    with connection.execute_wrapper(Stored(admin.look, fails_at=2)):
        run = large.run()
    assert run.status == SyncRun.Status.FAILED
    assert run.planned_at is None
    stored = Change.objects.filter(run=run).count()
    assert 0 < stored <= LARGEST
    assert admin.look() == (stored, 0)
    assert [entry for entry in large.xledger.log if entry.operation == "mutation"] == []
    assert large.sync()["created"] > LARGEST


def queries_of_a_sync(employees: int, *, quiet: bool) -> list[str]:
    """What a sync of so many people asks the database, but for one heartbeat a request.

    It is their second, with nothing to do, or the first, of an empty payroll.
    """
    with world(employees=employees) as made:
        made.xledger.switches.set({"burst_limit": None})
        if quiet:
            made.sync()
        else:
            made.xledger.store.tables["employees"].clear()
        with CaptureQueriesContext(connection) as captured:
            result = made.sync()
        made.integration.organisation.delete()
    writes = result["created"] + result["updated"]
    assert writes == 0 if quiet else writes > employees // 2
    assert not quiet or result["unchanged"] > employees // 2
    return [query["sql"] for query in captured if 'SET "heartbeat_at"' not in query["sql"]]


def test_a_quiet_sync_of_many_asks_the_database_no_more_than_one_of_few(
    transactional_db: None,
) -> None:
    few, many = queries_of_a_sync(60, quiet=True), queries_of_a_sync(250, quiet=True)
    assert 0 < len(many) == len(few)


def test_a_sync_that_writes_many_people_saves_them_in_bulk(transactional_db: None) -> None:
    few, many = queries_of_a_sync(60, quiet=False), queries_of_a_sync(250, quiet=False)
    assert len(many) - len(few) < (250 - 60) / 10  # some for each batch, none for a person


def test_a_stored_plan_is_sent_without_being_held_in_memory(
    customer: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stored_rows, "CHUNK", 3)
    first = customer.run(preview=True)
    assert first.counts()["to_send"] > 6
    with CaptureQueriesContext(connection) as captured:
        run = customer.run()
    parts = [query for query in captured if query["sql"].endswith("LIMIT 3")]
    assert len(parts) > first.counts()["to_send"] // 3
    assert run.status == SyncRun.Status.SUCCEEDED
    assert run.counts()["settled"] == run.counts()["to_send"] == first.counts()["to_send"]
    again = customer.sync()
    assert (again["created"], again["updated"]) == (0, 0)
