"""The verb `sweep`: it runs scenarios under draws with replications, skips stored runs, and returns a study."""

from __future__ import annotations

import logging
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import attrs

from nhstransit.arrays import plain
from nhstransit.engine.together import most_together, why_apart
from nhstransit.errors import SweepError
from nhstransit.measures import headlines
from nhstransit.scenario import Scenario
from nhstransit.scenario.draws import Draws, fit_behind
from nhstransit.studies import statistics
from nhstransit.studies.design import Design
from nhstransit.studies.executors import Crew, crew_of
from nhstransit.studies.missing import Watch
from nhstransit.studies.plan import Measure, Plan, planned
from nhstransit.studies.progress import Display, wanted
from nhstransit.studies.store import Store, store_for
from nhstransit.studies.study import Study
from nhstransit.studies.tasks import Outcome

log = logging.getLogger(__name__)
TASK_SECONDS = 2.0  # the target length of a task: long compared with sending it, short compared with a sweep


class Stopped(KeyboardInterrupt):
    """A sweep was stopped from the keyboard. `study` has the completed runs, and the same call resumes."""

    def __init__(self, study: Study) -> None:
        self.study = study
        super().__init__(f"stopped with {len(study):,} runs completed; the same sweep with the same store resumes")


def sweep(
    scenarios: Scenario | Mapping[str, Scenario],
    *,
    replications: int,
    seed: int,
    draws: Draws | Design | Literal["fit"] | None = None,
    measure: Measure = headlines,
    store: str | Path | None = None,
    executor: Any = None,
    series: Measure | None = None,
    keep: str | Path | None = None,
    progress: bool | None = None,
    shard: tuple[int, int] | None = None,
) -> Study:
    """Run every scenario under every draw `replications` times, and measure each run.

    A replication of a draw has the same seed in every scenario, so that differences between scenarios have less random
    variation. No two replications or draws share a seed. Runs that the store already has are skipped: the same call
    resumes, and a call with more replications, scenarios or draws extends the sweep. A failed run is recorded as failed,
    and the next call runs it again. The first failure of a scenario is reported at once, as a `MissingWarning`. A
    scenario whose first runs all fail is stopped, and the other scenarios continue.

    Args:
        scenarios: a scenario, a mapping from names to scenarios, or a design such as `grid(...)`.
        replications: the number of runs of each scenario and draw.
        seed: the root of all seeds, 0 to 2⁶³−1.
        draws: parameter sets to apply to every scenario; a scenario ignores values of policies that it does not have.
            "fit" for the draws of the scenarios' bundled fit: see `Scenario.draws`. None for no draws.
        measure: a function that any process can import, from a run to figures by name.
        store: the path of an SQLite file for the results; None to hold them in memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None for this process alone.
        series: a function from a run to arrays by name, such as `sweeps.monthly_heads`, whose results are stored too.
        keep: a folder in which to save every run, so that other measures can be computed from it later.
        progress: whether to show a progress line; None to show it in a terminal and in a notebook.
        shard: (3, 16) for only the third of sixteen equal parts, so that independent machines can share a sweep. Each
            part needs its own store, and `merge_stores` combines them. None for all runs.

    Returns:
        The study.

    Raises:
        SweepError: for arguments that are not valid, and for an executor that is broken.
        StoreError: for a store that cannot be read or written; rows already committed stay in it.
        Stopped: after Ctrl-C; a KeyboardInterrupt with the study of the completed runs.
    """
    if store is not None and not isinstance(store, (str, Path)):
        raise SweepError("store", f"is {store!r}", "give the path of a file, or None to hold results in memory")
    # The executor is checked before the plan, because making a plan synthesises the staff of every scenario.
    crew = crew_of(executor)
    if isinstance(draws, str):
        draws = _fitted(scenarios, draws)
    plan = planned(
        scenarios,
        replications=replications,
        seed=seed,
        draws=draws,
        measure=measure,
        series=series,
        keep=keep,
        shard=shard,
    )
    return carried_out(plan, store_for(plan, store), crew, progress)


def _fitted(scenarios: Scenario | Mapping[str, Scenario], asked: str) -> Draws:
    """The draws of the fit that all scenarios have in common. Raises SweepError if they have different fits."""
    if asked != "fit":
        raise SweepError("draws", f"are {asked!r}", "give 'fit' for the draws of the scenario's own fit, or Draws")
    several = (scenarios,) if isinstance(scenarios, Scenario) else tuple(scenarios.values())
    found = [fit_behind(one) for one in several if isinstance(one, Scenario)]
    if len(set(found)) != 1:
        raise SweepError("draws", f"come from {len(set(found))} fits", "sweep only scenarios of the same fit together")
    return several[0].draws()


def carried_out(plan: Plan, store: Store, crew: Crew, progress: bool | None, *, quiet: bool = False) -> Study:
    """Carry out a plan, and return its study. A store in a file is closed; a store in memory stays part of the study.

    Args:
        plan: the plan of the runs.
        store: the store for the results.
        crew: what carries out the tasks.
        progress: whether to show a progress line; None to show it in a terminal and in a notebook.
        quiet: whether to leave the reporting of failures to the caller.
    """
    number = -1
    # A file is opened again on first use. A store in memory would vanish if the study did not hold it.
    source = store if store.path is None else store.path.absolute()
    try:
        number = store.register(plan)
        with Display(len(plan), _there(plan, store), wanted(progress)) as display:
            _conduct(plan, store, crew, display, Watch(plan, quiet))
    except KeyboardInterrupt:
        # Runs that are complete but not yet stored are saved before the workers are stopped.
        store.add(crew.finished())
        _let_go(store, crew)
        # Stopped before the sweep was recorded: there is no study to return.
        if number < 0:
            raise
        raise Stopped(Study(source=source, sweep=number, plan=plan)) from None
    except BaseException:
        _let_go(store, crew, broken=True)
        raise
    _let_go(store, crew)
    return Study(source=source, sweep=number, plan=plan)


def _there(plan: Plan, store: Store) -> int:
    """How many runs of a plan, or of its shard, the store already has."""
    return store.count(plan) if plan.shard is None else len(store.done([point.key for point in plan.points()]))


def _conduct(plan: Plan, store: Store, crew: Crew, display: Display, watch: Watch) -> None:
    pace = Pace(crew.width, _side_by_side(plan))
    for outcomes in crew.outcomes(plan.tasks(pace.block, store.done, watch.most)):
        pace.note(outcomes)
        store.add(outcomes)
        display.note(outcomes)
        watch.note(outcomes)  # last, because it may raise if warnings are errors; the outcomes are then in the store


def _side_by_side(plan: Plan) -> int:
    """How many replications of every scenario of a plan can be simulated together; 1 if any scenario does not allow it.

    The number for each scenario, and the reason if it is 1, are written to the library's log.
    """
    together = []
    for entry in plan.worlds:
        apart = why_apart(entry.scenario)
        together.append(1 if apart else most_together(entry.scenario))
        how = f"one at a time: {apart}" if apart else f"side by side, up to {together[-1]:,} at a time"
        log.info("replications of %r are run %s", entry.name, how)
    return min(together)


def _let_go(store: Store, crew: Crew, broken: bool = False) -> None:
    """Release the crew, and commit and close the store. After an error in the sweep, further errors are ignored."""
    try:
        crew.close()
    finally:
        try:
            store.commit() if store.path is None else store.close()
        except Exception:
            if not broken:
                raise


@attrs.define
class Pace:
    """How many replications a task should have: about two seconds' worth, with enough tasks for every worker.

    Up to `together` replications can be simulated together in little more time than one. A task therefore has at least
    that many, as long as every worker has a task and measuring its runs does not take longer than two seconds.
    """

    width: int
    together: int = 1
    _seconds: float = 0.0
    _reading: float = 0.0
    _runs: int = 0

    def note(self, outcomes: tuple[Outcome, ...]) -> None:
        """Update the estimate of how long a run takes."""
        self._seconds += sum(outcome.seconds for outcome in outcomes)
        self._reading += sum(outcome.reading for outcome in outcomes)
        self._runs += len(outcomes)

    def block(self, left: int) -> int:
        """The number of replications for the next task, given how many runs are left; 1 until a run has been timed."""
        if not self._runs:
            return 1
        # How many replications fit into two seconds: if simulated one by one, and if only their measuring counts.
        fitting = TASK_SECONDS * self._runs / max(self._seconds, 1e-6)
        measured = TASK_SECONDS * self._runs / max(self._reading, 1e-6)
        together = min(self.together, left / self.width, measured)
        # About four more tasks for each worker, so that all of them finish at about the same time.
        apart = min(fitting, left / (4 * self.width))
        return max(1, int(together), int(apart))


def until(
    study: Study,
    measure: str,
    half_width: float,
    baseline: str | None,
    level: float,
    most: int,
    executor: Any,
    progress: bool | None,
) -> Study:
    """Carry out `Study.replicate_until`: repeatedly estimate the number of replications needed, and run more.

    No step more than doubles the present number, unless it is below 8.

    Args:
        study: the study.
        measure, half_width, baseline, level, most, executor, progress: as in `Study.replicate_until`.
    """
    plan = study.plan
    if plan is None:
        raise SweepError(
            "this study", "was opened from its store", "call sweep with the same scenarios and more replications"
        )
    if plan.shard is not None:
        right = "run all shards with more replications, and merge their stores"
        raise SweepError("this study", "is one shard of a sweep", right)
    if len(plan.draws) > 1:
        raise SweepError(
            "this study", f"has {len(plan.draws)} draws", "use more draws: more replications do not narrow the interval"
        )
    statistics.check_precision(half_width, level)
    most = plain(most)
    if type(most) is not int or most < 1:
        raise SweepError("most", f"is {most!r}", "give a whole number of 1 or more")
    while True:
        spread, units = _widest(study, measure, baseline)
        # With few units the spread is too uncertain to plan with, so the first goal is the fewest units.
        goal: float = statistics.FEWEST
        if units >= statistics.FEWEST:
            goal = statistics.needed(spread, half_width, level)
        if units >= goal or plan.replications >= most:
            return study
        # Failed runs count as replications but not as units, hence the difference.
        wanted_now = max(plan.replications + goal - units, statistics.FEWEST)
        limit = 2 * max(plan.replications, 8)
        more = int(min(most, wanted_now, limit))
        plan = attrs.evolve(plan, replications=max(more, plan.replications + 1))
        store = store_for(plan, study.source)
        study = carried_out(plan, store, crew_of(executor), progress)


def _widest(study: Study, measure: str, baseline: str | None) -> tuple[float, int]:
    """The largest standard deviation among scenarios, or among their gaps, and the smallest number of units."""
    cells = list(study.results.cells(measure))
    if baseline is not None:
        ours = study.results.baseline(baseline)
        cells = [cell - cells[ours] for place, cell in enumerate(cells) if place != ours]
    # a scenario whose runs all fail is ignored, because more replications would not help it
    every = [statistics.units_of(cell) for cell in cells]
    units = [one for one in every if len(one)]
    if not units:
        raise SweepError(f"measure {measure!r}", "has no successful runs", "see failures()")
    # A single unit has no spread. Infinity leads to more replications.
    spreads = [float(one.std(ddof=1)) if len(one) > 1 else math.inf for one in units]
    return max(spreads), min(len(one) for one in units)
