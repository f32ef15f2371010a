"""By hand: what somebody must correct in payroll, and the button that says it is done."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from integration_hub.accounts.models import administered
from integration_hub.accounts.requests import UserRequest
from payroll.models import Integration, TimeOffByHand
from payroll.pages.by_hand_rows import by_hand_page
from payroll.pages.wording import plural
from payroll.timeoff import by_hand
from payroll.timeoff.readings import judge_again, newest_reading

NOTHING = "Nothing was ticked, or it was done already. Nothing was changed."


@require_safe
@never_cache
def by_hand_list(request: UserRequest) -> HttpResponse:
    """Everything that waits to be done by hand, of one integration or of all."""
    integration = _integration(request, request.GET.get("integration", ""))
    mine = TimeOffByHand.objects.visible_to(request.user)
    page = by_hand_page(mine, integration, request.GET.dict(), administered(request.user))
    return render(request, "payroll/time_off_by_hand.html", {"actions": page})


@require_POST
def by_hand_done(request: UserRequest) -> HttpResponse:
    """The button Done: the ticked ones stand in payroll as they should."""
    integration = _integration(request, request.POST.get("integration", ""))
    chosen = [found for text in request.POST.getlist("action") if (found := _id(text))]
    mine = TimeOffByHand.objects.visible_to(request.user).select_related(
        "integration__organisation"
    )
    ticked = list(mine.filter(pk__in=chosen))
    runs = set(administered(request.user))
    if any(each.integration.organisation_id not in runs for each in ticked):
        raise PermissionDenied
    now = timezone.now()
    done = [each for each in ticked if by_hand.done_by_hand(each, request.user, now)]
    for each in {action.integration for action in done}:
        reading = newest_reading(each, now)
        if reading and reading.is_ready:
            judge_again(reading, now)
    if done:
        words = plural(len(done), "correction is", "corrections are")
        messages.success(request, f"{words} noted as done by you.")
    else:
        messages.info(request, NOTHING)
    back = reverse("time_off_by_hand")
    return redirect(f"{back}?integration={integration.pk}" if integration else back)


def _integration(request: UserRequest, text: str) -> Integration | None:
    """The one that is asked for, None for all. Raises Http404."""
    if not text:
        return None
    pk = _id(text)
    found = Integration.objects.visible_to(request.user).filter(pk=pk).first() if pk else None
    if found is None:
        raise Http404
    return found


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
