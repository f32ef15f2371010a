"""The live part of a job's page: asked for each second, and not again once the job is over."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django_htmx.http import HttpResponseClientRefresh

from integration_hub.accounts.requests import UserRequest
from payroll.models.job import Job
from payroll.pages.progress import Progress


def live(
    request: UserRequest, job: Job, progress: Callable[[], Progress], template: str, name: str
) -> HttpResponse:
    """The part anew, with the job under `name`; the whole page once the job is over.

    `?seen=` is the version on the screen; where it is still the newest there is nothing to answer.
    """
    if request.htmx and not job.is_active:
        return HttpResponseClientRefresh()
    now = progress()
    if request.GET.get("seen") == now.version:
        return HttpResponse(status=204)
    return render(request, template, {name: job, "progress": now})
