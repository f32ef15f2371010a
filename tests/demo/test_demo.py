"""The demo starts everything, syncs through the queue, and leaves nothing running behind."""

from __future__ import annotations

import os
import re
import signal
import stat
import sys
from pathlib import Path

import pytest
import requests

from demo.state import FIRST_PORTS, State

from .running import Demo, eventually

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at processes through /proc")


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    """A demo whose first sync is done; the tests below go on from there."""
    demo = Demo(tmp_path_factory.mktemp("the demo") / "state")
    state = State(demo.folder)
    with state.locked():  # ports that no other demo wants at the same moment
        state.save(dict.fromkeys(FIRST_PORTS, "0"))
    done = demo.run("--once")
    assert done.returncode == 0, done.stdout
    assert not demo.processes
    assert demo.last_run["created"] > 0
    assert f"{demo.last_run['created']} created" in done.stdout
    names = ("ENCRYPTION_KEYS", "SIMPLOYER_TOKEN", "XLEDGER_TOKEN", "VALKEY_PASSWORD")
    assert [name for name in names if demo.values[name] in done.stdout] == []
    return demo


def test_a_second_start_changes_nothing(demo: Demo) -> None:
    done = demo.run("--once")
    run = demo.last_run
    assert done.returncode == 0, done.stdout
    assert (run["created"], run["updated"], run["ended"]) == (0, 0, 0)
    assert run["unchanged"] > 0
    assert not demo.processes


def test_secrets_are_for_their_owner_alone(demo: Demo) -> None:
    assert stat.S_IMODE((demo.folder / "env").stat().st_mode) == 0o600
    assert stat.S_IMODE(demo.folder.stat().st_mode) == 0o700


def test_it_serves_until_it_is_told_to_stop(demo: Demo) -> None:
    with demo.serving() as (process, lines):
        address = re.search(r"http://localhost:\d+/", "".join(lines))
        assert address is not None, lines
        assert demo.values["DEMO_PASSWORD"] in "".join(lines)
        assert requests.get(f"{address[0]}readyz", timeout=10).json()["ready"]
        started = len(demo.processes)
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    assert started >= 8  # broker, two systems, two workers, beat, web server and its worker
    assert not demo.processes


def test_a_folder_is_used_by_one_demo_at_a_time(demo: Demo) -> None:
    with State(demo.folder).locked():
        starting, wiping = demo.run("--once"), demo.run("--reset")
    assert (starting.returncode, wiping.returncode) == (1, 1)
    assert "already running" in starting.stdout
    assert (demo.folder / "env").exists()


def test_killing_it_ends_everything_it_started(demo: Demo) -> None:
    with demo.serving() as (process, _):
        process.kill()
        process.wait()
        assert eventually(lambda: not demo.processes)


def test_it_starts_while_its_predecessor_still_ends(demo: Demo) -> None:
    with demo.serving() as (process, _):
        process.kill()
        process.wait()
        done = demo.run("--once")
    assert done.returncode == 0, done.stdout
    assert demo.last_run["created"] == 0
    assert not demo.processes


def test_a_program_that_dies_is_named_and_everything_stops(demo: Demo) -> None:
    with demo.serving() as (process, _):
        assert process.stdout is not None
        number = next(n for n, words in demo.processes.items() if "xledger.sandbox" in words)
        os.kill(number, signal.SIGKILL)
        printed = process.stdout.read()
        assert process.wait(30) == 1
    assert "Xledger sandbox was ended by signal 9" in printed
    assert "The end of" in printed
    assert not demo.processes


def test_a_failed_sync_fails_the_command(demo: Demo) -> None:
    before = demo.values
    text = (demo.folder / "env").read_text("utf-8")
    other = text.replace(f"XLEDGER_TOKEN={before['XLEDGER_TOKEN']}", "XLEDGER_TOKEN=changed")
    (demo.folder / "env").write_text(other, encoding="utf-8")
    done = demo.run("--once")
    (demo.folder / "env").write_text(text, encoding="utf-8")
    assert done.returncode == 1, done.stdout
    assert "Sync: failed" in done.stdout
    assert not demo.processes


def test_reset_forgets_everything(tmp_path: Path) -> None:
    demo = Demo(tmp_path / "state")
    with State(demo.folder).locked():
        (demo.folder / "hub.sqlite3").touch()
    assert demo.run("--reset").returncode == 0
    assert not demo.folder.exists()


@pytest.mark.parametrize("option", ["--once", "--reset"])
def test_a_folder_of_something_else_is_left_alone(tmp_path: Path, option: str) -> None:
    (tmp_path / "letter").write_text("keep me", encoding="utf-8")
    assert Demo(tmp_path).run(option).returncode == 1
    assert [path.name for path in tmp_path.iterdir()] == ["letter"]
