"""Command lines of words that fit and words that do not: status 0, 1 or 2 with a sentence; never a traceback."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from nhstransit.cli.main import VERBS
from tests.cli.asking import asked

QUICK = (
    "explain",
    "levers",
    "scenarios",
    "sources",
    "show",
    "career",
    "store",
    "table",
    "gaps",
    "migrate",
    "reproduce",
    "new",
)
WORDS = (
    *(
        "hamlet",
        "hamlt",
        "",
        "-",
        "--",
        "--help",
        "--nonsense",
        "--seed",
        "-1",
        "1e9",
        "x" * 5_000,
        "é\u202e",
        "\x1b[31m",
    ),
    *("--set", "policies.mars.quota=0.1", "policies.mars.quota=", "=", "a.b.c=1", "end=9999-12-31", "--out", "/", "."),
    *("nothing.toml", "nothing.db", "--person", "1", "--debugx", "@file", "$HOME", "*", "--staff", "/dev/null"),
)


def tried(capsys: pytest.CaptureFixture[str], count: int, seed: int) -> None:
    luck = Random(seed)
    for _ in range(count):
        words = [luck.choice(QUICK), *luck.choices(WORDS, k=luck.randint(0, 4))]
        if luck.random() < 0.1:
            words[0] = luck.choice(WORDS)
        status, _, err = asked(capsys, *words)
        assert status in (0, 1, 2), words
        assert "Traceback" not in err and "unforeseen fault" not in err, (words, err)
        assert status == 0 or err.startswith("nhstransit: "), (words, err)
        assert "\x1b" not in err, words


def test_the_verbs_are_verbs() -> None:
    """Those that are tried are among those that there are."""
    assert set(QUICK) <= set(VERBS)


def test_odd_command_lines(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty-five, and nothing is left where they were tried."""
    monkeypatch.chdir(tmp_path)
    tried(capsys, 25, 2)
    assert not list(tmp_path.iterdir())


@pytest.mark.thorough
@pytest.mark.timeout(3600)
def test_many_odd_command_lines(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Five hundred."""
    monkeypatch.chdir(tmp_path)
    tried(capsys, 500, 3)
    assert not list(tmp_path.iterdir())
