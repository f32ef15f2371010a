"""What an integration is set to, and what was decided by hand, as the planner reads it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.conf import settings
from django.db.models import Q

from .dated.records import DatedRows
from .links import fingerprint_of
from .models import EmployeeLink, Integration, MatchDecision
from .pins import pins_of
from .plan import Rules
from .records import PickLists
from .waiting import four_eyes_of


def rules_of(
    integration: Integration, pick_lists: PickLists, dated: DatedRows | None = None
) -> Rules:
    """The rules for everyone; `pick_lists` as the target shows them now.

    Fields of dated rows take part only where `dated` has their kind.
    """
    dated = dated or DatedRows()
    source, target = integration.source, integration.target
    apart = MatchDecision.objects.filter(integration=integration, same=False)
    source_specs = {spec.key: spec for spec in source.fields}
    target_specs = integration.target_specs
    sent = {key for kind in dated.kinds for key in kind.fields}
    rows = [mapping.row for mapping in integration.mappings.all()]
    rows = [row for row in rows if row.target in sent or not target_specs[row.target].in_rows]
    return Rules(
        scope=integration.parsed_scope,
        rows=rows,
        source_specs=source_specs,
        target_specs=target_specs,
        pick_lists=pick_lists,
        end_field=target.end_field,
        fingerprint=fingerprint_of(integration),
        retry_after=timedelta(seconds=settings.UNKNOWN_RETRY_AFTER),
        taken=_taken(integration),
        distinct=frozenset(apart.values_list("source_id", "target_id")),
        four_eyes=four_eyes_of(integration, rows, source_specs, target_specs),
        pins=pins_of(integration),
        dated=dated,
    )


def _taken(integration: Integration) -> Mapping[str, str]:
    """Target ids that another integration of the same payroll keeps, with its label."""
    links = EmployeeLink.objects.filter(
        integration__organisation=integration.organisation_id,
        integration__target_kind=integration.target_kind,
        integration__target_environment=integration.target_environment,
    ).exclude(Q(integration=integration) | Q(integration__state=Integration.State.DRAFT))
    return dict(links.exclude(target_id="").values_list("target_id", "integration__label"))
