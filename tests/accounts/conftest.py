"""What the tests of logging in share."""

from __future__ import annotations

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def _static_files_from_their_sources(settings: Settings) -> None:
    """No test depends on whether static files were collected on this machine."""
    settings.WHITENOISE_AUTOREFRESH = True
