"""Why a person goes without a manager. Pure."""

from __future__ import annotations

from payroll.records import Problem

MANAGER_UNCONFIRMED = Problem(
    "manager_unconfirmed",
    "Payroll did not answer when the manager was sent. Everything else went through; the next sync "
    "compares again.",
)


def manager_unknown(number: str, field: str) -> Problem:
    """Nobody active has the manager's number."""
    return Problem(
        "manager_unknown",
        f"HR names the manager with employee number {number}, and nobody active in HR has it. The "
        "person is sent without a manager; correct it in HR.",
        field,
    )


def manager_ambiguous(number: str, field: str) -> Problem:
    """Several people have the manager's number."""
    return Problem(
        "manager_ambiguous",
        f"Several active people in HR have employee number {number}, which is the manager's. The "
        "person is sent without a manager until each has a number of their own.",
        field,
    )


def own_manager(field: str) -> Problem:
    """Somebody is their own manager."""
    return Problem(
        "own_manager",
        "HR says that this person is their own manager. The person is sent without a manager; "
        "correct it in HR.",
        field,
    )


def manager_not_linked(number: str, field: str) -> Problem:
    """The manager is not kept in payroll by this integration."""
    return Problem(
        "manager_not_linked",
        f"The manager, employee number {number}, is not in payroll by way of this integration: not "
        "in scope, not ready, or held. The person is sent without a manager until that changes.",
        field,
    )


def manager_not_created(field: str) -> Problem:
    """The manager was to be created in this run, and was not."""
    return Problem(
        "manager_not_created",
        "The manager could not be created in this sync, so the person goes without one. The next "
        "sync tries again.",
        field,
    )


def manager_refused(words: str, field: str) -> Problem:
    """Payroll took the person and not the manager; `words` are its own."""
    return Problem(
        "manager_refused",
        f"Payroll refused the manager: “{words}” Everything else of this person went through; the "
        "manager is tried again in the next sync.",
        field,
    )


def manager_not_sent(words: str, field: str) -> Problem:
    """The run stopped after the person and before the manager."""
    return Problem(
        "manager_not_sent",
        f"The manager was not sent: {words} Everything else of this person went through; the next "
        "sync sends the manager.",
        field,
    )
