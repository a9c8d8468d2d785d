"""How long does the library keep one waiting before it does anything?

    python -m benchmarks.startup [--rounds N]

Each command is started afresh, in turn with the others; the median of each less that of a bare Python is what the library
costs.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable
from functools import partial

from benchmarks.harness import ROOT, alternate, table

COMMANDS = {
    "python -c pass": ["-c", "pass"],
    "import nhstransit": ["-c", "import nhstransit"],
    "import numpy": ["-c", "import numpy"],
    "nhstransit --help": ["-m", "nhstransit", "--help"],
}
AIMS = {"import nhstransit": 50, "nhstransit --help": 300}  # ms: beyond bare Python; in all


def start(arguments: list[str]) -> None:
    """Run one to its end, quietly."""
    subprocess.run([sys.executable, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("--rounds", type=int, default=15)
    given = asked.parse_args()
    contestants: dict[str, Callable[[], None]] = {name: partial(start, parts) for name, parts in COMMANDS.items()}
    for contestant in contestants.values():
        contestant()  # so that compiled files and the disk's cache are there for all
    taken = alternate(contestants, given.rounds, "default")
    bare = taken["python -c pass"]
    rows = [
        [name, f"{s * 1000:.0f} ms", f"{(s - bare) * 1000:.0f} ms", f"{s / bare:.1f}×", AIMS.get(name, "")]
        for name, s in taken.items()
    ]
    print(table(["command", "in all", "beyond Python", "against Python", "aim, ms"], rows))


if __name__ == "__main__":
    main()
