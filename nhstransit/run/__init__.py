"""A run, the result of a scenario and a seed: its history, conservation checks, and storage on disk."""

from __future__ import annotations

from nhstransit.run.conserve import conserve
from nhstransit.run.history import History
from nhstransit.run.run import Closing, Provenance, Run
from nhstransit.run.store import load_run, save_run

__all__ = ["Closing", "History", "Provenance", "Run", "conserve", "load_run", "save_run"]
