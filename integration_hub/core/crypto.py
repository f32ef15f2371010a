"""Seals values so that a stolen database tells nothing, and digests them so that they compare.

A sealed value is bound to the row and column it belongs to: copied anywhere else it does not open.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from .errors import DecryptionError

KEY_BYTES = 32
NONCE_BYTES = 12


def parse_keys(texts: Sequence[str]) -> tuple[bytes, ...]:
    """Keys from url-safe base64 of 32 bytes each. Raises ValueError naming a position, no key."""
    return tuple(_parse_key(text, position) for position, text in enumerate(texts, start=1))


def _parse_key(text: str, position: int) -> bytes:
    try:
        key = base64.urlsafe_b64decode(text.strip())
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise ValueError(f"key number {position} is not url-safe base64 of {KEY_BYTES} bytes")
    return key


def derive_key(key: bytes, purpose: str) -> bytes:
    """Another key for another purpose, from which the first cannot be found (HKDF, RFC 5869)."""
    return HKDF(
        algorithm=hashes.SHA256(), length=KEY_BYTES, salt=None, info=purpose.encode()
    ).derive(key)


def new_key() -> bytes:
    """32 random bytes."""
    return os.urandom(KEY_BYTES)


def key_id(key: bytes) -> str:
    """A short public name of a key, stored beside what it made."""
    return hashlib.sha256(b"key-id" + key).hexdigest()[:8]


class Sealer:
    """AES-256-GCM with several keys: the first seals, all open."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        if not keys:
            raise ValueError("at least one encryption key is needed")
        self._keys = {key_id(key): AESGCM(key) for key in keys}
        self._first = key_id(keys[0])

    def seal(self, plain: bytes, place: str) -> str:
        """`plain` as text `1:<key id>:<base64>`, bound to `place` (model, column and row)."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._keys[self._first].encrypt(nonce, plain, place.encode())
        return f"1:{self._first}:{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, text: str, place: str) -> bytes:
        """The plain bytes. Raises DecryptionError: unknown key, another place, altered text."""
        version, _, rest = text.partition(":")
        name, _, body = rest.partition(":")
        if version != "1" or name not in self._keys:
            raise DecryptionError(
                "A stored secret was encrypted with a key that is not in ENCRYPTION_KEYS.",
                detail=f"key id {name!r} at {place}",
            )
        try:
            raw = base64.urlsafe_b64decode(body)
            return self._keys[name].decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], place.encode())
        except (InvalidTag, binascii.Error, ValueError) as error:
            raise DecryptionError(
                "A stored secret has been altered or moved and cannot be opened.", detail=place
            ) from error


@dataclass(frozen=True, slots=True)
class Digester:
    """Keyed digests (HMAC-SHA256) of values that we may compare but not keep."""

    key: bytes = field(repr=False)

    def digest(self, text: str, purpose: str) -> str:
        """`<key id>:<hex>`; equal only for equal text, purpose and key."""
        mac = hmac.new(self.key, f"{purpose}\x00{text}".encode(), hashlib.sha256)
        return f"{key_id(self.key)}:{mac.hexdigest()}"
