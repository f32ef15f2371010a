"""The payroll pages."""
