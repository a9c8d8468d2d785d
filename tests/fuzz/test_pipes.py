"""A named pipe, a device or a socket in place of a file is refused at once, and nothing waits for it."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import nhstransit as nt
from nhstransit import tables, toml
from nhstransit.errors import NhstransitError
from nhstransit.files import content_of, opened
from nhstransit.run.folders import digest_of, read_manifest
from nhstransit.scenario.extract import read_extract
from nhstransit.studies import store
from nhstransit.studies.blocks import file_sha256
from nhstransit.studies.ensemble import read_ensemble
from nhstransit.studies.study_file import read_study
from nhstransit.workforce.identities import read_key
from tests.examples import some
from tests.scenario.mutants import TEXT
from tests.small import person, played

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes"),
    pytest.mark.timeout(60),  # with a fault, these tests would wait without an end
]
WRONG = "a pipe, a device or a socket, not a file"
READERS: dict[str, Callable[[Path], object]] = {
    "scenario.toml": nt.load_scenario,
    "study.toml": read_study,
    "words.toml": toml.read,
    "rows.csv": tables.read_csv,
    "rows.csv.gz": tables.read_csv,
    "runs.csv": read_ensemble,
    "extract.csv": read_extract,
    "extract.xlsx": read_extract,
    "sweep.db": lambda path: store.opened(path),
    "new.db": lambda path: store.opened(path, writing=True),
}


def pipe(path: Path) -> Path:
    os.mkfifo(path)
    return path


@pytest.mark.parametrize("name", READERS)
def test_a_named_pipe_is_refused_at_once(name: str, tmp_path: Path) -> None:
    """Reading it would wait for somebody to write to it."""
    with pytest.raises(NhstransitError, match=WRONG):
        READERS[name](pipe(tmp_path / name))
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_pipe_in_place_of_a_key_file_is_refused(tmp_path: Path) -> None:
    """The message is that of a file without a key."""
    with pytest.raises(NhstransitError, match="does not contain a key"):
        read_key(pipe(tmp_path / "identity.key"))


@pytest.mark.parametrize("read", [opened, digest_of, file_sha256, lambda path: content_of(path, 9)])
def test_no_function_that_opens_files_waits_for_a_pipe(read: Callable[[Path], object], tmp_path: Path) -> None:
    with pytest.raises(OSError, match=WRONG):
        read(pipe(tmp_path / "pipe"))


def test_devices_and_sockets_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This includes a link to a device. A folder is refused with another message."""
    (tmp_path / "zero.toml").symlink_to("/dev/zero")
    with pytest.raises(NhstransitError, match=WRONG):
        nt.load_scenario(tmp_path / "zero.toml")
    monkeypatch.chdir(tmp_path)  # the whole path may be too long for the name of a socket
    with socket.socket(socket.AF_UNIX) as end:
        end.bind("s.toml")
        with pytest.raises(NhstransitError, match=WRONG):
            nt.load_scenario(tmp_path / "s.toml")
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(NhstransitError, match="cannot be read"):
        toml.read(tmp_path / "folder.toml")


@pytest.mark.parametrize("name", ["run.json", "run.npz", "manifest.json"])
def test_a_stored_run_with_a_pipe_in_place_of_a_file_is_refused(name: str, tmp_path: Path) -> None:
    """This also holds if edited files are accepted, except for the manifest, which is then not needed."""
    kept = nt.save_run(played(person(1)), tmp_path / "kept")
    (kept / name).unlink()
    pipe(kept / name)
    for accept in (False, True):
        if name == "manifest.json" and accept:
            assert nt.load_run(kept, accept_edited=True)
            continue
        with pytest.raises(NhstransitError):
            nt.load_run(kept, accept_edited=accept)
    assert name != "manifest.json" or read_manifest(kept) is None


def test_a_scenario_with_a_pipe_in_place_of_its_staff_list_is_refused(tmp_path: Path) -> None:
    (tmp_path / "hamlet.toml").write_bytes(TEXT)
    pipe(tmp_path / "hamlet-staff.csv")
    with pytest.raises(NhstransitError, match=r"'hamlet-staff\.csv', which is neither a file beside the scenario"):
        nt.load_scenario(tmp_path / "hamlet.toml")


@pytest.mark.parametrize("words", some([["run"], ["explain"], ["migrate", "--out", "new.toml"]], [["explain"]]))
def test_the_command_refuses_a_pipe_with_exit_status_2(words: list[str], tmp_path: Path) -> None:
    pipe(tmp_path / "world.toml")
    command = [sys.executable, "-m", "nhstransit", words[0], "world.toml", *words[1:]]
    ended = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2, ended
    assert ended.stderr.strip().splitlines()[-1].endswith("give a TOML file") and "Traceback" not in ended.stderr
    assert WRONG in ended.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["world.toml"]
