"""Every configuration an integration has had, so that each run can say which one it used."""

from __future__ import annotations

import uuid

from django.db import models

from integration_hub.accounts.models import User

from .integration import Integration


class ConfigVersion(models.Model):
    """One configuration as a document without secrets; `number` is what runs remember."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    document = models.JSONField()
    at = models.DateTimeField()
    user = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "number"], name="one_document_per_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.integration} version {self.number}"

    def differs_in(self, other: ConfigVersion) -> list[str]:
        """The settings that differ, by name; none where only tokens were set anew."""
        keys = dict.fromkeys([*self.document, *other.document])
        return [key for key in keys if self.document.get(key) != other.document.get(key)]
