"""The three-way compare: what must be written, and that writing it brings peace."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from payroll.diff import Baseline, FieldChange, Sent, compare, compare_new
from payroll.mapping import Mode
from payroll.records import UNREADABLE, Actual, FieldSpec, FieldType, Value
from payroll.values import canonical

from .people import ROWS, TARGET_SPECS, fingerprint

BY_TARGET = {row.target: row for row in ROWS}
TEXTS = ["a", "A", "å", "a\u030a", " a", "a" * 12, "B" * 12]
DAYS = [date(2026, 1, 1), date(2026, 12, 31)]

Made = Callable[[Value], Value]
Desired = Mapping[str, Value]


def values_for(spec: FieldSpec) -> st.SearchStrategy[Value]:
    """Lawful values of the field's type, blank among them, with many that nearly agree."""
    filled = st.sampled_from(DAYS) if spec.type is FieldType.DATE else st.sampled_from(TEXTS)
    return st.none() | filled


def people(*, readable: bool = False) -> st.SearchStrategy[dict[str, Value]]:
    """What somebody holds or should hold."""
    specs = [spec for spec in TARGET_SPECS.values() if spec.readable or not readable]
    return st.fixed_dictionaries({}, optional={spec.key: values_for(spec) for spec in specs})


def changes(
    desired: Desired,
    actual: Mapping[str, Actual],
    baseline: Baseline | None = None,
    mode: Mode = Mode.OVERWRITE,
) -> tuple[FieldChange, ...]:
    rows = {key: replace(row, mode=mode) for key, row in BY_TARGET.items()}
    return compare(desired, actual, baseline or {}, rows, TARGET_SPECS, fingerprint)


def same(key: str, one: Actual, other: Actual) -> bool:
    kind = TARGET_SPECS[key].type
    return canonical(one, kind) == canonical(other, kind)


def kept(key: str, value: Actual) -> str | None:
    """A value as it stands in a baseline."""
    spec = TARGET_SPECS[key]
    return None if value is UNREADABLE else fingerprint(spec, canonical(value, spec.type))


def write(
    actual: Mapping[str, Actual], made: Made, baseline: Baseline, written: tuple[FieldChange, ...]
) -> tuple[dict[str, Actual], dict[str, Sent]]:
    """What payroll holds and what we remember after the changes went through."""
    now, remembered = dict(actual), dict(baseline)
    for change in written:
        readable = TARGET_SPECS[change.field].readable
        now[change.field] = made(change.after) if readable else UNREADABLE
        remembered[change.field] = Sent(
            kept(change.field, change.after), kept(change.field, now[change.field])
        )
    return now, remembered


def as_it_is(value: Value) -> Value:
    return value


def upper(value: Value) -> Value:
    return value.upper() if isinstance(value, str) else value


def truncated(value: Value) -> Value:
    return value[:8] if isinstance(value, str) else value


def dropped(value: Value) -> Value:
    return None


reformats = st.sampled_from([as_it_is, upper, truncated, dropped])


@given(people(readable=True), people(readable=True))
def test_a_changed_field_is_in_the_plan_and_an_unchanged_one_is_not(
    desired: Desired, actual: dict[str, Value]
) -> None:
    differing = {key for key, value in desired.items() if not same(key, value, actual.get(key))}
    assert {change.field for change in changes(desired, actual)} == differing


@given(people(readable=True), people(readable=True))
def test_a_change_tells_what_was_and_what_will_be(
    desired: Desired, actual: dict[str, Value]
) -> None:
    for change in changes(desired, actual):
        assert change.before == actual.get(change.field)
        assert change.after == desired[change.field]


@given(people(), people(), reformats)
def test_after_the_changes_are_written_nothing_is_left_to_write(
    desired: Desired, actual: dict[str, Value], made: Made
) -> None:
    there: dict[str, Actual] = {**actual, "text1": UNREADABLE}
    there, baseline = write(there, made, {}, changes(desired, there))
    assert changes(desired, there, baseline) == ()


@given(people(), people(), people(), reformats)
def test_a_later_change_in_hr_is_written_once_and_brings_peace_again(
    first: Desired, second: Desired, actual: dict[str, Value], made: Made
) -> None:
    there: dict[str, Actual] = {**actual, "text1": UNREADABLE}
    there, baseline = write(there, made, {}, changes(first, there))
    there, baseline = write(there, made, baseline, changes(second, there, baseline))
    assert changes(second, there, baseline) == ()


@given(people(), people(), people(), reformats)
def test_what_hr_changed_is_written_whatever_payroll_made_of_the_last_value(
    first: Desired, second: Desired, actual: dict[str, Value], made: Made
) -> None:
    there: dict[str, Actual] = {**actual, "text1": UNREADABLE}
    there, baseline = write(there, made, {}, changes(first, there))
    written = {change.field for change in changes(second, there, baseline)}
    for key in set(first) & set(second):
        changed = not same(key, first[key], second[key])
        if TARGET_SPECS[key].readable:
            assert (key in written) == (changed and not same(key, second[key], there.get(key)))
        else:
            assert (key in written) == changed


@given(people(readable=True), reformats, st.data())
def test_a_field_edited_in_payroll_is_written_again_and_marked(
    desired: Desired, made: Made, data: st.DataObject
) -> None:
    there, baseline = write({}, made, {}, changes(desired, {}))
    if not baseline:
        return
    key = data.draw(st.sampled_from(sorted(baseline)))
    edited = data.draw(values_for(TARGET_SPECS[key]))
    if same(key, edited, there[key]) or same(key, edited, desired[key]):
        return
    [change] = changes(desired, {**there, key: edited}, baseline)
    assert (change.field, change.drifted) == (key, True)


def test_a_field_edited_in_payroll_tells_when_it_was_sent() -> None:
    baseline = {"phone": Sent("+4722334455", "+4722334455", date(2026, 11, 3))}
    [change] = changes({"phone": "22334455"}, {"phone": "99999999"}, baseline)
    assert (change.drifted, change.sent_on) == (True, date(2026, 11, 3))


def test_a_field_changed_in_hr_alone_tells_of_no_day() -> None:
    baseline = {"phone": Sent("+4722334455", "+4722334455", date(2026, 11, 3))}
    [change] = changes({"phone": "99999999"}, {"phone": "22334455"}, baseline)
    assert (change.drifted, change.sent_on) == (False, None)


@given(people(), people())
def test_a_field_that_is_not_wanted_is_never_touched(
    desired: Desired, actual: dict[str, Value]
) -> None:
    assert {change.field for change in changes(desired, actual)} <= set(desired)


@given(people(), people())
def test_a_row_for_new_people_never_touches_those_who_exist(
    desired: Desired, actual: dict[str, Value]
) -> None:
    assert changes(desired, actual, mode=Mode.ON_CREATE) == ()


@given(people(readable=True), people(readable=True))
def test_a_row_for_empty_fields_writes_only_those(
    desired: Desired, actual: dict[str, Value]
) -> None:
    written = {change.field for change in changes(desired, actual, mode=Mode.IF_EMPTY)}
    assert written == {
        key for key, value in desired.items() if value is not None and actual.get(key) is None
    }


def test_a_field_of_white_space_counts_as_empty() -> None:
    [change] = changes({"phone": "22334455"}, {"phone": " "}, mode=Mode.IF_EMPTY)
    assert change.field == "phone"


def test_what_cannot_be_read_is_sent_once_and_counted_apart() -> None:
    [change] = changes({"text1": "F"}, {"text1": UNREADABLE})
    assert change.first_confirmation
    assert changes({"text1": "F"}, {"text1": UNREADABLE}, {"text1": Sent("F", None)}) == ()


def test_a_change_of_what_cannot_be_read_is_sent() -> None:
    [change] = changes({"text1": "M"}, {"text1": UNREADABLE}, {"text1": Sent("F", None)})
    assert (change.after, change.first_confirmation) == ("M", False)


def test_a_blank_clears_what_cannot_be_read_only_if_we_sent_it() -> None:
    assert changes({"text1": None}, {"text1": UNREADABLE}) == ()
    [change] = changes({"text1": None}, {"text1": UNREADABLE}, {"text1": Sent("F", None)})
    assert change.after is None


def test_an_empty_row_sends_what_cannot_be_read_only_the_first_time() -> None:
    there: dict[str, Actual] = {"text1": UNREADABLE}
    assert len(changes({"text1": "F"}, there, mode=Mode.IF_EMPTY)) == 1
    assert changes({"text1": "M"}, there, {"text1": Sent("F", None)}, Mode.IF_EMPTY) == ()


def test_a_sensitive_field_is_compared_by_its_digest() -> None:
    one, other = "01019010046", "15108695088"
    baseline = {"socialSec": Sent(kept("socialSec", one), kept("socialSec", UNREADABLE))}
    assert one not in str(baseline)
    assert changes({"socialSec": one}, {"socialSec": UNREADABLE}, baseline) == ()
    assert len(changes({"socialSec": other}, {"socialSec": UNREADABLE}, baseline)) == 1


@given(people())
def test_a_new_person_gets_everything_that_is_not_blank(desired: Desired) -> None:
    written = {change.field: change.after for change in compare_new(desired, TARGET_SPECS)}
    assert written == {key: value for key, value in desired.items() if value is not None}


@pytest.mark.parametrize("mode", [Mode.OVERWRITE, Mode.IF_EMPTY])
def test_equal_by_meaning_is_equal(mode: Mode) -> None:
    desired: Desired = {"email": "kari@fjordkraft.no", "phone": "+4722334455", "lastName": "Bråten"}
    actual = {"email": "Kari@Fjordkraft.NO", "phone": "22 33 44 55", "lastName": "Bra\u030aten"}
    assert changes(desired, actual, mode=mode) == ()
