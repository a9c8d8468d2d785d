"""Validations of the hamlet with outcomes whose verdicts are known."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from nhstransit.england import Outcome, Outcomes, bundled_outcomes
from nhstransit.england.validation import Validation, validate
from tests.england.made import hamlet_scenario


def outcome(name: str, measure: str, unit: str, value: float | None, **more: Any) -> Outcome:
    usual: dict[str, Any] = {
        "group": "made",
        "scope": "a hamlet",
        "period": "once",
        "use": "validate",
        "quality": "seed",
    }
    usual |= {"sources": ("hsj-brain-drain-2011",), "what": name, "id": name, "measure": measure, "unit": unit}
    return Outcome(**{**usual, "value": value, **more})


@cache
def _store() -> Path:
    """The common store of the runs, which is deleted when the process ends."""
    folder = tempfile.mkdtemp()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder) / "runs.db"


def _judge(**more: Any) -> Validation:
    return validate(hamlet_scenario(), replications=5, progress=False, store=_store(), **more)


@cache
def judged() -> Validation:
    """The hamlet compared with figures of England, which are of another size, so that nearly all are missed."""
    return _judge()


@cache
def made(value: float, tolerance: float) -> Validation:
    """The hamlet compared with one figure of its own."""
    one = outcome("redundancies-total", "redundancies in WTE", "WTE", value, tolerance=tolerance)
    outcomes = Outcomes(reading=bundled_outcomes().reading, outcome=(one,))
    return _judge(outcomes=outcomes)
