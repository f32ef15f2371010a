"""Tests of the payroll engine and its pages."""
