"""Damaged inputs: every session tests a few of them, and a thorough session tests thousands."""
