"""How long to wait for new credits: X-ledger's `resetAt`, whose format is not documented."""

from __future__ import annotations

import email.utils
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from zoneinfo import ZoneInfo

WITHOUT_ANSWER = 1200.0  # seconds; what Xledger's own sample waits ("xledger.md" section 7)

_LOCAL = ZoneInfo("Europe/Oslo")  # its stamps without a zone are Central European (section 3)
_BELIEVABLE = timedelta(days=1)
_FIRST_EPOCH = 1_000_000_000  # a smaller number can only be seconds from now
_FIRST_MILLISECONDS = 100_000_000_000


def seconds_until(reset_at: object, now: datetime) -> float:
    """Seconds from `now` (aware) to `reset_at`; WITHOUT_ANSWER where that makes no sense.

    Understood: ISO 8601 with or without a zone, an HTTP date, seconds or milliseconds since 1970,
    and seconds from now. A moment in the past, or more than a day off, is not believed: its zone
    was probably misread, and asking at once would be refused again.
    """
    wait = _distance(reset_at, now)
    if wait is None or not timedelta(0) <= wait <= _BELIEVABLE:
        return WITHOUT_ANSWER
    return max(wait.total_seconds(), 1.0)


def _distance(reset_at: object, now: datetime) -> timedelta | None:
    if isinstance(reset_at, bool) or not isinstance(reset_at, (str, int, Decimal)):
        return None
    try:
        number = Decimal(reset_at)
    except InvalidOperation:
        moment = _moment(str(reset_at).strip())
        return None if moment is None else moment - now
    return _from_number(number, now)


def _from_number(number: Decimal, now: datetime) -> timedelta | None:
    if not number.is_finite() or abs(number) > 100 * _FIRST_MILLISECONDS:
        return None
    if number < _FIRST_EPOCH:
        return timedelta(seconds=float(number))
    seconds = number / 1000 if number >= _FIRST_MILLISECONDS else number
    return datetime.fromtimestamp(float(seconds), UTC) - now


def _moment(text: str) -> datetime | None:
    for read in (datetime.fromisoformat, email.utils.parsedate_to_datetime):
        try:
            moment = read(text)
        except ValueError:
            continue
        return moment if moment.tzinfo else moment.replace(tzinfo=_LOCAL)
    return None
