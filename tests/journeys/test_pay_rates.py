"""Pay as rows of X-ledger's pay rates: once for each day, corrected in place, never guessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal

import pytest

from payroll.models import Change, FieldMapping, SyncRun
from payroll.pages.change_rows import person_rows
from payroll.records import Outcome, Subject

from .dated_rows import codes, later, offer
from .pay import BOTH, ELEMENTS, linked_pay, rates, send_pay, somebody, twice
from .world import NOW, World, world

LOST = ["drop_after", "truncated", "500", "html"]


@pytest.fixture
def paid(transactional_db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """Few people and every awkward case; pay goes to pay rates, which X-ledger takes."""
    monkeypatch.setattr("xledger.target.BURST_REQUESTS", 10_000)  # no waits: that is no matter here
    with world(employees=60) as made:
        made.xledger.switches.set({"burst_limit": None})
        send_pay(made)
        yield made


def test_pay_goes_with_its_period_and_its_day(paid: World) -> None:
    assert paid.sync()["status"] in {"succeeded", "with_problems"}
    assert len(paid.xledger.pay_rates) > 40
    assert {row["rateElement"] for row in paid.xledger.pay_rates} >= {"100", "200"}
    for number, pay in linked_pay(paid).items():
        element = ELEMENTS[pay["payoutPeriod"]]
        wanted = (element, Decimal(str(pay["amount"])), pay["effectiveDate"])
        assert rates(paid, number) in ([wanted], [])
    assert not twice(paid)


def test_a_second_run_makes_no_change(paid: World) -> None:
    paid.sync()
    before = paid.xledger.pay_rates
    later(paid)
    second = paid.sync()
    assert second["created"] == second["updated"] == second["ended"] == 0
    assert paid.xledger.pay_rates == before


def test_a_raise_is_a_new_row_and_the_old_one_stays(paid: World) -> None:
    paid.sync()
    number, pay = somebody(paid)
    raised = {**pay, "id": f"{pay['id']}-raised", "amount": 61234.5, "baseAmount": 61234.5}
    paid.simployer.rows["compensation"].append(raised | {"effectiveDate": "2026-11-01"})
    person = paid.simployer.find("employee", employeeNumber=number)
    paid.simployer.store.edit("employee", person["id"], {"compensationId": raised["id"]})
    later(paid)
    assert paid.sync()["updated"] == 1
    [old, new] = rates(paid, number)
    assert new == ("100", Decimal("61234.5"), "2026-11-01")
    assert old[2] == pay["effectiveDate"]
    [change] = Change.objects.filter(run=SyncRun.objects.latest("queued_at"), sendable=True)
    entry = change.details["fields"]["pay"]
    assert (Decimal(entry["before"]), entry["drifted"]) == (Decimal(str(pay["amount"])), False)
    assert change.retroactive is False
    later(paid)
    assert paid.sync()["updated"] == 0


def test_pay_of_a_later_day_waits_for_it(paid: World) -> None:
    paid.sync()
    number, pay = somebody(paid)
    raised = {**pay, "id": f"{pay['id']}-raised", "amount": 70000, "effectiveDate": "2026-12-01"}
    paid.simployer.rows["compensation"].append(raised)
    later(paid)
    assert paid.sync()["updated"] == 0
    waiting = SyncRun.objects.latest("queued_at").upcoming.filter(kind="pay")
    assert any(row.goes_on == date(2026, 12, 1) for row in waiting)
    paid.now = NOW.replace(month=12, day=1)
    assert paid.sync()["updated"] >= 1
    assert rates(paid, number)[-1] == ("100", Decimal(70000), "2026-12-01")


def test_a_correction_changes_the_row_of_that_day(paid: World) -> None:
    paid.sync()
    number, pay = somebody(paid)
    pay["amount"] = pay["baseAmount"] = 43210.75
    later(paid)
    assert paid.sync()["updated"] == 1
    assert rates(paid, number) == [("100", Decimal("43210.75"), pay["effectiveDate"])]
    later(paid)
    assert paid.sync()["updated"] == 0


def test_an_edit_in_payroll_is_told_and_set_right(paid: World) -> None:
    paid.sync()
    number, pay = somebody(paid)
    row = next(r for r in paid.xledger.pay_rates if r["employee"] == number)
    paid.xledger.store.update("payroll_rates", row["dbId"], {"rate": "1.0000"})
    later(paid)
    assert paid.sync()["updated"] == 1
    assert rates(paid, number)[0][1] == Decimal(str(pay["amount"]))
    [change] = Change.objects.filter(run=SyncRun.objects.latest("queued_at"), sendable=True)
    assert change.details["fields"]["pay"]["drifted"]


def test_where_rows_can_only_be_added_a_correction_is_done_by_hand(paid: World) -> None:
    offer(paid, "pay_rates")
    paid.sync()
    number, pay = somebody(paid)
    before = rates(paid, number)
    pay["amount"] = pay["baseAmount"] = 43210.75
    later(paid)
    result = paid.sync()
    assert "correct_by_hand" in codes(result)
    assert rates(paid, number) == before


@pytest.mark.parametrize(
    ("offers", "renamed"), [((), ()), (("pay_rates",), ("rate",)), (BOTH, ("rateElement",))]
)
def test_what_payroll_does_not_take_is_said_once_and_everything_else_goes(
    paid: World, offers: tuple[str, ...], renamed: tuple[str, ...]
) -> None:
    offer(paid, *offers, renamed_fields=list(renamed))
    result = paid.sync()
    assert result["created"] > 0
    assert paid.xledger.pay_rates == []
    [sentence] = SyncRun.objects.latest("queued_at").withheld
    assert "offers no write" in sentence
    assert not any(row["code"].startswith("row_") for row in result["problems"])


def test_a_write_that_is_gone_since_the_test_costs_only_the_pay(paid: World) -> None:
    paid.xledger.switches.set({"offers": []})
    result = paid.sync()
    assert result["created"] > 0
    assert "row_not_sent" in codes(result)
    assert result["status"] != "failed"
    paid.integration.refresh_from_db()
    assert paid.integration.state == "active"
    offer(paid, *BOTH)
    later(paid)
    paid.sync()
    assert len(paid.xledger.pay_rates) > 40
    assert not twice(paid)


def test_rows_that_may_not_be_read_are_not_written(paid: World) -> None:
    paid.xledger.switches.set({"denied_fields": ["payrollRates"]})
    result = paid.sync()
    assert result["created"] > 0
    assert paid.xledger.pay_rates == []
    assert "could not be read" in SyncRun.objects.latest("queued_at").withheld[0]


def test_a_period_without_a_rate_element_is_told_and_not_sent(paid: World) -> None:
    FieldMapping.objects.filter(target="payElement").update(value_map={"MONTHLY": "100"})
    result = paid.sync()
    assert {row["rateElement"] for row in paid.xledger.pay_rates} == {"100"}
    assert codes(result) & {"list_unreadable", "unmapped_value"}


def test_pay_in_another_currency_is_told_and_not_converted(paid: World) -> None:
    paid.sync(preview=True)
    paid.sync()
    number, pay = somebody(paid)
    before = rates(paid, number)
    pay["currency"], pay["amount"], pay["baseAmount"] = "EUR", 5000, 5000
    later(paid)
    assert "other_currency" in codes(paid.sync())
    assert rates(paid, number) == before


def test_a_second_rate_element_is_not_added_beside_one_that_still_counts(paid: World) -> None:
    paid.sync()
    number, pay = somebody(paid)
    pay["payoutPeriod"], pay["amount"], pay["baseAmount"] = "HOURLY", 250, 250
    later(paid)
    assert "other_row_open" in codes(paid.sync())
    assert [row[0] for row in rates(paid, number)] == ["100"]


def test_a_refused_row_costs_only_that_persons_pay(paid: World) -> None:
    paid.sync(preview=True)
    number = Change.objects.filter(kind="create", sendable=True)[0].employee_number
    paid.xledger.faults.add(
        "bad_row", code=number, root="addPayrollRates", path="rate", ext_code="INVALID_VALUE"
    )
    result = paid.sync()
    assert paid.xledger.by_code(number)
    assert rates(paid, number) == []
    assert "row_refused" in codes(result)
    assert len(paid.xledger.pay_rates) > 40
    paid.xledger.faults.clear()
    later(paid)
    paid.sync()
    assert len(rates(paid, number)) == 1
    assert not twice(paid)


@pytest.mark.parametrize("fault", LOST)
def test_rows_that_were_added_without_an_answer_are_verified(paid: World, fault: str) -> None:
    paid.xledger.faults.add(fault, when="mutation", root="addPayrollRates", commit=True)
    paid.sync()
    count = len(paid.xledger.pay_rates)
    assert count > 0
    for _ in range(2):
        later(paid, 700)
        paid.sync()
        assert not twice(paid)
    later(paid)
    assert paid.sync()["updated"] == 0


def test_rows_whose_answer_was_lost_are_not_sent_again_at_once(paid: World) -> None:
    paid.xledger.faults.add("500", when="mutation", root="addPayrollRates", commit=False)
    paid.sync()
    assert paid.xledger.pay_rates == []
    later(paid, 300)
    assert "row_in_doubt" in codes(paid.sync())
    assert paid.xledger.pay_rates == []
    later(paid, 400)
    paid.sync()
    assert len(paid.xledger.pay_rates) > 40
    assert not twice(paid)


def test_rows_that_appear_a_minute_later_are_not_added_twice(paid: World) -> None:
    began = paid.xledger.clock()
    paid.xledger.faults.add("delayed_commit", when="mutation", root="addPayrollRates", seconds=60)
    paid.sync()
    later(paid, 30)
    paid.sync()
    paid.xledger.clock = lambda: began + timedelta(seconds=120)
    later(paid, 700)
    paid.sync()
    assert len(paid.xledger.pay_rates) > 40
    assert not twice(paid)


def by_hand(made: World, change: Change, rate: str) -> None:
    """Somebody adds in payroll the row that the change is about to add."""
    fields = change.details["fields"]
    elements = made.xledger.store.tables["object_values"].values()
    made.xledger.store.insert(
        "payroll_rates",
        {
            "employeeDbId": made.xledger.by_code(change.employee_number)["dbId"],
            "rateElementDbId": next(
                row["dbId"] for row in elements if row["code"] == fields["payElement"]["after"]
            ),
            "rate": rate,
            "dateFrom": fields["payFrom"]["after"],
        },
    )


@pytest.mark.parametrize("same", [True, False])
def test_a_row_that_somebody_adds_after_the_plan_is_left_as_it_is(paid: World, same: bool) -> None:
    plan = paid.run(preview=True)
    updates = plan.changes.filter(kind="update", sendable=True)
    change = next(row for row in updates if "pay" in row.details["fields"])
    rate = change.details["fields"]["pay"]["after"] if same else "1.0000"
    paid.xledger.sleep = lambda seconds: by_hand(paid, change, rate)
    paid.xledger.faults.add("slow", root="addEmployees")
    assert ("row_changed" in codes(paid.sync())) is not same
    assert [row[1] for row in rates(paid, change.employee_number)] == [Decimal(rate)]
    assert len(paid.xledger.pay_rates) > 40


def test_a_batch_of_which_a_part_was_taken_is_not_sent_twice(paid: World) -> None:
    paid.xledger.switches.set({"batch": "partial"})
    paid.sync(preview=True)
    number = Change.objects.filter(kind="create", sendable=True)[1].employee_number
    paid.xledger.faults.add(
        "bad_row", code=number, root="addPayrollRates", path="rate", ext_code="INVALID_VALUE"
    )
    paid.sync()
    assert len(paid.xledger.pay_rates) > 40
    assert not twice(paid)


def test_who_went_without_pay_is_told_where_the_run_stopped_before_it(paid: World) -> None:
    paid.xledger.faults.add("expired_token", when="mutation", root="addEmployees")
    run = paid.run()
    assert run.status == SyncRun.Status.FAILED
    applied = run.changes.filter(outcome=Outcome.APPLIED)
    without = [row for row in applied if "pay" in row.details["fields"]]
    assert without
    for row in without:
        told = [problem.code for problem in row.problems]
        assert (row.flagged, told.count("row_not_sent")) == (True, 1)
    assert not paid.xledger.pay_rates


def test_pay_can_wait_for_a_second_person_while_the_rest_goes(paid: World) -> None:
    paid.sync()
    number, pay = somebody(paid)
    before = rates(paid, number)
    paid.integration.set_waits([Subject.PAY], paid.now)
    paid.integration.save()
    pay["amount"] = pay["baseAmount"] = 43210.75
    later(paid)
    paid.sync()
    run = SyncRun.objects.latest("queued_at")
    [asked] = run.changes.filter(outcome=Outcome.TO_APPROVE)
    assert asked.employee_number == number
    assert rates(paid, number) == before


def test_the_amount_is_masked_for_who_may_not_see_it(paid: World) -> None:
    run = paid.run(preview=True)
    change = next(c for c in run.changes.all() if "pay" in c.details["fields"])
    amount = change.details["fields"]["pay"]["after"]
    assert amount not in str(person_rows([change], run, paid.integration.target, sees_people=False))
