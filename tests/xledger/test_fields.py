"""X-ledger's fields, the rows that a new integration starts with, and their description."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from payroll.fields import EMPLOYEE_FIELDS as HR_FIELDS
from payroll.mapping import TRANSFORMS, Blank, Mode
from payroll.records import FieldSpec, FieldType
from xledger.fields import DEFAULT_MAPPINGS, EMPLOYEE_FIELDS, SPECS
from xledger.normalize import READ_PATHS
from xledger.queries import EMPLOYEE

DOCUMENT = Path(__file__).parents[2] / "docs" / "fields.md"


@pytest.mark.parametrize("key", [spec.key for spec in EMPLOYEE_FIELDS])
def test_every_field_is_described(key: str) -> None:
    assert f"`{key}`" in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", [path for paths in READ_PATHS.values() for path in paths])
def test_every_read_path_is_described(path: str) -> None:
    assert f"`{path}`" in DOCUMENT.read_text(encoding="utf-8")


def test_the_table_of_rows_sent_by_default_is_the_default_mapping() -> None:
    table = DOCUMENT.read_text(encoding="utf-8").split("## Sent by default")[1].split("##")[0]
    described = re.findall(r"^\|[^|]+\| `(\w+)` \|", table, re.MULTILINE)
    assert described == [row.target for row in DEFAULT_MAPPINGS]


def test_every_field_that_is_not_sent_says_why() -> None:
    unwritable = [spec for spec in EMPLOYEE_FIELDS if not spec.writable]
    assert [spec.key for spec in unwritable if spec.derived] == ["positionEnds"]
    assert len(unwritable) == 4
    assert all(spec.note for spec in unwritable)


def test_default_rows_name_fields_that_exist_and_can_be_written() -> None:
    sources = {spec.key for spec in HR_FIELDS}
    for row in DEFAULT_MAPPINGS:
        assert SPECS[row.target].writable
        assert row.source in sources or (not row.source and row.constant)
        assert not row.transform or row.transform in TRANSFORMS


def test_every_required_field_has_a_default_row() -> None:
    required = {spec.key for spec in EMPLOYEE_FIELDS if spec.required}
    assert required <= {row.target for row in DEFAULT_MAPPINGS}


def test_only_the_end_date_is_cleared_by_a_blank() -> None:
    assert [row.target for row in DEFAULT_MAPPINGS if row.blank is Blank.CLEAR] == ["employmentTo"]


def test_constants_never_touch_people_who_exist() -> None:
    constants = [row for row in DEFAULT_MAPPINGS if row.constant]
    assert {row.target for row in constants} == {"timesheet", "overtime", "flextime"}
    assert all(row.mode is Mode.ON_CREATE and row.locked for row in constants)


@pytest.mark.parametrize(
    "spec", [s for s in EMPLOYEE_FIELDS if s.readable and not s.in_rows], ids=lambda s: s.key
)
def test_every_readable_field_is_asked_for(spec: FieldSpec) -> None:
    for path in READ_PATHS.get(spec.key, (spec.key,)):
        assert all(re.search(rf"\b{step}\b", EMPLOYEE) for step in path.split("."))


def test_national_id_and_bank_account_are_sensitive() -> None:
    secret = {FieldType.NATIONAL_ID, FieldType.BANK_ACCOUNT}
    assert all(spec.sensitive for spec in EMPLOYEE_FIELDS if spec.type in secret)
