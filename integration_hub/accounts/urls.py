"""Addresses for logging in and out, and of the audit log."""

from __future__ import annotations

from django.contrib.auth.views import LogoutView
from django.urls import path

from .views import LoginView, audit_list

urlpatterns = [
    path("login/", LoginView.as_view(), name="login"),
    path("settings/audit/", audit_list, name="audit"),
    path("logout/", LogoutView.as_view(), name="logout"),
]
