"""The buttons of a held plan: apply it, discard it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from integration_hub.accounts.models import Membership, User
from integration_hub.accounts.requests import UserRequest
from payroll.approval import NotNow, approve, discard
from payroll.models import SyncRun


@require_POST
def approve_plan(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Apply this plan."""
    words = "The plan is applied: both systems are read once more, then it is sent."
    return _decide(request, pk, approve, words)


@require_POST
def discard_plan(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Discard."""
    words = "The plan is discarded and nothing was sent. The next sync plans everything anew."
    return _decide(request, pk, discard, words)


def _decide(
    request: UserRequest, pk: UUID, verb: Callable[[SyncRun, User, datetime], None], words: str
) -> HttpResponse:
    """A button that was pressed twice, or too late, is told what happened; it does no harm."""
    run = get_object_or_404(SyncRun.objects.visible_to(request.user), pk=pk)
    organisation = run.integration.organisation_id
    if not Membership.objects.get(user=request.user, organisation=organisation).may_run:
        raise PermissionDenied
    try:
        verb(run, request.user, timezone.now())
    except NotNow as reason:
        messages.warning(request, str(reason))
    else:
        messages.success(request, words)
    return redirect("run", run.pk)
