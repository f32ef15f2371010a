"""Values Simployer One works out from others: which period is current, and phones in E.164."""

from __future__ import annotations

from datetime import date

from fjordkraft.people import Person


def current_job(person: Person, today: date) -> int | None:
    """Give the index of the job HR calls current: under way, else the next, else the last."""
    jobs = list(enumerate(person.jobs))
    under_way = [
        (index, job)
        for index, job in jobs
        if job.start <= today and (job.end is None or job.end >= today)
    ]
    if under_way:
        primary = person.primary_job % len(person.jobs)
        indexes = [index for index, _ in under_way]
        return primary if primary in indexes else max(under_way, key=lambda each: each[1].start)[0]
    to_come = [(job.start, index) for index, job in jobs if job.start > today]
    if to_come:
        return min(to_come)[1]
    return max(jobs, key=lambda each: each[1].start)[0] if jobs else None


def current_pay(person: Person, today: date) -> int | None:
    """Give the index of the pay row in force, else of the first to come."""
    begun = [index for index, pay in enumerate(person.pay) if pay.effective <= today]
    return begun[-1] if begun else (0 if person.pay else None)


def sanitized(phone: str | None) -> str | None:
    """Write a phone number as + and digits; eight bare digits are Norwegian."""
    if phone is None:
        return None
    digits = "".join(character for character in phone if character.isdigit())
    if phone.strip().startswith("+"):
        return f"+{digits}"
    if digits.startswith("00"):
        return f"+{digits[2:]}"
    return f"+47{digits}" if len(digits) == 8 else digits
