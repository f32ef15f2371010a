"""What stays of a value that is masked."""

from __future__ import annotations

import pytest

from payroll.pages.masking import masked
from payroll.records import FieldSpec, FieldType


def _shown(text: str, kind: FieldType, *, sensitive: bool = False, viewer: bool = False) -> str:
    return masked(text, FieldSpec("x", "X", kind, sensitive=sensitive), sees_people=not viewer)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("01019010046", "010190*****"),
        ("0101901004", "*****"),
        ("010190-10046", "*****"),
        ("19900101-1234", "*****"),
    ],
)
def test_of_a_national_id_the_birth_date_stays(text: str, shown: str) -> None:
    assert _shown(text, FieldType.NATIONAL_ID, sensitive=True) == shown


@pytest.mark.parametrize(
    ("text", "shown"), [("86011117947", "••••• 7947"), ("1234567", "•••••"), ("12", "•••••")]
)
def test_of_a_bank_account_the_last_four_stay(text: str, shown: str) -> None:
    assert _shown(text, FieldType.BANK_ACCOUNT, sensitive=True) == shown


@pytest.mark.parametrize("kind", [FieldType.NATIONAL_ID, FieldType.BANK_ACCOUNT])
def test_ids_and_accounts_are_masked_even_if_a_field_forgot_to_say_sensitive(
    kind: FieldType,
) -> None:
    assert "46" not in _shown("01019010046", kind)[:6] + _shown("01019010046", kind)[6:8]
    assert _shown("01019010046", kind) != "01019010046"


@pytest.mark.parametrize("kind", [FieldType.TEXT, FieldType.DECIMAL, FieldType.CODE])
def test_nothing_stays_of_another_sensitive_value(kind: FieldType) -> None:
    assert _shown("612000", kind, sensitive=True) == "•••••"


@pytest.mark.parametrize("kind", [k for k in FieldType if k not in ("national_id", "bank_account")])
def test_other_values_are_shown_to_those_who_see_people(kind: FieldType) -> None:
    assert _shown("anything", kind) == "anything"


@pytest.mark.parametrize("kind", [k for k in FieldType if k not in ("code", "boolean")])
def test_a_viewer_sees_nothing_that_tells_of_a_person(kind: FieldType) -> None:
    assert _shown("anything", kind, viewer=True) == "•••••"


@pytest.mark.parametrize("kind", [FieldType.CODE, FieldType.BOOLEAN])
def test_a_viewer_sees_codes_and_yes_or_no(kind: FieldType) -> None:
    assert _shown("FAST", kind, viewer=True) == "FAST"
    assert _shown("FAST", kind, viewer=True, sensitive=True) == "•••••"
