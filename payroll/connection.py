"""Reaches one side of an integration: for a run, and to tell an admin whether it works."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from typing import Any, Literal, get_args
from uuid import UUID

from django.db import transaction

from integration_hub.accounts.models import User
from integration_hub.core.errors import ConfigurationError, HubError, OurFault, TransientError

from . import request_counts
from .models import ConnectionTest, Integration
from .ports import Connection, ConnectionReport, Source, System, Target
from .values import legible

log = logging.getLogger(__name__)

Side = Literal["source", "target"]
SIDES: tuple[Side, ...] = get_args(Side)

PATIENCE = (3.0, 10.0)  # seconds to connect and to answer: a person waits, who can try again
LONGEST = 15.0  # seconds after which a test begins no further read
_LISTS = ("seen", "missing", "unconfirmed", "beside")
_TRY_AGAIN = (
    "Nothing was changed. Try again in a few minutes; if it goes on, see whether {label} can be "
    "reached in a browser."
)


@dataclass(frozen=True, slots=True)
class Checked:
    """What a connection test found, or in words for a person why it found nothing."""

    report: ConnectionReport | None
    error: str = ""

    def as_json(self) -> dict[str, Any]:
        """For storage; names companies, counts and rights, no person."""
        report = asdict(self.report or ConnectionReport())
        lists = {key: [legible(text) for text in report[key]] for key in _LISTS}
        return {**report, **lists, "error": legible(self.error)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> Checked:
        """What `as_json` stored."""
        if stored.get("error"):
            return cls(None, stored["error"])
        lists = {key: tuple(stored.get(key, ())) for key in _LISTS}
        return cls(ConnectionReport(**lists, capabilities=stored.get("capabilities", {})))


def system_of(integration: Integration, side: Side) -> type[System]:
    """The adapter of that side."""
    return integration.source if side == "source" else integration.target


def connection(integration: Integration, side: Side, *, read_only: bool) -> Connection:
    """How to reach that side. Raises ConfigurationError, DecryptionError."""
    system = system_of(integration, side)
    environment = getattr(integration, f"{side}_environment")
    credentials = integration.secrets(side)
    missing = [spec.label for spec in system.credentials if not credentials.get(spec.key)]
    if missing:
        raise ConfigurationError(f"{missing[0]} is not set for this integration.")
    return Connection(_address(system, environment), credentials, read_only)


def _address(system: type[System], environment: str) -> str:
    """The address of an environment. Raises ConfigurationError when the operator removed it."""
    url = system.environments().get(environment)
    if url is None:
        known = ", ".join(sorted(system.environments()))
        raise ConfigurationError(
            f"{system.label} has no environment “{environment}” here. Known: {known}."
        )
    return url


@contextmanager
def both(
    integration: Integration,
    *,
    read_only: bool,
    on_request: Callable[[], None],
    sleep: Callable[[float], None],
    clock: Callable[[], datetime],
) -> Iterator[tuple[Source, Target]]:
    """Both sides live, closed afterwards with their requests counted. Raises as `connection`."""

    def way(side: Side) -> Connection:
        plain = connection(integration, side, read_only=read_only)
        return replace(plain, on_request=on_request, sleep=sleep)

    with (
        closing(integration.source.connect(way("source"))) as source,
        closing(integration.target.connect(way("target"))) as target,
    ):
        try:
            yield source, target
        finally:
            sent = {each.kind: each.requests_sent for each in (source, target)}
            request_counts.count(integration, sent, clock())


def try_both(integration: Integration, user: User, clock: Callable[[], datetime]) -> bool:
    """Tries both sides live, reading only, and keeps what was found in place of the test before.

    Takes half a minute at most. False, and nothing is kept, where somebody changed the integration
    meanwhile: what was found may be of a token that is no longer held.
    """
    sent: Counter[str] = Counter()
    tests = [_test_of(integration, side, sent) for side in SIDES]  # threads never see the database
    with ThreadPoolExecutor(len(tests)) as pool:
        source, target = pool.map(lambda test: test(), tests)
    now = clock()
    request_counts.count(integration, sent, now)
    with transaction.atomic():
        held = Integration.objects.select_for_update(no_key=True).filter(pk=integration.pk).first()
        if held is None or held.config_version != integration.config_version:
            return False
        ConnectionTest.objects.update_or_create(
            integration=held,
            defaults={
                "at": now,
                "user": user,
                "source": source.as_json(),
                "target": target.as_json(),
            },
        )
    return True


def _test_of(integration: Integration, side: Side, sent: Counter[str]) -> Callable[[], Checked]:
    """What is to be done to test that side, counting its requests in `sent` by system kind.

    Raises nothing of ours, nor does what it gives.
    """
    system = system_of(integration, side)
    try:
        plain = connection(integration, side, read_only=True)
    except HubError as error:
        told = Checked(None, error.message)
        return lambda: told
    way = replace(plain, on_request=lambda: sent.update([system.kind]))
    return lambda: _check(system, way, integration.pk)


def _check(system: type[System], way: Connection, pk: UUID) -> Checked:
    """Tries a side; what goes wrong is told in words."""
    label = system.label
    try:
        return Checked(_report(system, way))
    except TransientError as error:
        log.warning("connection test of %s: %s (%s)", label, error.message, error.detail)
        return Checked(None, f"{error.message} {_TRY_AGAIN.format(label=label)}")
    except HubError as error:
        log.warning("connection test of %s: %s (%s)", label, error.message, error.detail)
        return Checked(None, error.message)
    except Exception:
        log.exception("connection test of %s for integration %s failed", label, pk)
        return Checked(None, OurFault(pk).message)


def _report(system: type[System], way: Connection) -> ConnectionReport:
    """What the side shows now. Each read is tried once, and no read begins when time is up."""
    ends = time.monotonic() + LONGEST

    def hurry() -> None:
        if time.monotonic() > ends:
            raise TransientError(f"{system.label} answers too slowly to be tested.")
        way.on_request()

    quick = replace(way, attempts=1, timeout=PATIENCE, on_request=hurry)
    with closing(system.connect(quick)) as live:
        return live.check_connection()
