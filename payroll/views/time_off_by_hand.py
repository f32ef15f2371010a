"""By hand: what somebody must correct in payroll, as a page and as a file, and the button Done."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from integration_hub.accounts.models import administered
from integration_hub.accounts.requests import UserRequest
from payroll.models import Integration, TimeOffByHand
from payroll.pages.by_hand_rows import by_hand_page, by_hand_rows, listed_by_hand, shows_done
from payroll.pages.by_hand_table import by_hand_table
from payroll.pages.wording import plural
from payroll.timeoff import by_hand
from payroll.timeoff.readings import judge_again, newest_reading

from .table_files import NO_ROWS, NoFile, file_name, note_for, table_file, told_on

NOTHING = "Nothing was ticked, or it was done already. Nothing was changed."


@require_safe
@never_cache
def by_hand_list(request: UserRequest) -> HttpResponse:
    """Everything that waits to be done by hand, of one integration or of all."""
    integration = _integration(request, request.GET.get("integration", ""))
    mine = TimeOffByHand.objects.visible_to(request.user)
    page = by_hand_page(mine, integration, request.GET.dict(), administered(request.user))
    return render(request, "payroll/time_off_by_hand.html", {"actions": page})


@require_GET
@never_cache
@told_on("time_off_by_hand")
def by_hand_download(request: UserRequest) -> HttpResponseBase:
    """The whole list as its page shows it; each organisation's audit log has its own number."""
    integration, now = _integration(request, request.GET.get("integration", "")), timezone.now()
    mine, done = TimeOffByHand.objects.visible_to(request.user), shows_done(request.GET.dict())
    rows = by_hand_rows(listed_by_hand(mine, integration, done=done), administered(request.user))
    if not rows:
        raise NoFile(NO_ROWS)
    label = integration.label if integration else ""
    name = file_name(label, "to-correct-by-hand", now)
    response = table_file(request, by_hand_table(rows, done=done), name)
    group = "Done" if done else "To do"
    counted = Counter(row.action.integration.organisation for row in rows)
    for each, number in counted.items():
        what = "To correct by hand"
        note_for(request, each, now, label, table=what, group=group, corrections=number)
    return response


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
