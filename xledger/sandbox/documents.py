"""Parses and validates documents once per text, and words what is wrong as graphql-dotnet does."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    InlineFragmentNode,
    ListValueNode,
    NoSchemaIntrospectionCustomRule,
    ObjectValueNode,
    OperationDefinitionNode,
    VariableNode,
    get_operation_ast,
    parse,
    specified_rules,
    validate,
)

_CODES = {
    "ExecutableDefinitionsRule": ("EXECUTABLE_DEFINITIONS", "5.1.1"),
    "UniqueOperationNamesRule": ("UNIQUE_OPERATION_NAMES", "5.2.1.1"),
    "LoneAnonymousOperationRule": ("LONE_ANONYMOUS_OPERATION", "5.2.2.1"),
    "FieldsOnCorrectTypeRule": ("FIELDS_ON_CORRECT_TYPE", "5.3.1"),
    "OverlappingFieldsCanBeMergedRule": ("OVERLAPPING_FIELDS_CAN_BE_MERGED", "5.3.2"),
    "ScalarLeafsRule": ("SCALAR_LEAFS", "5.3.3"),
    "KnownArgumentNamesRule": ("KNOWN_ARGUMENT_NAMES", "5.4.1"),
    "UniqueArgumentNamesRule": ("UNIQUE_ARGUMENT_NAMES", "5.4.2"),
    "ProvidedRequiredArgumentsRule": ("PROVIDED_NON_NULL_ARGUMENTS", "5.4.2.1"),
    "KnownTypeNamesRule": ("KNOWN_TYPE_NAMES", "5.5.1.2"),
    "KnownFragmentNamesRule": ("KNOWN_FRAGMENT_NAMES", "5.5.2.1"),
    "NoUnusedFragmentsRule": ("NO_UNUSED_FRAGMENTS", "5.5.1.4"),
    "NoFragmentCyclesRule": ("NO_FRAGMENT_CYCLES", "5.5.2.2"),
    "ValuesOfCorrectTypeRule": ("ARGUMENTS_OF_CORRECT_TYPE", "5.6.1"),
    "UniqueInputFieldNamesRule": ("UNIQUE_INPUT_FIELD_NAMES", "5.6.3"),
    "KnownDirectivesRule": ("KNOWN_DIRECTIVES", "5.7.1"),
    "UniqueVariableNamesRule": ("UNIQUE_VARIABLE_NAMES", "5.8.1"),
    "VariablesAreInputTypesRule": ("VARIABLES_ARE_INPUT_TYPES", "5.8.2"),
    "NoUndefinedVariablesRule": ("NO_UNDEFINED_VARIABLES", "5.8.3"),
    "NoUnusedVariablesRule": ("NO_UNUSED_VARIABLES", "5.8.4"),
    "VariablesInAllowedPositionRule": ("VARIABLES_IN_ALLOWED_POSITION", "5.8.5"),
}
"""Rule -> code and number of graphql-dotnet; evidenced for Xledger are ARGUMENTS_OF_CORRECT_TYPE,
INVALID_VALUE and the message prefix "Cannot query field" ("xledger.md" 2)."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A document ready to execute, or the rendered errors that forbid it."""

    document: DocumentNode | None
    errors: tuple[dict[str, Any], ...] = ()

    def operation(self, name: str | None) -> OperationDefinitionNode | None:
        return None if self.document is None else get_operation_ast(self.document, name)


class Documents:
    """The documents of one schema, parsed and validated once per text.

    Without `introspection` a document that asks about the schema itself is not valid.
    """

    def __init__(self, schema: GraphQLSchema, *, introspection: bool = True) -> None:
        self._schema = schema
        extra = () if introspection else (NoSchemaIntrospectionCustomRule,)
        self._rules = (*specified_rules, *extra)
        self.prepare = lru_cache(maxsize=256)(self._prepare)

    def _prepare(self, text: str) -> Prepared:
        try:
            document = parse(text)
        except GraphQLSyntaxError as error:
            return Prepared(None, (rendered(error, "SYNTAX_ERROR", None),))
        if not validate(self._schema, document, self._rules):
            return Prepared(document)
        return Prepared(None, tuple(self._violations(document)))

    def _violations(self, document: DocumentNode) -> list[dict[str, Any]]:
        found = []
        for rule in self._rules:
            code, number = _CODES.get(rule.__name__, ("VALIDATION_ERROR", None))
            found += [rendered(e, code, number) for e in validate(self._schema, document, [rule])]
        return found


def rendered(error: GraphQLError, code: str, number: str | None) -> dict[str, Any]:
    """Give a library error in graphql-dotnet's shape: the codes are in `extensions`."""
    extensions: dict[str, Any] = {"code": code, "codes": [code]}
    if number is not None:
        extensions["number"] = number
    answer: dict[str, Any] = {"message": error.message}
    if error.locations:
        answer["locations"] = [{"line": at.line, "column": at.column} for at in error.locations]
    answer["extensions"] = extensions
    return answer


def root_fields(operation: OperationDefinitionNode) -> list[str]:
    """Name the root fields an operation selects directly."""
    selections = operation.selection_set.selections
    return [each.name.value for each in selections if isinstance(each, FieldNode)]


def selected_names(node: OperationDefinitionNode | FieldNode | InlineFragmentNode) -> set[str]:
    """Name the fields an operation selects at any depth, named fragments aside."""
    names = {node.name.value} if isinstance(node, FieldNode) else set()
    for each in node.selection_set.selections if node.selection_set else ():
        if isinstance(each, FieldNode | InlineFragmentNode):
            names |= selected_names(each)
    return names


def count_inputs(operation: OperationDefinitionNode, variables: dict[str, Any]) -> int:
    """Count the rows in `inputs` and `dbIds`; a bare object where a list is declared is one."""
    total = 0
    for selection in operation.selection_set.selections:
        if not isinstance(selection, FieldNode):
            continue
        for argument in selection.arguments or ():
            if argument.name.value in {"inputs", "dbIds"}:
                total += _rows(argument.value, variables)
    return total


def _rows(node: Any, variables: dict[str, Any]) -> int:
    if isinstance(node, ListValueNode):
        return len(node.values)
    if isinstance(node, VariableNode):
        value = variables.get(node.name.value)
        return len(value) if isinstance(value, list) else int(value is not None)
    return int(isinstance(node, ObjectValueNode))
