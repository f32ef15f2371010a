"""What a second person says of changes that wait: approve, decline, or take that back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from integration_hub.accounts.models import AuditEntry, Membership, Role, User

from .models import Integration, WaitingChange

_State = WaitingChange.State
_ACTIONS = {
    _State.APPROVED: AuditEntry.Action.CHANGES_APPROVED,
    _State.DECLINED: AuditEntry.Action.CHANGES_DECLINED,
    _State.WAITING: AuditEntry.Action.CHANGES_UNDECIDED,
}
YOUR_OWN = (
    "You changed last which changes wait, so somebody else must decide. Nothing was approved or "
    "declined."
)
IN_PROGRESS = (
    "A run is in progress and may be sending what was approved, so nothing was taken back. Look "
    "again when it is over."
)


class NotAllowed(Exception):
    """This person cannot decide this now; the text says why. Nothing was changed."""


def may_decide(integration: Integration, membership: Membership) -> bool:
    """Whether the member may approve and decline: not who last set what waits."""
    return membership.may_run and integration.waits_set_by_id != membership.user_id


def deciders(integration: Integration) -> list[User]:
    """Everybody who may approve and decline, by name. One query."""
    members = Membership.objects.filter(
        organisation=integration.organisation_id,
        role__in=[Role.OWNER, Role.ADMIN],
        user__is_active=True,
    ).select_related("user")
    able = [member.user for member in members if may_decide(integration, member)]
    return sorted(able, key=lambda user: str(user).casefold())


def decide(
    pk: UUID, chosen: Collection[UUID], member: Membership, now: datetime, *, approved: bool
) -> int:
    """Approves or declines those of `chosen` that still wait; how many they were.

    A row is of one value, so a value that has changed since is not among them. Raises NotAllowed.
    """
    with transaction.atomic():
        integration = _locked(pk)
        if not may_decide(integration, member):
            raise NotAllowed(YOUR_OWN)
        state = _State.APPROVED if approved else _State.DECLINED
        return _move(integration, chosen, [_State.WAITING], state, member.user, now)


def take_back(pk: UUID, chosen: Collection[UUID], member: Membership, now: datetime) -> int:
    """Lets what was approved or declined wait again; how many. Raises NotAllowed.

    Every owner and admin may: it stops what was approved, and asks again what was declined.
    """
    with transaction.atomic():
        integration = _locked(pk)
        states = [_State.APPROVED, _State.DECLINED]
        approved = integration.waiting_changes.filter(pk__in=chosen, state=_State.APPROVED)
        if approved.exists() and integration.runs.active().exists():
            raise NotAllowed(IN_PROGRESS)
        return _move(integration, chosen, states, _State.WAITING, member.user, now)


def _locked(pk: UUID) -> Integration:
    """Locked against a change of the setting and a second decision meanwhile."""
    return Integration.objects.select_for_update(no_key=True).get(pk=pk)


def _move(
    integration: Integration,
    chosen: Collection[UUID],
    before: Iterable[str],
    after: WaitingChange.State,
    user: User,
    now: datetime,
) -> int:
    rows = integration.waiting_changes.filter(pk__in=chosen, state__in=before)
    subjects = Counter(rows.order_by().values_list("subject", flat=True))
    if not subjects:
        return 0
    decided = after != _State.WAITING
    rows.update(
        state=after,
        decided_at=now if decided else None,
        decided_by=user if decided else None,
        handed_on_at=None,
    )
    integration.note(_ACTIONS[after], now, user, after=dict(subjects))
    return subjects.total()
