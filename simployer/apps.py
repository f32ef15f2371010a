"""Makes Simployer One known to payroll when Django starts."""

from __future__ import annotations

from django.apps import AppConfig


class SimployerConfig(AppConfig):
    """The Simployer One adapter: a source without tables of its own."""

    name = "simployer"
    label = "simployer"
    verbose_name = "Simployer One"

    def ready(self) -> None:
        """Registers the source."""
        from payroll.registry import sources

        from .source import SimployerSource

        sources[SimployerSource.kind] = SimployerSource
