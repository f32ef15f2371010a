"""This payroll month: what was sent before and after the cut-off, what waits, what lies ahead."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from payroll.models import Integration
from payroll.pages.month_groups import MonthOfIntegration
from payroll.pages.month_page import asked_month, month_page


@require_safe
@never_cache
def payroll_month(request: UserRequest, pk: UUID) -> HttpResponse:
    """One month of one integration; names and values are hidden from viewers."""
    found = month_of(request, pk)
    organisation = found.integration.organisation
    membership = Membership.objects.get(user=request.user, organisation=organisation)
    context = {
        "integration": found.integration,
        "month": month_page(found, request.GET.dict(), sees_people=membership.may_run),
        "may_change": membership.may_run and organisation.has_addon,
    }
    return render(request, "payroll/payroll_month.html", context)


def month_of(request: UserRequest, pk: UUID) -> MonthOfIntegration:
    """The month asked for, this one where none is; 404 where nothing is kept of it."""
    visible = Integration.objects.visible_to(request.user).select_related("organisation")
    integration = get_object_or_404(visible, pk=pk)
    now = timezone.now()
    month = asked_month(request.GET.get("month"), integration, now)
    if month is None:
        raise Http404
    return MonthOfIntegration(integration, month, now)
