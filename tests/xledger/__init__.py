"""Tests of the Xledger adapter and of its sandbox."""
