"""Which mail follows from which change: one per change, none while nothing changes."""

from __future__ import annotations

import pytest

from payroll.notices import Ended, Kind, Mood, mood_after, notice_after

GOOD, PROBLEMS, FAILED, HELD = (
    Ended("succeeded"),
    Ended("with_problems"),
    Ended("failed"),
    Ended("held"),
)
REFUSED = Ended("failed", needs_person=True)


@pytest.mark.parametrize(
    ("before", "run", "told"),
    [
        (None, GOOD, None),
        (Mood.GOOD, GOOD, None),
        (Mood.GOOD, FAILED, Kind.FAILING),
        (None, FAILED, Kind.FAILING),
        (Mood.PROBLEMS, Ended("interrupted"), Kind.FAILING),
        (Mood.FAILING, FAILED, None),
        (Mood.FAILING, GOOD, Kind.RECOVERED),
        (Mood.FAILING, PROBLEMS, Kind.RECOVERED),
        (Mood.GOOD, REFUSED, Kind.ATTENTION),
        (Mood.FAILING, REFUSED, Kind.ATTENTION),
        (Mood.ATTENTION, REFUSED, None),
        (Mood.ATTENTION, FAILED, None),
        (Mood.ATTENTION, GOOD, Kind.RECOVERED),
        (Mood.GOOD, PROBLEMS, Kind.PROBLEMS),
        (None, PROBLEMS, Kind.PROBLEMS),
        (Mood.PROBLEMS, PROBLEMS, None),
        (Mood.PROBLEMS, GOOD, None),
        (Mood.GOOD, HELD, Kind.HELD),
        (Mood.HELD, GOOD, Kind.RECOVERED),
        (Mood.HELD, FAILED, Kind.FAILING),
        (Mood.GOOD, Ended("cancelled"), None),
    ],
)
def test_a_change_of_state_is_told_and_its_lasting_is_not(
    before: Mood | None, run: Ended, told: Kind | None
) -> None:
    assert notice_after(run, before, every_run=False) == told


def test_each_held_plan_is_told_since_each_is_another_plan() -> None:
    assert notice_after(HELD, Mood.HELD, every_run=False) == Kind.HELD


def test_a_failure_that_is_tried_again_in_minutes_is_told_only_when_that_fails_too() -> None:
    tried_again = Ended("failed", again=True)
    assert mood_after(tried_again) == Mood.ASIDE
    assert notice_after(tried_again, Mood.GOOD, every_run=True) is None
    assert notice_after(FAILED, Mood.GOOD, every_run=False) == Kind.FAILING


def test_a_late_run_that_was_missed_is_told_to_have_come() -> None:
    assert notice_after(Ended("succeeded", was_missed=True), Mood.GOOD, every_run=False) == (
        Kind.RECOVERED
    )


def test_people_set_aside_are_told_though_the_state_stays() -> None:
    run = Ended("with_problems", set_aside=2)
    assert notice_after(run, Mood.PROBLEMS, every_run=False) == Kind.SET_ASIDE


@pytest.mark.parametrize("status", ["succeeded", "failed", "held", "with_problems"])
def test_a_preview_or_a_trial_says_nothing_about_the_state(status: str) -> None:
    aside = Ended(status, whole=False)
    assert mood_after(aside) == Mood.ASIDE
    assert notice_after(aside, Mood.GOOD, every_run=True) is None


@pytest.mark.parametrize(
    "run", [GOOD, PROBLEMS, Ended("cancelled"), FAILED, REFUSED, HELD], ids=lambda run: run.status
)
def test_whoever_wants_every_run_gets_one_mail_of_each(run: Ended) -> None:
    for before in (None, *Mood):
        assert notice_after(run, before, every_run=True) is not None
    assert notice_after(GOOD, Mood.GOOD, every_run=True) == Kind.FINISHED


@pytest.mark.parametrize(
    ("before", "run", "kind"),
    [
        (Mood.PROBLEMS, Ended("with_problems", quarantined=True), Kind.QUARANTINE),
        (Mood.FAILING, Ended("failed", quarantined=True), Kind.QUARANTINE),
        (Mood.QUARANTINE, Ended("with_problems", quarantined=True), None),
        (Mood.QUARANTINE, Ended("failed", quarantined=True), None),
        (Mood.QUARANTINE, Ended("failed", needs_person=True), Kind.ATTENTION),
        (Mood.QUARANTINE, Ended("cancelled", quarantined=True), None),
        (Mood.QUARANTINE, Ended("with_problems"), Kind.RECOVERED),
    ],
)
def test_a_quarantine_is_told_when_it_begins_and_when_it_ends(
    before: Mood, run: Ended, kind: Kind | None
) -> None:
    assert notice_after(run, before, every_run=False) is kind
