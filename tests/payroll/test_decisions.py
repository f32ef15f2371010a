"""A person's word on who is who: checked against the newest reading, never stored twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry, Organisation, User
from payroll.decisions import Answer, NotNow, decide, take_back
from payroll.judgement import outdated
from payroll.models import EmployeeLink, Integration, MatchDecision, SyncRun
from payroll.records import Employee, TargetEmployee
from tests.faults.threads import together

from .people import NATIONAL_ID, PICK_LISTS, in_payroll, person
from .readings import keep_reading
from .views.scenes import make_change, make_integration, make_run

pytestmark = pytest.mark.django_db
NOW = timezone.now()
KARI, OLA = person("1001"), person("1002", first_name="Ola", last_name="Hansen")
KEY, OLAS_KEY = "e1001|te1001", "e1002|te1002"


@pytest.fixture
def integration() -> Integration:
    organisation = Organisation.objects.create(name="Fjordkraft Demo AS", addon_since=NOW)
    made = make_integration(organisation)
    read(made, [KARI, OLA], [in_payroll(KARI, code="2001"), in_payroll(OLA, code="2002")])
    return made


@pytest.fixture
def user() -> User:
    return User.objects.create_user("hr@fjordkraft.example")


def read(
    integration: Integration, people: Sequence[Employee], there: Sequence[TargetEmployee]
) -> None:
    """Both systems read anew: this is who is there now."""
    keep_reading(integration, people, NOW, there, PICK_LISTS)


def said(answers: Sequence[Answer]) -> list[bool]:
    return [answer.done for answer in answers]


def test_the_same_person_is_linked_with_nothing_sent_yet(
    integration: Integration, user: User
) -> None:
    [answer] = decide(integration.pk, [KEY], user, NOW, same=True)
    assert answer.words == ("Employee number 1001 is linked to 2001 in payroll. Nothing was sent.")
    link = integration.links.get()
    assert (link.source_id, link.target_id, link.baseline) == ("e1001", "te1001", {})
    assert MatchDecision.objects.get().same


def test_different_people_are_kept_apart_without_a_link(
    integration: Integration, user: User
) -> None:
    assert said(decide(integration.pk, [KEY], user, NOW, same=False)) == [True]
    assert not integration.links.exists()
    assert not MatchDecision.objects.get().same


def test_several_are_linked_at_once(integration: Integration, user: User) -> None:
    answers = decide(integration.pk, [KEY, OLAS_KEY, KEY, "no|pair"], user, NOW, same=True)
    assert said(answers) == [True, True, False]
    assert integration.links.count() == 2


@pytest.mark.parametrize("again", [True, False])
def test_a_second_decision_about_the_pair_changes_nothing_and_says_so(
    integration: Integration, user: User, again: bool
) -> None:
    decide(integration.pk, [KEY], user, NOW, same=True)
    [answer] = decide(integration.pk, [KEY], user, NOW, same=again)
    assert not answer.done
    assert "said to be the same person" in answer.words
    assert (integration.links.count(), MatchDecision.objects.count()) == (1, 1)
    assert AuditEntry.objects.count() == 1


def test_one_in_payroll_is_linked_to_one_person(integration: Integration, user: User) -> None:
    twin = person("1003", email="kari.1001@fjordkraft.test")
    twin = replace(twin, active=True)
    read(integration, [KARI, twin], [in_payroll(KARI, code="2001")])
    answers = decide(integration.pk, [KEY, "e1003|te1001"], user, NOW, same=True)
    assert said(answers) == [True, False]
    assert "has one link" in answers[1].words
    assert integration.links.count() == 1


def test_one_person_is_linked_to_one_in_payroll(integration: Integration, user: User) -> None:
    there = in_payroll(KARI, code="2001")
    other = replace(there, id="t2", identity=replace(there.identity, number="2009"))
    read(integration, [KARI], [there, other])
    answers = decide(integration.pk, [KEY, "e1001|t2"], user, NOW, same=True)
    assert said(answers) == [True, False]


def test_what_the_newest_reading_no_longer_shows_is_not_decided(
    integration: Integration, user: User
) -> None:
    read(integration, [OLA], [in_payroll(OLA)])
    [answer] = decide(integration.pk, [KEY], user, NOW, same=True)
    assert "no longer a probable match" in answer.words
    assert not integration.links.exists()


def test_one_national_id_is_not_kept_apart(integration: Integration, user: User) -> None:
    kari = person(national_id=NATIONAL_ID)
    read(integration, [kari], [in_payroll(kari, code="2001")])
    [answer] = decide(integration.pk, [KEY], user, NOW, same=False)
    assert "same national id" in answer.words
    assert not MatchDecision.objects.exists()


def test_a_person_of_another_integration_is_not_linked(
    integration: Integration, user: User
) -> None:
    other = make_integration(integration.organisation, "Xledger Sverige")
    EmployeeLink.objects.create(integration=other, source_id="x", target_id="te1001")
    [answer] = decide(integration.pk, [KEY], user, NOW, same=True)
    assert "Xledger Sverige" in answer.words
    assert not integration.links.exists()


@pytest.mark.parametrize("status", SyncRun.ACTIVE)
def test_nothing_is_decided_while_a_run_is_under_way(
    integration: Integration, user: User, status: str
) -> None:
    decide(integration.pk, [KEY], user, NOW, same=True)
    make_run(integration, status=status, finished_at=None)
    with pytest.raises(NotNow, match="under way"):
        decide(integration.pk, [OLAS_KEY], user, NOW, same=True)
    with pytest.raises(NotNow, match="under way"):
        take_back(integration.pk, KEY, user, NOW)
    assert integration.links.count() == 1


def test_nothing_is_decided_on_people_read_too_long_ago(
    integration: Integration, user: User
) -> None:
    with pytest.raises(NotNow, match="read people again"):
        decide(integration.pk, [KEY], user, NOW + timedelta(days=2), same=True)


@pytest.mark.parametrize("same", [True, False])
def test_a_decision_is_taken_back_once(integration: Integration, user: User, same: bool) -> None:
    decide(integration.pk, [KEY], user, NOW, same=same)
    assert take_back(integration.pk, KEY, user, NOW).done
    assert not take_back(integration.pk, KEY, user, NOW).done
    assert not integration.links.exists()
    assert not MatchDecision.objects.exists()
    assert said(decide(integration.pk, [KEY], user, NOW, same=True)) == [True]


def test_a_preview_is_out_of_date_after_a_decision_and_after_it_was_taken_back(
    integration: Integration, user: User
) -> None:
    def is_outdated() -> bool:
        return outdated(make_run(Integration.objects.get(), preview=True, queued_at=NOW))

    moments = [NOW + timedelta(minutes=each) for each in (1, 2)]
    decide(integration.pk, ["nobody"], user, moments[0], same=True)
    assert not is_outdated()
    decide(integration.pk, [KEY], user, moments[0], same=True)
    assert is_outdated()
    Integration.objects.update(matched_at=None)
    take_back(integration.pk, KEY, user, moments[1])
    assert is_outdated()


def test_a_link_over_which_something_was_sent_stays(integration: Integration, user: User) -> None:
    decide(integration.pk, [KEY], user, NOW, same=True)
    link = integration.links.get()
    link.baseline = {"email": ["a", "a"]}
    link.save()
    answer = take_back(integration.pk, KEY, user, NOW)
    assert "something has been sent" in answer.words
    assert integration.links.exists()


def test_a_pair_whose_link_is_gone_can_be_linked_again(
    integration: Integration, user: User
) -> None:
    decide(integration.pk, [KEY], user, NOW, same=True)
    integration.links.all().delete()
    assert said(decide(integration.pk, [KEY], user, NOW, same=True)) == [True]
    assert MatchDecision.objects.count() == 1


def test_the_audit_log_holds_numbers_and_ids_and_no_names(
    integration: Integration, user: User
) -> None:
    decide(integration.pk, [KEY], user, NOW, same=True)
    take_back(integration.pk, KEY, user, NOW)
    decide(integration.pk, [KEY], user, NOW, same=False)
    entries = list(AuditEntry.objects.order_by("pk"))
    actions = AuditEntry.Action
    assert {entry.action for entry in entries} == {
        actions.MATCH_CONFIRMED,
        actions.MATCH_UNDONE,
        actions.MATCH_REJECTED,
    }
    assert {entry.subject for entry in entries} == {integration.label}
    told = " ".join(f"{entry.before}{entry.after}" for entry in entries)
    assert "2001" in told
    assert "Kari" not in told
    assert "Nordmann" not in told


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_the_same_moment_make_one_link(integration: Integration, user: User) -> None:
    def confirm() -> list[bool]:
        return said(decide(integration.pk, [KEY], user, NOW, same=True))

    assert sorted(together(confirm, times=2)) == [[False], [True]]
    assert (integration.links.count(), MatchDecision.objects.count()) == (1, 1)


def test_a_link_over_which_the_answer_was_lost_stays(integration: Integration, user: User) -> None:
    decide(integration.pk, [KEY], user, NOW, same=True)
    run = make_run(integration)
    make_change(
        run, source_id="e1001", target_id="te1001", outcome="unknown", sent_at=NOW, fields={}
    )
    assert "something has been sent" in take_back(integration.pk, KEY, user, NOW).words
    assert integration.links.exists()
