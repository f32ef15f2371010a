"""Checks on the parts of a JSON document, each of which names the key that is wrong."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any


class InvalidConfiguration(ValueError):
    """A document cannot be used; the text begins with the key that is wrong."""


def object_at(
    value: object, where: str, required: Sequence[str] = (), optional: Sequence[str] = ()
) -> Mapping[str, Any]:
    """`value` as a JSON object with only the keys named."""
    prefix = f"{where}." if where else ""
    if not isinstance(value, dict):
        raise InvalidConfiguration(f"{where or 'document'}: an object is needed")
    for key in value:
        if key not in (*required, *optional):
            known = ", ".join(sorted((*required, *optional)))
            raise InvalidConfiguration(f"{prefix}{key}: unknown key; known are {known}")
    for key in required:
        if key not in value:
            raise InvalidConfiguration(f"{prefix}{key}: missing")
    return value


def text_at(value: object, where: str, longest: int) -> str:
    """`value` as a text that is not blank, without the white space around it."""
    if not isinstance(value, str) or not value.strip():
        raise InvalidConfiguration(f"{where}: a text is needed")
    return short_text_at(value, where, longest).strip()


def short_text_at(value: object, where: str, longest: int) -> str:
    """`value` as a text, perhaps an empty one, of at most `longest` characters."""
    if not isinstance(value, str):
        raise InvalidConfiguration(f"{where}: a text is needed")
    if len(value) > longest:
        raise InvalidConfiguration(f"{where}: longer than {longest} characters")
    return value


def flag_at(value: object, where: str) -> bool:
    """`value` as true or false."""
    if not isinstance(value, bool):
        raise InvalidConfiguration(f"{where}: true or false is needed")
    return value


def one_of(value: object, where: str, known: Sequence[str]) -> str:
    """`value` as one of the words known."""
    if not isinstance(value, str) or value not in known:
        raise InvalidConfiguration(f"{where}: {value!r} is not known; known are {', '.join(known)}")
    return value


def storable(value: object, where: str = "") -> None:
    """Refuses texts that a database cannot keep: with NUL, or with half of a character."""
    if isinstance(value, dict):
        for key, inner in value.items():
            _storable_text(key, where or "document")
            storable(inner, f"{where}.{key}" if where else key)
    elif isinstance(value, list):
        for position, inner in enumerate(value):
            storable(inner, f"{where}[{position}]")
    elif isinstance(value, str):
        _storable_text(value, where or "document")


def _storable_text(text: str, where: str) -> None:
    if "\x00" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidConfiguration(f"{where}: contains a character that cannot be stored")
