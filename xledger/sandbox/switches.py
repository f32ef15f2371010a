"""What the evidence on the vendor leaves open, as switches: each possible answer has a name.

A field whose name or first choice is marked "invented" below imitates nothing that is evidenced: it
is there so that a client can be shown to be safe whatever the vendor does.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, fields
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

Denial = Literal["401-json", "403-json", "200-errors", "401-html"]
Offer = Literal[
    "absences",
    "absences_change",
    "absences_remove",
    "timesheets",
    "timesheets_change",
    "timesheets_remove",
    "positions",
    "positions_change",
    "pay_rates",
    "pay_rates_change",
]
OfferedField = Literal[
    "dbId",
    "employee",
    "absenceCode",
    "fromDate",
    "toDate",
    "leavePercent",
    "timeType",
    "activity",
    "assignmentDate",
    "workingHours",
    "text",
    "comment",
    "timeFrom",
    "timeTo",
    "position",
    "employmentType",
    "parttimePct",
    "dateFrom",
    "dateTo",
    "rateElement",
    "rate",
]


@dataclass(slots=True)
class Switches:
    """The sandbox's present behaviour; the defaults are the likeliest by "xledger.md" 2 to 4, 7.

    None for a limit turns that limit off.
    """

    # Tokens: what a revoked, expired or under-scoped one gets back is unknown.
    bad_format_status: Literal[401, 400, 200] = 401
    refused_token: Denial = "401-json"  # noqa: S105  # names an answer
    missing_scope: Denial = "200-errors"
    denied_fields: tuple[str, ...] = ()
    """Fields the token has no right to, at any depth ("employees", "addEmployees", "contact")."""

    # The schema: which writes beside employees a tenant offers is unknown, all but timesheets are
    # invented ("offers.graphql"); the default is what public sources show.
    offers: tuple[Offer, ...] = ()
    renamed_fields: tuple[OfferedField, ...] = ()
    """Input fields of the offered writes that stand in the schema under another name (invented)."""
    introspection: bool = True
    """Off, a document that asks about the schema is refused; that the vendor would is invented."""

    # Limits: burst is 20 per 5 s; the other two exist, their sizes and `resetAt` are unknown.
    burst_limit: int | None = 20
    burst_seconds: int = 5
    concurrency_limit: int | None = 4
    credits: int | None = None
    credits_seconds: int = 1200
    reset_at: Literal["local", "utc", "epoch", "absent"] = "local"

    # Reading.
    order: Literal["dbId", "modifiedAt"] = "dbId"
    cursor: Literal["dbId", "composite"] = "dbId"
    page_cap: int = 10_000
    default_status: Literal["OPEN", "ALL"] = "OPEN"
    social_sec: Literal["full", "masked", "null"] = "full"

    # Refusals.
    validation_status: Literal[400, 200] = 400
    lookup_status: Literal[200, 400] = 200
    lookup_code: bool = False
    """Whether a lookup that finds nothing carries `extensions.code` INVALID_VALUE."""
    errors_reported: Literal["first", "all"] = "first"
    refused_data: Literal["null", "absent", "field"] = "null"
    """`data: null`, no `data`, or `data: {"addEmployees": null}` beside a refusal."""

    # Writing.
    batch: Literal["atomic", "partial"] = "atomic"
    edge_order: Literal["input", "reversed", "shuffled"] = "input"
    duplicate_code: Literal["accept", "refuse"] = "accept"
    reformat: bool = False
    """Upper-cases names and cuts initials and phone, so what is read differs from what was sent."""

    open_positions: Literal["keep", "end", "refuse"] = "keep"
    """What becomes of a position that still counts when another begins (invented): it counts on
    beside it, it is ended the day before, or the new one is refused."""

    # Time off: whether a written row can be had back, is kept as sent, or can be changed later are
    # all unknown; every choice but the first is invented.
    given_back: Literal["node", "clientId"] = "node"
    """Whether the edges of the answer have a `node` at all, or only the clientId."""
    round_time_off: bool = False
    """Keeps whole percents and half hours, and upper-cases the text, whatever was sent."""
    approves: bool = False
    """Approves a row as it is written; an approved row refuses every change and removal."""
    unknown_removed: Literal["ignore", "refuse"] = "ignore"
    """What becomes of a removal that names a row which is not there."""

    def set(self, values: dict[str, Any]) -> None:
        """Change the named switches; all or none.

        Raises ValueError naming the switch where the name or the value is not one of those above.
        """
        hints = get_type_hints(Switches)
        for name, value in values.items():
            if name not in hints:
                raise ValueError(f"no switch {name!r}")
            if not _allowed(hints[name], value):
                raise ValueError(f"{value!r} is no value of the switch {name!r}")
        for name, value in values.items():
            setattr(self, name, tuple(value) if isinstance(value, list) else value)

    def reset(self) -> None:
        """Put every switch back to its default."""
        defaults = Switches()
        for each in fields(self):
            setattr(self, each.name, getattr(defaults, each.name))

    def as_dict(self) -> dict[str, Any]:
        """Give every switch with its present value, JSON-ready."""
        return asdict(self)


def _allowed(hint: Any, value: Any) -> bool:
    origin = get_origin(hint)
    if origin is Literal:
        return type(value) is not bool and value in get_args(hint)
    if origin in {Union, UnionType}:
        return any(_allowed(each, value) for each in get_args(hint))
    if origin is tuple:
        inner = get_args(hint)[0]
        return isinstance(value, list | tuple) and all(_allowed(inner, each) for each in value)
    if hint is int:
        return type(value) is int and value > 0
    return type(value) is hint
