"""The broker, the web server or the database goes away while a sync is under way."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import requests
from django.conf import global_settings, settings
from django.db import OperationalError, connection, connections
from django.test import override_settings

from demo.ports import HOST
from demo.programs import answers
from demo.programs import web as web_command
from integration_hub.accounts.models import Membership, Role, User
from payroll.models import SyncRun
from tests.queue.broker import sending_to
from tests.queue.own_broker import Broker, own_broker
from tests.queue.runs import Gate, finished, queued
from tests.queue.worker import environment, free_port, worker

from .stage import Stage

PASSWORD = "a-password-of-this-test"
PATIENCE = 30.0  # seconds


# --- the broker ----------------------------------------------------------------------------------


def broker_killed_while_sending(stage: Stage) -> int:
    """The run in progress goes on; the next comes through the broker that takes its place."""
    with own_broker(stage.folder) as own, sending_to(own.url):
        return _killed_under(own, stage)


def _killed_under(own: Broker, stage: Stage) -> int:
    gate = Gate()
    stage.customer.xledger.sleep = gate
    stage.order("payroll", "slow", when="mutation", root="addEmployees", skip=1)
    with worker(own.url, stage.folder) as started:
        run = queued(stage.customer)
        started.until(gate.reached.is_set)
        own.kill()
        gate.open()
        finished(run, started)
        own.start()
    return 1


def broker_killed_with_what_waits_in_it(stage: Stage) -> int:
    """A message that no worker ever gets: the run is still in the database."""
    with own_broker(stage.folder) as own, sending_to(own.url):
        queued(stage.customer)
        own.kill()
        own.start()
    return 1


# --- the web server ------------------------------------------------------------------------------


@contextmanager
def _web(stage: Stage) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A web server as a process of its own, and its address."""
    port = str(free_port())
    process = subprocess.Popen(
        web_command(port),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=settings.BASE_DIR,
        env={**environment(stage.queue.url), "SECURE_COOKIES": "off"},
        start_new_session=True,
    )
    address = f"http://{HOST}:{port}"
    end = time.monotonic() + PATIENCE
    while not answers(f"{address}/login/"):
        assert time.monotonic() < end, "the web server did not start"
        time.sleep(0.1)
    try:
        yield address, process
    finally:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)


def _logged_in(stage: Stage, address: str) -> tuple[requests.Session, str]:
    """A browser of an admin, and the page of the integration as it shows it."""
    organisation = stage.customer.integration.organisation
    with override_settings(PASSWORD_HASHERS=global_settings.PASSWORD_HASHERS):  # as the server's
        user = User.objects.create_user("hr@fjordkraft.example", PASSWORD)
    Membership.objects.create(user=user, organisation=organisation, role=Role.ADMIN)
    browser = requests.Session()
    page = browser.get(f"{address}/login/", timeout=PATIENCE).text
    entered = {"username": user.email, "password": PASSWORD, **_csrf(page)}
    browser.post(f"{address}/login/", entered, timeout=PATIENCE).raise_for_status()
    pk = stage.customer.integration.pk
    page = browser.get(f"{address}/settings/integrations/{pk}/", timeout=PATIENCE).text
    assert "Sync now" in page
    return browser, page


def _csrf(page: str) -> dict[str, str]:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
    assert found, "the page has no form"
    return {"csrfmiddlewaretoken": found[1]}


def web_server_killed_after_sync_now(stage: Stage) -> int:
    """The answer has come, the run is queued, and nobody serves pages any more."""
    with _web(stage) as (address, process):
        browser, page = _logged_in(stage, address)
        sync = f"{address}/settings/integrations/{stage.customer.integration.pk}/sync/"
        browser.post(sync, _csrf(page), timeout=PATIENCE).raise_for_status()
        _kill(process)
    run = SyncRun.objects.active().get()
    with worker(stage.queue.url, stage.folder) as started:
        finished(run, started)
    return 1


def web_server_killed_in_sync_now(stage: Stage) -> int:
    """The button is pressed and no answer ever comes; the run may be there, or its message not."""
    with _web(stage) as (address, process):
        browser, page = _logged_in(stage, address)
        sync = f"{address}/settings/integrations/{stage.customer.integration.pk}/sync/"
        pressed = threading.Thread(target=_press, args=(browser, sync, _csrf(page)))
        pressed.start()
        time.sleep(0.02)  # enough to have begun, too little to be through on most machines
        _kill(process)
        pressed.join(PATIENCE)
    return 1


def _press(browser: requests.Session, address: str, entered: dict[str, str]) -> None:
    try:
        browser.post(address, entered, timeout=PATIENCE)
    except requests.RequestException:
        return  # that is the fault


# --- the database --------------------------------------------------------------------------------


@dataclass(frozen=True)
class DatabaseGone:
    """The first statement fails that books what payroll has confirmed of such a write."""

    root: str

    def __call__(self, stage: Stage) -> int:
        failed: list[bool] = []

        def once(execute: Any, sql: str, *rest: Any) -> Any:
            if sql.startswith('UPDATE "payroll_change"') and not failed and self._sent(stage):
                failed.append(True)
                raise OperationalError("server closed the connection unexpectedly")
            return execute(sql, *rest)

        with connection.execute_wrapper(once):
            stage.sync()
        return len(failed)

    def _sent(self, stage: Stage) -> bool:
        return any(self.root in entry.roots for entry in stage.customer.xledger.log)


@dataclass(frozen=True)
class ConnectionsEnded:
    """PostgreSQL ends every other connection while payroll is asked for such a write."""

    root: str

    def __call__(self, stage: Stage) -> int:
        ended: list[bool] = []

        def end_others(seconds: float) -> None:
            ended.append(True)
            try:
                with connection.cursor() as cursor:
                    cursor.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
            finally:
                connections.close_all()

        stage.customer.xledger.sleep = end_others
        stage.order("payroll", "slow", root=self.root)
        stage.sync()
        return len(ended)


SERVICES: Sequence[tuple[str, Callable[[Stage], int]]] = (
    ("broker killed while people are sent", broker_killed_while_sending),
    ("broker killed with a message in it", broker_killed_with_what_waits_in_it),
    ("web server killed after Sync now", web_server_killed_after_sync_now),
    ("web server killed in Sync now", web_server_killed_in_sync_now),
    ("database gone while updates are booked", DatabaseGone("updateEmployees")),
    ("database gone while creates are booked", DatabaseGone("addEmployees")),
    ("database gone while pay is booked", DatabaseGone("addPayrollRates")),
)
ON_POSTGRESQL: Sequence[tuple[str, Callable[[Stage], int]]] = (
    ("database connection ended in a create", ConnectionsEnded("addEmployees")),
    ("database connection ended in pay", ConnectionsEnded("addPayrollRates")),
)
