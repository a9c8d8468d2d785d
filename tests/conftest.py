"""What all tests share: the wheel, and hypothesis derandomised and without a deadline, so that failures are faults."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

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


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built without a network and without leaving anything in the checkout."""
    out = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out)]
    done = subprocess.run([*build, str(Path(__file__).parents[1])], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    (made,) = out.glob("*.whl")
    return made
