"""Keeps what a person entered while they log in again: sealed in the page, for an hour.

Nothing is stored. A form that is sent after the log-in has expired comes back inside the log-in
page as one sealed text, which whoever sent it can send on after logging in. It opens for the
address it was sent to and the account it was made for, and holds tokens no page can show.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponseBase, QueryDict

from integration_hub.core.errors import DecryptionError
from integration_hub.core.fields import sealer

from .models import User

FIELD = "kept"  # the hidden input that carries the sealed text
LARGEST = 1_000_000  # bytes of entries; sealed they still fit into a form that Django reads
KEPT_FOR = timedelta(hours=1)

COOKIE = "kept_for"  # says who logged in last in this browser
COOKIE_AGE = timedelta(days=30)

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class EntriesLost(Exception):
    """What was kept cannot be given back; the text says why, for a person."""


def keeps_entries(**unless: str) -> Callable[[View], View]:
    """Marks a view whose form may be sent again after logging in: it saves and starts nothing.

    `unless` names arguments from the address with which it does more than save.
    """

    def mark(view: View) -> View:
        vars(view)["keeps_entries_unless"] = unless
        return view

    return mark


def may_keep(request: HttpRequest) -> bool:
    """Whether the view is marked and this is a plain form, not a fragment or a file."""
    found = request.resolver_match
    unless: Mapping[str, str] | None = getattr(found and found.func, "keeps_entries_unless", None)
    return (
        found is not None
        and unless is not None
        and request.method == "POST"
        and request.content_type == "application/x-www-form-urlencoded"
        and "HX-Request" not in request.headers
        and not any(found.kwargs.get(name) == value for name, value in unless.items())
    )


def seal(request: HttpRequest, user_id: str, now: datetime) -> str:
    """What `request` brought, sealed for its address and this account.

    What is kept already stays as it is. Raises EntriesLost when it is too much.
    """
    if FIELD in request.POST:
        return str(request.POST[FIELD])
    post = request.POST.copy()
    post.pop("csrfmiddlewaretoken", None)
    text = post.urlencode()
    if len(text) > LARGEST:
        raise EntriesLost("What you entered is too much to be kept while you log in.")
    plain = json.dumps({"post": text, "user": user_id, "at": now.timestamp()}).encode()
    return sealer().seal(plain, _place(request.get_full_path()))


def unseal(sealed: str, path: str, user: User, now: datetime) -> QueryDict:
    """What was entered at `path`. Raises EntriesLost."""
    try:
        held = json.loads(sealer().open(sealed, _place(path)))
    except DecryptionError:
        raise EntriesLost("What you had entered could not be brought back.") from None
    if held["user"] != str(user.pk):
        raise EntriesLost(
            "What had been entered here belongs to another account, so it was not kept for you."
        )
    if now.timestamp() - held["at"] > KEPT_FOR.total_seconds():
        raise EntriesLost("What you had entered was kept for an hour, which is over.")
    return QueryDict(held["post"])


def _place(path: str) -> str:
    return f"entries kept for {path}"


def remember(request: HttpRequest, response: HttpResponseBase) -> None:
    """Lets the browser tell later who has just logged in, for as long as nobody else does."""
    response.set_cookie(
        COOKIE,
        signing.dumps(str(request.user.pk), salt=_salt(request)),
        max_age=COOKIE_AGE,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def last_user(request: HttpRequest) -> str:
    """The id of the account that this page was opened with; empty when the browser cannot tell.

    Each log-in, by whatever page, changes the secret that forms are protected with: a cookie of
    the log-in before says nothing any more.
    """
    try:
        found = signing.loads(
            request.COOKIES.get(COOKIE, ""), salt=_salt(request), max_age=COOKIE_AGE
        )
    except signing.BadSignature:
        return ""
    return str(found)


def _salt(request: HttpRequest) -> str:
    return f"{__name__}:{request.META.get('CSRF_COOKIE', '')}"


def is_from_our_own_page(request: HttpRequest) -> bool:
    """Whether the browser itself says that a page of this site sent the form."""
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"
