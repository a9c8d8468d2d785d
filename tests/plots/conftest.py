"""Runs to draw: the hamlet's, and one of a world without people."""

from __future__ import annotations

import pytest
from empty import empty_run

import nhstransit as nt


@pytest.fixture(scope="session")
def hamlet() -> nt.Run:
    return nt.simulate(nt.load_scenario("hamlet"), seed=1)


@pytest.fixture(scope="session")
def nobody() -> nt.Run:
    return empty_run()
