"""Tests of the leaf library."""
