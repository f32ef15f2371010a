"""The awkward employees payroll integrations stumble over, each made from an ordinary one."""

from __future__ import annotations

from collections.abc import Callable

from fjordkraft import employments, flaws
from fjordkraft.hiring import Hiring
from fjordkraft.people import Person

Twist = Callable[[Person, Hiring], Person]

CASES: tuple[tuple[str, Twist], ...] = (
    ("annual pay", employments.annual_pay),
    ("part-timer", employments.part_timer),
    ("hourly paid", employments.hourly_paid),
    ("temporary", employments.temporary),
    ("apprentice", employments.apprentice),
    ("two employments", employments.two_employments),
    ("leaver", employments.leaver),
    ("long-gone leaver", employments.long_gone_leaver),
    ("leaver known in advance", employments.leaver_known_in_advance),
    ("future starter", employments.future_starter),
    ("distant future starter", employments.distant_future_starter),
    ("rehire", employments.rehire),
    ("changed rate", employments.changed_rate),
    ("future pay", employments.future_pay),
    ("missing number", flaws.missing_number),
    ("duplicate number", flaws.duplicate_number),
    ("duplicate number", flaws.duplicate_number),
    ("missing e-mail", flaws.missing_email),
    ("private e-mail only", flaws.private_email_only),
    ("missing title", flaws.missing_title),
    ("missing hire date", flaws.missing_hire_date),
    ("no employment", employments.no_employment),
    ("name in NFC", flaws.name_in_nfc),
    ("name in NFD", flaws.name_in_nfd),
    ("name with extra spaces", flaws.spaced_name),
    ("D-number", flaws.d_number),
    ("invalid national id", flaws.invalid_national_id),
    ("invalid bank account", flaws.invalid_bank_account),
    ("blank in HR", flaws.blank_bank_account),
    ("IBAN only", flaws.iban_only),
    ("leading zeros", flaws.leading_zeros),
    ("probable match", flaws.probable_match),
    ("conflict", flaws.conflict),
    ("long name", flaws.long_name),
    ("Sámi letters", flaws.sami_letters),
    ("hyphen", flaws.hyphenated_name),
    ("apostrophe", flaws.apostrophe_name),
    ("unmapped type", employments.unmapped_type),
    ("unknown title", flaws.unknown_title),
    ("unknown cost centre", flaws.unknown_cost_center),
    ("edited by hand", flaws.edited_by_hand),
)
"""Case name and what makes an ordinary person into it, in the order people are numbered."""
