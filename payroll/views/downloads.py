"""Tables as CSV and XLSX: a run, a payroll month, who is ready, set aside or refused, what
waits, pins, the audit log.

Each download is audited.
"""

from __future__ import annotations

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from integration_hub.accounts.filters import AuditFilter
from integration_hub.accounts.models import AuditEntry, Membership, Organisation, administered
from integration_hub.accounts.requests import UserRequest
from payroll.crowds import needs_of, newest_crowd
from payroll.models import Integration, SyncRun, TimeOffExport
from payroll.pages import readiness_rows, run_people
from payroll.pages.audit_table import audit_table
from payroll.pages.export_results import chosen_results
from payroll.pages.export_table import export_table
from payroll.pages.month_table import MonthTable, month_in_words
from payroll.pages.pin_rows import chosen_pins
from payroll.pages.pin_table import pin_table
from payroll.pages.readiness_table import readiness_table
from payroll.pages.run_table import run_table
from payroll.pages.trouble_rows import listed_troubles
from payroll.pages.trouble_table import trouble_table
from payroll.pages.waiting_rows import chosen_changes
from payroll.pages.waiting_table import waiting_table
from payroll.readiness import standings
from payroll.schedule import ZONE

from .month import month_of
from .table_files import (
    NO_ROWS,
    ROWS_AT_ONCE,
    NoFile,
    file_name,
    note_download,
    note_for,
    table_file,
    told_on,
)

NOTHING_YET = "There is nothing to download yet: the run has not planned anything."
PURGED = "There is nothing to download: names and values of this run were deleted."
NOTHING_IN_MONTH = "There is nothing to download: nothing was sent in this month, nothing waits."
PURGED_ROWS = "There is nothing to download: the rows of this export were deleted."
NOT_READ = "There is nothing to download: people have not been read, or the reading is too old."


@require_GET
@never_cache
@told_on("run")
def run_download(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Everybody in the chosen group of a run, as its page shows them."""
    visible = SyncRun.objects.visible_to(request.user)
    run = get_object_or_404(visible.select_related("integration__organisation"), pk=pk)
    if run.purged_at or not run.planned_at:
        raise NoFile(PURGED if run.purged_at else NOTHING_YET)
    chosen = run_people.chosen_people(run, request.GET.dict())
    sees_people = _sees_people(request, run.integration)
    table = run_table(run, chosen.changes.iterator(ROWS_AT_ONCE), sees_people=sees_people)
    what = "run" if run.noun == "Sync" else run.noun.lower()
    response = table_file(request, table, file_name(run.integration.label, what, run.queued_at))
    note_download(
        request,
        run.integration,
        table=f"People of the {what} of {run.queued_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        group=chosen.tab.label,
        people=chosen.changes.count(),
    )
    return response


@require_GET
@never_cache
@told_on("time_off_export")
def time_off_download(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Every row of the chosen group of an export of time off, as its page shows them."""
    visible = TimeOffExport.objects.visible_to(request.user).defer("chosen")
    export = get_object_or_404(visible.select_related("integration__organisation"), pk=pk)
    _, chosen = chosen_results(export, request.GET.dict())
    if export.purged_at or not chosen.rows:
        raise NoFile(PURGED_ROWS if export.purged_at else NO_ROWS)
    found = export.results.filter(chosen.where).order_by("position")
    sees_people = _sees_people(request, export.integration)
    table = export_table(found.iterator(ROWS_AT_ONCE), sees_people=sees_people)
    label = export.integration.label
    response = table_file(request, table, file_name(label, "time-off-export", export.queued_at))
    note_download(
        request,
        export.integration,
        table=f"Export of time off of {export.queued_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        group=chosen.label,
        rows=chosen.rows,
    )
    return response


@require_GET
@never_cache
@told_on("readiness")
def readiness_download(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Everybody in the chosen group of Who is ready, as the page shows them."""
    integration, now = _integration(request, pk), timezone.now()
    crowd = newest_crowd(integration, now)
    if crowd is None:
        raise NoFile(NOT_READ)
    found = standings(crowd, integration.parsed_scope, needs_of(integration))
    sees_people = _sees_people(request, integration)
    chosen = readiness_rows.chosen_people(found, request.GET.dict(), sees_people=sees_people)
    table = readiness_table(chosen.standings, sees_people=sees_people)
    response = table_file(request, table, file_name(integration.label, "readiness", now))
    people = len(chosen.standings)
    note_download(request, integration, table="Who is ready", group=chosen.tab.label, people=people)
    return response


@require_GET
@never_cache
@told_on("payroll_month")
def month_download(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Every section of a payroll month, as its page shows them."""
    found = month_of(request, pk)
    whole = MonthTable(found, sees_people=_sees_people(request, found.integration))
    if not whole.rows:
        raise NoFile(NOTHING_IN_MONTH)
    name = file_name(found.integration.label, f"payroll-month-{found.month}", found.now)
    response = table_file(request, whole.table(), name)
    note_download(request, found.integration, table=month_in_words(found), changes=whole.rows)
    return response


@require_GET
@never_cache
@told_on("waiting")
def waiting_download(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Every change in the chosen group of Waiting for approval, as the page shows them."""
    integration = _integration(request, pk)
    group, _, changes = chosen_changes(integration, request.GET.dict())
    if not (number := changes.count()):
        raise NoFile(NO_ROWS)
    found = changes.select_related("decided_by").iterator(ROWS_AT_ONCE)
    sees_people = _sees_people(request, integration)
    table = waiting_table(integration, found, sees_people=sees_people)
    name = file_name(integration.label, "waiting-for-approval", timezone.now())
    response = table_file(request, table, name)
    note_download(
        request, integration, table="Waiting for approval", group=group.label, changes=number
    )
    return response


@require_GET
@never_cache
@told_on("pins")
def pin_download(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Every pinned value that was looked for, as the page shows them."""
    integration = _integration(request, pk)
    _, pins = chosen_pins(integration, request.GET.dict())
    if not (number := pins.count()):
        raise NoFile(NO_ROWS)
    sees_people = _sees_people(request, integration)
    table = pin_table(integration, pins.iterator(ROWS_AT_ONCE), sees_people=sees_people)
    response = table_file(
        request, table, file_name(integration.label, "pinned-values", timezone.now())
    )
    note_download(request, integration, table="Pinned values", values=number)
    return response


@require_GET
@never_cache
@told_on("troubles")
def trouble_download(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Everybody who is set aside or refused, as the page shows them."""
    integration = _integration(request, pk)
    found = list(listed_troubles(integration))
    if not found:
        raise NoFile(NO_ROWS)
    table = trouble_table(found, sees_people=_sees_people(request, integration))
    name = file_name(integration.label, "set-aside-and-refused", timezone.now())
    response = table_file(request, table, name)
    note_download(request, integration, table="Set aside and refused", people=len(found))
    return response


@require_GET
@never_cache
@told_on("audit")
def audit_download(request: UserRequest) -> HttpResponseBase:
    """The audit log of the organisations where the user is owner or admin, as far as asked for."""
    now = timezone.now()
    mine = list(Organisation.objects.filter(pk__in=administered(request.user)))
    if not mine:
        raise PermissionDenied
    filters = AuditFilter(request.GET.dict(), request.user)
    if "organisation" in filters.errors:
        raise Http404
    entries = AuditEntry.objects.filter(organisation__in=mine, at__lt=now)
    chosen = filters.narrow(entries.select_related("organisation")).order_by("-at", "pk")
    table = audit_table(chosen.iterator(ROWS_AT_ONCE))
    response = table_file(request, table, file_name("", "audit-log", now))
    for organisation in mine:
        number = chosen.filter(organisation=organisation).count()
        if number:
            note_for(request, organisation, now, table="Audit log", entries=number)
    return response


def _integration(request: UserRequest, pk: UUID) -> Integration:
    """404 for a stranger."""
    visible = Integration.objects.visible_to(request.user).select_related("organisation")
    return get_object_or_404(visible, pk=pk)


def _sees_people(request: UserRequest, integration: Integration) -> bool:
    organisation = integration.organisation_id
    return Membership.objects.get(user=request.user, organisation=organisation).may_run
