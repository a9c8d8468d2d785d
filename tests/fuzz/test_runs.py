"""Stored runs with changed, removed or inserted bytes are refused with the name of the file.

They can only be read with `accept_edited=True`. They must then still fulfil the laws of conservation, or are refused.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from random import Random

import pytest

import nhstransit as nt
from nhstransit.errors import RunError
from tests.small import person, played

FILES = ("run.json", "run.npz", "manifest.json")


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A stored run of three people."""
    return nt.save_run(played(*map(person, (1, 2, 3))), tmp_path_factory.mktemp("kept") / "run")


def changed(content: bytes, rng: Random) -> bytes:
    """The bytes with one bit flipped, some bytes removed or inserted, or the end cut off."""
    at = rng.randrange(len(content))
    match rng.randrange(6):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + rng.randbytes(rng.randint(1, 9)) + content[at:]
        case 2:
            return content[:at] + content[at + rng.randint(1, 9) :]
        case _:
            return content[:at] + bytes([content[at] ^ 1 << rng.randrange(8)]) + content[at + 1 :]


def edited(kept: Path, folder: Path, count: int, seed: int) -> None:
    rng = Random(seed)
    path = folder / "run"
    shutil.copytree(kept, path)
    whole = nt.load_run(kept)
    for _ in range(count):
        name = rng.choice(FILES)
        content = (kept / name).read_bytes()
        other = changed(content, rng)
        if other == content:
            continue
        (path / name).write_bytes(other)
        if name == "manifest.json" and _only_the_time(content, other):
            continue
        with pytest.raises(RunError) as caught:
            nt.load_run(path)
        assert str(path) in str(caught.value) and "\n" not in str(caught.value)
        assert name in str(caught.value) or "is damaged" in str(caught.value) or "format" in str(caught.value)
        try:
            found = nt.load_run(path, accept_edited=True)
            assert len(found.log) >= 0 and found.log.columns().keys() == whole.log.columns().keys()
        except RunError as error:
            assert "\n" not in str(error)
        (path / name).write_bytes(content)
    assert nt.load_run(path).log.to_bytes() == whole.log.to_bytes()


def _only_the_time(first: bytes, second: bytes) -> bool:
    """Whether two manifests differ only in their time or in spaces, which are not sealed."""
    try:
        manifests = [json.loads(text) for text in (first, second)]
    except ValueError:
        return False
    return all(isinstance(one, dict) for one in manifests) and all(
        manifests[0].get(name) == manifests[1].get(name) for name in {*manifests[0], *manifests[1]} - {"made_at"}
    )


def test_an_edited_run_is_refused_with_the_name_of_the_file(kept: Path, tmp_path: Path) -> None:
    """Twenty random edits are tried."""
    edited(kept, tmp_path, 20, 1)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2, 12))
def test_many_edited_runs_are_refused_with_the_name_of_the_file(kept: Path, tmp_path: Path, seed: int) -> None:
    """150 random edits are tried for each seed."""
    edited(kept, tmp_path, 150, seed)
