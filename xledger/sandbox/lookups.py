"""Finds what a reference in an input means: by dbId, code or description, in its own table."""

from __future__ import annotations

from typing import Any

from .refusals import Refused
from .store import OWNER, Row, Store

KINDS = {
    "glObject1": (301, "Kostnadssted"),
    "glObject2": (302, "Kontering 2"),
    "glObject3": (303, "Kontering 3"),
    "glObject4": (304, "Kontering 4"),
    "glObject5": (305, "Kontering 5"),
    "positionValue": (311, "Stilling"),
    "employmentType": (312, "Ansettelsestype"),
    "compensationType": (313, "Avlønningstype"),
    "exitReason": (314, "Sluttårsak"),
    "positionCategory": (315, "Stillingskategori"),
    "employeeType": (316, "Ansattype"),
    "xgl": (317, "Rapporteringsdimensjon"),
    "user": (318, "Bruker"),
    "maritalStatus": (319, "Sivilstand"),
    "contactGroup": (320, "Kontaktgruppe"),
    "absenceCode": (321, "Fraværskode"),
    "timeType": (322, "Tidstype"),
    "activity": (323, "Aktivitet"),
    "rateElement": (324, "Lønnsart"),
}
"""Object kind by the reference that draws on it. The numbers and names are made up: only 14 and 156
are known ("xledger.md" 5), and `objectKinds` lists them."""

SAME_KIND = {"position": "positionValue"}
"""References that draw on the kind of another; that these two do is made up."""

TABLES = {
    "employee": "employees",
    "employeeGroup": "employee_groups",
    "superior": "employees",
    "subledger": "subledgers",
    "contact": "contacts",
    "owner": "entities",
    "definition": "object_definitions",
    "levelParent": "object_values",
    "country": "countries",
}
"""Tables of the references that are not object values of one kind."""

_KEYS = ("dbId", "dbSubId", "code", "ownerCode", "description", "name")
_EXAMPLES = 10


def resolve(store: Store, path: str, lookup: dict[str, Any] | None) -> int | None:
    """Give the dbId that the reference at `path` ("employeeGroup") means; None clears it.

    Of several rows with the same code the oldest is taken; what the vendor does is unknown.
    Raises `Refused`: nothing matches, no key is given, or `showAlternatives: YES` asks for it.
    """
    if lookup is None:
        return None
    if lookup.get("showAlternatives") == "YES":
        raise _alternatives(store, path)
    given = {key: lookup[key] for key in _KEYS if lookup.get(key) is not None}
    if not given:
        raise Refused(f"{path}: One of dbId, code or description is needed.", lookup=True)
    row = _first_match(store, path, given)
    if row is None:
        key, value = next(iter(given.items()))
        text = f"{path}.{key}: No value matching owner {OWNER}, {key} '{value}'."
        raise Refused(text, lookup=True)
    return int(row["dbId"])


def _first_match(store: Store, path: str, given: dict[str, Any]) -> Row | None:
    if "dbId" in given:
        number = str(given["dbId"])
        row = store.get(_where(path)[0], int(number)) if number.isdecimal() else None
        return row if row is not None and _agrees(row, {**_where(path)[1], **given}) else None
    matching = (row for row in _candidates(store, path) if _agrees(row, given))
    return min(matching, key=lambda row: int(row["dbId"]), default=None)


def _agrees(row: Row, given: dict[str, Any]) -> bool:
    return all(str(row.get(key)) == str(value) for key, value in given.items())


def _where(path: str) -> tuple[str, Row]:
    """Give the table a reference draws on, and what its rows must have to be meant."""
    if path in TABLES:
        return TABLES[path], {}
    kind = SAME_KIND.get(path, path)
    if kind in KINDS:
        return "object_values", {"objectKindDbId": KINDS[kind][0]}
    return "system_values", {"definitionId": path}


def _candidates(store: Store, path: str) -> list[Row]:
    table, condition = _where(path)
    return [row for row in store.tables[table].values() if _agrees(row, condition)]


def _alternatives(store: Store, path: str) -> Refused:
    examples = [
        {
            "code": row.get("code"),
            "dbId": row["dbId"],
            "ownerDbId": row["ownerDbId"],
            "text": row.get("description") or row.get("name"),
        }
        for row in _candidates(store, path)[:_EXAMPLES]
    ]
    return Refused(
        f"{path}: Alternatives were asked for.",
        extensions={"exampleValidInputs": examples},
        lookup=True,
    )
