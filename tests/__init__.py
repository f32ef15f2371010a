"""The tests, laid out as the source they test."""
