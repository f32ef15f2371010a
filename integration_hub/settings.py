"""Every setting of the Hub, read from the environment (and from the file named by ENV_FILE)."""

from __future__ import annotations

import base64
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import django_stubs_ext
import environ
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from integration_hub.core.crypto import derive_key, parse_keys

django_stubs_ext.monkeypatch()  # lets generic Django classes be annotated

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
environ.Env.read_env(env.path("ENV_FILE", default=str(BASE_DIR / ".env"))())

# --- what an operator sets -----------------------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Off only where the site is served without TLS: on one's own machine.
SECURE_COOKIES = env.bool("SECURE_COOKIES", default=not DEBUG)

ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[])
try:
    _keys = parse_keys(ENCRYPTION_KEYS)
except ValueError as error:
    raise ImproperlyConfigured(f"ENCRYPTION_KEYS: {error}.") from None
if not _keys:
    raise ImproperlyConfigured(
        "Set ENCRYPTION_KEYS to one or more comma-separated keys, each the url-safe base64 of 32 "
        "random bytes (make one with `make key`)."
    )
# Without a SECRET_KEY of its own, one is derived that cannot be traced back to the encryption key.
SECRET_KEY = env.str(
    "SECRET_KEY", default=base64.b64encode(derive_key(_keys[0], "django secret key")).decode()
)


def _environments(name: str, default: str) -> dict[str, str]:
    """`name=url,name=url` as a mapping. Addresses come from here, never from users."""
    found: dict[str, str] = {}
    for item in filter(None, (part.strip() for part in env.str(name, default=default).split(","))):
        key, equals, url = item.partition("=")
        if not equals or not key.strip() or not url.strip().startswith(("http://", "https://")):
            raise ImproperlyConfigured(
                f"{name}: “{item}” is not name=url with an http or https address."
            )
        found[key.strip()] = url.strip()
    return found


SIMPLOYER_ENVIRONMENTS = _environments(
    "SIMPLOYER_ENVIRONMENTS", "production=https://api.alexishr.com/v1"
)
XLEDGER_ENVIRONMENTS = _environments(
    "XLEDGER_ENVIRONMENTS",
    "production=https://www.xledger.net/graphql,demo=https://demo.xledger.net/graphql",
)


def _number(setting: str, text: str, lowest: int, highest: int, unit: str) -> int:
    if not text.strip().isascii() or not text.strip().isdigit():
        raise ImproperlyConfigured(f"{setting}: “{text}” is no whole number of {unit}.")
    if not lowest <= int(text) <= highest:
        raise ImproperlyConfigured(f"{setting} must be {lowest} to {highest} {unit}.")
    return int(text)


XLEDGER_BATCH_SIZE = _number(
    "XLEDGER_BATCH_SIZE", env.str("XLEDGER_BATCH_SIZE", default="200"), 1, 500, "people"
)
UNKNOWN_RETRY_AFTER = _number(
    "UNKNOWN_RETRY_AFTER", env.str("UNKNOWN_RETRY_AFTER", default="600"), 0, 604_800, "seconds"
)
RETENTION_DAYS = _number(
    "RETENTION_DAYS", env.str("RETENTION_DAYS", default="90"), 1, 3_650, "days"
)

DATABASE_URL = env.str("DATABASE_URL", default=f"sqlite:///{quote(str(BASE_DIR / 'hub.sqlite3'))}")
REDIS_URL = env.str("REDIS_URL", default="")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://")):
    raise ImproperlyConfigured("REDIS_URL is no redis:// or rediss:// address.")

_MAIL_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 587, "smtp+ssl": 465}
_MAIL_URL_NEEDED = (
    "EMAIL_URL is no mail server's address: smtp+tls://user:password@host:587, "
    "smtp+ssl://user:password@host:465 or smtp://host:25, with special characters percent-encoded."
)


def _mail(url: str) -> dict[str, Any]:
    """Django's e-mail settings. The address holds a password, so no error repeats it."""
    if not url:
        return dict(environ.Env.email_url_config(f"filemail:///{quote(str(BASE_DIR / 'mail'))}"))
    try:
        found: dict[str, Any] = environ.Env.email_url_config(url)
    except (ValueError, ImproperlyConfigured):
        raise ImproperlyConfigured(_MAIL_URL_NEEDED) from None
    scheme = urlsplit(url).scheme
    if scheme in _MAIL_PORTS and not found["EMAIL_HOST"]:
        raise ImproperlyConfigured(_MAIL_URL_NEEDED)
    found["EMAIL_PORT"] = found["EMAIL_PORT"] or _MAIL_PORTS.get(scheme)
    return {name: value for name, value in found.items() if name.startswith("EMAIL_")}


EMAIL_URL = env.str("EMAIL_URL", default="")
vars().update(_mail(EMAIL_URL))
EMAIL_TIMEOUT = 10  # seconds; what could not be sent is tried again
MAILS_LEAVE = urlsplit(EMAIL_URL).scheme in _MAIL_PORTS  # else they go to files, or nowhere

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="hub@localhost")
try:
    validate_email(parseaddr(DEFAULT_FROM_EMAIL)[1])
except ValidationError:
    raise ImproperlyConfigured(
        f"DEFAULT_FROM_EMAIL: “{DEFAULT_FROM_EMAIL}” is no e-mail address."
    ) from None
SERVER_EMAIL = DEFAULT_FROM_EMAIL

HUB_URL = env.str("HUB_URL", default="http://localhost:8000").rstrip("/")
if not HUB_URL.startswith(("http://", "https://")) or not urlsplit(HUB_URL).hostname:
    raise ImproperlyConfigured(
        f"HUB_URL: “{HUB_URL}” is not the http or https address under which people open the Hub."
    )
_HERE = ("localhost", "127.0.0.1", "::1")
_leaves_here = MAILS_LEAVE and urlsplit(EMAIL_URL).hostname not in _HERE
if _leaves_here and (urlsplit(HUB_URL).hostname in _HERE or "@localhost" in DEFAULT_FROM_EMAIL):
    raise ImproperlyConfigured(
        "With EMAIL_URL, set HUB_URL (https://hub.example.com), which mails link to, and "
        "DEFAULT_FROM_EMAIL, which they come from."
    )

# --- the application -----------------------------------------------------------------------------

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "axes",
    "csp",
    "django_htmx",
    "integration_hub.accounts",
    "payroll",
    "simployer",
    "xledger",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "integration_hub.middleware.ReaderMiddleware",
    "integration_hub.middleware.LogInFirstMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "integration_hub.middleware.LostKeyMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "integration_hub.urls"
WSGI_APPLICATION = "integration_hub.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["integration_hub.templatetags.reader"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "payroll.pages.by_hand_rows.in_the_menu",
            ],
        },
    }
]

DATABASES = {"default": env.db_url_config(DATABASE_URL)}
if not DATABASES["default"].get("ENGINE"):
    raise ImproperlyConfigured(
        "DATABASE_URL is no database address: postgres://user:password@host:5432/name or "
        "sqlite:////path."
    )
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Readers never wait for the one writer, and a writer waits its turn instead of failing.
    DATABASES["default"]["OPTIONS"] = {
        "timeout": 20,
        "transaction_mode": "IMMEDIATE",
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people ---------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_FORM_FIELD = "username"
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_VERBOSE = False
AXES_RESET_ON_SUCCESS = True

# --- browser --------------------------------------------------------------------------------------

DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000  # the field table: a handful per field, one per value of HR
SESSION_COOKIE_SECURE = SECURE_COOKIES
CSRF_COOKIE_SECURE = SECURE_COOKIES
CSRF_FAILURE_VIEW = "integration_hub.accounts.views.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if SECURE_COOKIES else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_COOKIES else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "integration_hub" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True  # works without collectstatic; production collects for the caching

# --- language and time ----------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"  # of the words; dates and numbers follow the reader (core/locale.py)
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Europe/Oslo"

# --- queue ----------------------------------------------------------------------------------------

CELERY_BROKER_URL = REDIS_URL or None
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 6 * 3600,  # far above any task: a longer one would be started twice
    "unacked_restore_interval": 1,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 5,  # a person is waiting for the click
}
CELERY_TASK_DEFAULT_QUEUE = "sync"
CELERY_TASK_ROUTES = {
    "payroll.tasks.start_due_syncs": {"queue": "tick"},
    "payroll.tasks.sweep": {"queue": "tick"},
    # Beside the syncs: that no worker takes them is itself something to be told.
    "payroll.tasks.tell": {"queue": "tick"},
}
CELERY_BEAT_SCHEDULE = {
    "start due syncs": {"task": "payroll.tasks.start_due_syncs", "schedule": 60.0},
    "sweep": {"task": "payroll.tasks.sweep", "schedule": 60.0},
    "purge": {"task": "payroll.tasks.purge", "schedule": crontab(hour=3, minute=40)},  # Oslo
}

# --- log ------------------------------------------------------------------------------------------

LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ImproperlyConfigured(
        f"LOG_LEVEL: “{LOG_LEVEL}” is none of DEBUG, INFO, WARNING, ERROR, CRITICAL."
    )
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"redact": {"()": "integration_hub.core.redact.RedactingFilter"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["redact"]}
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
}
