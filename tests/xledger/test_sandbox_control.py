"""The control surface, the state file and the command."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from tests.xledger.calling import COUNT, Caller, Clock, calling, new_hire, small_sandbox


@pytest.fixture
def xledger() -> Iterator[Caller]:
    with calling(small_sandbox()) as caller:
        yield caller


def test_switches_are_set_together_or_not_at_all(xledger: Caller) -> None:
    good = xledger.control("POST", "switches", {"page_cap": 5, "batch": "partial"})
    assert good.json()["switches"]["batch"] == "partial"
    bad = xledger.control("POST", "switches", {"page_cap": 7, "batch": "half"})
    assert bad.status_code == 400
    assert "batch" in bad.json()["error"]
    assert xledger.control("GET", "switches").json()["switches"]["page_cap"] == 5


@pytest.mark.parametrize(
    "body",
    [{"nothing": 1}, {"page_cap": "5"}, {"page_cap": 0}, {"reformat": 1}, {"burst_limit": True}],
    ids=str,
)
def test_a_switch_takes_only_its_own_values(xledger: Caller, body: dict[str, Any]) -> None:
    before = xledger.control("GET", "switches").json()
    assert xledger.control("POST", "switches", body).status_code == 400
    assert xledger.control("GET", "switches").json() == before


def test_an_employee_is_edited_by_hand(xledger: Caller) -> None:
    person = xledger.sandbox.employees[0]
    path = f"employees/{person['dbId']}"
    edit = {"email": "x@y.no", "lastName": "Berg", "glObject1": {"code": "1900"}}
    answer = xledger.control("PATCH", path, edit).json()["employee"]
    assert (answer["email"], answer["lastName"], answer["glObject1"]) == ("x@y.no", "Berg", "1900")
    assert xledger.control("GET", "employees").json()["employees"][0] == answer


@pytest.mark.parametrize("edit", [{"salary": 1}, {"initials": "TOOLONG"}], ids=str)
def test_an_edit_that_is_not_possible_is_refused(xledger: Caller, edit: dict[str, Any]) -> None:
    before = xledger.sandbox.employees
    path = f"employees/{before[0]['dbId']}"
    assert xledger.control("PATCH", path, edit).status_code == 400
    assert xledger.sandbox.employees == before


def test_an_edit_by_hand_meets_no_fault_and_no_switch(xledger: Caller) -> None:
    person = xledger.sandbox.employees[0]
    xledger.sandbox.switches.set({"reformat": True})
    xledger.sandbox.faults.add("all_rows")
    assert xledger.sandbox.edit(person["dbId"], {"lastName": "Berg"})["lastName"] == "Berg"


def test_a_reset_begins_anew(xledger: Caller) -> None:
    before = [{**each, "modifiedAt": None} for each in xledger.sandbox.employees]
    xledger.add(new_hire("20001"))
    xledger.control("POST", "faults", {"kind": "500"})
    xledger.control("POST", "switches", {"page_cap": 5})
    xledger.control("POST", "reset")
    after = [{**each, "modifiedAt": None} for each in xledger.sandbox.employees]
    assert after == before
    assert xledger.control("GET", "faults").json() == {"faults": []}
    assert xledger.control("GET", "switches").json()["switches"]["page_cap"] == 10_000
    assert xledger.control("GET", "log").json() == {"log": []}


def test_an_unknown_control_path_is_not_found(xledger: Caller) -> None:
    assert xledger.control("GET", "elsewhere").status_code == 404
    assert xledger.control("PUT", "log").status_code == 405


def test_a_second_start_continues_from_the_state_file(tmp_path: Path) -> None:
    state = tmp_path / "xledger.json"
    with calling(small_sandbox(state=state)) as first:
        first.add(new_hire("20001"))
        first.sandbox.edit(first.sandbox.by_code("20001")["dbId"], {"phone": "1"})
        first.add({"code": "20002"})
    again = small_sandbox(state=state)
    assert again.store.tables == first.sandbox.store.tables
    assert again.by_code("20001")["phone"] == "1"
    with calling(again) as second:
        second.add(new_hire("20003"))
        assert len({each["dbId"] for each in second.sandbox.employees}) == len(again.employees)


def test_a_commit_still_pending_survives_a_restart(tmp_path: Path) -> None:
    clock = Clock()
    state = tmp_path / "xledger.json"
    with calling(small_sandbox(state=state, clock=clock)) as first:
        first.sandbox.faults.add("delayed_commit", seconds=60)
        with pytest.raises(requests.ConnectionError):
            first.add(new_hire("20001"))
    again = small_sandbox(state=state, clock=clock)
    assert again.with_code("20001") == []
    clock.advance(60)
    assert again.by_code("20001")["firstName"] == "Kari"
    assert small_sandbox(state=state, clock=clock).by_code("20001")


def test_writes_from_several_threads_are_all_kept(xledger: Caller) -> None:
    xledger.sandbox.switches.set({"burst_limit": None, "concurrency_limit": None})

    def add_ten(first: int) -> None:
        caller = Caller(xledger.sandbox, xledger.url)
        for n in range(10):
            caller.add(new_hire(str(first + n)))
        caller.session.close()

    before = len(xledger.sandbox.employees)
    threads = [threading.Thread(target=add_ten, args=(30_000 + 10 * n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [each["dbId"] for each in xledger.sandbox.employees]
    assert len(ids) == len(set(ids)) == before + 40


def test_the_command_says_in_one_line_where_it_serves_and_stops_when_told(tmp_path: Path) -> None:
    state = tmp_path / "xledger.json"
    options = ["--port", "0", "--employees", "60", "--token", "right", "--today", "2026-03-02"]
    command = [sys.executable, "-m", "xledger.sandbox", *options, "--state", str(state)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        ready = (
            r"Xledger sandbox on (http://127\.0\.0\.1:\d+/graphql) \((\d+) employees, seed 1\)\n"
        )
        found = re.fullmatch(ready, line)
        assert found, line
        headers = {"Authorization": "token right"}
        answer = requests.post(found[1], json={"query": COUNT}, headers=headers, timeout=10).json()
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    assert len(answer["data"]["employees"]["edges"]) == int(found[2])
    assert state.exists()
