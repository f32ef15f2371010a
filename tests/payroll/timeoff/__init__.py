"""The export of time off."""
