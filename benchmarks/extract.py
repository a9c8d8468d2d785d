"""How long does it take from a payroll extract to a folder, and in how much memory? Run: python -m benchmarks.extract."""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.harness import ROOT, elsewhere

sys.path.append(str(ROOT / "docs" / "data"))  # the maker of invented extracts is part of the documentation


def measured(source: str, folder: str) -> None:
    """Make the folder and print, as JSON, the people in it, processor seconds, seconds and megabytes of this process."""
    from nhstransit.scenario.folder import make_folder

    start = time.perf_counter()
    made = make_folder(Path(folder), Path(source), question="vr")
    taken = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps([len(made.extracted.people), used.ru_utime + used.ru_stime, taken, used.ru_maxrss / 1024]))


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--sizes", type=int, nargs="+", default=[1_200, 10_000, 100_000])
    asked.add_argument("--one", nargs=2, metavar=("SOURCE", "FOLDER"), help=argparse.SUPPRESS)
    given = asked.parse_args()
    if given.one:
        measured(*given.one)
        return
    from invented_extract import write_extract

    print("   rows   processor seconds   seconds   megabytes")
    with tempfile.TemporaryDirectory() as place:
        for rows in given.sizes:
            source = write_extract(Path(place) / f"{rows}.csv", rows)
            people, processor, seconds, memory = elsewhere(
                "benchmarks.extract", "--one", source, Path(place) / f"own-{rows}"
            )
            assert people == rows
            print(f"{rows:>7,}   {processor:17.1f}   {seconds:7.1f}   {memory:9.0f}")


if __name__ == "__main__":
    main()
