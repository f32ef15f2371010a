"""Addresses of the payroll pages."""

from __future__ import annotations

from django.urls import path

from .views import integrations, runs, wizard

urlpatterns = [
    path("settings/integrations/", integrations.integration_list, name="integrations"),
    path("settings/integrations/add/", wizard.add_integration, name="integration_add"),
    path(
        "settings/integrations/<uuid:pk>/setup/<slug:key>/",
        wizard.integration_step,
        name="integration_step",
    ),
    path("settings/integrations/<uuid:pk>/", integrations.integration_detail, name="integration"),
    path("settings/integrations/<uuid:pk>/sync/", integrations.start_sync, name="integration_sync"),
    path(
        "settings/integrations/<uuid:pk>/preview/",
        integrations.start_preview,
        name="integration_preview",
    ),
    path(
        "settings/integrations/<uuid:pk>/connection/",
        integrations.connection_test,
        name="integration_connection",
    ),
    path("activity/", runs.run_list, name="activity"),
    path("runs/<uuid:pk>/", runs.run_detail, name="run"),
    path("runs/<uuid:pk>/progress/", runs.run_progress, name="run_progress"),
]
