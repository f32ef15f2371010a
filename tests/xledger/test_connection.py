"""What an X-ledger token shows an admin, and what the schema can write, over real HTTP."""

from __future__ import annotations

import secrets
from collections.abc import Iterator

import pytest
from graphql import parse

from fjordkraft.serving import running
from integration_hub.core.errors import AccessRefused, ConfigurationError, TransientError
from payroll.ports import Connection
from tests.xledger.calling import small_sandbox
from xledger.capabilities import CAPABILITIES, INTROSPECTION, offered
from xledger.sandbox import Sandbox
from xledger.target import XledgerTarget

READS = ("entities", "employees", "employeeGroups", "objectValues")
WRITES = {each.name for each in CAPABILITIES}


@pytest.fixture
def sandbox() -> Sandbox:
    return small_sandbox()


@pytest.fixture
def target(sandbox: Sandbox) -> Iterator[XledgerTarget]:
    with running(sandbox.wsgi) as url:
        credentials = {"token": secrets.token_urlsafe(16)}
        way = Connection(f"{url}/graphql", credentials, read_only=True, attempts=1)
        made = XledgerTarget.connect(way)
        yield made
        made.close()


def test_the_company_is_named_and_nothing_is_missing(target: XledgerTarget) -> None:
    report = target.check_connection()
    assert any("Fjordkraft" in words for words in report.seen)
    assert report.seen[1:] == (
        "Employees",
        "Contacts and bank accounts",
        "Employee groups",
        "Coded values",
    )
    assert report.missing == ()
    assert report.unconfirmed


def test_it_takes_six_requests_and_no_mutation(sandbox: Sandbox, target: XledgerTarget) -> None:
    target.check_connection()
    assert target.requests_sent == len(sandbox.log) == 6
    assert {entry.operation for entry in sandbox.log} == {"query"}


@pytest.mark.parametrize("how", ["200-errors", "401-json", "401-html", "403-json"])
@pytest.mark.parametrize(
    ("denied", "words"),
    [
        ("employees", "Read for Employee under Human Resources"),
        ("contact", "Read for Contact and Address under Common"),
        ("subledger", "Read for Subledger under Common"),
        ("employeeGroups", "Read for all of Human Resources"),
        ("objectValues", "Read for Object Value"),
    ],
)
def test_a_missing_read_right_is_named_with_what_to_tick(
    denied: str, words: str, how: str, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"denied_fields": [denied], "missing_scope": how})
    report = target.check_connection()
    [missing] = report.missing
    assert words in missing
    assert any("Fjordkraft" in words for words in report.seen)


def test_without_the_list_of_entities_the_company_is_known_by_its_id(
    sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"denied_fields": ["entities"]})
    report = target.check_connection()
    assert report.missing == ()
    assert any("Company with X-ledger's id" in words for words in report.seen)


@pytest.mark.parametrize("how", ["200-errors", "401-html"])
def test_a_token_refused_for_everything_is_an_error(
    how: str, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"denied_fields": list(READS), "missing_scope": how})
    with pytest.raises(AccessRefused):
        target.check_connection()


def test_a_wrong_token_is_an_error(sandbox: Sandbox, target: XledgerTarget) -> None:
    sandbox.token = "another"
    with pytest.raises(ConfigurationError, match=r"refused the (API|access) token"):
        target.check_connection()


def test_a_vendor_that_is_down_is_told_at_once(sandbox: Sandbox, target: XledgerTarget) -> None:
    sandbox.faults.add("drop_before", times=9)
    with pytest.raises(TransientError):
        target.check_connection()
    assert target.requests_sent == 1


# --- lists beside employees -----------------------------------------------------------------------

OFFERED = {"offers": ["absences", "timesheets"]}
COSTS = {
    "absences": "time off cannot be exported as absences",
    "timesheets": "time off cannot be exported as timesheets",
    "employee positions": "employee positions are not sent",
    "pay rates": "pay rates are not sent",
}


def test_the_ways_of_time_off_on_offer_are_read_as_an_export_reads_them(
    sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set(OFFERED)
    report = target.check_connection()
    assert report.seen[-2:] == ("Absences", "Timesheets")
    assert (report.missing, report.beside) == ((), ())
    assert target.requests_sent == 8
    assert [entry.roots for entry in sandbox.log[-2:]] == [["absences"], ["timesheets"]]
    assert {entry.operation for entry in sandbox.log} == {"query"}


def test_a_way_that_is_not_offered_is_not_tried(sandbox: Sandbox, target: XledgerTarget) -> None:
    sandbox.switches.set({"offers": ["timesheets"], "denied_fields": ["absences"]})
    report = target.check_connection()
    assert "Timesheets" in report.seen
    assert (report.missing, report.beside) == ((), ())
    assert target.requests_sent == 7


@pytest.mark.parametrize("how", ["200-errors", "401-json", "401-html", "403-json"])
@pytest.mark.parametrize(
    ("denied", "noun"),
    [
        ("absences", "absences"),
        ("timesheets", "timesheets"),
        ("leavePercent", "absences"),
        ("employeePositions", "employee positions"),
        ("payrollRates", "pay rates"),
    ],
)
def test_rows_that_cannot_be_read_are_told_and_the_rest_works(
    denied: str, noun: str, how: str, sandbox: Sandbox, target: XledgerTarget
) -> None:
    offers = [*OFFERED["offers"], "positions", "pay_rates"]
    sandbox.switches.set({"offers": offers, "denied_fields": [denied], "missing_scope": how})
    report = target.check_connection()
    [missing] = report.beside
    assert missing.startswith(f"{noun.capitalize()} cannot be read, so {COSTS[noun]}")
    assert noun.capitalize() not in report.seen
    assert "Employees" in report.seen
    assert report.missing == ()
    assert report.capabilities["absences"]


def test_a_vendor_that_fails_at_time_off_alone_leaves_the_rest_of_the_test(
    sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set(OFFERED)
    sandbox.faults.add("503", root="absences", times=9)
    report = target.check_connection()
    [missing] = report.beside
    assert missing.startswith("Whether absences can be read is not known: ")
    assert report.seen[-1] == "Timesheets"


# --- what the schema can write --------------------------------------------------------------------


def test_a_schema_without_the_mutations_can_write_none_of_it(target: XledgerTarget) -> None:
    assert target.check_connection().capabilities == dict.fromkeys(WRITES, False)


@pytest.mark.parametrize("offers", [[each] for each in sorted(WRITES)] + [sorted(WRITES)])
def test_a_schema_with_the_mutation_and_every_field_can_write_it(
    offers: list[str], sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"offers": offers})
    capabilities = target.check_connection().capabilities
    assert {name for name, offered in capabilities.items() if offered} == set(offers)


@pytest.mark.parametrize(
    ("capability", "field"),
    [(each.name, field) for each in CAPABILITIES for field in sorted(each.fields)],
)
def test_a_renamed_field_switches_the_capability_off(
    capability: str, field: str, sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"offers": [capability], "renamed_fields": [field]})
    assert target.check_connection().capabilities == dict.fromkeys(WRITES, False)


def test_a_renamed_field_takes_nothing_from_a_write_that_does_not_use_it(
    sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"offers": ["absences", "timesheets"], "renamed_fields": ["workingHours"]})
    capabilities = target.check_connection().capabilities
    assert (capabilities["absences"], capabilities["timesheets"]) == (True, False)


def test_the_input_type_without_its_mutation_is_not_enough() -> None:
    absences = next(each for each in CAPABILITIES if each.name == "absences")
    fields = [{"name": name} for name in absences.fields]
    answer: dict[str, object] = {"mutation": {"fields": []}, "absences": {"inputFields": fields}}
    assert offered(answer) == dict.fromkeys(WRITES, False)


@pytest.mark.parametrize("switch", [{"introspection": False}, {"denied_fields": ["__type"]}])
def test_a_schema_that_cannot_be_asked_leaves_the_capabilities_unknown(
    switch: dict[str, object], sandbox: Sandbox, target: XledgerTarget
) -> None:
    sandbox.switches.set({"offers": ["absences"], **switch})
    report = target.check_connection()
    assert report.capabilities == {}
    assert report.missing == ()


def test_the_question_about_the_schema_changes_nothing() -> None:
    [operation] = parse(INTROSPECTION).definitions
    assert operation.to_dict()["operation"] == "query"
