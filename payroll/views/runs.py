"""The pages of runs: the history, one run, and its live progress."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from integration_hub.core.sorting import chosen_sort, columns
from payroll.forms import ActivityFilter
from payroll.models import SyncRun
from payroll.pages.held_plan import held_plan
from payroll.pages.month_page import ahead_of
from payroll.pages.overview import good_runs, run_lines
from payroll.pages.pin_rows import pinned_in_words
from payroll.pages.run_facts import progress, run_facts
from payroll.pages.run_people import run_people
from payroll.pages.wording import again_in_words, late_in_words, next_run_in_words
from payroll.restores import may_restore

from .live import live

RUNS_PER_PAGE = 25
_SORTS = {"started": "Started"}


@require_safe
def run_list(request: UserRequest) -> HttpResponse:
    """Activity: every run the user may see, newest first, as far as asked for."""
    runs = SyncRun.objects.visible_to(request.user).select_related("integration", "started_by")
    filters = ActivityFilter(request.GET.dict(), request.user)
    if "integration" in filters.errors:
        raise Http404
    sort = chosen_sort(request.GET.get("sort"), _SORTS, "-started")
    by_start = "queued_at" if sort == "started" else "-queued_at"
    listed = filters.narrow(runs).order_by(by_start, "pk")
    page = Paginator(listed, RUNS_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": run_lines(page),
        "filters": filters,
        "sort": request.GET.get("sort") and sort,
        "columns": columns(_SORTS, sort),
    }
    return render(request, "payroll/run_list.html", context)


@require_safe
@never_cache
def run_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    """One run: how it stands, what it measured, and its people, in groups and pages."""
    run = _run(request, pk)
    sees_people = _sees_people(request, run)
    context = {
        "run": run,
        "progress": progress(run),
        "facts": run_facts(run),
        "held": held_plan(run, timezone.now()),
        "late": late_in_words(run),
        "last_good": good_runs().filter(integration=run.integration_id).first(),
        "next_run": next_run_in_words(run.integration),
        "followed_by": run.continued_by.first(),
        "again": again_in_words(run),
        "people": run_people(run, request.GET.dict(), sees_people=sees_people),
        "pinned": pinned_in_words(run),
        "restorable": sees_people and may_restore(run),
        "ahead": ahead_of(run, sees_people=sees_people),
    }
    return render(request, "payroll/run_detail.html", context)


@require_safe
@never_cache
def run_progress(request: UserRequest, pk: UUID) -> HttpResponse:
    """The live part of a run's page."""
    run = _run(request, pk)
    return live(request, run, lambda: progress(run), "payroll/_run_progress.html", "run")


def _run(request: UserRequest, pk: UUID) -> SyncRun:
    mine = SyncRun.objects.visible_to(request.user).select_related(
        "integration", "started_by", "cancel_asked_by", "continues", "restores"
    )
    return get_object_or_404(mine, pk=pk)


def _sees_people(request: UserRequest, run: SyncRun) -> bool:
    """Whether names and values are shown: to those who may run, not to viewers."""
    organisation = run.integration.organisation_id
    return Membership.objects.get(user=request.user, organisation=organisation).may_run
