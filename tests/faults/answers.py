"""Answers that go wrong: what a system says, or does not say, and whether it did what was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .stage import Stage


@dataclass(frozen=True)
class Answers:
    """Answers that go wrong in two runs: so many `times` in a system, as `options` narrow it."""

    system: str
    kind: str
    times: int = 2
    options: tuple[tuple[str, Any], ...] = ()

    def __call__(self, stage: Stage) -> int:
        for _ in range(2):
            stage.order(self.system, self.kind, times=self.times, **dict(self.options))
            stage.sync()
        met = 2 * self.times - stage.waiting(self.system)
        stage.calm()
        return met


def _hr(kind: str, times: int = 2, **options: Any) -> Answers:
    return Answers("hr", kind, times, tuple(options.items()))


def _reads(kind: str, times: int = 2, **options: Any) -> Answers:
    return Answers("payroll", kind, times, (("when", "query"), *options.items()))


def _creates(kind: str, times: int = 1, **options: Any) -> Answers:
    return Answers("payroll", kind, times, (("root", "addEmployees"), *options.items()))


def _updates(kind: str, times: int = 1, **options: Any) -> Answers:
    return Answers("payroll", kind, times, (("root", "updateEmployees"), *options.items()))


ANSWERS: Sequence[tuple[str, Answers]] = (
    ("HR: a storm of 429, with a wait", _hr("rate_limited", 12, seconds=1)),
    ("HR: a storm of 429, without", _hr("rate_limited", 12)),
    ("HR: 500", _hr("server_error", 6)),
    ("HR: 503", _hr("unavailable", 6)),
    ("HR: no answer", _hr("dropped", 6)),
    ("HR: an HTML page", _hr("html", 6)),
    ("HR: half an answer", _hr("truncated", 6)),
    ("HR: a page without rows", _hr("empty_page", path="/employee", after=1)),
    ("HR: employments without rows", _hr("empty_page", path="/employment")),
    ("HR: token refused in the middle", _hr("expired_token", after=2)),
    ("HR: a right taken away", _hr("forbidden", path="/compensation")),
    ("payroll reads: a storm of 429", _reads("429", 12)),
    ("payroll reads: burst limit", _reads("burst", 8)),
    ("payroll reads: concurrency limit", _reads("concurrency", 8)),
    ("payroll reads: credits used up", _reads("credits")),
    ("payroll reads: 500", _reads("500", 6)),
    ("payroll reads: 529", _reads("529", 6)),
    ("payroll reads: no answer", _reads("drop_before", 6)),
    ("payroll reads: an HTML page", _reads("html", 6)),
    ("payroll reads: half an answer", _reads("truncated", 6)),
    ("payroll reads: query timed out", _reads("query_timeout", 6)),
    ("payroll: token refused before the first write", _updates("expired_token")),
    ("create: answer lost, done", _creates("drop_after")),
    ("create: answer lost, not done", _creates("drop_before")),
    ("create: answer lost, done a minute later", _creates("delayed_commit", seconds=60)),
    ("create: half an answer", _creates("truncated")),
    ("create: an HTML page, done", _creates("html", commit=True)),
    ("create: an HTML page, not done", _creates("html", commit=False)),
    ("create: 500, done", _creates("500", commit=True)),
    ("create: 500, not done", _creates("500", commit=False)),
    ("create: an error nobody knows", _creates("unknown_error")),
    ("create: burst limit", _creates("burst", 6)),
    ("create: credits used up", _creates("credits")),
    ("update: answer lost, done", _updates("drop_after")),
    ("update: answer lost, not done", _updates("drop_before")),
    ("update: done a minute later", _updates("delayed_commit", seconds=60)),
    ("update: 503, done", _updates("503", commit=True)),
    ("update: credits used up", _updates("credits")),
)
