"""Which writes beyond employees an X-ledger's own schema offers, found without sending one.

No public source shows a write of absences, positions or pay ("xledger.md" section 5). Where one is
there it should follow the rule that `addEmployees` and `addTimesheets` follow: `add<Plural>`, with
`Add<Plural>InputNode` for its fields. A schema that names things otherwise counts as not offering
them, so nothing is ever sent on a guess.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Capability:
    """A write by name: its mutation, and every field of the input that would be sent."""

    name: str
    mutation: str
    fields: frozenset[str]

    @property
    def node_type(self) -> str:
        """The type of the input's `node`, by the naming rule."""
        return f"{self.mutation[0].upper()}{self.mutation[1:]}InputNode"


def _capability(name: str, mutation: str, fields: str) -> Capability:
    return Capability(name, mutation, frozenset(fields.split()))


CAPABILITIES = (
    _capability("absences", "addAbsences", "employee absenceCode fromDate toDate leavePercent"),
    _capability(
        "timesheets",
        "addTimesheets",
        "employee timeType activity assignmentDate workingHours text",
    ),
    _capability(
        "positions", "addEmployeePositions", "employee position parttimePct dateFrom dateTo"
    ),
    _capability("pay_rates", "addPayrollRates", "employee rateElement rate dateFrom dateTo"),
)

INTROSPECTION = "query Writable {{\n  {}\n}}\n".format(
    "\n  ".join(
        [
            'mutation: __type(name: "Mutation") { fields { name } }',
            *(
                f'{each.name}: __type(name: "{each.node_type}") {{ inputFields {{ name }} }}'
                for each in CAPABILITIES
            ),
        ]
    )
)


def offered(data: Mapping[str, Any]) -> dict[str, bool]:
    """By capability, whether the schema in the answer to INTROSPECTION has all that it needs."""
    mutations = _names(data.get("mutation"), "fields")
    return {
        each.name: each.mutation in mutations
        and each.fields <= _names(data.get(each.name), "inputFields")
        for each in CAPABILITIES
    }


def _names(described: object, key: str) -> set[str]:
    """The names under `key` of a described type; none where the schema has no such type."""
    listed = described.get(key) if isinstance(described, dict) else None
    rows = listed if isinstance(listed, list) else []
    names = (row.get("name") for row in rows if isinstance(row, dict))
    return {name for name in names if isinstance(name, str)}
