"""A sandbox of 60 people on a free port, and a caller that talks to it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from fjordkraft.serving import running
from simployer.sandbox import Sandbox
from tests.simployer.calling import TODAY, Caller


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(60, 1, today=TODAY)


@pytest.fixture
def caller(sandbox: Sandbox) -> Iterator[Caller]:
    with running(sandbox) as url:
        caller = Caller(url)
        yield caller
        caller.session.close()
