"""A damaged store: damage is detected and reported row by row, mended, and completed by the next sweep."""

from __future__ import annotations

import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from nhstransit.errors import NhstransitError, StoreError
from nhstransit.studies import Study, open_study, sweep
from nhstransit.studies.store import check, mend
from tests.examples import THOROUGH, every
from tests.studies.made import filled, heads, left, pair

PAGE = 4096
REPLICATIONS = 40 if THOROUGH else 15
RUNS = 2 * REPLICATIONS


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A store of runs, and the hash of its content."""
    path = tmp_path_factory.mktemp("whole") / "study.db"
    return path, again(path).sha256()


def again(path: Path) -> Study:
    return sweep(pair(), replications=REPLICATIONS, seed=1, measure=left, series=heads, store=path)


def test_an_undamaged_store_passes_the_check(whole: tuple[Path, str]) -> None:
    """Every row is compared with its seal, and the report has the number of rows."""
    report = check(whole[0])
    assert (report.runs, report.failed, report.missing, report.damaged) == (RUNS, 0, 0, ())
    assert report.rows == RUNS * 2 + 1 + 2 + 2 + 1 + 2
    expected = f"{report.rows} rows are intact; {RUNS} runs, 0 of them failed; 0 still to run; 0 damaged"
    assert str(report).endswith(expected)


def test_runs_of_a_stopped_sweep_are_missing_and_not_damaged(tmp_path: Path) -> None:
    from nhstransit.studies.store import opened

    store = opened(tmp_path / "study.db", writing=True)
    filled([[[1.0, float("nan"), 3.0]], [[1.0, 2.0, float("nan")]]], store)
    store.close()
    report = check(tmp_path / "study.db")
    assert (report.runs, report.missing, report.damaged) == (4, 2, ())


def test_a_damaged_row_is_reported_and_run_again(whole: tuple[Path, str], tmp_path: Path) -> None:
    """Only the damaged run is named. Mending keeps the others, and the next sweep makes only this run."""
    path = Path(shutil.copy(whole[0], tmp_path / "study.db"))
    connection = sqlite3.connect(path)
    key, replication = connection.execute("SELECT key, replication FROM runs ORDER BY key LIMIT 1 OFFSET 20").fetchone()
    connection.execute("UPDATE runs SET figures = zeroblob(length(figures)) WHERE key = ?", (key,))
    connection.commit()
    connection.close()
    (message,) = check(path).damaged
    assert message.startswith(f"run {key.hex()[:16]}, draw 0, replication {replication}, seed ")
    old, rows = mend(path)
    assert old == tmp_path / "study.db.damaged" and rows == check(path).rows
    assert check(path).damaged == () and check(path).missing == 1 and len(open_study(path)) == RUNS - 1
    assert again(path).sha256() == whole[1]


def damage(path: Path, rng: random.Random) -> None:
    """Overwrite some bytes of one page, but not of the first."""
    body = bytearray(path.read_bytes())
    page = rng.randrange(1, len(body) // PAGE)
    start = page * PAGE + rng.randrange(PAGE - 64)
    length = rng.choice([1, 16, 64, PAGE - start % PAGE])
    body[start : start + length] = bytes(rng.randrange(256) for _ in range(length))
    path.write_bytes(body)


def check_recovery(whole: tuple[Path, str], folder: Path, seed: int) -> None:
    """Check that a damaged store returns no wrong results, and is complete after mending and another sweep."""
    path = Path(shutil.copy(whole[0], folder / f"{seed}.db"))
    rng = random.Random(seed)
    damage(path, rng)
    try:
        assert open_study(path).sha256() == whole[1]
    except NhstransitError:
        report = check(path)
        assert report.damaged or report.missing
        mend(path)
        assert check(path).damaged == ()
        assert check(path).runs > 0 or report.runs == 0
        assert again(path).sha256() == whole[1]


@pytest.mark.parametrize("seed", every(6, range(6)))
def test_a_store_recovers_from_a_damaged_page(whole: tuple[Path, str], tmp_path: Path, seed: int) -> None:
    """Bytes are overwritten anywhere except on the first page."""
    check_recovery(whole, tmp_path, seed)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(6, 120))
def test_a_store_recovers_from_many_kinds_of_damage(whole: tuple[Path, str], tmp_path: Path, seed: int) -> None:
    """Positions and lengths of the damage vary."""
    check_recovery(whole, tmp_path, seed)


def test_a_damaged_first_page_is_reported(whole: tuple[Path, str], tmp_path: Path) -> None:
    """Nothing can be read without the first page."""
    path = tmp_path / "study.db"
    path.write_bytes(b"\0" * PAGE + whole[0].read_bytes()[PAGE:])
    for look in (open_study, check, mend):
        with pytest.raises(StoreError, match="is not a store of runs, or its beginning is damaged"):
            look(path)  # type: ignore[operator]


@pytest.mark.parametrize("what", ["cut", "schema"])
def test_damage_that_cannot_be_mended_is_reported(what: str, whole: tuple[Path, str], tmp_path: Path) -> None:
    """The store is cut short or has no list of tables. The check does not advise running the check."""
    path = tmp_path / "study.db"
    body = whole[0].read_bytes()
    path.write_bytes(body[:20_000] if what == "cut" else body[:100] + b"\xff" * (PAGE - 100) + body[PAGE:])
    with pytest.raises(StoreError, match=r"is damaged .*; run `nhstransit store check FILE`, and repair"):
        open_study(path)
    for look in (check, mend):
        with pytest.raises(
            StoreError, match=r"is damaged .*; it cannot be repaired: keep the file, and run the sweep again"
        ):
            look(path)  # type: ignore[operator]


def test_an_empty_file_and_a_folder_are_refused(tmp_path: Path) -> None:
    """The error says what they are."""
    (tmp_path / "empty.db").touch()
    (tmp_path / "folder.db").mkdir()
    for name, message in (("empty", "is empty"), ("folder", "is a folder")):
        with pytest.raises(
            StoreError, match=f"{name}.db: {message}; give the path of a store that a sweep has written"
        ):
            check(tmp_path / f"{name}.db")


def test_lost_names_of_figures_are_reported_and_restored(whole: tuple[Path, str], tmp_path: Path) -> None:
    """Without the names of figures or series, nothing is shown.

    After mending and another sweep, everything is there.
    """
    path = Path(shutil.copy(whole[0], tmp_path / "study.db"))
    connection = sqlite3.connect(path)
    connection.execute("DELETE FROM layouts")
    connection.commit()
    connection.close()
    for read in (lambda study: study.table(), lambda study: study.series("heads")):
        with pytest.raises(StoreError, match="has 0 rows in its table 'layouts' instead of 2; run"):
            read(open_study(path))
    mend(path)
    assert again(path).sha256() == whole[1]


def test_the_copy_of_a_damaged_file_is_not_overwritten(whole: tuple[Path, str], tmp_path: Path) -> None:
    """The second mending is refused until the first copy is moved."""
    path = Path(shutil.copy(whole[0], tmp_path / "study.db"))
    (tmp_path / "study.db.damaged").write_text("kept")
    with pytest.raises(StoreError, match="already exists; move it to another folder"):
        mend(path)
    assert (tmp_path / "study.db.damaged").read_text() == "kept" and check(path).runs == RUNS
