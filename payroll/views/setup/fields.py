"""The step Fields."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils import timezone

from integration_hub.accounts.requests import UserRequest
from payroll.forms import FieldsForm
from payroll.pages.field_rows import field_page
from payroll.reading import Reading

from .frame import Setup, go_on, saved, step_page


def field_step(request: UserRequest, setup: Setup) -> HttpResponse:
    """Which HR value goes where. Only the button Save saves; the others show the page again."""
    do = request.POST.get("do", "")
    reading = setup.reading()
    form = _form(request, setup, reading, reset=do == "defaults")
    if do == "save" and form.is_valid() and saved(request, setup, form):
        return go_on(request, setup)
    chosen = request.POST.get("person") or request.POST.get("sample") or request.GET.get("person")
    searched = "" if request.POST.get("person") else request.POST.get("q", "")
    page = field_page(form, reading, chosen or "", searched, timezone.now())
    context = {"form": form, "page": page, "tried": do == "save", "reset": do == "defaults"}
    return step_page(request, setup, context)


def _form(
    request: UserRequest, setup: Setup, reading: Reading | None, *, reset: bool
) -> FieldsForm:
    """The entries, or the rows that the target proposes, still on the version that was opened."""
    if request.method != "POST":
        return FieldsForm(setup.integration, reading=reading)
    if not reset:
        form = FieldsForm(setup.integration, request.POST, reading=reading)
        form.is_valid()
        return form
    proposed = setup.integration.target.default_mappings
    form = FieldsForm(setup.integration, reading=reading, proposed=proposed)
    form.initial["version"] = request.POST.get("version")
    return form
