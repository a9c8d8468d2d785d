"""Standard output that is closed, full, or whose reader has gone: told as that, or ended without words."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples import some

PROGRAM = [sys.executable, "-c", "from nhstransit.cli import main; main()"]
FULL = Path("/dev/full")
VERBS = {  # three ways of printing: click's own, click.echo, and a story laid out by the library
    "help": ["--help"],
    "list": ["scenarios"],
    "story": ["show", "hamlet"],
}


@pytest.mark.skipif(os.name == "nt", reason="no pipe of Windows ends in this way")
@pytest.mark.parametrize("verb", some(VERBS, ["help"]))
def test_a_reader_who_has_gone_is_no_fault(verb: str) -> None:
    """As `nhstransit … | head` leaves it: status 141, and nothing on standard error."""
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run([*PROGRAM, *VERBS[verb]], stdout=writer, stderr=subprocess.PIPE, check=False)
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, b"")


@pytest.mark.skipif(not FULL.exists(), reason="there is no device that is always full")
@pytest.mark.parametrize("verb", some(VERBS, ["help"]))
def test_a_full_output_is_told_as_that(verb: str) -> None:
    """And not as a fault of the library's, with status 2."""
    with FULL.open("wb") as full:
        done = subprocess.run([*PROGRAM, *VERBS[verb]], stdout=full, stderr=subprocess.PIPE, check=False, text=True)
    told = "nhstransit: standard output cannot be written (No space left on device); free some space, or redirect it"
    assert (done.returncode, done.stderr.strip()) == (2, told)


def test_a_closed_output_is_told_as_that() -> None:
    """Before anything is done that could not be told."""
    script = "import sys; sys.stdout = None; from nhstransit.cli import main; main(['scenarios'])"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 2 and done.stderr.startswith("nhstransit: standard output is closed, so nothing")
