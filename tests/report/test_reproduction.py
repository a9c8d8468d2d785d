"""A saved run is made again from its folder, and the differences are named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

import nhstransit as nt
from nhstransit.errors import RunError
from nhstransit.report import reproduce, write_results
from nhstransit.run.folders import MANIFEST, read_manifest
from tests.cli.command import run_command
from tests.shared import hamlet_run
from tests.studies.made import tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A results folder of a tiny scenario."""
    results = tmp_path_factory.mktemp("kept") / "results"
    write_results(nt.measure(nt.simulate(tiny(), seed=3)), results)
    return results


def rewritten(folder: Path, name: str, change: Any) -> Path:
    """The folder with one of its JSON files changed."""
    text = json.loads((folder / name).read_text("utf-8"))
    change(text)
    (folder / name).write_text(json.dumps(text), "utf-8")
    return folder


def test_a_saved_run_is_reproduced(folder: Path) -> None:
    """The events and the tables are the same."""
    found = reproduce(folder)
    assert found.same and found.parts == found.tables == found.versions == ()
    assert "are the same" in repr(found) and "small, seed 3" in repr(found)


def test_a_wrong_seed_is_detected(folder: Path, tmp_path: Path) -> None:
    """If the folder has another seed than its log, the run is not the same."""
    nt.save_run(hamlet_run(), tmp_path / "run")
    rewritten(tmp_path / "run", "run.json", lambda text: text.update(seed=2))
    found = reproduce(tmp_path / "run", accept_edited=True)
    assert not found.same and "log" in found.parts
    assert "Not the same: log" in repr(found)


def test_different_versions_are_reported(folder: Path, tmp_path: Path) -> None:
    """Versions that differ from the installed ones are reported, and versions that an older run did not store."""
    nt.save_run(nt.simulate(tiny(), seed=3), tmp_path / "run")

    def older(text: dict[str, Any]) -> None:
        text["provenance"]["numpy"] = "1.0"
        del text["provenance"]["simpy"]

    found = reproduce(rewritten(tmp_path / "run", "run.json", older), accept_edited=True)
    assert found.same
    assert {name: kept for name, kept, _ in found.versions} == {"numpy": "1.0", "simpy": ""}
    assert "numpy: 1.0 in the stored run" in repr(found) and "simpy: not recorded in the stored run" in repr(found)


def test_a_table_that_would_be_written_differently_is_reported(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The run is the same, but one of its tables would now be different."""
    monkeypatch.setattr("nhstransit.report.folder.as_text", lambda sections: "another story")
    found = reproduce(folder)
    assert not found.same and found.parts == () and found.tables == ("story.txt",)


def test_the_time_of_writing_is_in_no_digest(folder: Path) -> None:
    """The manifest has the time of writing. Another time leaves every digest valid."""
    manifest = read_manifest(folder)
    assert manifest is not None and manifest["made_at"].endswith("Z")
    text = (folder / MANIFEST).read_text("utf-8")
    (folder / MANIFEST).write_text(text.replace(manifest["made_at"], "1999-01-01T00:00:00Z"), "utf-8")
    assert read_manifest(folder) is not None
    (folder / MANIFEST).write_text(text, "utf-8")


def test_a_folder_without_a_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="contains no run"):
        reproduce(tmp_path)


def test_the_command_ends_with_status_zero_for_a_reproduced_run(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says so in words, and accepts a file in the folder instead of the folder."""
    status, out, _ = run_command(capsys, "reproduce", str(folder / "accounts.csv"))
    assert status == 0 and "are the same" in out
