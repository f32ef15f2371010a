"""The step Fields: what is entered is what is stored, with real people beside it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from html import unescape
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase as PropertyCase

from integration_hub.accounts.models import Organisation
from payroll import registry, snapshots
from payroll.configuration import mappings
from payroll.forms import FieldsForm
from payroll.mapping import TRANSFORMS, Blank, MappingRow, Mode
from payroll.models import FieldMapping, Integration
from payroll.reading import Reading
from payroll.records import (
    Employee,
    Employment,
    FieldType,
    Identity,
    Period,
    PickListEntry,
    TargetEmployee,
)
from tests.payroll.people import person
from tests.payroll.readings import keep_reading

from .scenes import NATIONAL_ID, make_integration, queries, text

DAY = date(2020, 1, 1)
GROUPS = (PickListEntry("10", "Fast ansatt"), PickListEntry("20", "Midlertidig"))
LISTS = {"employeeGroup": GROUPS, "glObject1": (PickListEntry("100", "Drift"),)}


def read(integration: Integration, *people: Employee, **there: TargetEmployee) -> None:
    """Stores a reading of these people."""
    keep_reading(integration, people, timezone.now(), list(there.values()), LISTS)


def staff(*kinds: str) -> list[Employee]:
    """A person of each employment type."""
    return [
        person(str(1000 + n), employment_type=kind, national_id=NATIONAL_ID)
        for n, kind in enumerate(kinds)
    ]


def address(integration: Integration) -> str:
    return reverse("integration_step", args=[integration.pk, "fields"])


def entries(
    integration: Integration, reading: Reading | None = None, /, **changes: str
) -> dict[str, str]:
    """What a browser sends for the page as it is, changed; a field's name is key__field here."""
    form = FieldsForm(integration, reading=reading)
    sent = {"version": str(integration.config_version), "do": "save"}
    for row in form.rows:
        sent |= {field.html_name: field.value() for field in row}
        sent |= {row.value_map.field(word): code for word, code in row.value_map.pairs.items()}
    return sent | {key.replace("__", "-"): value for key, value in changes.items()}


def rows(integration: Integration) -> list[MappingRow]:
    return [mapping.row for mapping in FieldMapping.objects.filter(integration=integration)]


def row(integration: Integration, target: str) -> MappingRow:
    return next(each for each in rows(integration) if each.target == target)


def save(client: Client, integration: Integration, **changes: str) -> str:
    """The page after Save; empty where it went on."""
    answer = client.post(address(integration), entries(integration, None, **changes))
    integration.refresh_from_db()
    return "" if answer.status_code == 302 else " ".join(unescape(answer.content.decode()).split())


# --- who ------------------------------------------------------------------------------------------


def test_only_those_who_configure_it_get_in(
    integration: Integration, alice: Client, bob: Client, charlie: Client
) -> None:
    assert alice.get(address(integration)).status_code == 200
    for client, status in ((bob, 403), (charlie, 404)):
        assert client.get(address(integration)).status_code == status
        assert client.post(address(integration), entries(integration)).status_code == status
    assert integration.config_version == 1


# --- saving ---------------------------------------------------------------------------------------


def test_an_unchanged_page_saved_again_changes_nothing(
    integration: Integration, alice: Client
) -> None:
    before = rows(integration)
    assert save(alice, integration) == ""
    assert rows(integration) == before
    assert integration.config_version == 1


def test_a_draft_goes_on_to_the_next_step(organisation: Organisation, alice: Client) -> None:
    draft = make_integration(organisation, state=Integration.State.DRAFT)
    answer = alice.post(address(draft), entries(draft))
    assert answer["Location"] == reverse("integration_step", args=[draft.pk, "matching"])


def test_every_setting_of_a_row_is_stored(integration: Integration, alice: Client) -> None:
    changes = {
        "text1__source": "title",
        "text1__transform": "upper",
        "text1__mode": "if_empty",
        "text1__blank": "default",
        "text1__default": "none",
        "trialTo__source": "(constant)",
        "trialTo__constant": "2026-12-31",
        "initials__source": "(none)",
        "phone__mode": "off",
    }
    assert save(alice, integration, **changes) == ""
    assert row(integration, "text1") == MappingRow(
        "title", "text1", Mode.IF_EMPTY, "upper", blank=Blank.DEFAULT, default="none"
    )
    assert row(integration, "trialTo") == MappingRow("", "trialTo", constant="2026-12-31")
    assert row(integration, "phone").mode is Mode.OFF
    stored = [each.target for each in rows(integration)]
    assert "initials" not in stored
    assert stored[-2:] == ["trialTo", "text1"]
    assert integration.config_version == 2


def test_locked_rows_stay_whatever_is_posted(integration: Integration, alice: Client) -> None:
    locked = [each for each in rows(integration) if each.locked]
    forged = {"timesheet__source": "title", "timesheet__mode": "overwrite"}
    assert save(alice, integration, text1__source="title", **forged) == ""
    assert [each for each in rows(integration) if each.locked] == locked
    assert "timesheet-source" not in text(alice, address(integration))


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"code__source": "(none)"}, "Employee number (Code), Comes from"),
        ({"code__mode": "off"}, "Employee number (Code), When it is sent"),
        ({"lastName__blank": "clear"}, "Last name, When HR has no value"),
        ({"text1__source": "shoe"}, "Text 1, Comes from"),
        ({"text1__source": "title", "text1__transform": "magic"}, "Text 1, Changed to"),
        ({"text1__source": "(constant)"}, "Enter what is sent for everyone"),
        ({"text1__source": "title", "text1__blank": "default"}, "sent in place of a blank"),
        ({"trialTo__source": "(constant)", "trialTo__constant": "31.12.26"}, "takes a date"),
        ({"initials__source": "(constant)", "initials__constant": "ABCDEF"}, "longer than 5"),
        ({"text1__source": "(constant)", "text1__constant": "x" * 201}, "at most 200"),
        ({"text1__source": "(constant)", "text1__constant": "a\x00"}, "Null characters"),
        ({"glObject1__new_word": "Salg"}, "Choose what is sent for “Salg”"),
        ({"glObject1__new_code": "100"}, "Write which value in HR"),
        ({"glObject1__to:a\x00": "100"}, "cannot be stored"),
    ],
)
def test_a_mistake_names_its_row_and_field_and_nothing_is_saved(
    integration: Integration, alice: Client, changes: dict[str, str], told: str
) -> None:
    before = rows(integration)
    page = save(alice, integration, phone__mode="if_empty", **changes)
    assert "Nothing was saved yet" in page
    assert told in re.sub(r"<[^>]*>", "", page)
    assert rows(integration) == before
    assert re.search(r'<option value="if_empty" selected>', page)


def test_all_mistakes_are_told_at_once(integration: Integration, alice: Client) -> None:
    changes = {"trialTo__source": "(constant)", "trialTo__constant": "never"}
    page = save(alice, integration, code__source="(none)", **changes)
    assert "2 fields need a correction" in page
    assert 'href="#id_code-source"' in page
    assert 'href="#id_trialTo-constant"' in page
    assert 'value="never"' in page


def test_the_later_of_two_tabs_is_told_and_loses_nothing(
    integration: Integration, alice: Client
) -> None:
    opened = entries(integration)
    alice.post(address(integration), opened | {"text1-source": "title"})
    later = alice.post(
        address(integration), opened | {"text2-source": "(constant)", "text2-constant": "mine"}
    )
    page = later.content.decode()
    assert "Somebody changed this integration" in page
    assert 'value="mine"' in page
    assert [each.target for each in rows(integration)][-1] == "text1"


def test_a_page_sent_twice_saves_once(integration: Integration, alice: Client) -> None:
    opened = entries(integration) | {"text1-source": "title"}
    assert alice.post(address(integration), opened).status_code == 302
    version = integration.versions.count()
    assert alice.post(address(integration), opened).status_code == 302
    assert integration.versions.count() == version
    assert [each.target for each in rows(integration)].count("text1") == 1


# --- value maps -----------------------------------------------------------------------------------


def test_a_translation_is_added_changed_and_removed(
    integration: Integration, alice: Client
) -> None:
    read(integration, *staff("Vikar"))
    add = {"employeeGroup__new_word": " Lærling ", "employeeGroup__new_code": "20"}
    assert save(alice, integration, **add) == ""
    assert row(integration, "employeeGroup").value_map == {"Lærling": "20"}
    changed = {"employeeGroup__to:Lærling": "10", "employeeGroup__to:Vikar": "(nothing)"}
    assert save(alice, integration, **changed) == ""
    assert row(integration, "employeeGroup").value_map == {"Lærling": "10", "Vikar": ""}
    assert save(alice, integration, **{"employeeGroup__to:Lærling": ""}) == ""
    assert row(integration, "employeeGroup").value_map == {"Vikar": ""}


def test_one_word_with_two_codes_is_refused(integration: Integration, alice: Client) -> None:
    page = save(
        alice,
        integration,
        **{
            "employeeGroup__to:Vikar": "10",
            "employeeGroup__new_word": "Vikar",
            "employeeGroup__new_code": "20",
        },
    )
    assert "“Vikar” stands twice" in page


def test_a_code_that_is_not_in_the_list_is_refused_but_an_old_one_is_kept(
    integration: Integration, alice: Client
) -> None:
    read(integration, *staff("Vikar"))
    page = save(alice, integration, **{"employeeGroup__to:Vikar": "99"})
    assert "“99”, entered for “Vikar”, is not in the list" in page
    integration.mappings.filter(target="employeeGroup").update(value_map={"Vikar": "99"})
    assert "99 (not in the list)" in text(alice, address(integration))
    assert save(alice, integration) == ""
    assert row(integration, "employeeGroup").value_map == {"Vikar": "99"}


def test_every_value_of_the_people_is_listed_with_what_it_becomes(
    integration: Integration, alice: Client
) -> None:
    read(integration, *staff("Vikar", "Vikar", "fast ansatt"))
    integration.mappings.filter(target="employeeGroup").update(value_map={"Styret": "20"})
    page = unescape(text(alice, address(integration)))
    assert re.search(r"“Vikar” <span[^>]*>2 people</span>", page)
    assert "Automatic: 10 – Fast ansatt" in page
    assert re.search(r"“Styret” <span[^>]*>nobody now</span>", page)
    assert "This stops 2 people." in page


def test_what_is_not_required_does_not_stop_anybody(
    integration: Integration, alice: Client
) -> None:
    read(integration, person("1", cost_center="700", employment_type="10"))
    page = unescape(text(alice, address(integration)))
    assert "Posting 1</a>: 1 value (“700”). 1 person is sent without it." in page
    assert "This stops" not in page


def test_people_out_of_scope_or_gone_are_not_counted(
    organisation: Organisation, alice: Client
) -> None:
    integration = make_integration(organisation, scope={"exclude": ["1000"]})
    gone = replace(person("7", employment_type="Gammel"), active=False)
    read(integration, *staff("Vikar"), gone)
    page = unescape(text(alice, address(integration)))
    assert "“Vikar”" not in page
    assert "“Gammel”" not in page


def test_private_values_are_never_listed(integration: Integration, alice: Client) -> None:
    integration.mappings.filter(target="glObject1").update(source="national_id")
    read(integration, *staff("Fast ansatt"))
    page = text(alice, address(integration))
    assert "These values are private" in page
    assert NATIONAL_ID not in page


# --- a real person --------------------------------------------------------------------------------


def there(number: str, **fields: Any) -> TargetEmployee:
    """Kari in payroll."""
    return TargetEmployee(f"t{number}", Identity(number, "Kari", f"Nordmann {number}"), fields)


def cells(page: str, key: str) -> str:
    """The line of one field, without its settings."""
    body = page.split(f'id="row-{key}"')[1].split("hub-settings-row")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", unescape(body)).split())


def test_a_person_is_shown_from_hr_to_payroll(integration: Integration, alice: Client) -> None:
    read(integration, *staff("Fast ansatt"), kari=there("1000", firstName="Karl", code="1000"))
    page = text(alice, address(integration))
    assert "Kari Nordmann 1000" in page
    assert "Kari Kari Would be sent Karl" in cells(page, "firstName")
    assert "The same already" in cells(page, "code")
    assert "10 Would be sent" in cells(page, "employeeGroup")
    assert "Not sent: only new people get it" in cells(page, "dateFrom")
    assert "010190*****" in cells(page, "socialSec")
    assert NATIONAL_ID not in page


def test_a_linked_person_is_found_under_another_number(
    integration: Integration, alice: Client
) -> None:
    kari = staff("Fast ansatt")[0]
    read(integration, kari, kari=there("77", firstName="Lenket"))
    assert "not there yet" in text(alice, address(integration))
    integration.links.create(source_id=kari.id, target_id="t77")
    assert "Lenket" in cells(text(alice, address(integration)), "firstName")


def test_searching_keeps_what_is_entered_and_saves_nothing(
    integration: Integration, alice: Client
) -> None:
    read(integration, *staff("Fast ansatt", "Vikar", "Vikar"))
    asked = entries(integration, text1__source="(constant)", text1__constant="mine")
    asked |= {"do": "show", "q": "nordmann"}
    page = alice.post(address(integration), asked).content.decode()
    assert "3 people found" in page
    assert 'value="mine"' in page
    assert "Always “mine”" in page
    del asked["do"]
    chosen = alice.post(address(integration), asked | {"person": "e1002"}).content.decode()
    assert "<strong>Kari Nordmann 1002</strong>" in chosen
    assert 'value="mine"' in chosen
    one = alice.post(address(integration), asked | {"q": "1001"}).content.decode()
    assert "<strong>Kari Nordmann 1001</strong>" in one
    nobody = alice.post(address(integration), asked | {"q": "Ødegård"}).content.decode()
    assert "Nobody is called “Ødegård”" in nobody
    integration.refresh_from_db()
    assert integration.config_version == 1


def test_without_a_reading_everything_can_be_edited(
    integration: Integration, alice: Client
) -> None:
    page = text(alice, address(integration))
    assert "People have not been read yet" in page
    assert "Shown with a real person" not in page
    assert save(alice, integration, text1__source="title") == ""


def test_own_fields_found_in_hr_can_be_chosen(integration: Integration, alice: Client) -> None:
    own: dict[str, Any] = {"custom.shoeSize": "43"}
    read(integration, person("1", **own))
    assert 'value="custom.shoeSize"' in text(alice, address(integration))
    reading = snapshots.newest_reading(integration, timezone.now())
    sent = entries(integration, reading, text1__source="custom.shoeSize")
    assert alice.post(address(integration), sent).status_code == 302
    assert row(integration, "text1").source == "custom.shoeSize"


# --- reset ----------------------------------------------------------------------------------------


def test_reset_fills_in_the_defaults_and_saves_nothing(
    integration: Integration, alice: Client
) -> None:
    save(alice, integration, text1__source="title", phone__mode="off", initials__source="(none)")
    sent = entries(integration) | {"do": "defaults"}
    page = alice.post(address(integration), sent).content.decode()
    assert "3 fields differ from what is saved" in page
    assert page.count("Not saved yet") == 3
    assert row(integration, "phone").mode is Mode.OFF
    assert f'name="version" value="{integration.config_version}"' in page


def test_a_reset_does_not_hide_that_somebody_was_faster(
    integration: Integration, alice: Client
) -> None:
    opened = entries(integration)
    save(alice, integration, text1__source="title")
    page = alice.post(address(integration), opened | {"do": "defaults"}).content.decode()
    assert 'name="version" value="1"' in page


# --- many -----------------------------------------------------------------------------------------


def test_more_people_and_links_take_no_more_queries(
    organisation: Organisation, alice: Client
) -> None:
    few, many = (make_integration(organisation, label) for label in ("few", "many"))
    read(few, *staff("Vikar"))
    read(many, *staff(*["Vikar", "Fast ansatt", "Lærling"] * 10))
    for n in range(10):
        many.links.create(source_id=f"e{1000 + n}", target_id=f"t{n}")
    alice.get(address(few))
    assert len(queries(alice, address(few))) == len(queries(alice, address(many)))


# --- any field table ------------------------------------------------------------------------------

TARGET = registry.targets["xledger"]
WORDS = st.text("abcÆ 9:-&<\"'", min_size=1, max_size=12).map(lambda s: " ".join(s.split()))
WORDS = WORDS.filter(bool)
SOURCES = st.sampled_from(["title", "office", "end_date", "pay_amount", "custom.a b", "custom.é-x"])


@st.composite
def odd_rows(draw: st.DrawFn) -> list[MappingRow]:
    """A whole field table as a document could have it."""
    needed = [each for each in TARGET.default_mappings if each.locked]
    required = [spec for spec in TARGET.fields if spec.required]
    made = [
        MappingRow(draw(SOURCES), spec.key, draw(st.sampled_from(list(Mode)[:3])))
        for spec in required
    ]
    free = [spec for spec in TARGET.fields if spec.type is FieldType.TEXT and not spec.required]
    free = [spec for spec in free if spec.writable and not spec.max_length]
    made += [
        draw(_odd_row(spec.key)) for spec in draw(st.lists(st.sampled_from(free), unique=True))
    ]
    return list(draw(st.permutations([*needed, *made])))


def _odd_row(target: str) -> st.SearchStrategy[MappingRow]:
    return st.builds(
        MappingRow,
        source=st.one_of(st.just(""), SOURCES),
        target=st.just(target),
        mode=st.sampled_from(Mode),
        transform=st.sampled_from(["", *TRANSFORMS]),
        constant=st.one_of(st.just(""), WORDS),
        blank=st.sampled_from(Blank),
        default=st.one_of(st.just(""), WORDS),
        value_map=st.dictionaries(WORDS, st.one_of(st.just(""), WORDS), max_size=3),
    )


class AnyFieldTable(PropertyCase):
    """A page saved as it was opened leaves every row as it was."""

    @given(odd_rows())
    @settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
    def test_an_unchanged_form_keeps_the_rows(self, given_rows: Sequence[MappingRow]) -> None:
        integration = make_integration(Organisation.objects.create(name="Nordlys AS"))
        body = mappings.exported(given_rows, TARGET)
        keys = {spec.key for spec in integration.source.fields}
        parsed = mappings.parse(body["mappings"], body["value_maps"], keys, TARGET)
        FieldMapping.replace(integration, parsed)
        form = FieldsForm(integration, entries(integration), reading=None)
        assert form.is_valid(), [row.errors for row in form.rows if row.errors]
        assert form.differing == 0
        assert form.cleaned_data["rows"] == parsed


# --- what HR does not tell -----------------------------------------------------------------------


def test_a_percent_that_may_be_a_fraction_is_asked_about(
    alice: Client, integration: Integration
) -> None:
    read(integration, replace(person("1001"), employment=Employment("j", Period(DAY, None))))
    question = "map “Employment percent, where HR writes full time as 1” instead"
    assert question not in text(alice, address(integration))
    FieldMapping.objects.create(
        integration=integration, position=99, source="employment_percent", target="value1"
    )
    assert question in text(alice, address(integration))
