"""An extract of 100,000 rows is read and written in seconds and in little memory."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.made_extract import write_extract

ROWS = 100_000
SECONDS = 10.0  # of processor time, so that other programs do not count
MEGABYTES = 400.0
SCRIPT = """
import json, resource, sys
from pathlib import Path
from nhstransit.scenario.folder import make_folder
made = make_folder(Path(sys.argv[1]), Path(sys.argv[2]), question="vr")
used = resource.getrusage(resource.RUSAGE_SELF)
print(json.dumps([len(made.extracted.people), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024]))
"""


@pytest.mark.thorough
def test_an_extract_of_100_000_rows_is_read_in_seconds(tmp_path: Path) -> None:
    """Time and memory are measured from the start of the process until the folder is written."""
    source = write_extract(tmp_path / "extract.csv", ROWS)
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(tmp_path / "own"), str(source)], capture_output=True, text=True, check=True
    )
    people, seconds, megabytes = json.loads(done.stdout)
    assert people == ROWS
    assert seconds < SECONDS and megabytes < MEGABYTES, (seconds, megabytes)
