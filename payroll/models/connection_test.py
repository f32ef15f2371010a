"""What the last test of an integration's connection found on each side."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.db import models

from integration_hub.accounts.models import User

from .integration import Integration


class ConnectionTest(models.Model):
    """The newest test; each side as a JSON object of what was found, or why nothing was.

    Holds company names, counts and rights: no person and no secret.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.OneToOneField(
        Integration, on_delete=models.CASCADE, related_name="connection_test"
    )
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)
    source = models.JSONField(default=dict)
    target = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"{self.integration} tested {self.at:%Y-%m-%d %H:%M}"

    @property
    def capabilities(self) -> Mapping[str, bool]:
        """Writes beside employees by name, and whether payroll offers one; empty if not known."""
        found: Mapping[str, bool] = self.target.get("capabilities", {})
        return found
