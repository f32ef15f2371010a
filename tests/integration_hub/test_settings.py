"""Settings refuse nonsense at start, in one sentence that says what to set."""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
KEY = base64.urlsafe_b64encode(bytes(range(32))).decode()
SHOW = "from integration_hub import settings as s; print({})"


def load(
    code: str = SHOW.format("'loaded'"), **environment: str
) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process that has this environment and no other."""
    given = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "ENCRYPTION_KEYS": KEY}
    return subprocess.run(
        [sys.executable, "-c", code],
        env={name: value for name, value in (given | environment).items() if value != "unset"},
        cwd=ROOT,
        capture_output=True,
        text=True,
    )


def test_one_key_is_enough() -> None:
    done = load()
    assert (done.returncode, done.stdout) == (0, "loaded\n"), done.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ENCRYPTION_KEYS", "unset"),
        ("ENCRYPTION_KEYS", ""),
        ("ENCRYPTION_KEYS", "c2hvcnQ="),
        ("ENCRYPTION_KEYS", f"{KEY},not base64!"),
        ("SIMPLOYER_ENVIRONMENTS", "production"),
        ("SIMPLOYER_ENVIRONMENTS", "=https://api.example.com"),
        ("XLEDGER_ENVIRONMENTS", "demo=ftp://demo.example.com"),
        ("XLEDGER_BATCH_SIZE", "0"),
        ("XLEDGER_BATCH_SIZE", "501"),
        ("UNKNOWN_RETRY_AFTER", "-1"),
        ("XLEDGER_BATCH_SIZE", "many"),
        ("UNKNOWN_RETRY_AFTER", "ten minutes"),
        ("DATABASE_URL", "nonsense"),
        ("REDIS_URL", "nonsense"),
        ("RETENTION_DAYS", "0"),
        ("RETENTION_DAYS", "ninety"),
        ("LOG_LEVEL", "LOUD"),
        ("EMAIL_URL", "nonsense"),
        ("EMAIL_URL", "imap://mail.example.com"),
        ("EMAIL_URL", "smtp://"),
        ("EMAIL_URL", "smtp://mail.example.com:many"),
        ("EMAIL_URL", "smtp://mail.example.com"),
        ("DEFAULT_FROM_EMAIL", "nobody"),
        ("HUB_URL", "hub.example.com"),
        ("HUB_URL", "https://"),
    ],
)
def test_nonsense_is_refused_in_one_sentence(name: str, value: str) -> None:
    done = load(**{name: value})
    sentence = done.stderr.splitlines()[-1]
    assert done.returncode != 0
    assert sentence.startswith("django.core.exceptions.ImproperlyConfigured: ")
    assert name in sentence
    assert sentence.endswith((".", ")."))


def test_a_refused_key_is_not_repeated() -> None:
    done = load(ENCRYPTION_KEYS="c2hvcnQ=")
    assert "c2hvcnQ" not in done.stderr.splitlines()[-1]


def test_a_file_gives_what_the_environment_does_not(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text(f"ENCRYPTION_KEYS={KEY}\nXLEDGER_BATCH_SIZE=7\n", encoding="utf-8")
    show = SHOW.format("s.XLEDGER_BATCH_SIZE")
    assert load(show, ENV_FILE=str(file), ENCRYPTION_KEYS="unset").stdout == "7\n"
    assert load(show, ENV_FILE=str(file), XLEDGER_BATCH_SIZE="9").stdout == "9\n"


def test_the_signing_key_derived_is_stable_and_is_not_the_encryption_key() -> None:
    show = SHOW.format("s.SECRET_KEY")
    assert load(show).stdout == load(show).stdout
    assert KEY not in load(show).stdout


def test_cookies_are_secure_unless_told_otherwise() -> None:
    show = SHOW.format("s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE")
    assert load(show).stdout == "True True\n"
    assert load(show, SECURE_COOKIES="false").stdout == "False False\n"


MAIL = {"HUB_URL": "https://hub.example.com/", "DEFAULT_FROM_EMAIL": "Hub <hub@example.com>"}


@pytest.mark.parametrize(
    ("url", "server"),
    [
        ("smtp+tls://me:p%40ss@mail.example.com", "smtp mail.example.com 587 me p@ss True None"),
        ("smtp+ssl://mail.example.com", "smtp mail.example.com 465 None None None True"),
        ("smtp://mail.example.com:2525", "smtp mail.example.com 2525 None None None None"),
    ],
)
def test_a_mail_server_is_read_from_one_address(url: str, server: str) -> None:
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_TLS", "USE_SSL")
    read = ", ".join(f"getattr(s, 'EMAIL_{name}', None) or None" for name in names)
    done = load(SHOW.format(f"s.EMAIL_BACKEND.split('.')[-2], {read}"), EMAIL_URL=url, **MAIL)
    assert done.stdout == f"{server}\n", done.stderr


def test_without_a_mail_server_mails_go_to_files() -> None:
    shown = load(SHOW.format("s.EMAIL_BACKEND, s.EMAIL_FILE_PATH, s.MAILS_LEAVE")).stdout
    assert shown == f"django.core.mail.backends.filebased.EmailBackend {ROOT / 'mail'} False\n"


def test_a_refused_mail_address_does_not_repeat_its_password() -> None:
    done = load(EMAIL_URL="smtps+x://me:secret-word@mail.example.com")
    assert "secret-word" not in done.stderr.splitlines()[-1]


def test_links_in_mails_have_no_double_slash() -> None:
    assert load(SHOW.format("s.HUB_URL"), **MAIL).stdout == "https://hub.example.com\n"
