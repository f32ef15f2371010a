"""What may not reach a log, in the shapes it really turns up in."""

from __future__ import annotations

import logging

import pytest

from integration_hub.core.redact import RedactingFilter, mask, redact

TOKEN = "eGxlZGdlci10ZXN0LXRva2Vu"


@pytest.mark.parametrize(
    "text",
    [
        f"Authorization: token {TOKEN}",
        f"authorization: Bearer {TOKEN}",
        f"BEARER {TOKEN}",
        f"https://api.example.test/v1?token={TOKEN}&limit=5",
        f"token: {TOKEN}",
        f"{{'token': '{TOKEN}'}}",
        f'{{"token": "{TOKEN}"}}',
        f"{{'Authorization': 'token {TOKEN}'}}",
    ],
)
def test_a_token_is_taken_out(text: str) -> None:
    assert TOKEN not in redact(text)


@pytest.mark.parametrize(
    "secret",
    [
        "01019010046",
        "010190 10046",
        "010190-10046",
        "86011117947",
        "8601.11.17947",
        "8601 11 17947",
        "NO9386011117947",
        "NO93 8601 1117 947",
        "kari.nordmann@fjordkraft.no",
        "kari+lønn@fjord-kraft.co.uk",
    ],
)
def test_a_personal_number_or_address_is_taken_out(secret: str) -> None:
    text = redact(f"socialSec: No value matching '{secret}', row 3.")
    assert text == "socialSec: No value matching '•••', row 3."


@pytest.mark.parametrize(
    "text",
    [
        "glObject1.code: No value matching owner 42365431, code '2760'.",
        "run 6f9619ff-8b86-d011-b42d-00cf4fc964ff took 12.5 s for 250 people on 2026-03-02",
        "HTTP 503 from https://www.xledger.net/graphql",
        "",
    ],
)
def test_other_text_stays_as_it_is(text: str) -> None:
    assert redact(text) == text


def test_redacting_twice_changes_nothing_more() -> None:
    once = redact(f"token {TOKEN} of kari@fjordkraft.no 01019010046")
    assert redact(once) == once


def test_a_mask_gives_away_neither_value_nor_length() -> None:
    assert mask("01019010046") == mask("1") == "•••••"
    assert mask("01019010046", keep=6) == "010190•••••"
    assert mask("") == ""


def record(message: str, *args: object, error: BaseException | None = None) -> logging.LogRecord:
    exc_info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("payroll", logging.INFO, __file__, 1, message, args, exc_info)


def test_a_log_line_is_redacted_with_its_arguments_filled_in() -> None:
    line = record("%s asked with token %s", "kari@fjordkraft.no", TOKEN)
    assert RedactingFilter().filter(line)
    assert line.getMessage() == "••• asked with token •••"


def test_the_traceback_of_a_log_line_is_redacted() -> None:
    line = record("failed", error=ValueError(f"token {TOKEN}"))
    RedactingFilter().filter(line)
    assert "ValueError" in logging.Formatter().format(line)
    assert TOKEN not in logging.Formatter().format(line)


def test_a_traceback_that_came_as_text_is_redacted() -> None:
    line = record("failed")
    line.exc_text = f"ValueError: token {TOKEN}"
    RedactingFilter().filter(line)
    assert TOKEN not in logging.Formatter().format(line)


def test_a_traceback_that_another_handler_formatted_first_is_redacted_too() -> None:
    line = record("failed", error=ValueError(f"token {TOKEN}"))
    logging.Formatter().format(line)
    RedactingFilter().filter(line)
    assert TOKEN not in logging.Formatter().format(line)
