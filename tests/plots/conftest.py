"""Runs to draw: the hamlet's, and one of a scenario without people."""

from __future__ import annotations

import pytest
from empty import empty_run

import nhstransit as nt
from tests.shared import hamlet_run


@pytest.fixture(scope="session")
def hamlet() -> nt.Run:
    return hamlet_run()


@pytest.fixture(scope="session")
def nobody() -> nt.Run:
    return empty_run()
