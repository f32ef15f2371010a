"""Deleting an integration: what goes and what stays, confirmed by its name."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from integration_hub.accounts.models import Membership, Role
from integration_hub.accounts.requests import UserRequest
from payroll.deletion import CannotDelete, delete_integration, what_stops
from payroll.forms import DeletionForm
from payroll.models import Integration


@require_http_methods(["GET", "HEAD", "POST"])
def integration_delete(request: UserRequest, pk: UUID) -> HttpResponse:
    """For owners only; the add-on may be off."""
    integration = _owned(request, pk)
    form = DeletionForm(integration, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            delete_integration(integration.pk, request.user, timezone.now())
        except CannotDelete as error:
            form.add_error(None, str(error))
        except Integration.DoesNotExist:  # the button was pressed twice
            return redirect("integrations")
        else:
            messages.success(request, f"{integration.label} is deleted.")
            return redirect("integrations")
    context = {
        "integration": integration,
        "form": form,
        "stops": what_stops(integration),
        "linked": integration.links.exclude(target_id="").count(),
        "runs": integration.runs.count(),
    }
    return render(request, "payroll/integration_delete.html", context)


def _owned(request: UserRequest, pk: UUID) -> Integration:
    mine = Integration.objects.visible_to(request.user).select_related("organisation")
    integration = get_object_or_404(mine, pk=pk)
    membership = Membership.objects.get(user=request.user, organisation=integration.organisation)
    if membership.role != Role.OWNER:
        raise PermissionDenied
    return integration
