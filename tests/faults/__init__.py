"""What goes wrong between two systems, and what must never come of it."""
