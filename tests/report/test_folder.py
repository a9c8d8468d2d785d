"""A results folder holds what belongs to its run, and nothing of an older one."""

from __future__ import annotations

import pytest

import nhstransit as nt
from nhstransit.report import free_folder, write_results
from tests.empty import empty_run


@pytest.fixture(scope="module")
def hamlet():
    """The hamlet, measured."""
    return nt.measure(nt.simulate(nt.load_scenario("hamlet"), seed=1))


def test_every_file_that_is_named_is_there(hamlet, tmp_path):
    """What is returned is what the folder holds, pictures included."""
    files = write_results(hamlet, tmp_path / "o")
    assert {path.name for path in files} == {path.name for path in (tmp_path / "o").iterdir()}
    assert {"run.json", "log.csv", "headcount.png", "destinations.png"} <= {path.name for path in files}
    assert all(path.stat().st_size for path in files)


def test_what_an_older_run_left_is_taken_away(hamlet, tmp_path):
    """A second run that writes no log takes the first one's log with it."""
    write_results(hamlet, tmp_path)
    (tmp_path / "published.csv").write_text("of another run")
    write_results(hamlet, tmp_path, overwrite=True, log=False)
    names = {path.name for path in tmp_path.iterdir()}
    assert "log.csv" not in names
    assert "published.csv" not in names


def test_a_run_of_nobody_has_a_folder(tmp_path):
    """With nobody in it a run is kept without pictures."""
    names = {path.name for path in write_results(nt.measure(empty_run()), tmp_path)}
    assert "run.json" in names
    assert "headcount.png" not in names


def test_a_folder_of_its_own(tmp_path):
    """A wish that exists is numbered on."""
    assert free_folder(tmp_path / "a") == tmp_path / "a"
    (tmp_path / "a").mkdir()
    (tmp_path / "a-2").mkdir()
    assert free_folder(tmp_path / "a") == tmp_path / "a-3"
