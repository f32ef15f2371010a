"""Simployer One's lists are read whole or not at all, whatever the answers look like."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from requests import PreparedRequest

from integration_hub.core.errors import ConfigurationError, IncompleteRead, TransientError
from integration_hub.core.http import ATTEMPTS, HttpClient
from simployer.client import Listing, SimployerClient

BASE = "https://simployer.example/v1"
Answer = tuple[int, dict[str, str], str]
Page = Callable[[int, int], Any]
Vendor = Callable[[Page], None]


@pytest.fixture
def mocked() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock() as mock:
        yield mock


@pytest.fixture
def waits() -> list[float]:
    """Every wait the client made, instead of waiting."""
    return []


@pytest.fixture
def client(waits: list[float]) -> Iterator[SimployerClient]:
    headers = {"Authorization": "Bearer secret-token"}
    http = HttpClient("Simployer One", BASE, headers, read_only=True, sleep=waits.append)
    yield SimployerClient(http)
    http.close()


def envelope(rows: list[Any], total: int, **more: Any) -> dict[str, Any]:
    return {"status": "ok", "data": rows, "total": total, "count": len(rows), **more}


def people(count: int) -> list[dict[str, Any]]:
    return [{"id": f"{number:024x}"} for number in range(count)]


@pytest.fixture
def vendor(mocked: responses.RequestsMock) -> Vendor:
    """Answers every list with what a function of limit and offset gives."""

    def serve(page: Page) -> None:
        def answer(request: PreparedRequest) -> Answer:
            query = sent(request)
            return 200, {}, json.dumps(page(int(query["limit"]), int(query["offset"])))

        mocked.add_callback(responses.GET, re.compile(f"{BASE}/.*"), answer)

    return serve


def sent(request: PreparedRequest) -> dict[str, str]:
    return {key: value for key, (value,) in parse_qs(urlsplit(str(request.url)).query).items()}


def offsets(mocked: responses.RequestsMock) -> list[int]:
    return [int(sent(call.request)["offset"]) for call in mocked.calls]


def test_every_page_is_asked_for_by_limit_offset_and_id_order(
    client: SimployerClient, mocked: responses.RequestsMock, vendor: Vendor
) -> None:
    everyone = people(5)
    vendor(lambda limit, offset: envelope(everyone[offset : offset + limit], 5))
    assert client.rows("employee", page_size=2).rows == everyone
    asked = [sent(call.request) for call in mocked.calls]
    assert asked == [
        {"limit": "2", "offset": str(offset), "sort[id]": "asc"} for offset in (0, 2, 4)
    ]


def test_the_token_goes_as_a_bearer_header_and_nothing_is_selected(
    client: SimployerClient, mocked: responses.RequestsMock, vendor: Vendor
) -> None:
    vendor(lambda limit, offset: envelope([], 0))
    client.rows("employee", relations=("department", "office"))
    request = mocked.calls[0].request
    assert request.headers["Authorization"] == "Bearer secret-token"
    assert sent(request)["relations"] == "department,office"
    assert "select" not in sent(request)


def test_a_cap_below_the_asked_page_size_does_not_end_the_list_early(
    client: SimployerClient, mocked: responses.RequestsMock, vendor: Vendor
) -> None:
    everyone = people(125)
    vendor(lambda limit, offset: envelope(everyone[offset : offset + min(limit, 50)], 125))
    assert client.rows("employee").rows == everyone
    assert offsets(mocked) == [0, 50, 100]


def test_an_empty_list_takes_one_request(client: SimployerClient, vendor: Vendor) -> None:
    vendor(lambda limit, offset: envelope([], 0))
    assert client.rows("employee") == Listing([], {})
    assert client.http.requests_sent == 1


def test_sideloaded_rows_of_all_pages_are_gathered_by_id(
    client: SimployerClient, vendor: Vendor
) -> None:
    def page(limit: int, offset: int) -> dict[str, Any]:
        departments = [{"id": "same"}, {"id": f"of page {offset}"}]
        relations = {"department": departments, "office": None, "costCenter": {"id": "alone"}}
        return envelope(people(2)[offset : offset + 1], 2, relations=relations)

    vendor(page)
    relations = client.rows("employee", relations=("department", "office", "team")).relations
    assert set(relations["department"]) == {"same", "of page 0", "of page 1"}
    assert relations["costCenter"] == {"alone": {"id": "alone"}}
    assert relations["office"] == relations["team"] == {}


def test_fractions_arrive_as_exact_decimals(
    client: SimployerClient, mocked: responses.RequestsMock
) -> None:
    body = '{"status":"ok","data":[{"id":"a","amount":51234.10}],"total":1,"count":1}'
    mocked.get(f"{BASE}/compensation", body=body)
    (row,) = client.rows("compensation").rows
    assert row["amount"] == Decimal("51234.10")
    assert isinstance(row["amount"], Decimal)


def test_a_row_that_comes_twice_is_one_row(client: SimployerClient, vendor: Vendor) -> None:
    first, second, third = people(3)
    pages = {0: [first, second], 2: [second, third]}
    vendor(lambda limit, offset: envelope(pages[offset], 3))
    assert client.rows("employee").rows == [first, second, third]


def test_a_row_lost_between_pages_is_found_by_reading_again(
    client: SimployerClient, mocked: responses.RequestsMock, vendor: Vendor
) -> None:
    first, second, third = people(3)
    shifted = iter([[first, second], [second], [first, second], [third]])
    vendor(lambda limit, offset: envelope(next(shifted), 3))
    assert client.rows("employee").rows == [first, second, third]
    assert offsets(mocked) == [0, 2, 0, 2]


def test_an_empty_page_before_the_total_is_an_incomplete_read(
    client: SimployerClient, mocked: responses.RequestsMock, vendor: Vendor
) -> None:
    vendor(lambda limit, offset: envelope([] if offset else people(2), 3))
    with pytest.raises(IncompleteRead, match="employee"):
        client.rows("employee")
    assert offsets(mocked) == [0, 2, 0, 2]


def test_a_server_that_ignores_the_offset_is_an_incomplete_read(
    client: SimployerClient, vendor: Vendor
) -> None:
    vendor(lambda limit, offset: envelope(people(2), 6))
    with pytest.raises(IncompleteRead):
        client.rows("employee")
    assert client.http.requests_sent == 6


def test_more_rows_than_the_total_are_an_incomplete_read(
    client: SimployerClient, vendor: Vendor
) -> None:
    vendor(lambda limit, offset: envelope(people(3), 2))
    with pytest.raises(IncompleteRead):
        client.rows("employee")


def test_a_total_that_changes_once_starts_the_list_again(
    client: SimployerClient, mocked: responses.RequestsMock, vendor: Vendor
) -> None:
    everyone = people(4)
    totals = iter([3, 4, 4, 4])
    vendor(lambda limit, offset: envelope(everyone[offset : offset + limit], next(totals)))
    assert client.rows("employee", page_size=2).rows == everyone
    assert offsets(mocked) == [0, 2, 0, 2]


def test_a_total_that_keeps_changing_is_an_incomplete_read(
    client: SimployerClient, mocked: responses.RequestsMock, vendor: Vendor
) -> None:
    vendor(lambda limit, offset: envelope(people(9)[offset : offset + limit], 8 + offset // 2))
    with pytest.raises(IncompleteRead):
        client.rows("employee", page_size=2)
    assert offsets(mocked) == [0, 2, 0, 2]


def test_a_request_to_slow_down_is_honoured(
    client: SimployerClient, mocked: responses.RequestsMock, waits: list[float]
) -> None:
    mocked.get(f"{BASE}/employee", status=429, headers={"Retry-After": "7"})
    mocked.get(f"{BASE}/employee", json=envelope(people(1), 1))
    assert client.rows("employee").rows == people(1)
    assert waits == [7.0]


def test_a_server_error_is_tried_again(
    client: SimployerClient, mocked: responses.RequestsMock, waits: list[float]
) -> None:
    mocked.get(f"{BASE}/employee", status=500)
    mocked.get(f"{BASE}/employee", json=envelope(people(1), 1))
    assert client.rows("employee").rows == people(1)
    assert len(waits) == 1


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_token_is_not_tried_again(
    client: SimployerClient, mocked: responses.RequestsMock, waits: list[float], status: int
) -> None:
    mocked.get(f"{BASE}/employee", status=status)
    with pytest.raises(ConfigurationError, match="access token"):
        client.rows("employee")
    assert client.http.requests_sent == 1
    assert waits == []


MALFORMED = {
    "cut short": '{"status":"ok","data":[{"id":"a"},{"i',
    "nothing": "",
    "a page of a proxy": "<!doctype html><title>502</title>",
    "not text": b"\xff\xfe\x00",
    "a list": "[]",
    "without data": '{"status":"ok","total":1}',
    "without total": '{"status":"ok","data":[]}',
    "a total that is no count": '{"data":[],"total":true}',
    "rows without id": '{"data":[{"name":"x"}],"total":1}',
    "rows that are no objects": '{"data":["a"],"total":1}',
    "numbers that are none": '{"data":[{"id":"a","rate":NaN}],"total":1}',
    "too deep": "[" * 100_000,
}


@pytest.mark.parametrize("body", MALFORMED.values(), ids=MALFORMED.keys())
def test_an_answer_that_is_no_list_is_tried_again(
    client: SimployerClient, mocked: responses.RequestsMock, waits: list[float], body: str | bytes
) -> None:
    mocked.get(f"{BASE}/employee", body=body)
    mocked.get(f"{BASE}/employee", json=envelope(people(1), 1))
    assert client.rows("employee").rows == people(1)
    assert len(waits) == 1


def test_answers_that_stay_unreadable_are_given_up_in_plain_words(
    client: SimployerClient, mocked: responses.RequestsMock, waits: list[float]
) -> None:
    mocked.get(f"{BASE}/employee", body='{"data": [{"id": "a", "ssn": "120188')
    with pytest.raises(TransientError) as caught:
        client.rows("employee")
    assert caught.value.message == "Simployer One's answer was cut short or could not be read."
    assert "120188" not in caught.value.detail
    assert len(waits) == ATTEMPTS - 1


@pytest.mark.parametrize(
    ("body", "quoted"),
    [
        ({"statusCode": 400, "message": "bad sort"}, "bad sort"),
        ({"statusCode": 400, "message": ["no such\nrelation", "bad limit"]}, "no such relation"),
        ({"statusCode": 400, "message": ["no such relation", "bad limit"]}, "bad limit"),
        ({"statusCode": 404}, "“employee” (422)."),
        ([], "“employee” (422)."),
    ],
)
def test_a_refusal_is_told_in_the_vendors_words(
    client: SimployerClient, mocked: responses.RequestsMock, body: object, quoted: str
) -> None:
    mocked.get(f"{BASE}/employee", status=422, json=body)
    with pytest.raises(ConfigurationError) as caught:
        client.rows("employee")
    assert quoted in caught.value.message
    assert client.http.requests_sent == 1


def test_a_refusal_shows_no_personal_number(
    client: SimployerClient, mocked: responses.RequestsMock
) -> None:
    mocked.get(f"{BASE}/employee", status=400, json={"message": "ssn 12018812345 of a@b.no"})
    with pytest.raises(ConfigurationError) as caught:
        client.rows("employee")
    assert "12018812345" not in caught.value.message
    assert "a@b.no" not in caught.value.message


def test_a_refusal_without_json_still_names_the_list(
    client: SimployerClient, mocked: responses.RequestsMock
) -> None:
    mocked.get(f"{BASE}/cost-center", status=404, body="<html>Not found</html>")
    with pytest.raises(ConfigurationError, match=r"“cost-center” \(404\)\.$"):
        client.rows("cost-center")
