"""The project: settings, addresses, the queue. It names everyone and is imported by nobody."""

from .celery import app as celery_app

__all__ = ["celery_app"]
