"""The command in this process: exit status, output, errors."""

from __future__ import annotations

import pytest

from nhstransit.cli import main


def asked(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit status, output and errors of `nhstransit` with these words."""
    with pytest.raises(SystemExit) as end:
        main(list(words))
    captured = capsys.readouterr()
    return int(end.value.code or 0), captured.out, captured.err


def refused(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    """The one sentence with which these words are refused, with exit status 2 and nothing else."""
    status, out, err = asked(capsys, *words)
    assert (status, out, err.count("\n")) == (2, "", 1), err
    return err
