"""A leaf library: errors, HTTP, encryption, redaction. It knows no payroll and no vendor."""
