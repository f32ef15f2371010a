"""Answers POST /graphql: token, limits, document, faults, execution - in that order."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, execute_sync
from werkzeug.wrappers import Request, Response

from . import authorization, breakage
from .authorization import json_response
from .documents import Prepared, count_inputs, rendered, root_fields, selected_names
from .execution import Execution
from .faults import Fault
from .refusals import BatchRefused, Refused
from .resolvers import from_row

if TYPE_CHECKING:
    from .app import Sandbox


@dataclass(slots=True)
class LogEntry:
    """One request as the log keeps it: what it did and what came of it, no token and no value.

    `operation` is "query", "mutation" or None where the request did not get that far; `status` is
    None where the connection was cut, or the answer is not ready yet.
    """

    operation: str | None = None
    roots: list[str] = field(default_factory=list)
    inputs: int = 0
    status: int | None = None
    fault: str | None = None
    codes: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Asked:
    """A request's body: the document, its variables and which operation is meant."""

    query: str
    variables: dict[str, Any]
    name: str | None


def answer(sandbox: Sandbox, request: Request) -> Response:
    """Answer one GraphQL request; it is in the log from its arrival on."""
    entry = LogEntry()
    sandbox.log.append(entry)
    response = _authorized(sandbox, request, entry)
    if entry.fault not in breakage.CUT:
        entry.status = response.status_code
    return response


def _authorized(sandbox: Sandbox, request: Request, entry: LogEntry) -> Response:
    token = authorization.token_of(request.headers.get("Authorization"))
    if token is None:
        return authorization.bad_format(sandbox.switches)
    if not authorization.accepted(token, sandbox.token):
        return authorization.denied(sandbox.switches.refused_token)
    reached = sandbox.limits.enter(token)
    if reached is not None:
        return limited(sandbox, reached, token, entry)
    try:
        return _admitted(sandbox, request, token, entry)
    finally:
        sandbox.limits.leave(token)


def limited(sandbox: Sandbox, reached: str, token: str, entry: LogEntry) -> Response:
    """Answer a request that ran into a limit: HTTP 200 and the code as a key of the error."""
    error = sandbox.limits.error(reached, token)
    entry.codes.append(error["code"])
    return json_response({"errors": [error]})


def _admitted(sandbox: Sandbox, request: Request, token: str, entry: LogEntry) -> Response:
    try:
        asked = _asked(request.get_data())
    except ValueError as error:
        return json_response({"errors": [{"message": str(error)}]}, 400)
    prepared = sandbox.documents.prepare(asked.query)
    operation = prepared.operation(asked.name)
    if operation is None:
        return _invalid(sandbox, prepared, entry)
    entry.operation, entry.roots = operation.operation.value, root_fields(operation)
    entry.inputs = count_inputs(operation, asked.variables)
    if selected_names(operation) & set(sandbox.switches.denied_fields):
        return authorization.denied(sandbox.switches.missing_scope)
    with sandbox.lock:
        fault = sandbox.faults.take(entry.operation, entry.roots)
    if fault is None:
        return execute(sandbox, asked, entry)
    return _faulty(sandbox, request, fault, asked, token, entry)


def _faulty(
    sandbox: Sandbox, request: Request, fault: Fault, asked: Asked, token: str, entry: LogEntry
) -> Response:
    entry.fault = fault.kind
    limit = breakage.LIMITS.get(fault.kind)
    if limit is not None:
        return limited(sandbox, limit, token, entry)
    if fault.kind == "delayed_commit":
        sandbox.commit_later(asdict(asked), fault.seconds)
        return breakage.broken(fault, request, sandbox, None)
    response = execute(sandbox, asked, entry) if fault.commits else None
    return breakage.broken(fault, request, sandbox, response)


def _asked(body: bytes) -> Asked:
    try:
        document = json.loads(body)
    except ValueError as error:
        raise ValueError("The body is not JSON.") from error
    if not isinstance(document, dict) or not isinstance(document.get("query"), str):
        raise ValueError("A query is missing.")
    variables = document.get("variables") or {}
    if not isinstance(variables, dict):
        raise ValueError("The variables are not an object.")
    return Asked(document["query"], variables, document.get("operationName"))


def _invalid(sandbox: Sandbox, prepared: Prepared, entry: LogEntry) -> Response:
    errors = list(prepared.errors) or [{"message": "No such operation."}]
    return _rejected(sandbox, errors, entry)


def _rejected(sandbox: Sandbox, errors: list[dict[str, Any]], entry: LogEntry) -> Response:
    entry.codes += [e["extensions"]["code"] for e in errors if "extensions" in e]
    return json_response({"errors": errors}, sandbox.switches.validation_status)


def execute(sandbox: Sandbox, asked: Asked, entry: LogEntry) -> Response:
    """Execute a valid document under the lock and save what it changed."""
    document = sandbox.documents.prepare(asked.query).document
    assert document is not None  # noqa: S101  # only valid documents come here
    with sandbox.lock:
        sandbox.commit_due()
        version = sandbox.store.version
        context = Execution(
            sandbox.store, sandbox.switches, sandbox.today, sandbox.faults.row_refusal
        )
        result = execute_sync(
            sandbox.schema,
            document,
            context_value=context,
            variable_values=asked.variables,
            operation_name=asked.name,
            field_resolver=from_row,
        )
        if sandbox.store.version != version:
            sandbox.save()
    errors = list(result.errors or ())
    if any(error.path is None for error in errors):
        return _rejected(sandbox, [rendered(e, "INVALID_VALUE", "5.8") for e in errors], entry)
    refusals = [*_refusals(errors), *context.refused]
    return _executed(sandbox, result.data, refusals, bool(errors), entry)


def _refusals(errors: list[GraphQLError]) -> list[Refused]:
    """Give the refusals behind execution errors; anything else is the sandbox's own fault."""
    found: list[Refused] = []
    for error in errors:
        cause = error.original_error
        if isinstance(cause, BatchRefused):
            found += cause.refusals
        elif isinstance(cause, Refused):
            found.append(cause)
        else:
            raise error
    return found


def _executed(
    sandbox: Sandbox,
    data: dict[str, Any] | None,
    refusals: list[Refused],
    refused_whole: bool,
    entry: LogEntry,
) -> Response:
    if not refusals:
        return json_response({"data": data})
    switches = sandbox.switches
    shown = refusals[:1] if switches.errors_reported == "first" else refusals
    body: dict[str, Any] = {"errors": [_rendered(each, sandbox) for each in shown]}
    if not refused_whole or switches.refused_data == "field":
        body["data"] = data
    elif switches.refused_data == "null":
        body["data"] = None
    entry.codes += [e.get("extensions", {}).get("code") or "REFUSED" for e in body["errors"]]
    status = switches.lookup_status if any(each.lookup for each in refusals) else 200
    return json_response(body, status)


def _rendered(refusal: Refused, sandbox: Sandbox) -> dict[str, Any]:
    if refusal.lookup and sandbox.switches.lookup_code:
        refusal.extensions.setdefault("code", "INVALID_VALUE")
    return refusal.rendered()
