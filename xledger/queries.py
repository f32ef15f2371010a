"""The GraphQL documents sent to X-ledger: constants; every value travels in a variable.

Names follow "xledger.md" sections 3 and 4. Enum arguments are literals because the names of their
types are not evidenced, so no variable of them can be declared. The lists behind pick lists take no
`ownerSet` or `objectStatus`: whether those roots accept them is not proven.
"""

from __future__ import annotations

_CODED = "{ code objectKind { dbId } }"

EMPLOYEE = f"""
    dbId code description email contactDbId socialSecurityMasked
    employmentFrom employmentTo dateFrom trialTo timesheet overtime flextime
    contact {{
      firstName lastName initials birthday socialSec phone email email2 email3
      address {{ fullAddress }}
      homeAddress {{ fullAddress }}
    }}
    subledger {{ bankAccount }}
    employeeGroup {{ code }}
    superior {{ dbId }}
    positionValue {_CODED}
    employmentType {_CODED}
    exitReason {_CODED}
    glObject1 {_CODED}
    glObject2 {_CODED}
    glObject3 {_CODED}
    glObject4 {_CODED}
    glObject5 {_CODED}
"""
"""What is asked of an employee, in reads and in the answers to writes alike, so that both compare.

A selection and no GraphQL fragment, which would need the name of the mutations' node type.
"""

EMPLOYEES = f"""
query Employees($first: Int, $after: String) {{
  employees(first: $first, after: $after, ownerSet: CURRENT, objectStatus: ALL) {{
    edges {{ cursor node {{ {EMPLOYEE} }} }}
    pageInfo {{ hasNextPage }}
  }}
}}
"""

EMPLOYEE_GROUPS = """
query EmployeeGroups($first: Int, $after: String) {
  employeeGroups(first: $first, after: $after) {
    edges { cursor node { dbId code description } }
    pageInfo { hasNextPage }
  }
}
"""

OBJECT_VALUES = """
query ObjectValues($first: Int, $after: String) {
  objectValues(first: $first, after: $after) {
    edges { cursor node { dbId code description objectKind { dbId } } }
    pageInfo { hasNextPage }
  }
}
"""

ENTITIES = """
query Entities {
  entities(first: 100) {
    edges { cursor node { dbId code description } } pageInfo { hasNextPage }
  }
}
"""


def _one_employee(fields: str) -> str:
    """A read of one employee of the token's own company, for what it shows of the token."""
    return f"""
query OneEmployee {{
  employees(first: 1, ownerSet: CURRENT, objectStatus: ALL) {{
    edges {{ cursor node {{ dbId {fields} }} }}
    pageInfo {{ hasNextPage }}
  }}
}}
"""


ONE_EMPLOYEE = _one_employee("ownerDbId code")
ONE_CONTACT = _one_employee("contact { firstName address { fullAddress } }")
ONE_SUBLEDGER = _one_employee("subledger { bankAccount }")
ONE_CONTACT_AND_SUBLEDGER = _one_employee(
    "contact { firstName address { fullAddress } } subledger { bankAccount }"
)

ADD_EMPLOYEES = f"""
mutation AddEmployees($inputs: [AddEmployeesInput!]!) {{
  addEmployees(inputs: $inputs) {{
    edges {{ clientId node {{ {EMPLOYEE} }} }}
  }}
}}
"""

UPDATE_EMPLOYEES = f"""
mutation UpdateEmployees($inputs: [UpdateEmployeesInput!]!) {{
  updateEmployees(inputs: $inputs) {{
    edges {{ clientId node {{ {EMPLOYEE} }} }}
  }}
}}
"""
