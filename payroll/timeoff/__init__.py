"""Time off: from leaves in HR to absence in payroll, chosen by a person and never sent twice."""
