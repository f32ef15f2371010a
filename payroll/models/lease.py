"""A lease on a row: one process holds it at a time, and loses it by falling silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.db import models

LEASE = timedelta(minutes=3)  # who is silent for longer is taken for dead; above any HTTP time-out


class LeaseLost(Exception):
    """Another process holds the row, or it is over; nothing more may be sent or kept by this one.

    Not a HubError: nothing that handles a vendor's trouble may swallow it.
    """


class Leased(models.Model):
    """A row that a process holds while its status is `held_while`.

    `fence` grows whenever it changes hands; only the holder of the newest may write.
    """

    held_while: ClassVar[str]

    fence = models.PositiveIntegerField(default=0)

    class Meta:
        abstract = True

    def keep(self, **columns: Any) -> None:
        """Writes columns while this process holds the row. Raises LeaseLost when it does not."""
        if not self._mine().update(**columns):
            raise LeaseLost(str(self.pk))

    def _mine(self) -> Any:
        """The row, while this process holds it."""
        return self._row().filter(fence=self.fence, status=self.held_while)

    def _row(self) -> Any:
        """The row as a queryset of the model's own class, which a base cannot name."""
        return type(self)._default_manager.filter(pk=self.pk)
