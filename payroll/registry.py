"""The installed systems, by kind. An adapter's AppConfig registers it when Django starts."""

from __future__ import annotations

from .ports import Source, Target

sources: dict[str, type[Source]] = {}
targets: dict[str, type[Target]] = {}


def source_choices() -> list[tuple[str, str]]:
    """(kind, label) of every source, for model fields and forms."""
    return [(kind, source.label) for kind, source in sources.items()]


def target_choices() -> list[tuple[str, str]]:
    """(kind, label) of every target, for model fields and forms."""
    return [(kind, target.label) for kind, target in targets.items()]
