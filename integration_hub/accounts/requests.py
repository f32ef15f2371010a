"""The type of a request whose user has logged in, which the middleware makes every view's."""

from __future__ import annotations

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from .models import User


class UserRequest(HttpRequest):
    """A request of a logged-in user; `htmx` is true where it asks for a fragment."""

    user: User
    htmx: HtmxDetails
