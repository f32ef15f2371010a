"""Where each input of an employee node is kept: on the employee, its contact, its subledger."""

from __future__ import annotations

OWN = frozenset(
    [
        "code",
        "description",
        "email",
        "managerPhone",
        "info",
        "internalInfo",
        "overview",
        "dateFrom",
        "dateTo",
        "employmentFrom",
        "employmentTo",
        "anniversaryDate",
        "noticeDate",
        "seniorityDate",
        "trialTo",
        "timesheet",
        "overtime",
        "flextime",
        "timebased",
    ]
)
ON_CONTACT = frozenset(
    [
        "firstName",
        "middleName",
        "lastName",
        "initials",
        "aliasName",
        "maidenName",
        "suffix",
        "birthday",
        "socialSec",
        "personalId",
        "companyName",
        "phone",
        "email",
    ]
)
ON_SUBLEDGER = {"bankAccount": "bankAccount", "phoneSubledger": "phone", "email": "email"}
UNREADABLE = frozenset(
    [
        "text1",
        "text2",
        "text3",
        "text4",
        "text5",
        "text6",
        "value1",
        "value2",
        "number1",
        "number2",
        "date1",
        "date2",
        "date3",
        "date4",
        "contactPhoneList",
        "contactEmailList",
        "contactAddress",
        "bankRouting",
        "paymentNotification",
    ]
)
"""Inputs that are kept and that no field of the schema gives back."""

LOOKUPS = [
    "glObject1",
    "glObject2",
    "glObject3",
    "glObject4",
    "glObject5",
    "subledger",
    "contact",
    "employeeGroup",
    "exitReason",
    "positionCategory",
    "owner",
    "xgl",
    "compensationType",
    "user",
    "employeeType",
    "positionValue",
    "superior",
    "employmentType",
    "paySlipDeliveryMethod",
]
