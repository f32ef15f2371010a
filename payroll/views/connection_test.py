"""The page Connection test: both systems are asked, and what was found last is shown."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from payroll.connection import try_both
from payroll.models import Integration
from payroll.pages.connection_result import newest_test
from payroll.runs import NO_ADDON


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def connection_test(request: UserRequest, pk: UUID) -> HttpResponse:
    """The button Test connection, and what the newest test found."""
    visible = Integration.objects.visible_to(request.user).select_related("organisation")
    integration = get_object_or_404(visible, pk=pk)
    membership = Membership.objects.get(user=request.user, organisation=integration.organisation)
    if request.method == "POST":
        return _try(request, integration, membership)
    context = {
        "integration": integration,
        "tested": newest_test(integration),
        "may_test": membership.may_run and integration.organisation.has_addon,
    }
    return render(request, "payroll/integration_connection.html", context)


def _try(request: UserRequest, integration: Integration, membership: Membership) -> HttpResponse:
    if not membership.may_run:
        raise PermissionDenied
    if not integration.organisation.has_addon:
        messages.error(request, NO_ADDON)
        return redirect("integration", integration.pk)
    try_connection(request, integration)
    return redirect("integration_connection", integration.pk)


def try_connection(request: UserRequest, integration: Integration) -> None:
    """Tests both sides and keeps the result; tells the person where it could not be kept."""
    if not try_both(integration, request.user, timezone.now):
        messages.warning(
            request,
            "Somebody changed this integration while it was tested, so the result was not kept. "
            "Test again.",
        )
