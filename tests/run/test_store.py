"""Keeping a run: what is loaded is what was saved, and whatever lies on disk instead is told in one sentence."""

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
def kept(hamlet: Run, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The two files of the hamlet's run, and their manifest."""
    folder = save_run(hamlet, tmp_path_factory.mktemp("kept"))
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def laid(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return folder


def refused(folder: Path, *, accept_edited: bool = True) -> str:
    """What loading says: one line that names the folder. By itself, or told to accept edited files, it is refused."""
    with pytest.raises(RunError):
        load_run(folder)
    with pytest.raises(RunError) as caught:
        load_run(folder, accept_edited=accept_edited)
    sentence = str(caught.value)
    assert "\n" not in sentence and str(folder) in sentence
    return sentence


def same(first: Run, second: Run) -> None:
    assert first.log.to_bytes() == second.log.to_bytes()
    assert first.scenario == second.scenario and first.seed == second.seed
    assert first.people == second.people and first.people.source == second.people.source
    for name, column in first.posts.columns().items():
        assert (column == getattr(second.posts, name)).all()
    for name in ("opening_post", "opening_pay"):
        assert (getattr(first, name) == getattr(second, name)).all()
    assert (first.closing.post == second.closing.post).all() and first.closing.ledger == second.closing.ledger
    assert first.provenance == second.provenance and first.rules == second.rules


def test_what_is_loaded_is_what_was_saved(hamlet: Run, tmp_path: Path) -> None:
    """Log, people, posts, scenario, seed and provenance come back, and simulating again gives the same bytes."""
    back = load_run(save_run(hamlet, tmp_path / "deep" / "run"))
    same(hamlet, back)
    assert simulate(back.scenario, seed=back.seed).log.to_bytes() == hamlet.log.to_bytes()


def test_saved_twice_is_saved_alike(kept: dict[str, bytes], hamlet: Run, tmp_path: Path) -> None:
    """The same run gives the same text, whenever it is written."""
    save_run(hamlet, tmp_path)
    assert (tmp_path / "run.json").read_bytes() == kept["run.json"]


def test_an_empty_run_comes_back(tmp_path: Path) -> None:
    """A run in which nothing happened is kept too."""
    run = played(person(1))
    same(run, load_run(save_run(run, tmp_path)))


def test_nothing_is_pickled(kept: dict[str, bytes], tmp_path: Path) -> None:
    """Every array is of plain numbers, and the text is JSON."""
    folder = laid(tmp_path, kept)
    with np.load(folder / "run.npz", allow_pickle=False) as arrays:
        assert {arrays[name].dtype.kind for name in arrays.files} <= set("biuf")
    assert json.loads(kept["run.json"])["format"] == 2
    assert set(kept) == {"run.json", "run.npz", "manifest.json"}


def test_an_array_of_objects_is_refused(kept: dict[str, bytes], tmp_path: Path) -> None:
    """A file that would have to be unpickled is not."""
    folder = laid(tmp_path, kept)
    with np.load(folder / "run.npz") as arrays:
        columns = {name: arrays[name] for name in arrays.files}
    columns["log_day"] = columns["log_day"].astype(object)
    np.savez_compressed(folder / "run.npz", **columns)
    assert "is damaged (" in refused(folder)


def test_a_run_is_not_overwritten_unless_asked(hamlet: Run, tmp_path: Path) -> None:
    """A second run does not go where one lies, but where it is asked to it takes its place whole."""
    first = played(person(1))
    save_run(first, tmp_path)
    with pytest.raises(RunError, match="already contains a run; name another folder, or use overwrite=True"):
        save_run(hamlet, tmp_path)
    same(first, load_run(tmp_path))
    same(hamlet, load_run(save_run(hamlet, tmp_path, overwrite=True)))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "run.json", "run.npz"]


def test_a_run_that_cannot_be_written_leaves_the_older_one(hamlet: Run, tmp_path: Path, monkeypatch: Any) -> None:
    """Where the disk is full halfway, the run that lay there is still whole and nothing half-written is left."""
    first = played(person(1))
    save_run(first, tmp_path)

    def full(*_: Any, **__: Any) -> None:
        raise OSError(28, "No space left on device")

    for target in ("pathlib.Path.write_text", "numpy.lib.format.write_array"):
        with monkeypatch.context() as patch:
            patch.setattr(target, full)
            with pytest.raises(RunError, match=r"cannot be written \(No space left on device\)"):
                save_run(hamlet, tmp_path, overwrite=True)
        same(first, load_run(tmp_path))
        assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", "run.json", "run.npz"]


def test_what_is_no_run_is_neither_loaded_nor_lost(hamlet: Run, tmp_path: Path) -> None:
    """Arrays that no manifest names, and notes, are somebody's: not loaded, not written over, and told by name."""
    laid(tmp_path / "run", {"run.npz": b"half", "notes.txt": b"mine"})
    assert "contains no run; name a folder with run.json and run.npz" in refused(tmp_path / "run")
    with pytest.raises(RunError, match=r"contains other files \(notes.txt, run.npz\); name a new or empty folder"):
        save_run(hamlet, tmp_path / "run")
    with pytest.raises(RunError, match=r"are not the library's and would be overwritten \(run.npz\)"):
        save_run(hamlet, tmp_path / "run", overwrite=True)
    (tmp_path / "run" / "run.npz").unlink()
    same(hamlet, load_run(save_run(hamlet, tmp_path / "run", overwrite=True)))
    assert (tmp_path / "run" / "notes.txt").read_bytes() == b"mine"


def test_an_edited_byte_is_told_by_the_name_of_its_file(kept: dict[str, bytes], tmp_path: Path) -> None:
    """Any byte of any file; only asked to does it load, where what is there still makes a run."""
    for name, content in kept.items():
        for place in (0, len(content) // 2, len(content) - 1):
            flipped = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
            folder = laid(tmp_path / "run", {**kept, name: flipped})
            with pytest.raises(RunError) as caught:
                load_run(folder)
            if name != "run.json":  # a text cut open by the byte may not be JSON at all
                assert f"{name}: was changed after it was written; simulate the run again, or" in str(caught.value)
    folder = laid(tmp_path / "run", {**kept, "run.json": kept["run.json"] + b" "})
    with pytest.raises(RunError, match=r"run\.json: was changed after it was written; .*accept_edited=True"):
        load_run(folder)
    load_run(folder, accept_edited=True)


def test_a_run_without_its_manifest_is_told(kept: dict[str, bytes], tmp_path: Path) -> None:
    """Without a manifest nobody can tell what was edited."""
    folder = laid(tmp_path, {name: content for name, content in kept.items() if name != "manifest.json"})
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
def test_each_part_is_sealed(column: str, part: str, kept: dict[str, bytes], tmp_path: Path) -> None:
    """With a manifest made to fit, an edited column is still told by the part that it belongs to."""
    folder = laid(tmp_path, kept)
    with np.load(folder / "run.npz") as arrays:
        columns = {name: arrays[name] for name in arrays.files}
    columns[column] = columns[column].copy()
    columns[column][0] += 1
    np.savez_compressed(folder / "run.npz", **columns)
    write_manifest(folder, {})
    with pytest.raises(RunError, match=rf"(staff, )?{part}: was changed after it was saved"):
        load_run(folder)


def test_a_scenario_is_sealed(kept: dict[str, bytes], tmp_path: Path) -> None:
    """Its text, too."""
    text = json.loads(kept["run.json"])
    text["scenario"] += "\n# edited\n"
    folder = laid(tmp_path, {**kept, "run.json": json.dumps(text).encode()})
    write_manifest(folder, {})
    with pytest.raises(RunError, match="scenario: was changed after it was saved"):
        load_run(folder)


def test_a_manifest_says_what_a_folder_holds(kept: dict[str, bytes]) -> None:
    """Scenario, seed, formats, versions, and each file with its SHA-256."""
    told = json.loads(kept["manifest.json"])
    assert (told["scenario"], told["seed"], told["run_format"]) == ("hamlet", 2**63 - 1, 2)
    assert set(told["versions"]) == {"nhstransit", "numpy", "python"}
    assert told["files"] == {name: hashlib.sha256(kept[name]).hexdigest() for name in ("run.json", "run.npz")}


def test_a_policy_of_ones_own_is_not_kept(tmp_path: Path) -> None:
    """No file can name a class of the user's own: said before anything is written."""
    run = played(person(1), policies={"own": once("2010-05-03", Designate(rows=rows(0)))})
    with pytest.raises(ScenarioError, match=r"^policies\.own: is a Own, which cannot be written in a scenario file; "):
        save_run(run, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_places_that_hold_no_run(kept: dict[str, bytes], tmp_path: Path) -> None:
    """A folder that is not there, is empty, is a file, or lacks one of the two files."""
    (tmp_path / "file").write_text("x")
    (tmp_path / "empty").mkdir()
    half = [laid(tmp_path / name, {name: kept[name]}) for name in kept]
    for place in (tmp_path / "nowhere", tmp_path / "file", tmp_path / "empty", *half):
        assert "contains no run" in refused(place)


def test_a_folder_that_is_a_file_cannot_be_written(hamlet: Run, tmp_path: Path) -> None:
    """Nor can one under it; the file is left as it was."""
    (tmp_path / "file").write_text("mine")
    for place in (tmp_path / "file", tmp_path / "file" / "run"):
        with pytest.raises(RunError, match="cannot be written"):
            save_run(hamlet, place)
    assert (tmp_path / "file").read_text() == "mine"


def test_another_format_is_named(kept: dict[str, bytes], tmp_path: Path) -> None:
    """A run of another version says which format it is of."""
    text = json.loads(kept["run.json"])
    for name in ("format", "log_format"):
        for version in (1, "2", None):
            files = {**kept, "run.json": json.dumps({**text, name: version}).encode()}
            assert f"{name}: is {version!r}, but this version reads only 2" in refused(laid(tmp_path, files))


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
def test_a_damaged_text(write: Callable[[bytes], bytes], kept: dict[str, bytes], tmp_path: Path) -> None:
    """A text that was cut, altered or made by hand is refused in a sentence."""
    refused(laid(tmp_path, {**kept, "run.json": write(kept["run.json"])}))


def test_missing_altered_and_foreign_arrays(kept: dict[str, bytes], tmp_path: Path) -> None:
    """An array that is missing, too short, or of text is told as damage."""
    folder = laid(tmp_path, kept)
    with np.load(folder / "run.npz") as arrays:
        columns = {name: arrays[name] for name in arrays.files}
    for name, column in list(columns.items())[:: 1 if THOROUGH else 7]:
        for other in (None, column[:-1], np.array(["text"])):
            changed = {**columns, name: other} if other is not None else {n: c for n, c in columns.items() if n != name}
            np.savez(folder / "run.npz", **changed)
            assert "is damaged (" in refused(folder)


def test_archives_that_are_none(kept: dict[str, bytes], tmp_path: Path) -> None:
    """An empty file, a cut one, plain text and a zip of something else are damage."""
    other = tmp_path / "other.zip"
    with zipfile.ZipFile(other, "w") as archive:
        archive.writestr("log_day.npy", b"not an array")
    whole = kept["run.npz"]
    for content in (b"", whole[: len(whole) // 2], whole[:-30], b"text", other.read_bytes()):
        assert "is damaged (" in refused(laid(tmp_path / "run", {**kept, "run.npz": content}))


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
def test_headers_that_are_no_python(header: bytes, kept: dict[str, bytes], tmp_path: Path) -> None:
    """NumPy reads a header with Python's tokeniser, which raises errors of its own: they are damage too."""
    with zipfile.ZipFile(tmp_path / "odd.npz", "w") as archive:
        archive.writestr("log_day.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header + bytes(12))
    odd = (tmp_path / "odd.npz").read_bytes()
    assert "is damaged (" in refused(laid(tmp_path / "run", {**kept, "run.npz": odd}))


@pytest.mark.parametrize("name", ["run.json", "run.npz"])
def test_flipped_bytes(name: str, kept: dict[str, bytes], tmp_path: Path) -> None:
    """Edited files accepted, a flipped byte is without consequence or refused in a sentence, never anything else."""
    luck = random.Random(7)
    for _ in range(60 if THOROUGH else 15):
        content = bytearray(kept[name])
        for _ in range(luck.choice((1, 1, 4))):
            content[luck.randrange(len(content))] ^= 1 << luck.randrange(8)
        folder = laid(tmp_path / "run", {**kept, name: bytes(content)})
        try:
            load_run(folder, accept_edited=True)
        except NhstransitError as error:
            assert isinstance(error, RunError) and "\n" not in str(error)
