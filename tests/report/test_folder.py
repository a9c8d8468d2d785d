"""A results folder contains the files of its run and no files of an earlier run."""

from __future__ import annotations

import stat

import pytest

import nhstransit as nt
from nhstransit.errors import RunError
from nhstransit.report import free_folder, write_results
from nhstransit.report.folder import NAMES
from tests.empty import empty_run
from tests.shared import hamlet_run
from tests.small import person, played


@pytest.fixture(scope="module")
def hamlet():
    """The measures of the hamlet."""
    return nt.measure(hamlet_run())


@pytest.fixture(scope="module")
def written(hamlet, tmp_path_factory):
    """The files of a complete folder, including figures."""
    return write_results(hamlet, tmp_path_factory.mktemp("written") / "o")


@pytest.fixture
def without_figures(monkeypatch):
    """Leave out figures, which take longer than everything else and which most tests here do not need."""
    monkeypatch.setattr("nhstransit.report.folder.pictures", lambda run: {})


def test_the_returned_files_are_those_in_the_folder(written):
    """They include pictures."""
    assert {path.name for path in written} == {path.name for path in written[0].parent.iterdir()}
    assert {"run.json", "log.csv", "headcount.png", "destinations.png"} <= {path.name for path in written}
    assert all(path.stat().st_size for path in written)


@pytest.mark.usefixtures("without_figures")
def test_files_of_an_earlier_run_are_removed(hamlet, tmp_path):
    """When the second run writes no log, the log of the first run is removed."""
    write_results(hamlet, tmp_path)
    assert (tmp_path / "log.csv").exists()
    files = write_results(hamlet, tmp_path, overwrite=True, log=False)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in files}
    assert "log.csv" not in {path.name for path in files}


def test_every_written_file_has_a_reserved_name(written):
    """Reserved names are checked in the folder before the work begins."""
    assert {path.name for path in written} <= set(NAMES)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_users_own_file_is_never_overwritten(hamlet, tmp_path, overwrite):
    """This includes names of tables and names that only an earlier version of the library wrote."""
    for name in ("people.csv", "published.csv", "headcount.png"):
        folder = tmp_path / name
        folder.mkdir()
        (folder / name).write_text("mine")
        with pytest.raises(RunError, match=name):
            write_results(hamlet, folder, overwrite=overwrite)
        assert [path.name for path in folder.iterdir()] == [name]
        assert (folder / name).read_text() == "mine"


@pytest.mark.usefixtures("without_figures")
def test_other_files_in_the_folder_are_kept(hamlet, tmp_path):
    """With overwrite, files and folders that the manifest does not list stay."""
    write_results(hamlet, tmp_path / "o")
    (tmp_path / "o" / "notes").mkdir()
    (tmp_path / "o" / "notes" / "mine.txt").write_text("mine")
    (tmp_path / "o" / "mine.csv").write_text("mine")
    write_results(hamlet, tmp_path / "o", overwrite=True)
    assert (tmp_path / "o" / "notes" / "mine.txt").read_text() == "mine"
    assert (tmp_path / "o" / "mine.csv").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["o"]


@pytest.mark.usefixtures("without_figures")
def test_loading_a_run_reports_an_edited_table(hamlet, tmp_path):
    """A table that was deleted is not reported."""
    write_results(hamlet, tmp_path)
    (tmp_path / "accounts.csv").unlink()
    nt.load_run(tmp_path)
    with (tmp_path / "people.csv").open("a") as file:
        file.write("1\n")
    with pytest.raises(RunError, match=r"people\.csv: was changed after it was written"):
        nt.load_run(tmp_path)
    nt.load_run(tmp_path, accept_edited=True)


@pytest.mark.usefixtures("without_figures")
def test_a_failure_keeps_the_earlier_results(hamlet, tmp_path, monkeypatch):
    """If writing fails, the earlier folder is complete and no other file is left."""
    write_results(hamlet, tmp_path / "o")
    before = {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()}
    monkeypatch.setattr("nhstransit.report.folder.pictures", lambda run: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_results(hamlet, tmp_path / "o", overwrite=True, log=False)
    assert {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["o"]


def test_a_run_without_people_is_written_without_pictures(tmp_path):
    names = {path.name for path in write_results(nt.measure(empty_run()), tmp_path)}
    assert "run.json" in names
    assert "headcount.png" not in names


@pytest.mark.usefixtures("without_figures")
def test_rows_of_real_people_are_written_only_on_request(tmp_path):
    """A user's own staff list counts as real. Only the owner can read its results."""
    real = nt.measure(played(person(1), person(2)))
    names = {path.name for path in write_results(real, tmp_path / "o")}
    assert not names & {"people.csv", "log.csv"} and {"run.json", "posts.csv"} <= names
    assert stat.S_IMODE((tmp_path / "o").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "o").iterdir()} == {0o600}
    asked = {path.name for path in write_results(real, tmp_path / "asked", people=True)}
    assert asked - names == {"people.csv", "log.csv"}


def test_a_new_folder_gets_the_next_free_number(tmp_path):
    """The requested name is used if it is free."""
    assert free_folder(tmp_path / "a") == tmp_path / "a"
    (tmp_path / "a").mkdir()
    (tmp_path / "a-2").mkdir()
    assert free_folder(tmp_path / "a") == tmp_path / "a-3"


def test_every_column_of_every_table_is_explained(written):
    """The guide lists exactly the columns of all tables, with their meanings."""
    import pandas as pd

    folder = written[0].parent
    guide = pd.read_csv(folder / "columns.csv", keep_default_na=False)
    columns = {
        (path.name, name)
        for path in written
        if path.suffix == ".csv" and path.name != "columns.csv"
        for name in pd.read_csv(path, nrows=0).columns
    }
    assert set(zip(guide["file"], guide["column"], strict=True)) == columns
    assert guide["meaning"].str.len().min() > 5
    text = (folder / "README.txt").read_text("utf-8")
    assert all(path.name in text for path in written if path.name != "README.txt")
    assert "UNCALIBRATED" in text and max(map(len, text.splitlines())) <= 120


def test_every_table_begins_with_a_byte_order_mark(written):
    """Excel recognises UTF-8 by it."""
    assert {path.read_bytes()[:3] for path in written if path.suffix == ".csv"} == {b"\xef\xbb\xbf"}


def test_the_table_of_people_says_how_they_left(written):
    """Exactly the people without a post at the end have a route and a leaving date."""
    import pandas as pd

    people = pd.read_csv(written[0].parent / "people.csv", keep_default_na=False)
    left = people["closing_post"] < 0
    assert left.any() and (people["route"] != "")[left].all() and (people["route"] == "")[~left].all()
    assert (people["left_on"][left] > "2010").all()
    assert {"mars", "redundancy"} <= set(people["route"]) and "30–39" in set(people["age_group"])


@pytest.mark.usefixtures("without_figures")
def test_the_table_of_people_is_not_written_for_real_staff(hamlet, tmp_path, monkeypatch):
    """It is written on request."""
    monkeypatch.setattr("nhstransit.report.folder.staff_are_real", lambda run: True)
    assert "people.csv" not in {path.name for path in write_results(hamlet, tmp_path / "o")}
    assert "people.csv" in {path.name for path in write_results(hamlet, tmp_path / "p", people=True)}
