"""Kept runs with bytes changed, cut or put in: told by the name of the file, and never read as what they were not.

`accept_edited=True` is the only way round; what is read with it still keeps the laws of conservation, or is refused.
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
    """A run of three people, as it was kept."""
    return nt.save_run(played(*map(person, (1, 2, 3))), tmp_path_factory.mktemp("kept") / "run")


def changed(content: bytes, luck: Random) -> bytes:
    """The same bytes with one bit flipped, some cut, some put in, or all gone."""
    at = luck.randrange(len(content))
    match luck.randrange(6):
        case 0:
            return content[:at]
        case 1:
            return content[:at] + luck.randbytes(luck.randint(1, 9)) + content[at:]
        case 2:
            return content[:at] + content[at + luck.randint(1, 9) :]
        case _:
            return content[:at] + bytes([content[at] ^ 1 << luck.randrange(8)]) + content[at + 1 :]


def edited(kept: Path, folder: Path, count: int, seed: int) -> None:
    luck = Random(seed)
    place = folder / "run"
    shutil.copytree(kept, place)
    whole = nt.load_run(kept)
    for _ in range(count):
        name = luck.choice(FILES)
        content = (kept / name).read_bytes()
        other = changed(content, luck)
        if other == content:
            continue
        (place / name).write_bytes(other)
        if name == "manifest.json" and _only_the_time(content, other):
            continue
        with pytest.raises(RunError) as caught:
            nt.load_run(place)
        assert str(place) in str(caught.value) and "\n" not in str(caught.value)
        assert name in str(caught.value) or "is damaged" in str(caught.value) or "format" in str(caught.value)
        try:
            found = nt.load_run(place, accept_edited=True)
            assert len(found.log) >= 0 and found.log.columns().keys() == whole.log.columns().keys()
        except RunError as error:
            assert "\n" not in str(error)
        (place / name).write_bytes(content)
    assert nt.load_run(place).log.to_bytes() == whole.log.to_bytes()


def _only_the_time(first: bytes, second: bytes) -> bool:
    """Whether two manifests differ in nothing that is sealed: the time of day, and spaces, are no part of what was made."""
    try:
        told = [json.loads(text) for text in (first, second)]
    except ValueError:
        return False
    return all(isinstance(one, dict) for one in told) and all(
        told[0].get(name) == told[1].get(name) for name in {*told[0], *told[1]} - {"made_at"}
    )


def test_edits_are_told_by_name(kept: Path, tmp_path: Path) -> None:
    """Twenty of them."""
    edited(kept, tmp_path, 20, 1)


@pytest.mark.thorough
@pytest.mark.parametrize("seed", range(2, 12))
def test_edits_are_told_by_name_in_the_long_proof(kept: Path, tmp_path: Path, seed: int) -> None:
    """Ten times a hundred and fifty."""
    edited(kept, tmp_path, 150, seed)
