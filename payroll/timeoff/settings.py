"""What an admin chose for the export of time off: codes, privacy, closed period, files. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any

from payroll.records import PickListEntry

from .records import Channel, LeaveType

EVERY_COMPANY = ""


class Encoding(StrEnum):
    """How the letters of a file are written."""

    UTF_8 = "utf-8"  # with a mark in front, so that Excel knows
    WINDOWS_1252 = "windows-1252"


@dataclass(frozen=True, slots=True)
class FileProfile:
    """How a file is written. `date_format` is one of `strftime`."""

    encoding: Encoding = Encoding.UTF_8
    delimiter: str = ";"
    decimal_comma: bool = True
    date_format: str = "%Y%m%d"


DELIMITERS = (";", ",", "\t")
DATE_FORMATS = ("%Y%m%d", "%Y-%m-%d", "%d.%m.%Y")


@dataclass(frozen=True, slots=True)
class TimeOffSettings:
    """The settings of one integration.

    `codes`: payroll's code by company id ("" for all) by leave type, named by id or by name; None
    in place of the companies: never send. `notes` sends the text that people wrote of a leave:
    health data, off by default. That a leave is about a child is never sent. `closed_until`: the
    last day of the payroll period that was closed last. `code_fields`: by channel, which field
    carries the code, where the target has several.
    """

    channel: Channel | None = None  # None: the best that payroll takes
    codes: Mapping[str, Mapping[str, str] | None] = field(default_factory=dict)
    notes: bool = False
    closed_until: date | None = None
    code_fields: Mapping[Channel, str] = field(default_factory=dict)
    file: FileProfile = FileProfile()
    mail: bool = False  # whether an e-mail is sent after each export

    @classmethod
    def restore(cls, stored: Mapping[str, Any]) -> TimeOffSettings:
        """What `as_stored` made; of a checked document the same."""
        channel, closed = stored.get("channel"), stored.get("closed_until")
        profile = stored.get("file", {})
        return cls(
            channel=Channel(channel) if channel else None,
            codes=stored.get("codes", {}),
            notes=stored.get("notes", False),
            mail=stored.get("mail", False),
            closed_until=date.fromisoformat(closed) if closed else None,
            code_fields={Channel(key): name for key, name in stored.get("code_fields", {}).items()},
            file=FileProfile(
                encoding=Encoding(profile.get("encoding", Encoding.UTF_8)),
                delimiter=profile.get("delimiter", ";"),
                decimal_comma=profile.get("decimal_comma", True),
                date_format=profile.get("date_format", "%Y%m%d"),
            ),
        )

    def as_stored(self) -> dict[str, Any]:
        """As JSON, without what stands at its default."""
        stored: dict[str, Any] = {
            "channel": self.channel.value if self.channel else None,
            "codes": {
                key: None if each is None else dict(each) for key, each in self.codes.items()
            },
            "notes": self.notes,
            "mail": self.mail,
            "closed_until": self.closed_until.isoformat() if self.closed_until else None,
            "code_fields": {key.value: name for key, name in self.code_fields.items() if name},
            "file": self._stored_profile(),
        }
        return {key: value for key, value in stored.items() if value}

    def _stored_profile(self) -> dict[str, Any]:
        mine, usual = self.file, FileProfile()
        profile = {
            "encoding": (mine.encoding.value, usual.encoding.value),
            "delimiter": (mine.delimiter, usual.delimiter),
            "decimal_comma": (mine.decimal_comma, usual.decimal_comma),
            "date_format": (mine.date_format, usual.date_format),
        }
        return {key: value for key, (value, default) in profile.items() if value != default}

    def is_never(self, kind: LeaveType) -> bool:
        """Whether the type is never sent because an admin said so."""
        return any(key in self.codes and self.codes[key] is None for key in (kind.id, kind.name))

    def code_of(self, kind: LeaveType, company: str) -> str:
        """Payroll's code for the type in a company; empty where none was chosen."""
        for key in (kind.id, kind.name):
            companies = self.codes.get(key)
            if companies:
                return companies.get(company) or companies.get(EVERY_COMPANY, "")
        return ""


def suggested_code(kind: LeaveType, company: str, entries: tuple[PickListEntry, ...]) -> str:
    """The code that the type most likely has in payroll, for an admin to confirm; else empty.

    HR's own code where payroll's list has exactly that or cannot be read, else the one entry with
    the type's name.
    """
    known = {entry.code for entry in entries}
    own = kind.codes.get(company) or kind.codes.get(EVERY_COMPANY, "")
    if own in known or not known:
        return own
    names = {kind.name.casefold(), *_NORWEGIAN.get(kind.kind, ())}
    same = [entry.code for entry in entries if entry.label.casefold() in names]
    return same[0] if len(same) == 1 else ""


_NORWEGIAN: Mapping[str, tuple[str, ...]] = {  # how payrolls call HR's categories
    "VACATION": ("ferie", "vacation"),
    "SICK_LEAVE": ("sykmelding", "sykefravær", "sick leave"),
    "PARENTAL_LEAVE": ("foreldrepermisjon", "parental leave"),
    "CHILDCARE": ("barns sykdom", "sykt barn", "care of a sick child"),
}
