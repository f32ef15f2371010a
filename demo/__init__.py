"""The whole Hub on one machine, with both systems imitated: `python -m demo`."""
