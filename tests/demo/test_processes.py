"""Programs are started, watched and ended, and none that an earlier start left lives on."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.processes import ChildDied, Children, NotReady, end_leftovers

SLEEP = [sys.executable, "-c", "import time; time.sleep(60)"]
DEAF = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True)"
)
STUBBORN = [sys.executable, "-c", f"{DEAF}; time.sleep(60)"]


@pytest.fixture
def children(tmp_path: Path) -> Iterator[Children]:
    children = Children(tmp_path, tmp_path, tmp_path / "record")
    yield children
    children.stop()


def numbers(record: Path) -> list[int]:
    return [pid for pid, _ in json.loads(record.read_text("utf-8"))]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_stopping_ends_every_program(children: Children, tmp_path: Path) -> None:
    children.start("One", SLEEP, os.environ)
    children.start("Two", SLEEP, os.environ)
    started = numbers(tmp_path / "record")
    children.stop()
    assert len(started) == 2
    assert not any(map(alive, started))
    assert not (tmp_path / "record").exists()


def test_a_program_that_will_not_end_is_killed(
    children: Children, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("demo.processes.GRACE", 0.1)
    children.start("Deaf", STUBBORN, os.environ)
    children.wait_until(lambda: "deaf" in (tmp_path / "deaf.log").read_text(), "Deaf")
    started = numbers(tmp_path / "record")
    children.stop()
    assert not any(map(alive, started))


def test_a_program_that_ends_is_told_with_its_name_and_log(
    children: Children, tmp_path: Path
) -> None:
    children.start("Short Lived", [sys.executable, "-c", "print('bye'); exit(3)"], os.environ)
    with pytest.raises(ChildDied, match="Short Lived ended with code 3") as death:
        children.wait_until(lambda: False, "nothing")
    assert death.value.log.read_text("utf-8") == "bye\n"


def test_waiting_ends_when_it_takes_too_long(children: Children) -> None:
    with pytest.raises(NotReady, match="The moon was not ready"):
        children.wait_until(lambda: False, "The moon", seconds=0)


def test_what_an_earlier_start_left_is_ended(tmp_path: Path) -> None:
    record = tmp_path / "record"
    running = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]
    with subprocess.Popen(running, stdout=subprocess.PIPE) as left:
        assert left.stdout is not None
        left.stdout.readline()
        record.write_text(json.dumps([[left.pid, running]]), encoding="utf-8")
        end_leftovers(record)
        assert left.wait(5) < 0
    assert not record.exists()


def test_another_program_under_a_recorded_number_is_left_alone(tmp_path: Path) -> None:
    record = tmp_path / "record"
    with subprocess.Popen(SLEEP) as other:
        record.write_text(json.dumps([[other.pid, ["valkey", "a.conf"]]]), encoding="utf-8")
        end_leftovers(record)
        assert other.poll() is None
        other.kill()
