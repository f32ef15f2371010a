"""Forgets a link that leads to nobody, or to somebody else: the next sync then matches anew.

Nothing is ever sent because of it, and nobody is ended.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from integration_hub.accounts.models import AuditEntry, User

from .decisions import NOBODY_READ, NotNow, at_rest, first_match, has_run_since
from .first_match import FirstMatch, Group, Row
from .models import EmployeeLink, Integration
from .records import Employee, TargetEmployee
from .snapshots import newest_snapshot

STALE = (
    "A sync has planned changes since people were read, so the link may lead to somebody else by "
    "now. Nothing was changed; read people again."
)
NOT_IN_DOUBT = (
    "This person does not wait because of a link, or the link was forgotten already. Nothing was "
    "changed."
)


class LookFirst(NotNow):
    """Somebody may be created then, and nobody has looked in payroll whether that is right."""

    def __init__(self) -> None:
        super().__init__(
            "Look in payroll first, and tick that the person is not there. Nothing was changed."
        )


@dataclass(frozen=True, slots=True)
class Doubt:
    """A link in doubt. `told` is the row of whoever waits because of it.

    `owner` is whose link it is, None where HR no longer has them; `there` the one in payroll whom
    it leads to, None where payroll does not show them. `after` are the rows that everybody
    concerned has once it is forgotten; somebody without a row is not sent.
    """

    link: EmployeeLink
    told: Row
    owner: Employee | None
    there: TargetEmployee | None
    after: tuple[Row, ...]

    @property
    def may_create(self) -> bool:
        """Whether payroll shows nobody like one of them, so that a sync may create them."""
        return any(row.group is Group.ONLY_HR for row in self.after)


def doubt_about(integration: Integration, source_id: str, now: datetime) -> Doubt:
    """The link that keeps the person waiting, by the newest reading. Raises NotNow."""
    board = first_match(integration, now)
    snapshot = newest_snapshot(integration, now)
    if board is None or snapshot is None:
        raise NotNow(NOBODY_READ)
    if has_run_since(integration, snapshot.requested_at):
        raise NotNow(STALE)
    told = board.about(source_id)
    if told is None or not told.doubted:
        raise NotNow(NOT_IN_DOUBT)
    link = integration.links.get(source_id=told.doubted)
    return Doubt(
        link=link,
        told=told,
        owner=board.in_hr(link.source_id),
        there=board.there(link.target_id),
        after=_after(integration, board, link, now),
    )


def _after(
    integration: Integration, board: FirstMatch, link: EmployeeLink, now: datetime
) -> tuple[Row, ...]:
    """Everybody who waits because of the link, and whose it is."""
    without = first_match(integration, now, without=link.source_id)
    waiting = [
        row.employee.id
        for rows in board.rows.values()
        for row in rows
        if row.employee and row.doubted == link.source_id
    ]
    concerned = dict.fromkeys([link.source_id, *waiting])
    found = (without.about(each) if without else None for each in concerned)
    return tuple(row for row in found if row)


def forget_link(pk: UUID, source_id: str, user: User, now: datetime, *, looked: bool) -> None:
    """Forgets the link that keeps the person waiting, and what was sent over it.

    `looked`: the user has made sure that payroll does not have a person who may be created then.
    Raises NotNow; LookFirst where that was not done.
    """
    with at_rest(pk) as integration:
        doubt = doubt_about(integration, source_id, now)
        if doubt.may_create and not looked:
            raise LookFirst
        _forget(integration, doubt, user, now, looked=looked)


def _forget(
    integration: Integration, doubt: Doubt, user: User, now: datetime, *, looked: bool
) -> None:
    link = doubt.link
    pair = {"source_id": link.source_id, "target_id": link.target_id}
    integration.match_decisions.filter(same=True, **pair).delete()
    link.delete()
    integration.match_anew(now)
    integration.note(
        AuditEntry.Action.LINK_FORGOTTEN,
        now,
        user,
        before={
            **pair,
            "number_in_hr": doubt.owner.identity.number if doubt.owner else "",
            "number_in_payroll": doubt.there.identity.number if doubt.there else "",
        },
        after={"looked_in_payroll": looked},
    )
