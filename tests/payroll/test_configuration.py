"""An integration as a JSON document: applied whole or not at all, every mistake named."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone
from pytest_django import Settings

from integration_hub.core.crypto import new_key
from payroll import configuration, registry
from payroll.models import ConfigVersion, Credential, Integration, MatchDecision, Snapshot
from payroll.records import FieldType
from payroll.runs import open_run
from tests.journeys.world import document

from .people import person
from .readings import keep_reading

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
    (
        "a secret beside its name",
        document(target=side("xledger", credentials={"token": {"env": "X", "s3cr3t": ""}})),
        "target.credentials.token: only",
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
    (
        "two rows for one field, one of them off",
        document(
            mappings=[
                {"source": "title", "target": "text1"},
                {"source": "office", "target": "text1", "mode": "off"},
            ]
        ),
        "mappings: text1 is the target of more than one row",
    ),
    (
        "a source too long to be stored",
        document(mappings=[{"source": "custom." + "x" * 94, "target": "text1"}]),
        "mappings[0].source: longer than 100",
    ),
    (
        "a constant too long to be stored",
        document(mappings=[{"constant": "x" * 201, "target": "text1"}]),
        "mappings[0].constant: longer than 200",
    ),
    (
        "a default too long to be stored",
        document(mappings=[{"source": "title", "default": "x" * 201, "target": "text1"}]),
        "mappings[0].default: longer than 200",
    ),
    (
        "a character that cannot be stored",
        document(scope={"departments": ["Salg", "Sa\x00lg"]}),
        "scope.departments[1]: contains a character",
    ),
    (
        "half a character",
        json.dumps(document(label="Norge \ud83d")),
        "label: contains a character",
    ),
    ("a number that never ends", '{"label": ' + "9" * 5000 + "}", "document: too deep"),
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


def rows_with(**row: str) -> list[dict[str, str]]:
    """The smallest field table that is whole, and one row more."""
    needed = {
        "employee_number": "code",
        "first_name": "firstName",
        "last_name": "lastName",
        "email": "email",
        "hire_date": "employmentFrom",
        "employment_type": "employeeGroup",
    }
    return [*({"source": source, "target": key} for source, key in needed.items()), row]


@pytest.mark.parametrize("key", ["constant", "default"])
@pytest.mark.parametrize(
    ("target", "text"),
    [
        ("trialTo", "31.12.2026"),
        ("trialTo", "2026-02-30"),
        ("trialTo", "never"),
        ("initials", "ABCDEF"),
        ("bankAccount", "12345678901"),
    ],
)
def test_a_text_of_ones_own_that_could_never_be_sent_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], key: str, target: str, text: str
) -> None:
    rows = rows_with(**{"target": target, key: text})
    with pytest.raises(CommandError, match=rf"mappings\[6\]\.{key}: .*{target}"):
        apply(tmp_path, document(mappings=rows), capsys)
    assert not Integration.objects.exists()


@pytest.mark.parametrize(
    ("kind", "text"), [(FieldType.BOOLEAN, "yes"), (FieldType.DECIMAL, "much")]
)
def test_a_constant_of_another_type_than_its_field_is_refused(
    monkeypatch: pytest.MonkeyPatch, kind: FieldType, text: str
) -> None:
    target = registry.targets["xledger"]
    fields = [replace(s, type=kind) if s.key == "text1" else s for s in target.fields]
    monkeypatch.setattr(target, "fields", tuple(fields))
    body = document(mappings=rows_with(constant=text, target="text1"))
    with pytest.raises(configuration.InvalidConfiguration, match="text1 takes"):
        configuration.parse(body, os.environ)


def test_texts_of_ones_own_that_can_be_sent_are_taken(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(
        tmp_path,
        document(mappings=rows_with(constant="x", target="trialTo"))
        | {"value_maps": {"trialTo": {"x": "2026-12-31"}}},
        capsys,
    )
    assert Integration.objects.get().mappings.filter(target="trialTo", constant="x").exists()


def test_a_list_of_rows_without_the_locked_ones_gets_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(tmp_path, document(mappings=rows_with(source="title", target="text1")), capsys)
    integration = Integration.objects.get()
    locked = [row for row in integration.target.default_mappings if row.locked]
    assert locked
    rows = [mapping.row for mapping in integration.mappings.all()]
    assert all(row in rows for row in locked)
    assert len(rows) == 7 + len(locked)


@pytest.mark.parametrize(
    "pasted",
    [
        "eGxlZGdlci10ZXN0LXRva2Vu",
        "f3a91c0b7e5d4428a6b0c9d8e7f6a5b4",
        "F3A91C0B7E5D4428A6B0C9D8E7F6A5B4",
        "abc-123",
        "x" * 64,
        "X" * 64,
    ],
)
def test_a_token_pasted_as_a_name_is_not_repeated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], pasted: str
) -> None:
    body = document(target=side("xledger", credentials={"token": {"env": pasted}}))
    with pytest.raises(CommandError) as refused:
        apply(tmp_path, body, capsys)
    assert "target.credentials.token: the environment variable named here" in str(refused.value)
    assert pasted not in str(refused.value)


@pytest.mark.parametrize("name", ["NOT_SET", "not_set", "XLEDGER_TOKEN_OF_COMPANY_2"])
def test_the_name_of_a_variable_that_is_not_set_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    body = document(target=side("xledger", credentials={"token": {"env": name}}))
    with pytest.raises(CommandError, match=f"variable {name} is not set"):
        apply(tmp_path, body, capsys)


@pytest.mark.parametrize("half", ["source", "target"])
def test_people_once_linked_keep_their_systems(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: Settings, half: str
) -> None:
    settings.SIMPLOYER_ENVIRONMENTS |= {"other": "http://127.0.0.1:2/v1"}
    settings.XLEDGER_ENVIRONMENTS |= {"other": "http://127.0.0.1:2/graphql"}
    apply(tmp_path, document(), capsys)
    system = {"source": "simployer", "target": "xledger"}[half]
    moved = document(active=False, **{half: side(system, environment="other")})
    integration = Integration.objects.get()
    integration.links.create(source_id="a", target_id="1")
    with pytest.raises(CommandError) as refused:
        apply(tmp_path, moved, capsys)
    assert f"{half}.environment: " in str(refused.value)
    assert "while people are linked; make a new integration" in str(refused.value)
    assert (
        Integration.objects.values().get()
        == Integration.objects.filter(pk=integration.pk, state="active", config_version=1)
        .values()
        .get()
    )

    integration.links.all().delete()
    apply(tmp_path, moved, capsys)
    assert getattr(Integration.objects.get(), f"{half}_environment") == "other"


def test_another_environment_waits_for_a_run_and_forgets_who_was_who(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    settings.XLEDGER_ENVIRONMENTS |= {"other": "http://127.0.0.1:2/graphql"}
    apply(tmp_path, document(), capsys)
    integration = Integration.objects.get()
    now = timezone.now()
    keep_reading(integration, [person()], now)
    MatchDecision.objects.create(
        integration=integration, source_id="a", target_id="1", same=False, at=now
    )
    run, _ = open_run(integration, now)
    moved = document(active=False, target=side("xledger", environment="other"))
    with pytest.raises(CommandError, match="a run is in progress"):
        apply(tmp_path, moved, capsys)
    assert MatchDecision.objects.exists()
    run.give_up("", now)
    apply(tmp_path, moved, capsys)
    assert not MatchDecision.objects.exists()
    assert not Snapshot.objects.exists()


def test_another_kind_of_system_is_another_integration(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(tmp_path, document(), capsys)
    monkeypatch.setitem(registry.targets, "other", registry.targets["xledger"])
    integration = Integration.objects.get()
    integration.links.create(source_id="a", target_id="1")
    with pytest.raises(CommandError, match=r"target\.kind: .*people are linked"):
        apply(tmp_path, document(target=side("xledger", kind="other")), capsys)


def overdue(integration: Integration) -> datetime:
    """The scheduled time has come and nobody has taken it yet."""
    due = timezone.now() - timedelta(minutes=1)
    Integration.objects.filter(pk=integration.pk).update(next_run_at=due)
    return due


def test_applying_again_lets_an_overdue_run_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    apply(tmp_path, document(), capsys)
    due = overdue(Integration.objects.get())
    for body in (document(), document(scope={"future_days": 10})):
        apply(tmp_path, body, capsys)
        assert Integration.objects.get().next_run_at == due
    Integration.objects.update(state=Integration.State.NEEDS_ATTENTION)
    apply(tmp_path, document(), capsys)
    assert Integration.objects.get().next_run_at == due
    assert Integration.objects.get().state == Integration.State.ACTIVE


@pytest.mark.parametrize("changes", [{"active": False}, {"schedule": {"days": ["tue"]}}])
def test_other_days_or_another_state_plan_the_next_run_anew(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], changes: dict[str, Any]
) -> None:
    apply(tmp_path, document(), capsys)
    due = overdue(Integration.objects.get())
    apply(tmp_path, document(**changes), capsys)
    planned = Integration.objects.get().next_run_at
    assert planned != due
    assert (planned is None) == ("active" in changes)
    Integration.objects.update(next_run_at=None)
    apply(tmp_path, document(), capsys)
    assert Integration.objects.get().next_run_at is not None


def test_secrets_stored_with_a_lost_key_are_said_to_be_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], settings: Settings
) -> None:
    apply(tmp_path, document(), capsys)
    settings.ENCRYPTION_KEYS = [base64.urlsafe_b64encode(new_key()).decode()]
    with pytest.raises(CommandError, match="ENCRYPTION_KEYS"):
        apply(tmp_path, document(), capsys)


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


def test_every_configuration_an_integration_had_is_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    apply(tmp_path, document(), capsys)
    apply(tmp_path, document(scope={"future_days": 10}), capsys)
    monkeypatch.setenv("XLEDGER_TOKEN", "a-new-token")
    apply(tmp_path, document(scope={"future_days": 10}), capsys)
    first, second, third = ConfigVersion.objects.all()
    assert second.differs_in(first) == ["scope"]
    assert third.differs_in(second) == []
    assert "a-new-token" not in str(third.document)


@pytest.mark.parametrize(("written", "held"), [(1, 1), (28, 28), ("last", 31)])
def test_a_cut_off_day_goes_in_and_comes_out_again(written: object, held: int) -> None:
    changed = document(schedule={"days": ["mon"], "cut_off": written})
    integration = configuration.store(configuration.parse(changed, os.environ), timezone.now())
    assert integration.cut_off_day == held
    assert configuration.export(integration)["schedule"] == changed["schedule"]


@pytest.mark.parametrize("wrong", [0, 29, 31, True, "15", 1.5])
def test_a_day_that_not_every_month_has_is_no_cut_off(wrong: object) -> None:
    with pytest.raises(configuration.InvalidConfiguration, match=r"schedule\.cut_off"):
        configuration.parse(document(schedule={"cut_off": wrong}), os.environ)
