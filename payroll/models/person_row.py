"""A row about one person, named in what is sealed: what changes, plans and pins have alike."""

from __future__ import annotations

import uuid

from django.db import models

from integration_hub.core.fields import SealedJSONField


class PersonRow(models.Model):
    """Somebody in HR, by their id there; `details` holds the name and what else is personal."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source_id = models.CharField(max_length=100)
    employee_number = models.CharField(max_length=50, blank=True)
    details = SealedJSONField(default=dict)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The person's name."""
        return f"{self.details.get('first_name', '')} {self.details.get('last_name', '')}".strip()
