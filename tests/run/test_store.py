"""Saving and loading runs: a loaded run equals the saved one, and damaged files are refused with one sentence."""

from __future__ import annotations

import hashlib
import json
import random
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.errors import NhstransitError, RunError, ScenarioError
from nhstransit.grammar import Designate
from nhstransit.run import Run, load_run, save_run
from nhstransit.run.folders import write_manifest
from nhstransit.scenario import load_scenario
from tests.examples import THOROUGH
from tests.small import once, person, played, rows


@pytest.fixture(scope="module")
def hamlet() -> Run:
    return simulate(load_scenario("hamlet"), seed=2**63 - 1)


@pytest.fixture(scope="module")
def saved_files(hamlet: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The two files of the hamlet's run, and their manifest."""
    folder = save_run(hamlet, tmp_path_factory.mktemp("kept"))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def written(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def refused(folder: Path, *, accept_edited: bool = True) -> str:
    """The message of loading, which is one line with the folder.

    Loading is refused also if edited files are accepted.
    """
    with pytest.raises(RunError):
        load_run(folder)
    with pytest.raises(RunError) as caught:
        load_run(folder, accept_edited=accept_edited)
    message = str(caught.value)
    assert "\n" not in message and str(folder) in message
    return message


def check_equal(first: Run, second: Run) -> None:
    assert first.log.to_bytes() == second.log.to_bytes()
    assert first.scenario == second.scenario and first.seed == second.seed
    assert first.people == second.people and first.people.source == second.people.source
    for name, column in first.posts.columns().items():
        assert (column == getattr(second.posts, name)).all()
    for name in ("opening_post", "opening_pay"):
        assert (getattr(first, name) == getattr(second, name)).all()
    assert (first.closing.post == second.closing.post).all() and first.closing.ledger == second.closing.ledger
    assert first.provenance == second.provenance and first.rules == second.rules


def test_a_loaded_run_equals_the_saved_run(hamlet: Run, tmp_path: Path) -> None:
    """Log, people, posts, scenario, seed and provenance are equal, and a new simulation has the same bytes."""
    loaded = load_run(save_run(hamlet, tmp_path / "deep" / "run"))
    check_equal(hamlet, loaded)
    assert simulate(loaded.scenario, seed=loaded.seed).log.to_bytes() == hamlet.log.to_bytes()


def test_saving_a_run_twice_writes_the_same_text(saved_files: dict[str, bytes], hamlet: Run, tmp_path: Path) -> None:
    save_run(hamlet, tmp_path)
    assert (tmp_path / "run.json").read_bytes() == saved_files["run.json"]


def test_a_run_without_events_can_be_saved_and_loaded(tmp_path: Path) -> None:
    run = played(person(1))
    check_equal(run, load_run(save_run(run, tmp_path)))


def test_no_file_of_a_run_is_pickled(saved_files: dict[str, bytes], tmp_path: Path) -> None:
    """Arrays have plain numbers, and the text is JSON."""
    folder = written(tmp_path, saved_files)
    with np.load(folder / "run.npz", allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} <= set("biuf")
    assert json.loads(saved_files["run.json"])["format"] == 2
    assert set(saved_files) == {"run.json", "run.npz", "manifest.json"}


def test_an_array_of_objects_is_refused(saved_files: dict[str, bytes], tmp_path: Path) -> None:
    """Loading it would need unpickling."""
    folder = written(tmp_path, saved_files)
    with np.load(folder / "run.npz") as arrays:
        columns = {name: arrays[name] for name in arrays.files}
    columns["log_day"] = columns["log_day"].astype(object)
    np.savez_compressed(folder / "run.npz", **columns)
    assert "is damaged (" in refused(folder)


def test_a_run_is_overwritten_only_on_request(hamlet: Run, tmp_path: Path) -> None:
    """With `overwrite=True`, the new run replaces the older one completely."""
    first = played(person(1))
    save_run(first, tmp_path)
    with pytest.raises(RunError, match="already contains a run; name another folder, or use overwrite=True"):
        save_run(hamlet, tmp_path)
    check_equal(first, load_run(tmp_path))
    check_equal(hamlet, load_run(save_run(hamlet, tmp_path, overwrite=True)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "run.json", "run.npz"]


def test_a_run_that_cannot_be_written_leaves_the_older_one(hamlet: Run, tmp_path: Path, monkeypatch: Any) -> None:
    """If the disk becomes full, the older run is complete and no partial file is left."""
    first = played(person(1))
    save_run(first, tmp_path)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    for target in ("pathlib.Path.write_text", "numpy.lib.format.write_array"):
        with monkeypatch.context() as patch:
            patch.setattr(target, full)
            with pytest.raises(RunError, match=r"cannot be written \(No space left on device\)"):
                save_run(hamlet, tmp_path, overwrite=True)
        check_equal(first, load_run(tmp_path))
        assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "run.json", "run.npz"]


def test_other_files_are_neither_loaded_nor_overwritten(hamlet: Run, tmp_path: Path) -> None:
    """Files that no manifest lists belong to the user. The message states their names."""
    written(tmp_path / "run", {"run.npz": b"half", "notes.txt": b"mine"})
    assert "contains no run; name a folder with run.json and run.npz" in refused(tmp_path / "run")
    with pytest.raises(RunError, match=r"contains other files \(notes.txt, run.npz\); name a new or empty folder"):
        save_run(hamlet, tmp_path / "run")
    with pytest.raises(RunError, match=r"are not the library's and would be overwritten \(run.npz\)"):
        save_run(hamlet, tmp_path / "run", overwrite=True)
    (tmp_path / "run" / "run.npz").unlink()
    check_equal(hamlet, load_run(save_run(hamlet, tmp_path / "run", overwrite=True)))
    assert (tmp_path / "run" / "notes.txt").read_bytes() == b"mine"


def test_a_changed_byte_is_reported_with_its_file(saved_files: dict[str, bytes], tmp_path: Path) -> None:
    """Files that are edited but still valid load only with `accept_edited=True`."""
    for name, content in saved_files.items():
        for index in (0, len(content) // 2, len(content) - 1):
            flipped = content[:index] + bytes([content[index] ^ 1]) + content[index + 1 :]
            folder = written(tmp_path / "run", {**saved_files, name: flipped})
            with pytest.raises(RunError) as caught:
                load_run(folder)
            if name != "run.json":  # a text with a changed byte may not be JSON
                assert f"{name}: was changed after it was written; simulate the run again, or" in str(caught.value)
    folder = written(tmp_path / "run", {**saved_files, "run.json": saved_files["run.json"] + b" "})
    with pytest.raises(RunError, match=r"run\.json: was changed after it was written; .*accept_edited=True"):
        load_run(folder)
    load_run(folder, accept_edited=True)


def test_a_run_without_its_manifest_is_refused(saved_files: dict[str, bytes], tmp_path: Path) -> None:
    """Without a manifest, edits cannot be detected."""
    folder = written(tmp_path, {name: content for name, content in saved_files.items() if name != "manifest.json"})
    with pytest.raises(RunError, match=r"manifest\.json: is missing; simulate the run again"):
        load_run(folder)
    load_run(folder, accept_edited=True)


@pytest.mark.parametrize(
    ("column", "part"),
    [
        ("log_day", "log"),
        ("people_function", "people"),
        ("posts_ordinal", "posts"),
        ("opening_pay", "opening and closing"),
    ],
)
def test_each_part_of_a_run_has_its_own_digest(
    column: str, part: str, saved_files: dict[str, bytes], tmp_path: Path
) -> None:
    """An edited column is reported with its part even if the manifest was rewritten."""
    folder = written(tmp_path, saved_files)
    with np.load(folder / "run.npz") as arrays:
        columns = {name: arrays[name] for name in arrays.files}
    columns[column] = columns[column].copy()
    columns[column][0] += 1
    np.savez_compressed(folder / "run.npz", **columns)
    write_manifest(folder, {})
    with pytest.raises(RunError, match=rf"(staff, )?{part}: was changed after it was saved"):
        load_run(folder)


def test_the_scenario_of_a_run_has_its_own_digest(saved_files: dict[str, bytes], tmp_path: Path) -> None:
    """An edited text of the scenario is reported."""
    text = json.loads(saved_files["run.json"])
    text["scenario"] += "\n# edited\n"
    folder = written(tmp_path, {**saved_files, "run.json": json.dumps(text).encode()})
    write_manifest(folder, {})
    with pytest.raises(RunError, match="scenario: was changed after it was saved"):
        load_run(folder)


def test_a_manifest_lists_the_contents_of_a_folder(saved_files: dict[str, bytes]) -> None:
    """It has the scenario, seed, format, versions, and each file with its SHA-256."""
    manifest = json.loads(saved_files["manifest.json"])
    assert (manifest["scenario"], manifest["seed"], manifest["run_format"]) == ("hamlet", 2**63 - 1, 2)
    assert set(manifest["versions"]) == {"nhstransit", "numpy", "python"}
    assert manifest["files"] == {
        name: hashlib.sha256(saved_files[name]).hexdigest() for name in ("run.json", "run.npz")
    }


def test_a_run_with_a_users_own_policy_cannot_be_saved(tmp_path: Path) -> None:
    """A file cannot contain a user's own class. The run is refused before anything is written."""
    run = played(person(1), policies={"own": once("2010-05-03", Designate(rows=rows(0)))})
    with pytest.raises(ScenarioError, match=r"^policies\.own: is a Own, which cannot be written in a scenario file; "):
        save_run(run, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_folders_without_a_run_are_refused(saved_files: dict[str, bytes], tmp_path: Path) -> None:
    """The folder is missing, empty, a file, or lacks one of the files."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    half = [written(tmp_path / name, {name: saved_files[name]}) for name in saved_files]
    for folder in (tmp_path / "nowhere", tmp_path / "file", tmp_path / "empty", *half):
        assert "contains no run" in refused(folder)


def test_a_run_cannot_be_saved_in_a_file(hamlet: Run, tmp_path: Path) -> None:
    """Nor can it be saved below a file. The file does not change."""
    (tmp_path / "file").write_text("mine")
    for folder in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(RunError, match="cannot be written"):
            save_run(hamlet, folder)
    assert (tmp_path / "file").read_text() == "mine"


def test_another_format_is_refused(saved_files: dict[str, bytes], tmp_path: Path) -> None:
    """The message states the format of the run."""
    text = json.loads(saved_files["run.json"])
    for name in ("format", "log_format"):
        for version in (1, "2", None):
            files = {**saved_files, "run.json": json.dumps({**text, name: version}).encode()}
            assert f"{name}: is {version!r}, but this version reads only 2" in refused(written(tmp_path, files))


def edited(edit: Callable[[dict[str, Any]], Any]) -> Callable[[bytes], bytes]:
    def write(content: bytes) -> bytes:
        text = json.loads(content)
        edit(text)
        return json.dumps(text).encode()

    return write


TEXTS: list[Callable[[bytes], bytes]] = [
    lambda content: b"",
    lambda content: content[: len(content) // 2],
    lambda content: b"[" * 100_000,
    lambda content: b"\xff\xfe",
    lambda content: b"[1]",
    lambda content: b"null",
    *[edited(lambda text, name=name: text.pop(name)) for name in ("seed", "scenario", "provenance", "ledger")],
    *[edited(lambda text, name=name: text.update({name: 7})) for name in ("scenario", "provenance", "ledger")],
    *[edited(lambda text, seed=seed: text.update(seed=seed)) for seed in (-1, "1", 1.5, None, True, 2**63)],
    edited(lambda text: text.update(scenario="format = 1\nname = 'x'")),
    edited(lambda text: text.update(scenario="format = 1\norganisations = 5\nfunctions = 'x'")),
    edited(lambda text: text["ledger"].update(SEVERANCE=1)),
    edited(lambda text: text["provenance"].pop("law")),
    edited(lambda text: text["provenance"].update(weather="fair")),
    edited(lambda text: text.update(opening_staff=1)),
    edited(lambda text: text.pop("rules")),
    edited(lambda text: text.update(rules=7)),
    edited(lambda text: text["rules"].update(mars="mars")),
]


@pytest.mark.parametrize("write", TEXTS)
def test_a_damaged_text_is_refused(
    write: Callable[[bytes], bytes], saved_files: dict[str, bytes], tmp_path: Path
) -> None:
    """The text was truncated, changed or written by hand."""
    refused(written(tmp_path, {**saved_files, "run.json": write(saved_files["run.json"])}))


def test_missing_and_invalid_arrays_are_refused(saved_files: dict[str, bytes], tmp_path: Path) -> None:
    """An array is missing, too short, or has text."""
    folder = written(tmp_path, saved_files)
    with np.load(folder / "run.npz") as arrays:
        columns = {name: arrays[name] for name in arrays.files}
    for name, column in list(columns.items())[:: 1 if THOROUGH else 7]:
        for other in (None, column[:-1], np.array(["text"])):
            changed = {**columns, name: other} if other is not None else {n: c for n, c in columns.items() if n != name}
            np.savez(folder / "run.npz", **changed)
            assert "is damaged (" in refused(folder)


def test_invalid_archives_are_refused(saved_files: dict[str, bytes], tmp_path: Path) -> None:
    """The file is empty, truncated, plain text, or a zip archive of something else."""
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("log_day.npy", b"not an array")
    whole = saved_files["run.npz"]
    for content in (b"", whole[: len(whole) // 2], whole[:-30], b"text", other.read_bytes()):
        assert "is damaged (" in refused(written(tmp_path / "run", {**saved_files, "run.npz": content}))


@pytest.mark.parametrize(
    "header",
    [
        b"{'descr': '<i4', 'fortran_order': False, 'shape': (3,\n",
        b"{'descr': '''<i4\n",
        b"{'descr': 0777L '\n",
        b"\x00\xff{(\n",
        b"",
    ],
)
def test_invalid_array_headers_are_refused(header: bytes, saved_files: dict[str, bytes], tmp_path: Path) -> None:
    """NumPy reads a header with Python's tokeniser, whose errors are reported as damage too."""
    with zipfile.ZipFile(tmp_path / "odd.npz", "w") as archive:
        archive.writestr("log_day.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(12))
    odd = (tmp_path / "odd.npz").read_bytes()
    assert "is damaged (" in refused(written(tmp_path / "run", {**saved_files, "run.npz": odd}))


@pytest.mark.parametrize("name", ["run.json", "run.npz"])
def test_random_changed_bits_are_harmless_or_refused(name: str, saved_files: dict[str, bytes], tmp_path: Path) -> None:
    """With edited files accepted, a changed bit has no effect or is refused with one sentence."""
    rng = random.Random(7)
    for _ in range(60 if THOROUGH else 15):
        content = bytearray(saved_files[name])
        for _ in range(rng.choice((1, 1, 4))):
            content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
        folder = written(tmp_path / "run", {**saved_files, name: bytes(content)})
        try:
            load_run(folder, accept_edited=True)
        except NhstransitError as error:
            assert isinstance(error, RunError) and "\n" not in str(error)
