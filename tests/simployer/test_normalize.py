"""Simployer One's rows become one honest record per person, whatever is null, absent or odd."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from payroll.fields import CUSTOM_PREFIX, EMPLOYEE_FIELDS
from payroll.records import Employee, Period, Place
from simployer.normalize import Account, normalize
from simployer.reading import as_date

TODAY = date(2026, 3, 16)
OSLO = ZoneInfo("Europe/Oslo")
EMPLOYEE_KEYS = [
    *("active", "bankAccount", "birthDate", "companyId", "compensationId", "costCenterId"),
    *("custom", "departmentId", "effectiveCostCenterId", "employeeNumber", "employmentId"),
    *("endDate", "firstName", "gender", "hireDate", "homeAddress", "lastName"),
    *("managerEmployeeId", "nationality", "officeId", "organization", "division"),
    *("privateEmail", "privatePhone", "privatePhoneSanitized", "ssn", "title"),
    *("workEmail", "workPhone", "workPhoneSanitized"),
]
EMPLOYMENT_KEYS = ["startDate", "endDate", "effectiveEndDate", "rate", "typeId", "terminated"]
PAY_KEYS = ["amount", "effectiveDate", "currency", "payoutPeriod"]


def account(
    employments: list[dict[str, Any]] | None = None,
    compensations: list[dict[str, Any]] | None = None,
    **row: Any,
) -> Account:
    """One person, "p", and the places that the tests point to."""
    return Account(
        employees=[{"id": "p", **row}],
        employments=[{"id": "e1", "employeeId": "p", **each} for each in employments or ()],
        compensations=[{"id": "c1", "employeeId": "p", **each} for each in compensations or ()],
        companies={"c": {"id": "c", "name": "Fjordkraft"}},
        departments={"d": {"id": "d", "name": "  Drift "}},
        offices={"o": {"id": "o", "name": "Bergen"}},
        cost_centers={
            "k": {"id": "k", "code": "100", "name": "Salg"},
            "inherited": {"id": "inherited", "code": "200", "name": None},
        },
        employment_types={"t": {"id": "t", "name": "Fast ansatt"}},
    )


def person(
    employments: list[dict[str, Any]] | None = None,
    compensations: list[dict[str, Any]] | None = None,
    **row: Any,
) -> Employee:
    (employee,) = normalize(account(employments, compensations, **row), TODAY)
    return employee


def job(start: str, end: str | None = None, **more: Any) -> dict[str, Any]:
    return {"startDate": start, "endDate": end, "typeId": "t", "rate": 100, **more}


def doubts(employee: Employee) -> set[tuple[str, str]]:
    return {(doubt.code, doubt.field) for doubt in employee.doubts}


# --- dates ---------------------------------------------------------------------------------------


@given(st.dates(date(1, 1, 2), date(9999, 12, 30)))
def test_every_form_of_a_date_gives_the_same_day(day: date) -> None:
    utc = datetime.combine(day, time(), UTC)
    local = datetime.combine(day, time(), OSLO).astimezone(UTC)
    forms = [
        day.isoformat(),
        utc.strftime("%Y-%m-%dT%H:%M:%S.000Z").rjust(24, "0"),
        local.strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0"),
        datetime.combine(day, time()).isoformat(),
    ]
    assert {as_date(form) for form in forms} == {day}


@given(
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    st.sampled_from(["Europe/Stockholm", "Europe/Copenhagen", "Europe/Helsinki"]),
)
def test_midnight_in_a_neighbouring_country_gives_the_same_day(day: date, zone: str) -> None:
    midnight = datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    assert as_date(midnight.isoformat()) == day


@pytest.mark.parametrize("hour", [22, 23])
def test_a_birth_date_survives_a_summer_time_that_only_one_side_knows(hour: int) -> None:
    assert as_date(f"1961-06-14T{hour}:00:00Z") == date(1961, 6, 15)


def test_ten_in_the_evening_in_utc_is_the_first_of_april_in_oslo() -> None:
    assert as_date("2026-03-31T22:00:00Z") == date(2026, 4, 1)


@pytest.mark.parametrize(
    "raw", ["soon", "2026-02-30", "1.4.2026", 1775001600, True, {}, "20260401"]
)
def test_an_unreadable_date_is_not_delivered_and_is_a_doubt(raw: object) -> None:
    employee = person(birthDate=raw)
    assert "birth_date" not in employee.fields
    assert employee.identity.birth_date is None
    assert doubts(employee) == {("unreadable_date", "birth_date")}


# --- absent, null and blank ----------------------------------------------------------------------


def test_what_was_not_sent_is_not_delivered() -> None:
    delivered = {
        "employment_start",
        "employment_end",
        "employment_type",
        "employment_percent",
    }
    pay = {"pay_amount", "pay_full_time", "pay_period", "pay_currency", "pay_effective"}
    assert person().fields == dict.fromkeys(delivered | pay)


@pytest.mark.parametrize("blank", [None, "", "  \t"])
def test_null_and_blank_are_delivered_as_empty(blank: str | None) -> None:
    employee = person(**dict.fromkeys(EMPLOYEE_KEYS, blank))
    keys = {spec.key for spec in EMPLOYEE_FIELDS} - {"employment_fraction"}
    assert employee.fields == dict.fromkeys(keys)
    assert employee.doubts == ()


def test_unknown_fields_are_passed_over() -> None:
    assert person(__v=3, deleted=False, shoeSize=[44]) == person()


# --- values --------------------------------------------------------------------------------------


def test_text_is_composed_and_trimmed() -> None:
    employee = person(firstName=" A\u030ase  Marie ", lastName="Håøy", employeeNumber=" 0042 ")
    assert employee.fields["first_name"] == "Åse Marie"
    assert employee.identity.name == "Åse Marie Håøy"
    assert employee.fields["employee_number"] == employee.identity.number == "0042"


@pytest.mark.parametrize("raw", [["Kari"], {"first": "Kari"}, True, "half \ud83d", Decimal("NaN")])
def test_a_value_of_another_kind_is_a_doubt(raw: object) -> None:
    employee = person(firstName=raw)
    assert "first_name" not in employee.fields
    assert doubts(employee) == {("unreadable_value", "first_name")}


@pytest.mark.parametrize(
    ("sent", "email"),
    [
        ({"workEmail": "w@x.no", "privateEmail": "p@x.no"}, "w@x.no"),
        ({"workEmail": " ", "privateEmail": "p@x.no"}, "p@x.no"),
        ({"privateEmail": "p@x.no"}, "p@x.no"),
        ({"workEmail": None}, None),
        ({"privateEmail": ""}, None),
    ],
)
def test_the_email_is_the_work_one_else_the_private_one(
    sent: dict[str, Any], email: str | None
) -> None:
    assert person(**sent).fields["email"] == email


def test_a_blank_phone_falls_back_to_the_sanitized_one() -> None:
    fields = person(
        workPhone="22 33 44 55",
        workPhoneSanitized="+4722334455",
        privatePhone="",
        privatePhoneSanitized="+4790000000",
    ).fields
    assert fields["work_phone"] == "22 33 44 55"
    assert fields["private_phone"] == "+4790000000"


@pytest.mark.parametrize(
    ("raw", "delivered", "known"),
    [
        ("120188 12345", "12018812345", "12018812345"),
        ("120188-12345", "12018812345", "12018812345"),
        ("880112-1234", "880112-1234", "8801121234"),
        ("120188*****", "120188*****", ""),
        ("12018", "12018", ""),
    ],
)
def test_only_a_whole_national_id_tells_who_somebody_is(
    raw: str, delivered: str, known: str
) -> None:
    employee = person(ssn=raw)
    assert employee.fields["national_id"] == delivered
    assert employee.identity.national_id == known


@pytest.mark.parametrize(
    ("raw", "delivered"),
    [
        ({"number": "8601.11.17947", "iban": "NO9386011117947"}, "8601.11.17947"),
        ({"number": "", "iban": "NO9386011117947"}, "NO9386011117947"),
        ({"number": None, "iban": None}, None),
        ({}, None),
        (None, None),
    ],
)
def test_the_bank_account_is_the_number_else_the_iban(raw: object, delivered: str | None) -> None:
    assert person(bankAccount=raw).fields["bank_account"] == delivered


@pytest.mark.parametrize(
    ("raw", "delivered"),
    [
        (
            {"street": "Gata 1", "postalCode": "0123", "city": "Oslo", "country": "NO"},
            "Gata 1, 0123 Oslo",
        ),
        (
            {"street": "Gatan 1", "postalCode": "111 20", "city": "Umeå", "country": "SE"},
            "Gatan 1, 111 20 Umeå, SE",
        ),
        ({"street": None, "city": "Oslo"}, "Oslo"),
        ({"country": "SE"}, None),
        (None, None),
    ],
)
def test_the_address_is_one_line_with_a_foreign_country(raw: object, delivered: str | None) -> None:
    assert person(homeAddress=raw).fields["address"] == delivered


def test_an_own_field_whose_name_cannot_be_stored_is_not_offered() -> None:
    custom = {"half \ud800": "a", "nul \x00": "b", "kode": "A1"}
    fields = person(custom=custom).fields
    assert {key: fields[key] for key in fields if key.startswith("custom.")} == {
        "custom.kode": "A1"
    }


def test_the_customers_own_fields_are_delivered_with_their_kinds() -> None:
    custom = {"kode": " A1 ", "timer": 37, "sats": Decimal("1.5"), "bil": False, "tom": None}
    fields = person(custom={**custom, "liste": ["a"], "objekt": {"a": 1}}).fields
    own = {key: value for key, value in fields.items() if key.startswith(CUSTOM_PREFIX)}
    assert own == {
        "custom.kode": "A1",
        "custom.timer": Decimal(37),
        "custom.sats": Decimal("1.5"),
        "custom.bil": False,
        "custom.tom": None,
    }
    assert own["custom.bil"] is False
    assert isinstance(own["custom.timer"], Decimal)


def test_an_identity_holds_both_emails_without_case() -> None:
    identity = person(workEmail="Kari@X.no", privateEmail="KARI@y.no").identity
    assert identity.emails == {"kari@x.no", "kari@y.no"}


def test_only_a_person_said_to_be_active_is_active() -> None:
    assert person(active=True).active
    assert not person(active=False).active
    assert not person().active


# --- places and managers -------------------------------------------------------------------------


def test_places_are_delivered_by_name_and_found_by_id_name_and_code() -> None:
    employee = person(
        [job("2020-01-01")], companyId="c", departmentId="d", officeId="o", costCenterId="k"
    )
    named = ("company", "department", "office", "cost_center", "employment_type")
    assert [employee.fields[key] for key in named] == [
        "Fjordkraft",
        "Drift",
        "Bergen",
        "100",
        "Fast ansatt",
    ]
    assert employee.placements == {
        "company": Place("c", ("Fjordkraft",)),
        "department": Place("d", ("Drift",)),
        "office": Place("o", ("Bergen",)),
        "cost_center": Place("k", ("100", "Salg")),
        "employment_type": Place("t", ("Fast ansatt",)),
    }


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ({"costCenterId": None, "effectiveCostCenterId": "inherited"}, "200"),
        ({"costCenterId": "k"}, "100"),
        ({"costCenterId": "k", "effectiveCostCenterId": None}, "100"),
        ({"effectiveCostCenterId": None}, None),
    ],
)
def test_the_cost_centre_is_the_effective_one(sent: dict[str, Any], code: str | None) -> None:
    assert person(**sent).fields["cost_center"] == code


def test_a_place_that_hr_no_longer_lists_is_a_doubt_and_still_places_the_person() -> None:
    employee = person(departmentId="gone")
    assert "department" not in employee.fields
    assert employee.placements["department"] == Place("gone")
    assert doubts(employee) == {("unknown_reference", "department")}


def test_a_manager_is_the_managers_employee_number() -> None:
    people: list[dict[str, Any]] = [
        {"id": "boss", "employeeNumber": "1"},
        {"id": "new boss", "employeeNumber": None},
        {"id": "a", "employeeNumber": "2", "managerEmployeeId": "boss"},
        {"id": "b", "employeeNumber": "3", "managerEmployeeId": "new boss"},
    ]
    managed = {each.id: each.fields for each in normalize(Account(people), TODAY)}
    assert managed["a"]["manager"] == "1"
    assert "manager" not in managed["b"]


def test_people_stand_in_order_of_number_then_id() -> None:
    people: list[dict[str, Any]] = [
        {"id": "z", "employeeNumber": "10"},
        {"id": "b", "employeeNumber": "20"},
        {"id": "a", "employeeNumber": "20"},
        {"id": "y"},
    ]
    assert [each.id for each in normalize(Account(people), TODAY)] == ["y", "z", "a", "b"]


# --- employment ----------------------------------------------------------------------------------


def test_the_employment_of_the_day_counts_and_others_of_that_day_are_listed() -> None:
    rows = [
        job("2020-01-01", "2024-12-31", id="old"),
        job("2025-01-01", id="main", rate=Decimal("80.5")),
        job("2025-06-01", id="extra", rate=20),
        job("2027-01-01", id="next"),
    ]
    employee = person(rows, employmentId="main")
    assert employee.employment is not None
    assert employee.employment.id == "main"
    assert employee.employment.period == Period(date(2025, 1, 1), None)
    assert [row.id for row in employee.other_employments] == ["extra"]
    assert employee.fields["employment_start"] == date(2025, 1, 1)
    assert employee.fields["employment_percent"] == Decimal("80.5")


def test_the_end_date_is_the_end_of_the_last_employment() -> None:
    rows = [job("2020-01-01", "2021-12-31", id="a"), job("2022-01-01", "2026-03-31", id="b")]
    assert person(rows, endDate="2026-03-31").fields["end_date"] == date(2026, 3, 31)
    assert person([rows[0], job("2022-01-01", id="b")]).fields["end_date"] is None


def test_a_missing_end_is_taken_from_the_real_last_day() -> None:
    row = job("2020-01-01", effectiveEndDate="2026-02-28T00:00:00.000Z", terminated=True)
    employee = person([row])
    assert employee.fields["end_date"] == date(2026, 2, 28)
    assert employee.employment is not None
    assert employee.employment.terminated


def test_ends_that_contradict_each_other_are_a_doubt() -> None:
    contradiction = {("end_date_contradiction", "end_date")}
    assert doubts(person([job("2020-01-01")], endDate="2026-03-31")) == contradiction
    real = job("2020-01-01", "2026-12-31", effectiveEndDate="2026-05-31")
    employee = person([real])
    assert doubts(employee) == contradiction
    assert "end_date" not in employee.fields


def test_an_employment_that_ends_before_it_starts_is_left_out_with_a_doubt() -> None:
    rows = [job("2026-05-01", "2026-04-30", id="withdrawn"), job("2020-01-01", id="real")]
    employee = person(rows)
    assert employee.employment is not None
    assert employee.employment.id == "real"
    assert employee.fields["employment_start"] == date(2020, 1, 1)
    assert doubts(employee) == {("employment_dates", "end_date")}
    assert "end_date" not in employee.fields


@pytest.mark.parametrize("start", ["soon", None])
def test_an_employment_without_a_readable_start_holds_what_it_could_change(
    start: str | None,
) -> None:
    employee = person([{"startDate": start, "rate": 50}, job("2020-01-01", id="other")])
    held = {"employment_start", "employment_type", "employment_percent", "end_date"}
    assert not held & employee.fields.keys()
    assert doubts(employee) == {
        ("unreadable_date", "employment_start"),
        ("employment_dates", "end_date"),
    }


def test_an_unreadable_end_does_not_make_an_employment_open() -> None:
    employee = person([job("2020-01-01", "in May")])
    assert "end_date" not in employee.fields
    assert doubts(employee) == {("unreadable_date", "end_date")}


def test_without_a_rate_above_one_in_the_account_no_percent_is_delivered() -> None:
    employee = person([job("2020-01-01", rate=Decimal("0.8"))])
    assert "employment_percent" not in employee.fields
    assert employee.fields["employment_fraction"] == Decimal(80)
    assert employee.employment is not None
    assert (employee.employment.percent, employee.employment.fraction) == (None, Decimal(80))


def test_one_rate_above_one_anywhere_makes_rates_percent() -> None:
    people = [{"id": "p"}, {"id": "q"}]
    rows = [
        {"id": "e1", "employeeId": "p", **job("2020-01-01", rate=1)},
        {"id": "e2", "employeeId": "q", **job("2020-01-01", rate=100)},
    ]
    read = normalize(Account(people, rows), TODAY)
    percents = [employee.fields["employment_percent"] for employee in read]
    assert percents == [Decimal(1), Decimal(100)]
    assert not any("employment_fraction" in employee.fields for employee in read)


def test_a_rate_that_is_no_number_is_a_doubt() -> None:
    employee = person([job("2020-01-01", rate="full")])
    assert "employment_percent" not in employee.fields
    assert doubts(employee) == {("unreadable_value", "employment_percent")}


# --- pay -----------------------------------------------------------------------------------------


def pay(day: str, amount: object, **more: Any) -> dict[str, Any]:
    dated = {"effectiveDate": day, "amount": amount}
    return {**dated, "currency": "NOK", "payoutPeriod": "MONTHLY", **more}


def test_the_pay_in_effect_is_delivered() -> None:
    rows = [
        pay("2024-01-01", 50000, id="old"),
        pay("2025-04-30T22:00:00Z", Decimal("52000.50"), id="now"),
        pay("2026-05-01", 60000, id="next"),
    ]
    employee = person(compensations=rows)
    assert {key: employee.fields[key] for key in employee.fields if key.startswith("pay_")} == {
        "pay_amount": Decimal("52000.50"),
        "pay_period": "MONTHLY",
        "pay_currency": "NOK",
        "pay_effective": date(2025, 5, 1),
    }
    assert employee.compensation is not None
    assert employee.compensation.id == "now"


@pytest.mark.parametrize("spoilt", [pay("soon", 1), pay("2025-01-01", None), pay("2025-01-01", [])])
def test_a_pay_row_that_cannot_be_read_holds_all_pay(spoilt: dict[str, Any]) -> None:
    employee = person(compensations=[pay("2024-01-01", 50000), spoilt])
    assert not any(key.startswith("pay_") for key in employee.fields)
    assert employee.compensation is None
    assert doubts(employee) == {("unreadable_pay", "pay_amount")}


# --- anything at all -----------------------------------------------------------------------------

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-(10**25), 10**25)
    | st.decimals()
    | st.text(max_size=30)
    | st.sampled_from(["p", "c", "t", "2026-03-31T22:00:00Z", "2026-04-01", "9999-12-31T23:00:00Z"])
)
anything = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=6,
)


def rows_of(keys: list[str]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(keys), anything, max_size=10)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
@given(
    rows_of(EMPLOYEE_KEYS),
    st.lists(rows_of(EMPLOYMENT_KEYS), max_size=3),
    st.lists(rows_of(PAY_KEYS), max_size=3),
)
def test_no_json_whatever_makes_it_fail(
    row: dict[str, Any], employments: list[dict[str, Any]], pay_rows: list[dict[str, Any]]
) -> None:
    employee = person(employments, pay_rows, **row)
    known = {spec.key for spec in EMPLOYEE_FIELDS}
    assert {key for key in employee.fields if not key.startswith(CUSTOM_PREFIX)} <= known
    for key, value in employee.fields.items():
        assert value is None or isinstance(value, str | date | Decimal | bool), key
        assert not isinstance(value, datetime)
    held = {doubt.field for doubt in employee.doubts}
    assert not held & employee.fields.keys()


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(rows_of(["employeeId", *EMPLOYMENT_KEYS]), max_size=3))
def test_rows_of_nobody_are_nobodys(rows: list[dict[str, Any]]) -> None:
    numbered = [{**row, "id": str(index)} for index, row in enumerate(rows)]
    strangers = [row for row in numbered if row.get("employeeId") != "p"]
    (employee,) = normalize(Account([{"id": "p"}], strangers), TODAY)
    assert employee.employment is None
