"""Registers the payroll domain."""

from __future__ import annotations

from django.apps import AppConfig


class PayrollConfig(AppConfig):
    name = "payroll"
