"""What the demo prints. Never a token, and of people only their employee numbers."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

COUNTS = ("created", "updated", "ended", "unchanged", "skipped", "rejected", "failed", "held")
SHOWN = 12  # employee numbers per reason
TAIL = 20  # lines of a log


def say(line: str = "") -> None:
    """Print a line at once."""
    print(line, flush=True)


class Progress:
    """One line that changes: redrawn on a terminal, printed again elsewhere when it differs."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, line: str) -> None:
        if line == self._last:
            return
        if sys.stdout.isatty():
            print(f"\r\x1b[2K{line}", end="", flush=True)
        else:
            say(line)
        self._last = line

    def end(self) -> None:
        if self._last and sys.stdout.isatty():
            say()


def outcome(run: Mapping[str, Any]) -> None:
    """A finished run: how many people went which way, why some did not, requests and seconds."""
    say(f"Sync: {run['status'].replace('_', ' ')} in {run['seconds']['total']:.1f} s")
    say("  " + ", ".join(f"{run[name]} {name}" for name in COUNTS))
    for reason, people in run["left_out"].items():
        say(f"  {people} {reason}")
    requests = [f"{count} to {name}" for name, count in run["requests"].items()]
    say(f"  requests: {', '.join(requests) or 'none'}")
    parts = (f"{name} {run['seconds'][name]:.1f}" for name in ("read", "plan", "apply"))
    say(f"  seconds: {', '.join(parts)}")
    _problems(run["problems"])


def _problems(problems: Sequence[Mapping[str, str]]) -> None:
    people: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for problem in problems:
        key = problem["outcome"], problem["message"]
        of_nobody = "the run" if problem["code"] == "run" else "no number"
        people[key].append(problem["employee_number"] or of_nobody)
    for kind in sorted({kind for kind, _ in people}):
        say(f"  {kind}:")
        for (found, message), numbers in people.items():
            if found == kind:
                say(f"    {_shortened(numbers)}: {message}")


def _shortened(numbers: Sequence[str]) -> str:
    rest = len(numbers) - SHOWN
    return ", ".join(numbers[:SHOWN]) + (f" and {rest} more" if rest > 0 else "")


def log_tail(log: Path) -> None:
    """The last lines of a program's log."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()[-TAIL:]
    say(f"The end of {log}:")
    for line in lines:
        say(f"  {line}")
