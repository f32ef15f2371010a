"""Manage time: by which way time off could go to payroll. Nothing is exported from here yet."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from integration_hub.accounts.requests import UserRequest
from payroll.pages.time_off_channels import channels


@require_safe
def time_off(request: UserRequest) -> HttpResponse:
    """Manage time → Export time off."""
    return render(request, "payroll/time_off.html", {"channels": channels(request.user)})
