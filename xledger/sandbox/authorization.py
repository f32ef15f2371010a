"""Checks the Authorization header and words every way a token can be refused."""

from __future__ import annotations

import json
from typing import Any

from werkzeug.wrappers import Response

from .switches import Denial, Switches

BAD_FORMAT = 'Bad format for API Token. Expected header: "Authorization: token <your-token>"'
"""The server's own text ("xledger.md" 1); the status beside it is unknown."""

EXPIRED = "expired"

# Invented: what a revoked, expired or under-scoped token gets back is unknown. These four stand for
# the kinds of answer a client has to tell from a refused record.
_TEXT = "The API token is not valid for this request."
_CODE = "UNAUTHORIZED"
_HTML = "<!DOCTYPE html><html><body><h1>401 Unauthorized</h1></body></html>"


def json_response(body: dict[str, Any], status: int = 200) -> Response:
    text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=status, mimetype="application/json")


def token_of(header: str | None) -> str | None:
    """Give the token of "token X", None for any other form of header."""
    scheme, _, token = (header or "").partition(" ")
    return token.strip() or None if scheme == "token" else None


def bad_format(switches: Switches) -> Response:
    return json_response({"errors": [{"message": BAD_FORMAT}]}, switches.bad_format_status)


def accepted(token: str, only: str | None) -> bool:
    """Tell whether the token is let in: the one there is, or any but the literal "expired"."""
    return token != EXPIRED if only is None else token == only


def denied(how: Denial) -> Response:
    """Answer a token that is not valid, or that lacks a right."""
    if how == "401-html":
        return Response(_HTML, status=401, mimetype="text/html")
    status = int(how.partition("-")[0])
    return json_response({"errors": [{"code": _CODE, "message": _TEXT}]}, status)
