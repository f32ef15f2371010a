"""Sealing and digesting: keys rotate, nothing opens in the wrong place, digests only compare."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integration_hub.core.crypto import (
    Digester,
    Sealer,
    derive_key,
    key_id,
    new_key,
    parse_keys,
)
from integration_hub.core.errors import DecryptionError

OLD, NEW, OTHER = b"o" * 32, b"n" * 32, b"x" * 32
PLACE = "payroll.credential.secret:1"


def encoded(key: bytes) -> str:
    return base64.urlsafe_b64encode(key).decode()


@given(st.binary(), st.text())
def test_what_is_sealed_opens_in_its_place(plain: bytes, place: str) -> None:
    assert Sealer([NEW]).open(Sealer([NEW]).seal(plain, place), place) == plain


def test_the_first_key_seals() -> None:
    sealed = Sealer([NEW, OLD]).seal(b"token", PLACE)
    assert Sealer([NEW]).open(sealed, PLACE) == b"token"


def test_every_key_opens() -> None:
    sealed = Sealer([OLD]).seal(b"token", PLACE)
    assert Sealer([NEW, OLD]).open(sealed, PLACE) == b"token"


def test_a_key_that_was_dropped_is_an_error_that_names_its_id() -> None:
    sealed = Sealer([OLD]).seal(b"token", PLACE)
    with pytest.raises(DecryptionError, match="ENCRYPTION_KEYS") as caught:
        Sealer([NEW]).open(sealed, PLACE)
    assert key_id(OLD) in caught.value.detail


def test_another_key_under_the_same_id_is_an_error() -> None:
    sealed = Sealer([OLD]).seal(b"token", PLACE).replace(key_id(OLD), key_id(NEW))
    with pytest.raises(DecryptionError):
        Sealer([NEW]).open(sealed, PLACE)


@pytest.mark.parametrize("place", ["payroll.credential.secret:2", "payroll.credential.key:1", ""])
def test_sealed_text_moved_to_another_row_or_column_does_not_open(place: str) -> None:
    sealed = Sealer([NEW]).seal(b"token", PLACE)
    with pytest.raises(DecryptionError):
        Sealer([NEW]).open(sealed, place)


@given(st.data())
def test_no_altered_byte_goes_unnoticed(data: st.DataObject) -> None:
    head, _, body = Sealer([NEW]).seal(b"token", PLACE).rpartition(":")
    raw = bytearray(base64.urlsafe_b64decode(body))
    raw[data.draw(st.integers(0, len(raw) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DecryptionError):
        Sealer([NEW]).open(f"{head}:{base64.urlsafe_b64encode(raw).decode()}", PLACE)


@given(st.text())
def test_text_that_was_never_sealed_is_an_error(text: str) -> None:
    for candidate in (text, f"1:{key_id(NEW)}:{text}"):
        with pytest.raises(DecryptionError):
            Sealer([NEW]).open(candidate, PLACE)


@pytest.mark.parametrize("cut", [1, 5, 20, 30])
def test_sealed_text_cut_short_is_an_error(cut: int) -> None:
    with pytest.raises(DecryptionError):
        Sealer([NEW]).open(Sealer([NEW]).seal(b"token", PLACE)[:-cut], PLACE)


def test_the_same_value_is_never_sealed_alike_twice() -> None:
    assert Sealer([NEW]).seal(b"token", PLACE) != Sealer([NEW]).seal(b"token", PLACE)


def test_a_decryption_error_shows_no_ciphertext() -> None:
    sealed = Sealer([OLD]).seal(b"token", PLACE)
    with pytest.raises(DecryptionError) as caught:
        Sealer([NEW]).open(sealed, PLACE)
    body = sealed.rpartition(":")[2]
    assert body not in caught.value.message + caught.value.detail


def test_a_sealer_needs_a_key() -> None:
    with pytest.raises(ValueError, match="at least one"):
        Sealer([])


def test_keys_are_read_from_url_safe_base64() -> None:
    assert parse_keys([encoded(NEW), f" {encoded(OLD)} "]) == (NEW, OLD)


@pytest.mark.parametrize("wrong", ["", "short", "é" * 44, encoded(b"k" * 31), encoded(b"k" * 33)])
def test_a_key_that_cannot_be_used_is_named_by_position_and_not_shown(wrong: str) -> None:
    with pytest.raises(ValueError, match="key number 2") as caught:
        parse_keys([encoded(NEW), wrong])
    assert not wrong or wrong not in str(caught.value)


def test_a_derived_key_depends_on_key_and_purpose() -> None:
    keys = {derive_key(NEW, "session"), derive_key(NEW, "digest"), derive_key(OLD, "session"), NEW}
    assert len(keys) == 4
    assert derive_key(NEW, "session") == derive_key(NEW, "session")


def test_new_keys_are_32_bytes_and_never_alike() -> None:
    assert len({new_key() for _ in range(50)}) == 50
    assert len(new_key()) == 32


@given(st.tuples(st.text(), st.text()), st.tuples(st.text(), st.text()))
def test_digests_are_equal_only_for_equal_text_and_purpose(
    one: tuple[str, str], two: tuple[str, str]
) -> None:
    purposes = {one[1].replace("\x00", ""), two[1].replace("\x00", "")}
    digests = {
        Digester(NEW).digest(text, purpose.replace("\x00", "")) for text, purpose in {one, two}
    }
    assert len(purposes) <= len(digests)
    assert (len(digests) == 1) == (one[0] == two[0] and len(purposes) == 1)


def test_digests_under_two_keys_differ_and_say_which_key_made_them() -> None:
    new, old = (Digester(key).digest("01010750160", "socialSec") for key in (NEW, OLD))
    assert new != old
    assert new.startswith(f"{key_id(NEW)}:")


def test_a_digest_does_not_hold_what_it_stands_for() -> None:
    assert "01010750160" not in Digester(NEW).digest("01010750160", "socialSec")


def test_a_digester_does_not_show_its_key() -> None:
    assert "ooo" not in repr(Digester(OLD))
