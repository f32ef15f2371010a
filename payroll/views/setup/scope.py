"""The step Who."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from integration_hub.accounts.requests import UserRequest
from payroll.crowds import newest_crowd
from payroll.forms import ScopeForm
from payroll.pages.scope_choices import groups, search
from payroll.pages.scope_preview import Preview, preview
from payroll.scope import Scope

from .frame import Setup, go_on, open_step, saved, step_page

_TO_LIST = {"take_in": "include", "leave_out": "exclude"}
_LOOKS = ("show", *_TO_LIST)
"""Names of the buttons that show the page again and save nothing."""


def scope_step(request: UserRequest, setup: Setup) -> HttpResponse:
    """Who takes part, how many they are, and who would drop out; saved once that was seen."""
    form = _form(request, setup)
    seen = _preview(setup, form)
    looks = any(name in request.POST for name in _LOOKS)
    asks = False
    if form.is_bound and seen and not looks:
        confirmed = not seen.doubts or request.POST.get("confirmed") == seen.mark
        if confirmed and saved(request, setup, form):
            return go_on(request, setup)
        asks = not confirmed
    context = {
        "form": form,
        "groups": groups(form, setup.integration.scope_labels),
        "preview": seen,
        "asks": asks,
        "search": search(form.crowd, str(form["find"].value() or "")) if form.crowd else None,
    }
    return step_page(request, setup, context)


@require_POST
@never_cache
def people_count(request: UserRequest, pk: UUID) -> HttpResponse:
    """The count beside the form, for what is entered in it now. Saves nothing."""
    setup = open_step(request, pk, "scope")
    form = _form(request, setup)
    context = {
        "integration": setup.integration,
        "form": form,
        "groups": groups(form, setup.integration.scope_labels),
        "preview": _preview(setup, form),
        "apart": True,
    }
    return render(request, "payroll/_headcount.html", context)


def _form(request: UserRequest, setup: Setup) -> ScopeForm:
    crowd = newest_crowd(setup.integration, timezone.now())
    data = _with_found(request.POST) if request.method == "POST" else None
    return ScopeForm(setup.integration, data, crowd=crowd)


def _with_found(posted: QueryDict) -> QueryDict:
    """The entries, with the person whose button was pressed in that list and in no other."""
    pressed = next((name for name in _TO_LIST if name in posted), None)
    if pressed is None:
        return posted
    data, word = posted.copy(), str(posted[pressed])
    for name, field in _TO_LIST.items():
        lines = [line for line in str(data.get(field, "")).splitlines() if line.strip() != word]
        data[field] = "\n".join([*lines, word] if name == pressed else lines)
    return data


def _preview(setup: Setup, form: ScopeForm) -> Preview | None:
    """What the entries would do, or what is saved does; None while something is mistyped."""
    if not form.is_bound:
        return preview(form.crowd, setup.integration, setup.integration.parsed_scope)
    if not form.is_valid():
        return None
    return preview(form.crowd, setup.integration, Scope.parse(form.scope))
