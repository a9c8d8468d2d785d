"""`nhstransit calibrate`: a fit file carried out, and what is said when something in it is not right."""

from __future__ import annotations

from pathlib import Path

import pytest

from nhstransit.england import bundled_fit, targets_of
from nhstransit.organisations.posts import found
from nhstransit.scenario import load_scenario
from nhstransit.studies import read_draws
from nhstransit.studies.calibration import load_fit
from nhstransit.studies.fit_file import read_fit_file
from tests.cli.asking import asked, refused
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
    """A fit of the hamlet, with one thing written otherwise."""
    assert before in FIT
    path = folder / "fit.toml"
    path.write_text(FIT.replace(before, after, 1) if before else FIT, "utf-8")
    return str(path)


def test_a_fit_is_made_and_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder holds a fit that can be read, draws for a sweep, and a scenario with the fitted number in it."""
    out = tmp_path / "fitted"
    (tmp_path / "short.toml").write_text(SHORT, "utf-8")
    file = fit_file(tmp_path, 'scenario = "hamlet"', 'scenario = "short.toml"')
    with quick_chains(40):
        status, told, err = asked(capsys, "calibrate", file, "--out", str(out), "--no-progress")
    assert status == 0, err
    assert "mars-round1-leavers" in told and TYPICAL in told
    assert {path.name for path in out.iterdir()} == {"made.toml", "made-draws.csv", "made-scenario.toml"}
    assert {path.name for path in tmp_path.iterdir()} == {"fit.toml", "short.toml", "fitted"}
    fit = load_fit(out / "made.toml")
    assert [one.path for one in fit.parameter] == [TYPICAL]
    assert len(read_draws(out / "made-draws.csv")) == 20
    world = load_scenario(str(out / "made-scenario.toml"))
    assert dict(world.calibrated) == {TYPICAL: fit.parameter[0].value}
    assert world.behaviour.severance.typical == fit.parameter[0].value


@pytest.mark.parametrize(
    ("before", "after", "said"),
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
def test_a_mistake_in_the_file_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], before: str, after: str, said: str
) -> None:
    """One sentence, exit status 2, and nothing is written."""
    out = tmp_path / "fitted"
    assert said in refused(capsys, "calibrate", fit_file(tmp_path, before, after), "--out", str(out))
    assert not out.exists()


def test_a_folder_that_is_not_empty_is_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is refused before anything is run, with its file as it was."""
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine")
    said = refused(capsys, "calibrate", fit_file(tmp_path), "--out", str(tmp_path / "mine"))
    assert "already exists" in said
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """By its name."""
    assert "fitt.toml" in refused(capsys, "calibrate", "fitt.toml", "--out", str(tmp_path / "fitted"))


def test_the_bundled_file_asks_for_the_bundled_fit() -> None:
    """England's file fits the parameters, and the targets, of the fit that comes with the library, for the same reasons."""
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


@pytest.mark.thorough  # in small: tests/studies/test_matching.py
def test_a_fit_in_waves_goes_on_from_its_own_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The folder has the ensemble of runs too, and a second fit that begins with it says the same and makes no run."""
    (tmp_path / "error.toml").write_text(ERROR, "utf-8")
    fit = fit_file(tmp_path, "budget = 10\n", WAVES)
    out = tmp_path / "fitted"
    status, told, err = asked(capsys, "calibrate", fit, "--out", str(out), "--no-progress")
    assert status == 0, err
    assert "Runs used: 10." in told and "within 90%" in told
    names = {"made.toml", "made-draws.csv", "made-scenario.toml", "made-ensemble.csv"}
    assert {path.name for path in out.iterdir()} == names
    again = tmp_path / "again"
    ensemble = str(out / "made-ensemble.csv")
    status, _, err = asked(capsys, "calibrate", fit, "--out", str(again), "--begun", ensemble, "--no-progress")
    assert status == 0, err
    assert all((again / name).read_bytes() == (out / name).read_bytes() for name in names)
    kept = load_fit(out / "made.toml")
    assert kept.target[0].block == "first round" and len(kept.discrepancy_sha256) == 64 and len(kept.space_left) == 1


def test_words_of_another_kind_of_fit_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A budget for a fit in waves, and waves that are no numbers."""
    (tmp_path / "error.toml").write_text(ERROR, "utf-8")
    fit = fit_file(tmp_path, "budget = 10\n", WAVES)
    for words, said in ((("--budget", "20"), "use --waves"), (("--waves", "ten"), "give whole numbers")):
        status, _, err = asked(capsys, "calibrate", fit, "--out", str(tmp_path / "new"), *words)
        assert status == 2 and said in err, err
