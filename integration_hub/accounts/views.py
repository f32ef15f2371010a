"""Logging in, and the audit log."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from .audit import audit_lines
from .forms import EmailLoginForm
from .models import AuditEntry
from .requests import UserRequest

ENTRIES_PER_PAGE = 50


@require_safe
def audit_list(request: UserRequest) -> HttpResponse:
    """Settings → Audit log: who did what, newest first."""
    entries = AuditEntry.objects.visible_to(request.user).select_related("organisation")
    page = Paginator(entries, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "lines": audit_lines(page)}
    return render(request, "accounts/audit_list.html", context)


@method_decorator(login_not_required, name="dispatch")
class LoginView(views.LoginView):
    """The log-in page; where a fragment was asked for, the page around it goes there instead."""

    form_class = EmailLoginForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "HX-Request" in request.headers:
            return HttpResponseClientRefresh()
        return super().dispatch(request, *args, **kwargs)
