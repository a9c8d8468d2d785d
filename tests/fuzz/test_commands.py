"""Command lines of valid and invalid words end with exit status 0, 1 or 2 and a message, and never with a traceback."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from nhstransit.cli.main import VERBS
from tests.cli.command import run_command

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
    rng = Random(seed)
    for _ in range(count):
        words = [rng.choice(QUICK), *rng.choices(WORDS, k=rng.randint(0, 4))]
        if rng.random() < 0.1:
            words[0] = rng.choice(WORDS)
        status, _, err = run_command(capsys, *words)
        assert status in (0, 1, 2), words
        assert "Traceback" not in err and "unforeseen fault" not in err, (words, err)
        assert status == 0 or err.startswith("nhstransit: "), (words, err)
        assert "\x1b" not in err, words


def test_the_commands_used_here_exist() -> None:
    assert set(QUICK) <= set(VERBS)


def test_odd_command_lines_end_without_a_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """25 random command lines are tried. They leave no files."""
    monkeypatch.chdir(tmp_path)
    tried(capsys, 25, 2)
    assert not list(tmp_path.iterdir())


@pytest.mark.thorough
@pytest.mark.timeout(3600)
def test_many_odd_command_lines_end_without_a_traceback(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """500 random command lines are tried."""
    monkeypatch.chdir(tmp_path)
    tried(capsys, 500, 3)
    assert not list(tmp_path.iterdir())
