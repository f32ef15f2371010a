"""The step Who: nothing is saved before its consequences were seen."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from integration_hub.accounts.models import AuditEntry
from payroll.models import ConfigVersion, EmployeeLink, Integration, Snapshot
from payroll.records import Employee, Place
from tests.payroll.people import person
from tests.payroll.readings import keep_reading

from .scenes import make_integration, queries, text

IT, HR = Place("d-it", ("IT",)), Place("d-hr", ("HR",))
BOTH = {"departments": ["d-it", "d-hr"]}


def people() -> list[Employee]:
    return [
        *(person(f"{n}", placements={"department": IT}, first_name="Kari") for n in range(1, 4)),
        person("4", placements={"department": HR}, first_name="Åse", last_name="Strand"),
        person("", id="unnumbered", first_name="Per"),
    ]


@pytest.fixture
def read(integration: Integration) -> Integration:
    """The integration with a reading of five people, of whom one is linked."""
    keep_reading(integration, people(), timezone.now())
    EmployeeLink.objects.create(integration=integration, source_id="e4", target_id="t4")
    return integration


def step(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/setup/scope/"


def count(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/people/count/"


def entries(integration: Integration, **changes: Any) -> dict[str, Any]:
    """What the page sends."""
    integration.refresh_from_db()
    usual = {"version": integration.config_version, "future_days": 30, "leaver_days": 45}
    return usual | changes


def posted(client: Client, url: str, data: dict[str, Any]) -> str:
    return " ".join(client.post(url, data).content.decode().split())


def set_scope(integration: Integration, **scope: Any) -> None:
    Integration.objects.filter(pk=integration.pk).update(scope=scope)


def test_the_step_shows_places_with_their_people(alice: Client, read: Integration) -> None:
    page = text(alice, step(read))
    assert '<label class="form-check-label" for="id_departments_1">IT' in page
    assert "2 people have no department" not in page
    assert "1 person has no department" in page
    assert "<b>5</b> of 5" in page


def test_people_read_within_the_minute_are_shown_as_read_just_now(
    alice: Client, read: Integration
) -> None:
    assert "Shown as read just now: 5 people in" in text(alice, step(read))


def test_a_draft_saves_every_key_and_goes_on(alice: Client, read: Integration) -> None:
    Integration.objects.update(state=Integration.State.DRAFT)
    answer = alice.post(step(read), entries(read, departments=["d-it"]))
    assert answer["Location"].endswith("/setup/fields/")
    read.refresh_from_db()
    assert read.scope == {
        "companies": [],
        "departments": ["d-it"],
        "offices": [],
        "cost_centers": [],
        "employment_types": [],
        "include": [],
        "exclude": [],
        "future_days": 30,
        "leaver_days": 45,
        "permanent_full_time_only": False,
    }
    assert read.scope_labels == {"d-it": "IT"}


def test_the_count_follows_the_entries_and_saves_nothing(alice: Client, read: Integration) -> None:
    fragment = posted(alice, count(read), entries(read, departments=["d-it"]))
    assert "<b>3</b> of 5" in fragment
    assert "2 people drop out" in fragment
    assert "1 of them is already linked to payroll" in fragment
    assert "4 Åse Strand" in fragment
    read.refresh_from_db()
    assert (read.scope, read.config_version) == ({}, 1)


def test_without_scripts_a_button_shows_the_count_and_saves_nothing(
    alice: Client, read: Integration
) -> None:
    page = posted(alice, step(read), entries(read, departments=["d-it"], show="1"))
    assert "<b>3</b> of 5" in page
    assert 'value="d-it" id="id_departments_1" checked' in page
    assert "Nothing was saved yet" not in page
    read.refresh_from_db()
    assert read.scope == {}


def test_nobody_drops_out_before_that_was_confirmed(alice: Client, read: Integration) -> None:
    data = entries(read, departments=["d-it"])
    first = alice.post(step(read), data)
    page = " ".join(first.content.decode().split())
    assert "Save, 2 people drop out" in page
    assert "4 Åse Strand" in page
    read.refresh_from_db()
    assert read.scope == {}

    mark = first.context["preview"].mark
    assert alice.post(step(read), data | {"confirmed": mark}).status_code == 302
    read.refresh_from_db()
    assert read.scope["departments"] == ["d-it"]
    assert read.links.count() == 1


def test_a_confirmation_holds_only_for_the_people_it_named(
    alice: Client, read: Integration
) -> None:
    mark = alice.post(step(read), entries(read, departments=["d-it"])).context["preview"].mark
    page = posted(alice, step(read), entries(read, departments=["d-hr"], confirmed=mark))
    assert "Save, 4 people drop out" in page
    read.refresh_from_db()
    assert read.scope == {}


def test_a_change_by_which_nobody_drops_out_is_saved_at_once(
    alice: Client, read: Integration
) -> None:
    set_scope(read, departments=["d-it"])
    assert alice.post(step(read), entries(read, **BOTH)).status_code == 302


def test_a_scope_of_nobody_is_confirmed_also_in_a_draft(alice: Client, read: Integration) -> None:
    Integration.objects.update(state=Integration.State.DRAFT)
    data = entries(read, departments=["d-it"], exclude="1\n2\n3")
    answer = alice.post(step(read), data)
    assert "Nobody is in scope" in answer.content.decode()
    again = data | {"confirmed": answer.context["preview"].mark}
    assert alice.post(step(read), again).status_code == 302


def test_an_unknown_number_is_told_before_it_is_saved(alice: Client, read: Integration) -> None:
    data = entries(read, include="1, 999")
    answer = alice.post(step(read), data)
    assert "HR knows nobody by 999" in answer.content.decode()
    alice.post(step(read), data | {"confirmed": answer.context["preview"].mark})
    read.refresh_from_db()
    assert read.scope["include"] == ["1", "999"]
    assert "nobody in HR has this number" in text(alice, step(read))
    assert alice.post(step(read), entries(read, include="1, 999")).status_code == 302


def test_a_person_is_kept_by_number_and_by_id_only_without_one(
    alice: Client, read: Integration
) -> None:
    alice.post(step(read), entries(read, include="e4; unnumbered"))
    read.refresh_from_db()
    assert read.scope["include"] == ["4", "unnumbered"]


def test_a_search_finds_people_and_a_button_puts_them_in_a_list(
    alice: Client, read: Integration
) -> None:
    page = posted(alice, step(read), entries(read, find="strand", show="1"))
    assert 'name="take_in" value="4"' in page
    page = posted(alice, step(read), entries(read, include="1\n4", leave_out="4"))
    assert 'id="id_include"> 1</textarea>' in page
    assert 'id="id_exclude"> 4</textarea>' in page
    assert "Nobody in HR has “zzz”" in posted(
        alice, step(read), entries(read, find="zzz", show="1")
    )


def test_a_scope_by_name_ticks_and_means_the_same_once_saved(
    alice: Client, read: Integration
) -> None:
    set_scope(read, departments=["IT", "Closed long ago"])
    page = text(alice, step(read))
    assert 'value="d-it" id="id_departments_1" checked' in page
    assert 'value="Closed long ago"' in page
    assert page.count("not found in HR now") == 1
    data = entries(read, departments=["d-it", "Closed long ago"])
    assert alice.post(step(read), data).status_code == 302
    read.refresh_from_db()
    assert read.scope["departments"] == ["d-it", "Closed long ago"]


def test_names_are_shown_where_there_is_no_reading(alice: Client, read: Integration) -> None:
    data = entries(read, departments=["d-it", "d-hr"], include="unnumbered")
    assert alice.post(step(read), data).status_code == 302
    Snapshot.objects.all().delete()
    assert "departments HR or IT" in text(alice, f"/settings/integrations/{read.pk}/")
    page = text(alice, step(read))
    assert 'value="d-it" id="id_departments_1" checked' in page
    assert "IT</label>" in page
    assert "Read people to see how many this is" in page

    assert alice.post(step(read), entries(read, **BOTH, include="unnumbered", future_days=10))
    read.refresh_from_db()
    assert (read.scope["future_days"], read.scope_labels["d-hr"]) == (10, "HR")


def test_without_a_reading_nobody_is_taken_out_unseen(
    alice: Client, integration: Integration
) -> None:
    set_scope(integration, departments=["IT"])
    data = entries(integration, departments=[], exclude="1")
    answer = alice.post(step(integration), data)
    assert "cannot be shown who would drop out" in answer.content.decode()
    again = data | {"confirmed": answer.context["preview"].mark}
    assert alice.post(step(integration), again).status_code == 302


def test_the_audit_log_names_places_and_the_version_keeps_ids(
    alice: Client, read: Integration
) -> None:
    set_scope(read, departments=["d-hr"])
    alice.post(step(read), entries(read, **BOTH))
    noted = AuditEntry.objects.latest("at")
    assert noted.before is not None
    assert noted.after is not None
    assert noted.before["scope"]["departments"] == ["HR"]
    assert noted.after["scope"]["departments"] == ["HR", "IT"]
    assert set(ConfigVersion.objects.get().document["scope"]["departments"]) == {"d-it", "d-hr"}


def test_people_who_are_in_two_scopes_are_told(alice: Client, read: Integration) -> None:
    make_integration(read.organisation, "Untouched draft", state=Integration.State.DRAFT)
    make_integration(
        read.organisation, "Elsewhere", target_environment="other", scope={"departments": ["IT"]}
    )
    make_integration(read.organisation, "The other one", scope={"departments": ["HR"]})
    page = text(alice, step(read))
    assert "1 person is also in" in page
    assert "The other one" in page
    assert "4 Åse Strand." in page
    assert "Untouched draft" not in page
    assert "Elsewhere" not in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"future_days": ""}, "Enter a number of days"),
        ({"future_days": "-1"}, "Enter 0 or more days"),
        ({"leaver_days": "9999"}, "Enter at most 3650 days"),
        ({"leaver_days": "x"}, "Enter a whole number"),
        ({"include": "1", "exclude": "1"}, "1 stands in both lists"),
        ({"include": "x" * 300}, "is no employee number"),
        ({"include": "a\x00b"}, "Null characters are not allowed"),
        ({"departments": ["a\x00b"]}, "Select a valid choice"),
    ],
)
def test_bad_input_is_told_and_nothing_is_saved(
    alice: Client, read: Integration, changes: dict[str, Any], words: str
) -> None:
    data = entries(read, offices=["kept"], **changes)
    page = posted(alice, step(read), data)
    assert words in page
    assert 'value="kept"' in page
    assert "Something is mistyped" in posted(alice, count(read), data)
    read.refresh_from_db()
    assert read.scope == {}


def test_the_later_of_two_tabs_is_told_and_keeps_its_entries(
    alice: Client, read: Integration
) -> None:
    data = entries(read, **BOTH, include="unnumbered")
    alice.post(step(read), data)
    page = posted(alice, step(read), data | {"future_days": 7})
    assert "Somebody changed this integration" in page
    assert 'name="future_days" value="7"' in page


def test_strangers_and_viewers_count_nobody(
    bob: Client, charlie: Client, read: Integration
) -> None:
    for url in (step(read), count(read)):
        assert bob.post(url, entries(read)).status_code == 403
        assert charlie.post(url, entries(read)).status_code == 404


def test_more_people_take_no_more_queries(alice: Client, read: Integration) -> None:
    few = len(queries(alice, step(read)))
    many = [person(str(n), placements={"department": IT}) for n in range(400)]
    keep_reading(read, many, timezone.now())
    assert len(queries(alice, step(read))) == few
