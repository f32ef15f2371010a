"""Set aside and refused: whom payroll does not take, and the buttons Try again."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from integration_hub.accounts.models import Membership
from integration_hub.accounts.requests import UserRequest
from payroll.models import Integration
from payroll.pages.trouble_rows import listed_troubles, trouble_count, trouble_rows
from payroll.pages.wording import people
from payroll.troubles import free

from .setup.frame import configurable

PEOPLE_PER_PAGE = 50


@require_safe
@never_cache
def trouble_list(request: UserRequest, pk: UUID) -> HttpResponse:
    """Everybody whom payroll refused and who has not gone through since."""
    visible = Integration.objects.visible_to(request.user).select_related("organisation")
    integration = get_object_or_404(visible, pk=pk)
    membership = Membership.objects.get(user=request.user, organisation=integration.organisation)
    page = Paginator(listed_troubles(integration), PEOPLE_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "integration": integration,
        "counts": trouble_count(integration),
        "page": page,
        "rows": trouble_rows(page, sees_people=membership.may_run),
        "named": membership.may_run,
        "may_free": membership.may_run and integration.organisation.has_addon,
    }
    return render(request, "payroll/troubles.html", context)


@require_POST
def try_again(request: UserRequest, pk: UUID) -> HttpResponse:
    """Frees one person (`person`, the id of their trouble) or `all`. Sends nothing now."""
    integration, _ = configurable(request, pk)
    chosen = None if "all" in request.POST else _ids(request.POST.get("person", ""))
    freed = free(integration, request.user, timezone.now(), chosen)
    if freed:
        words = "The next sync tries this person again."
        if freed > 1:
            words = f"The next sync tries {people(freed)} again."
        messages.success(request, f"{words} Nothing was sent now.")
    else:
        messages.info(request, "Nobody was set aside any more, so nothing was changed.")
    return redirect("troubles", pk)


def _ids(text: str) -> list[UUID]:
    try:
        return [UUID(text)]
    except ValueError:
        return []
