"""Payroll gives an id anew, as a company set up afresh does: nobody is taken for somebody else."""

from __future__ import annotations

from datetime import timedelta

from payroll.models import EmployeeLink, SyncRun
from payroll.records import ChangeKind, Outcome
from tests.journeys.leavers import staying
from tests.journeys.world import World


def expect(customer: World) -> tuple[str, str]:
    """HR ids of a new person, and of somebody linked to the id that payroll will give to them.

    Everybody else new was created by a sync before.
    """
    row = customer.run(preview=True).changes.filter(kind=ChangeKind.CREATE).first()
    assert row
    customer.integration.scope = {"exclude": [row.employee_number]}
    customer.integration.save()
    customer.sync()
    customer.integration.scope = {}
    customer.integration.save()
    employees = customer.xledger.store.tables["employees"]
    other = customer.xledger.by_code(staying(customer)[0])
    del employees[other["dbId"]]
    link = customer.integration.links.get(target_id=other["dbId"])
    link.target_id = str(max(employees) + 1)
    link.save()
    return row.source_id, link.source_id


def held(run: SyncRun) -> dict[str, str]:
    """Why, by HR id."""
    return {row.source_id: row.problems[-1].code for row in run.changes.filter(outcome="held")}


def links(customer: World) -> dict[str, str]:
    found = EmployeeLink.objects.filter(integration=customer.integration).exclude(target_id="")
    return dict(found.values_list("source_id", "target_id"))


def test_who_gets_the_id_of_somebody_else_is_held_with_them_and_stops_nobody(
    customer: World,
) -> None:
    new, other = expect(customer)
    before = links(customer)
    number = customer.simployer.find("employee", employeeNumber=staying(customer)[0])
    customer.simployer.store.edit("employee", number["id"], {"lastName": "Nytt-Navn"})
    customer.now += timedelta(minutes=10)
    run = customer.run()
    assert (run.status, run.error) == (SyncRun.Status.WITH_PROBLEMS, "")
    assert held(run)[new] == "id_of_another"
    assert held(run)[other] == "gone_from_payroll"
    assert run.changes.filter(outcome=Outcome.APPLIED).get().source_id == number["id"]
    assert links(customer) == before

    created, sent = customer.xledger.employees, customer.xledger.store.version
    for _ in range(2):
        customer.now += timedelta(minutes=20)
        run = customer.run()
        assert (run.status, run.error) == (SyncRun.Status.WITH_PROBLEMS, "")
        assert held(run)[new] == "id_of_another"
        assert held(run)[other] == "linked_to_another"
    assert customer.xledger.store.version == sent
    assert customer.xledger.employees == created
    assert links(customer) == before
    assert not customer.integration.links.filter(target_id="").exists()


def test_the_lost_answer_to_such_a_create_ends_the_same_way(customer: World) -> None:
    new, other = expect(customer)
    customer.xledger.faults.add("drop_after", when="mutation", root="addEmployees", commit=True)
    customer.now += timedelta(minutes=10)
    run = customer.run()
    assert (run.status, run.error) == (SyncRun.Status.WITH_PROBLEMS, "")
    assert held(run)[new] == "id_of_another"
    assert other in held(run)
