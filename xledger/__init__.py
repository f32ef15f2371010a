"""Xledger, the ERP and payroll system: a target that people are kept true in."""
