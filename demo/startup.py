"""Brings everything up, in an order in which each program finds what it needs."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import quote

import django
from django.conf import settings

from . import broker, programs
from .ports import HOST, choose
from .processes import Children
from .state import FIRST_PORTS, State
from .story import say

ROOT = Path(__file__).resolve().parent.parent
READY = 60.0  # seconds


def enter_settings(state: State) -> bool:
    """Set up Django for the demo's data; whether the broker is the embedded one.

    DATABASE_URL and REDIS_URL of the environment win over SQLite and the embedded Valkey.
    """
    kept = {name: int(state.values[name]) for name in FIRST_PORTS}
    state.values |= {name: str(port) for name, port in choose(kept).items()}
    embedded = not os.environ.get("REDIS_URL")
    addresses = {
        "DATABASE_URL": os.environ.get("DATABASE_URL") or state.database_url,
        "REDIS_URL": state.redis_url if embedded else os.environ["REDIS_URL"],
        "SECURE_COOKIES": "false",  # http on one's own machine
        "HUB_URL": f"http://{HOST}:{state.values['DEMO_PORT']}",
        "EMAIL_URL": f"filemail:///{quote(str(state.folder / 'mail'))}",
    }
    os.environ |= state.values | addresses
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "integration_hub.settings",
        "ENV_FILE": os.devnull,
        "LOG_LEVEL": "WARNING",
    }
    django.setup()
    _add_sandboxes(state, addresses)
    return embedded


def _add_sandboxes(state: State, addresses: dict[str, str]) -> None:
    """Offer both imitations as the environment “sandbox”, here and to whatever is started."""
    for name, path in (("SIMPLOYER", "v1"), ("XLEDGER", "graphql")):
        environments: dict[str, str] = getattr(settings, f"{name}_ENVIRONMENTS")
        environments["sandbox"] = f"http://{HOST}:{state.values[f'{name}_PORT']}/{path}"
        listed = ",".join(f"{label}={url}" for label, url in environments.items())
        addresses[f"{name}_ENVIRONMENTS"] = listed
    state.save(addresses)


def environment(state: State) -> dict[str, str]:
    """What every program that is started gets."""
    return dict(os.environ) | state.values | {"ENV_FILE": str(state.env_file), "LOG_LEVEL": "INFO"}


def start_systems(state: State, children: Children, *, embedded: bool) -> None:
    """Start the broker and both imitated systems; they become ready while others work."""
    given = environment(state)
    if embedded:
        values = state.values
        folder = state.folder / "valkey"
        command = broker.command(folder, values["VALKEY_PORT"], values["VALKEY_PASSWORD"])
        children.start("Valkey", command, given)
    children.start("Simployer One sandbox", programs.sandbox("simployer", state), given)
    children.start("Xledger sandbox", programs.sandbox("xledger", state), given)


def start_hub(state: State, children: Children) -> None:
    """Start web server, workers and beat, and wait until everything is ready."""
    given, values = environment(state), state.values
    children.wait_until(lambda: broker.answers(values["REDIS_URL"]), "The broker", READY)
    children.start("Celery worker", programs.worker(), given)
    children.start("Celery tick worker", programs.tick(), given)
    children.start("Celery beat", programs.beat(state.folder), given)
    children.start("Web server", programs.web(values["DEMO_PORT"]), given)
    for what, port, path in (
        ("The Simployer One sandbox", "SIMPLOYER_PORT", "v1"),
        ("The Xledger sandbox", "XLEDGER_PORT", "graphql"),
        ("The web server", "DEMO_PORT", "healthz"),
    ):
        url = f"http://{HOST}:{values[port]}/{path}"
        children.wait_until(lambda url=url: programs.answers(url), what, READY)  # type: ignore[misc]
    say("Running: both sandboxes, broker, web server, both Celery workers and beat")
