"""The links of one integration: who is who in both systems, and what was last sent of whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime

from . import schedule
from .diff import Baseline, Fingerprint, Sent
from .linking import LinkState
from .models import EmployeeLink, Integration
from .records import UNREADABLE, Actual, FieldSpec, Value
from .values import canonical

CHUNK = 500


def fingerprint_of(integration: Integration) -> Fingerprint:
    """Canonical values as they may be kept: sensitive ones only as this organisation's digest."""
    digester = integration.organisation.digester
    purpose = str(integration.pk)

    def fingerprint(spec: FieldSpec, text: str | None) -> str | None:
        if text is None or not spec.sensitive:
            return text
        return digester.digest(text, f"{purpose}:{spec.key}")

    return fingerprint


def baseline_of(link: EmployeeLink) -> Baseline:
    """What was last sent of the person, as it stands on the link."""
    return {key: _opened(*stored) for key, stored in link.baseline.items()}


def _opened(sent: str | None, seen: str | None, on: str | None = None) -> Sent:
    """A field of a baseline; one stored earlier does not say when it was sent."""
    return Sent(sent, seen, date.fromisoformat(on) if on else None)


def _stored(each: Sent) -> Sequence[str | None]:
    return each.sent, each.seen, each.on.isoformat() if each.on else None


class LinkBook:
    """All links of one integration, read once and written in bulk."""

    def __init__(self, integration: Integration) -> None:
        self._integration = integration
        self._specs = integration.target_specs
        self._fingerprint = fingerprint_of(integration)
        self._links = {link.source_id: link for link in integration.links.all()}
        self._holder = {link.target_id: link.source_id for link in self._links.values()}

    def states(self) -> list[LinkState]:
        """The links as the planner reads them."""
        return [
            LinkState(
                source_id=link.source_id,
                target_id=link.target_id,
                baseline=baseline_of(link),
                create_sent_at=link.create_sent_at,
                missing_since=link.missing_since,
            )
            for link in self._links.values()
        ]

    def target_id(self, source_id: str) -> str:
        """Who it is in payroll; empty where they are not linked."""
        link = self._links.get(source_id)
        return link.target_id if link else ""

    def remember(self, states: Iterable[LinkState], released: Iterable[str] = ()) -> None:
        """Stores what the planner found out: new links, and creates that did not turn up.

        `released` source ids lose their link: another HR record has taken it over, with its
        baseline.
        """
        self._forget(released)
        changed = []
        for state in states:
            link = self._link(state.source_id)
            link.target_id = state.target_id
            self._holder[state.target_id] = state.source_id
            link.baseline = {key: _stored(each) for key, each in state.baseline.items()}
            link.create_sent_at = state.create_sent_at
            link.missing_since = state.missing_since
            changed.append(link)
        self._save(changed)

    def intend_creates(self, source_ids: Iterable[str], now: datetime) -> None:
        """Stores the intent before a create goes out, so that a crash cannot hide it."""
        changed = []
        for source_id in source_ids:
            link = self._link(source_id)
            link.create_sent_at, link.missing_since = now, None
            changed.append(link)
        self._save(changed)

    def withdraw_intents(self, source_ids: Iterable[str]) -> None:
        """Forgets creates that surely did not happen."""
        self._forget(source_ids)

    def _forget(self, source_ids: Iterable[str]) -> None:
        gone = [self._links.pop(source_id) for source_id in source_ids]
        for link in gone:
            self._holder.pop(link.target_id, None)
        EmployeeLink.objects.filter(pk__in=[link.pk for link in gone]).delete()

    def missed(self, source_ids: Iterable[str], now: datetime) -> None:
        """Notes that a full read did not show these creates."""
        changed = [self._links[source_id] for source_id in source_ids]
        for link in changed:
            link.missing_since = now
        self._save(changed)

    def confirm(
        self,
        confirmed: Iterable[tuple[str, str, Mapping[str, Value], Mapping[str, Actual]]],
        now: datetime,
    ) -> Collection[str]:
        """Stores successful writes: (source id, target id, values sent, fields seen after).

        Gives the source ids of which nothing is stored, as somebody else is linked to the target
        id: one of the two links is false, and which one only a person can tell.
        """
        changed, contested, today = [], set(), now.astimezone(schedule.ZONE).date()
        for source_id, target_id, sent, seen in confirmed:
            if self._holder.setdefault(target_id, source_id) != source_id:
                contested.add(source_id)
                continue
            link = self._link(source_id)
            link.target_id, link.create_sent_at, link.missing_since = target_id, None, None
            link.baseline = {**link.baseline, **self._baseline(sent, seen, today)}
            changed.append(link)
        self._save(changed)
        return contested

    def _baseline(
        self, sent: Mapping[str, Value], seen: Mapping[str, Actual], today: date
    ) -> dict[str, Sequence[str | None]]:
        return {
            key: _stored(Sent(self._kept(key, value), self._kept(key, seen.get(key)), today))
            for key, value in sent.items()
        }

    def _kept(self, key: str, value: Actual) -> str | None:
        spec = self._specs[key]
        return None if value is UNREADABLE else self._fingerprint(spec, canonical(value, spec.type))

    def _link(self, source_id: str) -> EmployeeLink:
        """The stored link, or a new one; the same object, so that its sealed column stays bound."""
        if source_id not in self._links:
            self._links[source_id] = EmployeeLink(
                integration=self._integration, source_id=source_id
            )
        return self._links[source_id]

    def _save(self, links: list[EmployeeLink]) -> None:
        EmployeeLink.objects.bulk_create(
            links,
            batch_size=CHUNK,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["target_id", "baseline", "create_sent_at", "missing_since"],
        )
