"""A run says which configuration it used, and what was changed since the run before."""

from __future__ import annotations

from datetime import datetime

from payroll import configuration
from payroll.pages.run_facts import run_facts
from payroll.runs import open_run
from payroll.sync import run_sync
from tests.journeys.world import NOW, World, document, fresh_tokens


def configuration_of(customer: World) -> str:
    """What the page of a new run says about its configuration."""
    customer.integration.refresh_from_db()
    facts = {fact.label: fact.value for fact in run_facts(customer.run())}
    return facts["Configuration"]


def change(**changes: object) -> None:
    """A new configuration, with new tokens as ever."""
    configuration.store(configuration.parse(document(**changes), fresh_tokens()), NOW)


def test_a_run_names_its_configuration_and_what_changed(small: World) -> None:
    assert configuration_of(small).startswith("Version 1 of Mon 23 Nov 2026")
    assert "changed" not in configuration_of(small)

    small.now = small.now.replace(hour=10)
    change(scope={"future_days": 10}, schedule={"days": ["fri"]})
    assert configuration_of(small).endswith("changed since the run before: scope and schedule")

    small.now = small.now.replace(hour=11)
    change(scope={"future_days": 10}, schedule={"days": ["fri"]})
    assert configuration_of(small).endswith("changed since the run before: access tokens")


def test_who_is_taken_out_while_a_run_reads_is_not_sent(small: World) -> None:
    run, _ = open_run(small.integration, small.now)
    seen = iter(range(3))

    def clock() -> datetime:
        if next(seen, None) == 2:  # both systems are being read
            change(scope={"companies": ["nowhere"]})
        return small.now

    run_sync(run, clock, sleep=lambda seconds: None)
    run.refresh_from_db()
    assert run.status == run.Status.SUCCEEDED, run.error
    assert (run.in_scope, run.changes.filter(sent_at__isnull=False).count()) == (0, 0)
    assert run.config_version == 2
