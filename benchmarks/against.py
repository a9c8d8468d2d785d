"""Is the engine faster or slower than at another commit, and does it write the same log?

    git worktree add /tmp/before COMMIT
    python -m benchmarks.against /tmp/before [world ...] [--rounds N]

A world is a bundled scenario by name, or a number of invented people (`benchmarks/worlds.py`). Each tree plays in a
process of its own, which has loaded the world and played it once; the two take turns, one run each, and what is quoted
is the ratio of their medians in processor time. Logs are compared by a digest of their bytes. It stops with status 1
where they differ.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.harness import ROOT, table

_PLAYER = """
import gc, hashlib, sys, time
sys.path.insert(0, sys.argv[1])
import nhstransit
from benchmarks.worlds import world
from nhstransit.engine.simulate import simulate
assert nhstransit.__file__.startswith(sys.argv[1]), nhstransit.__file__
made = {}
for line in sys.stdin:
    name = line.strip()
    if name not in made:
        made[name] = world(int(name)) if name.isdigit() else nhstransit.load_scenario(name)
        simulate(made[name], seed=1)
    gc.collect()
    gc.freeze()
    gc.disable()
    start = time.process_time()
    run = simulate(made[name], seed=1)
    taken = time.process_time() - start
    gc.enable()
    gc.unfreeze()
    print(taken, hashlib.sha256(run.log.to_bytes()).hexdigest(), flush=True)
"""


@contextmanager
def player(tree: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that plays with the library of a tree."""
    command = [sys.executable, "-c", _PLAYER, str(tree)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=tree) as process:
        try:
            yield process
        finally:
            if process.stdin is not None:
                process.stdin.close()


def turn(process: Any, name: str) -> tuple[float, str]:
    """One run of a world: its seconds of processor time, and the digest of its log."""
    process.stdin.write(f"{name}\n")
    process.stdin.flush()
    seconds, digest = process.stdout.readline().split()
    return float(seconds), digest


def main() -> None:
    """Print a table, ratios first."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("tree", type=Path, help="another checkout of the repository")
    asked.add_argument("worlds", nargs="*", default=["hamlet", "1000", "england-2010"])
    asked.add_argument("--rounds", type=int, default=5)
    given = asked.parse_args()
    rows = []
    differ = False
    with player(given.tree.resolve()) as before, player(ROOT) as now:
        for name in given.worlds:
            turns = [(turn(before, name), turn(now, name)) for _ in range(given.rounds)]
            old, new = (statistics.median(pair[place][0] for pair in turns) for place in (0, 1))
            same = len({digest for pair in turns for _, digest in pair}) == 1
            differ |= not same
            rows.append([name, f"{new / old:.2f}×", f"{old:.3f} s", f"{new:.3f} s", "yes" if same else "no"])
    print(table(["world", "now / before", "before", "now", "same log"], rows))
    sys.exit(int(differ))


if __name__ == "__main__":
    main()
