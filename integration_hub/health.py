"""Two answers for whoever watches the program: is it up, and can it do its work?"""

from __future__ import annotations

from celery import current_app
from django.contrib.auth.decorators import login_not_required
from django.db import Error, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from kombu.exceptions import OperationalError

from payroll.missed import missed_runs

OK = "ok"
BROKER_SECONDS = 2  # to wait for the broker before calling it unreachable


@login_not_required
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse(OK, content_type="text/plain")


@login_not_required
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Database and broker can be reached; else 503 with what cannot.

    `schedule` tells how many scheduled syncs have not started an hour after their time. It decides
    nothing here: the web server can do its work while the workers do not do theirs.
    """
    parts = {"database": _database(), "broker": _broker()}
    ready = all(state == OK for state in parts.values())
    answer = {"ready": ready, **parts, "schedule": _schedule()}
    return JsonResponse(answer, status=200 if ready else 503)


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "cannot be reached"
    return OK


def _schedule() -> str:
    try:
        late = len(missed_runs(timezone.now()))
    except Error:
        return "unknown"
    return f"{late} not started" if late else OK


def _broker() -> str:
    if not current_app.conf.broker_url:
        return "REDIS_URL is not set"
    try:
        with current_app.connection_for_write(connect_timeout=BROKER_SECONDS) as broker:
            broker.ensure_connection(max_retries=1, interval_start=0, timeout=BROKER_SECONDS)
    except OperationalError:
        return "cannot be reached"
    return OK
