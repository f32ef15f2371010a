"""The target over real HTTP against the sandbox: whole reads, confirmed writes, pick lists."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

import pytest
import responses
from django.test import override_settings

from fjordkraft.company import COST_CENTERS, TITLES
from fjordkraft.serving import running
from integration_hub.core.errors import (
    BatchRefused,
    ConfigurationError,
    HubError,
    IncompleteRead,
    OutcomeUnknown,
    RateLimited,
    TransientError,
    UnrecognisedAnswer,
)
from payroll.ports import Connection, Target
from payroll.records import UNREADABLE, Value, Write
from payroll.registry import targets
from xledger.apps import XledgerConfig
from xledger.sandbox import Sandbox
from xledger.target import XledgerTarget

TODAY = date(2026, 3, 2)
URL = "https://xledger.test/graphql"

HIRE: dict[str, Value] = {
    "code": "900001",
    "description": "Åse Ødegård",
    "firstName": "Åse",
    "lastName": "Ødegård",
    "initials": "ÅØ",
    "birthday": date(1990, 1, 1),
    "socialSec": "01019010046",
    "email": "ase@fjordkraft.test",
    "phone": "+4791234567",
    "fullAddress": "Storgata 1, 0150 Oslo",
    "bankAccount": "86011117947",
    "employmentFrom": date(2026, 3, 1),
    "dateFrom": date(2026, 3, 1),
    "employeeGroup": "10",
    "positionValue": "P01",
    "glObject1": COST_CENTERS[0][0],
    "timesheet": False,
    "text1": "a note",
}


def hire(client_id: str = "a", **values: Value) -> Write:
    return Write(client_id, HIRE | values)


def connection(url: str, **options: Any) -> Connection:
    token = {"token": f"made-up-{uuid4().hex}"}  # its own allowance of requests
    return replace(Connection(url, token, sleep=lambda _: time.sleep(0.01)), **options)


@pytest.fixture
def sandbox() -> Sandbox:
    return Sandbox(employees=60, today=TODAY)


@pytest.fixture
def url(sandbox: Sandbox) -> Iterator[str]:
    with running(sandbox.wsgi) as address:
        yield f"{address}/graphql"


@pytest.fixture
def target(url: str) -> Iterator[XledgerTarget]:
    connected = XledgerTarget.connect(connection(url))
    yield connected
    connected.close()


def first_of(sandbox: Sandbox) -> dict[str, Any]:
    return sandbox.employees[0]


# --- what it says of itself -----------------------------------------------------------------------


def test_django_registers_it() -> None:
    assert XledgerConfig.name == "xledger"
    assert targets["xledger"] is XledgerTarget


def test_its_keys_are_among_its_fields() -> None:
    keys = {spec.key for spec in XledgerTarget.fields}
    assert {XledgerTarget.number_field, XledgerTarget.end_field} <= keys


@pytest.mark.parametrize(
    "get", [lambda: XledgerTarget, lambda: XledgerTarget.connect(connection(URL))]
)
def test_the_batch_size_is_the_settings_of_the_moment(get: Callable[[], type[Target]]) -> None:
    with override_settings(XLEDGER_BATCH_SIZE=7):
        assert get().batch_size == 7
    with override_settings(XLEDGER_BATCH_SIZE=8):
        assert get().batch_size == 8


def test_its_environments_come_from_the_settings() -> None:
    with override_settings(XLEDGER_ENVIRONMENTS={"sandbox": URL}):
        assert XledgerTarget.environments() == {"sandbox": URL}


def test_connecting_sends_nothing(target: XledgerTarget, sandbox: Sandbox) -> None:
    assert target.requests_sent == 0
    assert sandbox.log == []


@pytest.mark.parametrize("token", ["", "  ", "two words", "line\nbreak", "tøken"])
def test_what_cannot_be_a_token_is_refused_before_it_is_sent(token: str) -> None:
    with pytest.raises(ConfigurationError):
        XledgerTarget.connect(connection(URL, credentials={"token": token}))


# --- reading --------------------------------------------------------------------------------------


def test_everyone_is_read_in_one_request(target: XledgerTarget, sandbox: Sandbox) -> None:
    people = target.employees()
    assert [person.id for person in people] == [str(e["dbId"]) for e in sandbox.employees]
    assert target.requests_sent == len(sandbox.log) == 1


def test_ended_people_and_people_without_a_number_are_read(
    target: XledgerTarget, sandbox: Sandbox
) -> None:
    ended, numberless = sandbox.employees[:2]
    sandbox.edit(ended["dbId"], {"employmentTo": "2020-12-31", "dateTo": "2020-12-31"})
    sandbox.store.update("employees", numberless["dbId"], {"code": None})
    by_id = {person.id: person for person in target.employees()}
    assert by_id[str(ended["dbId"])].fields["employmentTo"] == date(2020, 12, 31)
    assert by_id[str(numberless["dbId"])].identity.number == ""


@pytest.mark.parametrize("cursor", ["dbId", "composite"])
@pytest.mark.parametrize("order", ["dbId", "modifiedAt"])
def test_pages_make_the_same_list_as_one(
    target: XledgerTarget, sandbox: Sandbox, order: str, cursor: str
) -> None:
    whole = {person.id for person in target.employees()}
    sandbox.switches.set({"page_cap": 7, "order": order, "cursor": cursor})
    paged = [person.id for person in target.employees()]
    assert len(paged) == len(set(paged))
    assert set(paged) == whole


def test_nobody_is_an_empty_list(target: XledgerTarget, sandbox: Sandbox) -> None:
    sandbox.store.tables["employees"].clear()
    assert target.employees() == []
    assert "employeeGroup" in target.pick_lists()


@pytest.mark.parametrize("how", ["masked", "null"])
def test_a_national_id_that_is_withheld_is_unreadable(
    target: XledgerTarget, sandbox: Sandbox, how: str
) -> None:
    someone = next(e for e in sandbox.employees if e["socialSec"])
    sandbox.switches.set({"social_sec": how})
    person = next(p for p in target.employees() if p.id == str(someone["dbId"]))
    assert person.fields["socialSec"] is UNREADABLE


def test_the_requests_are_told_to_who_asked(url: str) -> None:
    told: list[None] = []
    target = XledgerTarget.connect(connection(url, on_request=lambda: told.append(None)))
    target.employees()
    assert len(told) == 1


# --- pick lists -----------------------------------------------------------------------------------


def test_pick_lists_cost_two_requests_after_a_read(target: XledgerTarget) -> None:
    target.employees()
    lists = target.pick_lists()
    assert target.requests_sent == 3
    assert {entry.label for entry in lists["positionValue"]} == set(TITLES)
    assert {(e.code, e.label) for e in lists["glObject1"]} == set(COST_CENTERS)


def test_pick_lists_alone_read_what_they_need(target: XledgerTarget) -> None:
    assert "positionValue" in target.pick_lists()
    assert target.requests_sent == 3


def test_a_field_that_nobody_uses_has_no_list(target: XledgerTarget) -> None:
    lists = target.pick_lists()
    assert "glObject5" not in lists
    assert "exitReason" not in lists


# --- writing --------------------------------------------------------------------------------------


def test_a_created_person_reads_back_as_sent(target: XledgerTarget, sandbox: Sandbox) -> None:
    [written] = target.create([hire()])
    assert written.client_id == "a"
    assert written.target_id == str(sandbox.by_code("900001")["dbId"])
    seen = {key: written.fields[key] for key in HIRE}
    assert seen == HIRE | {"text1": UNREADABLE}
    [read] = [person for person in target.employees() if person.id == written.target_id]
    assert read.fields == written.fields


def test_a_change_touches_only_the_fields_named(target: XledgerTarget, sandbox: Sandbox) -> None:
    before = first_of(sandbox)
    change = Write("x", {"phone": "+4799999999"}, str(before["dbId"]))
    [written] = target.update([change])
    assert written.target_id == str(before["dbId"])
    after = first_of(sandbox)
    assert after["phone"] == written.fields["phone"] == "+4799999999"
    same = before.keys() - {"phone", "modifiedAt"}
    assert {key: after[key] for key in same} == {key: before[key] for key in same}


@pytest.mark.parametrize("key", ["employmentTo", "glObject1", "bankAccount", "fullAddress"])
def test_none_clears_a_field(target: XledgerTarget, sandbox: Sandbox, key: str) -> None:
    [written] = target.create([hire(employmentTo=date(2026, 12, 31))])
    assert written.fields[key] is not None
    [cleared] = target.update([Write("y", {key: None}, written.target_id)])
    assert cleared.fields[key] is None
    assert sandbox.by_code("900001")[key] is None


@pytest.mark.parametrize("order", ["input", "reversed", "shuffled"])
def test_answers_are_matched_by_client_id_and_not_by_order(
    target: XledgerTarget, sandbox: Sandbox, order: str
) -> None:
    sandbox.switches.set({"edge_order": order})
    writes = [hire(f"id-{n}", code=f"90000{n}") for n in range(5)]
    written = target.create(writes)
    assert [w.client_id for w in written] == [w.client_id for w in writes]
    assert [w.fields["code"] for w in written] == [w.values["code"] for w in writes]
    assert target.requests_sent == 1


def test_what_payroll_makes_of_a_value_is_what_comes_back(
    target: XledgerTarget, sandbox: Sandbox
) -> None:
    sandbox.switches.set({"reformat": True})
    [written] = target.create([hire()])
    assert written.fields["lastName"] == "ØDEGÅRD"
    assert written.fields["initials"] == "Å"


def test_a_preview_writes_nothing(url: str, sandbox: Sandbox) -> None:
    target = XledgerTarget.connect(connection(url, read_only=True))
    count = len(target.employees())
    with pytest.raises(ConfigurationError):
        target.create([hire()])
    assert len(sandbox.employees) == count
    assert [entry.operation for entry in sandbox.log] == ["query"]


# --- refusals -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "switches",
    [
        {"lookup_status": 200},
        {"lookup_status": 400},
        {"lookup_code": True},
        {"errors_reported": "all"},
        {"refused_data": "absent"},
        {"refused_data": "field"},
    ],
)
def test_an_unknown_code_refuses_the_batch_however_it_is_said(
    target: XledgerTarget, sandbox: Sandbox, switches: dict[str, Any]
) -> None:
    sandbox.switches.set(switches)
    with pytest.raises(BatchRefused) as refused:
        target.create([hire("a"), hire("b", code="900002", glObject1="2760-x")])
    assert (refused.value.path, refused.value.value) == ("glObject1.code", "2760-x")
    assert refused.value.done == ()
    assert sandbox.with_code("900001") == []


def test_people_written_beside_a_refused_one_are_told(
    target: XledgerTarget, sandbox: Sandbox
) -> None:
    sandbox.switches.set({"batch": "partial"})
    with pytest.raises(BatchRefused) as refused:
        target.create([hire("a"), hire("b", code="900002", glObject1="2760-x")])
    [done] = refused.value.done
    assert done.client_id == "a"
    assert done.target_id == str(sandbox.by_code("900001")["dbId"])


def test_a_refusal_of_the_whole_write_is_no_persons_fault(target: XledgerTarget) -> None:
    with pytest.raises(UnrecognisedAnswer):
        target.create([hire(str(n), code=str(900000 + n)) for n in range(501)])


def test_a_code_that_is_in_use_is_a_refusal(target: XledgerTarget, sandbox: Sandbox) -> None:
    sandbox.switches.set({"duplicate_code": "refuse"})
    code = str(first_of(sandbox)["code"])
    with pytest.raises(BatchRefused) as refused:
        target.create([hire(code=code)])
    assert (refused.value.path, refused.value.value) == ("code", code)


def test_an_update_of_nobody_is_a_refusal(target: XledgerTarget) -> None:
    with pytest.raises(BatchRefused) as refused:
        target.update([Write("a", {"phone": "+4799999999"}, "999")])
    assert refused.value.path == "dbId"


# --- doubt ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ("500", OutcomeUnknown),
        ("529", OutcomeUnknown),
        ("drop_before", OutcomeUnknown),
        ("drop_after", OutcomeUnknown),
        ("truncated", OutcomeUnknown),
        ("query_timeout", OutcomeUnknown),
        ("html", UnrecognisedAnswer),
        ("unknown_error", UnrecognisedAnswer),
    ],
)
@pytest.mark.parametrize("commit", [True, False])
def test_a_lost_answer_to_a_write_is_unknown_and_nothing_is_sent_twice(
    target: XledgerTarget, sandbox: Sandbox, fault: str, kind: type[HubError], commit: bool
) -> None:
    sandbox.faults.add(fault, when="mutation", commit=commit)
    with pytest.raises(OutcomeUnknown) as caught:
        target.create([hire()])
    assert type(caught.value) is kind
    assert target.requests_sent == len(sandbox.log) == 1
    assert len(sandbox.with_code("900001")) == int(commit)


@pytest.mark.parametrize("fault", ["burst", "concurrency", "429"])
def test_a_limit_is_waited_for_and_the_person_is_created_once(
    target: XledgerTarget, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.add(fault, times=2)
    target.create([hire()])
    assert target.requests_sent == 3
    assert len(sandbox.with_code("900001")) == 1


@pytest.mark.parametrize("reset_at", ["local", "utc", "epoch", "absent"])
def test_spent_credits_are_not_waited_for(
    target: XledgerTarget, sandbox: Sandbox, reset_at: str
) -> None:
    sandbox.switches.set({"credits": 1, "reset_at": reset_at})
    target.employees()
    with pytest.raises(RateLimited) as caught:
        target.employees()
    assert caught.value.wait == pytest.approx(1200, abs=60)
    assert target.requests_sent == 2


@pytest.mark.parametrize("fault", ["500", "503", "drop_before", "truncated", "html"])
def test_a_read_that_fails_once_is_read_again(
    target: XledgerTarget, sandbox: Sandbox, fault: str
) -> None:
    sandbox.faults.add(fault)
    assert len(target.employees()) == len(sandbox.employees)
    assert target.requests_sent == 2


def test_a_page_that_keeps_failing_gives_nobody(target: XledgerTarget, sandbox: Sandbox) -> None:
    sandbox.switches.set({"page_cap": 20})
    sandbox.faults.add("query_timeout", skip=1, times=None)
    with pytest.raises(TransientError):
        target.employees()


@pytest.mark.parametrize("how", ["401-json", "403-json", "200-errors", "401-html"])
def test_a_refused_token_is_a_setting_to_fix(
    target: XledgerTarget, sandbox: Sandbox, how: str
) -> None:
    sandbox.switches.set({"refused_token": how})
    sandbox.faults.add("expired_token", times=None)
    with pytest.raises(ConfigurationError):
        target.employees()
    with pytest.raises(ConfigurationError):
        target.create([hire()])
    assert target.requests_sent == 2


@pytest.mark.parametrize("how", ["401-json", "403-json", "200-errors", "401-html"])
def test_a_missing_right_is_a_setting_to_fix(
    target: XledgerTarget, sandbox: Sandbox, how: str
) -> None:
    sandbox.switches.set({"missing_scope": how, "denied_fields": ["addEmployees"]})
    target.employees()
    with pytest.raises(ConfigurationError):
        target.create([hire()])


# --- answers that the sandbox does not give -------------------------------------------------------


def answer_to_create(body: object, writes: list[Write]) -> object:
    with responses.RequestsMock() as mock:
        mock.post(URL, json=body)
        return XledgerTarget.connect(connection(URL)).create(writes)


def added(*edges: object) -> object:
    return {"data": {"addEmployees": {"edges": list(edges)}}}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (added(), OutcomeUnknown),
        (added({"clientId": "a", "node": {"dbId": 1}}), OutcomeUnknown),
        (
            added({"clientId": "a", "node": {"dbId": 1}}, {"clientId": "b", "node": None}),
            OutcomeUnknown,
        ),
        (
            added({"clientId": "a", "node": {"dbId": 1}}, {"clientId": "b", "node": {"code": "1"}}),
            OutcomeUnknown,
        ),
        (added({"clientId": None, "node": {"dbId": 1}}), UnrecognisedAnswer),
        (added({"clientId": ["a"], "node": {"dbId": 1}}), UnrecognisedAnswer),
        (added({"clientId": "other", "node": {"dbId": 1}}), UnrecognisedAnswer),
        (added(*[{"clientId": "a", "node": {"dbId": n}} for n in (1, 2)]), UnrecognisedAnswer),
        (added({"clientId": "a", "node": {"dbId": 1.5}}), UnrecognisedAnswer),
        (added("a"), UnrecognisedAnswer),
        ({"data": {"addEmployees": {"edges": None}}}, UnrecognisedAnswer),
        ({"data": {"addEmployees": None}}, UnrecognisedAnswer),
        ({"data": {}}, UnrecognisedAnswer),
    ],
)
def test_people_who_are_not_confirmed_one_by_one_are_unknown(
    body: object, kind: type[HubError]
) -> None:
    with pytest.raises(OutcomeUnknown) as caught:
        answer_to_create(body, [hire("a"), hire("b", code="900002")])
    assert type(caught.value) is kind


def test_an_answer_about_another_person_is_not_believed() -> None:
    edge = {"clientId": "a", "node": {"dbId": 2}}
    with responses.RequestsMock() as mock:
        mock.post(URL, json={"data": {"updateEmployees": {"edges": [edge]}}})
        with pytest.raises(UnrecognisedAnswer):
            XledgerTarget.connect(connection(URL)).update([Write("a", {"phone": None}, "1")])


def test_a_list_that_is_denied_without_an_error_is_not_an_empty_one() -> None:
    with responses.RequestsMock() as mock:
        mock.post(URL, json={"data": {"employees": None}})
        with pytest.raises(IncompleteRead):
            XledgerTarget.connect(connection(URL)).employees()


def test_dimensions_that_share_a_kind_do_not_make_a_code_ambiguous() -> None:
    kind = {"dbId": "301"}
    person = {"dbId": 1, "glObject1": {"code": "2760", "objectKind": kind}}
    entries = [
        {"dbId": n, "code": "2760", "description": label, "objectKind": kind}
        for n, label in enumerate(["Drift", "Salg"], start=1)
    ]
    with responses.RequestsMock() as mock:
        for root, nodes in (
            ("employees", [person]),
            ("employeeGroups", []),
            ("objectValues", entries),
        ):
            edges = [{"cursor": "c", "node": node} for node in nodes] or None
            page = {"edges": edges, "pageInfo": {"hasNextPage": False}}
            mock.post(URL, json={"data": {root: page}})
        lists = XledgerTarget.connect(connection(URL)).pick_lists()
    assert [(e.code, e.label) for e in lists["glObject1"]] == [("2760", "Drift")]
    assert list(lists) == ["glObject1"]
