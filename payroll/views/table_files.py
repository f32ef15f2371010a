"""A table as a file to download: where there is none the reader is told, each one is audited."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from functools import wraps
from itertools import chain, islice
from tempfile import TemporaryFile
from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import slugify

from integration_hub.accounts.models import AuditEntry, Organisation
from integration_hub.accounts.requests import UserRequest
from payroll.models import Integration
from payroll.schedule import ZONE
from payroll.tables import Table, TableFormat, TooManyRows, csv_lines, write_xlsx

View = Callable[..., HttpResponseBase]

ROWS_AT_ONCE = 500
XLSX_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_ROWS = "There is nothing to download: nothing is listed here."
TOO_MANY_ROWS = "These are more rows than a workbook holds. Download them as CSV, or choose fewer."


class NoFile(Exception):
    """There is nothing to give; the text tells a person why."""


def told_on(page: str) -> Callable[[View], View]:
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


def table_file(request: UserRequest, table: Table, name: str) -> HttpResponseBase:
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


def file_name(label: str, what: str, at: datetime) -> str:
    """`xledger-norge-run-2026-11-23`: letters, digits and hyphens alone."""
    words = [slugify(label, allow_unicode=True)[:60], what, f"{at.astimezone(ZONE):%Y-%m-%d}"]
    return "-".join(filter(None, words))


def note_download(request: UserRequest, integration: Integration, **what: str | int) -> None:
    """Notes in the audit log that a table of the integration was downloaded (see `note_for`)."""
    now = timezone.now()
    note_for(request, integration.organisation, now, subject=integration.label, **what)


def note_for(
    request: UserRequest,
    organisation: Organisation,
    now: datetime,
    subject: str = "",
    **what: str | int,
) -> None:
    """The audit log says what was downloaded and how many it was about, not who."""
    after = {**what, "format": request.GET["format"].upper()}
    action = AuditEntry.Action.DOWNLOADED
    AuditEntry.write(organisation, action, now, user=request.user, subject=subject, after=after)
