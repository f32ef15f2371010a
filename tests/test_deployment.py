"""What is written for operators agrees with what the settings read."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from celery import current_app
from django.conf import settings
from django.urls import resolve

ROOT = Path(__file__).resolve().parent.parent
COMPOSE_ONLY = {"POSTGRES_PASSWORD", "HUB_PORT"}
"""Read by docker compose itself; the Hub never sees them."""
OWN_SERVERS = {"DATABASE_URL", "REDIS_URL", "ENV_FILE"}
"""Compose brings its own, so its defaults differ from those of the settings."""


# --- what the settings read ----------------------------------------------------------------------


def settings_defaults() -> dict[str, object]:
    """Variable → literal default, or Ellipsis where it is computed or there is none."""
    tree = ast.parse((ROOT / "integration_hub/settings.py").read_text(encoding="utf-8"))
    own_readers = {
        node.name
        for node in tree.body
        if isinstance(node, ast.FunctionDef) and node.args.args and node.args.args[0].arg == "name"
    }
    found: dict[str, object] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and reads_environment(node.func, own_readers):
            name = node.args[0]
            if isinstance(name, ast.Constant) and isinstance(name.value, str):
                found[name.value] = default_of(node)
    return found


def reads_environment(function: ast.expr, own_readers: set[str]) -> bool:
    if isinstance(function, ast.Name):
        return function.id in own_readers
    return isinstance(function, ast.Attribute) and ast.unparse(function.value) == "env"


def default_of(call: ast.Call) -> object:
    keywords = [keyword.value for keyword in call.keywords if keyword.arg == "default"]
    for node in [*keywords, *call.args[1:2]]:
        try:
            return ast.literal_eval(node)
        except ValueError:
            return ...
    return ...


def as_text(default: object) -> str:
    if isinstance(default, list):
        return ",".join(default)
    return str(default).lower() if isinstance(default, bool) else str(default)


# --- what operators are given --------------------------------------------------------------------


def compose() -> dict[str, Any]:
    loaded: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
    return loaded


def hub_services() -> dict[str, dict[str, Any]]:
    services = compose()["services"]
    return {name: body for name, body in services.items() if body["image"] == "integration-hub"}


def command(service: str) -> list[str]:
    words: list[str] = hub_services()[service]["command"]
    return words


def option(words: list[str], flag: str) -> str:
    return words[words.index(flag) + 1]


def example() -> dict[str, tuple[str, bool, str]]:
    """Variable → (value, whether it is only a comment, the line above)."""
    found: dict[str, tuple[str, bool, str]] = {}
    above = ""
    for line in (ROOT / ".env.example").read_text("utf-8").splitlines():
        if match := re.fullmatch(r"(#?)([A-Z_]+)=(.*)", line):
            assert match[2] not in found
            found[match[2]] = (match[3], bool(match[1]), above)
        above = line
    return found


def readme_settings() -> set[str]:
    return set(re.findall(r"^\| `([A-Z_]+)` ", (ROOT / "README.md").read_text("utf-8"), re.M))


# --- one list of settings ------------------------------------------------------------------------


def test_the_settings_are_found() -> None:
    found = settings_defaults()
    assert found["XLEDGER_BATCH_SIZE"] == "200"
    assert {"ENV_FILE", "ENCRYPTION_KEYS", "LOG_LEVEL", "XLEDGER_ENVIRONMENTS"} < found.keys()


@pytest.mark.parametrize("service", ["web", "worker", "tick", "beat", "migrate"])
def test_compose_passes_every_setting_to_every_service(service: str) -> None:
    assert hub_services()[service]["environment"].keys() == settings_defaults().keys()


def test_compose_passes_each_setting_under_its_own_name() -> None:
    for name, value in hub_services()["web"]["environment"].items():
        assert value is None or re.match(rf"\$\{{{name}:[-?]", value), name


def test_compose_reads_nothing_else() -> None:
    text = (ROOT / "docker-compose.yml").read_text("utf-8")
    read = set(re.findall(r"\$\{([A-Z_]+)", text))
    passed_on = {k for k, v in hub_services()["web"]["environment"].items() if v is None}
    assert read | passed_on == settings_defaults().keys() | COMPOSE_ONLY


def test_the_example_shows_every_setting() -> None:
    assert example().keys() == settings_defaults().keys() | COMPOSE_ONLY


def test_the_example_says_what_each_setting_is_for() -> None:
    for name, (_, _, above) in example().items():
        assert re.fullmatch(r"# .+[.:]", above), name


def test_the_readme_lists_every_setting() -> None:
    assert readme_settings() == settings_defaults().keys()


def test_defaults_are_the_same_in_settings_compose_and_example() -> None:
    given = hub_services()["web"]["environment"]
    for name, default in settings_defaults().items():
        if default is ... or name in OWN_SERVERS:
            continue
        if (match := re.fullmatch(r"\$\{\w+:-(.*)\}", given[name] or "")) is not None:
            assert match[1] == as_text(default), name
        value, is_comment, _ = example()[name]
        if is_comment:
            assert value == as_text(default), name


# --- it would start ------------------------------------------------------------------------------


def compose_environment(asked: dict[str, str]) -> dict[str, str]:
    """What a container gets where an operator sets only `asked`."""

    def chosen(match: re.Match[str]) -> str:
        name, kind, rest = match.groups()
        assert name in asked or kind == "-", name
        return asked.get(name) or rest

    given: dict[str, str] = {}
    for name, value in hub_services()["web"]["environment"].items():
        while value is not None and "${" in value:
            value = re.sub(r"\$\{([A-Z_]+):([-?])([^{}]*)\}", chosen, value)
        if value is not None:
            given[name] = value
        elif name in asked:
            given[name] = asked[name]
    return given


def test_the_settings_load_from_what_compose_passes_on() -> None:
    key = settings.ENCRYPTION_KEYS[0]
    asked = {"ALLOWED_HOSTS": "hub.example.com", "ENCRYPTION_KEYS": key, "POSTGRES_PASSWORD": "pw"}
    code = (
        "import json; from integration_hub import settings as s;"
        "print(json.dumps([s.ALLOWED_HOSTS, s.CSRF_TRUSTED_ORIGINS, s.SECURE_COOKIES,"
        " bool(s.SECRET_KEY), s.DATABASES['default']['HOST'], s.CELERY_BROKER_URL]))"
    )
    environment = {"PATH": os.environ["PATH"], **compose_environment(asked)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    hosts = ["hub.example.com", "127.0.0.1"]
    assert json.loads(done.stdout) == [hosts, [], True, True, "postgres", "redis://redis:6379/0"]


def test_the_queues_worked_on_are_the_queues_routed_to() -> None:
    routed = {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()}
    workers = [
        body["command"] for body in hub_services().values() if "worker" in body.get("command", [])
    ]
    consumed = [queue for words in workers for queue in option(words, "-Q").split(",")]
    assert sorted(consumed) == sorted(routed | {settings.CELERY_TASK_DEFAULT_QUEUE})


def test_routes_and_beat_name_tasks_that_exist() -> None:
    current_app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    assert scheduled | settings.CELERY_TASK_ROUTES.keys() <= current_app.tasks.keys()


@pytest.mark.parametrize("service", ["worker", "tick", "beat"])
def test_celery_commands_name_the_application(service: str) -> None:
    assert command(service)[0] == "celery"
    assert import_module(option(command(service), "-A")).celery_app is not None


def test_the_migrate_command_exists() -> None:
    assert command("migrate")[:3] == ["python", "manage.py", "migrate"]
    assert (ROOT / "manage.py").is_file()


@pytest.mark.filterwarnings("ignore:No directory at")  # nothing is collected where tests run
def test_the_image_serves_the_application() -> None:
    text = (ROOT / "Dockerfile").read_text("utf-8")
    words = json.loads(text.partition("CMD ")[2].replace("\\\n", ""))
    assert words[0] == "gunicorn"
    assert callable(import_module(words[1]).application)
    assert re.search(r"^USER (?!root)", text, re.M)


def test_the_health_check_asks_an_address_that_exists() -> None:
    test = hub_services()["web"]["healthcheck"]["test"][-1]
    path = re.search(r"http://127\.0\.0\.1:8000(/\w+)", test)
    assert path is not None
    assert resolve(path[1]).url_name == "readyz"
