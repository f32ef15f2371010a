"""What each resource of the Simployer One API holds: its fields, their kinds and its relations.

Compact from simployer-one.md section 3. To add a resource, add an entry to `RESOURCES` and its
rows to `seed.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Kind(Enum):
    """How a field is stored, compared and written on the wire."""

    TEXT = "text"
    NUMBER = "number"
    BOOLEAN = "boolean"
    DAY = "calendar day"  # stored YYYY-MM-DD, written as a date-time
    MOMENT = "moment"  # stored and written as ISO 8601 in UTC with milliseconds
    OBJECT = "object"


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True, slots=True)
class Relation:
    """Rows of another resource where `theirs` equals this row's `ours`.

    `resource` None is a relation whose resource the sandbox does not hold: always empty.
    """

    resource: str | None
    ours: str = "id"
    theirs: str = "id"


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource. `fields` may be selected, filtered and sorted; `unselectable` only read whole.

    `later` names the fields found in vendor pages newer than the 2024 specification,
    `undocumented` those that only a client of 2023 has seen.
    """

    fields: Mapping[str, Kind]
    unselectable: Mapping[str, Kind] = field(default_factory=dict)
    later: frozenset[str] = frozenset()
    undocumented: frozenset[str] = frozenset()
    relations: Mapping[str, Relation] = field(default_factory=dict)

    def has(self, name: str) -> bool:
        """Tell whether the resource has a field of this name."""
        return name in self.fields or name in self.unselectable

    def kind(self, name: str) -> Kind:
        """Give a field's kind; a field nobody has documented is passed on as text."""
        return self.fields.get(name) or self.unselectable.get(name) or Kind.TEXT


def _fields(
    text: str = "", number: str = "", boolean: str = "", day: str = "", moment: str = ""
) -> dict[str, Kind]:
    kinds = {
        Kind.TEXT: text,
        Kind.NUMBER: number,
        Kind.BOOLEAN: boolean,
        Kind.DAY: day,
        Kind.MOMENT: moment,
    }
    return {name: kind for kind, names in kinds.items() for name in names.split()}


_EMPLOYEE = Resource(
    fields=_fields(
        text="id title companyId officeId managerEmployeeId departmentId costCenterId "
        "employmentId employmentTypeId employmentCountry compensationId userId userName division "
        "organization employeeNumber workEmail workPhone workPhoneSanitized privateEmail "
        "firstName lastName ssn privatePhone privatePhoneSanitized nationality gender pronoun "
        "effectiveCostCenterId organizationId ssnCountry",
        number="age",
        boolean="active hasOccupationalPension",
        day="hireDate endDate birthDate offboardDate",
        moment="created updated",
    ),
    unselectable={
        "tax": Kind.OBJECT,
        "bankAccount": Kind.OBJECT,
        "homeAddress": Kind.OBJECT,
        "custom": Kind.OBJECT,
        "avatarUrl": Kind.TEXT,
    },
    later=frozenset({"effectiveCostCenterId", "organizationId", "ssnCountry", "offboardDate"}),
    relations={
        "office": Relation("office", "officeId"),
        "costCenter": Relation("cost-center", "costCenterId"),
        "effectiveCostCenter": Relation("cost-center", "effectiveCostCenterId"),
        "department": Relation("department", "departmentId"),
        "employment": Relation("employment", "employmentId"),
        "employmentType": Relation("employment-type", "employmentTypeId"),
        "compensation": Relation("compensation", "compensationId"),
        "managerEmployee": Relation("employee", "managerEmployeeId"),
        "child": Relation("child", "id", "employeeId"),
        "emergencyContact": Relation(None),
        "teamReference": Relation(None),
    },
)
_EMPLOYMENT = Resource(
    fields=_fields(
        text="id companyId employeeId typeId note country",
        number="rate",
        boolean="terminated",
        day="startDate endDate effectiveEndDate",
        moment="updated",
    ),
    relations={
        "type": Relation("employment-type", "typeId"),
        "employee": Relation("employee", "employeeId"),
    },
)
_COMPENSATION = Resource(
    fields=_fields(
        text="id employeeId companyId currency payoutPeriod payoutFrequency salarySchedule note",
        number="amount baseAmount exchangeRate payoutDay",
        boolean="paidOvertime",
        day="effectiveDate",
    ),
)
_EMPLOYMENT_TYPE = Resource(
    fields=_fields(text="id companyId name country", number="maxMonths", boolean="vacation"),
)
_COMPANY = Resource(
    fields=_fields(text="id"),
    unselectable=_fields(
        text="name orgNumber vatNumber phone email legalName logoUrl backgroundUrl offboardDate",
        number="billableUsers",
    ),
)
_OFFICE = Resource(
    fields=_fields(text="id companyId name phone email timezone CFAR SCB SNI"),
    unselectable={"visitingAddress": Kind.OBJECT},
)
_DEPARTMENT = Resource(
    fields=_fields(text="id companyId name costCenterId effectiveCostCenterId parentId"),
    unselectable=_fields(text="description"),
    relations={
        "costCenter": Relation("cost-center", "costCenterId"),
        "effectiveCostCenter": Relation("cost-center", "effectiveCostCenterId"),
    },
)
_COST_CENTER = Resource(fields=_fields(text="id companyId code name"))
_LEAVE = Resource(
    fields=_fields(
        text="id employeeId typeId status duration",
        number="gradePercentage",
        day="startDate endDate",
    ),
    unselectable=_fields(
        text="description childId companyId workWeekId timezone localStartDate localEndDate",
        number="extent coverageRate workingMinutes timezoneOffset",
        boolean="morning afternoon deleted",
        moment="created updated",
    ),
    later=frozenset({"gradePercentage", "coverageRate"}),
    undocumented=frozenset(
        [
            "childId",
            "companyId",
            "workWeekId",
            "timezone",
            "timezoneOffset",
            "localStartDate",
            "localEndDate",
            "workingMinutes",
            "morning",
            "afternoon",
            "deleted",
            "created",
            "updated",
        ]
    ),
    relations={
        "type": Relation("leave-type", "typeId"),
        "employee": Relation("employee", "employeeId"),
    },
)
_LEAVE_TYPE = Resource(
    fields=_fields(
        text="id name kind minimumDuration", boolean="deductible paid disabled archived"
    ),
    relations={"leaveTypeCode": Relation("leave-type-code", "id", "leaveTypeId")},
)
_LEAVE_TRANSACTION = Resource(
    fields=_fields(
        text="id leaveTypeId employeeId childId description", number="hours extent", day="date"
    ),
    unselectable={"parent": Kind.OBJECT, "status": Kind.TEXT},
    relations={
        "child": Relation("child", "childId"),
        "leaveType": Relation("leave-type", "leaveTypeId"),
        "employee": Relation("employee", "employeeId"),
    },
)
_WORK_WEEK = Resource(
    fields=_fields(
        text="id companyId officeId employeeId timezone", number="duration", day="effectiveFrom"
    ),
    unselectable={
        "effectiveTo": Kind.DAY,
        **dict.fromkeys(WEEKDAYS, Kind.OBJECT),
    },
    relations={
        "office": Relation("office", "officeId"),
        "employee": Relation("employee", "employeeId"),
    },
)
_CHILD = Resource(fields=_fields(text="id employeeId name", day="birthdate"))
_LEAVE_TYPE_CODE = Resource(fields=_fields(text="id companyId leaveTypeId code"))

RESOURCES: Mapping[str, Resource] = {
    "employee": _EMPLOYEE,
    "employment": _EMPLOYMENT,
    "employment-type": _EMPLOYMENT_TYPE,
    "compensation": _COMPENSATION,
    "company": _COMPANY,
    "office": _OFFICE,
    "department": _DEPARTMENT,
    "cost-center": _COST_CENTER,
    "leave": _LEAVE,
    "leave-type": _LEAVE_TYPE,
    "leave-transaction": _LEAVE_TRANSACTION,
    "work-week": _WORK_WEEK,
    "child": _CHILD,
}
"""Every resource served, by its path."""

HELD: Mapping[str, Resource] = {**RESOURCES, "leave-type-code": _LEAVE_TYPE_CODE}
"""Every table, also those that the API shows only beside the rows of another."""

HISTORY_RELATIONS: Mapping[str, Relation] = {
    "employment": Relation("employment", "id", "employeeId"),
    "compensation": Relation("compensation", "id", "employeeId"),
}
"""The employee relations as they are if the vendor sideloads every row and not the current one."""
