"""Files about staff who may be real are private to their owner, also while they are written."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any

import attrs
import pytest

import nhstransit as nt
from nhstransit.run.folders import made_aside
from nhstransit.scenario.folder import make_folder
from nhstransit.studies import merge_stores, sweep
from nhstransit.studies.store import Store, mend, opened
from tests.made_extract import write_extract
from tests.shared import hamlet_run
from tests.small import person, played
from tests.studies.made import left, tiny

pytestmark = pytest.mark.usefixtures("open_umask")


@pytest.fixture
def open_umask() -> object:
    """Files are readable by everyone, unless the library sets their permissions."""
    before = os.umask(0o000)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_saved_run_of_real_staff_is_private(tmp_path: Path) -> None:
    """A user's staff list counts as real. A run of the bundled staff is readable by everyone."""
    nt.save_run(played(person(1)), tmp_path / "real")
    assert mode(tmp_path / "real") == 0o700
    assert {path.name: mode(path) for path in (tmp_path / "real").iterdir()} == dict.fromkeys(
        ("run.json", "run.npz", "manifest.json"), 0o600
    )
    nt.save_run(hamlet_run(), tmp_path / "hamlet")
    assert mode(tmp_path / "hamlet" / "run.npz") == 0o666


def test_a_run_that_replaces_an_open_folder_is_private(tmp_path: Path) -> None:
    """The permissions of the older folder do not matter."""
    (tmp_path / "real").mkdir(mode=0o777)
    nt.save_run(played(person(1)), tmp_path / "real", overwrite=True)
    assert mode(tmp_path / "real") == 0o700 and mode(tmp_path / "real" / "run.npz") == 0o600


def test_a_store_of_real_staff_is_private(tmp_path: Path) -> None:
    """A store of the bundled staff has ordinary permissions."""
    sweep(tiny(), replications=1, seed=1, measure=left, store=tmp_path / "real.db")
    assert mode(tmp_path / "real.db") == 0o600
    hamlet = attrs.evolve(nt.load_scenario("hamlet"))
    sweep(hamlet, replications=1, seed=1, measure=left, store=tmp_path / "hamlet.db")
    assert mode(tmp_path / "hamlet.db") & 0o044


def test_working_folders_are_private_and_have_distinct_names(tmp_path: Path) -> None:
    """Only their owner can enter them."""
    names = set()
    for _ in range(20):
        with made_aside(tmp_path / "out", overwrite=True) as aside:
            assert mode(aside.parent) == 0o700
            names.add(aside.parent.name)
    assert len(names) == 20


def test_a_store_of_real_staff_is_private_from_the_first_byte(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is private before SQLite opens it, and so is its log."""
    before = sqlite3.connect
    seen = []

    def connect(*args: Any, **kwargs: Any) -> sqlite3.Connection:
        seen.extend(mode(path) for path in tmp_path.iterdir())
        return before(*args, **kwargs)

    monkeypatch.setattr(sqlite3, "connect", connect)
    put = Store.insert

    def insert(store: Store, *args: Any, **kwargs: Any) -> bool:
        seen.extend(mode(path) for path in tmp_path.iterdir())
        return put(store, *args, **kwargs)

    monkeypatch.setattr(Store, "insert", insert)
    sweep(tiny(), replications=1, seed=1, measure=left, store=tmp_path / "real.db")
    assert len(seen) > 5 and set(seen) == {0o600}


def test_an_existing_store_becomes_private_before_real_staff_are_written_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may have been readable because of a sweep of the bundled staff."""
    place = tmp_path / "study.db"
    opened(place, writing=True).close()
    place.chmod(0o644)
    seen = []
    put = Store.insert

    def insert(store: Store, *args: Any, **kwargs: Any) -> bool:
        seen.extend(mode(path) for path in tmp_path.iterdir())
        return put(store, *args, **kwargs)

    monkeypatch.setattr(Store, "insert", insert)
    sweep(tiny(), replications=1, seed=1, measure=left, store=place)
    assert seen and set(seen) == {0o600}


def test_merged_and_repaired_stores_are_private_and_replace_no_other_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are written in a folder with an unpredictable name, and other files do not change."""
    for number in (1, 2):
        sweep(tiny(), replications=2, seed=1, measure=left, store=tmp_path / f"{number}.db", shard=(number, 2))
    yours = [tmp_path / name for name in ("all.db.merging", "1.db.mending")]
    for path in yours:
        path.write_text("yours")
    folders = set()
    put = Store.insert

    def insert(store: Store, *args: Any, **kwargs: Any) -> bool:
        assert store.path is not None and store.path.parent.parent == tmp_path and mode(store.path.parent) == 0o700
        assert {mode(path) for path in store.path.parent.iterdir()} == {0o600}
        folders.add(store.path.parent.name)
        return put(store, *args, **kwargs)

    monkeypatch.setattr(Store, "insert", insert)
    merge_stores([tmp_path / "1.db", tmp_path / "2.db"], into=tmp_path / "all.db")
    merge_stores([tmp_path / "1.db", tmp_path / "2.db"], into=tmp_path / "all.db")
    old, _ = mend(tmp_path / "1.db")
    assert len(folders) == 3
    assert mode(tmp_path / "all.db") == mode(tmp_path / "1.db") == mode(old) == 0o600
    assert [path.read_text() for path in yours] == ["yours", "yours"]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["1.db", "1.db.damaged", "1.db.mending", "2.db", "all.db", "all.db.merging"]


def test_the_folder_of_an_organisation_is_private_from_the_first_byte(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files that everyone could read are replaced by new files, and not overwritten in place."""
    source = write_extract(tmp_path / "extract.csv", 60)
    place = tmp_path / "own"
    place.mkdir()
    for name in ("staff.csv", "scenario.toml", "quality.csv", "quality.md"):
        (place / name).write_text("older")
        (place / name).chmod(0o666)
        (tmp_path / name).hardlink_to(place / name)
    write = Path.write_text

    def written(path: Path, *args: Any, **kwargs: Any) -> int:
        assert path.parent.parent == place and mode(path.parent) == 0o700
        return write(path, *args, **kwargs)

    monkeypatch.setattr(Path, "write_text", written)
    make_folder(place, source, question="vr")
    assert {path.name: oct(mode(path)) for path in place.iterdir() if mode(path) != 0o600} == {}
    assert {(tmp_path / name).read_text() for name in ("staff.csv", "scenario.toml", "quality.csv")} == {"older"}
