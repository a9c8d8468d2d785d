"""Tests of the command check its options, output and files: each run is simulated once, and folders have no figures.

Figures take longer to draw than most commands here. tests/report and `test_commands.py` check that folders have figures.
"""

from __future__ import annotations

import pytest

from tests.shared import worlds_are_played_once


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulate each run only once, and write no figures."""
    worlds_are_played_once(monkeypatch)
    monkeypatch.setattr("nhstransit.report.folder.pictures", lambda run: {})
