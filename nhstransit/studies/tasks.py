"""A task of a sweep (one scenario and a block of seeds), how a worker carries it out, and its outcomes.

A task can be carried out on any machine with the same version of the library. To save time, a worker holds the
scenarios of its latest tasks, so that further tasks can identify them by a hash. Results do not depend on this.
"""

from __future__ import annotations

import hashlib
import time
import traceback
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit.engine.simulate import simulate
from nhstransit.engine.together import most_together, simulate_together, why_apart
from nhstransit.errors import CONTROLS, InputError, SweepError
from nhstransit.run import Run, load_run, save_run
from nhstransit.scenario import Scenario
from nhstransit.scenario.draws import applied
from nhstransit.studies.content import code_content, data_content, named_function

WRONG = (Exception, SystemExit)  # errors that make one run fail but do not stop the sweep
NUMBERS = "<f8"  # the type in which figures and series are stored on every machine: little-endian, eight bytes


@attrs.frozen
class Point:
    """A run to be made: the hash of its scenario, the indices of its draw and replication, its seed, and two keys.

    `key` identifies the result, and depends on the measure. `run` identifies the run, whatever is measured.
    """

    scenario: str
    draw: int
    replication: int
    seed: int
    key: bytes
    run: bytes = b""


@attrs.frozen
class Asked:
    """What a sweep requests of every run: names of measure and series, a folder for runs, hashes of code and data."""

    measure: str
    series: str = ""
    keep: str = ""
    code: str = ""
    data: str = ""


@attrs.frozen(kw_only=True, eq=False)
class Task:
    """One scenario, the values of one draw, and the points to be run."""

    scenario: Scenario
    setting: tuple[tuple[str, Any], ...]
    points: tuple[Point, ...]
    asked: Asked

    def apart(self) -> tuple[Task, ...]:
        """The runs of this task as separate tasks of one run each."""
        return tuple(attrs.evolve(self, points=(point,)) for point in self.points)

    def named(self) -> NamedTask:
        """This task without its scenario, for a worker that holds the scenario from an earlier task."""
        return NamedTask(content=self.content, setting=self.setting, points=self.points, asked=self.asked)

    @property
    def content(self) -> str:
        """The hash of the scenario's content, which identifies it among the scenarios that a worker holds."""
        return self.points[0].scenario


@attrs.frozen(kw_only=True, eq=False)
class NamedTask:
    """A task with the hash of its scenario's content instead of the scenario."""

    content: str
    setting: tuple[tuple[str, Any], ...]
    points: tuple[Point, ...]
    asked: Asked


@attrs.frozen(kw_only=True)
class Outcome:
    """The outcome of one point: figures by name, or the traceback of a failure, or both if only saving the run failed.

    `figures` are floats of eight bytes. `series` has the compressed numbers of all series, and `spans` their names and
    lengths.
    """

    point: Point
    seconds: float = 0.0
    reading: float = attrs.field(default=0.0, eq=False)  # the part of `seconds` spent on measuring the run
    names: tuple[str, ...] = ()
    figures: bytes = b""
    spans: tuple[tuple[str, int], ...] = ()
    series: bytes = b""
    failure: str = ""


class VersionError(SweepError):
    """A worker has a different version of the library from the process that started the sweep."""


def perform(task: Task) -> tuple[Outcome, ...]:
    """Carry out every run of a task in a worker.

    Raises:
        VersionError: if the worker's code or data differ from those at the start of the sweep.
    """
    # Results of different versions must not be mixed in one store.
    here = (("code", code_content(), task.asked.code), ("data", data_content(), task.asked.data))
    for name, ours, theirs in here:
        if ours != theirs:
            wrong = f"has different {name} of nhstransit from the process that started the sweep"
            right = "install the same version on every machine, and start the sweep again after a change"
            raise VersionError("a worker", wrong, right)
    return tuple(outcomes_of(task))


HELD = 4  # the most scenarios that a worker holds
_HELD: OrderedDict[str, Scenario] = OrderedDict()  # the scenarios of this worker's latest tasks, by content


def perform_holding(task: Task) -> tuple[Outcome, ...]:
    """Carry out every run of a task, as `perform` does, and hold its scenario for later tasks.

    Sending a national scenario with its opening staff (5.7 MB) takes as long as a tenth of a run. A worker that holds
    the scenario also holds values already computed from it.
    """
    # The latest scenario is at the end, and the one that was not used for longest is dropped first.
    _HELD[task.content] = task.scenario
    _HELD.move_to_end(task.content)
    if len(_HELD) > HELD:
        _HELD.popitem(last=False)
    return perform(task)


def perform_named(task: NamedTask) -> tuple[Outcome, ...] | None:
    """Carry out every run of a task whose scenario this worker holds; None if it does not hold the scenario."""
    scenario = _HELD.get(task.content)
    if scenario is None:
        return None
    whole = Task(scenario=scenario, setting=task.setting, points=task.points, asked=task.asked)
    return perform_holding(whole)


def outcomes_of(task: Task) -> Iterator[Outcome]:
    """The outcomes of a task, run by run. An error in a run becomes its outcome.

    Replications of a small scenario are simulated together if possible, with the same results as separate simulations.
    """
    try:
        scenario, measure, series = _prepared(task)
        most = 1 if why_apart(scenario) else most_together(scenario)
    # If the scenario or the measure cannot even be prepared, every run of the task fails for the same reason.
    except WRONG as error:
        yield from (failed(point, _trace(error)) for point in task.points)
        return
    for first in range(0, len(task.points), most):
        points = task.points[first : first + most]
        start = time.perf_counter()
        ready = _together(scenario, points, task.asked.keep)
        # Each run is charged an equal part of the time of their joint simulation.
        each = (time.perf_counter() - start) / len(points)
        for point in points:
            start = time.perf_counter() - each
            try:
                run, unsaved = _simulated(scenario, point, task.asked.keep, ready.pop(point.seed, None))
                simulated = time.perf_counter()
                outcome = attrs.evolve(_outcome(run, point, measure, series), failure=unsaved)
                outcome = attrs.evolve(outcome, reading=time.perf_counter() - simulated)
            except WRONG as error:
                outcome = failed(point, _trace(error))
            yield attrs.evolve(outcome, seconds=time.perf_counter() - start)


def _together(scenario: Scenario, points: tuple[Point, ...], keep: str) -> dict[int, Run]:
    """The runs of some points, simulated together, by seed. Points whose runs are already saved are left out.

    The result is empty for fewer than two points. It is also empty if one of the runs fails: all are then simulated
    separately, so that only the run at fault fails.
    """
    seeds = [point.seed for point in points if not keep or not run_folder(keep, point.run).exists()]
    if len(seeds) < 2:
        return {}
    try:
        return dict(zip(seeds, simulate_together(scenario, seeds=seeds), strict=True))
    except WRONG:
        return {}


def failed(point: Point, trace: str) -> Outcome:
    """The outcome of a run that failed."""
    return Outcome(point=point, failure=trace)


def _prepared(task: Task) -> tuple[Scenario, Callable[..., Any], Callable[..., Any] | None]:
    """The scenario with the values of the draw, the measure and the series."""
    asked = task.asked
    measure = named_function(asked.measure, "measure")
    series = named_function(asked.series, "series") if asked.series else None
    return applied(task.scenario, task.setting), measure, series


def _simulated(scenario: Scenario, point: Point, keep: str, ready: Run | None) -> tuple[Run, str]:
    """The run of a point: loaded if it is already saved, otherwise simulated, and saved if requested.

    It is saved before it is measured, so that a measure that fails can be corrected without simulating again.

    Args:
        scenario: the scenario with the values of its draw.
        point: the point to run.
        keep: the folder for saved runs; "" to save no runs.
        ready: the run, if it has been simulated already.

    Returns:
        The run, and the traceback of an error in saving it; "" if there was none.
    """
    if not keep:
        return ready or simulate(scenario, seed=point.seed), ""
    folder = run_folder(keep, point.run)
    try:
        return load_run(folder), ""
    except InputError:  # the run is not saved, is damaged, or needs code written by the user
        run = ready or simulate(scenario, seed=point.seed)
        return run, _unsaved(run, folder)


def _outcome(run: Run, point: Point, measure: Callable[..., Any], series: Callable[..., Any] | None) -> Outcome:
    names, figures = _figures(measure(run))
    spans, body = ((), b"") if series is None else _series(series(run))
    return Outcome(point=point, names=names, figures=figures, spans=spans, series=body)


def _unsaved(run: Run, folder: Path) -> str:
    """Save a run, and return the traceback of an error, or "". The run's figures are valid in either case."""
    try:
        save_run(run, folder, overwrite=True)
    except WRONG as error:
        return _trace(error)
    return ""


def run_key(scenario: str, draw: str, seed: int, code: str, data: str) -> bytes:
    """The key of a run: a hash of its scenario, draw, seed, code and data, but not of the measure.

    Args:
        scenario: the hash of the scenario's content.
        draw: the hash of the draw's content.
        seed: the seed of the run.
        code: the hash of the library's code.
        data: the hash of the bundled data.
    """
    return hashlib.sha256(f"{scenario}/{draw}/{seed}/{code}/{data}".encode()).digest()


def run_folder(keep: str | Path, key: bytes) -> Path:
    """The folder of a saved run. The first two digits of its key name a folder above it, so that no folder is too full."""
    return Path(keep) / key.hex()[:2] / key.hex()[:32]


def _figures(measured: Any) -> tuple[tuple[str, ...], bytes]:
    """The names and the numbers in a measure's result."""
    if not isinstance(measured, Mapping) or not all(isinstance(name, str) for name in measured):
        raise SweepError("measure", f"returned a {type(measured).__name__}", "return a mapping of names to numbers")
    for name, item in measured.items():
        if CONTROLS.search(name):
            raise SweepError(
                f"measure: {name!r}", "is a name with a control character", "use printable characters only"
            )
        if isinstance(item, bool) or not isinstance(item, (int, float, np.integer, np.floating)):
            raise SweepError(f"measure: {name}", f"is {item!r}", "return a number")
    return tuple(measured), np.array([float(item) for item in measured.values()], NUMBERS).tobytes()


def _series(measured: Any) -> tuple[tuple[tuple[str, int], ...], bytes]:
    """The names and lengths of the series in a result, and their compressed numbers."""
    if not isinstance(measured, Mapping) or not all(isinstance(name, str) for name in measured):
        raise SweepError("series", f"returned a {type(measured).__name__}", "return a mapping of names to arrays")
    arrays = {name: np.asarray(item, NUMBERS) for name, item in measured.items()}
    for name, array in arrays.items():
        if CONTROLS.search(name):
            raise SweepError(f"series: {name!r}", "is a name with a control character", "use printable characters only")
        if array.ndim != 1:
            raise SweepError(f"series: {name}", f"has the shape {array.shape}", "return one number per month")
    # The numbers of all series one after another. Names and lengths, which most runs share, are stored only once.
    spans = tuple((name, len(array)) for name, array in arrays.items())
    return spans, zlib.compress(b"".join(array.tobytes() for array in arrays.values()), 6)


def monthly_heads(run: Run) -> dict[str, Any]:
    """Headcount at the end of each month of the run by kind of organisation, (months,) each.

    Kinds of organisation that never have staff are left out. Use it as `sweep(..., series=monthly_heads)`.
    """
    from nhstransit.measures import stocks

    table = stocks(run)
    kinds = {str(kind): part["closing"].to_numpy() for kind, part in table.groupby("kind", sort=False)}
    return {f"heads: {kind}": heads for kind, heads in kinds.items() if heads.any()}


def _trace(error: BaseException) -> str:
    """The traceback of an error as text."""
    return "".join(traceback.format_exception(error)).strip()
