"""What stands around every view: the reader's locale, who must log in first, a key that is lost."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from .accounts import kept
from .accounts.models import User
from .accounts.views import log_in_again
from .core.errors import DecryptionError
from .core.locale import written_for

log = logging.getLogger(__name__)


class LogInFirstMiddleware(LoginRequiredMiddleware):
    """Sends whoever is not logged in to the log-in page, and loses nothing that they entered."""

    def process_view(
        self,
        request: HttpRequest,
        view_func: Callable[..., HttpResponseBase],
        view_args: tuple[Any, ...],
        view_kwargs: dict[Any, Any],
    ) -> HttpResponseBase | None:
        if request.method != "POST":
            return super().process_view(request, view_func, view_args, view_kwargs)
        if isinstance(request.user, User):
            return _bring_back(request, request.user)
        if not getattr(view_func, "login_required", True):
            return None
        if "HX-Request" in request.headers:
            return super().process_view(request, view_func, view_args, view_kwargs)
        return self._ask_again(request)

    def _ask_again(self, request: HttpRequest) -> HttpResponseBase:
        """The log-in page with the entries inside; what is only a button is pressed again later."""
        user_id = kept.last_user(request)
        try:
            if kept.may_keep(request) and user_id:
                return log_in_again(request, kept.seal(request, user_id, timezone.now()))
        except kept.EntriesLost:
            log.info("entries for %s were too many to be kept", request.path)
        messages.warning(
            request,
            "You were logged out, so nothing was done. Log in and do it again. Your browser may "
            "still hold what you entered: go back to the page and copy it before you log in.",
        )
        return redirect_to_login(_page_before(request))


def _bring_back(request: HttpRequest, user: User) -> HttpResponseRedirect | None:
    """Puts kept entries in the place of the sealed text that carries them."""
    if kept.FIELD not in request.POST or not kept.may_keep(request):
        return None
    path = request.get_full_path()
    try:
        entries = kept.unseal(request.POST[kept.FIELD], path, user, timezone.now())
        request.POST = entries  # type: ignore[assignment]  # Django takes any QueryDict
    except kept.EntriesLost as lost:
        messages.warning(request, f"{lost} Nothing was saved.")
        return redirect(path)
    return None


def _page_before(request: HttpRequest) -> str:
    """The page whose button was pressed, as far as the browser says; else the first one."""
    before = urlsplit(request.headers.get("Referer", ""))
    return before.path if before.netloc == request.get_host() else "/"


class ReaderMiddleware:
    """Lets dates and numbers follow the `Accept-Language` of each request, and of it alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with written_for(request.headers.get("Accept-Language", "")):
            response = self.get_response(request)
        patch_vary_headers(response, ["Accept-Language"])
        return response


class LostKeyMiddleware:
    """Answers 500 in plain words where a page needs something whose encryption key is not here."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Django calls this with whatever a view raised; None leaves it to others."""
        if not isinstance(exception, DecryptionError):
            return None
        log.error("%s (%s)", exception.message, exception.detail)
        return render(request, "lost_key.html", {"cause": exception.message}, status=500)
