"""Standard output that is closed, full, or no longer read by another program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples import some

PROGRAM = [sys.executable, "-c", "from nhstransit.cli import main; main()"]
FULL = Path("/dev/full")
VERBS = {  # three ways of printing: by click, by click.echo, and by the library
    "help": ["--help"],
    "list": ["scenarios"],
    "story": ["show", "hamlet"],
}


@pytest.mark.skipif(os.name == "nt", reason="no pipe of Windows ends in this way")
@pytest.mark.parametrize("verb", some(VERBS, ["help"]))
def test_a_closed_pipe_ends_the_command_without_an_error(verb: str) -> None:
    """After `nhstransit … | head`, the status is 141, and standard error is empty."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*PROGRAM, *VERBS[verb]], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("verb", some(VERBS, ["help"]))
def test_a_full_disk_is_reported_with_status_two(verb: str) -> None:
    """It is not reported as an internal error."""
    with FULL.open("wb") as full:
        done = subprocess.run([*PROGRAM, *VERBS[verb]], stdout=full, stderr=subprocess.PIPE, check=False, text=True)
    message = "nhstransit: standard output cannot be written (No space left on device); free some space, or redirect it"
    assert (done.returncode, done.stderr.strip()) == (2, message)


def test_a_closed_output_is_reported() -> None:
    """It is reported before any work that could not be printed."""
    script = "import sys; sys.stdout = None; from nhstransit.cli import main; main(['scenarios'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.startswith("nhstransit: standard output is closed, so nothing")
