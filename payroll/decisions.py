"""A person's word on who is who: stored and taken back. Nothing is ever sent because of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from integration_hub.accounts.models import AuditEntry, User
from integration_hub.core import locale

from .first_match import FirstMatch, Row
from .links import LinkBook
from .models import Change, EmployeeLink, Integration, MatchDecision
from .records import Outcome
from .rules import rules_of
from .snapshots import newest_reading

RUN_UNDER_WAY = (
    "A run of this integration is under way and works on the matches as they were when it began. "
    "Nothing was changed; decide when it is over."
)
NOBODY_READ = (
    "People have not been read, or the reading is too old. Nothing was changed; read people again."
)
OUT_OF_DATE = (
    "this pair is no longer a probable match. Somebody decided it, or the reading or the scope "
    "changed since the page was opened. Nothing was changed."
)
ALREADY_SENT = (
    "something has been sent to payroll over this link since, so it stays. If they are two people, "
    "take the person out of the scope and correct the employee numbers."
)

Pair = tuple[str, str]
"""A person's id in the source and an id in the target."""


class NotNow(Exception):
    """No decision can be taken at this moment; the text says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one pair, in words that name nobody."""

    words: str
    done: bool


def first_match(
    integration: Integration, now: datetime, without: str | None = None
) -> FirstMatch | None:
    """Who is who in the newest reading; None where there is none. Raises DecryptionError.

    As it would be were the link of `without`, an id in HR, forgotten.
    """
    reading = newest_reading(integration, now)
    if reading is None:
        return None
    links = LinkBook(integration).states()
    return FirstMatch(
        reading.people,
        reading.there,
        rules_of(integration, reading.pick_lists),
        [link for link in links if link.source_id != without],
        reading.today,
        now,
    )


def has_run_since(integration: Integration, asked_at: datetime) -> bool:
    """Whether a sync that is over may have linked people since a reading was asked for."""
    later = Q(planned_at__gt=asked_at) | Q(finished_at__gt=asked_at)
    return integration.runs.filter(later, preview=False, planned_at__isnull=False).exists()


def key_of(pair: Pair) -> str:
    """How a page names a pair."""
    return "|".join(pair)


def decide(pk: UUID, keys: Sequence[str], user: User, now: datetime, *, same: bool) -> list[Answer]:
    """Says of each pair whether it is one person, as far as the newest reading allows it.

    A pair that was decided so already stays; one that may not be is told. Raises NotNow.
    """
    with at_rest(pk) as integration:
        board = first_match(integration, now)
        if board is None:
            raise NotNow(NOBODY_READ)
        desk = _Desk(integration, board, user, now)
        answers = [desk.decide(key, same=same) for key in dict.fromkeys(keys)]
        if any(answer.done for answer in answers):
            integration.match_anew(now)
        return answers


def take_back(pk: UUID, key: str, user: User, now: datetime) -> Answer:
    """Undoes a decision, and the link it made, while nothing was sent over that. Raises NotNow."""
    with at_rest(pk) as integration:
        return _take_back(integration, key, user, now)


def _take_back(integration: Integration, key: str, user: User, now: datetime) -> Answer:
    decision = decisions(integration).get(key)
    if decision is None:
        return Answer("This decision has been taken back already.", done=False)
    pair = decision.source_id, decision.target_id
    if decision.same:
        links = integration.links.select_for_update(no_key=True)
        link = links.filter(source_id=pair[0], target_id=pair[1]).first()
        if link and (link.baseline or _perhaps_sent(integration, pair)):
            return Answer(f"Not taken back: {ALREADY_SENT}", done=False)
        if link:
            link.delete()
    decision.delete()
    integration.match_anew(now)
    was = {"source_id": pair[0], "target_id": pair[1], "same": decision.same}
    integration.note(AuditEntry.Action.MATCH_UNDONE, now, user, before=was)
    return Answer("Taken back. Nothing was sent to payroll.", done=True)


def _perhaps_sent(integration: Integration, pair: Pair) -> bool:
    """Whether something went out over the link and no answer said what became of it."""
    lost = Change.objects.filter(sent_at__isnull=False, outcome__in=["", Outcome.UNKNOWN])
    return lost.filter(run__integration=integration, source_id=pair[0], target_id=pair[1]).exists()


@contextmanager
def at_rest(pk: UUID) -> Iterator[Integration]:
    """The integration in a transaction, locked against another decision.

    Raises NotNow during a run, and undoes everything where one has begun meanwhile: it would go
    on with the links of before, and store them again.
    """
    with transaction.atomic():
        integration = Integration.objects.select_for_update(no_key=True).get(pk=pk)
        _refuse_during_a_run(integration)
        yield integration
        _refuse_during_a_run(integration)


def _refuse_during_a_run(integration: Integration) -> None:
    if integration.runs.active().exists():
        raise NotNow(RUN_UNDER_WAY)


def decisions(integration: Integration) -> dict[str, MatchDecision]:
    """What was decided by hand, by the pair's key."""
    return {
        key_of((each.source_id, each.target_id)): each
        for each in integration.match_decisions.select_related("user")
    }


class _Desk:
    """Takes the decisions of one request, each in sight of those before it."""

    def __init__(
        self, integration: Integration, board: FirstMatch, user: User, now: datetime
    ) -> None:
        self._integration = integration
        self._rows = {key_of(pair): row for pair, row in board.probable.items()}
        self._decided = decisions(integration)
        self._user = user
        self._now = now

    def decide(self, key: str, *, same: bool) -> Answer:
        """Stores one decision, or says why not."""
        decided, row = self._decided.get(key), self._rows.get(key)
        link_is_gone = decided is not None and decided.same and row is not None
        if decided is not None and not link_is_gone:
            return _decided_before(decided, same=same)
        if row is None or row.employee is None or row.there is None:
            return Answer(f"Not decided: {OUT_OF_DATE}", done=False)
        who = f"Employee number {row.employee.identity.number}"
        refusal = (row.no_same or self._linked_meanwhile(row)) if same else row.no_different
        if refusal:
            return Answer(f"{who} was not decided. {refusal}", done=False)
        self._store(key, row, same=same)
        if same:
            there = row.there.identity.number or "a person without a number"
            return Answer(f"{who} is linked to {there} in payroll. Nothing was sent.", done=True)
        return Answer(f"{who}: the two records are kept apart. Nothing was sent.", done=True)

    def _linked_meanwhile(self, row: Row) -> str:
        """That one of the two was linked earlier in this very request."""
        links = self._integration.links
        if links.filter(source_id=row.pair[0]).exists():
            return "The person is linked to somebody in payroll already, and has one link."
        if links.filter(target_id=row.pair[1]).exists():
            return "The one in payroll is linked to somebody in HR already, and has one link."
        return ""

    def _store(self, key: str, row: Row, *, same: bool) -> None:
        source_id, target_id = row.pair
        if same:
            EmployeeLink.objects.create(
                integration=self._integration, source_id=source_id, target_id=target_id
            )
        self._decided[key], _ = MatchDecision.objects.update_or_create(
            integration=self._integration,
            source_id=source_id,
            target_id=target_id,
            defaults={"same": same, "at": self._now, "user": self._user},
        )
        actions = AuditEntry.Action
        self._integration.note(
            actions.MATCH_CONFIRMED if same else actions.MATCH_REJECTED,
            self._now,
            self._user,
            after={
                "source_id": source_id,
                "target_id": target_id,
                "number_in_hr": row.employee.identity.number if row.employee else "",
                "number_in_payroll": row.there.identity.number if row.there else "",
            },
        )


def _decided_before(decided: MatchDecision, *, same: bool) -> Answer:
    said = "the same person" if decided.same else "two people"
    when = locale.moment(decided.at)
    words = f"This pair was said to be {said} on {when} by {decided.user or 'somebody'}."
    if decided.same == same:
        return Answer(f"{words} Nothing was changed.", done=False)
    return Answer(f"{words} Take that back first; nothing was changed.", done=False)
