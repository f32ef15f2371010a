"""One row of what a job does: planned, sent, and settled by what became of it."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import models

from payroll.records import Outcome, Problem


class JobRow(models.Model):
    """Something that a job does, did or could not do.

    `sent_at` is the intent, stored before the request goes out. An empty outcome means not settled
    yet. Its sealed `details` hold the problems among other things.
    """

    details: Any

    position = models.PositiveIntegerField()
    outcome = models.CharField(
        max_length=10, blank=True, choices=[(each.value, each.name.title()) for each in Outcome]
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["position"]

    @property
    def problems(self) -> list[Problem]:
        """What a person should know about this row."""
        return [Problem(**problem) for problem in self.details.get("problems", [])]

    def settle(self, outcome: Outcome, now: datetime, problem: Problem | None = None) -> None:
        """Says what became of it; the caller saves."""
        self.outcome = outcome.value
        self.settled_at = now
        if problem is not None:
            self.tell(problem)

    def tell(self, *problems: Problem) -> None:
        """Says on it what a person should know; the caller saves."""
        told = [*self.details.get("problems", []), *map(asdict, problems)]
        self.details = {**self.details, "problems": told}

    def tell_no_more(self, *codes: str) -> None:
        """Takes back what was said of a doubt that is over; the caller saves."""
        left = [each for each in self.details["problems"] if each["code"] not in codes]
        self.details = {**self.details, "problems": left}
