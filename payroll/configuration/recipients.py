"""Who is told by e-mail: checked for the page and for a document alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email

from payroll.models import Integration

from .checks import InvalidConfiguration, flag_at, object_at

MOST = 20
_LONGEST = 254


def without_doubles(addresses: Iterable[str]) -> list[str]:
    """The addresses in their order; one that differs only in upper and lower case is the same."""
    first: dict[str, str] = {}
    for address in addresses:
        first.setdefault(address.casefold(), address)
    return list(first.values())


def wrong_with(addresses: Sequence[str]) -> list[str]:
    """What is wrong with each of these addresses, and with their number."""
    found = [f"“{address}” is no e-mail address." for address in addresses if not _is_one(address)]
    if len(addresses) > MOST:
        found.append(
            f"{len(addresses)} addresses are too many: at most {MOST}. For more people, use the "
            "address of a mailing list."
        )
    return found


def _is_one(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return len(address) <= _LONGEST


def parse(value: object) -> tuple[list[str], bool]:
    """The recipients of a document, and whether they are told of every run."""
    body = object_at(value, "notices", optional=("recipients", "every_run"))
    given = body.get("recipients", [])
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise InvalidConfiguration("notices.recipients: a list of e-mail addresses is needed")
    addresses = without_doubles(given)
    for wrong in wrong_with(addresses):
        raise InvalidConfiguration(f"notices.recipients: {wrong}")
    return addresses, flag_at(body.get("every_run", False), "notices.every_run")


def exported(integration: Integration) -> Mapping[str, Any]:
    """The key `notices`, unless nothing was set."""
    told = {"recipients": integration.recipients, "every_run": integration.mail_every_run}
    return {"notices": told} if any(told.values()) else {}
