"""The installed wheel runs without the checkout."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.examples import THOROUGH

SEEN = """
import sys, nhstransit.cli
print(*(module.__file__ for name, module in sys.modules.items() if name.startswith("nhstransit")), sep="\\n")
"""


@pytest.fixture(scope="module")
def elsewhere(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel, and nothing else, is installed."""
    target = tmp_path_factory.mktemp("elsewhere")
    if not THOROUGH:  # pip does the same with a pure Python wheel, but takes ten times as long
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(target)
        return target
    install = [sys.executable, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "--no-index"]
    subprocess.run([*install, "--target", str(target), str(wheel)], check=True, capture_output=True)
    return target


def python(target: Path, *words: str) -> str:
    """The output of Python, run in the folder's parent with the installed wheel first on the path."""
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
def test_every_module_comes_from_the_installed_wheel(elsewhere: Path) -> None:
    files = python(elsewhere, "-c", SEEN).split("\n")[:-1]
    assert files
    assert all(Path(file).is_relative_to(elsewhere) for file in files)


def test_the_command_prints_the_version_of_the_wheel(elsewhere: Path, wheel: Path) -> None:
    assert wheel.name.split("-")[1] in python(elsewhere, "-m", "nhstransit", "--version")


@pytest.mark.thorough
def test_nine_months_of_the_hamlet_run_from_the_wheel(elsewhere: Path) -> None:
    assert "A hamlet in transition" in python(elsewhere, "-m", "nhstransit", "run", "hamlet", "--set", "end=2010-12-31")


@pytest.mark.thorough
def test_the_hamlet_runs_from_the_wheel(elsewhere: Path, tmp_path: Path) -> None:
    """The whole scenario runs, and the results folder has the provenance and tables."""
    out = tmp_path / "results"
    story = python(elsewhere, "-m", "nhstransit", "run", "hamlet", "--out", str(out))
    assert story.strip()
    assert json.loads((out / "run.json").read_text("utf-8"))
    assert any(path.suffix == ".csv" and path.stat().st_size for path in out.rglob("*"))
