"""The button that cancels a run."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from payroll.cancelling import Answer, cancel
from payroll.models import SyncRun

_WORDS = {
    Answer.AT_ONCE: "Cancelled before it began. Nothing was sent.",
    Answer.BETWEEN: "Cancelled while it waited. What had been sent stays sent.",
    Answer.AGAIN: "It is being cancelled already.",
    Answer.OVER: "It was over already, so there was nothing left to cancel.",
}


@require_POST
def cancel_run(request: UserRequest, pk: UUID) -> HttpResponse:
    """For owners and admins, also where the add-on is off: it can only stop something."""
    mine = SyncRun.objects.visible_to(request.user).select_related("integration__organisation")
    run = get_object_or_404(mine, pk=pk)
    organisation = run.integration.organisation
    if not Membership.objects.get(user=request.user, organisation=organisation).may_run:
        raise PermissionDenied
    answer = cancel(run, request.user, timezone.now())
    if answer in _WORDS:  # of a run that is stopping, the page itself says how it stands
        messages.info(request, _WORDS[answer])
    return redirect("run", run.pk)
