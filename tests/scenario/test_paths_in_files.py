"""A file that another file names must be bundled, in the same folder, or in a folder below it, on any system."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

import nhstransit as nt
from nhstransit.choice.benchmark import read_set
from nhstransit.errors import InputError
from nhstransit.files import leads_out
from nhstransit.studies.fit_file import read_fit_file
from nhstransit.studies.study_file import read_study

AWAY = (
    *("../outside.toml", "within/../../outside.toml", "..\\outside.toml"),
    *("C:outside.toml", "C:\\outside.toml", "\\outside.toml"),
)
VARIANT = 'format = 1\nname = "v"\nof = {}\n'
STUDY = 'format = 1\ntitle = "t"\nreplications = 2\nseed = 1\n[[scenarios]]\nname = "a"\nbase = {}\n'
SET = 'format = 1\nversion = 1\ntitle = "t"\nscenario = {}\nreplications = 2\nseed = 1\n[[variants]]\nname = "a"\n'
FIT = 'format = 1\nname = "f"\nscenario = {}\nseed = 1\npublished = false\n'
KINDS: dict[str, tuple[str, Callable[[Path], object]]] = {
    "variant": (VARIANT, nt.load_scenario),
    "study": (STUDY, read_study),
    "set": (SET, read_set),
    "fit": (FIT, read_fit_file),
}


def quoted(name: str) -> str:
    return "'" + name + "'"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for the files; the scenario outside.toml is in the folder above it."""
    (tmp_path / "outside.toml").write_text('format = 1\nname = "outside"\nof = "hamlet"\n', "utf-8")
    (tmp_path / "in" / "within").mkdir(parents=True)
    return tmp_path / "in"


@pytest.mark.parametrize("name", AWAY)
@pytest.mark.parametrize("kind", KINDS)
def test_a_scenario_outside_the_folder_is_refused(kind: str, name: str, folder: Path) -> None:
    """In variants, studies, sets of variants and fits, also when the path is in a form that only Windows has."""
    text, read = KINDS[kind]
    (folder / "file.toml").write_text(text.format(quoted(name)), "utf-8")
    with pytest.raises(
        InputError, match=r"is outside the file's folder; give a file in that folder or in a folder below it"
    ):
        read(folder / "file.toml")


@pytest.mark.parametrize("kind", KINDS)
def test_a_scenario_is_not_looked_for_in_the_current_folder(
    kind: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name without .toml means a bundled scenario."""
    monkeypatch.chdir(folder.parent)
    text, read = KINDS[kind]
    (folder / "file.toml").write_text(text.format('"in/file"'), "utf-8")
    with pytest.raises(InputError, match=r"scenario 'in/file': is not bundled"):
        read(folder / "file.toml")


@pytest.mark.parametrize("kind", ["variant", "study"])
def test_a_scenario_in_a_folder_below_or_with_an_absolute_path_is_read(kind: str, folder: Path) -> None:
    """`calibrate` writes an absolute path, which shows clearly which file is read."""
    text, read = KINDS[kind]
    (folder / "within" / "inner.toml").write_text('format = 1\nname = "inner"\nof = "hamlet"\n', "utf-8")
    for name in ("within/inner.toml", str(folder / "within" / "inner.toml")):
        (folder / "file.toml").write_text(text.format(quoted(name)), "utf-8")
        assert read(folder / "file.toml")


@pytest.mark.parametrize("key", ["priors", "discrepancy"])
def test_the_files_of_a_fit_must_be_in_its_folder(key: str, folder: Path) -> None:
    (folder.parent / "elsewhere.toml").write_text("format = 1\n", "utf-8")
    target = '[[target]]\nname = "left"\nkind = "count"\nvalue = 1\nmodel_error = 1\n'
    for name in ("../elsewhere.toml", str(folder.parent / "elsewhere.toml")):
        (folder / "file.toml").write_text(FIT.format('"hamlet"') + f"{key} = {quoted(name)}\n" + target, "utf-8")
        with pytest.raises(InputError, match="which is not the name of a file"):
            read_fit_file(folder / "file.toml")


@pytest.mark.parametrize("name", [*AWAY, "/etc/hosts", "", "//host/share/a.csv"])
def test_these_names_lead_out_of_the_folder(name: str) -> None:
    """Under the rules of any operating system."""
    assert leads_out(name)


@pytest.mark.parametrize("name", ["a.csv", "within/a.csv", "a b..csv", ".hidden", f"within{os.sep}a"])
def test_these_names_stay_in_the_folder(name: str) -> None:
    """Two full stops within a name are part of the name."""
    assert not leads_out(name)
