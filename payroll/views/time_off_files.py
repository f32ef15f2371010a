"""The file of an export: downloaded, the same bytes each time, and undone."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from integration_hub.accounts.models import AuditEntry
from integration_hub.accounts.requests import UserRequest
from payroll.models import TimeOffExport, TimeOffFile
from payroll.timeoff import files
from payroll.timeoff.readings import judge_again, newest_reading

from .table_files import XLSX_TYPE
from .time_off_exports import may_run_exports, visible_export

FORMS = {"csv": "csv", "not-sent": "left_out", "xlsx": "xlsx"}
UNDONE = "The file is undone. Its leaves can be exported again; do not import it."
PURGED = "There is nothing to download: names and values of this export were deleted."
TWICE = "The file was undone already."


@require_GET
@never_cache
def file_download(request: UserRequest, pk: UUID, form: str) -> HttpResponse:
    """For owners and admins; each download is audited."""
    export = _export(request, pk)
    if form not in FORMS:
        raise Http404
    file = get_object_or_404(TimeOffFile.objects.select_related("export"), export=export)
    wanted = cast("files.Form", FORMS[form])
    try:
        content = files.content_of(file, wanted)
    except files.FilePurged:
        messages.error(request, PURGED)
        return redirect("time_off_export", pk)
    export.integration.note(
        AuditEntry.Action.DOWNLOADED,
        timezone.now(),
        request.user,
        after={
            "table": f"Time off, file {file.number}",
            "part": form,
            "rows": file.rows,
            "format": "XLSX" if wanted == "xlsx" else "CSV",
        },
    )
    return HttpResponse(
        content,
        content_type=XLSX_TYPE if wanted == "xlsx" else "text/csv",
        headers={
            "Content-Disposition": content_disposition_header(True, files.file_name(file, wanted))
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def undo_file(request: UserRequest, pk: UUID) -> HttpResponse:
    """Says what undoing means, and does it once confirmed."""
    export = _export(request, pk)
    file = get_object_or_404(TimeOffFile.objects.select_related("export__integration"), export=pk)
    if request.method != "POST" and file.undone_at is None:
        return render(request, "payroll/time_off_undo.html", {"export": export, "file": file})
    now = timezone.now()
    if request.method == "POST" and files.undo(file, request.user, now):
        reading = newest_reading(export.integration, now)
        if reading and reading.is_ready:
            judge_again(reading, now)
        messages.success(request, UNDONE)
    else:
        messages.info(request, TWICE)
    return redirect("time_off_export", pk)


def _export(request: UserRequest, pk: UUID) -> TimeOffExport:
    """404 for a stranger, 403 for a viewer."""
    export = visible_export(request, pk)
    if not may_run_exports(request, export):
        raise PermissionDenied
    return export
