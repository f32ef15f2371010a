"""Every page of the site with a customer's awkward people on it, for those who look at them all."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone
from playwright.sync_api import Page

from integration_hub.accounts.models import AuditEntry, User
from integration_hub.core.searching import sealed
from payroll import guard
from payroll.models import Integration, Snapshot, SyncRun, TimeOffExport, TimeOffResult
from payroll.timeoff import readings
from payroll.timeoff.export import export_time_off
from payroll.timeoff.records import Channel
from payroll.timeoff.starting import open_export
from payroll.wizard import STEPS
from tests.journeys.world import World
from tests.payroll.views.scenes import (
    NOW,
    make_by_hand,
    make_change,
    make_export,
    make_integration,
    make_pin,
    make_result,
    make_run,
    make_upcoming,
    make_waiting,
    running,
)

from . import answers

ENDLESS = "Lønnsintegrasjon" + "ForAlleSelskapeneIKonsernet" * 3  # nowhere to break it
DEPARTMENT = "Avdeling for beredskap, kvalitet, dokumentasjon og kontinuerlig forbedring Nordvest"
FAILURE = "Simployer One did not answer. Nothing was sent. Try again in a few minutes."
STOPPED = "The program stopped in the middle of this run. What was sent is kept."
STEP_TITLES = {step.key: step.title for step in STEPS}
MISTAKES = {
    "connection": answers.no_name,
    "scope": answers.too_many_days,
    "fields": answers.sent_blank,
    "schedule": answers.no_weekday,
    "review": answers.unknown_person,
}
MATCH_TABS = ("conflict", "duplicate", "number", "linked", "only_hr", "only_payroll", "apart")


def make_awkward(customer: World) -> None:
    """Gives somebody in HR a name with nowhere to break it, and a department a very long one."""
    people = customer.simployer
    names = {"firstName": "Solveig", "lastName": "Ødegårdshaugen" * 5}
    people.store.edit("employee", people.find("employee", employeeNumber="10009")["id"], names)
    department = people.find("department", name="Nett")
    people.store.edit("department", department["id"], {"name": DEPARTMENT})


@dataclass(frozen=True)
class Shown:
    """A page: what to call it, its address, what its heading says, what is done on it first."""

    name: str
    address: str
    heading: str
    act: Callable[[Page], None] = answers.nothing


@dataclass(frozen=True)
class Scene:
    """What there is to look at: an integration with runs behind it, a draft, one without add-on."""

    preview: SyncRun
    troubled: SyncRun
    draft: Integration
    without_addon: Integration

    @property
    def integration(self) -> Integration:
        """The one that runs."""
        return self.troubled.integration

    def pages(self) -> Iterator[Shown]:
        """Every page a customer sees."""
        yield Shown("integrations", "/settings/integrations/", "Integrations")
        yield Shown("integration", _of(self.integration), self.integration.label)
        yield Shown("integration-draft", _of(self.draft), self.draft.label)
        yield Shown("integration-no-addon", _of(self.without_addon), self.without_addon.label)
        yield Shown(
            "integration-add", "/settings/integrations/add/", "Integrate with payroll system"
        )
        yield from self._setup()
        yield from self._answered()
        yield from self._people()
        yield Shown("audit-log", "/settings/audit/", "Audit log")
        yield Shown("audit-log-found-none", "/settings/audit/?from=2031-01-01", "Audit log")
        yield Shown("activity", "/activity/", "Activity")
        yield from self._time_off()
        yield from self._runs()
        yield from self._standing()
        yield from self._held()
        yield from self._waiting()
        yield from self._restores()
        yield from self._month()
        yield from self._awkward()
        yield Shown("not-found", "/no-such-page/", "Nothing here")

    def pages_of_a_viewer(self) -> Iterator[Shown]:
        """What somebody sees who may only look."""
        yield Shown("viewer-integrations", "/settings/integrations/", "Integrations")
        yield Shown("viewer-integration", _of(self.integration), self.integration.label)
        yield Shown("viewer-draft", _of(self.draft), self.draft.label)
        yield Shown("viewer-add", "/settings/integrations/add/", "Integrate with payroll system")
        yield Shown("viewer-step", f"{_of(self.integration)}setup/scope/", "Not for your role")
        yield Shown("viewer-readiness", f"{_of(self.integration)}readiness/", "Who is ready")
        yield Shown("viewer-test", f"{_of(self.integration)}connection/", "Connection test")
        yield Shown("viewer-month", f"{_of(self.integration)}month/", "This payroll month")
        yield Shown("viewer-waiting", f"{_of(self.integration)}waiting/", "Waiting for approval")
        export = _troubled_export(self.integration)
        yield Shown("viewer-leaves", f"/time/export/{self.integration.pk}/", "Export time off")
        yield Shown("viewer-export", f"/time/exports/{export.pk}/", "Export of")
        yield Shown("viewer-exports", "/activity/time-off/", "Exports of time off")
        yield Shown("viewer-by-hand", "/time/by-hand/", "To correct by hand")
        yield Shown("viewer-run", f"/runs/{self.troubled.pk}/", "Sync of")

    def _setup(self) -> Iterator[Shown]:
        for step in STEPS:
            address = f"{_of(self.integration)}setup/{step.key}/"
            yield Shown(f"setup-{step.key}", address, step.title)
        for step in STEPS:
            address = f"{_of(self.draft)}setup/{step.key}/"
            yield Shown(f"setup-{step.key}-draft", address, step.title)
        yield Shown("connection-test", f"{_of(self.integration)}connection/", "Connection test")
        yield Shown("notices", f"{_of(self.integration)}notices/", "Who is told by e-mail")
        limits = f"{_of(self.integration)}limits/"
        yield Shown("limits", limits, "When a sync waits")
        yield Shown("limits-errors", limits, "When a sync waits", answers.too_much)
        yield Shown("delete", f"{_of(self.integration)}delete/", "Delete")

    def _answered(self) -> Iterator[Shown]:
        setup = f"{_of(self.integration)}setup/"
        for key, mistake in MISTAKES.items():
            yield Shown(f"setup-{key}-errors", f"{setup}{key}/", STEP_TITLES[key], mistake)
        yield Shown("setup-fields-open", f"{setup}fields/", "Fields", answers.unfold)
        yield Shown("setup-scope-loss", f"{setup}scope/", "Who", answers.fewer_people)
        yield Shown("setup-scope-found", f"{setup}scope/", "Who", answers.find_people)
        yield Shown("setup-scope-open", f"{setup}scope/", "Who", answers.unfold)
        yield Shown(
            "delete-errors", f"{_of(self.integration)}delete/", "Delete", answers.wrong_name
        )

    def _time_off(self) -> Iterator[Shown]:
        """Manage time, and its settings."""
        yield Shown("time-off", "/time/export/", "Export time off")
        leaves = f"/time/export/{self.integration.pk}/"
        for group in ("ready", "no_code", "conflict", "no_end"):
            yield Shown(f"time-off-{group}", f"{leaves}?show={group}", "Export time off")
        unread = f"/time/export/{self.draft.pk}/"
        yield Shown("time-off-not-read", unread, "Export time off")
        exports = "/activity/time-off/"
        yield Shown("time-off-exports-none", exports, "Exports of time off")
        everything = f"{leaves}?show=all"
        review = "Export time off"
        yield Shown("time-off-chosen", everything, review, answers.tick_leaves)
        yield Shown("time-off-review", everything, review, answers.review_leaves)
        export, file = _troubled_export(self.integration), _file(self.integration)
        for name, each in (("", export), ("-file", file)):
            yield Shown(f"time-off-export{name}", f"/time/exports/{each.pk}/", "Export of")
        yield Shown("time-off-undo", f"/time/exports/{file.pk}/undo/", "Undo file")
        yield Shown("time-off-exported", f"{leaves}?show=exported", "Export time off")
        again = f"{leaves}review/?again={export.pk}"
        yield Shown("time-off-again", again, "Read the period again")
        yield Shown("time-off-exports", exports, "Exports of time off")
        yield Shown("time-off-by-hand", "/time/by-hand/", "To correct by hand")
        yield Shown("time-off-by-hand-done", "/time/by-hand/?show=done", "To correct by hand")
        codes = f"{_of(self.integration)}time-off/"
        yield Shown("time-off-codes", codes, "Time off codes")
        yield Shown("time-off-codes-unread", f"{_of(self.draft)}time-off/", "Time off codes")

    def _people(self) -> Iterator[Shown]:
        for tab in MATCH_TABS:
            address = f"{_of(self.integration)}setup/matching/?show={tab}"
            yield Shown(f"setup-matching-{tab}", address, "First match")
        yield from self._doubted_links()
        yield Shown("readiness", f"{_of(self.integration)}readiness/", "Who is ready")
        for tab in ("partly", "later"):
            address = f"{_of(self.integration)}readiness/?show={tab}"
            yield Shown(f"readiness-{tab}", address, "Who is ready")
        nobody = f"{_of(self.integration)}readiness/?find={sealed('nobody')}"
        yield Shown("readiness-found-none", nobody, "Who is ready")
        one = f"{_of(self.integration)}person/"
        yield Shown("one-person", one, "One person")
        who = self.troubled.changes.filter(kind="create")[0].source_id
        yield Shown("one-person-open", f"{one}?who={who}", "One person", answers.unfold)

    def _doubted_links(self) -> Iterator[Shown]:
        """Of somebody gone from payroll, and of one linked to another who is there."""
        sent = self.troubled.changes.filter(kind__in=["create", "update"], outcome="applied")
        links = self.integration.links.filter(source_id__in=sent.values("source_id"))
        gone, other, given_up = links.order_by("source_id")[:3]
        right = {each.source_id: each.target_id for each in (gone, other, given_up)}
        page, heading = f"{_of(self.integration)}link/?who=", "Forget this link"
        links.filter(pk=given_up.pk).update(target_id="1")
        links.filter(pk=gone.pk).update(target_id="2")
        links.filter(pk=other.pk).update(target_id=given_up.target_id)
        yield Shown("link-gone", f"{page}{gone.source_id}", heading)
        yield Shown("link-to-another", f"{page}{other.source_id}", heading)
        conflicts = f"{_of(self.integration)}setup/matching/?show=conflict"
        yield Shown("setup-matching-links", conflicts, "First match")
        for source_id in right:
            links.filter(source_id=source_id).update(target_id=right[source_id])

    def _runs(self) -> Iterator[Shown]:
        yield Shown("run", f"/runs/{self.troubled.pk}/", "Sync of")
        yield Shown("run-open", f"/runs/{self.troubled.pk}/", "Sync of", answers.unfold)
        yield Shown("run-preview", f"/runs/{self.preview.pk}/", "Preview of")
        trial = make_run(self.integration, only=["1", "2"])
        yield Shown("run-trial", f"/runs/{trial.pk}/", "Sync of")
        failed = make_run(self.integration, status=SyncRun.Status.FAILED, error=FAILURE)
        yield Shown("run-failed", f"/runs/{failed.pk}/", "Sync of")
        yield Shown("run-in-progress", f"/runs/{running(self.integration).pk}/", "Sync of")
        yield Shown("integration-busy", _of(self.integration), self.integration.label)

    def _standing(self) -> Iterator[Shown]:
        """States that an integration and a run come into by themselves."""
        organisation, soon = self.integration.organisation, timezone.now() + timedelta(hours=6)
        for state in ("quarantined", "needs_attention", "paused"):
            made = make_integration(organisation, state.title(), state=state, probe_at=soon)
            yield Shown(f"integration-{state}", _of(made), state.title())
        asked = make_integration(organisation, "Asked to wait")
        paused = running(asked, status="queued", resume_at=soon, paused_for="X-ledger")
        make_change(paused)
        make_change(paused, "20002", outcome="")
        yield Shown("run-paused", f"/runs/{paused.pk}/", "Sync of")
        other = make_integration(organisation, "Interrupted")
        first = make_run(other, status="interrupted", error=STOPPED)
        make_change(first)
        make_change(first, "20002", outcome="")
        second = make_run(other, continues=first, probe=True)
        yield Shown("run-interrupted", f"/runs/{first.pk}/", "Sync of")
        yield Shown("run-continues", f"/runs/{second.pk}/", "Sync of")

    def _held(self) -> Iterator[Shown]:
        integration = make_integration(self.integration.organisation, "Held")
        cancelled = {"status": SyncRun.Status.CANCELLED, "cancel_asked_at": timezone.now()}
        decided = _held_run(integration, **cancelled)
        over, held = _held_run(integration), _held_run(integration)
        for name, run in (("", held), ("-over", over), ("-discarded", decided)):
            yield Shown(f"run-held{name}", f"/runs/{run.pk}/", "Sync of")
        seen = _held_run(integration, status=SyncRun.Status.SUCCEEDED, preview=True)
        yield Shown("run-preview-held", f"/runs/{seen.pk}/", "Preview of")
        yield Shown("integration-held", _of(integration), "Held")

    def _month(self) -> Iterator[Shown]:
        yield Shown("month", f"{_of(self.integration)}month/", "This payroll month")
        integration = make_integration(self.integration.organisation, "Month", cut_off_day=31)
        page = f"{_of(integration)}month/"
        yield Shown("month-empty", page, "This payroll month")
        run = _full_month(integration)
        for group in ("before_changes", "before_retroactive", "to_approve", "held", "upcoming"):
            address = f"{page}?show={group}"
            yield Shown(f"month-{group}", address, "This payroll month", answers.unfold)
        yield Shown("month-found-none", f"{page}?number=nobody", "This payroll month")
        last = timezone.localtime().replace(day=1) - timedelta(days=1)
        yield Shown("month-earlier", f"{page}?month={last:%Y-%m}", "Payroll month")
        yield Shown("run-ahead", f"/runs/{run.pk}/", "Sync of", answers.unfold)

    def _waiting(self) -> Iterator[Shown]:
        integration = make_integration(self.integration.organisation, "Waits")
        page = f"{_of(integration)}waiting/"
        yield Shown("waiting-off", page, "Waiting for approval")
        integration.set_waits(["bank_account", "end_date", "pay"], timezone.now())
        integration.save()
        yield Shown("waiting-none", page, "Waiting for approval")
        _ask(make_run(integration))
        yield Shown("waiting", page, "Waiting for approval", answers.unfold)
        for show in ("pay", "end_date", "approved", "declined"):
            yield Shown(f"waiting-{show}", f"{page}?show={show}", "Waiting for approval")
        yield Shown("waiting-found-none", f"{page}?number=nobody", "Waiting for approval")
        yield Shown("integration-waits", _of(integration), "Waits")
        yield Shown("limits-waits", f"{_of(integration)}limits/", "When a sync waits")
        run = make_run(integration, only=["1", "2"], trigger=SyncRun.Trigger.APPROVED)
        yield Shown("run-approved", f"/runs/{run.pk}/", "Sync of")
        asked = make_run(integration)
        make_change(asked, "20001", outcome="to_approve", sendable=False)
        yield Shown("run-to-approve", f"/runs/{asked.pk}/", "Sync of", answers.unfold)
        Integration.objects.filter(pk=integration.pk).update(
            waits_set_by=User.objects.get(name="Owner")
        )
        yield Shown("waiting-your-own", page, "Waiting for approval")

    def _restores(self) -> Iterator[Shown]:
        heading = "Restore the values before this run"
        yield Shown("restore-first-run", f"/runs/{self.troubled.pk}/restore/", heading)
        integration = make_integration(self.integration.organisation, "Restores")
        page = f"{_of(integration)}pins/"
        yield Shown("pins-none", page, "Pinned values")
        wrong = _wrong_run(integration)
        yield Shown("restore", f"/runs/{wrong.pk}/restore/", heading)
        yield Shown("restore-one", f"/runs/{wrong.pk}/restore/?who=20001", heading)
        yield Shown("run-restorable", f"/runs/{wrong.pk}/", "Sync of", answers.unfold)
        purged = _wrong_run(integration, purged_at=timezone.now())
        yield Shown("restore-purged", f"/runs/{purged.pk}/restore/", heading)
        restoring = {"trigger": SyncRun.Trigger.RESTORE, "restores": wrong, "only": ["20001"]}
        run = make_run(integration, pinned={"phone": 60, "glObject1": 1}, **restoring)
        yield Shown("run-restore", f"/runs/{run.pk}/", "Restore of")
        for number in range(60):
            make_pin(integration, str(20000 + number), run=run)
        address = (
            "fullAddress",
            ("Storgata 1, 0150 Oslo", "Sjøgata 93 B, oppgang C, 8050 Tverlandet"),
        )
        make_pin(integration, "10001", run=run, fields=dict([address]))
        yield Shown("pins", page, "Pinned values")
        yield Shown("pins-found-none", f"{page}?number=nobody", "Pinned values")
        yield Shown("integration-pins", _of(integration), "Restores")

    def _awkward(self) -> Iterator[Shown]:
        attention = make_integration(
            self.integration.organisation,
            ENDLESS,
            state=Integration.State.NEEDS_ATTENTION,
            attention="X-ledger refused the API token: it has expired or was withdrawn.",
        )
        paused = make_integration(
            self.integration.organisation, "At rest", state=Integration.State.PAUSED
        )
        _reading(attention, Snapshot.Status.FAILED)
        _reading(paused, Snapshot.Status.READING)
        make_run(attention, status=SyncRun.Status.FAILED, error=FAILURE)
        _many_entries(attention)
        yield Shown("integrations-many", "/settings/integrations/", "Integrations")
        yield Shown("integration-endless", _of(attention), ENDLESS)
        yield Shown("integration-paused", _of(paused), "At rest")
        yield Shown("delete-endless", f"{_of(attention)}delete/", "Delete")
        for key in ("connection", "scope", "review"):
            address = f"{_of(attention)}setup/{key}/"
            yield Shown(f"setup-{key}-reading-failed", address, STEP_TITLES[key])
        for key in ("matching", "review"):
            address = f"{_of(paused)}setup/{key}/"
            yield Shown(f"setup-{key}-reading", address, STEP_TITLES[key])
        yield Shown("activity-many", "/activity/", "Activity")
        yield Shown("audit-log-many", "/settings/audit/", "Audit log", answers.unfold)


def _of(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/"


def _ask(run: SyncRun) -> None:
    """More than a page of changes, of every subject, and some that were decided."""
    integration = run.integration
    owner, now = User.objects.get(name="Owner"), timezone.now()
    pay = {"value1": ("51000", "52500"), "text1": ("NOK", "EUR"), "date1": (None, "2026-12-01")}
    drifted = {"before": "86011117947", "after": "15030204074", "drifted": True}
    end = {"employmentTo": (None, "2026-12-31")}
    usual = {"run": run, "since": now}
    make_waiting(integration, "10001", fields={"bankAccount": drifted}, **usual)
    make_waiting(integration, "10002", subject="pay", fields=pay, **usual)
    make_waiting(integration, "10003", subject="end_date", kind="end", fields=end, **usual)
    for number in range(60):
        make_waiting(integration, str(20000 + number), **usual)
    decided = {"decided_at": now, "decided_by": owner}
    for number, state in enumerate(("approved", "declined")):
        make_waiting(integration, str(30000 + number), state=state, **usual, **decided)


def _wrong_run(integration: Integration, **columns: object) -> SyncRun:
    """It sent what it should not have: to somebody linked, somebody new, somebody unlinked."""
    run = make_run(integration, **columns)
    integration.links.get_or_create(source_id="20001", defaults={"target_id": "1"})
    changed = {
        "phone": ("+4790000001", "+4790000002"),
        "glObject1": ("1500", "1700"),
        "bankAccount": ("86011117947", "15030204074"),
        "employmentTo": (None, "2026-12-31"),
        "superior": ("30100001", "20009"),
    }
    make_change(run, "20001", target_id="1", fields=changed)
    make_change(run, "20002", kind="create", fields={"phone": (None, "+4790000003")})
    make_change(run, "20003", fields={"phone": ("+4790000001", "+4790000002")})
    return run


def _held_run(integration: Integration, **columns: object) -> SyncRun:
    """Half the company would leave, and everybody would get a new title."""
    now, kind = timezone.now(), guard.Kind
    trips = [
        guard.Trip(kind.END, 1041, 2100, guard.DEFAULTS[kind.END]),
        guard.Trip(kind.FIELD, 1999, 2100, guard.DEFAULTS[kind.FIELD], "positionValue"),
    ]
    stored = [guard.stored(trip) for trip in trips]
    usual = {"status": SyncRun.Status.HELD, "queued_at": now, "planned_at": now, "guard": stored}
    run = make_run(integration, **(usual | columns))
    make_change(run, "20001", kind="end", outcome="", fields={"employmentTo": (None, "2026-12-31")})
    make_change(run, "20002", outcome="")
    return run


def _troubled_export(integration: Integration) -> TimeOffExport:
    """Rows of every kind with every outcome, and two corrections by hand, one of them done."""
    export = make_export(integration)
    make_result(export)
    kinds = TimeOffResult.Kind
    there = {"before": ["2026-11-09", "2026-11-18"]}
    make_result(export, kind=kinds.CHANGE, details=there, late=True)
    make_result(export, kind=kinds.REMOVE, details=there | {"after": []})
    make_result(export, outcome="rejected", problems=["Payroll refused it: unknown code FERIE."])
    make_result(export, outcome="unknown", problems=["The answer of payroll was lost."])
    changed = "The leave changed after it was shown, so it was not sent. Look at it again."
    make_result(export, kind=kinds.NONE, outcome="skipped", problems=[changed])
    make_by_hand(export, late=True)
    make_by_hand(export, done_at=NOW)
    return export


def _file(integration: Integration) -> TimeOffExport:
    """Everything that can go, in a file."""
    now = timezone.now()
    reading = integration.time_off_reading
    chosen = {each.id: each.digest for each in readings.leaves_shown(reading) if each.sendable}
    period = readings.period_of(reading)
    export, _ = open_export(integration, period, Channel.FILE, chosen, now)
    export_time_off(export, lambda: now, lambda seconds: None)
    return export


def _full_month(integration: Integration) -> SyncRun:
    """People sent, some of them late, some held, and many for whom something lies ahead."""
    now = timezone.now()
    integration.created_at = now - timedelta(days=60)
    integration.save()
    run = make_run(integration, queued_at=now, planned_at=now)
    touches = {"before": None, "after": "2026-09-30", "touches": ["2026-09-01", "2026-10-01"]}
    long_ago = {"before": "80", "after": "100", "touches": ["2025-02-01", "2026-10-01"]}
    for number in range(60):
        make_change(run, str(10_000 + number), settled_at=now)
    make_change(run, "20001", kind="create", settled_at=now)
    for who, fields in (("20002", {"employmentTo": touches}), ("20003", {"text1": long_ago})):
        make_change(run, who, settled_at=now, retroactive=True, fields=fields)
    make_change(run, "20004", outcome="held", problems=["HR has another employee number."])
    make_waiting(integration, "20005")
    make_upcoming(run, "20006", kind="start", fields={}, effective=date(2027, 1, 31))
    make_upcoming(run, "20007", kind="employment", fields={"employeeGroup": ("F", "M")})
    for number in range(12):
        make_upcoming(run, str(30_000 + number), goes_on=date(2027, 2, 1 + number))
    return run


def _reading(integration: Integration, status: str) -> None:
    Snapshot.objects.create(
        integration=integration,
        status=status,
        requested_at=timezone.now(),
        heartbeat_at=timezone.now(),
        requests=3,
        error=FAILURE if status == Snapshot.Status.FAILED else "",
    )


def _many_entries(integration: Integration) -> None:
    """More than a page of them, by somebody with a long address."""
    for number in range(130):
        AuditEntry.write(
            integration.organisation,
            AuditEntry.Action.CONFIGURED,
            NOW + timedelta(minutes=number),
            subject=integration.label,
            before={"scope": {"departments": ["1"]}, "schedule": ["mon"]},
            after={"scope": {"departments": ["1", "2"]}, "schedule": ["mon", "wed"]},
        )
