"""Turns an error that only the operator can mend into a page that says so."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from .core.errors import DecryptionError

log = logging.getLogger(__name__)


class LostKeyMiddleware:
    """Answers 500 in plain words where a page needs something whose encryption key is not here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this with whatever a view raised; None leaves it to others."""
        if not isinstance(exception, DecryptionError):
            return None
        log.error("%s (%s)", exception.message, exception.detail)
        return render(request, "lost_key.html", {"cause": exception.message}, status=500)
