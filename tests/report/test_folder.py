"""A results folder holds what belongs to its run, and nothing of an older one."""

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
    """The hamlet, measured."""
    return nt.measure(hamlet_run())


@pytest.fixture(scope="module")
def written(hamlet, tmp_path_factory):
    """The files of a whole folder, figures too."""
    return write_results(hamlet, tmp_path_factory.mktemp("written") / "o")


@pytest.fixture
def without_figures(monkeypatch):
    """Figures take longer than all else that is written, and most tests here are not about them."""
    monkeypatch.setattr("nhstransit.report.folder.pictures", lambda run: {})


def test_every_file_that_is_named_is_there(written):
    """What is returned is what the folder holds, pictures included."""
    assert {path.name for path in written} == {path.name for path in written[0].parent.iterdir()}
    assert {"run.json", "log.csv", "headcount.png", "destinations.png"} <= {path.name for path in written}
    assert all(path.stat().st_size for path in written)


@pytest.mark.usefixtures("without_figures")
def test_what_an_older_run_left_is_taken_away(hamlet, tmp_path):
    """A second run that writes no log takes the first one's log with it."""
    write_results(hamlet, tmp_path)
    assert (tmp_path / "log.csv").exists()
    files = write_results(hamlet, tmp_path, overwrite=True, log=False)
    assert {path.name for path in tmp_path.iterdir()} == {path.name for path in files}
    assert "log.csv" not in {path.name for path in files}


def test_every_file_that_may_be_written_is_reserved(written):
    """What is written are names that a place is asked for before the work."""
    assert {path.name for path in written} <= set(NAMES)


@pytest.mark.parametrize("overwrite", [False, True])
def test_a_users_own_file_is_never_lost(hamlet, tmp_path, overwrite):
    """Neither one with the name of a table, nor one that only an older program of the library wrote."""
    for name in ("people.csv", "published.csv", "headcount.png"):
        place = tmp_path / name
        place.mkdir()
        (place / name).write_text("mine")
        with pytest.raises(RunError, match=name):
            write_results(hamlet, place, overwrite=overwrite)
        assert [path.name for path in place.iterdir()] == [name]
        assert (place / name).read_text() == "mine"


@pytest.mark.usefixtures("without_figures")
def test_files_beside_results_are_kept(hamlet, tmp_path):
    """Asked to overwrite, what the manifest does not name stays, folders too."""
    write_results(hamlet, tmp_path / "o")
    (tmp_path / "o" / "notes").mkdir()
    (tmp_path / "o" / "notes" / "mine.txt").write_text("mine")
    (tmp_path / "o" / "mine.csv").write_text("mine")
    write_results(hamlet, tmp_path / "o", overwrite=True)
    assert (tmp_path / "o" / "notes" / "mine.txt").read_text() == "mine"
    assert (tmp_path / "o" / "mine.csv").read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["o"]


@pytest.mark.usefixtures("without_figures")
def test_a_table_that_was_edited_is_told(hamlet, tmp_path):
    """A table of the folder edited after it was written is named when the run is loaded; one taken away is not missed."""
    write_results(hamlet, tmp_path)
    (tmp_path / "accounts.csv").unlink()
    nt.load_run(tmp_path)
    with (tmp_path / "people.csv").open("a") as file:
        file.write("1\n")
    with pytest.raises(RunError, match=r"people\.csv: was changed after it was written"):
        nt.load_run(tmp_path)
    nt.load_run(tmp_path, accept_edited=True)


@pytest.mark.usefixtures("without_figures")
def test_a_failing_figure_leaves_the_older_results(hamlet, tmp_path, monkeypatch):
    """Whatever fails while the new folder is written, the older one is whole and nothing else is left."""
    write_results(hamlet, tmp_path / "o")
    before = {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()}
    monkeypatch.setattr("nhstransit.report.folder.pictures", lambda run: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        write_results(hamlet, tmp_path / "o", overwrite=True, log=False)
    assert {path.name: path.read_bytes() for path in (tmp_path / "o").iterdir()} == before
    assert [path.name for path in tmp_path.iterdir()] == ["o"]


def test_a_run_of_nobody_has_a_folder(tmp_path):
    """With nobody in it a run is kept without pictures."""
    names = {path.name for path in write_results(nt.measure(empty_run()), tmp_path)}
    assert "run.json" in names
    assert "headcount.png" not in names


@pytest.mark.usefixtures("without_figures")
def test_rows_of_real_people_are_written_only_where_they_are_asked_for(tmp_path):
    """A list of a user's own counts as real: its results are its owner's only, without a row of a person unless asked."""
    real = nt.measure(played(person(1), person(2)))
    names = {path.name for path in write_results(real, tmp_path / "o")}
    assert not names & {"people.csv", "log.csv"} and {"run.json", "posts.csv"} <= names
    assert stat.S_IMODE((tmp_path / "o").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "o").iterdir()} == {0o600}
    asked = {path.name for path in write_results(real, tmp_path / "asked", people=True)}
    assert asked - names == {"people.csv", "log.csv"}


def test_a_folder_of_its_own(tmp_path):
    """A wish that exists is numbered on."""
    assert free_folder(tmp_path / "a") == tmp_path / "a"
    (tmp_path / "a").mkdir()
    (tmp_path / "a-2").mkdir()
    assert free_folder(tmp_path / "a") == tmp_path / "a-3"


def test_every_column_of_every_table_is_explained(written):
    """The guide names each, no other, and says what it means."""
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
    told = (folder / "README.txt").read_text("utf-8")
    assert all(path.name in told for path in written if path.name != "README.txt")
    assert "UNCALIBRATED" in told and max(map(len, told.splitlines())) <= 120


def test_every_table_marks_itself_as_utf_8_for_excel(written):
    """The three bytes by which Excel knows it stand first."""
    assert {path.read_bytes()[:3] for path in written if path.suffix == ".csv"} == {b"\xef\xbb\xbf"}


def test_people_have_words_and_how_they_left(written):
    """Those out of post at the end have a route and a day, and nobody else has."""
    import pandas as pd

    people = pd.read_csv(written[0].parent / "people.csv", keep_default_na=False)
    gone = people["closing_post"] < 0
    assert gone.any() and (people["route"] != "")[gone].all() and (people["route"] == "")[~gone].all()
    assert (people["left_on"][gone] > "2010").all()
    assert {"mars", "redundancy"} <= set(people["route"]) and "30–39" in set(people["age_group"])


@pytest.mark.usefixtures("without_figures")
def test_people_are_not_written_of_real_staff(hamlet, tmp_path, monkeypatch):
    """Unless they are asked for."""
    monkeypatch.setattr("nhstransit.report.folder.staff_are_real", lambda run: True)
    assert "people.csv" not in {path.name for path in write_results(hamlet, tmp_path / "o")}
    assert "people.csv" in {path.name for path in write_results(hamlet, tmp_path / "p", people=True)}
