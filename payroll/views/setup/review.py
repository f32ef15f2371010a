"""The step Review: what was set up, what it would do, and the buttons that put it to work."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from integration_hub.accounts.requests import UserRequest
from integration_hub.core.errors import ConfigurationError
from payroll import wizard
from payroll.activation import activate
from payroll.configuration.editing import ChangedMeanwhile, edit
from payroll.crowds import needs_of, newest_crowd
from payroll.forms import TrialForm
from payroll.models import ConnectionTest, Integration
from payroll.pages.plan_preview import plan_preview
from payroll.pages.setup_summary import setup_summary
from payroll.pages.wording import first_run
from payroll.runs import start_run
from payroll.trial import Candidates

from .frame import Setup, saved, step_page

CHANGED = (
    "Somebody changed this integration since you opened the review, so it was not activated. "
    "Look it over again."
)


def review_step(request: UserRequest, setup: Setup) -> HttpResponse:
    """Shows everything; activates it, or starts with one or two people."""
    missing = wizard.missing(setup.integration)
    posted = request.method == "POST" and not missing
    if posted and "trial" not in request.POST:
        return _activate(request, setup.integration)
    form = TrialForm(
        setup.integration,
        _candidates(setup.integration) if not missing else None,
        request.POST if posted else None,
    )
    if posted and form.is_valid():
        started = _start_trial(request, setup, form)
        if started:
            return started
    return step_page(request, setup, _context(setup, form, missing))


def _context(setup: Setup, form: TrialForm, missing: list[wizard.Gap]) -> dict[str, object]:
    integration, now = setup.integration, timezone.now()
    return {
        "missing": missing,
        "summary": setup_summary(integration, now),
        "test": ConnectionTest.objects.filter(integration=integration).first(),
        "may_change": True,
        "plan": plan_preview(integration),
        "active_run": integration.runs.active().first(),
        "form": form,
        "people": form.candidates.suggestions() if form.candidates else (),
        "first_run": first_run(integration.schedule_days, now),
    }


def _candidates(integration: Integration) -> Candidates | None:
    """Whom a trial may be made with; None where nobody was read."""
    crowd = newest_crowd(integration, timezone.now())
    needs = needs_of(integration)
    return Candidates(crowd, integration.parsed_scope, needs) if crowd else None


def _activate(request: UserRequest, integration: Integration) -> HttpResponse:
    """From now on it may sync; what was reviewed is what is activated, or nothing is."""
    now = timezone.now()

    def change(held: Integration) -> bool:
        if not held.may_sync:
            activate(held, now)
        return False

    reviewed = request.POST.get("version", "")
    try:
        edit(integration.pk, int(reviewed), change, request.user, now)
    except (ChangedMeanwhile, ValueError):
        integration.refresh_from_db()
        if not integration.may_sync:
            messages.error(request, CHANGED)
            return redirect("integration_step", integration.pk, "review")
    messages.success(request, "The integration is active. Press Sync now for the first sync.")
    return redirect("integration", integration.pk)


def _start_trial(request: UserRequest, setup: Setup, form: TrialForm) -> HttpResponse | None:
    """The run of the chosen people; none where it cannot be started, and the form says why."""
    integration = setup.integration
    busy = integration.runs.active().first()
    if busy and busy.only:  # the button was pressed twice
        return redirect("run", busy.pk)
    if busy:
        form.add_error(None, "A run is in progress. Wait until it is over, then start again.")
        return None
    if not saved(request, setup, form):
        return None
    try:
        run, new = start_run(integration, request.user, timezone.now(), only=form.people)
    except ConfigurationError as error:
        form.add_error(None, error.message)
        return None
    if not new and not run.only:
        words = "This run began at the same moment, so the trial did not start. Try again after it."
        messages.warning(request, words)
    return redirect("run", run.pk)
