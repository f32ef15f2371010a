"""The step Fields says of a real person what a sync would do with their pay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client

from integration_hub.accounts.models import Membership, Role, User
from payroll.mapping import Mode
from payroll.models import FieldMapping
from payroll.pages.sample import SampleLine

from .dated_rows import later, offer
from .pay import send_pay, somebody
from .world import World, world


@pytest.fixture
def paid(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Everybody's pay stands in X-ledger."""
    monkeypatch.setattr("xledger.target.BURST_REQUESTS", 10_000)
    with world(employees=60) as made:
        made.xledger.switches.set({"burst_limit": None})
        send_pay(made)
        made.sync()
        yield made


@pytest.fixture
def client(paid: World) -> Client:
    """An admin's browser."""
    user = User.objects.create_user("hr@fjordkraft.example", "a long enough secret")
    organisation = paid.integration.organisation
    Membership.objects.create(user=user, organisation=organisation, role=Role.ADMIN)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def lines(client: Client, made: World, number: str) -> list[SampleLine]:
    """The three fields of pay on the step, as they were just read."""
    later(made)
    made.read_people()
    person = made.simployer.find("employee", employeeNumber=number)["id"]
    page = f"/settings/integrations/{made.integration.pk}/setup/fields/?person={person}"
    shown = {row.spec.key: row.sample for row in client.get(page).context["page"].sent}
    return [shown[key] for key in ("pay", "payElement", "payFrom")]


def verdicts(client: Client, made: World, number: str) -> list[str]:
    """What the step says of them."""
    return [line.verdict for line in lines(client, made, number)]


def test_pay_that_is_there_is_the_same_already(paid: World, client: Client) -> None:
    number, _ = somebody(paid)
    assert verdicts(client, paid, number) == ["The same already"] * 3


def test_a_raise_would_go_in_a_new_row(paid: World, client: Client) -> None:
    number, pay = somebody(paid)
    raised = {**pay, "id": f"{pay['id']}-raised", "amount": 61234.5, "baseAmount": 61234.5}
    paid.simployer.rows["compensation"].append(raised | {"effectiveDate": "2026-11-01"})
    person = paid.simployer.find("employee", employeeNumber=number)
    paid.simployer.store.edit("employee", person["id"], {"compensationId": raised["id"]})
    assert verdicts(client, paid, number)[::2] == ["Would be sent, in a new row"] * 2


def test_a_correction_would_be_sent_or_is_done_by_hand(paid: World, client: Client) -> None:
    number, pay = somebody(paid)
    pay["amount"] = pay["baseAmount"] = 43210.75
    same = ["The same already"] * 2
    assert verdicts(client, paid, number) == ["Would be sent", *same]
    offer(paid, "pay_rates")
    assert verdicts(client, paid, number) == ["Not sent: correct it by hand there", *same]


def test_pay_that_payroll_does_not_take_is_not_said_to_be_sent(paid: World, client: Client) -> None:
    number, _ = somebody(paid)
    offer(paid)
    assert verdicts(client, paid, number) == ["Not sent. The reason stands below"] * 3


def test_rows_that_were_not_read_are_not_guessed(paid: World, client: Client) -> None:
    number, _ = somebody(paid)
    paid.xledger.switches.set({"denied_fields": ["payrollRates"]})
    found = lines(client, paid, number)
    assert {line.verdict[:10] for line in found} == {"Not known:"}
    assert all(line.hidden for line in found), "they may well hold something"


def test_what_speaks_against_the_row_is_said(paid: World, client: Client) -> None:
    number, pay = somebody(paid)
    pay["currency"] = "EUR"
    assert all("Pay in HR is in EUR" in words for words in verdicts(client, paid, number))
    pay["currency"] = "NOK"
    FieldMapping.objects.filter(target="payElement").update(value_map={})
    amount, _, day = verdicts(client, paid, number)
    assert amount == day == "Not sent: a value that it needs is missing"


def test_pay_that_fills_only_blanks_leaves_a_row_alone(paid: World, client: Client) -> None:
    number, pay = somebody(paid)
    pay["amount"] = pay["baseAmount"] = 43210.75
    FieldMapping.objects.filter(target="pay").update(mode=Mode.IF_EMPTY)
    assert verdicts(client, paid, number) == ["Not sent: not empty there"] * 3
