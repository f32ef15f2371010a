"""Every page of the site with a customer's awkward people on it, for those who look at them all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from payroll.models import Integration, SyncRun
from payroll.wizard import STEPS
from tests.payroll.views.scenes import make_run, running


@dataclass(frozen=True)
class Shown:
    """A page: what to call it, its address, and what its heading says."""

    name: str
    address: str
    heading: str


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
        yield Shown("audit-log", "/settings/audit/", "Audit log")
        yield Shown("activity", "/activity/", "Activity")
        yield from self._runs()
        yield Shown("not-found", "/no-such-page/", "Nothing here")

    def _setup(self) -> Iterator[Shown]:
        for step in STEPS:
            address = f"{_of(self.integration)}setup/{step.key}/"
            yield Shown(f"setup-{step.key}", address, step.title)
        for step in STEPS:
            address = f"{_of(self.draft)}setup/{step.key}/"
            yield Shown(f"setup-{step.key}-draft", address, step.title)
        yield Shown("readiness", f"{_of(self.integration)}readiness/", "Who is ready")
        yield Shown("connection-test", f"{_of(self.integration)}connection/", "Connection test")
        yield Shown("delete", f"{_of(self.integration)}delete/", "Delete")

    def _runs(self) -> Iterator[Shown]:
        yield Shown("run", f"/runs/{self.troubled.pk}/", "Sync of")
        yield Shown("run-preview", f"/runs/{self.preview.pk}/", "Preview of")
        error = "Simployer One did not answer. Nothing was sent. Try again in a few minutes."
        failed = make_run(self.integration, status=SyncRun.Status.FAILED, error=error)
        yield Shown("run-failed", f"/runs/{failed.pk}/", "Sync of")
        yield Shown("run-in-progress", f"/runs/{running(self.integration).pk}/", "Sync of")


def _of(integration: Integration) -> str:
    return f"/settings/integrations/{integration.pk}/"
