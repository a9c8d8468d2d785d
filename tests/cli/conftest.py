"""Tests of the command are of what it asks for, prints and writes: worlds are played once, and folders have no figures.

Figures take longer to draw than most of what is asked here. That a folder has them is told in tests/report, and in
`test_commands.py` of the command, which the long session also starts in a process of its own.
"""

from __future__ import annotations

import pytest

from tests.shared import worlds_are_played_once


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """No world twice, no figure in a folder."""
    worlds_are_played_once(monkeypatch)
    monkeypatch.setattr("nhstransit.report.folder.pictures", lambda run: {})
