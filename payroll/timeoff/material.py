"""Brings together what judging needs: a reading, the ledger, the links and the settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from payroll.models import ConnectionTest, Integration, TimeOffByHand, TimeOffLine, TimeOffResult
from payroll.records import Period

from .corrections import Booked
from .judged import Line, Material
from .links_in_doubt import links_in_doubt
from .ports import takes_time_off
from .reading import LeavesRead, Wanted, linked
from .records import Channel, ChannelRights
from .settings import TimeOffSettings

LATE_DAYS = timedelta(days=366)  # how far back a closed period is still corrected


def settings_of(integration: Integration) -> TimeOffSettings:
    """What an admin chose."""
    return TimeOffSettings.restore(integration.time_off)


def rights_of(integration: Integration) -> Mapping[Channel, ChannelRights]:
    """What each channel can do by the newest connection test; a file is always possible."""
    file = {Channel.FILE: ChannelRights(add=True)}
    target = integration.target
    if not takes_time_off(target):
        return file
    test = ConnectionTest.objects.filter(integration=integration).first()
    return file | dict(target.channel_rights(test.capabilities if test else {}))


def channels_of(integration: Integration) -> list[Channel]:
    """The channels that can add now, the best first."""
    target, rights = integration.target, rights_of(integration)
    known = target.time_off_channels if takes_time_off(target) else (Channel.FILE,)
    ordered = dict.fromkeys([*known, Channel.FILE])
    return [channel for channel in ordered if rights.get(channel, ChannelRights()).add]


def usual_channel(integration: Integration) -> Channel:
    """The one that the admin chose where it is possible, else the best that is."""
    possible, chosen = channels_of(integration), settings_of(integration).channel
    return chosen if chosen in possible else possible[0]


def lines_for(integration: Integration, period: Period) -> list[TimeOffLine]:
    """The live lines of every leave that an export of `period` may have to correct.

    All lines of such a leave, whatever their day, and whichever integration sent them.
    """
    begin, closed = period.start, settings_of(integration).closed_until
    if closed is not None and (period.end is None or closed < period.end):
        begin = min(begin, closed - LATE_DAYS)
    live = TimeOffLine.objects.live().filter(target_account=integration.target_account)
    concerned = live.filter(day__gte=begin)
    if period.end is not None:
        concerned = concerned.filter(day__lte=period.end)
    return list(live.filter(leave_id__in=concerned.values("leave_id")))


def reopened_for(integration: Integration) -> dict[str, set[date]]:
    """By leave, closed days that a correction from here has taken out of payroll.

    What was to go instead may have been cancelled or refused, or HR may have them again: no other
    export would ever bring them back.
    """
    closed = settings_of(integration).closed_until
    if closed is None:
        return {}
    taken_out = TimeOffLine.objects.filter(
        target_account=integration.target_account,
        integration=integration,
        state=TimeOffLine.State.REVERSED,
        result__late=True,
        day__gte=closed - LATE_DAYS,
        day__lte=closed,
    )
    found: dict[str, set[date]] = {}
    for leave_id, day in taken_out.order_by().values_list("leave_id", "day").distinct():
        found.setdefault(leave_id, set()).add(day)
    return found


def wanted_for(
    integration: Integration,
    period: Period,
    channel: Channel,
    lines: Iterable[TimeOffLine],
    pending: Iterable[TimeOffResult] = (),
) -> Wanted:
    """What has to be read so that the period can be judged against these lines.

    `pending`: rows that an export has still to send, whatever their days.
    """
    booked, waiting = list(lines), list(pending)
    days = [line.day for line in booked]
    days += [day for those in reopened_for(integration).values() for day in those]
    days += [date.fromisoformat(day) for result in waiting for day in result.details["lines"]]
    ends = [day for day in (period.end, *days) if day is not None]
    read = Period(min([period.start, *days]), max(ends) if ends else None)
    channels = {channel, *(Channel(line.channel) for line in booked)}
    channels |= {Channel(result.channel) for result in waiting}
    code_fields = settings_of(integration).code_fields
    exported = frozenset(line.leave_id for line in booked)
    return Wanted(read, exported, channel, {each: code_fields.get(each, "") for each in channels})


def links_of(integration: Integration) -> dict[str, str]:
    """Ids in payroll by id in HR."""
    rows = integration.links.exclude(target_id="").values_list("source_id", "target_id")
    return dict(rows)


def material_of(
    integration: Integration,
    reading: LeavesRead,
    channel: Channel,
    period: Period,
    lines: Iterable[TimeOffLine],
) -> Material:
    """The reading as it stands beside the ledger and the settings of this moment."""
    digester = integration.organisation.digester
    purpose = f"{integration.target_account}:time off"
    waiting = TimeOffByHand.objects.waiting().filter(integration=integration)
    return Material(
        leaves=reading.leaves,
        gone=reading.gone,
        types=reading.types,
        weeks=reading.weeks,
        people=linked(reading.people, links_of(integration)),
        there=reading.there,
        codes=reading.codes,
        lines=[line_of(line, integration) for line in lines],
        settings=settings_of(integration),
        rights=rights_of(integration),
        channel=channel,
        period=period,
        read=reading.read,
        mark=lambda text: digester.digest(text, purpose),
        reopened=reopened_for(integration),
        by_hand={str(row): digest for row, digest in waiting.values_list("row", "digest")},
        in_doubt=links_in_doubt(integration),
    )


def line_of(line: TimeOffLine, integration: Integration) -> Line:
    """A line of the ledger as judging knows it."""
    return Line(
        booked=Booked(
            day=line.day,
            row=str(line.row),
            channel=Channel(line.channel),
            target_row=line.target_row,
            digest=line.digest,
            employee=line.body.get("employee", ""),
            open=line.state in TimeOffLine.OPEN,
        ),
        leave_id=line.leave_id,
        employee_id=line.employee_id,
        # One whose integration was deleted belongs to whoever keeps the same payroll now.
        mine=line.integration_id in (None, integration.pk),
        content=line.body,
    )


def last_month(today: date) -> Period:
    """The calendar month before that of `today`: what is exported unless somebody says else."""
    end = today.replace(day=1) - timedelta(days=1)
    return Period(end.replace(day=1), end)
