"""The control surface under `/_sandbox/`: faults, switches, log and the end state to assert on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from graphql import GraphQLInputObjectType
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from .authorization import json_response
from .employees import flat, update_employee
from .refusals import Refused

if TYPE_CHECKING:
    from .app import Sandbox

PREFIX = "/_sandbox/"

_ROUTES = Map(
    [
        Rule("/_sandbox/faults", methods=["POST"], endpoint="add_fault"),
        Rule("/_sandbox/faults", methods=["GET"], endpoint="faults"),
        Rule("/_sandbox/faults", methods=["DELETE"], endpoint="clear_faults"),
        Rule("/_sandbox/switches", methods=["POST"], endpoint="set_switches"),
        Rule("/_sandbox/switches", methods=["GET"], endpoint="switches"),
        Rule("/_sandbox/log", methods=["GET"], endpoint="log"),
        Rule("/_sandbox/log", methods=["DELETE"], endpoint="clear_log"),
        Rule("/_sandbox/employees", methods=["GET"], endpoint="employees"),
        Rule("/_sandbox/absences", methods=["GET"], endpoint="absences"),
        Rule("/_sandbox/timesheets", methods=["GET"], endpoint="timesheets"),
        Rule("/_sandbox/employees/<int:db_id>", methods=["PATCH"], endpoint="edit"),
        Rule("/_sandbox/reset", methods=["POST"], endpoint="reset"),
    ]
)


def respond(sandbox: Sandbox, request: Request) -> Response:
    """Answer a request of the control surface; what it does not accept is a 400 with the reason."""
    try:
        endpoint, values = _ROUTES.bind_to_environ(request.environ).match()
    except HTTPException as error:
        return Response(error.description, status=error.code, mimetype="text/plain")
    try:
        body = _object(request) if request.method in {"POST", "PATCH"} else {}
        with sandbox.lock:
            return json_response(_do(sandbox, endpoint, body, dict(values)))
    except (ValueError, Refused) as error:
        return json_response({"error": str(error)}, 400)


def _object(request: Request) -> dict[str, Any]:
    if not request.get_data():
        return {}
    body = request.get_json(force=True, silent=True)
    if not isinstance(body, dict):
        raise ValueError("the body is not a JSON object")
    return body


def _do(
    sandbox: Sandbox, endpoint: str, body: dict[str, Any], values: dict[str, Any]
) -> dict[str, Any]:
    if endpoint == "add_fault":
        sandbox.faults.add(body.pop("kind", ""), **body)
    elif endpoint == "clear_faults":
        sandbox.faults.clear()
    elif endpoint == "set_switches":
        sandbox.switches.set(body)
    elif endpoint == "clear_log":
        sandbox.log.clear()
    elif endpoint == "reset":
        sandbox.reset()
    elif endpoint == "edit":
        return {"employee": edit(sandbox, values["db_id"], body)}
    return _shown(sandbox, endpoint)


def _shown(sandbox: Sandbox, endpoint: str) -> dict[str, Any]:
    if endpoint == "employees":
        return {"employees": sandbox.employees}
    if endpoint in {"absences", "timesheets"}:
        return {endpoint: getattr(sandbox, endpoint)}
    if endpoint.endswith("log"):
        return {"log": [entry.as_dict() for entry in sandbox.log]}
    if endpoint.endswith("switches"):
        return {"switches": sandbox.switches.as_dict()}
    return {"faults": sandbox.faults.as_list()}


def edit(sandbox: Sandbox, db_id: int, node: dict[str, Any]) -> dict[str, Any]:
    """Change an employee by hand and give the flat result; `Sandbox.edit` says what is raised."""
    declared = sandbox.schema.type_map["UpdateEmployeesInputNode"]
    assert isinstance(declared, GraphQLInputObjectType)  # noqa: S101  # the SDL declares it so
    unknown = node.keys() - declared.fields.keys()
    if unknown:
        raise ValueError(f"an employee has no field {sorted(unknown)[0]!r}")
    with sandbox.store.savepoint():
        employee = update_employee(sandbox.by_hand(), {**node, "dbId": db_id})
    sandbox.save()
    return flat(sandbox.store, employee)
