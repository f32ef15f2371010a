"""What goes wrong in the rounds that send pay and positions, once everybody is in payroll.

A round reads payroll's rows, sends, and reads them again: those are the second and the third
reading of rows in a run, after the one that it is planned by. Positions have a round more, that
ends the ones before.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from .answers import Answers
from .killed_workers import killed
from .stage import AN_HOUR, Stage

ADD, CORRECT, READ = "addPayrollRates", "updatePayrollRates", "payrollRates"
PLACE, MOVE = "addEmployeePositions", "updateEmployeePositions"
EDITED = 6  # rows that somebody has changed in payroll


def _at(root: str, kind: str, times: int = 1, **options: Any) -> Answers:
    return Answers("payroll", kind, times, (("root", root), *options.items()))


def _adds(kind: str, times: int = 1, **options: Any) -> Answers:
    return _at(ADD, kind, times, **options)


def _reads(kind: str, times: int = 1, **options: Any) -> Answers:
    return _at(READ, kind, times, **options)


ROW_ANSWERS: Sequence[tuple[str, Answers]] = (
    ("pay: answer lost, done", _adds("drop_after")),
    ("pay: answer lost, not done", _adds("drop_before")),
    ("pay: answer lost each time", _adds("drop_after", 12)),
    ("pay: done a minute later", _adds("delayed_commit", seconds=60)),
    ("pay: half an answer", _adds("truncated")),
    ("pay: an HTML page, done", _adds("html", commit=True)),
    ("pay: an HTML page, not done", _adds("html", commit=False)),
    ("pay: 500, done", _adds("500", commit=True)),
    ("pay: 500, not done", _adds("500", commit=False)),
    ("pay: an error nobody knows", _adds("unknown_error")),
    ("pay: a storm of 429", _adds("429", 12)),
    ("pay: burst limit", _adds("burst", 12)),
    ("pay: concurrency limit", _adds("concurrency", 12)),
    ("pay: credits used up", _adds("credits", skip=5)),
    ("pay: token refused in the middle", _adds("expired_token", skip=5)),
    ("pay reads before sending: 500", _reads("500", 6, skip=1)),
    ("pay reads before sending: half an answer", _reads("truncated", 6, skip=1)),
    ("pay reads before sending: token refused", _reads("expired_token", skip=1)),
    ("pay reads after sending: 500", _reads("500", 6, skip=2)),
    ("pay reads after sending: no answer", _reads("drop_before", 6, skip=2)),
    ("pay reads after sending: credits used up", _reads("credits", skip=2)),
    ("positions: answer lost, done", _at(PLACE, "drop_after")),
    ("positions: answer lost, not done", _at(PLACE, "drop_before")),
    ("positions: done a minute later", _at(PLACE, "delayed_commit", seconds=60)),
    ("positions: 500, not done", _at(PLACE, "500", commit=False)),
    ("positions: burst limit", _at(PLACE, "burst", 12)),
    ("positions: credits used up", _at(PLACE, "credits", skip=5)),
    ("positions ended: answer lost, done", _at(MOVE, "drop_after")),
    ("positions ended: answer lost, not done", _at(MOVE, "drop_before")),
    ("positions ended: done a minute later", _at(MOVE, "delayed_commit", seconds=60)),
    ("positions ended: credits used up", _at(MOVE, "credits")),
)


# --- rows that payroll refuses --------------------------------------------------------------------


def _some_refused(stage: Stage, *, people: int, root: str = ADD, path: str = "rate") -> int:
    """Payroll takes the rest of every batch in which it refuses somebody's row."""
    stage.customer.xledger.switches.set({"batch": "partial"})
    refusal = {"root": root, "path": path, "ext_code": "INVALID_VALUE", "times": 1}
    for row in stage.customer.xledger.employees[:people]:
        stage.order("payroll", "bad_row", code=row["code"], **refusal)
    stage.sync()
    met = people - stage.waiting("payroll")
    stage.calm()
    return met


def _refused_beside_others(stage: Stage) -> int:
    return _some_refused(stage, people=3)


def _refused_until_the_round_stops(stage: Stage) -> int:
    return _some_refused(stage, people=12)


def _positions_refused(stage: Stage) -> int:
    return _some_refused(stage, people=3, root=PLACE, path="parttimePct")


def _refused_and_the_answer_lost(stage: Stage) -> int:
    stage.order("payroll", "truncated", root=ADD)
    return _some_refused(stage, people=6) + 1


# --- rows that are there and are corrected --------------------------------------------------------


def _corrected(happen: Callable[[Stage], int]) -> Callable[[Stage], int]:
    """The same where everybody's pay is in payroll, and somebody has changed some of it there."""

    def edited(stage: Stage) -> int:
        stage.sync()
        rows = stage.customer.xledger.pay_rates[:EDITED]
        for row in rows:
            stage.customer.xledger.store.update("payroll_rates", row["dbId"], {"rate": "1.0000"})
        assert len(rows) == EDITED
        return happen(stage)

    return edited


def _correcting(kind: str, times: int = 1, **options: Any) -> Callable[[Stage], int]:
    return _corrected(_at(CORRECT, kind, times, **options))


# --- workers --------------------------------------------------------------------------------------


def _answer_lost_then_killed(stage: Stage) -> int:
    """Nobody has asked yet what became of the first rows when the next are on their way."""
    stage.order("payroll", "drop_after", root=ADD)
    return 1 + killed(root=ADD, commit=True)(stage)


def _late_then_killed_and_synced_at_once(stage: Stage) -> int:
    """Rows appear in payroll a minute later; the worker is gone, and a sync runs before that."""
    customer = stage.customer
    stage.order("payroll", "delayed_commit", root=ADD, seconds=60)
    met = 1 + killed(root=ADD, commit=False)(stage)
    customer.now += timedelta(seconds=30) - AN_HOUR
    began = customer.xledger.clock() - AN_HOUR
    customer.xledger.clock = lambda: began + timedelta(seconds=30)
    stage.sync()
    return met


def _killed_twice(stage: Stage) -> int:
    kill = killed(root=ADD, skip=3, commit=True)
    return kill(stage) + kill(stage)


ROWS: Sequence[tuple[str, Callable[[Stage], int]]] = (
    ("pay: refused beside others that are taken", _refused_beside_others),
    ("pay: refused until the round stops", _refused_until_the_round_stops),
    ("pay: refused in part, and the answer lost", _refused_and_the_answer_lost),
    ("positions: refused beside others that are taken", _positions_refused),
    ("pay corrected: answer lost, done", _correcting("drop_after")),
    ("pay corrected: answer lost, not done", _correcting("drop_before")),
    ("pay corrected: done a minute later", _correcting("delayed_commit", seconds=60)),
    ("pay corrected: 500, not done", _correcting("500", commit=False)),
    ("pay corrected: credits used up", _correcting("credits")),
    ("worker killed before pay goes", killed(root=READ, skip=1)),
    ("worker killed in pay, done", killed(root=ADD, commit=True)),
    ("worker killed in pay, not done", killed(root=ADD, commit=False)),
    ("worker killed in later pay, done", killed(root=ADD, skip=8, commit=True)),
    ("worker killed after pay went", killed(root=READ, skip=2)),
    ("worker killed in pay, an answer lost before", _answer_lost_then_killed),
    ("worker killed in pay, done a minute later", _late_then_killed_and_synced_at_once),
    ("worker killed in pay twice", _killed_twice),
    ("worker killed in positions, done", killed(root=PLACE, commit=True)),
    ("worker killed in positions, not done", killed(root=PLACE, commit=False)),
    ("worker killed before positions are ended", killed(root=MOVE, commit=False)),
    ("worker killed as positions are ended, done", killed(root=MOVE, commit=True)),
    ("worker killed in a correction, done", _corrected(killed(root=CORRECT, commit=True))),
    ("worker killed in a correction, not done", _corrected(killed(root=CORRECT, commit=False))),
)
