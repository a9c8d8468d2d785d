"""What is kept of staff who may be real is its owner's only; nobody can foresee the name of what is being written."""

from __future__ import annotations

import os
from pathlib import Path

import attrs
import pytest

import nhstransit as nt
from nhstransit.run.folders import made_aside
from nhstransit.studies import sweep
from tests.small import person, played
from tests.studies.made import left, tiny

pytestmark = pytest.mark.usefixtures("everyone")


@pytest.fixture
def everyone() -> object:
    """A program whose files everyone may read, unless it sees to it."""
    before = os.umask(0o000)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_kept_run_of_real_staff_is_its_owners(tmp_path: Path) -> None:
    """A list of somebody's staff counts as real; the library's own is for everyone."""
    nt.save_run(played(person(1)), tmp_path / "real")
    assert mode(tmp_path / "real") == 0o700
    assert {path.name: mode(path) for path in (tmp_path / "real").iterdir()} == dict.fromkeys(
        ("run.json", "run.npz", "manifest.json"), 0o600
    )
    nt.save_run(nt.simulate(nt.load_scenario("hamlet"), seed=1), tmp_path / "hamlet")
    assert mode(tmp_path / "hamlet" / "run.npz") == 0o666


def test_an_open_folder_that_is_replaced_does_not_open_a_run(tmp_path: Path) -> None:
    """Whatever permissions the older folder had."""
    (tmp_path / "real").mkdir(mode=0o777)
    nt.save_run(played(person(1)), tmp_path / "real", overwrite=True)
    assert mode(tmp_path / "real") == 0o700 and mode(tmp_path / "real" / "run.npz") == 0o600


def test_a_store_of_real_staff_is_its_owners(tmp_path: Path) -> None:
    """With its log beside it while it is written; of the library's own staff it is as any file."""
    sweep(tiny(), replications=1, seed=1, measure=left, store=tmp_path / "real.db")
    assert mode(tmp_path / "real.db") == 0o600
    hamlet = attrs.evolve(nt.load_scenario("hamlet"))
    sweep(hamlet, replications=1, seed=1, measure=left, store=tmp_path / "hamlet.db")
    assert mode(tmp_path / "hamlet.db") & 0o044


def test_working_folders_are_private_and_never_named_alike(tmp_path: Path) -> None:
    """Only their owner may enter them, also while they are written."""
    names = set()
    for _ in range(20):
        with made_aside(tmp_path / "out", overwrite=True) as aside:
            assert mode(aside.parent) == 0o700
            names.add(aside.parent.name)
    assert len(names) == 20
