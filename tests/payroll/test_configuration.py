"""An integration as a JSON document: applied whole or not at all, every mistake named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django import Settings

from payroll.models import Credential, Integration
from tests.journeys.world import document

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def environments(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SIMPLOYER_ENVIRONMENTS = {"sandbox": "http://127.0.0.1:1/v1"}
    settings.XLEDGER_ENVIRONMENTS = {"sandbox": "http://127.0.0.1:1/graphql"}
    monkeypatch.setenv("SIMPLOYER_TOKEN", "token-of-simployer")
    monkeypatch.setenv("XLEDGER_TOKEN", "token-of-xledger")


def apply(tmp_path: Path, body: object, capsys: pytest.CaptureFixture[str]) -> str:
    """The id that apply_config prints."""
    file = tmp_path / "integration.json"
    file.write_text(body if isinstance(body, str) else json.dumps(body), encoding="utf-8")
    call_command("apply_config", str(file))
    return capsys.readouterr().out.strip()


def test_the_smallest_document_makes_an_active_integration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = apply(tmp_path, document(), capsys)
    integration = Integration.objects.get()
    assert printed == str(integration.pk)
    assert integration.state == Integration.State.ACTIVE
    assert integration.next_run_at is not None
    assert integration.mappings.count() == len(integration.target.default_mappings)
    assert integration.secrets("target") == {"token": "token-of-xledger"}


def test_applying_twice_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    first = apply(tmp_path, document(), capsys)
    secrets = set(Credential.objects.values_list("pk", "set_at"))
    assert apply(tmp_path, document(), capsys) == first
    assert set(Credential.objects.values_list("pk", "set_at")) == secrets
    assert Integration.objects.get().config_version == 1


def test_a_change_makes_a_new_version_of_the_same_integration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = apply(tmp_path, document(), capsys)
    assert apply(tmp_path, document(scope={"future_days": 10}), capsys) == first
    assert Integration.objects.get().config_version == 2
    monkeypatch.setenv("XLEDGER_TOKEN", "a-new-token")
    apply(tmp_path, document(scope={"future_days": 10}), capsys)
    assert Integration.objects.get().config_version == 3


def test_what_is_exported_can_be_applied_and_holds_no_secret(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    body = document(value_maps={"employeeGroup": {"Styremedlem": "40"}}, scope={"exclude": ["1"]})
    printed = apply(tmp_path, body, capsys)
    call_command("export_config", printed)
    text = capsys.readouterr().out
    assert "token-of" not in text
    assert json.loads(text) == body
    apply(tmp_path, text, capsys)
    assert Integration.objects.get().config_version == 1


def test_own_mapping_rows_survive_export_and_apply(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(tmp_path, document(), capsys)
    rows = [
        {"source": row.source, "target": row.target, "transform": row.transform}
        for row in Integration.objects.get().target.default_mappings
        if not row.locked
    ]
    rows.append({"source": "custom.shoeSize", "target": "text1", "mode": "if_empty"})
    printed = apply(tmp_path, document(mappings=rows), capsys)
    call_command("export_config", printed)
    exported = json.loads(capsys.readouterr().out)["mappings"]
    assert {
        "source": "custom.shoeSize",
        "target": "text1",
        "mode": "if_empty",
        "blank": "keep",
    } in (exported)


def side(system: str, **changes: Any) -> dict[str, Any]:
    """The half of the document for one system, changed."""
    half: dict[str, Any] = document()["source" if system == "simployer" else "target"]
    return half | changes


MISTAKES: list[tuple[str, object, str]] = [
    ("no JSON", "{", "line 1, column 2"),
    ("no object", [], "document: an object"),
    ("unknown key", document(colour="blue"), "colour: unknown key"),
    ("missing key", {"label": "x"}, "organisation: missing"),
    ("blank label", document(label=" "), "label: a text"),
    ("long label", document(label="x" * 101), "label: longer than 100"),
    ("unknown kind", document(source=side("simployer", kind="sap")), "source.kind"),
    ("unknown environment", document(target=side("xledger", environment="moon")), "target.env"),
    (
        "a secret itself",
        document(target=side("xledger", credentials={"token": "abc"})),
        "token: only",
    ),
    ("missing token", document(source=side("simployer", credentials={})), "token: missing"),
    (
        "unset variable",
        document(source=side("simployer", credentials={"token": {"env": "NOT_SET"}})),
        "source.credentials.token: the environment variable NOT_SET is not set",
    ),
    ("unknown scope key", document(scope={"planets": []}), "scope.planets: unknown key"),
    ("wrong days", document(schedule={"days": ["someday"]}), "schedule.days"),
    ("active as text", document(active="yes"), "active: true or false"),
    ("no rows", document(mappings=[]), "mappings: the required field"),
    (
        "unknown target field",
        document(mappings=[{"source": "title", "target": "salary"}]),
        "mappings[0].target",
    ),
    (
        "unknown source field",
        document(mappings=[{"source": "shoe", "target": "text1"}]),
        "mappings[0].source",
    ),
    (
        "a locked row changed",
        document(mappings=[{"constant": "true", "target": "timesheet"}]),
        "locked",
    ),
    (
        "a required field cleared by a blank",
        document(mappings=[{"source": "last_name", "target": "lastName", "blank": "clear"}]),
        "mappings: ",
    ),
    ("value map of nothing", document(value_maps={"shoe": {}}), "value_maps.shoe: unknown key"),
    ("value map of numbers", document(value_maps={"employeeGroup": {"a": 1}}), "value_maps.emp"),
]


@pytest.mark.parametrize(
    ("body", "words"), [row[1:] for row in MISTAKES], ids=[row[0] for row in MISTAKES]
)
def test_a_mistake_is_named_and_nothing_is_saved(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], body: object, words: str
) -> None:
    with pytest.raises(CommandError) as refused:
        apply(tmp_path, body, capsys)
    assert words in str(refused.value)
    assert not Integration.objects.exists()


def test_a_mistake_leaves_what_was_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    printed = apply(tmp_path, document(), capsys)
    with pytest.raises(CommandError):
        apply(tmp_path, document(active=False, scope={"planets": []}), capsys)
    assert Integration.objects.get(pk=printed).state == Integration.State.ACTIVE


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_file_that_cannot_be_read_is_said(tmp_path: Path, content: bytes | None) -> None:
    file = tmp_path / "integration.json"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(CommandError):
        call_command("apply_config", str(file))


def test_switched_off_it_pauses_and_a_draft_stays_a_draft(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(tmp_path, document(label="Draft", active=False), capsys)
    assert Integration.objects.get().state == Integration.State.DRAFT
    apply(tmp_path, document(label="Draft", active=True), capsys)
    apply(tmp_path, document(label="Draft", active=False), capsys)
    paused = Integration.objects.get()
    assert paused.state == Integration.State.PAUSED
    assert paused.next_run_at is None
