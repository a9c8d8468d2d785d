"""What does a sweep cost beside a bare loop, and what does it bear?

    python -m benchmarks.sweeps [overhead|workers|opening|memory|national ...] [--rounds N] [--replications N]

*Overhead*: a sweep with a store in one process, against a loop of `simulate` and headline measures over the same seeds;
alternated, in processor time, which other work on the machine leaves nearly alone. *Workers*: two processes against one
of the same kind, with their starting. *Opening*: a store of 100,000 runs
with 14 figures each, opened and tabulated in a fresh process, every row's seal checked. *Memory*: the peak of a fresh
process that plans, commits and finishes a sweep of so many runs into a store, with made-up outcomes in place of
simulated ones. *National*: so many replications of `england-2010-prior` in two processes, timed once.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from benchmarks.harness import alternate, elsewhere, peak_bytes, table
from benchmarks.worlds import world
from nhstransit.engine.simulate import simulate
from nhstransit.measures import headlines
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.streams import branch_seed
from nhstransit.studies import open_study, sweep
from nhstransit.studies.executors import Processes, Serial
from nhstransit.studies.plan import Plan, planned
from nhstransit.studies.store import opened
from nhstransit.studies.sweeps import carried_out
from nhstransit.studies.tasks import NUMBERS, Outcome, Task

SEED = 2010
FIGURES = 14
AIMS = {"england-2010-prior": "at most 5%", "100 staff": "at most 2 ms a run"}


def bare(scenario: Scenario, runs: int) -> list[dict[str, float]]:
    """The loop that a sweep is held against."""
    return [dict(headlines(simulate(scenario, seed=branch_seed(SEED, 0, number)))) for number in range(runs)]


def swept(scenario: Scenario, runs: int, executor: object = None) -> None:
    """The same as a sweep into a new store."""
    with tempfile.TemporaryDirectory() as folder:
        sweep(
            scenario, replications=runs, seed=SEED, store=Path(folder) / "study.db", executor=executor, progress=False
        )


def processor(contestants: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Median seconds of processor time of each contestant over alternated rounds, all threads of this process together."""
    times: dict[str, list[float]] = {name: [] for name in contestants}
    for _ in range(rounds):
        for name, contestant in contestants.items():
            start = time.process_time()
            contestant()
            times[name].append(time.process_time() - start)
    return {name: statistics.median(taken) for name, taken in times.items()}


def begun(scenario: Scenario, runs: int) -> None:
    """What a sweep does once, before its first run: hash the scenario, write it down, plan."""
    plan = planned(scenario, replications=runs, seed=SEED, draws=None, measure=headlines, series=None, keep=None)
    with tempfile.TemporaryDirectory() as folder:
        store = opened(Path(folder) / "study.db", writing=True)
        store.register(plan)
        store.close()


def overhead(rounds: int) -> None:
    """Serial sweeps beside bare loops, at national size and at 100 staff: once a scenario, and a run."""
    rows = []
    for name, scenario, runs in (
        ("england-2010-prior", load_scenario("england-2010-prior"), 3),
        ("100 staff", world(100), 40),
    ):
        _ = scenario.opening
        simulate(scenario, seed=1)
        contestants: dict[str, Callable[[], object]] = {
            "loop": lambda scenario=scenario, runs=runs: bare(scenario, runs),
            "once": lambda scenario=scenario, runs=runs: begun(scenario, runs),
            "sweep": lambda scenario=scenario, runs=runs: swept(scenario, runs),
        }
        taken = processor(contestants, rounds)
        a_run = taken["loop"] / runs
        more = (taken["sweep"] - taken["once"] - taken["loop"]) / runs
        told = [f"{seconds * 1000:,.1f} ms" for seconds in (a_run, taken["once"], more)]
        rows.append([name, *told, f"{more / a_run:+.1%}", f"{(more + taken['once'] / 100) / a_run:+.1%}", AIMS[name]])
    print(table(["world", "loop, a run", "once", "more, a run", "ratio", "with 100 runs a scenario", "aim"], rows))


def workers(rounds: int) -> None:
    """Two worker processes beside one, their starting included, over as many runs as make that small."""
    rows = []
    for name, scenario, runs in (
        ("england-2010-prior", load_scenario("england-2010-prior"), 120),
        ("100 staff", world(100), 1_500),
    ):
        _ = scenario.opening
        contestants = {
            str(count): lambda scenario=scenario, runs=runs, count=count: swept(scenario, runs, Processes(count))
            for count in (1, 2)
        }
        taken = alternate(contestants, rounds, "default")
        seconds = [f"{taken[count]:,.1f} s" for count in ("1", "2")]
        rows.append([name, str(runs), *seconds, f"{taken['1'] / taken['2']:.2f}×", "at least 1.8×"])
    print(table(["world", "runs", "one worker", "two workers", "ratio", "aim"], rows))


class Made(Serial):
    """A crew that makes outcomes up, at once."""

    def outcomes(self, tasks: Iterator[Task]) -> Iterator[tuple[Outcome, ...]]:
        """Figures of the right number and size."""
        names = tuple(f"figure {number}" for number in range(FIGURES))
        for task in tasks:
            yield tuple(
                Outcome(
                    point=point,
                    names=names,
                    figures=(np.arange(FIGURES, dtype=NUMBERS) + point.replication).tobytes(),
                    seconds=0.01,
                )
                for point in task.points
            )


def made_plan(runs: int) -> Plan:
    """A plan of two small scenarios with so many runs in all."""
    small = world(100)
    scenarios = {"as it was": small, "no mars": small.without("mars")}
    return planned(scenarios, replications=runs // 2, seed=SEED, draws=None, measure=headlines, series=None, keep=None)


def made_store(path: Path, runs: int) -> None:
    """A store of so many made-up runs."""
    carried_out(made_plan(runs), opened(path, writing=True), Made(), False)


def opening(rounds: int) -> None:
    """100,000 runs, opened and tabulated in fresh processes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.db"
        made_store(path, 100_000)
        taken = [elsewhere("benchmarks.sweeps", "--opened", path) for _ in range(rounds)]
        best = sorted(taken, key=lambda one: one["seconds"])[len(taken) // 2]
        rows = [
            [f"{best['rows']:,}", f"{path.stat().st_size / 1e6:,.1f} MB", f"{best['seconds']:.2f} s", "at most 1 s"]
        ]
    print(table(["runs", "file", "opened and tabulated", "aim"], rows))


def memory() -> None:
    """The peak of the parent for more and more runs."""
    rows = []
    for runs in (1_000, 10_000, 100_000):
        found = elsewhere("benchmarks.sweeps", "--peak", runs)
        rows.append([f"{runs:,}", f"{found['peak'] / 1e6:,.1f} MB", f"{found['seconds'] / runs * 1e6:,.0f} µs"])
    print(table(["runs", "peak of the parent", "parent's time a run"], rows))


def national(replications: int) -> None:
    """So many replications of the national scenario in two processes."""
    england = load_scenario("england-2010-prior")
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "study.db"
        study = sweep(england, replications=replications, seed=SEED, store=path, executor=2, progress=False)
        seconds = time.perf_counter() - start
        size = path.stat().st_size
        failed = len(study.failures())
    load = os.getloadavg()[1]
    rows = [[f"{replications:,}", f"{failed}", f"{seconds:,.0f} s", f"{seconds / replications:.2f} s", f"{load:.1f}"]]
    print(table(["replications", "failed", "in all", "a run", "load of the machine at the end"], rows))
    print(f"store: {size / 1e3:,.0f} kB")


def _opened(path: Path) -> None:
    import pandas  # noqa: F401 - what is timed is the store, not the loading of pandas

    start = time.perf_counter()
    rows = len(open_study(path).table())
    print(json.dumps({"seconds": time.perf_counter() - start, "rows": rows}))


def _peak(runs: int) -> None:
    start = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        made_store(Path(folder) / "study.db", runs)
        print(json.dumps({"peak": peak_bytes(), "seconds": time.perf_counter() - start}))


def main() -> None:
    """Print the tables asked for."""
    if sys.argv[1:2] == ["--opened"]:
        _opened(Path(sys.argv[2]))
        return
    if sys.argv[1:2] == ["--peak"]:
        _peak(int(sys.argv[2]))
        return
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    every = ("overhead", "workers", "opening", "memory")
    asked.add_argument("what", nargs="*", choices=(*every, "national"), default=list(every))
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--replications", type=int, default=1_000)
    given = asked.parse_args()
    for what in given.what:
        print(f"\n{what}\n")
        if what == "national":
            national(given.replications)
        elif what == "memory":
            memory()
        else:
            {"overhead": overhead, "workers": workers, "opening": opening}[what](given.rounds)


if __name__ == "__main__":
    main()
