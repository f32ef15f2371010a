"""The imitated Simployer One logs what it was asked and keeps the edits made to it."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import requests

from simployer.sandbox import Sandbox, Switches
from tests.simployer.calling import TODAY, UNKNOWN_ID, Caller, the


def test_the_log_shows_requests_without_their_token(caller: Caller) -> None:
    caller.send("/employee", "limit=2")
    caller.send("/company")
    log = caller.control("GET", "log")
    assert [(seen["path"], seen["query"], seen["status"]) for seen in log.json()] == [
        ("/v1/employee", "limit=2", 200),
        ("/v1/company", "", 200),
    ]
    assert "some-token" not in log.text
    assert caller.control("DELETE", "log").status_code == 204
    assert caller.control("GET", "log").json() == []


def test_a_row_is_edited_by_merging(caller: Caller, sandbox: Sandbox) -> None:
    row = sandbox.find("employee", employeeNumber=the("changed rate"))
    before = caller.get(f"/employee/{row['id']}")["data"]
    changes = {"title": None, "bankAccount": {"number": "86011117947"}}
    assert caller.control("PATCH", f"employee/{row['id']}", changes).status_code == 200
    after = caller.get(f"/employee/{row['id']}")["data"]
    assert after["title"] is None
    assert after["bankAccount"] == before["bankAccount"] | {"number": "86011117947"}
    assert after["updated"] > before["updated"]
    assert caller.control("PATCH", f"employee/{UNKNOWN_ID}", {}).status_code == 404


def test_a_row_is_added_with_every_field(caller: Caller) -> None:
    made = caller.control("POST", "cost-center", {"code": "2000", "name": "Ny"}).json()
    assert caller.get(f"/cost-center/{made['id']}")["data"]["code"] == "2000"
    person = caller.control("POST", "employee", {"employeeNumber": "77777"}).json()
    assert caller.by_number("77777")["id"] == person["id"]
    assert caller.control("POST", "employee", {"id": person["id"]}).status_code == 400


def test_a_deleted_person_is_gone_without_a_trace(caller: Caller, sandbox: Sandbox) -> None:
    row = sandbox.find("employee", employeeNumber=the("rehire"))
    assert caller.control("DELETE", f"employee/{row['id']}").status_code == 204
    assert caller.send(f"/employee/{row['id']}").status_code == 404
    assert caller.get("/employment", f"filters[employeeId]={row['id']}")["total"] == 0


def test_rows_added_after_a_delete_get_ids_of_their_own(caller: Caller) -> None:
    first, second = (caller.control("POST", "office", {"name": "A"}).json()["id"] for _ in "ab")
    caller.control("DELETE", f"office/{first}")
    assert caller.control("POST", "office", {"name": "B"}).json()["id"] not in {first, second}


def test_a_reset_brings_the_first_day_back(caller: Caller, sandbox: Sandbox) -> None:
    caller.control("POST", "cost-center", {"code": "2000"})
    sandbox.switches = Switches(dates="local")
    sandbox.faults.add("server_error", times=9)
    assert caller.control("POST", "reset").status_code == 204
    assert caller.get("/cost-center")["total"] == 11
    assert sandbox.switches == Switches()


def test_a_restart_with_a_state_file_goes_on_where_it_was(tmp_path: Path) -> None:
    state = tmp_path / "simployer.json"
    first = Sandbox(5, 1, today=TODAY, state=state)
    row = first.rows["employee"][0]
    first.store.edit("employee", row["id"], {"title": "Ny tittel"})
    again = Sandbox(250, 9, today=TODAY + timedelta(days=9), state=state)
    assert again.rows == first.rows
    assert again.find("employee", title="Ny tittel")["id"] == row["id"]
    assert (again.store.today, again.store.seed) == (TODAY, 1)


# The program


def test_the_program_says_where_it_serves_and_ends_cleanly_when_told() -> None:
    command = [sys.executable, "-m", "simployer.sandbox", "--port", "0", "--employees", "3"]
    with subprocess.Popen(
        [*command, "--token", "t", "--switches", '{"max_limit": 2}'],
        stdout=subprocess.PIPE,
        text=True,
    ) as program:
        try:
            assert program.stdout is not None
            line = program.stdout.readline()
            found = re.fullmatch(
                r"Simployer One sandbox on (http://127\.0\.0\.1:\d+/v1) \(3 employees, seed 1\)\n",
                line,
            )
            assert found is not None
            headers = {"Authorization": "Bearer t"}
            answer = requests.get(f"{found[1]}/employee", headers=headers, timeout=10)
            assert (answer.json()["total"], answer.json()["count"]) == (3, 2)
        finally:
            program.send_signal(signal.SIGTERM)
        assert program.wait(10) == 0


def test_the_sandbox_needs_neither_django_nor_the_client() -> None:
    probe = (
        "import sys, simployer.sandbox, simployer.sandbox.__main__;"
        "print([n for n in sys.modules if n.split('.')[0] in "
        "('django', 'payroll', 'integration_hub', 'xledger') "
        "or n in ('simployer.client', 'simployer.normalize', 'simployer.source')])"
    )
    environ = {name: value for name, value in os.environ.items() if not name.startswith("DJANGO")}
    output = subprocess.run(
        [sys.executable, "-c", probe], check=True, capture_output=True, text=True, env=environ
    )
    assert output.stdout.strip() == "[]"
