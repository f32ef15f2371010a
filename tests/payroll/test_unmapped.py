"""The values people have in HR for a code field, counted, and those payroll does not know."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from payroll.mapping import Blank, MappingRow, Mode, trace, word_of
from payroll.records import PickListEntry
from payroll.unmapped import concerned, found_values

from .people import PICK_LISTS, TARGET_SPECS, person

ROW = MappingRow("employment_type", "employeeGroup")
SPEC = TARGET_SPECS["employeeGroup"]
ENTRIES = PICK_LISTS["employeeGroup"]


def having(*words: Any) -> list[Any]:
    """A person each."""
    return [person(str(n), employment_type=word) for n, word in enumerate(words)]


def test_each_value_is_counted_and_those_unknown_come_first() -> None:
    people = having("Vikar", "Fast ansatt", "fast  ansatt", "F", "Vikar", None, "")
    found = found_values(people, ROW, SPEC, ENTRIES)
    assert [(each.word, each.people, each.unmapped) for each in found] == [
        ("Vikar", 2, True),
        ("F", 1, False),
        ("Fast ansatt", 1, False),
        ("fast ansatt", 1, False),
    ]
    assert found[1].trace.value == "F"


def test_a_translated_value_is_known() -> None:
    row = MappingRow("employment_type", "employeeGroup", value_map={"Vikar": "M"})
    [found] = found_values(having("Vikar"), row, SPEC, ENTRIES)
    assert (found.unmapped, found.trace.value) == (False, "M")


def test_what_stands_in_for_a_blank_is_a_value_too() -> None:
    row = MappingRow("employment_type", "employeeGroup", blank=Blank.DEFAULT, default="X")
    [found] = found_values(having(None, ""), row, SPEC, ENTRIES)
    assert (found.word, found.people, found.unmapped) == ("X", 2, True)


def test_a_number_of_ones_own_can_be_translated() -> None:
    row = MappingRow("custom.group", "employeeGroup", value_map={"7": "M"})
    own: dict[str, Any] = {"custom.group": Decimal("7.0")}
    someone = person(**own)
    assert word_of(someone, row) == "7"
    assert trace(someone, row, SPEC, ENTRIES).value == "M"


def test_rows_for_new_people_concern_only_them_and_rows_that_are_off_nobody() -> None:
    old, new = person("1"), person("2")
    rows = {mode: MappingRow("title", "employeeGroup", mode) for mode in Mode}
    assert concerned([old, new], rows[Mode.ON_CREATE], {old.id}) == [new]
    assert concerned([old, new], rows[Mode.OVERWRITE], {old.id}) == [old, new]
    assert concerned([old, new], rows[Mode.OFF], set()) == []


def test_without_a_list_only_what_is_translated_is_known() -> None:
    row = MappingRow("employment_type", "employeeGroup", value_map={"Vikar": "M"})
    found = found_values(having("Vikar", "Fast ansatt"), row, SPEC, None)
    assert [(each.word, each.unmapped) for each in found] == [
        ("Fast ansatt", True),
        ("Vikar", False),
    ]


def test_a_trace_tells_raw_word_and_value() -> None:
    row = MappingRow("first_name", "firstName", transform="upper")
    traced = trace(person(first_name="Åse"), row, TARGET_SPECS["firstName"], None)
    assert (traced.raw, traced.word, traced.value, traced.sends) == ("Åse", "ÅSE", "ÅSE", True)
    twice = (PickListEntry("1", "Fast"), PickListEntry("2", "fast"))
    refused = trace(person(employment_type="Fast"), ROW, SPEC, twice, "Employment type")
    assert refused.problem is not None
    assert refused.problem.message.startswith("Employment type “Fast” stands more than once")
    assert (refused.raw, refused.sends) == ("Fast", False)
