"""Searches for people whose words stay out of addresses, and so out of logs and histories.

A search form is posted; the answer leads to the same list with the words sealed in the address,
where paging, sorting and downloads carry them along.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from .errors import DecryptionError
from .fields import sealer

FIND = "find"
LONGEST = 100  # characters
_PLACE = "search"


def asked(request: HttpRequest) -> dict[str, str]:
    """What the address asks for, the search in plain words; none where the seal is not ours."""
    query: dict[str, str] = request.GET.dict()
    if FIND in query:
        query[FIND] = _opened(query[FIND])
    return query


def _opened(text: str) -> str:
    try:
        return sealer().open(text, _PLACE).decode()
    except DecryptionError:
        return ""


def search(request: HttpRequest) -> HttpResponse:
    """Leads from a posted search to the same list, narrowed; from an empty one to the whole."""
    query = request.GET.copy()
    query.pop("page", None)
    query.pop(FIND, None)
    words = request.POST.get(FIND, "").replace("\x00", "").strip()[:LONGEST]
    if words:
        query[FIND] = sealed(words)
    return redirect(f"{request.path}?{query.urlencode()}#people")


def sealed(words: str) -> str:
    """The words as an address may hold them."""
    return sealer().seal(words.encode(), _PLACE)
