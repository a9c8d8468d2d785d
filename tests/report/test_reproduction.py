"""A kept run is made again from its folder, and what differs is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import nhstransit as nt
from nhstransit.errors import RunError
from nhstransit.report import reproduce, write_results
from nhstransit.run.folders import MANIFEST, read_manifest
from tests.cli.asking import asked
from tests.shared import hamlet_run
from tests.studies.made import tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Results of a tiny world."""
    place = tmp_path_factory.mktemp("kept") / "results"
    write_results(nt.measure(nt.simulate(tiny(), seed=3)), place)
    return place


def rewritten(folder: Path, name: str, change: Any) -> Path:
    """The folder, with one of its JSON files changed and the other files as they are."""
    text = json.loads((folder / name).read_text("utf-8"))
    change(text)
    (folder / name).write_text(json.dumps(text), "utf-8")
    return folder


def test_a_run_is_made_again_as_it_was(folder: Path) -> None:
    """The same events and the same tables."""
    found = reproduce(folder)
    assert found.same and found.parts == found.tables == found.versions == ()
    assert "are the same" in repr(found) and "small, seed 3" in repr(found)


def test_another_seed_is_found(folder: Path, tmp_path: Path) -> None:
    """A folder that says another seed than that of its log is not the same run."""
    nt.save_run(hamlet_run(), tmp_path / "run")
    rewritten(tmp_path / "run", "run.json", lambda text: text.update(seed=2))
    found = reproduce(tmp_path / "run", accept_edited=True)
    assert not found.same and "log" in found.parts
    assert "Not the same: log" in repr(found)


def test_other_versions_are_named(folder: Path, tmp_path: Path) -> None:
    """What the run was made with is told where it is not what there is here; what an older run did not keep too."""
    nt.save_run(nt.simulate(tiny(), seed=3), tmp_path / "run")

    def older(text: dict[str, Any]) -> None:
        text["provenance"]["numpy"] = "1.0"
        del text["provenance"]["simpy"]

    found = reproduce(rewritten(tmp_path / "run", "run.json", older), accept_edited=True)
    assert found.same
    assert {name: kept for name, kept, _ in found.versions} == {"numpy": "1.0", "simpy": ""}
    assert "numpy: 1.0 in the stored run" in repr(found) and "simpy: not recorded in the stored run" in repr(found)


def test_a_table_that_is_written_otherwise_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run is the same, and one of its tables would now be another."""
    monkeypatch.setattr("nhstransit.report.folder.as_text", lambda sections: "another story")
    found = reproduce(folder)
    assert not found.same and found.parts == () and found.tables == ("story.txt",)


def test_the_time_of_day_is_kept_outside_every_digest(folder: Path) -> None:
    """The manifest tells when the folder was written; another time leaves it sealed."""
    told = read_manifest(folder)
    assert told is not None and told["made_at"].endswith("Z")
    text = (folder / MANIFEST).read_text("utf-8")
    (folder / MANIFEST).write_text(text.replace(told["made_at"], "1999-01-01T00:00:00Z"), "utf-8")
    assert read_manifest(folder) is not None
    (folder / MANIFEST).write_text(text, "utf-8")


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    """In a sentence."""
    with pytest.raises(RunError, match="contains no run"):
        reproduce(tmp_path)


def test_the_verb_ends_with_zero_where_all_is_the_same(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And tells it in words; a file in the folder stands for the folder."""
    status, out, _ = asked(capsys, "reproduce", str(folder / "accounts.csv"))
    assert status == 0 and "are the same" in out
