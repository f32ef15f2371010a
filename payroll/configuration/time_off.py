"""The export of time off in a document: only what differs from the defaults is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from payroll.ports import Target
from payroll.timeoff.ports import takes_time_off
from payroll.timeoff.records import Channel
from payroll.timeoff.settings import DATE_FORMATS, DELIMITERS, Encoding, TimeOffSettings

from .checks import InvalidConfiguration, flag_at, object_at, one_of, short_text_at, text_at

LONGEST_CODE = 50
_KEYS = ("channel", "codes", "notes", "mail", "closed_until", "code_fields", "file")


def parse(value: object, target: type[Target]) -> dict[str, Any]:
    """The settings of a document as they are stored. Raises InvalidConfiguration."""
    body = object_at(value, "time_off", optional=_KEYS)
    checked: dict[str, Any] = {
        name: flag_at(body.get(name, False), f"time_off.{name}") for name in ("notes", "mail")
    }
    if body.get("channel") is not None:
        checked["channel"] = one_of(body["channel"], "time_off.channel", _channels(target))
    if body.get("closed_until") is not None:
        checked["closed_until"] = _day(body["closed_until"], "time_off.closed_until")
    checked["codes"] = _codes(body.get("codes", {}))
    checked["code_fields"] = _code_fields(body.get("code_fields", {}), target)
    checked["file"] = _file(body.get("file", {}))
    return TimeOffSettings.restore(checked).as_stored()


def _channels(target: type[Target]) -> Sequence[str]:
    known = target.time_off_channels if takes_time_off(target) else (Channel.FILE,)
    return [channel.value for channel in known]


def _day(value: object, where: str) -> str:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "").isoformat()
    except ValueError:
        raise InvalidConfiguration(f"{where}: a day as 2026-11-30 is needed") from None


def _codes(value: object) -> dict[str, dict[str, str] | None]:
    """A code for all companies may stand by itself."""
    if not isinstance(value, dict):
        raise InvalidConfiguration("time_off.codes: an object is needed")
    codes: dict[str, dict[str, str] | None] = {}
    for kind, given in value.items():
        where = f"time_off.codes.{kind}"
        if given is None:
            codes[kind] = None
            continue
        companies = {"": given} if isinstance(given, str) else given
        if not isinstance(companies, dict):
            raise InvalidConfiguration(f"{where}: a code, codes by company id, or null is needed")
        codes[kind] = {
            company: text_at(code, f"{where}.{company}" if company else where, LONGEST_CODE)
            for company, code in companies.items()
        }
    return codes


def _code_fields(value: object, target: type[Target]) -> Mapping[str, str]:
    fields = object_at(
        value, "time_off.code_fields", optional=[channel.value for channel in Channel]
    )
    known = target.time_off_code_fields if takes_time_off(target) else {}
    return {
        channel: one_of(
            name,
            f"time_off.code_fields.{channel}",
            [entry.code for entry in known.get(Channel(channel), ())],
        )
        for channel, name in fields.items()
    }


def _file(value: object) -> dict[str, Any]:
    keys = ("encoding", "delimiter", "decimal_comma", "date_format")
    body = object_at(value, "time_off.file", optional=keys)
    checked: dict[str, Any] = {}
    choices = {
        "encoding": [each.value for each in Encoding],
        "delimiter": DELIMITERS,
        "date_format": DATE_FORMATS,
    }
    for key, known in choices.items():
        if key in body:
            given = short_text_at(body[key], f"time_off.file.{key}", LONGEST_CODE)
            checked[key] = one_of(given, f"time_off.file.{key}", known)
    if "decimal_comma" in body:
        checked["decimal_comma"] = flag_at(body["decimal_comma"], "time_off.file.decimal_comma")
    return checked
