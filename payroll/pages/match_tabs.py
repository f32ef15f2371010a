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


def match_tabs(board: FirstMatch, source: str, target: str) -> Sequence[Tab]:
    """Every group in the order it is shown, counted. `source`, `target`: what they are called."""
    tabs = (
        Tab(
            Group.PROBABLE,
            "To confirm",
            "warn",
            f"{target} has somebody alike under another employee number. Until you decide, nothing "
            "is sent about these people and nobody is created for them.",
            f"Nobody in scope looks like somebody else in {target}, so there is nothing to decide. "
            "People come here when they share a national id, an e-mail address, or name and birth "
            "date, but not the employee number.",
        ),
        Tab(
            Group.CONFLICT,
            "Conflicts",
            "bad",
            f"{source} and {target} contradict each other about who these people are. Nothing is "
            f"sent about them until it is corrected in {source} or {target}.",
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
            f"system, or a new person stands in {source} twice.",
        ),
        Tab(
            Group.NUMBER,
            "Matched by number",
            "good",
            "Same employee number, and nothing else contradicts it. The first sync links these "
            "people; there is nothing for you to do.",
            f"Nobody new was found in {target} by employee number. People come here when they "
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
            f"Only in {source}",
            "quiet",
            f"In scope, and {target} has nobody like them. A sync creates those who are ready.",
            f"Everybody in scope is in {target} already, or must be decided first.",
        ),
        Tab(
            Group.ONLY_PAYROLL,
            f"Only in {target}",
            "quiet",
            "They match nobody in scope. Nothing happens to them: a sync neither changes nor "
            "ends them.",
            f"Everybody in {target} matches somebody in scope, or must be decided first.",
        ),
        Tab(
            Group.APART,
            "Kept apart",
            "quiet",
            "Somebody said that these records are two people. A sync no longer takes them for one.",
            "Nobody was kept apart by hand. A pair comes here when you answer “Different people”.",
        ),
    )
    return [replace(tab, people=len(board.rows[Group(tab.key)])) for tab in tabs]
