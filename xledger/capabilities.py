"""Which writes beyond employees an X-ledger's own schema offers, found without sending one.

No public source shows a write of absences, positions or pay ("xledger.md" section 5). Where one is
there it should follow the rule that `addEmployees` and `addTimesheets` follow: `add<Plural>`, with
`Add<Plural>InputNode` for its fields; a removal the rule of `removeWebhooks(dbIds)`. A schema that
names things otherwise counts as not offering them, so nothing is ever sent on a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Capability:
    """A write by name: its mutation, and every field of the input that would be sent.

    `argument` is what the mutation takes: `inputs`, or the `dbIds` of a removal, without fields.
    """

    name: str
    mutation: str
    fields: frozenset[str]
    argument: str = "inputs"

    @property
    def node_type(self) -> str:
        """The type of the input's `node`, by the naming rule."""
        return f"{self.mutation[0].upper()}{self.mutation[1:]}InputNode"


def _capability(name: str, mutation: str, fields: str) -> Capability:
    return Capability(name, mutation, frozenset(fields.split()))


def _removal(name: str, mutation: str) -> Capability:
    return Capability(name, mutation, frozenset(), "dbIds")


_ABSENCE = "employee absenceCode fromDate toDate leavePercent timeFrom timeTo text comment"
_POSITION = "position employmentType parttimePct dateTo"
_TIMESHEET = "employee timeType activity assignmentDate workingHours timeFrom timeTo text comment"


CAPABILITIES = (
    _capability("absences", "addAbsences", _ABSENCE),
    _capability("absences_change", "updateAbsences", f"dbId {_ABSENCE}"),
    _removal("absences_remove", "removeAbsences"),
    _capability("timesheets", "addTimesheets", _TIMESHEET),
    _capability("timesheets_change", "updateTimesheets", f"dbId {_TIMESHEET}"),
    _removal("timesheets_remove", "removeTimesheets"),
    _capability("positions", "addEmployeePositions", f"employee dateFrom {_POSITION}"),
    _capability("positions_change", "updateEmployeePositions", f"dbId {_POSITION}"),
    _capability("pay_rates", "addPayrollRates", "employee rateElement rate dateFrom"),
    _capability("pay_rates_change", "updatePayrollRates", "dbId rate"),
)

INTROSPECTION = "query Writable {{\n  {}\n}}\n".format(
    "\n  ".join(
        [
            'mutation: __type(name: "Mutation") { fields { name args { name } } }',
            *(
                f'{each.name}: __type(name: "{each.node_type}") {{ inputFields {{ name }} }}'
                for each in CAPABILITIES
                if each.fields
            ),
        ]
    )
)


def offered(data: Mapping[str, Any]) -> dict[str, bool]:
    """By capability, whether the schema in the answer to INTROSPECTION has all that it needs."""
    arguments = _arguments(data.get("mutation"))
    return {
        each.name: each.argument in arguments.get(each.mutation, ())
        and each.fields <= _names(data.get(each.name), "inputFields")
        for each in CAPABILITIES
    }


def _arguments(described: object) -> dict[str, set[str]]:
    """The arguments of each field of a described type; none where the schema has no such type."""
    rows = _rows(described, "fields")
    return {row["name"]: _names(row, "args") for row in rows if isinstance(row.get("name"), str)}


def _names(described: object, key: str) -> set[str]:
    """The names under `key` of what is described; none where the schema has no such thing."""
    names = (row.get("name") for row in _rows(described, key))
    return {name for name in names if isinstance(name, str)}


def _rows(described: object, key: str) -> list[dict[str, Any]]:
    listed = described.get(key) if isinstance(described, dict) else None
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
