"""How far a run or an export is, for the live part of its page."""

from __future__ import annotations

from dataclasses import dataclass

from payroll.models.job import Job


@dataclass(frozen=True, slots=True)
class Progress:
    """How a job stands in a sentence; `settled` of `to_send` people, or rows, are through."""

    job: Job
    sentence: str
    settled: int
    to_send: int

    @property
    def version(self) -> str:
        """Changes exactly when there is something new to show."""
        asked = ".cancelling" if self.job.cancel_asked_at else ""
        paused = ".paused" if self.job.is_paused else ""
        return f"{self.job.status}.{self.job.phase}.{self.settled}{paused}{asked}"
