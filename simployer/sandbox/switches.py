"""What nobody outside the vendor knows of Simployer One, as switches a test can set either way."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import Any, Literal, get_args, get_origin, get_type_hints


@dataclass(frozen=True, slots=True)
class Switches:
    """How this server answers where the documentation is silent (simployer-one.md sections 6-7).

    `unknown_names`: a select, relation, filter or sort name that does not exist gives 400 or
    nothing. `dates`: a calendar date is written as 00:00Z or as midnight in Oslo expressed in UTC.
    `optional`: a field without a value is null or absent. `employment_relation`: the employee
    relations employment and compensation hold the current row or all rows. `rate`: employment.rate
    80 or 0.8. `total_drift` is added to `total` on every page but the first.
    `relation_rows_left_out` keeps every other sideloaded row back. `token_required` False lets
    every request in. `denied` names resources that are refused with 403: what triggers one is
    unknown.

    Of leaves: `statuses` in capitals as specified or small as seen; `grade` is in gradePercentage
    or, as in the writes of 2024, in extent, or nowhere; `leave_end` is the last day's midnight or
    its last second; `local_dates` are not sent, or as day, wall clock, or wall clock written as if
    it were UTC; `deleted_leaves` are still listed, marked so, or gone. Of their days:
    `transactions` False is an account without any; `transaction_hours` are those of absence or of
    the whole day; `transaction_extent` 50, 0.5 or not given. `type_codes` of a single leave type
    are one object as specified, or a list as elsewhere. `work_week_unit`: 450 or 7.5.
    """

    unknown_names: Literal["reject", "ignore"] = "reject"
    dates: Literal["utc", "local"] = "utc"
    optional: Literal["null", "absent"] = "null"
    employment_relation: Literal["current", "history"] = "current"
    rate: Literal["percent", "fraction"] = "percent"
    gender: Literal["word", "upper", "letter"] = "word"
    ssn: Literal["full", "spaced", "masked"] = "full"
    default_limit: int = 50
    max_limit: int = 500
    later_fields: bool = True
    undocumented_fields: bool = True
    total_drift: int = 0
    relation_rows_left_out: bool = False
    token_required: bool = True
    denied: tuple[str, ...] = ()
    statuses: Literal["upper", "lower"] = "upper"
    grade: Literal["gradePercentage", "extent", "absent"] = "gradePercentage"
    leave_end: Literal["midnight", "last_second"] = "midnight"
    local_dates: Literal["absent", "day", "clock", "as_utc"] = "clock"
    deleted_leaves: Literal["listed", "gone"] = "listed"
    transactions: bool = True
    transaction_hours: Literal["graded", "whole_day"] = "graded"
    transaction_extent: Literal["percent", "fraction", "absent"] = "percent"
    type_codes: Literal["object", "list"] = "object"
    work_week_unit: Literal["minutes", "hours"] = "minutes"

    def changed(self, changes: dict[str, Any]) -> Switches:
        """Give a copy with `changes`; raise ValueError that names a wrong switch or value."""
        hints = get_type_hints(Switches)
        for name, value in changes.items():
            if name not in {field.name for field in fields(self)}:
                raise ValueError(f"there is no switch {name!r}")
            _check(name, hints[name], value)
        kept: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value
            for name, value in changes.items()
        }
        return replace(self, **kept)


def _check(name: str, hint: Any, value: Any) -> None:
    if get_origin(hint) is tuple:
        several = isinstance(value, list | tuple)
        if not several or not all(isinstance(each, str) for each in value):
            raise ValueError(f"{name} is a list of texts")
        return
    choices = get_args(hint)
    if choices and value not in choices:
        raise ValueError(f"{name} is one of {', '.join(choices)}")
    if not choices and type(value) is not hint:
        raise ValueError(f"{name} is {hint.__name__}")
