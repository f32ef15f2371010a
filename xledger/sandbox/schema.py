"""Builds the executable schema from the SDL beside it, with the writes that a tenant offers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Literal

from graphql import (
    DocumentNode,
    GraphQLSchema,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    ObjectTypeDefinitionNode,
    ObjectTypeExtensionNode,
    build_schema,
    extend_schema,
    parse,
)
from graphql.language import DefinitionNode, NameNode

from . import resolvers, scalars
from .switches import Offer, OfferedField

SDL = Path(__file__).with_name("schema.graphql")
OFFERS_SDL = Path(__file__).with_name("offers.graphql")

MUTATIONS: dict[Offer, str] = {
    "absences": "addAbsences",
    "absences_change": "updateAbsences",
    "absences_remove": "removeAbsences",
    "timesheets": "addTimesheets",
    "timesheets_change": "updateTimesheets",
    "timesheets_remove": "removeTimesheets",
    "positions": "addEmployeePositions",
    "positions_change": "updateEmployeePositions",
    "pay_rates": "addPayrollRates",
    "pay_rates_change": "updatePayrollRates",
}
"""The mutation behind each offer."""

GivenBack = Literal["node", "clientId"]
_EDGES = {"AbsenceMutationEdge", "TimesheetMutationEdge"}


def executable_schema(
    offers: Iterable[Offer] = (),
    renamed: Iterable[OfferedField] = (),
    given_back: GivenBack = "node",
) -> GraphQLSchema:
    """Give the schema with its scalars and resolvers; one object for the process per variant.

    `offers` are the writes beside employees that it has. `renamed` are input fields of those that
    stand in it under another name (`employee` as `employeeRenamed`, invented). `given_back`
    "clientId" leaves the `node` out of what a write of time off gives back (invented).
    """
    return _variant(frozenset(offers), frozenset(renamed), given_back)


@lru_cache(maxsize=32)
def _variant(
    offers: frozenset[Offer], renamed: frozenset[OfferedField], given_back: GivenBack
) -> GraphQLSchema:
    schema = build_schema(SDL.read_text(encoding="utf-8"))
    if offers:
        mutations = {MUTATIONS[each] for each in offers}
        schema = extend_schema(schema, _extension(mutations, renamed, given_back))
    scalars.install(schema)
    resolvers.install(schema)
    return schema


def _extension(
    mutations: set[str], renamed: frozenset[OfferedField], given_back: GivenBack
) -> DocumentNode:
    """The part of the offers that adds `mutations`, some input fields renamed."""
    wanted = {f"{name[0].upper()}{name[1:]}Input" for name in mutations}
    kept: list[DefinitionNode] = []
    for each in parse(OFFERS_SDL.read_text(encoding="utf-8")).definitions:
        if isinstance(each, ObjectTypeExtensionNode):
            fields = tuple(field for field in each.fields or () if field.name.value in mutations)
            kept.append(replace(each, fields=fields))
        elif isinstance(each, ObjectTypeDefinitionNode) and each.name.value in _EDGES:
            shown = {"clientId", given_back}
            fields = tuple(field for field in each.fields or () if field.name.value in shown)
            kept.append(replace(each, fields=fields))
        elif not isinstance(each, InputObjectTypeDefinitionNode):
            kept.append(each)
        elif each.name.value.removesuffix("Node") in wanted:
            inputs = tuple(_renamed(field, renamed) for field in each.fields or ())
            kept.append(replace(each, fields=inputs))
    return DocumentNode(definitions=tuple(kept))


def _renamed(
    field: InputValueDefinitionNode, renamed: frozenset[OfferedField]
) -> InputValueDefinitionNode:
    name = field.name.value
    return replace(field, name=NameNode(value=f"{name}Renamed")) if name in renamed else field
