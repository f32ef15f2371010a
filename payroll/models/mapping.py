"""One line of an integration's field table."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import models

from payroll.mapping import Blank, MappingRow, Mode

from .integration import Integration


class FieldMapping(models.Model):
    """Which HR value goes to which payroll field, when, and what a blank does."""

    integration = models.ForeignKey(Integration, on_delete=models.CASCADE, related_name="mappings")
    position = models.PositiveSmallIntegerField()
    source = models.CharField(max_length=100, blank=True)
    target = models.CharField(max_length=100)
    mode = models.CharField(
        max_length=10,
        choices=[(mode.value, mode.name.title()) for mode in Mode],
        default="overwrite",
    )
    transform = models.CharField(max_length=20, blank=True)
    constant = models.CharField(max_length=200, blank=True)
    blank = models.CharField(
        max_length=10, choices=[(rule.value, rule.name.title()) for rule in Blank], default="keep"
    )
    default = models.CharField(max_length=200, blank=True)
    value_map = models.JSONField(default=dict, blank=True)
    locked = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["integration", "target"], name="one_mapping_per_target_field"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source or self.constant} → {self.target}"

    @property
    def row(self) -> MappingRow:
        """The same line as the engine reads it."""
        return MappingRow(
            source=self.source,
            target=self.target,
            mode=Mode(self.mode),
            transform=self.transform,
            constant=self.constant,
            blank=Blank(self.blank),
            default=self.default,
            value_map=self.value_map,
            locked=self.locked,
        )

    @staticmethod
    def replace(integration: Integration, rows: Sequence[MappingRow]) -> None:
        """Makes `rows` the whole field table of the integration."""
        integration.mappings.all().delete()
        FieldMapping.objects.bulk_create(
            FieldMapping.of(integration, position, row) for position, row in enumerate(rows)
        )

    @classmethod
    def of(cls, integration: Integration, position: int, row: MappingRow) -> FieldMapping:
        """An unsaved line holding `row`."""
        return cls(
            integration=integration,
            position=position,
            source=row.source,
            target=row.target,
            mode=row.mode.value,
            transform=row.transform,
            constant=row.constant,
            blank=row.blank.value,
            default=row.default,
            value_map=dict(row.value_map),
            locked=row.locked,
        )
