"""How long does a user wait for a command, from a fresh process to its last line?

    python -m benchmarks.command [--rounds N] [verb and arguments ...]

By default: `run england-2010`, the first time (nothing kept) and again (opening staff kept on disk), `run hamlet`, and
`--help`. Each is a process of its own that writes into a temporary folder; they take turns. *Processor* is the time of the
process and its children; *waited* is what a clock on the wall shows, which a busy machine lengthens.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.harness import ROOT, table

_ASKED = (("run", "england-2010"), ("run", "hamlet"), ("--help",))


def waited(words: tuple[str, ...], cache: Path) -> tuple[float, float]:
    """Seconds on the wall and of processor time of one command."""
    with tempfile.TemporaryDirectory() as place:
        out = ["--out", str(Path(place) / "out")] if words[0] == "run" else []
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        start = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "nhstransit", *words, *out],
            cwd=ROOT,
            env=os.environ | {"NHSTRANSIT_CACHE": str(cache)},
            check=True,
            capture_output=True,
        )
        wall = time.perf_counter() - start
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print a table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("words", nargs="*", help="one command instead of the usual ones")
    asked.add_argument("--rounds", type=int, default=3)
    given = asked.parse_args()
    commands = (tuple(given.words),) if given.words else _ASKED
    times: dict[str, list[tuple[float, float]]] = {}
    for _ in range(given.rounds):
        for words in commands:
            with tempfile.TemporaryDirectory() as cache:
                for again in ("", ", again"):
                    if not again or words[0] == "run":
                        name = f"nhstransit {' '.join(words)}{again}"
                        times.setdefault(name, []).append(waited(words, Path(cache)))
    rows = [
        [name, *(f"{statistics.median(one[place] for one in taken):.2f} s" for place in (1, 0))]
        for name, taken in times.items()
    ]
    print(table(["command", "processor", "waited"], rows))


if __name__ == "__main__":
    main()
