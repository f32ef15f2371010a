"""The pages of exports of time off: the history, one export with its live progress, cancelling."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from payroll.forms.time_off_exports import ExportFilter
from payroll.models import TimeOffExport, TimeOffFile
from payroll.pages.export_choice import not_gone
from payroll.pages.export_lines import export_lines
from payroll.pages.export_results import results
from payroll.pages.export_words import export_facts, progress
from payroll.timeoff.starting import cancel_export

from .live import live

EXPORTS_PER_PAGE = 25
OVER = "It was over already, so there was nothing left to cancel."
BEFORE = "Cancelled before it began. Nothing was sent."
BETWEEN = "Cancelled while it waited. What had been sent stays sent."


@require_safe
def export_list(request: UserRequest) -> HttpResponse:
    """Every export of time off that the user may see, newest first, as far as asked for."""
    filters = ExportFilter(request.GET.dict(), request.user)
    if "integration" in filters.errors:
        raise Http404
    found = filters.narrow(TimeOffExport.objects.visible_to(request.user)).listed()
    page = Paginator(found, EXPORTS_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": export_lines(page), "filters": filters}
    return render(request, "payroll/time_off_exports.html", context)


@require_safe
@never_cache
def export_detail(request: UserRequest, pk: UUID) -> HttpResponse:
    """One export: how it stands, what became of each row, its file."""
    export = visible_export(request, pk)
    may_run = may_run_exports(request, export)
    listed = results(export, request.GET.dict(), sees_people=may_run)
    context = {
        "export": export,
        "file": TimeOffFile.objects.filter(export=export).defer("body").first(),
        "progress": progress(export),
        "facts": export_facts(export),
        "results": listed,
        "may_export": may_run and export.integration.organisation.has_addon,
        "may_run": may_run,
        "left": 0 if export.is_active else len(not_gone(export)),
    }
    return render(request, "payroll/time_off_export.html", context)


@require_safe
@never_cache
def export_progress(request: UserRequest, pk: UUID) -> HttpResponse:
    """The live part of an export's page."""
    export = visible_export(request, pk)
    template = "payroll/_export_progress.html"
    return live(request, export, lambda: progress(export), template, "export")


@require_POST
def cancel_time_off(request: UserRequest, pk: UUID) -> HttpResponse:
    """For owners and admins, also where the add-on is off: it can only stop something."""
    export = visible_export(request, pk)
    if not may_run_exports(request, export):
        raise PermissionDenied
    cancelled = cancel_export(export, request.user, timezone.now())
    export.refresh_from_db()
    if not export.is_active:
        messages.info(request, _words(export) if cancelled else OVER)
    return redirect("time_off_export", export.pk)


def _words(export: TimeOffExport) -> str:
    """Of an export that waited when it was cancelled: for its turn, or to go on."""
    return BETWEEN if export.results.exists() else BEFORE


def visible_export(request: UserRequest, pk: UUID) -> TimeOffExport:
    """404 for a stranger."""
    mine = TimeOffExport.objects.visible_to(request.user).select_related(
        "integration__organisation", "started_by", "cancel_asked_by"
    )
    return get_object_or_404(mine.defer("chosen"), pk=pk)


def may_run_exports(request: UserRequest, export: TimeOffExport) -> bool:
    """Whether the user may export, and so see names."""
    organisation = export.integration.organisation_id
    return Membership.objects.get(user=request.user, organisation=organisation).may_run
