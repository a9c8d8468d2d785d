"""The wheel runs where there is no checkout: what a newcomer gets is the whole thing."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SEEN = """
import sys, nhstransit.cli
print(*(module.__file__ for name, module in sys.modules.items() if name.startswith("nhstransit")), sep="\\n")
"""


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel, and nothing else, is installed."""
    target = tmp_path_factory.mktemp("elsewhere")
    install = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(target), str(wheel)], check=True, capture_output=True)
    return target


def python(target: Path, *words: str) -> str:
    """What Python says, run in the folder's parent with the installed wheel first on the path."""
    done = subprocess.run(
        [sys.executable, *words],
        cwd=target.parent,
        env={**os.environ, "PYTHONPATH": str(target), "PYTHONWARNINGS": "error", "COLUMNS": "100"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.thorough
def test_the_installed_wheel_is_what_runs(elsewhere: Path) -> None:
    """Every module comes from the installed wheel and none from the checkout."""
    places = python(elsewhere, "-c", SEEN).split("\n")[:-1]
    assert places
    assert all(Path(place).is_relative_to(elsewhere) for place in places)


def test_the_command_tells_its_version(elsewhere: Path, wheel: Path) -> None:
    """`--version` tells the version that the wheel bears in its name."""
    assert wheel.name.split("-")[1] in python(elsewhere, "-m", "nhstransit", "--version")


def test_a_short_hamlet_runs_from_the_wheel(elsewhere: Path) -> None:
    """The bundled world plays for nine months, and its story is told."""
    assert "A hamlet in transition" in python(elsewhere, "-m", "nhstransit", "run", "hamlet", "--set", "end=2010-12-31")


@pytest.mark.thorough
def test_the_hamlet_runs_from_the_wheel(elsewhere: Path, tmp_path: Path) -> None:
    """The bundled world plays from start to end and leaves a results folder with its log and its provenance."""
    out = tmp_path / "results"
    story = python(elsewhere, "-m", "nhstransit", "run", "hamlet", "--out", str(out))
    assert story.strip()
    assert json.loads((out / "run.json").read_text("utf-8"))
    assert any(path.suffix == ".csv" and path.stat().st_size for path in out.rglob("*"))
