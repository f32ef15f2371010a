"""The buttons of the step First match, and forgetting a link that a person calls false."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from integration_hub.accounts.kept import keeps_entries
from integration_hub.accounts.requests import UserRequest
from payroll.decisions import Answer, NotNow, decide, take_back
from payroll.forgetting import LookFirst, doubt_about, forget_link
from payroll.models import Integration
from payroll.pages.link_doubt import link_doubt

from .setup.frame import configurable

_KEPT = ("show", "find", "sort", "page")
_TOLD = 5  # refusals told in full
FORGOTTEN = "The link is forgotten. Nothing was sent to payroll; the next sync matches anew."


@require_POST
@keeps_entries()
def decide_match(request: UserRequest, pk: UUID) -> HttpResponse:
    """Same person, different people, take back: for one pair, or the same person for several."""
    integration, _ = configurable(request, pk)
    try:
        _tell(request, _answers(request, integration))
    except NotNow as reason:
        messages.error(request, str(reason))
    asked = QueryDict(request.POST.get("view", "")[:500])
    view = QueryDict(mutable=True)
    view.update({key: asked[key] for key in _KEPT if key in asked})
    query = f"?{view.urlencode()}" if view else ""
    return redirect(f"{reverse('integration_step', args=[pk, 'matching'])}{query}")


def _answers(request: UserRequest, integration: Integration) -> Sequence[Answer]:
    """Does what the pressed button says."""
    pressed, user, now = request.POST, request.user, timezone.now()
    if "undo" in pressed:
        return [take_back(integration.pk, pressed["undo"], user, now)]
    if "different" in pressed:
        return decide(integration.pk, [pressed["different"]], user, now, same=False)
    if "same" in pressed:
        return decide(integration.pk, [pressed["same"]], user, now, same=True)
    chosen = pressed.getlist("pair")
    if not chosen:
        return [Answer("Nobody was chosen. Tick the people first; nothing was changed.", False)]
    return decide(integration.pk, chosen, user, now, same=True)


def _tell(request: UserRequest, answers: Sequence[Answer]) -> None:
    """Names nobody: messages are kept outside the sealed columns."""
    done = [answer.words for answer in answers if answer.done]
    if len(done) > 1:
        done = [f"{len(done)} people are linked. Nothing was sent to payroll."]
    for words in done:
        messages.success(request, words)
    refused = [answer.words for answer in answers if not answer.done]
    for words in refused[:_TOLD]:
        messages.warning(request, words)
    if len(refused) > _TOLD:
        messages.warning(request, f"{len(refused) - _TOLD} more were not decided either.")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def forget(request: UserRequest, pk: UUID) -> HttpResponse:
    """What happens when the link that keeps `who` waiting is forgotten; a POST forgets it."""
    integration, _ = configurable(request, pk)
    asked = request.POST if request.method == "POST" else request.GET
    who, now = asked.get("who", ""), timezone.now()
    try:
        if request.method == "POST":
            forget_link(pk, who, request.user, now, looked="looked" in asked)
            messages.success(request, FORGOTTEN)
        else:
            doubt = link_doubt(doubt_about(integration, who, now), integration)
            context = {"integration": integration, "who": who, "doubt": doubt}
            return render(request, "payroll/link_forget.html", context)
    except LookFirst as reason:
        messages.error(request, str(reason))
        return redirect(f"{reverse('forget_link', args=[pk])}?{urlencode({'who': who})}")
    except NotNow as reason:
        messages.error(request, str(reason))
    return redirect("integration_step", pk, "matching")
