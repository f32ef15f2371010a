"""One person: looking for them, the five steps, and the button that syncs them now."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from integration_hub.accounts.kept import keeps_entries
from integration_hub.accounts.requests import UserRequest
from integration_hub.core.errors import ConfigurationError
from payroll.forms import PersonSearch
from payroll.models import Integration
from payroll.pages.five_steps import FiveSteps, five_steps
from payroll.pages.sample import HITS, find_people
from payroll.reading import Reading
from payroll.records import Employee
from payroll.single import is_for, start_for
from payroll.snapshots import newest_reading

from .setup.frame import configurable, snapshot_of


@keeps_entries()
@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def one_person(request: UserRequest, pk: UUID) -> HttpResponse:
    """Shows `?who=` in five steps; a search comes in the body, so that no name is in an address."""
    integration, _ = configurable(request, pk)
    reading = newest_reading(integration, timezone.now())
    form = PersonSearch(request.POST if request.method == "POST" else None)
    searched = form.cleaned_data["q"] if reading and form.is_valid() else ""
    hits = find_people(reading.people, searched) if reading and searched else []
    if len(hits) == 1:
        return redirect(page_of(integration, hits[0].id))
    who = request.GET.get("who", "") if request.method != "POST" else ""
    employee = _employee(reading, who)
    context = {
        "integration": integration,
        "snapshot": snapshot_of(integration),
        "back": "person",
        "who": who,
        "form": form,
        "searched": searched,
        "hits": hits,
        "more_hits": len(hits) == HITS,
        "reading": reading,
        "steps": _steps(integration, reading, employee),
    }
    return render(request, "payroll/person_sync.html", context)


@require_POST
def sync_person(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Sync this person now."""
    integration, _ = configurable(request, pk)
    now, who = timezone.now(), request.POST.get("who", "")
    employee = _employee(newest_reading(integration, now), who)
    if not integration.may_sync:
        messages.error(request, "A draft sends nothing: activate the integration first.")
    elif employee is None:
        messages.error(request, "Read people again first, so that you see what would be sent.")
    else:
        _start(request, integration, employee.id)
    return redirect(page_of(integration, who))


def page_of(integration: Integration, source_id: str) -> str:
    """Where the five steps of a person are."""
    query = f"?{urlencode({'who': source_id})}" if source_id else ""
    return reverse("one_person", args=[integration.pk]) + query


def _start(request: UserRequest, integration: Integration, source_id: str) -> None:
    try:
        run, new = start_for(integration, request.user, timezone.now(), source_id)
    except ConfigurationError as error:
        messages.error(request, error.message)
        return
    if not new and not is_for(run, source_id):
        words = "A run is in progress, so nothing was started for this person. Try again after it."
        messages.warning(request, words)


def _employee(reading: Reading | None, who: str) -> Employee | None:
    """The person with this id in the reading; None where there is none."""
    people = reading.people if reading and who else ()
    return next((each for each in people if each.id == who), None)


def _steps(
    integration: Integration, reading: Reading | None, employee: Employee | None
) -> FiveSteps | None:
    snapshot = snapshot_of(integration)
    if reading is None or employee is None or snapshot is None or snapshot.read_at is None:
        return None
    return five_steps(integration, reading, snapshot.read_at, employee, timezone.now())
