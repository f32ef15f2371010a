"""Numbers, days and times as the reader writes them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.timesince import timesince

from integration_hub.core import locale

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    """`23 Nov 2026`. Not for an attribute: it may be markup that says in which language it is."""
    return _marked(locale.day(value)) if value else ""


@register.filter
def moment(value: datetime | None) -> str:
    """`Mon 23 Nov 2026, 06:00`, Oslo time. Not for an attribute, as `day`."""
    return _marked(locale.moment(value)) if value else ""


@register.filter
def ago(value: datetime | None) -> str:
    """`just now` within the last minute, then `3 minutes ago`, `1 day, 2 hours ago`."""
    if value is None:
        return ""
    now = timezone.now()
    return "just now" if now - value < timedelta(minutes=1) else f"{timesince(value, now)} ago"


@register.filter
def month(value: date | None) -> str:
    """`November 2026`. Not for an attribute, as `day`."""
    return _marked(locale.month(value)) if value else ""


@register.filter
def clock(value: time | None) -> str:
    """`06:00`."""
    return locale.clock(value) if value else ""


@register.filter
def number(value: float | Decimal | None) -> str:
    """`12,345`."""
    return "" if value is None else locale.number(value)


def _marked(text: str) -> str:
    """The names of days and months in their own language, for those who have the page read out."""
    language = locale.language()
    if language == "en":  # as the whole page
        return text
    return format_html('<span lang="{}">{}</span>', language, text)
