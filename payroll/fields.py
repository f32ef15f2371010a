"""The fields of a person that an HR system may give: the left side of every mapping."""

from __future__ import annotations

from .records import FieldSpec, FieldType

EMPLOYEE_FIELDS: tuple[FieldSpec, ...] = (
    FieldSpec("employee_number", "Employee number", required=True),
    FieldSpec("first_name", "First name", required=True),
    FieldSpec("last_name", "Last name", required=True),
    FieldSpec("email", "E-mail (work, else private)", FieldType.EMAIL, required=True),
    FieldSpec("work_email", "Work e-mail", FieldType.EMAIL),
    FieldSpec("private_email", "Private e-mail", FieldType.EMAIL),
    FieldSpec("work_phone", "Work phone", FieldType.PHONE),
    FieldSpec("private_phone", "Private phone", FieldType.PHONE),
    FieldSpec("birth_date", "Birth date", FieldType.DATE),
    FieldSpec("national_id", "National id", FieldType.NATIONAL_ID, sensitive=True),
    FieldSpec("gender", "Gender"),
    FieldSpec("nationality", "Nationality"),
    FieldSpec("address", "Home address"),
    FieldSpec("bank_account", "Bank account", FieldType.BANK_ACCOUNT, sensitive=True),
    FieldSpec("hire_date", "Hire date", FieldType.DATE, required=True),
    FieldSpec("end_date", "End date", FieldType.DATE),
    FieldSpec("title", "Job title", required=True),
    FieldSpec("employment_type", "Employment type"),
    FieldSpec("employment_start", "Employment start", FieldType.DATE, required=True),
    FieldSpec("employment_end", "Employment end", FieldType.DATE),
    FieldSpec("employment_percent", "Employment percent", FieldType.DECIMAL),
    FieldSpec(
        "employment_fraction",
        "Employment percent, where HR writes full time as 1",
        FieldType.DECIMAL,
    ),
    FieldSpec("pay_amount", "Pay", FieldType.DECIMAL, sensitive=True),
    FieldSpec("pay_full_time", "Pay at full time", FieldType.DECIMAL, sensitive=True),
    FieldSpec("pay_period", "Pay period"),
    FieldSpec("pay_currency", "Pay currency"),
    FieldSpec("pay_effective", "Pay valid from", FieldType.DATE),
    FieldSpec("company", "Company"),
    FieldSpec("department", "Department"),
    FieldSpec("office", "Office"),
    FieldSpec("cost_center", "Cost centre (code)"),
    FieldSpec("division", "Division"),
    FieldSpec("organization", "Organization"),
    FieldSpec("manager", "Manager (employee number)"),
)

PAY_FIELDS = frozenset(
    {"pay_amount", "pay_full_time", "pay_period", "pay_currency", "pay_effective"}
)
"""Keys that are about how much somebody is paid."""

REQUIRED_FIELDS: tuple[FieldSpec, ...] = tuple(spec for spec in EMPLOYEE_FIELDS if spec.required)
"""What a person must have in HR before anything is sent about them (product.md section 0)."""

CUSTOM_PREFIX = "custom."
"""Keys that begin so are the customer's own fields, named by the HR system."""
