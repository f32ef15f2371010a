"""Numbers, days and times as the reader writes them."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

from django import template
from django.utils.html import format_html

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
