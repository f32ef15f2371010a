"""Tables as CSV and XLSX: a run, a payroll month, who is ready, set aside or refused, what
waits, pins, the audit log.

Each download is audited.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import wraps
from itertools import chain, islice
from tempfile import TemporaryFile
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, Http404, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify
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
from payroll.tables import Table, TableFormat, TooManyRows, csv_lines, write_xlsx

from .month import month_of

View = Callable[..., HttpResponseBase]

ROWS_AT_ONCE = 500
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NOTHING_YET = "There is nothing to download yet: the run has not planned anything."
PURGED = "There is nothing to download: names and values of this run were deleted."
NOTHING_IN_MONTH = "There is nothing to download: nothing was sent in this month, nothing waits."
NO_ROWS = "There is nothing to download: nothing is listed here."
PURGED_ROWS = "There is nothing to download: the rows of this export were deleted."
NOT_READ = "There is nothing to download: people have not been read, or the reading is too old."
TOO_MANY_ROWS = "These are more rows than a workbook holds. Download them as CSV, or choose fewer."


class NoFile(Exception):
    """There is nothing to give; the text tells a person why."""


def _told_on(page: str) -> Callable[[View], View]:
    """Where there is no file, the person is back on the page, as narrowed as it was, and told."""

    def decorate(view: View) -> View:
        @wraps(view)
        def answer(request: UserRequest, **address: UUID) -> HttpResponseBase:
            try:
                return view(request, **address)
            except NoFile as error:
                messages.error(request, str(error))
            asked = request.GET.copy()
            asked.pop("format", None)
            back = reverse(page, kwargs=address)
            return redirect(f"{back}?{asked.urlencode()}" if asked else back)

        return answer

    return decorate


@require_GET
@never_cache
@_told_on("run")
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
    response = _file(request, table, _name(run.integration.label, what, run.queued_at))
    _note(
        request,
        run.integration,
        table=f"People of the {what} of {run.queued_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        group=chosen.tab.label,
        people=chosen.changes.count(),
    )
    return response


@require_GET
@never_cache
@_told_on("time_off_export")
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
    response = _file(request, table, _name(label, "time-off-export", export.queued_at))
    _note(
        request,
        export.integration,
        table=f"Export of time off of {export.queued_at.astimezone(ZONE):%Y-%m-%d %H:%M}",
        group=chosen.label,
        rows=chosen.rows,
    )
    return response


@require_GET
@never_cache
@_told_on("readiness")
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
    response = _file(request, table, _name(integration.label, "readiness", now))
    people = len(chosen.standings)
    _note(request, integration, table="Who is ready", group=chosen.tab.label, people=people)
    return response


@require_GET
@never_cache
@_told_on("payroll_month")
def month_download(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Every section of a payroll month, as its page shows them."""
    found = month_of(request, pk)
    whole = MonthTable(found, sees_people=_sees_people(request, found.integration))
    if not whole.rows:
        raise NoFile(NOTHING_IN_MONTH)
    name = _name(found.integration.label, f"payroll-month-{found.month}", found.now)
    response = _file(request, whole.table(), name)
    _note(request, found.integration, table=month_in_words(found), changes=whole.rows)
    return response


@require_GET
@never_cache
@_told_on("waiting")
def waiting_download(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Every change in the chosen group of Waiting for approval, as the page shows them."""
    integration = _integration(request, pk)
    group, _, changes = chosen_changes(integration, request.GET.dict())
    if not (number := changes.count()):
        raise NoFile(NO_ROWS)
    found = changes.select_related("decided_by").iterator(ROWS_AT_ONCE)
    sees_people = _sees_people(request, integration)
    table = waiting_table(integration, found, sees_people=sees_people)
    name = _name(integration.label, "waiting-for-approval", timezone.now())
    response = _file(request, table, name)
    _note(request, integration, table="Waiting for approval", group=group.label, changes=number)
    return response


@require_GET
@never_cache
@_told_on("pins")
def pin_download(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Every pinned value that was looked for, as the page shows them."""
    integration = _integration(request, pk)
    _, pins = chosen_pins(integration, request.GET.dict())
    if not (number := pins.count()):
        raise NoFile(NO_ROWS)
    sees_people = _sees_people(request, integration)
    table = pin_table(integration, pins.iterator(ROWS_AT_ONCE), sees_people=sees_people)
    response = _file(request, table, _name(integration.label, "pinned-values", timezone.now()))
    _note(request, integration, table="Pinned values", values=number)
    return response


@require_GET
@never_cache
@_told_on("troubles")
def trouble_download(request: UserRequest, pk: UUID) -> HttpResponseBase:
    """Everybody who is set aside or refused, as the page shows them."""
    integration = _integration(request, pk)
    found = list(listed_troubles(integration))
    if not found:
        raise NoFile(NO_ROWS)
    table = trouble_table(found, sees_people=_sees_people(request, integration))
    name = _name(integration.label, "set-aside-and-refused", timezone.now())
    response = _file(request, table, name)
    _note(request, integration, table="Set aside and refused", people=len(found))
    return response


@require_GET
@never_cache
@_told_on("audit")
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
    response = _file(request, table, _name("", "audit-log", now))
    for organisation in mine:
        number = chosen.filter(organisation=organisation).count()
        if number:
            _write(request, organisation, now, table="Audit log", entries=number)
    return response


# --- the file ------------------------------------------------------------------------------------


def _file(request: UserRequest, table: Table, name: str) -> HttpResponseBase:
    """The table in the format asked for. Raises NoFile, and DecryptionError before any of it."""
    asked = request.GET.get("format", "")
    if asked not in set(TableFormat):
        raise NoFile(f"“{asked[:20]}” is no format of a table. Choose CSV or XLSX.")
    return _csv(table, f"{name}.csv") if asked == TableFormat.CSV else _xlsx(table, f"{name}.xlsx")


def _csv(table: Table, name: str) -> StreamingHttpResponse:
    """Goes out while it is read; the first rows are read now, so that a lost key is told."""
    chunks = _chunks(csv_lines(table))
    return StreamingHttpResponse(
        chain([next(chunks)], chunks),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": content_disposition_header(True, name)},
    )


def _chunks(lines: Iterator[bytes]) -> Iterator[bytes]:
    while chunk := b"".join(islice(lines, ROWS_AT_ONCE)):
        yield chunk


def _xlsx(table: Table, name: str) -> FileResponse:
    with ExitStack() as failing:
        file = failing.enter_context(TemporaryFile())
        try:
            write_xlsx(table, file)
        except TooManyRows:
            raise NoFile(TOO_MANY_ROWS) from None
        failing.pop_all()  # the response closes it
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=name, content_type=XLSX_TYPE)


def _name(label: str, what: str, at: datetime) -> str:
    """`xledger-norge-run-2026-11-23`: letters, digits and hyphens alone."""
    words = [slugify(label, allow_unicode=True)[:60], what, f"{at.astimezone(ZONE):%Y-%m-%d}"]
    return "-".join(filter(None, words))


# --- who, and the audit log ----------------------------------------------------------------------


def _integration(request: UserRequest, pk: UUID) -> Integration:
    """404 for a stranger."""
    visible = Integration.objects.visible_to(request.user).select_related("organisation")
    return get_object_or_404(visible, pk=pk)


def _sees_people(request: UserRequest, integration: Integration) -> bool:
    organisation = integration.organisation_id
    return Membership.objects.get(user=request.user, organisation=organisation).may_run


def _note(request: UserRequest, integration: Integration, **what: str | int) -> None:
    now = timezone.now()
    _write(request, integration.organisation, now, subject=integration.label, **what)


def _write(
    request: UserRequest,
    organisation: Organisation,
    now: datetime,
    subject: str = "",
    **what: str | int,
) -> None:
    """Says what was downloaded, and how many it was about, not who."""
    after = {**what, "format": request.GET["format"].upper()}
    action = AuditEntry.Action.DOWNLOADED
    AuditEntry.write(organisation, action, now, user=request.user, subject=subject, after=after)
