"""Xledger's own scalars, as strict as their formats are evidenced ("xledger.md" 3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from graphql import (
    FloatValueNode,
    GraphQLError,
    GraphQLScalarType,
    GraphQLSchema,
    IntValueNode,
    StringValueNode,
    ValueNode,
)

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}")
_INT64 = range(-(2**63), 2**63)


def date_string(value: Any) -> str:
    """Accept "yyyy-MM-dd" of a day that exists; raises GraphQLError otherwise."""
    if isinstance(value, str) and _DATE.fullmatch(value):
        try:
            return date.fromisoformat(value).isoformat()
        except ValueError as error:
            raise GraphQLError("Expected a day that exists, as 'yyyy-MM-dd'.") from error
    raise GraphQLError("Expected a DateString, 'yyyy-MM-dd'.")


def date_time_string(value: Any) -> str:
    """Accept "yyyy-MM-ddTHH:mm:ss" without a zone; raises GraphQLError otherwise."""
    if isinstance(value, str) and _DATE_TIME.fullmatch(value):
        try:
            return datetime.fromisoformat(value).isoformat()
        except ValueError as error:
            raise GraphQLError("Expected a moment that exists.") from error
    raise GraphQLError("Expected a DateTimeString, 'yyyy-MM-ddTHH:mm:ss' without a zone.")


def int64(value: Any) -> int:
    """Accept a whole number or its decimal digits; never a float."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise GraphQLError("Expected an Int64String.")
    try:
        number = int(value)
    except ValueError as error:
        raise GraphQLError("Expected an Int64String.") from error
    if number not in _INT64:
        raise GraphQLError("The Int64String is too large.")
    return number


def money(value: Any) -> str:
    """Give an amount with four decimals, "1370.0000"; accepts a number or its digits."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise GraphQLError("Expected a MoneyString.")
    try:
        amount = Decimal(str(value))
    except InvalidOperation as error:
        raise GraphQLError("Expected a MoneyString.") from error
    if not amount.is_finite():
        raise GraphQLError("Expected a MoneyString.")
    return f"{amount:.4f}"


_INPUT = {
    "DateString": date_string,
    "DateTimeString": date_time_string,
    "Int64String": int64,
    "MoneyString": money,
}
_OUTPUT: dict[str, Callable[[Any], str]] = {
    "DateString": str,
    "DateTimeString": str,
    "Int64String": str,
    "MoneyString": money,
}


def install(schema: GraphQLSchema) -> None:
    """Give the scalars of `schema` their rules."""
    for name, accept in _INPUT.items():
        scalar = schema.type_map[name]
        assert isinstance(scalar, GraphQLScalarType)  # noqa: S101  # the SDL declares it so
        scalar.coerce_input_value = accept
        scalar.coerce_input_literal = _of_literal(accept)
        scalar.coerce_output_value = _OUTPUT[name]


def _of_literal(accept: Any) -> Any:
    def coerce(node: ValueNode) -> Any:
        if isinstance(node, IntValueNode):
            return accept(int(node.value))
        if isinstance(node, StringValueNode | FloatValueNode):
            return accept(node.value)
        raise GraphQLError("Expected a string.")

    return coerce
