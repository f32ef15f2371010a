"""The documents that read and write time off in X-ledger ("xledger.md" section 5)."""

from __future__ import annotations

from collections.abc import Mapping

from .timeoff_rows import Shape

_ROW = """
    dbId employee { dbId } %s timeFrom timeTo text
"""


def reading(shape: Shape, types: Mapping[str, str]) -> str:
    """A page of rows, ended and approved ones included; `types` by the filter's keys."""
    declared = "".join(f", ${key}: {kind}" for key, kind in types.items())
    condition = ", ".join(f"{key}: ${key}" for key in types)
    narrowed = f", filter: {{ {condition} }}" if condition else ""
    codes = " ".join(f"{name} {{ code }}" for name in shape.code_fields)
    days = " ".join(dict.fromkeys((shape.first, shape.last, shape.amount)))
    return f"""
query TimeOff($first: Int, $after: String{declared}) {{
  {shape.root}(first: $first, after: $after, ownerSet: CURRENT, objectStatus: ALL{narrowed}) {{
    edges {{ cursor node {{ {_ROW % f"{codes} {days}"} }} }}
    pageInfo {{ hasNextPage }}
  }}
}}
"""


def sample(shape: Shape, code_field: str) -> str:
    """Some rows for the kind of their code, the newest if that is how `last` orders them."""
    return f"""
query CodesInUse($last: Int) {{
  {shape.root}(last: $last, ownerSet: CURRENT, objectStatus: ALL) {{
    edges {{ cursor node {{ dbId {code_field} {{ code objectKind {{ dbId }} }} }} }}
    pageInfo {{ hasNextPage }}
  }}
}}
"""


def of_kind(kind: str) -> str:
    """The values of a kind, whose number is a literal as in the one client that filters by it."""
    return f"""
query ObjectValuesOfKind($first: Int, $after: String) {{
  objectValues(first: $first, after: $after, filter: {{ objectKindDbId: {kind} }}) {{
    edges {{ cursor node {{ dbId code description objectKind {{ dbId }} }} }}
    pageInfo {{ hasNextPage }}
  }}
}}
"""


def writing(mutation: str, selection: str) -> str:
    """`addAbsences` and its like, by the naming rule of inputs."""
    name = f"{mutation[0].upper()}{mutation[1:]}"
    return f"""
mutation {name}($inputs: [{name}Input!]!) {{
  {mutation}(inputs: $inputs) {{ edges {{ {selection} }} }}
}}
"""


def removal(mutation: str) -> str:
    name = f"{mutation[0].upper()}{mutation[1:]}"
    return f"""
mutation {name}($dbIds: [Int64String!]!) {{
  {mutation}(dbIds: $dbIds) {{ numAffected }}
}}
"""
