"""The queue. Syncs have a worker (`celery -A integration_hub worker -Q sync`), the rest another.

The other one (`-Q tick`) does the schedule, the sweep and mails, which no long sync may hold up.
"""

from __future__ import annotations

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging
from django.conf import settings
from django.utils.log import configure_logging

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "integration_hub.settings")

app = Celery("integration_hub")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@setup_logging.connect
def keep_the_log_of_django(**_: Any) -> None:
    """Our own log in workers and beat too: Celery's would go round the redaction."""
    configure_logging(settings.LOGGING_CONFIG, settings.LOGGING)
