"""Stored results of the national runs for `tests/test_golden.py`. `python -m tests.golden.make` writes them again.

A commit that changes these figures must explain why.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import nhstransit as nt
from nhstransit.log import Kind

FOLDER = Path(__file__).parent
WORLDS = ("england-2010", "england-2010-prior")  # after and before fitting
SEED = 1


def summary(run: nt.Run) -> dict[str, Any]:
    """Events and pence by kind and rule, and a digest of each column of the log."""
    log = run.log
    counts: Counter[str] = Counter()
    pence: Counter[str] = Counter()
    for kind, rule, sum_ in zip(log.kind.tolist(), log.rule.tolist(), log.pence.tolist(), strict=True):
        name = f"{Kind(kind).name.lower()} {run.rules[rule]}"
        counts[name] += 1
        pence[name] += sum_
    digests = {name: hashlib.sha256(column.tobytes()).hexdigest() for name, column in log.columns().items()}
    return {
        "people": len(run.people),
        "posts": len(run.posts),
        "events": dict(sorted(counts.items())),
        "pence": {name: total for name, total in sorted(pence.items()) if total},
        "columns": digests,
    }


def england(world: str) -> dict[str, Any]:
    """The summary of a bundled England."""
    return summary(nt.simulate(nt.load_scenario(world), seed=SEED))


def main() -> None:
    """Write the summary of each scenario."""
    for world in WORLDS:
        (FOLDER / f"{world}.json").write_text(json.dumps(england(world), indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
