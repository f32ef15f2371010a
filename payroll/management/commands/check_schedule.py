"""Says which scheduled syncs have not started, for cron or systemd: `manage.py check_schedule`."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from integration_hub.core import locale
from payroll import notify


class Command(BaseCommand):
    help = (
        "Prints the scheduled syncs that have not started an hour after their time, and sends all "
        "mails that wait, without queue or worker. Exits 1 if a sync was missed, 0 if none was."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        late = notify.tell_of_changes(timezone.now())
        notify.send_waiting(timezone.now)
        for missed in late:
            integration, due = missed.integration, locale.moment(missed.shown_due)
            why = "it is queued, but no worker takes it" if missed.queued else "nobody queued it"
            self.stdout.write(
                f"{integration.organisation}, {integration}: the sync due {due} has not started; "
                f"{why}."
            )
        if late:
            sys.exit(1)
        self.stdout.write("Every scheduled sync has started.")
