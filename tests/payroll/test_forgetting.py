"""A link that leads to nobody, or to somebody else, is forgotten by a person and by nobody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry, Organisation, User
from payroll.decisions import NotNow, decide
from payroll.first_match import Group
from payroll.forgetting import Doubt, LookFirst, doubt_about, forget_link
from payroll.judgement import outdated
from payroll.models import EmployeeLink, Integration, MatchDecision, SyncRun
from payroll.records import Employee, TargetEmployee

from .people import PICK_LISTS, in_payroll, person
from .readings import keep_reading
from .views.scenes import make_integration, make_run

pytestmark = pytest.mark.django_db
NOW = timezone.now()
KARI = person("1001")
OLA = person("1002", first_name="Ola", last_name="Hansen", birth_date=date(1970, 5, 5))


@pytest.fixture
def integration() -> Integration:
    organisation = Organisation.objects.create(name="Fjordkraft Demo AS", addon_since=NOW)
    return make_integration(organisation)


@pytest.fixture
def user() -> User:
    return User.objects.create_user("hr@fjordkraft.example")


def read(
    integration: Integration, people: Sequence[Employee], there: Sequence[TargetEmployee] = ()
) -> None:
    """Both systems read anew: this is who is there now."""
    keep_reading(integration, people, NOW, there, PICK_LISTS)


def linked(integration: Integration, employee: Employee, target_id: str) -> EmployeeLink:
    return EmployeeLink.objects.create(
        integration=integration,
        source_id=employee.id,
        target_id=target_id,
        baseline={"email": ["a", "a"]},
    )


def groups(doubt: Doubt) -> list[Group]:
    return [row.group for row in doubt.after]


def test_a_link_to_somebody_whom_payroll_no_longer_shows_is_forgotten_once_it_was_looked_for(
    integration: Integration, user: User
) -> None:
    read(integration, [KARI])
    linked(integration, KARI, "t9")
    doubt = doubt_about(integration, KARI.id, NOW)
    assert (doubt.may_create, groups(doubt), doubt.there) == (True, [Group.ONLY_HR], None)
    with pytest.raises(LookFirst):
        forget_link(integration.pk, KARI.id, user, NOW, looked=False)
    assert integration.links.exists()
    forget_link(integration.pk, KARI.id, user, NOW, looked=True)
    assert not integration.links.exists()


def test_a_preview_is_out_of_date_once_a_link_is_forgotten(
    integration: Integration, user: User
) -> None:
    read(integration, [KARI], [in_payroll(KARI)])
    linked(integration, KARI, "t9")
    preview = make_run(integration, preview=True, queued_at=NOW - timedelta(minutes=1))
    assert not outdated(preview)
    forget_link(integration.pk, KARI.id, user, NOW, looked=False)
    assert outdated(SyncRun.objects.get(pk=preview.pk))


def test_who_stands_in_payroll_under_the_number_is_found_anew(
    integration: Integration, user: User
) -> None:
    read(integration, [KARI], [in_payroll(KARI)])
    linked(integration, KARI, "t9")
    doubt = doubt_about(integration, KARI.id, NOW)
    assert (doubt.may_create, groups(doubt)) == (False, [Group.NUMBER])
    forget_link(integration.pk, KARI.id, user, NOW, looked=False)
    assert not integration.links.exists()


def test_whoever_may_be_the_person_is_asked_about_before_anybody_is_created(
    integration: Integration,
) -> None:
    read(integration, [KARI], [in_payroll(KARI, code="2001")])
    linked(integration, KARI, "t9")
    doubt = doubt_about(integration, KARI.id, NOW)
    assert (doubt.may_create, groups(doubt)) == (False, [Group.PROBABLE])


def test_a_link_to_another_human_is_forgotten_with_the_word_that_made_it(
    integration: Integration, user: User
) -> None:
    read(integration, [KARI], [in_payroll(KARI, code="2001")])
    decide(integration.pk, ["e1001|te1001"], user, NOW, same=True)
    read(integration, [KARI], [in_payroll(OLA), in_payroll(KARI)])
    EmployeeLink.objects.update(target_id="te1002")
    MatchDecision.objects.update(target_id="te1002")
    doubt = doubt_about(integration, KARI.id, NOW)
    assert doubt.there == in_payroll(OLA)
    forget_link(integration.pk, KARI.id, user, NOW, looked=False)
    assert not MatchDecision.objects.exists()


def test_the_link_that_is_false_is_not_of_whoever_waits_for_the_id(
    integration: Integration, user: User
) -> None:
    read(integration, [KARI, OLA], [in_payroll(KARI)])
    linked(integration, OLA, "te1001")
    doubt = doubt_about(integration, KARI.id, NOW)
    assert (doubt.told.employee, doubt.owner, doubt.link.source_id) == (KARI, OLA, "e1002")
    assert dict(zip([OLA.id, KARI.id], groups(doubt), strict=True)) == {
        "e1002": Group.ONLY_HR,
        "e1001": Group.NUMBER,
    }
    forget_link(integration.pk, KARI.id, user, NOW, looked=True)
    assert not integration.links.exists()


def test_a_link_that_nobody_doubts_stays(integration: Integration, user: User) -> None:
    read(integration, [KARI], [in_payroll(KARI)])
    linked(integration, KARI, "te1001")
    for who in (KARI.id, "nobody", ""):
        with pytest.raises(NotNow, match="does not wait because of a link"):
            forget_link(integration.pk, who, user, NOW, looked=True)
    assert integration.links.exists()


@pytest.mark.parametrize("columns", [{"planned_at": NOW}, {"finished_at": NOW}])
def test_a_reading_older_than_a_sync_says_nothing_of_a_link(
    integration: Integration, user: User, columns: dict[str, object]
) -> None:
    read(integration, [KARI])
    linked(integration, KARI, "t9")
    later = {key: NOW + timedelta(seconds=1) for key in columns}
    make_run(integration, **later)
    with pytest.raises(NotNow, match="read people again"):
        forget_link(integration.pk, KARI.id, user, NOW, looked=True)
    assert integration.links.exists()


def test_without_a_reading_nothing_is_forgotten(integration: Integration, user: User) -> None:
    linked(integration, KARI, "t9")
    with pytest.raises(NotNow, match="read people again"):
        forget_link(integration.pk, KARI.id, user, NOW, looked=True)


@pytest.mark.parametrize("status", SyncRun.ACTIVE)
def test_nothing_is_forgotten_while_a_run_is_under_way(
    integration: Integration, user: User, status: str
) -> None:
    read(integration, [KARI])
    linked(integration, KARI, "t9")
    make_run(integration, status=status, finished_at=None)
    with pytest.raises(NotNow, match="under way"):
        forget_link(integration.pk, KARI.id, user, NOW, looked=True)
    assert integration.links.exists()


def test_a_run_that_begins_meanwhile_keeps_the_link(integration: Integration, user: User) -> None:
    read(integration, [KARI])
    linked(integration, KARI, "t9")

    def begins(execute: Any, sql: str, *rest: Any) -> Any:
        if sql.startswith('DELETE FROM "payroll_employeelink"'):
            make_run(integration, status="queued", finished_at=None)
        return execute(sql, *rest)

    with connection.execute_wrapper(begins), pytest.raises(NotNow, match="under way"):
        forget_link(integration.pk, KARI.id, user, NOW, looked=True)
    assert integration.links.exists()
    assert not AuditEntry.objects.exists()


def test_the_audit_log_says_who_forgot_what_in_numbers_and_ids(
    integration: Integration, user: User
) -> None:
    read(integration, [KARI, OLA], [in_payroll(KARI)])
    linked(integration, OLA, "te1001")
    forget_link(integration.pk, KARI.id, user, NOW, looked=True)
    entry = AuditEntry.objects.get(action=AuditEntry.Action.LINK_FORGOTTEN)
    assert (entry.user, entry.subject) == (user, integration.label)
    assert entry.before == {
        "source_id": "e1002",
        "target_id": "te1001",
        "number_in_hr": "1002",
        "number_in_payroll": "1001",
    }
    assert entry.after == {"looked_in_payroll": True}
