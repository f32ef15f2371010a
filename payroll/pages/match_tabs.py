"""The groups of the first match: what each means, and what an empty one teaches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from payroll.first_match import FirstMatch, Group


@dataclass(frozen=True, slots=True)
class Tab:
    """One group: what it is called, what it means, what it says when nobody is in it."""

    key: str
    label: str
    tone: str
    meaning: str
    empty: str
    people: int = 0


_TABS = (
    Tab(
        Group.PROBABLE,
        "To confirm",
        "warn",
        "{target} has somebody alike under another employee number. Until you decide, nothing "
        "is sent about these people and nobody is created for them.",
        "Nobody in scope looks like somebody else in {target}, so there is nothing to decide. "
        "People come here when they share a national id, an e-mail address, or name and birth "
        "date, but not the employee number.",
    ),
    Tab(
        Group.CONFLICT,
        "Conflicts",
        "bad",
        "{source} and {target} contradict each other about who these people are. Nothing is "
        "sent about them until it is corrected in {source} or {target}.",
        "No conflicts. People come here when both systems use one employee number for what "
        "seem to be two people.",
    ),
    Tab(
        Group.DUPLICATE,
        "Duplicates",
        "bad",
        "One employee number, or one person, stands there more than once. Nothing is sent "
        "about any of them until it is corrected.",
        "No duplicates. People come here when an employee number stands on two people in one "
        "system, or a new person stands in {source} twice.",
    ),
    Tab(
        Group.NUMBER,
        "Matched by number",
        "good",
        "Same employee number, and nothing else contradicts it. The first sync links these "
        "people; there is nothing for you to do.",
        "Nobody new was found in {target} by employee number. People come here when they "
        "have the same number in both systems and are not linked yet.",
    ),
    Tab(
        Group.LINKED,
        "Already linked",
        "good",
        "Linked by a sync, or by hand on this page. A sync keeps them the same from now on.",
        "Nobody is linked yet. The first sync links everybody who is matched by number; those "
        "whom you confirm by hand are linked at once.",
    ),
    Tab(
        Group.ONLY_HR,
        "Only in {source}",
        "quiet",
        "In scope, and {target} has nobody like them. A sync creates those who are ready.",
        "Everybody in scope is in {target} already, or must be decided first.",
    ),
    Tab(
        Group.ONLY_PAYROLL,
        "Only in {target}",
        "quiet",
        "They match nobody in scope. Nothing happens to them: a sync neither changes nor "
        "ends them.",
        "Everybody in {target} matches somebody in scope, or must be decided first.",
    ),
    Tab(
        Group.APART,
        "Kept apart",
        "quiet",
        "Somebody said that these records are two people. A sync no longer takes them for one.",
        "Nobody was kept apart by hand. A pair comes here when you answer “Different people”.",
    ),
)
"""In the order they are shown; {source} and {target} are what the systems are called."""


def match_tabs(board: FirstMatch, source: str, target: str) -> Sequence[Tab]:
    """Every group, counted. `source`, `target`: what the systems are called."""

    def told(words: str) -> str:
        return words.format(source=source, target=target)

    return [
        replace(
            tab,
            label=told(tab.label),
            meaning=told(tab.meaning),
            empty=told(tab.empty),
            people=len(board.rows[Group(tab.key)]),
        )
        for tab in _TABS
    ]
