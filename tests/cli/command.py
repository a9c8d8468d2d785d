"""Run the command in this process and return its exit status and output."""

from __future__ import annotations

import pytest

from nhstransit.cli import main


def run_command(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of `nhstransit` with these arguments."""
    with pytest.raises(SystemExit) as end:
        main(list(words))
    captured = capsys.readouterr()
    return int(end.value.code or 0), captured.out, captured.err


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The error for these arguments: one line on standard error, exit status 2, and no output."""
    status, out, err = run_command(capsys, *words)
    assert (status, out, err.count("\n")) == (2, "", 1), err
    return err
