"""The verb: scenarios, draws and replications in, a study out; what is in the store already is not run again."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs

from nhstransit.arrays import plain
from nhstransit.errors import SweepError
from nhstransit.measures import headlines
from nhstransit.scenario import Scenario
from nhstransit.studies import statistics
from nhstransit.studies.design import Design
from nhstransit.studies.draws import Draws
from nhstransit.studies.executors import Crew, crew_of
from nhstransit.studies.missing import Watch
from nhstransit.studies.plan import Measure, Plan, planned
from nhstransit.studies.progress import Display, wanted
from nhstransit.studies.store import Store, opened
from nhstransit.studies.study import Study
from nhstransit.studies.tasks import Outcome

TASK_SECONDS = 2.0  # how long a task should take: long beside its sending, short beside a sweep


class Stopped(KeyboardInterrupt):
    """A sweep was stopped from the keyboard: `study` holds what was done; the same call goes on from there."""

    def __init__(self, study: Study) -> None:
        self.study = study
        super().__init__(f"stopped with {len(study):,} runs kept; the same sweep goes on from there")


def sweep(
    scenarios: Scenario | Mapping[str, Scenario],
    *,
    replications: int,
    seed: int,
    draws: Draws | Design | None = None,
    measure: Measure = headlines,
    store: str | Path | None = None,
    executor: Any = None,
    series: Measure | None = None,
    keep: str | Path | None = None,
    progress: bool | None = None,
) -> Study:
    """Run every scenario under every draw so many times, and measure each run.

    A replication of a draw has one seed in every scenario, so that gaps between scenarios are not blurred by luck; no two
    replications or draws share one. With a store, what is there already is not run again: the same call resumes, and a call
    with more replications, scenarios or draws extends. A run that fails is kept as such, and tried again by the next call.
    The first failure of a scenario is told at once, as a `MissingWarning`; a scenario whose first runs all fail is stopped,
    and the others go on.

    Args:
        scenarios: a scenario, or several by name, or a design such as `grid(...)`.
        replications: how many runs of each scenario and draw.
        seed: the root of all seeds, 0 to 2⁶³−1.
        draws: parameters to vary, laid over every scenario; idle in a policy that only others of them have; None: none.
        measure: a function that any process can import, from a run to numbers by name.
        store: the SQLite file that keeps the results; None: memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None: this process.
        series: a function from a run to arrays by name, kept compressed, such as `sweeps.monthly_heads`.
        keep: a folder in which every run is saved too, before it is measured; another measure reads it from there.
        progress: whether to show a line; None: in a terminal and in a notebook.

    Returns:
        The study.

    Raises:
        SweepError: for what cannot be swept, and for an executor that is broken.
        StoreError: for a store that cannot be read or written; what was committed is kept.
        Stopped: at Ctrl-C; a KeyboardInterrupt with the study of what was done.
    """
    if store is not None and not isinstance(store, (str, Path)):
        raise SweepError("store", f"is {store!r}", "name a file, or give None for memory")
    crew = crew_of(executor)
    plan = planned(
        scenarios, replications=replications, seed=seed, draws=draws, measure=measure, series=series, keep=keep
    )
    return carried_out(plan, opened(store, writing=True), crew, progress)


def carried_out(plan: Plan, store: Store, crew: Crew, progress: bool | None, *, quiet: bool = False) -> Study:
    """The study of a plan, once everything in it is done; a store in a file is closed, one in memory lives in the study.

    `quiet`: say nothing of failures, as the caller will.
    """
    number, source = -1, store if store.path is None else store.path.absolute()
    try:
        number = store.register(plan)
        with Display(len(plan), store.count(plan), wanted(progress)) as display:
            _conduct(plan, store, crew, display, Watch(plan, quiet))
    except KeyboardInterrupt:
        store.add(crew.finished())
        _let_go(store, crew)
        if number < 0:
            raise
        raise Stopped(Study(source=source, sweep=number, plan=plan)) from None
    except BaseException:
        _let_go(store, crew, broken=True)
        raise
    _let_go(store, crew)
    return Study(source=source, sweep=number, plan=plan)


def _conduct(plan: Plan, store: Store, crew: Crew, display: Display, watch: Watch) -> None:
    pace = Pace(crew.width)
    for outcomes in crew.outcomes(plan.tasks(pace.block, store.done, watch.most)):
        pace.note(outcomes)
        store.add(outcomes)
        display.note(outcomes)
        watch.note(outcomes)  # last: where warnings are errors, this one is in the store


def _let_go(store: Store, crew: Crew, broken: bool = False) -> None:
    """End the crew, and commit; after an error of its own the store is closed as well as may be."""
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
    """How many replications a task should have: as many as take about two seconds, and enough tasks for every worker."""

    width: int
    _seconds: float = 0.0
    _runs: int = 0

    def note(self, outcomes: tuple[Outcome, ...]) -> None:
        """Learn from how long runs took."""
        self._seconds += sum(outcome.seconds for outcome in outcomes)
        self._runs += len(outcomes)

    def block(self, left: int) -> int:
        """Replications for the next task, with so many runs left; one until something is known."""
        if not self._runs:
            return 1
        fitting = TASK_SECONDS * self._runs / max(self._seconds, 1e-6)
        return max(1, int(min(fitting, left / (4 * self.width))))


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
    """What `Study.replicate_until` does: estimate what is needed, at most double, and look again."""
    plan = study.plan
    if plan is None:
        raise SweepError(
            "this study", "was opened from its store", "call sweep with its scenarios and more replications"
        )
    if len(plan.draws) > 1:
        raise SweepError(
            "this study", f"has {len(plan.draws)} draws", "give more draws: replications do not add to them"
        )
    statistics.check_precision(half_width, level)
    most = plain(most)
    if type(most) is not int or most < 1:
        raise SweepError("most", f"is {most!r}", "give a whole number of 1 or more")
    while True:
        spread, units = _widest(study, measure, baseline)
        goal = statistics.needed(spread, half_width, level) if units >= statistics.FEWEST else statistics.FEWEST
        if units >= goal or plan.replications >= most:
            return study
        more = int(min(most, max(plan.replications + goal - units, statistics.FEWEST), 2 * max(plan.replications, 8)))
        plan = attrs.evolve(plan, replications=max(more, plan.replications + 1))
        store = study.source if isinstance(study.source, Store) else opened(study.source, writing=True)
        study = carried_out(plan, store, crew_of(executor), progress)


def _widest(study: Study, measure: str, baseline: str | None) -> tuple[float, int]:
    """The greatest spread of units among the scenarios, or of their gaps; and the fewest units."""
    cells = list(study.results.cells(measure))
    if baseline is not None:
        ours = study.results.baseline(baseline)
        cells = [cell - cells[ours] for place, cell in enumerate(cells) if place != ours]
    units = [
        one for cell in cells if len(one := statistics.units_of(cell))
    ]  # a scenario that always fails holds up none
    if not units:
        raise SweepError(f"measure {measure!r}", "has no runs to go by", "look at failures()")
    spreads = [float(one.std(ddof=1)) if len(one) > 1 else math.inf for one in units]
    return max(spreads), min(len(one) for one in units)
