"""Tests of the Hub itself: what knows no payroll and no vendor."""
