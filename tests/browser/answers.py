"""What somebody does on a page before it is looked at: mistakes, questions, everything unfolded."""

from __future__ import annotations

from playwright.sync_api import Page, expect

ALERT = "[role=alert]"


def nothing(page: Page) -> None:
    """Leaves a page as it is."""


def unfold(page: Page) -> None:
    """Opens what the page keeps folded."""
    page.locator("details").evaluate_all("all => all.forEach(each => { each.open = true; })")


def no_name(page: Page) -> None:
    """Takes the name of the integration away."""
    page.locator("#id_label").fill("")
    _save(page)


def too_many_days(page: Page) -> None:
    """Asks for people years before they start, and for a number nobody has."""
    page.get_by_label("New people").fill("9999")
    page.get_by_label("Always take in").fill("77777777, not-a-number")
    _save(page)


def fewer_people(page: Page) -> None:
    """Ticks one department, so that others drop out."""
    page.get_by_role("checkbox", name="IT", exact=False).first.check()
    _save(page)


def find_people(page: Page) -> None:
    """Looks for people to take in or leave out one by one."""
    page.get_by_label("Find a person").fill("sen")
    expect(page.locator("#found li").first).to_be_visible(timeout=10_000)


def sent_blank(page: Page) -> None:
    """Sends the same for everyone, and does not say what."""
    unfold(page)
    page.locator('#row-lastName select[name$="-source"]').select_option("(constant)")
    _save(page)


def too_much(page: Page) -> None:
    """Asks for more than all, and for a number that is none."""
    page.locator("#id_end_percent").fill("1000")
    page.locator("#id_field_floor").fill("")
    _save(page)


def no_weekday(page: Page) -> None:
    """Switches the schedule on without a day."""
    page.locator('[name="mode"]').last.check()
    for day in page.locator('[name="days"]').all():
        day.uncheck()
    _save(page)


def unknown_person(page: Page) -> None:
    """Starts with somebody who is not there."""
    page.locator("#id_first").fill("nobody at all")
    page.get_by_role("button", name="Start with these people").click()
    expect(page.locator(ALERT).first).to_be_visible()


def wrong_name(page: Page) -> None:
    """Confirms the deletion with another name."""
    page.get_by_label("Type the name").fill("Something else")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".hub-error, [role=alert]").first).to_be_visible()


def _save(page: Page) -> None:
    page.locator("main form button.btn-primary[type=submit]").first.click()
    expect(page.locator(ALERT).first).to_be_visible()


def tick_leaves(page: Page) -> None:
    """Chooses two leaves of a list."""
    for box in page.locator("[name=leave]").all()[:2]:
        box.check()
    expect(page.locator("[data-totals]")).to_contain_text("2 leaves chosen")


def review_leaves(page: Page) -> None:
    """Goes on with every leave of the list to the review."""
    page.get_by_role("button", name="Export all").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Review the export")
