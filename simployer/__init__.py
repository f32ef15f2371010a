"""Simployer One (formerly AlexisHR), the HR system: a source of people."""
