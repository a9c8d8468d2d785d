"""How hypothesis runs here: derandomised and without a deadline, so that a failure is a fault and never the weather."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "ci",
    derandomize=True,
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile("thorough", settings.get_profile("ci"), max_examples=1_000)
settings.load_profile("ci")


def pytest_configure(config: pytest.Config) -> None:
    """Ten times the examples where the long proofs are asked for: `pytest -m thorough`."""
    asked: str = config.getoption("markexpr", default="")
    if "thorough" in asked and "not thorough" not in asked:
        settings.load_profile("thorough")
