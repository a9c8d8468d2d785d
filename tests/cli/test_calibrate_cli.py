"""`nhstransit calibrate`: a fit from a file, and the errors for an invalid file."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhstransit.england import bundled_fit, targets_of
from nhstransit.organisations.posts import found
from nhstransit.scenario import load_scenario
from nhstransit.studies import read_draws
from nhstransit.studies.calibration import load_fit
from nhstransit.studies.fit_file import read_fit_file
from tests.cli.command import refused, run_command
from tests.studies.made_calibration import quick_chains

TYPICAL = "behaviour.severance.typical"
FIT = """
format = 1
name = "made"
scenario = "hamlet"
measure = "nhstransit.england:expected_figures"
seeds = 1
budget = 10
draws = 20

[[target]]
name = "mars-round1-leavers"
kind = "count"
value = 8
model_error = 1.0

[[target]]
name = "mars-round1-saving"
kind = "total"
value = 0.2
model_error = 0.05

[[parameter]]
path = "behaviour.severance.typical"
low = 0.01
high = 0.2
scale = "log"
reason = "no elasticity tells its level"
"""


SHORT = """
format = 1
of = "hamlet"
name = "short"
end = 2011-03-31
"""


def fit_file(folder: Path, before: str = "", after: str = "") -> str:
    """A fit file for the hamlet with one part replaced."""
    assert before in FIT
    path = folder / "fit.toml"
    path.write_text(FIT.replace(before, after, 1) if before else FIT, "utf-8")
    return str(path)


def test_calibrate_writes_a_fit_draws_and_a_scenario(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The scenario in the folder has the fitted number."""
    out = tmp_path / "fitted"
    (tmp_path / "short.toml").write_text(SHORT, "utf-8")
    file = fit_file(tmp_path, 'scenario = "hamlet"', 'scenario = "short.toml"')
    with quick_chains(40):
        status, out_text, err = run_command(capsys, "calibrate", file, "--out", str(out), "--no-progress")
    assert status == 0, err
    assert "mars-round1-leavers" in out_text and TYPICAL in out_text
    assert {path.name for path in out.iterdir()} == {"made.toml", "made-draws.csv", "made-scenario.toml"}
    assert {path.name for path in tmp_path.iterdir()} == {"fit.toml", "short.toml", "fitted"}
    fit = load_fit(out / "made.toml")
    assert [one.path for one in fit.parameter] == [TYPICAL]
    assert len(read_draws(out / "made-draws.csv")) == 20
    world = load_scenario(str(out / "made-scenario.toml"))
    assert dict(world.calibrated) == {TYPICAL: fit.parameter[0].value}
    assert world.behaviour.severance.typical == fit.parameter[0].value


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("budget = 10", "budget = 3", "budget: is 3; give a whole number of runs"),
        ("budget = 10", "budgett = 10", "budgett"),
        ("severance.typical", "severance.typicl", "typical"),
        ('scenario = "hamlet"', 'scenario = "hamlt"', "did you mean 'hamlet'"),
        ("low = 0.01", "low = 0.3", "give two numbers, the lower first"),
        ('kind = "count"', 'kind = "counts"', "count"),
        ("nhstransit.england:expected_figures", "os:getcwd", "--allow-code"),
    ],
)
def test_an_invalid_fit_file_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, message: str
) -> None:
    """The error is one line with exit status 2, and nothing is written."""
    out = tmp_path / "fitted"
    assert message in refused(capsys, "calibrate", fit_file(tmp_path, before, after), "--out", str(out))
    assert not out.exists()


def test_a_folder_that_is_not_empty_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused before any run, and its file is unchanged."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    error = refused(capsys, "calibrate", fit_file(tmp_path), "--out", str(tmp_path / "mine"))
    assert "already exists" in error
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_a_missing_fit_file_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error names the file."""
    assert "fitt.toml" in refused(capsys, "calibrate", "fitt.toml", "--out", str(tmp_path / "fitted"))


def test_the_bundled_fit_file_matches_the_bundled_fit() -> None:
    """England's file has the parameters, targets and reasons of the fit in the library."""
    england = read_fit_file(found("england/fit-2010.toml"), published=targets_of)
    fit = bundled_fit()
    assert england.discrepancy is not None
    assert set(england.discrepancy.figures) == fit.fitted_to <= {one.name for one in england.targets}
    assert [(one.path, one.low, one.high, one.source) for one in england.parameters] == [
        (one.path, one.low, one.high, one.reason) for one in fit.parameter
    ]
    assert tuple(f"{one.name}: {one.reason}" for one in england.file.left_out) == fit.left_out
    spent = sum(england.file.waves) + england.file.replications + england.file.predictive
    assert (spent, england.file.seed) == (fit.budget, fit.seed)
    assert england.file.about == fit.about


ERROR = """
format = 1
across_worlds = 0.8

[[block]]
name = "first round"
together = 0.3

[[block.figure]]
name = "mars-round1-leavers"
share = 0.1

[[block.figure]]
name = "mars-round1-saving"
share = 0.1
"""
WAVES = """budget = 10
discrepancy = "error.toml"
waves = [6]
replications = 4
"""


@pytest.mark.thorough  # a small version: tests/studies/test_matching.py
def test_a_second_fit_in_waves_reuses_the_runs_of_the_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A fit that begins with the stored ensemble has the same result and makes no run."""
    (tmp_path / "error.toml").write_text(ERROR, "utf-8")
    fit = fit_file(tmp_path, "budget = 10\n", WAVES)
    out = tmp_path / "fitted"
    status, out_text, err = run_command(capsys, "calibrate", fit, "--out", str(out), "--no-progress")
    assert status == 0, err
    assert "Runs used: 10." in out_text and "within 90%" in out_text
    names = {"made.toml", "made-draws.csv", "made-scenario.toml", "made-ensemble.csv"}
    assert {path.name for path in out.iterdir()} == names
    again = tmp_path / "again"
    ensemble = str(out / "made-ensemble.csv")
    status, _, err = run_command(capsys, "calibrate", fit, "--out", str(again), "--begun", ensemble, "--no-progress")
    assert status == 0, err
    assert all((again / name).read_bytes() == (out / name).read_bytes() for name in names)
    kept = load_fit(out / "made.toml")
    assert kept.target[0].block == "first round" and len(kept.discrepancy_sha256) == 64 and len(kept.space_left) == 1


def test_options_of_another_kind_of_fit_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A budget for a fit in waves, and waves that are not numbers."""
    (tmp_path / "error.toml").write_text(ERROR, "utf-8")
    fit = fit_file(tmp_path, "budget = 10\n", WAVES)
    for words, message in ((("--budget", "20"), "use --waves"), (("--waves", "ten"), "give whole numbers")):
        status, _, err = run_command(capsys, "calibrate", fit, "--out", str(tmp_path / "new"), *words)
        assert status == 2 and message in err, err
