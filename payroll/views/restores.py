"""Restoring the values before a run: what it would bring back, the button, and the pins it sets."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from integration_hub.core.errors import ConfigurationError
from payroll.models import Integration, SyncRun
from payroll.pages.pin_rows import pin_page
from payroll.pages.restore_rows import RestorePage, restore_page
from payroll.pages.wording import plural
from payroll.pins import unpin
from payroll.restores import start_restore

from .setup.frame import configurable

IN_PROGRESS = (
    "A run of this integration is in progress, and here it is. Nothing was restored; try again "
    "when it is over."
)
NOT_YET = "This run is not over, so nothing can be restored yet. Wait for its end, or cancel it."
NOTHING = "There is nothing to restore, so nothing was started. The reasons are listed below."
NOBODY = "Nothing was chosen, or it is no longer pinned. Nothing was changed."


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def restore_run(request: UserRequest, pk: UUID) -> HttpResponse:
    """What a restore of the run, or of `who` in it, brings back; a POST confirms and starts it."""
    run = _run(request, pk)
    asked = request.POST if request.method == "POST" else request.GET
    restore = restore_page(run, asked.dict())
    if restore.who and not restore.page.paginator.count:
        raise Http404
    if run.is_active or run.preview:
        messages.info(request, NOT_YET)
        return redirect("run", run.pk)
    if request.method == "POST" and restore.possible:
        return _start(request, run, restore)
    if request.method == "POST":
        messages.error(request, NOTHING)
    return render(request, "payroll/restore.html", {"run": run, "restore": restore})


def _start(request: UserRequest, run: SyncRun, restore: RestorePage) -> HttpResponse:
    try:
        started, new = start_restore(run, request.user, timezone.now(), restore.who)
    except ConfigurationError as error:
        messages.error(request, error.message)
        return redirect("run", run.pk)
    if not new:
        ours = started.trigger == SyncRun.Trigger.RESTORE and started.restores_id == run.pk
        messages.info(request, "It is under way already. Here it is." if ours else IN_PROGRESS)
    return redirect("run", started.pk)


@require_safe
@never_cache
def pin_list(request: UserRequest, pk: UUID) -> HttpResponse:
    """Every value that syncs leave alone since it was restored."""
    visible = Integration.objects.visible_to(request.user).select_related("organisation")
    integration = get_object_or_404(visible, pk=pk)
    member = Membership.objects.get(user=request.user, organisation=integration.organisation_id)
    context = {
        "integration": integration,
        "pins": pin_page(integration, request.GET.dict(), sees_people=member.may_run),
        "may_change": member.may_run and integration.organisation.has_addon,
    }
    return render(request, "payroll/pins.html", context)


@require_POST
def unpin_values(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Unpin chosen."""
    integration, member = configurable(request, pk)
    chosen = [found for text in request.POST.getlist("pin") if (found := _id(text))]
    number = unpin(integration, chosen, member.user, timezone.now())
    if number:
        words = f"{plural(number, 'value', 'values')} unpinned. The next sync sends what HR says."
        messages.success(request, words)
    else:
        messages.info(request, NOBODY)
    return redirect("pins", pk)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _run(request: UserRequest, pk: UUID) -> SyncRun:
    """404 for a stranger, 403 for a viewer, without the add-on, and for a draft."""
    visible = SyncRun.objects.visible_to(request.user)
    run = get_object_or_404(visible.select_related("integration__organisation"), pk=pk)
    configurable(request, run.integration_id)
    if not run.integration.may_sync:
        raise PermissionDenied
    return run
