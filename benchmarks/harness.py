"""A small harness: contestants take turns within one run, and what is quoted are medians and their ratios.

A machine shared with others is slower at one moment than at the next, so two contestants are never timed one after the
other and compared: they alternate. Memory is the peak of a process of its own, for a peak cannot be unseen.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


@contextmanager
def frozen() -> Iterator[None]:
    """Everything alive is set aside and the collector switched off: what is timed pays for no collection."""
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
        gc.unfreeze()


@contextmanager
def collecting() -> Iterator[None]:
    """The collector as Python comes with it."""
    gc.collect()
    yield


POLICIES = {"frozen": frozen, "default": collecting}
CLOCKS = {"wall": time.perf_counter, "processor": time.process_time}  # the latter says more on a busy machine


def alternate(
    contestants: Mapping[str, Callable[[], Any]], rounds: int, collector: str = "frozen", clock: str = "wall"
) -> dict[str, float]:
    """Median seconds, by a clock, of each contestant over so many rounds, in each of which every one runs once, in turn."""
    now = CLOCKS[clock]
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            with POLICIES[collector]():
                start = now()
                result = contestant()
                times[name].append(now() - start)
            del result
    return {name: statistics.median(taken) for name, taken in times.items()}


def elsewhere(module: str, *arguments: object) -> Any:
    """What `python -m module arguments` prints as JSON on its last line: a measurement in a fresh process."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, check=False, env=os.environ | {"PYTHONHASHSEED": "0"}
    )
    if done.returncode:
        raise SystemExit(f"{' '.join(command)} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def peak_bytes() -> int:
    """The most memory this process has held since it was started, in bytes.

    By Linux's own count where there is one: `ru_maxrss` there also remembers the process that started this one.
    """
    status = Path("/proc/self/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(lines["VmHWM"].split()[0]) * 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def table(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table, with columns lined up, to be read in a terminal and pasted into a page."""
    cells = [list(map(str, row)) for row in (header, *rows)]
    widths = [max(len(row[place]) for row in cells) for place in range(len(header))]
    lines = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in cells
    ]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 2) for width in widths) + "|", *lines[1:]])
