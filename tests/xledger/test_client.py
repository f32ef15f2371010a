"""The client against canned answers: errors in both places, limits, pages, writes in doubt."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
import requests
import responses
from urllib3.exceptions import NewConnectionError

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
from integration_hub.core.http import HttpClient
from xledger import queries
from xledger.client import XledgerClient

URL = "https://xledger.test/graphql"
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
NODE = {
    "code": "10023",
    "birthday": "x",
    "glObject1": {"code": "2760"},
    "email": "kari@fjordkraft.test",
}
VARIABLES = {"inputs": [{"clientId": "a", "node": NODE}]}
LOOKUP = "glObject1.code: No value matching owner 42365431, code '2760'."
BURST = {"code": "BAD_REQUEST.BURST_RATE_LIMIT_REACHED", "message": "Too many requests."}
CONCURRENCY = {"code": "BAD_REQUEST.CONCURRENCY_LIMIT_REACHED", "message": "Too many at once."}
CREDITS = {"code": "BAD_REQUEST.INSUFFICIENT_CREDITS", "message": "Insufficient credits."}
GOOD: dict[str, Any] = {"data": {"addEmployees": {"edges": []}}}

Ask = Callable[[], object]


class Vendor:
    """A client whose waits are noted, and the answers it will get."""

    def __init__(self, mock: responses.RequestsMock) -> None:
        self.mock = mock
        self.waits: list[float] = []
        headers = {"Authorization": "token abc-123"}
        http = HttpClient("X-ledger", URL, headers, sleep=self.waits.append)
        self.client = XledgerClient(http, clock=lambda: NOW)

    def answers(self, *bodies: object, status: int = 200) -> None:
        for body in bodies:
            if isinstance(body, (str, bytes, Exception)):
                self.mock.post(URL, body=body, status=status)
            else:
                self.mock.post(URL, json=body, status=status)

    def refuses(self, *errors: object, status: int = 200, **beside: object) -> None:
        self.answers({"errors": list(errors), **beside}, status=status)

    def read(self) -> object:
        return self.client.read(queries.EMPLOYEES, {"first": 1, "after": None})

    def write(self) -> object:
        return self.client.write(queries.ADD_EMPLOYEES, VARIABLES)

    def pages(self) -> list[dict[str, Any]]:
        return list(self.client.pages(queries.EMPLOYEE_GROUPS, {}, "employeeGroups"))

    def sent(self, number: int) -> dict[str, Any]:
        body = self.mock.calls[number].request.body
        assert isinstance(body, bytes)
        found: dict[str, Any] = json.loads(body)
        return found

    @property
    def asked(self) -> int:
        return len(self.mock.calls)


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with responses.RequestsMock(
        assert_all_requests_are_fired=False,
        registry=responses.registries.OrderedRegistry,
    ) as mock:
        yield Vendor(mock)


def raised(ask: Ask) -> HubError:
    with pytest.raises(HubError) as caught:
        ask()
    return caught.value


def page(*nodes: object, more: object = False, cursors: tuple[object, ...] = ()) -> object:
    edges = [
        {"cursor": cursor, "node": node}
        for node, cursor in zip(nodes, cursors or tuple("c" * len(nodes)), strict=True)
    ]
    info = {"hasNextPage": more}
    return {"data": {"employeeGroups": {"edges": edges or None, "pageInfo": info}}}


def group(db_id: object, code: str = "") -> dict[str, object]:
    return {"dbId": db_id, "code": code}


# --- what is sent ---------------------------------------------------------------------------------


def test_the_token_is_sent_with_the_lower_case_word(vendor: Vendor) -> None:
    vendor.answers(GOOD)
    vendor.write()
    assert vendor.mock.calls[0].request.headers["Authorization"] == "token abc-123"


def test_values_travel_in_variables_and_never_in_the_document(vendor: Vendor) -> None:
    vendor.answers(GOOD)
    vendor.write()
    assert vendor.sent(0)["variables"] == VARIABLES
    assert vendor.sent(0)["query"] == queries.ADD_EMPLOYEES
    assert "10023" not in vendor.sent(0)["query"]


def test_fractions_are_decimals_from_the_wire_on(vendor: Vendor) -> None:
    vendor.answers('{"data": {"rate": 0.1}}')
    data = vendor.client.read("query { rate }", {})
    assert data["rate"] == Decimal("0.1")
    assert isinstance(data["rate"], Decimal)


# --- limits ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(("error", "wait"), [(BURST, 5.0), (CONCURRENCY, 1.0)])
def test_a_limit_is_waited_for_and_a_write_is_sent_again(
    vendor: Vendor, error: object, wait: float, status: int
) -> None:
    vendor.refuses(error, status=status)
    vendor.answers(GOOD)
    assert vendor.write() == GOOD["data"]
    assert vendor.waits == [wait]


def test_a_limit_named_only_in_the_extensions_is_a_limit(vendor: Vendor) -> None:
    vendor.refuses({"message": "Too many.", "extensions": {"code": BURST["code"]}})
    vendor.answers(GOOD)
    vendor.write()
    assert vendor.waits == [5.0]


def test_a_limit_nobody_has_seen_yet_is_a_limit(vendor: Vendor) -> None:
    vendor.refuses({"code": "BAD_REQUEST.DAILY_LIMIT_REACHED", "message": "Enough."})
    vendor.answers(GOOD)
    assert vendor.write() == GOOD["data"]


def test_a_limit_that_does_not_end_is_raised_after_a_few_tries(vendor: Vendor) -> None:
    for _ in range(9):
        vendor.refuses(BURST)
    assert isinstance(raised(vendor.read), RateLimited)
    assert vendor.waits == [5.0] * 4


@pytest.mark.parametrize(
    ("reset_at", "wait"),
    [
        ("2026-03-02T12:10:00Z", 600),
        ("2026-03-02T14:10:00+02:00", 600),
        ("2026-03-02T13:10:00", 600),  # without a zone: Oslo, an hour ahead of UTC in March
        ("Mon, 02 Mar 2026 12:10:00 GMT", 600),
        (int(NOW.timestamp()) + 600, 600),
        (str(int(NOW.timestamp()) + 600), 600),
        ((int(NOW.timestamp()) + 600) * 1000, 600),
        (600, 600),
        ("2026-03-02T12:10:00", 1200),  # gone by in Oslo: the zone was misread
        ("soon", 1200),
        ("", 1200),
        ("NaN", 1200),
        (10**20, 1200),
        ("2031-01-01T00:00:00Z", 1200),
        (None, 1200),
        (True, 1200),
        ({"seconds": 5}, 1200),
    ],
)
def test_credits_are_waited_for_until_they_are_reset(
    vendor: Vendor, reset_at: object, wait: float
) -> None:
    vendor.refuses({**CREDITS, "extensions": {"resetAt": reset_at}})
    error = raised(vendor.write)
    assert isinstance(error, RateLimited)
    assert error.wait == wait
    assert (vendor.asked, vendor.waits) == (1, [])


def test_credits_that_come_back_soon_are_waited_for(vendor: Vendor) -> None:
    vendor.refuses({**CREDITS, "extensions": {"resetAt": "2026-03-02T12:00:20Z"}})
    vendor.answers(GOOD)
    vendor.write()
    assert vendor.waits == [20.0]


# --- token, rights and schema ---------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 400])
@pytest.mark.parametrize(
    "error",
    [
        {"message": 'Bad format for API Token. Expected header: "Authorization: token <t>"'},
        {"message": "No.", "code": "UNAUTHORIZED"},
        {"message": "No.", "code": "BAD_REQUEST.FORBIDDEN"},
        {"message": "No.", "extensions": {"code": "ACCESS_DENIED"}},
    ],
)
@pytest.mark.parametrize("ask", [Vendor.read, Vendor.write])
def test_a_refused_token_needs_a_person(
    vendor: Vendor, ask: Callable[[Vendor], object], error: object, status: int
) -> None:
    vendor.refuses(error, status=status)
    caught = raised(lambda: ask(vendor))
    assert isinstance(caught, ConfigurationError)
    assert "Make a new token" in caught.message
    assert vendor.asked == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("Cannot query field 'exitReason' on type 'Employee'.", ""),
        ('Cannot query field "exitReason" on type "Employee".', "FIELDS_ON_CORRECT_TYPE"),
        ("Unrecognized input fields 'exitReason' for type 'X'.", "INVALID_VALUE"),
        ("Field 'exitReason' is not defined by type 'X'.", "INVALID_VALUE"),
    ],
)
@pytest.mark.parametrize("ask", [Vendor.read, Vendor.write])
def test_an_unknown_field_is_a_difference_of_schemas(
    vendor: Vendor, ask: Callable[[Vendor], object], message: str, code: str
) -> None:
    vendor.refuses({"message": message, "extensions": {"code": code}}, status=400)
    caught = raised(lambda: ask(vendor))
    assert isinstance(caught, ConfigurationError)
    assert "X-ledger does not know the field “exitReason”" in caught.message


# --- reads ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("<html>Maintenance</html>", 200),
        ("<html>Not found</html>", 404),
        ('{"data": {"emplo', 200),
        ("", 200),
        ("[]", 200),
        ("[" * 100_000, 200),
        ('{"data": null}', 200),
        ('{"errors": "no"}', 200),
        ('{"errors": ["no"]}', 400),
        ('{"data": {}}', 400),
        ("busy", 529),
        (requests.ReadTimeout(), 0),
        ('{"errors": [{"message": "Your query timed out."}]}', 200),
        ('{"errors": [{"message": "Object reference not set."}]}', 200),
    ],
)
def test_a_read_without_a_proper_answer_is_tried_again(
    vendor: Vendor, body: str, status: int
) -> None:
    vendor.answers(body, status=status)
    vendor.answers({"data": {"employees": None}})
    assert vendor.read() == {"employees": None}


def test_a_read_that_never_gets_an_answer_is_transient(vendor: Vendor) -> None:
    vendor.answers(*["<html>"] * 9)
    assert type(raised(vendor.read)) is TransientError
    assert vendor.asked == 5


def test_errors_beside_data_are_errors(vendor: Vendor) -> None:
    for _ in range(5):
        vendor.refuses({"message": "Half of it failed."}, data={"employees": {"edges": []}})
    assert type(raised(vendor.read)) is TransientError


def test_a_refused_token_decides_beside_any_other_error_of_a_read(vendor: Vendor) -> None:
    vendor.refuses({"message": "Oops."}, {"message": "No.", "code": "UNAUTHORIZED"})
    assert isinstance(raised(vendor.read), ConfigurationError)


def test_a_definite_no_to_a_read_is_not_asked_again(vendor: Vendor) -> None:
    words = {"message": "after: Not valid.", "extensions": {"code": "INVALID_VALUE"}}
    vendor.refuses(words)
    assert isinstance(raised(vendor.read), IncompleteRead)
    assert vendor.asked == 1


# --- pages ----------------------------------------------------------------------------------------


def test_no_edges_is_an_empty_list(vendor: Vendor) -> None:
    vendor.answers(page())
    assert vendor.pages() == []


def test_pages_go_on_from_the_last_edge(vendor: Vendor) -> None:
    vendor.answers(page(group(1), group(2), more=True, cursors=("x", "y")), page(group(3)))
    assert [node["dbId"] for node in vendor.pages()] == [1, 2, 3]
    assert vendor.sent(0)["variables"] == {"first": 10_000, "after": None}
    assert vendor.sent(1)["variables"] == {"first": 10_000, "after": "y"}


def test_a_row_that_moved_to_a_later_page_comes_once_and_as_it_is_now(vendor: Vendor) -> None:
    first = page(group(1, "old"), group(2), more=True, cursors=("x", "y"))
    vendor.answers(first, page(group("1", "new")))
    assert [node["code"] for node in vendor.pages()] == ["new", ""]


@pytest.mark.parametrize(
    "body",
    [
        page(more=True),
        page(group(1), more=None),
        page(group(1), more=True, cursors=(None,)),
        page(group(1), more=True, cursors=("",)),
        page(group(None)),
        page(group(1.5)),
        page(group(True)),
        page(None),
        {"data": {"employeeGroups": None}},
        {"data": {}},
        {"data": {"employeeGroups": {"edges": "none"}}},
        {"data": {"employeeGroups": {"edges": [group(1)]}}},
    ],
)
def test_a_list_in_doubt_is_incomplete(vendor: Vendor, body: object) -> None:
    vendor.answers(body)
    assert isinstance(raised(vendor.pages), IncompleteRead)


def test_a_repeated_cursor_is_incomplete(vendor: Vendor) -> None:
    vendor.answers(*[page(group(n), more=True, cursors=("x",)) for n in range(3)])
    assert isinstance(raised(vendor.pages), IncompleteRead)
    assert vendor.asked == 2


def test_a_list_of_two_pages_without_the_second_gives_nothing(vendor: Vendor) -> None:
    vendor.answers(page(group(1), more=True), *["<html>"] * 5)
    assert isinstance(raised(vendor.pages), TransientError)


# --- writes in doubt ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        ("busy", 500, OutcomeUnknown),
        ("busy", 529, OutcomeUnknown),
        (requests.ReadTimeout(), 0, OutcomeUnknown),
        (requests.ConnectionError("reset"), 0, OutcomeUnknown),
        (requests.exceptions.ChunkedEncodingError(), 0, OutcomeUnknown),
        ('{"errors": [{"message": "Your query timed out."}]}', 200, OutcomeUnknown),
        ('{"errors": [{"message": "x", "code": "BAD_REQUEST.TIMEOUT"}]}', 200, OutcomeUnknown),
        ("<html>Maintenance</html>", 200, UnrecognisedAnswer),
        ('{"data": {"addEmp', 200, UnrecognisedAnswer),
        ("", 200, UnrecognisedAnswer),
        ('{"data": null}', 200, UnrecognisedAnswer),
        ('{"data": {}}', 400, UnrecognisedAnswer),
        ('{"errors": {"message": "no"}}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "Oops."}], "data": null}', 200, UnrecognisedAnswer),
        ('{"errors": [{}]}', 400, UnrecognisedAnswer),
        ('{"errors": [{"message": "dbConnection: closed"}]}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "System.Exception: code 1"}]}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "code: taken"}]}', 404, UnrecognisedAnswer),
        ('{"errors": [{"message": "code: DEADLOCK victim"}]}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "code: no \'99\' here"}]}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "email: Object reference not set"}]}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "email: code \'10023\' failed"}]}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "node: Object reference not set"}]}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "inputs: internal failure"}]}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "inputs: code \'10023\' failed"}]}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "clientId: \'a\' failed"}]}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "description: failed"}]}', 200, UnrecognisedAnswer),
        ('{"errors": [{"message": "inputs[3].node.email: No."}]}', 200, UnrecognisedAnswer),
        (
            '{"errors": [{"message": "x: No value matching owner 1, code \'2\'."}]}',
            200,
            UnrecognisedAnswer,
        ),
    ],
)
def test_a_write_in_doubt_is_never_sent_again(
    vendor: Vendor, body: object, status: int, kind: type[HubError]
) -> None:
    vendor.answers(body, status=status)
    vendor.answers(GOOD)
    assert type(raised(vendor.write)) is kind
    assert (vendor.asked, vendor.waits) == (1, [])


def test_a_write_that_never_connected_is_sent_again(vendor: Vendor) -> None:
    never = NewConnectionError(None, "refused")  # type: ignore[arg-type]  # only its type counts
    vendor.answers(requests.ConnectionError(never), GOOD)
    assert vendor.write() == GOOD["data"]


def test_one_error_in_doubt_beside_a_refusal_leaves_the_write_in_doubt(vendor: Vendor) -> None:
    vendor.refuses({"message": LOOKUP}, {"message": "An unexpected error occurred."})
    assert type(raised(vendor.write)) is UnrecognisedAnswer


def test_a_limit_beside_confirmed_people_leaves_the_write_in_doubt(vendor: Vendor) -> None:
    edges = [{"clientId": "a", "node": {"dbId": 1}}]
    vendor.refuses(BURST, data={"addEmployees": {"edges": edges}})
    assert type(raised(vendor.write)) is UnrecognisedAnswer
    assert vendor.asked == 1


def test_a_preview_cannot_write(vendor: Vendor) -> None:
    vendor.client.http.read_only = True
    assert isinstance(raised(vendor.write), ConfigurationError)
    assert vendor.asked == 0


# --- refusals -------------------------------------------------------------------------------------


def refusal(vendor: Vendor, *errors: object, status: int = 200, **beside: object) -> BatchRefused:
    vendor.refuses(*errors, status=status, **beside)
    caught = raised(vendor.write)
    assert isinstance(caught, BatchRefused)
    assert vendor.asked == 1
    return caught


@pytest.mark.parametrize("status", [200, 400])
def test_a_lookup_that_finds_nothing_names_path_and_value(vendor: Vendor, status: int) -> None:
    error = refusal(vendor, {"message": LOOKUP}, status=status)
    assert (error.code, error.path, error.value) == ("", "glObject1.code", "2760")
    assert error.words == LOOKUP
    assert "2760" not in error.message + error.detail


@pytest.mark.parametrize(
    ("error", "code", "path", "value"),
    [
        ({"message": "x", "code": "BAD_REQUEST.RULE"}, "BAD_REQUEST.RULE", "", ""),
        ({"message": "x", "extensions": {"code": "INVALID_VALUE"}}, "INVALID_VALUE", "", ""),
        ({"message": "x", "extensions": {"exampleValidInputs": []}}, "", "", ""),
        ({"message": "code: The code '10023' is in use."}, "", "code", "10023"),
        (
            {
                "message": "inputs[3].node.email: Not valid.",
                "extensions": {"code": "INVALID_VALUE"},
            },
            "INVALID_VALUE",
            "email",
            "",
        ),
        ({"message": "kari: No.", "code": "BAD_REQUEST.RULE"}, "BAD_REQUEST.RULE", "", ""),
        (
            {
                "message": 'Variable "$inputs" got invalid value "x" at "inputs[0].node.birthday"; '
                "Expected a day as 'yyyy-MM-dd'.",
                "extensions": {"code": "INVALID_VALUE"},
            },
            "INVALID_VALUE",
            "birthday",
            "x",
        ),
        (
            {"message": "glObject1.code: No value matching owner 1, code 'Per's place'."},
            "",
            "glObject1.code",
            "Per's place",
        ),
    ],
)
def test_a_definite_refusal_is_understood(
    vendor: Vendor, error: object, code: str, path: str, value: str
) -> None:
    caught = refusal(vendor, error)
    assert (caught.code, caught.path, caught.value) == (code, path, value)


def test_people_confirmed_beside_a_refusal_are_handed_on(vendor: Vendor) -> None:
    edges = [{"clientId": "b", "node": {"dbId": 1}}]
    error = refusal(vendor, {"message": LOOKUP}, data={"addEmployees": {"edges": edges}})
    assert list(error.done) == edges


@pytest.mark.parametrize("beside", [{}, {"data": None}, {"data": {"addEmployees": None}}])
def test_a_refusal_needs_no_data_beside_it(vendor: Vendor, beside: dict[str, Any]) -> None:
    assert refusal(vendor, {"message": LOOKUP}, **beside).done == ()


TELLTALE = "'10023' is taken by Kari Nordmann, 01019010046, kari@fjordkraft.test"


@pytest.mark.parametrize("path", ["code", "notAField"])
def test_what_the_vendor_says_of_a_person_stands_in_its_words_alone(
    vendor: Vendor, path: str
) -> None:
    vendor.refuses({"message": f"{path}: {TELLTALE}", "code": "Kari Nordmann"})
    error = raised(vendor.write)
    assert isinstance(error, BatchRefused if path == "code" else UnrecognisedAnswer)
    assert error.words == f"{path}: '10023' is taken by Kari Nordmann, •••, •••"
    ours = f"{error} {error.message} {error.detail}"
    assert "10023" not in ours
    assert "Kari" not in ours


def test_what_the_vendor_says_instead_of_a_list_is_not_repeated(vendor: Vendor) -> None:
    for _ in range(5):
        vendor.refuses({"message": TELLTALE})
    error = raised(vendor.read)
    assert "Kari" not in error.message + error.detail
    assert "Kari" in error.words


def test_an_answer_that_is_not_understood_is_named_by_its_code(vendor: Vendor) -> None:
    vendor.refuses({"message": "Oops.", "extensions": {"code": "INTERNAL"}})
    error = raised(vendor.write)
    assert error.message.endswith("does not understand (code INTERNAL).")
    assert error.detail == "INTERNAL"


def test_an_answer_that_is_not_understood_is_not_quoted(vendor: Vendor) -> None:
    vendor.answers("Kari Nordmann 01019010046")
    error = raised(vendor.write)
    assert "Kari" not in error.message + error.detail
