"""The pages of the wizard's steps, one module each, by the step's key."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.http import HttpResponse

from integration_hub.accounts.requests import UserRequest

from .connection import connection_step
from .fields import field_step
from .frame import Setup
from .matching import matching_step
from .review import review_step
from .schedule import schedule_step
from .scope import scope_step

PAGES: Mapping[str, Callable[[UserRequest, Setup], HttpResponse]] = {
    "connection": connection_step,
    "scope": scope_step,
    "fields": field_step,
    "matching": matching_step,
    "schedule": schedule_step,
    "review": review_step,
}
