"""Whole journeys: both sandboxes over real HTTP, the real engine, the real database."""
