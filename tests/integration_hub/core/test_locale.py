"""Dates and numbers as people in different countries write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from integration_hub.core import locale
from integration_hub.templatetags import reader

AT = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)  # 06:00 in Oslo


def _plain(text: str) -> str:
    """Spaces that do not break are spaces here."""
    return " ".join(text.split())


@pytest.mark.parametrize(
    ("header", "known"),
    [
        ("", "en_GB"),
        ("nb-NO,nb;q=0.9,en-US;q=0.8", "nb_NO"),
        ("no", "nb_NO"),
        ("nn", "nn_NO"),
        ("sv-FI, fi;q=0.7", "sv_SE"),
        ("da", "da_DK"),
        ("fi", "fi_FI"),
        ("en", "en_GB"),
        ("en-AU", "en_GB"),
        ("en-us", "en_US"),
        ("de-DE", "en_GB"),
        ("de-DE, nb;q=0.5", "nb_NO"),
        ("nb;q=0, sv;q=0.1", "sv_SE"),
        ("\x00;;q=x,,*" * 1000, "en_GB"),
    ],
)
def test_the_first_language_that_is_known_counts(header: str, known: str) -> None:
    assert locale.locale_of(header) == known


@pytest.mark.parametrize(
    ("header", "moment", "day", "number"),
    [
        ("", "Mon 23 Nov 2026, 06:00", "23 Nov 2026", "12,345.5"),
        ("en-US", "Mon, Nov 23, 2026, 6:00 AM", "Nov 23, 2026", "12,345.5"),
        ("nb", "man. 23. nov. 2026, 06:00", "23. nov. 2026", "12 345,5"),
        ("sv", "mån 23 nov. 2026 06:00", "23 nov. 2026", "12 345,5"),
        ("da", "man. 23. nov. 2026 06.00", "23. nov. 2026", "12.345,5"),
        ("fi", "ma 23.11.2026 6.00", "23.11.2026", "12 345,5"),
    ],
)
def test_each_reader_reads_their_own_way(header: str, moment: str, day: str, number: str) -> None:
    with locale.written_for(header):
        assert _plain(locale.moment(AT)) == moment
        assert locale.day(date(2026, 11, 23)) == day
        assert _plain(locale.number(Decimal("12345.50"))) == number


def test_a_number_keeps_every_digit() -> None:
    assert locale.number(Decimal("0.123456789")) == "0.123456789"
    assert locale.number(0) == "0"


def test_a_time_has_seconds_where_asked() -> None:
    assert locale.clock(time(6, 0, 5)) == "06:00"
    assert locale.clock(time(6, 0, 5), seconds=True) == "06:00:05"


def test_a_reader_is_forgotten_when_they_have_gone() -> None:
    with pytest.raises(ValueError, match="any"), locale.written_for("nb"):
        raise ValueError("any")
    assert locale.number(12345) == "12,345"


def test_names_of_days_say_in_which_language_they_are() -> None:
    assert reader.moment(AT) == "Mon 23 Nov 2026, 06:00"
    with locale.written_for("nb"):
        assert reader.moment(AT) == '<span lang="nb">man. 23. nov. 2026, 06:00</span>'


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(seconds=-5), "just now"),  # by a clock that is a little ahead
        (timedelta(0), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=60), "1 minute ago"),
        (timedelta(minutes=3, seconds=40), "3 minutes ago"),
        (timedelta(days=1, hours=2, minutes=5), "1 day, 2 hours ago"),
    ],
)
def test_what_has_only_just_happened_is_not_counted_in_minutes(
    passed: timedelta, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timezone, "now", lambda: AT + passed)
    assert _plain(reader.ago(AT)) == words


def test_nothing_is_written_as_nothing() -> None:
    filters = (reader.day, reader.moment, reader.ago, reader.clock, reader.number)
    assert [written(None) for written in filters] == [""] * 5
    assert reader.number(0) == "0"
