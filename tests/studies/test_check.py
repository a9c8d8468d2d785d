"""A damaged store: seen, named row by row, mended, and made whole by the next sweep."""

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
    """A store of runs, and the hash of what is in it."""
    path = tmp_path_factory.mktemp("whole") / "study.db"
    return path, again(path).sha256()


def again(path: Path) -> Study:
    return sweep(pair(), replications=REPLICATIONS, seed=1, measure=left, series=heads, store=path)


def test_a_whole_store_is_whole(whole: tuple[Path, str]) -> None:
    """Every row is held to its seal, and the report counts them."""
    report = check(whole[0])
    assert (report.runs, report.failed, report.missing, report.damaged) == (RUNS, 0, 0, ())
    assert report.rows == RUNS * 2 + 1 + 2 + 2 + 1 + 2
    told = f"{report.rows} rows are intact; {RUNS} runs, 0 of them failed; 0 still to run; 0 damaged"
    assert str(report).endswith(told)


def test_what_is_still_to_be_run_is_counted(tmp_path: Path) -> None:
    """Runs still to run, as after a sweep was stopped, are missing and not damaged."""
    from nhstransit.studies.store import opened

    kept = opened(tmp_path / "study.db", writing=True)
    filled([[[1.0, float("nan"), 3.0]], [[1.0, 2.0, float("nan")]]], kept)
    kept.close()
    report = check(tmp_path / "study.db")
    assert (report.runs, report.missing, report.damaged) == (4, 2, ())


def test_a_damaged_row_is_named_and_made_again(whole: tuple[Path, str], tmp_path: Path) -> None:
    """One figure changed: that run is named and no other; mending keeps the rest; the next sweep makes just that one."""
    path = Path(shutil.copy(whole[0], tmp_path / "study.db"))
    connection = sqlite3.connect(path)
    key, replication = connection.execute("SELECT key, replication FROM runs ORDER BY key LIMIT 1 OFFSET 20").fetchone()
    connection.execute("UPDATE runs SET figures = zeroblob(length(figures)) WHERE key = ?", (key,))
    connection.commit()
    connection.close()
    (told,) = check(path).damaged
    assert told.startswith(f"run {key.hex()[:16]}, draw 0, replication {replication}, seed ")
    old, rows = mend(path)
    assert old == tmp_path / "study.db.damaged" and rows == check(path).rows
    assert check(path).damaged == () and check(path).missing == 1 and len(open_study(path)) == RUNS - 1
    assert again(path).sha256() == whole[1]


def flawed(path: Path, rng: random.Random) -> None:
    """Some bytes of one page but the first are overwritten."""
    body = bytearray(path.read_bytes())
    page = rng.randrange(1, len(body) // PAGE)
    start = page * PAGE + rng.randrange(PAGE - 64)
    length = rng.choice([1, 16, 64, PAGE - start % PAGE])
    body[start : start + length] = bytes(rng.randrange(256) for _ in range(length))
    path.write_bytes(body)


def survived(whole: tuple[Path, str], folder: Path, seed: int) -> None:
    """After damage nothing false is told, and after mending and another sweep all is there again."""
    path = Path(shutil.copy(whole[0], folder / f"{seed}.db"))
    rng = random.Random(seed)
    flawed(path, rng)
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
def test_a_damaged_page_loses_only_what_lay_on_it(whole: tuple[Path, str], tmp_path: Path, seed: int) -> None:
    """Bytes overwritten anywhere but on the first page: read true or refused; mended; and made whole."""
    survived(whole, tmp_path, seed)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(6, 120))
def test_many_damaged_pages(whole: tuple[Path, str], tmp_path: Path, seed: int) -> None:
    """The same for many places and lengths."""
    survived(whole, tmp_path, seed)


def test_a_damaged_beginning_is_told(whole: tuple[Path, str], tmp_path: Path) -> None:
    """Where the first page is gone nothing can be read, and it is said so."""
    path = tmp_path / "study.db"
    path.write_bytes(b"\0" * PAGE + whole[0].read_bytes()[PAGE:])
    for look in (open_study, check, mend):
        with pytest.raises(StoreError, match="is not a store of runs, or its beginning is damaged"):
            look(path)  # type: ignore[operator]


@pytest.mark.parametrize("what", ["cut", "schema"])
def test_what_cannot_be_mended_is_told(what: str, whole: tuple[Path, str], tmp_path: Path) -> None:
    """A store cut short, or without its list of tables: the check does not send the reader to itself."""
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


def test_an_empty_file_and_a_folder_are_told(tmp_path: Path) -> None:
    """As what they are."""
    (tmp_path / "empty.db").touch()
    (tmp_path / "folder.db").mkdir()
    for name, said in (("empty", "is empty"), ("folder", "is a folder")):
        with pytest.raises(StoreError, match=f"{name}.db: {said}; give the path of a store that a sweep has written"):
            check(tmp_path / f"{name}.db")


def test_lost_names_are_told_and_made_again(whole: tuple[Path, str], tmp_path: Path) -> None:
    """Without the names of figures, or of series, nothing is shown; mended and swept again, all is there."""
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


def test_a_damaged_file_kept_before_is_not_written_over(whole: tuple[Path, str], tmp_path: Path) -> None:
    """Mending twice asks for the first damaged file to be moved away."""
    path = Path(shutil.copy(whole[0], tmp_path / "study.db"))
    (tmp_path / "study.db.damaged").write_text("kept")
    with pytest.raises(StoreError, match="already exists; move it to another folder"):
        mend(path)
    assert (tmp_path / "study.db.damaged").read_text() == "kept" and check(path).runs == RUNS
