"""Who failed or stayed unknown is tried first next time, and is told with age and attempts."""

from __future__ import annotations

from datetime import timedelta

import pytest
from pytest_django import Settings

from payroll.models import Trouble
from payroll.pages.trouble_rows import listed_troubles, tried_before, trouble_count, trouble_rows
from payroll.records import Outcome
from tests.journeys.world import World

DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _one_by_one(settings: Settings) -> None:
    settings.XLEDGER_BATCH_SIZE = 1


def failing(customer: World) -> dict[str, int]:
    return {
        each.source_id: each.attempts
        for each in customer.integration.troubles.filter(kind=Trouble.Kind.FAILED)
    }


def test_whose_turn_never_came_is_counted_each_day_and_goes_first_when_it_works_again(
    customer: World,
) -> None:
    customer.xledger.faults.add("expired_token", when="mutation", skip=3, times=None)
    first = customer.run()
    missed = set(first.changes.filter(outcome=Outcome.FAILED).values_list("source_id", flat=True))
    assert failing(customer) == dict.fromkeys(missed, 1)
    customer.now += 3 * DAY
    second = customer.run()
    assert set(failing(customer)) == missed
    assert set(failing(customer).values()) == {2}
    [row, *_] = trouble_rows(listed_troubles(customer.integration), sees_people=True)
    assert (row.failed, row.days) == (True, 3)
    assert "Not sent" in row.words[0]
    words = tried_before(second.changes.all(), second)
    assert set(words.values()) == {"Failed 2 times since 23 Nov 2026, for 3 days."}
    assert trouble_count(customer.integration).people == 0

    customer.xledger.faults.clear()
    customer.now += DAY
    third = customer.run()
    order = list(third.changes.order_by("position").values_list("source_id", flat=True))
    assert set(order[: len(missed)]) == missed
    assert failing(customer) == {}


def test_a_lost_answer_is_failing_until_the_person_is_found(customer: World) -> None:
    customer.xledger.faults.add("drop_before", when="mutation", root="addEmployees")
    first = customer.run()
    [unknown] = first.changes.filter(outcome=Outcome.UNKNOWN)
    assert failing(customer) == {unknown.source_id: 1}
    customer.now += DAY  # one full read does not find the person
    customer.run()
    assert unknown.source_id in failing(customer) or customer.xledger.with_code(
        unknown.employee_number
    )
    customer.now += DAY
    customer.run()
    assert failing(customer) == {}
    assert len(customer.xledger.with_code(unknown.employee_number)) == 1


def test_a_failure_does_not_blur_what_is_known_of_refusals(customer: World) -> None:
    number = customer.run(preview=True).changes.filter(kind="create")[0].employee_number
    faults = customer.xledger.faults
    faults.add("bad_row", code=number, message="no", ext_code="INVALID_VALUE")
    for _ in range(2):
        customer.run()
        customer.now += DAY
    faults.add("expired_token", when="mutation", times=1)
    customer.run()
    [trouble] = Trouble.objects.all()
    assert (trouble.kind, trouble.attempts) == (Trouble.Kind.REFUSED, 2)
    customer.now += DAY
    customer.run()
    [trouble] = Trouble.objects.all()
    assert (trouble.kind, trouble.attempts) == (Trouble.Kind.REFUSED, 3)
    assert trouble.quarantined_at is not None
