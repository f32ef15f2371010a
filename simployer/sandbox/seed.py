"""Dresses the made-up company as rows of Simployer One: ids, references and derived fields."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from fjordkraft.company import (
    COMPANY,
    COST_CENTERS,
    EMPLOYMENT_TYPES,
    HR_ONLY_COST_CENTER,
    HR_ONLY_EMPLOYMENT_TYPE,
    OFFICES,
    people,
)
from fjordkraft.organisation import EMAIL_DOMAIN, ORGANISATION_NUMBER, SISTER_COMPANY, UNITS
from fjordkraft.people import Person
from simployer.sandbox.derived import current_job, current_pay, sanitized
from simployer.sandbox.ids import object_id
from simployer.sandbox.query import Row
from simployer.sandbox.seed_leave import day_rows, leave_rows
from simployer.sandbox.wire import moment

Rows = dict[str, list[Row]]


def rows(employees: int, seed: int, today: date) -> Rows:
    """Give every resource's rows, by resource path; the same arguments give the same rows.

    Calendar days are stored as YYYY-MM-DD; how they are sent is decided by the wire.
    """
    staff = people(employees, seed, today=today)
    dressing = _Dressing(seed, today)
    stored = {
        "company": [dressing.company(len(staff)), dressing.sister_company()],
        "cost-center": [
            dressing.cost_center(code, name) for code, name in (*COST_CENTERS, HR_ONLY_COST_CENTER)
        ],
        "department": dressing.departments(),
        "office": [dressing.office(name) for name in OFFICES],
        "employment-type": [
            dressing.employment_type(name) for name in (*EMPLOYMENT_TYPES, HR_ONLY_EMPLOYMENT_TYPE)
        ],
        "employee": [dressing.employee(person) for person in staff],
        "employment": [row for person in staff for row in dressing.employments(person)],
        "compensation": [row for person in staff for row in dressing.compensations(person)],
        **leave_rows(staff, seed, today),
    }
    stored["leave-transaction"] = day_rows(stored, stored["leave"], seed, today)
    # Ids are hashes, so this is an order that says nothing, as a client must expect unsorted.
    return {path: sorted(table, key=lambda row: str(row["id"])) for path, table in stored.items()}


def _number(value: Decimal) -> int | float:
    """Give a JSON number, whole where it is whole."""
    return int(value) if value == value.to_integral_value() else float(value)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _ascii(name: str) -> str:
    return name.lower().replace("ø", "o")


class _Dressing:
    """Turns the company's nouns into rows that point at each other."""

    def __init__(self, seed: int, today: date) -> None:
        self.seed = seed
        self.today = today
        self.company_id = self.id("company", COMPANY)
        self.noon = datetime.combine(today, time(12), UTC)
        self.unit_cost_centers = {unit.name: unit.cost_center for unit in UNITS}

    def id(self, resource: str, key: object) -> str:
        return object_id(self.seed, resource, key)

    def reference(self, resource: str, key: object | None) -> str | None:
        return None if key is None else self.id(resource, key)

    def company(self, people_count: int) -> Row:
        return {
            "id": self.company_id,
            "name": COMPANY,
            "orgNumber": ORGANISATION_NUMBER,
            "billableUsers": people_count,
            "vatNumber": f"NO{ORGANISATION_NUMBER}MVA",
            "phone": "+4755000000",
            "email": f"post@{EMAIL_DOMAIN}",
            "legalName": COMPANY,
            "logoUrl": None,
            "backgroundUrl": None,
            "offboardDate": None,
        }

    def sister_company(self) -> Row:
        mine = {"id": self.id("company", SISTER_COMPANY), "name": SISTER_COMPANY}
        return self.company(0) | mine | dict.fromkeys(("orgNumber", "vatNumber", "legalName"))

    def cost_center(self, code: str, name: str) -> Row:
        own = self.id("cost-center", code)
        return {"id": own, "companyId": self.company_id, "code": code, "name": name}

    def departments(self) -> list[Row]:
        return [
            {
                "id": self.id("department", unit.name),
                "companyId": self.company_id,
                "name": unit.name,
                "description": None,
                "costCenterId": self.id("cost-center", unit.cost_center),
                "effectiveCostCenterId": self.id("cost-center", unit.cost_center),
                "parentId": self.reference("department", unit.parent),
            }
            for unit in UNITS
        ]

    def office(self, name: str) -> Row:
        return {
            "id": self.id("office", name),
            "companyId": self.company_id,
            "name": name,
            "phone": "+4755000000",
            "email": f"{_ascii(name)}@{EMAIL_DOMAIN}",
            "timezone": "Europe/Oslo",
            "CFAR": None,
            "SCB": None,
            "SNI": None,
            "visitingAddress": {"city": name, "country": "NO"},
        }

    def employment_type(self, name: str) -> Row:
        return {
            "id": self.id("employment-type", name),
            "companyId": self.company_id,
            "name": name,
            "vacation": name != HR_ONLY_EMPLOYMENT_TYPE,
            "country": "NO",
            "maxMonths": None,
        }

    def employments(self, person: Person) -> list[Row]:
        return [
            {
                "id": self.id("employment", (person.key, index)),
                "companyId": self.company_id,
                "employeeId": self.id("employee", person.key),
                "typeId": self.id("employment-type", job.type),
                "startDate": job.start.isoformat(),
                "endDate": _iso(job.end),
                "effectiveEndDate": _iso(job.end) if job.terminated else None,
                "updated": self._changed(job.start, person.key),
                "terminated": job.terminated,
                "rate": _number(job.percent),
                "note": None,
                "country": "NO",
            }
            for index, job in enumerate(person.jobs)
        ]

    def compensations(self, person: Person) -> list[Row]:
        return [
            {
                "id": self.id("compensation", (person.key, index)),
                "employeeId": self.id("employee", person.key),
                "companyId": self.company_id,
                "amount": _number(pay.amount),
                "baseAmount": _number(pay.amount),
                "exchangeRate": 1,
                "currency": pay.currency,
                "effectiveDate": pay.effective.isoformat(),
                "payoutDay": 20,
                "payoutPeriod": pay.period,
                "payoutFrequency": "MONTH",
                "salarySchedule": "DELAYED" if pay.period == "HOURLY" else "ADVANCE",
                "paidOvertime": pay.period != "ANNUAL",
                "note": None,
            }
            for index, pay in enumerate(person.pay)
        ]

    def employee(self, person: Person) -> Row:
        return self._who(person) | self._where(person) | self._employed(person)

    def _who(self, person: Person) -> Row:
        return {
            "id": self.id("employee", person.key),
            "userId": self.id("user", person.key),
            "userName": person.work_email,
            "firstName": person.first_name,
            "lastName": person.last_name,
            "birthDate": _iso(person.birth_date),
            "age": None if person.birth_date is None else self._age(person.birth_date),
            "ssn": person.national_id,
            "ssnCountry": None if person.national_id is None else "NO",
            "nationality": None,
            "gender": person.gender,
            "pronoun": None,
            "avatarUrl": None,
            "workEmail": person.work_email,
            "workPhone": person.work_phone,
            "workPhoneSanitized": sanitized(person.work_phone),
            "privateEmail": person.private_email,
            "privatePhone": person.private_phone,
            "privatePhoneSanitized": sanitized(person.private_phone),
            "bankAccount": {
                "bank": None,
                "clearing": None,
                "number": person.bank_account,
                "iban": person.iban,
                "bic": None,
                "country": "NO",
            },
            "homeAddress": {
                "street": person.street,
                "postalCode": person.postal_code,
                "city": person.city,
                "country": person.country,
                "location": None,
            },
            "tax": {"table": None, "column": None},
            "custom": dict(person.custom),
        }

    def _where(self, person: Person) -> Row:
        inherited = self.unit_cost_centers.get(person.department or "")
        return {
            "companyId": self.company_id,
            "officeId": self.reference("office", person.office),
            "departmentId": self.reference("department", person.department),
            "costCenterId": self.reference("cost-center", person.cost_center),
            "effectiveCostCenterId": self.reference("cost-center", person.cost_center or inherited),
            "managerEmployeeId": self.reference("employee", person.manager_key),
            "division": None,
            "organization": None,
            "organizationId": None,
        }

    def _employed(self, person: Person) -> Row:
        job, pay = current_job(person, self.today), current_pay(person, self.today)
        kind = None if job is None else person.jobs[job].type
        begun = person.hire_date or self.today
        return {
            "employeeNumber": person.number,
            "title": person.title,
            "active": person.active,
            "hireDate": _iso(person.hire_date),
            "endDate": _iso(person.end_date),
            "offboardDate": None if person.active else _iso(person.end_date),
            "employmentId": None if job is None else self.id("employment", (person.key, job)),
            "employmentTypeId": self.reference("employment-type", kind),
            "employmentCountry": "NO",
            "compensationId": None if pay is None else self.id("compensation", (person.key, pay)),
            "hasOccupationalPension": True,
            "created": self._changed(begun - timedelta(days=20), person.key),
            "updated": self._changed(begun, person.key),
        }

    def _age(self, born: date) -> int:
        had_birthday = (self.today.month, self.today.day) >= (born.month, born.day)
        return self.today.year - born.year - (0 if had_birthday else 1)

    def _changed(self, day: date, key: int) -> str:
        """Give the time of an edit on `day`, yet never later than noon on the sandbox's day."""
        edited = datetime.combine(day, time(8), UTC) + timedelta(seconds=key)
        return moment(min(edited, self.noon))
