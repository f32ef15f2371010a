"""Norwegian numbers by the control rules of today and of 2032; nothing unlawful is sent."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.records import FieldSpec, FieldType
from payroll.validation import is_bank_account, is_national_id, refusal

# product.md sections 5.1 and 5.2
LAWFUL_IDS = {
    "ordinary": ["15108695088", "02016126007", "31129956715", "01019010046"],
    "D-number": ["41019010110"],
    "synthetic": ["01819010001"],
    "of 2032": ["01019010135", "01019010143", "01019010151"],
}
ID = FieldSpec("id", "National id", FieldType.NATIONAL_ID)
ACCOUNT = FieldSpec("account", "Account", FieldType.BANK_ACCOUNT)
EMAIL = FieldSpec("email", "E-mail", FieldType.EMAIL)
WHOLE = FieldSpec("number1", "Number 1", FieldType.DECIMAL, whole=True)
SHORT = FieldSpec("short", "Short name", max_length=5)


def with_control_digits(nine: str) -> str:
    """The eleven digits by today's rule; empty where there are none."""
    first = -sum(int(d) * w for d, w in zip(nine, (3, 7, 6, 1, 8, 9, 4, 5, 2), strict=True)) % 11
    ten = f"{nine}{first}"
    weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
    if first == 10:
        return ""
    second = -sum(int(d) * w for d, w in zip(ten, weights, strict=True)) % 11
    return "" if second == 10 else f"{ten}{second}"


@pytest.mark.parametrize("kind", LAWFUL_IDS)
def test_lawful_national_ids_of_every_kind_are_accepted(kind: str) -> None:
    assert [number for number in LAWFUL_IDS[kind] if not is_national_id(number)] == []


@given(
    st.dates(date(1854, 1, 1), date(2039, 12, 31)),
    st.integers(0, 999),
    st.sampled_from([0, 40, 65, 80]),
    st.sampled_from([0, 40]),
)
def test_every_day_of_birth_makes_lawful_numbers_of_every_kind(
    born: date, individual: int, months: int, days: int
) -> None:
    six = f"{born.day + days:02}{born.month + months:02}{born.year % 100:02}"
    number = with_control_digits(f"{six}{individual:03}")
    assert not number or is_national_id(number)


@pytest.mark.parametrize(
    "number",
    [
        "16126345788",  # the sample of the vendor's own article
        "01019010047",
        "0101901004",
        "010190100460",
        "01019010046 ",
        "",
        "abcdefghijk",
        "00000000000",
        "99999999999",
        "٠١٠١٩٠١٠٠٤٦",  # the digits of another script
    ],
)
def test_unlawful_national_ids_are_refused(number: str) -> None:
    assert not is_national_id(number)


@pytest.mark.parametrize("nine", ["320190100", "010090100", "011390100", "300290100", "720190100"])
def test_a_day_that_does_not_exist_is_refused_though_its_digits_check(nine: str) -> None:
    numbers = [with_control_digits(f"{nine[:6]}{n:03}") for n in range(30)]
    assert any(numbers)
    assert not any(is_national_id(number) for number in numbers)


@given(
    st.sampled_from([number for kind in LAWFUL_IDS.values() for number in kind]),
    st.integers(0, 10),
    st.integers(1, 9),
)
def test_one_wrong_digit_is_always_noticed(number: str, position: int, step: int) -> None:
    wrong = str((int(number[position]) + step) % 10)
    assert not is_national_id(number[:position] + wrong + number[position + 1 :])


def test_a_number_is_never_read_for_a_gender_or_century() -> None:
    # One birthday, individual numbers of every century and both genders: all stand.
    numbers = [with_control_digits(f"150386{n:03}") for n in range(1000)]
    assert all(is_national_id(number) for number in numbers if number)


@pytest.mark.parametrize("account", ["86011117947", "NO9386011117947", "SE4550000000058398257466"])
def test_lawful_accounts_are_accepted(account: str) -> None:
    assert is_bank_account(account)


@pytest.mark.parametrize(
    "account",
    ["86011117949", "8601111794", "NO9286011117947", "8601.11.17947", "", "N", "konto", "ÆØ12"],
)
def test_unlawful_accounts_are_refused(account: str) -> None:
    assert not is_bank_account(account)


@given(st.text())
def test_any_text_is_judged_without_an_error(text: str) -> None:
    for spec in (ID, ACCOUNT, EMAIL, SHORT):
        refusal(text, spec)


@pytest.mark.parametrize(
    ("text", "spec", "code"),
    [
        ("01019010047", ID, "invalid_national_id"),
        ("197001011234", ID, "invalid_national_id"),
        ("86011117949", ACCOUNT, "invalid_bank_account"),
        ("kari", EMAIL, "invalid_email"),
        ("kari@", EMAIL, "invalid_email"),
        ("kari@fjordkraft", EMAIL, "invalid_email"),
        ("kari nordmann@fjordkraft.no", EMAIL, "invalid_email"),
        ("ABCDEF", SHORT, "too_long"),
        ("A\x00B", SHORT, "forbidden_character"),
    ],
)
def test_a_refusal_has_a_code_and_words_that_do_not_tell_the_value(
    text: str, spec: FieldSpec, code: str
) -> None:
    refused = refusal(text, spec)
    assert refused is not None
    assert refused[0] == code
    assert text not in refused[1]


@pytest.mark.parametrize(
    ("text", "spec"),
    [
        ("01019010046", ID),
        ("86011117947", ACCOUNT),
        ("åse.ødegård@fjordkraft.no", EMAIL),
        ("ÆØÅæø", SHORT),
        ("", SHORT),
    ],
)
def test_a_lawful_value_is_not_refused(text: str, spec: FieldSpec) -> None:
    assert refusal(text, spec) is None


@pytest.mark.parametrize("text", ["0", "-7", "999999999"])
def test_a_whole_number_is_one(text: str) -> None:
    assert refusal(text, WHOLE) is None


@pytest.mark.parametrize("text", ["37.5", "1000000000", "NaN", "1E+3", "many", "٣"])
def test_what_is_no_whole_number_is_refused(text: str) -> None:
    refused = refusal(text, WHOLE)
    assert refused is not None
    assert refused[0] == "not_whole"
