"""Takes secrets and personal numbers out of text on its way to a log or a screen."""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(
    r"""(?i)((?:(?:bearer|token)(?:["']?\s*[:=]\s*["']?|\s+))+)"""
    r"""(?=[^\s"']*\d|[^\s"']{16})[A-Za-z0-9._~+/=-]{6,}"""  # a word is no token
)
_ELEVEN_DIGITS = re.compile(r"\b\d{6}[ .-]?\d{5}\b|\b\d{4}[ .]\d{2}[ .]\d{5}\b")
_IBAN = re.compile(r"\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b")
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")


def redact(text: str) -> str:
    """`text` without tokens, national ids, account numbers and e-mail addresses."""
    text = _TOKEN.sub(r"\1•••", text)
    text = _IBAN.sub("•••", text)
    text = _ELEVEN_DIGITS.sub("•••", text)
    return _EMAIL.sub("•••", text)


def mask(value: str, keep: int = 0) -> str:
    """`value` with all but its first `keep` characters hidden; the length is not given away."""
    return value[:keep] + "•••••" if value else ""


class RedactingFilter(logging.Filter):
    """Redacts the finished message of every record, and the text of its exception."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg = redact(record.getMessage())
        record.args = None
        if record.exc_info and not record.exc_text:
            record.exc_text = logging.Formatter().formatException(record.exc_info)
        if record.exc_text:  # another handler may have formatted it already, as it was
            record.exc_text = redact(record.exc_text)
        return True
