"""Waiting for approval: what a second person is asked, and the buttons that answer."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from integration_hub.core.errors import ConfigurationError
from payroll.models import Integration, SyncRun
from payroll.pages.waiting_rows import (
    chosen_changes,
    list_version,
    waiting_page,
    who_decides,
)
from payroll.pages.wording import plural
from payroll.verdicts import NotAllowed, decide, take_back
from payroll.waiting import hand_on

from .setup.frame import configurable

_KEPT = ("show", "number", "page")
CHANGED = "The list has changed since you opened it, so nothing was decided. Look at it again."
NOBODY = "Nothing was chosen. Tick the changes first; nothing was decided."
GONE = "These changes no longer wait: decided already, or changed in HR. Nothing was done twice."
LATER = "A run is in progress, so they are sent right after it, in a minute or two."


@require_safe
@never_cache
def waiting_list(request: UserRequest, pk: UUID) -> HttpResponse:
    """Everything that waits for a second person, and what was decided and is not over."""
    visible = Integration.objects.visible_to(request.user)
    integration = get_object_or_404(visible.select_related("organisation", "waits_set_by"), pk=pk)
    member = Membership.objects.get(user=request.user, organisation=integration.organisation_id)
    may_change = member.may_run and integration.organisation.has_addon
    decides = who_decides(integration, member)
    context = {
        "integration": integration,
        "waiting": waiting_page(integration, request.GET.dict(), sees_people=member.may_run),
        "decides": decides,
        "may_decide": decides.you and may_change,
        "may_change": may_change,
    }
    return render(request, "payroll/waiting.html", context)


@require_POST
def decide_waiting(request: UserRequest, pk: UUID) -> HttpResponse:
    """The buttons Approve, Decline and Take back, for the ticked changes or the whole list."""
    integration, member = configurable(request, pk)
    chosen, now = _chosen(request, integration), timezone.now()
    verb = request.POST.get("verdict", "")
    try:
        if not chosen or verb not in ("approve", "decline", "undo"):
            messages.error(request, CHANGED if "all" in request.POST else NOBODY)
        elif verb == "undo":
            _tell(request, take_back(pk, chosen, member, now), "waits again", "wait again")
        elif verb == "decline":
            number = decide(pk, chosen, member, now, approved=False)
            _tell(request, number, "was declined and is not sent", "were declined and are not sent")
        elif decide(pk, chosen, member, now, approved=True):
            return _send(request, integration)
        else:
            messages.info(request, GONE)
            under_way = integration.runs.active().filter(trigger=SyncRun.Trigger.APPROVED).first()
            if under_way:  # the button was pressed twice
                return redirect("run", under_way.pk)
    except NotAllowed as reason:
        messages.error(request, str(reason))
    return redirect(_back(request, pk))


def _chosen(request: UserRequest, integration: Integration) -> Sequence[UUID]:
    """The ids ticked; of the whole list all, if it is still the one that was looked at."""
    if "all" in request.POST:
        asked = {key: request.POST.get(key, "") for key in ("show", "number")}
        version, ids = list_version(chosen_changes(integration, asked)[2])
        return ids if version == request.POST["all"] else []
    return [found for text in request.POST.getlist("change") if (found := _id(text))]


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _send(request: UserRequest, integration: Integration) -> HttpResponse:
    """Starts the run of what was approved and shows it, or says when it starts."""
    try:
        handed = hand_on(integration, timezone.now())
    except ConfigurationError as error:
        messages.error(request, error.message)
        handed = None
    if handed is None:
        return redirect(_back(request, integration.pk))
    run, new = handed
    if new and run.status != SyncRun.Status.FAILED:
        messages.success(request, "Approved. Here is the run that sends it.")
        return redirect("run", run.pk)
    if new:
        messages.error(request, f"Approved, but not sent yet. {run.error}")
    else:
        messages.success(request, f"Approved. {LATER}")
    return redirect(_back(request, integration.pk))


def _tell(request: UserRequest, number: int, one: str, many: str) -> None:
    if number:
        words = one if number == 1 else many
        messages.success(request, f"{plural(number, 'change', 'changes')} {words}.")
    else:
        messages.info(request, GONE)


def _back(request: UserRequest, pk: UUID) -> str:
    """The list as it was narrowed."""
    asked = QueryDict(request.POST.get("view", "")[:500])
    view = QueryDict(mutable=True)
    view.update({key: asked[key] for key in _KEPT if key in asked})
    return f"{reverse('waiting', args=[pk])}{f'?{view.urlencode()}' if view else ''}"
