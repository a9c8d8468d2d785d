"""Opening staff kept on disk: the same staff, made once, and made again where a file is damaged or its maker changed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from small import person, small_world

from nhstransit.caches import FOLDER, usual_folder
from nhstransit.synthesis import kept
from nhstransit.workforce.columns import Workforce

PEOPLE = small_world(person(1), person(2)).workforce


@pytest.fixture
def ask(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], tuple[Workforce, int]]:
    """Ask for the staff under a key in a folder of the test's own; with them, how often they have been made so far."""
    monkeypatch.setenv(FOLDER, str(tmp_path / "cache"))
    made: list[Workforce] = []

    def make() -> Workforce:
        made.append(PEOPLE)
        return PEOPLE

    def asked(key: str = "key") -> tuple[Workforce, int]:
        return kept.kept_or_made(key, PEOPLE.employers, PEOPLE.functions, make), len(made)

    return asked


def test_staff_are_made_once_and_are_the_same(ask, tmp_path: Path) -> None:
    """The second time they are read: the same columns, the same vocabularies, the same source."""
    assert ask("key") == (PEOPLE, 1)
    people, made = ask("key")
    assert made == 1 and people is not PEOPLE
    assert people == PEOPLE and people.source == PEOPLE.source
    assert ask("another")[1] == 2
    assert len(list((tmp_path / "cache").iterdir())) == 2


@pytest.mark.parametrize("harm", [b"", b"no archive", None])
def test_a_damaged_file_is_made_again(ask, tmp_path: Path, harm: bytes | None) -> None:
    """An empty one, another, one with a byte changed: none gives other staff, and the next time it is whole."""
    ask("key")
    (path,) = (tmp_path / "cache").iterdir()
    whole = bytearray(path.read_bytes())
    whole[len(whole) // 2] ^= 1
    path.write_bytes(bytes(whole) if harm is None else harm)
    people, made = ask("key")
    assert people == PEOPLE and made in (1, 2)  # the byte may be padding
    assert made == 2 or harm is None
    assert ask("key") == (PEOPLE, made)


def test_a_file_that_seems_to_be_packed_otherwise_is_made_again(ask, tmp_path: Path) -> None:
    """A damaged byte may say that a column is locked, or packed in a way that nobody knows."""
    ask("key")
    (path,) = (tmp_path / "cache").iterdir()
    whole = path.read_bytes()
    entry = whole.rindex(b"PK\x01\x02")  # the archive's list of contents: the last column in it
    for number, (at, byte) in enumerate(((10, 77), (8, 1)), 2):  # how it is packed; whether it is locked
        path.write_bytes(whole[: entry + at] + bytes([byte]) + whole[entry + at + 1 :])
        assert ask("key") == (PEOPLE, number)


def test_all_that_makes_staff_is_in_the_name_of_their_file() -> None:
    """Every module that the synthesis imports tells in the digest, except those that read files or say what is wrong."""
    root = Path(kept.__file__).parents[1]
    apart = {"caches", "errors", "fields", "files", "law", "tables", "toml"}  # of the law the key holds what is used
    for path in (root / "synthesis").glob("*.py"):
        for line in path.read_text("utf-8").splitlines():
            module = re.match(r"from nhstransit\.([a-z_.]+) import", line)
            if module is None or module[1].partition(".")[0] in apart:
                continue
            steps = module[1].split(".")
            names = {"/".join(steps[:many]) + end for many in range(1, len(steps) + 1) for end in ("", ".py")}
            assert names & set(kept._MAKERS), f"{path.name} imports {module[1]}"


def test_other_code_makes_other_staff(ask, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version of the library, or of what it rests on, has kept is not read."""
    ask("key")
    monkeypatch.setattr(kept, "_made_by", lambda: "another version")
    assert ask("key")[1] == 2


def test_only_a_few_files_are_kept(ask, tmp_path: Path) -> None:
    """The oldest go."""
    for number in range(kept.MOST + 3):
        ask(str(number))
    assert len(list((tmp_path / "cache").iterdir())) == kept.MOST


@pytest.mark.parametrize("folder", ["", "no/such/\0folder"])
def test_nothing_is_kept_where_it_cannot_or_may_not_be(ask, monkeypatch: pytest.MonkeyPatch, folder: str) -> None:
    """The staff are there all the same, made each time."""
    if folder:
        monkeypatch.setattr(kept, "_write", lambda path, people: (_ for _ in ()).throw(OSError()))
    else:
        monkeypatch.setenv(FOLDER, "")
    ask("key")
    assert ask("key") == (PEOPLE, 2)


def test_the_usual_folder_is_the_users_own() -> None:
    """A folder of the library's name, where the environment says that caches go."""
    assert usual_folder({"XDG_CACHE_HOME": "/somewhere", "LOCALAPPDATA": "/somewhere"}).name == "nhstransit"
