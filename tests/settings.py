"""The Hub's settings as the tests see them: own keys, own database, nothing from the machine."""

from __future__ import annotations

import base64
import os
import tempfile
from pathlib import Path

from tests.redis_server import given_redis

os.environ["ENV_FILE"] = os.devnull
os.environ["ENCRYPTION_KEYS"] = base64.urlsafe_b64encode(os.urandom(32)).decode()
os.environ["DATABASE_URL"] = os.environ.get("TEST_DATABASE_URL", "sqlite:///:memory:")
os.environ["REDIS_URL"] = given_redis()
os.environ["LOG_LEVEL"] = "WARNING"

from integration_hub.settings import *  # noqa: F403
from integration_hub.settings import DATABASES, STORAGES

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, so that threads and processes share it as they do in production.
    _folder = Path(tempfile.mkdtemp(prefix="hub-tests-"))
    DATABASES["default"]["NAME"] = _folder / "hub.sqlite3"
    DATABASES["default"]["TEST"] = {"NAME": _folder / "test.sqlite3"}

WHITENOISE_AUTOREFRESH = True  # pages without a collected static folder
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
