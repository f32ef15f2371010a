"""Between the list of leaves and an export: what would go, what not and why, and the button."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from integration_hub.accounts.requests import UserRequest
from integration_hub.core.errors import ConfigurationError
from integration_hub.core.searching import asked
from payroll.forms.time_off import LeaveFilter
from payroll.models import Integration, TimeOffExport, TimeOffReading
from payroll.pages.export_choice import Selection, by_box, every, once_more
from payroll.pages.export_review import Review, review
from payroll.pages.leave_list import chosen_leaves, was_removed
from payroll.timeoff import ledger
from payroll.timeoff.readings import judge_again, leaves_shown, newest_reading, period_of
from payroll.timeoff.records import Channel
from payroll.timeoff.starting import start_export

from .setup.frame import configurable

NOT_READ = "The leaves are not at hand any more. Read the period again, then choose."
NOTHING_CHOSEN = "Nothing was chosen. Tick at least one leave, then export."
NOTHING_GOES = "Nothing of what was chosen can go now, so nothing was started."
RELEASED = "Payroll counts as without it, so it can be chosen and exported again."
NOT_RELEASED = "Nothing was changed: as last read, payroll still has this leave, or never had it."
IN_PROGRESS = (
    "An export of this integration is in progress, and here it is. Nothing else was started; "
    "choose again when it is over."
)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def review_export(request: UserRequest, pk: UUID) -> HttpResponse:
    """What the chosen leaves would do to payroll. Nothing is sent from here.

    Opened without a choice (`?again=` is one) it leads back to the list.
    """
    integration, _ = configurable(request, pk)
    again = _again(request, integration)
    reading = newest_reading(integration, timezone.now())
    if again and not _is_of(reading, again):
        return _read_first(request, integration, reading, again)
    if reading is None or not reading.is_ready:
        messages.error(request, NOT_READ)
        return redirect("time_off_leaves", pk)
    selection = _selection(request, reading, again)
    if not selection.leaves and not selection.missing:
        messages.error(request, NOTHING_CHOSEN)
        return _to_list(request, integration)
    return _page(request, reading, review(reading, selection))


@require_POST
@never_cache
def export_chosen(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Export; where the leaves were read anew meanwhile, the review again."""
    integration, _ = configurable(request, pk)
    reading = newest_reading(integration, timezone.now())
    if reading is None or not reading.is_ready:
        return _in_progress(request, integration) or _not_read(request, integration)
    found = review(reading, _selection(request, reading, _again(request, integration)))
    if request.POST.get("seen") != found.stamp:
        return _in_progress(request, integration) or _page(request, reading, found, anew=True)
    going = found.selection.going
    if not going:
        messages.error(request, NOTHING_GOES)
        return _page(request, reading, found)
    chosen = {leave.id: leave.digest for leave in going}
    try:
        export, new = start_export(
            integration,
            period_of(reading),
            Channel(reading.channel),
            chosen,
            request.user,
            timezone.now(),
            filters=_told(found),
        )
    except ConfigurationError as error:
        messages.error(request, error.message)
        return _page(request, reading, found)
    if not new:
        messages.info(request, IN_PROGRESS)
    return redirect("time_off_export", export.pk)


@require_POST
def release_leave(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Send again, of a leave whose rows somebody removed in payroll."""
    integration, _ = configurable(request, pk)
    now = timezone.now()
    reading = newest_reading(integration, now)
    asked_for = request.POST.get("leave", "")
    shown = leaves_shown(reading) if reading and reading.is_ready else []
    removed = any(each.id == asked_for and was_removed(each) for each in shown)
    if reading and removed and ledger.release(integration, asked_for, now, request.user):
        judge_again(reading, now)
        messages.success(request, RELEASED)
    else:
        messages.info(request, NOT_RELEASED)
    return _to_list(request, integration)


def _told(found: Review) -> dict[str, object]:
    """What the export's page says of the choice; it names nobody."""
    totals = found.totals
    return {
        "how": found.selection.words,
        "leaves": totals.leaves,
        "people": totals.people,
        "days": totals.days,
        "hours": str(totals.hours),
    }


def _selection(
    request: UserRequest, reading: TimeOffReading, again: TimeOffExport | None
) -> Selection:
    shown = leaves_shown(reading)
    if again:
        return once_more(shown, again)
    if "every" not in request.POST:
        return by_box(shown, request.POST.getlist("leave"))
    query = asked(request)
    filters = LeaveFilter(query, shown)
    found = chosen_leaves(shown, filters, query, sees_people=True)
    return every(found.leaves, "; ".join([found.tab.label, *filters.words(), *_found(found.words)]))


def _found(words: str) -> list[str]:
    """That people were searched for, without their names."""
    return ["found by a search"] if words else []


def _again(request: UserRequest, integration: Integration) -> TimeOffExport | None:
    """The export of which something is to go once more. Raises Http404."""
    text = request.POST.get("again") or request.GET.get("again")
    if not text:
        return None
    try:
        export = TimeOffExport.objects.filter(integration=integration, pk=UUID(text)).first()
    except ValueError:
        raise Http404 from None
    if export is None:
        raise Http404
    return export


def _is_of(reading: TimeOffReading | None, export: TimeOffExport) -> bool:
    """Whether the reading shows the leaves of the export, as they are after it."""
    if reading is None or not reading.is_ready or reading.read_at is None:
        return False
    wanted = (export.period_start, export.period_end, export.channel)
    same = (reading.period_start, reading.period_end, reading.channel) == wanted
    return same and reading.read_at >= export.queued_at


def _read_first(
    request: UserRequest,
    integration: Integration,
    reading: TimeOffReading | None,
    export: TimeOffExport,
) -> HttpResponse:
    """The period of an earlier export is read before anything of it is chosen once more."""
    wanted = (export.period_start, export.period_end, export.channel)
    of_export = reading and (reading.period_start, reading.period_end, reading.channel) == wanted
    context = {
        "integration": integration,
        "export": export,
        "reading": reading if of_export else None,
    }
    return render(request, "payroll/time_off_again.html", context)


def _page(
    request: UserRequest, reading: TimeOffReading, found: Review, *, anew: bool = False
) -> HttpResponse:
    context = {
        "integration": reading.integration,
        "reading": reading,
        "review": found,
        "anew": anew or request.POST.get("seen", found.stamp) != found.stamp,
        "query": request.GET.urlencode(),
    }
    return render(request, "payroll/time_off_review.html", context)


def _in_progress(request: UserRequest, integration: Integration) -> HttpResponse | None:
    """The export that a second press, or a colleague, has started meanwhile."""
    export = TimeOffExport.objects.active().filter(integration=integration).first()
    if export is None:
        return None
    messages.info(request, IN_PROGRESS)
    return redirect("time_off_export", export.pk)


def _not_read(request: UserRequest, integration: Integration) -> HttpResponse:
    messages.error(request, NOT_READ)
    return redirect("time_off_leaves", integration.pk)


def _to_list(request: UserRequest, integration: Integration) -> HttpResponse:
    """Back to the list as it was narrowed."""
    response = redirect("time_off_leaves", integration.pk)
    if request.GET:
        response["Location"] += f"?{request.GET.urlencode()}#people"
    return response
