"""Addresses of the payroll pages."""

from __future__ import annotations

from django.urls import path

from .views import (
    approval,
    cancelling,
    connection_test,
    deletion,
    downloads,
    integrations,
    limits,
    matches,
    month,
    notices,
    readiness,
    restores,
    runs,
    single,
    time_off,
    time_off_settings,
    troubles,
    waiting,
    wizard,
)
from .views.setup.schedule import schedule_planned
from .views.setup.scope import people_count

urlpatterns = [
    path("settings/integrations/<uuid:pk>/matches/", matches.decide_match, name="decide_match"),
    path("settings/integrations/", integrations.integration_list, name="integrations"),
    path("settings/integrations/add/", wizard.add_integration, name="integration_add"),
    path(
        "settings/integrations/<uuid:pk>/setup/<slug:key>/",
        wizard.integration_step,
        name="integration_step",
    ),
    path("settings/integrations/<uuid:pk>/people/read/", wizard.read_people, name="read_people"),
    path(
        "settings/integrations/<uuid:pk>/people/progress/",
        wizard.read_progress,
        name="read_progress",
    ),
    path("settings/integrations/<uuid:pk>/people/count/", people_count, name="people_count"),
    path(
        "settings/integrations/<uuid:pk>/notices/",
        notices.integration_notices,
        name="integration_notices",
    ),
    path(
        "settings/integrations/<uuid:pk>/notices/test/",
        notices.send_test_mail,
        name="integration_test_mail",
    ),
    path("settings/integrations/<uuid:pk>/readiness/", readiness.readiness_list, name="readiness"),
    path("settings/integrations/<uuid:pk>/", integrations.integration_detail, name="integration"),
    path(
        "settings/integrations/<uuid:pk>/schedule/planned/",
        schedule_planned,
        name="schedule_planned",
    ),
    path(
        "settings/integrations/<uuid:pk>/delete/",
        deletion.integration_delete,
        name="integration_delete",
    ),
    path("settings/integrations/<uuid:pk>/sync/", integrations.start_sync, name="integration_sync"),
    path(
        "settings/integrations/<uuid:pk>/preview/",
        integrations.start_preview,
        name="integration_preview",
    ),
    path(
        "settings/integrations/<uuid:pk>/limits/",
        limits.integration_limits,
        name="integration_limits",
    ),
    path(
        "settings/integrations/<uuid:pk>/connection/",
        connection_test.connection_test,
        name="integration_connection",
    ),
    path("settings/integrations/<uuid:pk>/month/", month.payroll_month, name="payroll_month"),
    path(
        "settings/integrations/<uuid:pk>/month/download/",
        downloads.month_download,
        name="payroll_month_download",
    ),
    path("settings/integrations/<uuid:pk>/person/", single.one_person, name="one_person"),
    path("settings/integrations/<uuid:pk>/person/sync/", single.sync_person, name="sync_person"),
    path("time/export/", time_off.time_off, name="time_off"),
    path("time/export/<uuid:pk>/", time_off.leaves, name="time_off_leaves"),
    path(
        "settings/integrations/<uuid:pk>/time-off/",
        time_off_settings.time_off_settings,
        name="time_off_settings",
    ),
    path("time/export/<uuid:pk>/read/", time_off.read_leaves, name="read_leaves"),
    path("time/export/<uuid:pk>/progress/", time_off.leaves_progress, name="leaves_progress"),
    path("activity/", runs.run_list, name="activity"),
    path("runs/<uuid:pk>/", runs.run_detail, name="run"),
    path("runs/<uuid:pk>/cancel/", cancelling.cancel_run, name="run_cancel"),
    path("settings/integrations/<uuid:pk>/troubles/", troubles.trouble_list, name="troubles"),
    path("settings/integrations/<uuid:pk>/troubles/again/", troubles.try_again, name="try_again"),
    path("settings/integrations/<uuid:pk>/waiting/", waiting.waiting_list, name="waiting"),
    path(
        "settings/integrations/<uuid:pk>/waiting/decide/",
        waiting.decide_waiting,
        name="decide_waiting",
    ),
    path("runs/<uuid:pk>/restore/", restores.restore_run, name="restore_run"),
    path("settings/integrations/<uuid:pk>/pins/", restores.pin_list, name="pins"),
    path("settings/integrations/<uuid:pk>/pins/unpin/", restores.unpin_values, name="unpin"),
    path("runs/<uuid:pk>/download/", downloads.run_download, name="run_download"),
    path(
        "settings/integrations/<uuid:pk>/readiness/download/",
        downloads.readiness_download,
        name="readiness_download",
    ),
    path("settings/audit/download/", downloads.audit_download, name="audit_download"),
    path("runs/<uuid:pk>/progress/", runs.run_progress, name="run_progress"),
    path("runs/<uuid:pk>/approve/", approval.approve_plan, name="approve_plan"),
    path("runs/<uuid:pk>/discard/", approval.discard_plan, name="discard_plan"),
]
