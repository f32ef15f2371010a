"""The test's own door into the sandbox, under /_sandbox/: faults, switches, log and row edits."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Request

from simployer.sandbox.resources import RESOURCES

if TYPE_CHECKING:
    from simployer.sandbox.app import Sandbox

Answer = tuple[int, Any]


def control(sandbox: Sandbox, request: Request, path: str) -> Answer:
    """Carry out one control request; `path` is what follows /_sandbox/. Give status and body."""
    try:
        return _carry_out(sandbox, request, path.strip("/").split("/"))
    except LookupError as error:
        return 404, {"message": str(error)}
    except (ValueError, TypeError, BadRequest) as error:
        return 400, {"message": str(error)}


def _carry_out(sandbox: Sandbox, request: Request, parts: list[str]) -> Answer:
    match request.method, parts:
        case "POST", ["faults"]:
            sandbox.faults.add(**_object(request))
            return 201, {"waiting": len(sandbox.faults)}
        case "DELETE", ["faults"]:
            sandbox.faults.clear()
            return 204, None
        case "GET", ["switches"]:
            return 200, asdict(sandbox.switches)
        case "POST", ["switches"]:
            sandbox.switches = sandbox.switches.changed(_object(request))
            return 200, asdict(sandbox.switches)
        case "GET", ["log"]:
            return 200, [asdict(seen) for seen in sandbox.log]
        case "DELETE", ["log"]:
            sandbox.log.clear()
            return 204, None
        case "POST", ["reset"]:
            sandbox.reset()
            return 204, None
        case _:
            return _edit(sandbox, request, parts)


def _edit(sandbox: Sandbox, request: Request, parts: list[str]) -> Answer:
    match request.method, parts:
        case "POST", [resource] if resource in RESOURCES:
            return 201, sandbox.store.add(resource, _object(request))
        case "PATCH", [resource, row_id] if resource in RESOURCES:
            return 200, sandbox.store.edit(resource, row_id, _object(request))
        case "DELETE", [resource, row_id] if resource in RESOURCES:
            sandbox.store.delete(resource, row_id)
            return 204, None
        case _:
            return 404, {"message": f"no control for {request.method} {'/'.join(parts)}"}


def _object(request: Request) -> dict[str, Any]:
    document = request.get_json(force=True)
    if not isinstance(document, dict):
        raise ValueError("the body is a JSON object")
    return document
