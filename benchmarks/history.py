"""Has a run become slower than at earlier commits, whatever machine and whatever else it does?

    python -m benchmarks.history [world ...] [--rounds N] [--keep | --check]

A world is played in turn with a yardstick that never changes: sorting, gathering, multiplying and adding arrays as large
as a nation and as small as a team, and calling functions. What is quoted is the ratio of their medians in processor time,
so that a slower machine makes both slower. `--keep` adds a row for each world to `benchmarks/history.csv`: day, commit,
Python, NumPy, world, events, ratio. `--check` compares with the rows that are kept for the same Python and NumPy: a world
that takes more than 1.25 times the median of its last five rows is named, and the status is 1. Ratios move by up to a
fifth on a busy machine; where nothing is kept for these versions, the check says so and passes.

The yardstick is part of every row that was ever kept. To change it is to begin the history anew.
"""

from __future__ import annotations

import argparse
import csv
import datetime as dt
import platform
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import numpy as np

import nhstransit
from benchmarks.harness import ROOT, alternate, table
from benchmarks.worlds import world
from nhstransit.engine.simulate import simulate
from nhstransit.scenario import Scenario

HISTORY = Path(__file__).with_name("history.csv")
COLUMNS = ("day", "commit", "python", "numpy", "world", "events", "ratio")
WORLDS = ("hamlet", "3000", "england-2010-prior")
SLOWER = 1.25  # how much slower than the median of how many rows is named
LAST = 5


def yardstick() -> float:
    """A fixed piece of work like a run's: large arrays for a quarter of it, small ones and plain calls for the rest."""
    large = (np.arange(400_000, dtype="int64") * 2_654_435_761) % 1_000_003
    total = 0.0
    for _ in range(6):
        order = np.argsort(large, kind="stable")
        factor = np.sqrt(large[order] / 1_000_003.0)
        total += float((factor * (factor < 0.9)).sum())
    small = large[:300].copy()
    for step in range(8_000):
        some = np.flatnonzero(small % 7 == step % 7)
        small[some] = (small[some] + step) % 1_000_003
        total += _added(int(small[0]), len(some))
    return total


def _added(first: int, second: int) -> int:
    return first + second


def ratios(worlds: Sequence[str], rounds: int) -> dict[str, tuple[float, int]]:
    """For each world: a run's time as a multiple of the yardstick's, and the events of the run."""
    found = {}
    for name in worlds:
        scenario: Scenario = world(int(name)) if name.isdigit() else nhstransit.load_scenario(name)
        events = len(simulate(scenario, seed=1).log)
        contestants = {"run": partial(simulate, scenario, seed=1), "yardstick": yardstick}
        taken = alternate(contestants, rounds, clock="processor")
        found[name] = (taken["run"] / taken["yardstick"], events)
    return found


def kept(path: Path = HISTORY) -> list[dict[str, str]]:
    """The rows of the history, oldest first."""
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def usual(rows: Sequence[Mapping[str, str]], name: str, versions: Mapping[str, str]) -> float | None:
    """The median ratio of a world's last rows with these versions; None where there are none."""
    same = [row for row in rows if row["world"] == name and all(row[key] == versions[key] for key in versions)]
    return statistics.median(float(row["ratio"]) for row in same[-LAST:]) if same else None


def slower(found: Mapping[str, tuple[float, int]], before: Mapping[str, float | None]) -> list[str]:
    """A sentence for each world that takes longer than it used to by more than the limit."""
    sentences = []
    for name, (ratio, _) in found.items():
        known = before[name]
        if known is not None and ratio > SLOWER * known:
            sentences.append(f"{name} takes {ratio / known:.2f} times as long as it used to.")
    return sentences


def main() -> None:
    """Print a table, ratios first."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("worlds", nargs="*", default=list(WORLDS))
    asked.add_argument("--rounds", type=int, default=5)
    how = asked.add_mutually_exclusive_group()
    how.add_argument("--keep", action="store_true", help="add to the history")
    how.add_argument("--check", action="store_true", help="fail where a world is slower than its history")
    given = asked.parse_args()
    versions = {"python": ".".join(platform.python_version_tuple()[:2]), "numpy": np.__version__.rsplit(".", 1)[0]}
    found = ratios(given.worlds, given.rounds)
    rows = kept()
    before = {name: usual(rows, name, versions) for name in found}
    lines = []
    for name, (ratio, events) in found.items():
        known = before[name]
        against = "no history" if known is None else f"{ratio / known:.2f}×"
        lines.append([name, against, f"{ratio:.2f}", "" if known is None else f"{known:.2f}", f"{events:,}"])
    print(table(["world", "against its history", "yardsticks a run", "usual", "events"], lines))
    if given.keep:
        keep(found, versions)
    if given.check:
        sentences = slower(found, before)
        print("\n".join(sentences or ["No world is slower than its history."]))
        sys.exit(int(bool(sentences)))


def keep(found: Mapping[str, tuple[float, int]], versions: Mapping[str, str], path: Path = HISTORY) -> None:
    """Add a row for each world to the history."""
    commit = subprocess.run(
        ["git", "rev-parse", "--short=12", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    ).stdout.strip()
    rows = [*kept(path)]
    day = dt.datetime.now(dt.UTC).date().isoformat()
    for name, (ratio, events) in found.items():
        row = {"day": day, "commit": commit, **versions, "world": name, "events": str(events), "ratio": f"{ratio:.3f}"}
        rows.append(row)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
