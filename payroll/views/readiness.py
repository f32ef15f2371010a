"""Who is ready: everyone in an integration's scope, and what keeps whom back."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from integration_hub.core.searching import asked, search
from payroll.crowds import needs_of, newest_crowd
from payroll.models import Integration
from payroll.pages.readiness_rows import readiness_page
from payroll.readiness import standings

from .setup.frame import snapshot_of


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def readiness_list(request: UserRequest, pk: UUID) -> HttpResponse:
    """Everyone in scope as last read; names are hidden from viewers. A search is posted."""
    if request.method == "POST":
        return search(request)
    visible = Integration.objects.visible_to(request.user).select_related("organisation")
    integration = get_object_or_404(visible, pk=pk)
    membership = Membership.objects.get(user=request.user, organisation=integration.organisation)
    crowd = newest_crowd(integration, timezone.now())
    found = standings(crowd, integration.parsed_scope, needs_of(integration)) if crowd else []
    context = {
        "integration": integration,
        "snapshot": snapshot_of(integration),
        "may_read": membership.may_run and integration.organisation.has_addon,
        "back": "readiness",
        "has_reading": crowd is not None,
        "people": readiness_page(found, asked(request), sees_people=membership.may_run),
    }
    return render(request, "payroll/readiness.html", context)
