"""Logging in, and the audit log."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth import views
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.forms import AuthenticationForm
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views import csrf
from django.views.decorators.http import require_safe
from django_htmx.http import HttpResponseClientRefresh

from . import kept
from .audit import audit_lines
from .filters import AuditFilter
from .forms import EmailLoginForm
from .models import AuditEntry, User, administered
from .requests import UserRequest

ENTRIES_PER_PAGE = 50


@require_safe
def audit_list(request: UserRequest) -> HttpResponse:
    """Settings → Audit log: who did what, newest first, as far as asked for."""
    entries = AuditEntry.objects.visible_to(request.user).select_related("organisation")
    filters = AuditFilter(request.GET.dict(), request.user)
    if "organisation" in filters.errors:
        raise Http404
    listed = filters.narrow(entries).order_by("-at", "pk")
    page = Paginator(listed, ENTRIES_PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": audit_lines(page),
        "filters": filters,
        "may_download": administered(request.user).exists(),
    }
    return render(request, "accounts/audit_list.html", context)


@method_decorator(login_not_required, name="dispatch")
class LoginView(views.LoginView):
    """The log-in page; where a fragment was asked for, the page around it goes there instead."""

    form_class = EmailLoginForm
    template_name = "accounts/login.html"
    redirect_authenticated_user = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "HX-Request" in request.headers:
            answer = HttpResponseClientRefresh()
            answer["X-Logged-Out"] = "yes"  # hub.js refreshes nothing that somebody is editing
            return answer
        return super().dispatch(request, *args, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        """Without an e-mail nobody tries to log in yet: the page of a lock-out leads here."""
        kwargs = super().get_form_kwargs()
        if "username" not in self.request.POST:
            kwargs |= {"data": None, "files": None}
        return kwargs

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Logged in; whoever had entered something goes on with it."""
        answer = super().form_valid(form)
        sealed = self.request.POST.get(kept.FIELD)
        if sealed:
            answer = entries_page(self.request, form.get_user(), sealed, self.get_success_url())
        kept.remember(self.request, answer)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kept=self.request.POST.get(kept.FIELD, ""), **kwargs)


def log_in_again(request: HttpRequest, sealed: str) -> HttpResponse:
    """The log-in page in the place of the page that a form was sent to, with what was entered."""
    form = EmailLoginForm(request)
    context = {"form": form, "next": request.get_full_path(), "kept": sealed}
    response = render(request, "accounts/login.html", context)
    add_never_cache_headers(response)
    return response


def entries_page(request: HttpRequest, user: User, sealed: str, path: str) -> HttpResponse:
    """The page with the button that sends kept entries on to `path`, or `path` and why not."""
    try:
        kept.unseal(sealed, path, user, timezone.now())
    except kept.EntriesLost as lost:
        messages.warning(request, f"{lost} Nothing was saved.")
        return redirect(path)
    response = render(request, "accounts/kept.html", {"path": path, "kept": sealed})
    add_never_cache_headers(response)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from before the newest log-in, which another tab may have done.

    Where a page of ours sent it, as the browser itself tells, its entries are kept and the person
    says whether to go on. Anything else is refused.
    """
    user = request.user
    if isinstance(user, User) and kept.is_from_our_own_page(request):
        wanted = request.POST.get("next", "")
        if kept.FIELD in request.POST and _is_inside(request, wanted):  # the log-in page itself
            return entries_page(request, user, request.POST[kept.FIELD], wanted)
        if kept.may_keep(request):
            return _kept_for(request, user)
    return csrf.csrf_failure(request, reason)


def _kept_for(request: HttpRequest, user: User) -> HttpResponse:
    path = request.get_full_path()
    try:
        sealed = kept.seal(request, str(user.pk), timezone.now())
    except kept.EntriesLost:
        return csrf.csrf_failure(request)
    return entries_page(request, user, sealed, path)


def _is_inside(request: HttpRequest, address: str) -> bool:
    return url_has_allowed_host_and_scheme(
        address, {request.get_host()}, require_https=request.is_secure()
    )
