"""The words for what a test found: long lists folded, offers told beside what is not sent."""

from __future__ import annotations

import pytest
from django.utils import timezone

from integration_hub.accounts.models import Organisation
from payroll.connection import Checked
from payroll.mapping import Mode
from payroll.models import ConnectionTest, FieldMapping, Integration
from payroll.pages.connection_result import SHORT, newest_test
from payroll.pages.field_table import field_table
from payroll.pages.setup_summary import setup_summary
from payroll.ports import ConnectionReport
from tests.payroll.views.scenes import make_integration

pytestmark = pytest.mark.django_db

POSITION_ROWS = (("employment_percent", "employmentPercent"), ("employment_start", "positionFrom"))


@pytest.fixture
def integration() -> Integration:
    return make_integration(Organisation.objects.create(name="Fjordkraft Demo AS"))


def store(
    integration: Integration,
    source: ConnectionReport | None = None,
    target: ConnectionReport | None = None,
) -> None:
    """A test that found this; None stands for a side that could not be read."""
    ConnectionTest.objects.create(
        integration=integration,
        at=timezone.now(),
        source=Checked(source, "" if source else "It is down.").as_json(),
        target=Checked(target, "" if target else "It is down.").as_json(),
    )


def reason(integration: Integration, label: str) -> str:
    table = field_table(integration)
    notes = {each.label: each.note for each in table.other_ways}
    notes |= {each.label: each.note for each in table.not_sent}
    return notes[label]


def test_what_was_stored_reads_back_equal() -> None:
    report = ConnectionReport(("Nordlys AS",), ("Pay",), ("People",), {"positions": True})
    for checked in (Checked(report), Checked(ConnectionReport()), Checked(None, "It is down.")):
        assert Checked.from_json(checked.as_json()) == checked


def test_without_a_test_nothing_is_shown(integration: Integration) -> None:
    assert newest_test(integration) is None


def test_a_side_stands_as_its_worst(integration: Integration) -> None:
    store(integration, ConnectionReport(missing=("Offices",)))
    tested = newest_test(integration)
    assert tested is not None
    assert [side.verdict for side in tested.sides] == ["Something is missing", "Does not work"]
    assert [side.tone for side in tested.sides] == ["warn", "bad"]


def test_what_is_missing_for_time_off_alone_leaves_a_side_that_works(
    integration: Integration,
) -> None:
    leaves = ConnectionReport(beside=("Leaves",))
    store(integration, leaves, ConnectionReport(missing=("Pay",), beside=("Absences",)))
    tested = newest_test(integration)
    assert tested is not None
    assert [side.verdict for side in tested.sides] == [
        "Works for employees",
        "Something is missing",
    ]
    assert {side.tone for side in tested.sides} == {"warn"}
    assert tested.source.checked.report == leaves


def test_a_long_list_is_folded_after_its_first_lines(integration: Integration) -> None:
    names = tuple(f"Nordlys {number} AS" for number in range(SHORT + 3))
    store(integration, ConnectionReport(seen=names))
    tested = newest_test(integration)
    assert tested is not None
    assert tested.source.seen == names[:SHORT]
    assert tested.source.seen_more == names[SHORT:]


def test_the_field_table_tells_why_what_is_mapped_does_not_go(integration: Integration) -> None:
    for position, (source, key) in enumerate(POSITION_ROWS, start=90):
        FieldMapping.objects.create(
            integration=integration, position=position, source=source, target=key
        )
    assert "no connection test has shown yet" in reason(integration, "Part-time percent")
    store(integration, target=ConnectionReport(capabilities={"positions": False}))
    assert "offers no write of them" in reason(integration, "Part-time percent")
    ConnectionTest.objects.all().delete()
    store(integration, target=ConnectionReport(capabilities={"positions": True}))
    assert "Employee positions are not sent" not in reason(integration, "Part-time percent")


def test_a_row_that_is_off_is_in_no_summary(integration: Integration) -> None:
    def pay() -> list[str]:
        [fields] = [s for s in setup_summary(integration, timezone.now()) if s.step.key == "fields"]
        return [line for line in fields.lines if line.startswith("Pay:")]

    row = FieldMapping.objects.create(
        integration=integration, position=99, source="pay_amount", target="value1"
    )
    [line] = pay()
    assert "Sent to Value 1 (Pay). Not sent with it: Pay period and Pay currency." in line
    row.mode = Mode.OFF
    row.save(update_fields=["mode"])
    assert not pay()
