"""A task: one scenario and a block of seeds, with everything that a worker needs; and its outcomes.

A task can be carried out wherever the same version of the library is installed. A worker may hold the scenarios of its
latest tasks, so that the next ones need only name them; nothing depends on whether it does.
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

WRONG = (Exception, SystemExit)  # errors that count as the failure of one run, and do not stop the sweep
NUMBERS = "<f8"  # how figures and series are stored: eight bytes each, on every machine


@attrs.frozen
class Point:
    """A run to be made: scenario by content, draw and replication by index, its seed, and two keys.

    `key` identifies the result and so depends on the measure; `run` identifies the run alone, wherever it is saved.
    """

    scenario: str
    draw: int
    replication: int
    seed: int
    key: bytes
    run: bytes = b""


@attrs.frozen
class Asked:
    """What a sweep requests of every run: measure and series by name, where to save it, hashes of code and data."""

    measure: str
    series: str = ""
    keep: str = ""
    code: str = ""
    data: str = ""


@attrs.frozen(kw_only=True, eq=False)
class Task:
    """One scenario under one draw, and the points to be run in it."""

    scenario: Scenario
    setting: tuple[tuple[str, Any], ...]
    points: tuple[Point, ...]
    asked: Asked

    def apart(self) -> tuple[Task, ...]:
        """The same runs as tasks of one run each."""
        return tuple(attrs.evolve(self, points=(point,)) for point in self.points)

    def named(self) -> NamedTask:
        """The same runs for a worker that holds the scenario already, from an earlier task."""
        return NamedTask(content=self.content, setting=self.setting, points=self.points, asked=self.asked)

    @property
    def content(self) -> str:
        """The hash of the scenario's content, which names it among those that a worker holds."""
        return self.points[0].scenario


@attrs.frozen(kw_only=True, eq=False)
class NamedTask:
    """A task without its scenario, which it names by the hash of its content."""

    content: str
    setting: tuple[tuple[str, Any], ...]
    points: tuple[Point, ...]
    asked: Asked


@attrs.frozen(kw_only=True)
class Outcome:
    """The outcome of one point: figures by name, or the trace of a failure; both where only saving the run failed.

    `figures` are floats of eight bytes. `series` are the same for every series of `spans` (name and length),
    compressed.
    """

    point: Point
    seconds: float = 0.0
    reading: float = attrs.field(default=0.0, eq=False)  # seconds of them in which the run was measured
    names: tuple[str, ...] = ()
    figures: bytes = b""
    spans: tuple[tuple[str, int], ...] = ()
    series: bytes = b""
    failure: str = ""


class VersionError(SweepError):
    """A worker has another version of the library than the process that started the sweep."""


def perform(task: Task) -> tuple[Outcome, ...]:
    """Carry out every run of a task: the function that a worker calls.

    Raises VersionError where its code or data differ.
    """
    for name, ours, theirs in (("code", code_content(), task.asked.code), ("data", data_content(), task.asked.data)):
        if ours != theirs:
            wrong = f"has different {name} of nhstransit from the start of the sweep"
            raise VersionError("a worker", wrong, "install one version everywhere, and begin again after a change")
    return tuple(outcomes_of(task))


HELD = 4  # scenarios that a worker holds
_HELD: OrderedDict[str, Scenario] = OrderedDict()  # in a worker: the scenarios of its latest tasks, by content


def perform_holding(task: Task) -> tuple[Outcome, ...]:
    """Carry out every run of a task, as `perform` does, and hold its scenario for tasks that only name it.

    A national scenario with its opening staff is 5.7 MB: to send it and to read it takes as long as a tenth of a run,
    and a worker that holds it holds also what was worked out from it.
    """
    _HELD[task.content] = task.scenario
    _HELD.move_to_end(task.content)
    if len(_HELD) > HELD:
        _HELD.popitem(last=False)
    return perform(task)


def perform_named(task: NamedTask) -> tuple[Outcome, ...] | None:
    """Carry out every run of a task whose scenario this worker holds. None where it does not hold it."""
    scenario = _HELD.get(task.content)
    if scenario is None:
        return None
    whole = Task(scenario=scenario, setting=task.setting, points=task.points, asked=task.asked)
    return perform_holding(whole)


def outcomes_of(task: Task) -> Iterator[Outcome]:
    """The outcomes of a task, run by run; any error in a run becomes its outcome.

    Replications of a small world are played side by side, where they can be, and are the same runs as played apart.
    """
    try:
        world, measure, series = _prepared(task)
        most = 1 if why_apart(world) else most_together(world)
    except WRONG as error:
        yield from (failed(point, _trace(error)) for point in task.points)
        return
    for first in range(0, len(task.points), most):
        points = task.points[first : first + most]
        start = time.perf_counter()
        ready = _together(world, points, task.asked.keep)
        each = (time.perf_counter() - start) / len(points)
        for point in points:
            start = time.perf_counter() - each
            try:
                run, unsaved = _played(world, point, task.asked.keep, ready.pop(point.seed, None))
                played = time.perf_counter()
                outcome = attrs.evolve(_outcome(run, point, measure, series), failure=unsaved)
                outcome = attrs.evolve(outcome, reading=time.perf_counter() - played)
            except WRONG as error:
                outcome = failed(point, _trace(error))
            yield attrs.evolve(outcome, seconds=time.perf_counter() - start)


def _together(world: Scenario, points: tuple[Point, ...], keep: str) -> dict[int, Run]:
    """The runs of these points, played side by side, by seed. None of one point, or of points that are saved already.

    Where one of them fails, all are played apart, so that the failure is that of its own run.
    """
    seeds = [point.seed for point in points if not keep or not run_folder(keep, point.run).exists()]
    if len(seeds) < 2:
        return {}
    try:
        return dict(zip(seeds, simulate_together(world, seeds=seeds), strict=True))
    except WRONG:
        return {}


def failed(point: Point, trace: str) -> Outcome:
    """The outcome of a run that failed."""
    return Outcome(point=point, failure=trace)


def _prepared(task: Task) -> tuple[Scenario, Callable[..., Any], Callable[..., Any] | None]:
    """The world under its draw, the measure and the series."""
    asked = task.asked
    measure = named_function(asked.measure, "measure")
    series = named_function(asked.series, "series") if asked.series else None
    return applied(task.scenario, task.setting), measure, series


def _played(world: Scenario, point: Point, keep: str, ready: Run | None) -> tuple[Run, str]:
    """The run of a point: read where it is already saved, otherwise simulated, and then saved if requested.

    It is saved before it is measured, so that a measure that fails can be corrected without simulating again. The trace
    returned is empty, or that of a run that could not be saved.

    Args:
        world: the scenario under its draw.
        point: what is to be run.
        keep: the folder for runs; empty for none.
        ready: the run, where it was simulated already.
    """
    if not keep:
        return ready or simulate(world, seed=point.seed), ""
    folder = run_folder(keep, point.run)
    try:
        return load_run(folder), ""
    except InputError:  # not saved there, or it holds code of the user's own, or is damaged
        run = ready or simulate(world, seed=point.seed)
        return run, _unsaved(run, folder)


def _outcome(run: Run, point: Point, measure: Callable[..., Any], series: Callable[..., Any] | None) -> Outcome:
    names, figures = _figures(measure(run))
    spans, body = ((), b"") if series is None else _series(series(run))
    return Outcome(point=point, names=names, figures=figures, spans=spans, series=body)


def _unsaved(run: Run, folder: Path) -> str:
    """Save a run, and return the trace of an error, if any: its figures are valid anyway."""
    try:
        save_run(run, folder, overwrite=True)
    except WRONG as error:
        return _trace(error)
    return ""


def run_key(scenario: str, draw: str, seed: int, code: str, data: str) -> bytes:
    """The key of a run: a hash of scenario content, draw content, seed, code and data, but no measure.

    Args:
        scenario: the hash of the scenario's content.
        draw: the hash of the draw's content.
        seed: the seed of the run.
        code: the hash of the library's code.
        data: the hash of the bundled data.
    """
    return hashlib.sha256(f"{scenario}/{draw}/{seed}/{code}/{data}".encode()).digest()


def run_folder(keep: str | Path, key: bytes) -> Path:
    """Where a run is saved: a folder named by the start of its key, so that no folder holds too many runs."""
    return Path(keep) / key.hex()[:2] / key.hex()[:32]


def _figures(measured: Any) -> tuple[tuple[str, ...], bytes]:
    """Names and numbers of a measure's result."""
    if not isinstance(measured, Mapping) or not all(isinstance(name, str) for name in measured):
        raise SweepError("measure", f"returned a {type(measured).__name__}", "return a mapping of names to numbers")
    for name, item in measured.items():
        if CONTROLS.search(name):
            raise SweepError(
                f"measure: {name!r}", "is a name with a control character", "give printable characters only"
            )
        if isinstance(item, bool) or not isinstance(item, (int, float, np.integer, np.floating)):
            raise SweepError(f"measure: {name}", f"is {item!r}", "give a number")
    return tuple(measured), np.array([float(item) for item in measured.values()], NUMBERS).tobytes()


def _series(measured: Any) -> tuple[tuple[tuple[str, int], ...], bytes]:
    """Names, lengths and compressed numbers of a series' result."""
    if not isinstance(measured, Mapping) or not all(isinstance(name, str) for name in measured):
        raise SweepError("series", f"returned a {type(measured).__name__}", "return a mapping of names to arrays")
    arrays = {name: np.asarray(item, NUMBERS) for name, item in measured.items()}
    for name, array in arrays.items():
        if CONTROLS.search(name):
            raise SweepError(
                f"series: {name!r}", "is a name with a control character", "give printable characters only"
            )
        if array.ndim != 1:
            raise SweepError(f"series: {name}", f"has shape {array.shape}", "give one number per month")
    spans = tuple((name, len(array)) for name, array in arrays.items())
    return spans, zlib.compress(b"".join(array.tobytes() for array in arrays.values()), 6)


def monthly_heads(run: Run) -> dict[str, Any]:
    """Headcount at the end of each month of the run by kind of organisation, (months,) each.

    Kinds that are always empty are left out.

    A series for `sweep(..., series=monthly_heads)`.
    """
    from nhstransit.measures import stocks

    table = stocks(run)
    kinds = {str(kind): part["closing"].to_numpy() for kind, part in table.groupby("kind", sort=False)}
    return {f"heads: {kind}": heads for kind, heads in kinds.items() if heads.any()}


def _trace(error: BaseException) -> str:
    """The traceback, from the frame where the library calls the run."""
    return "".join(traceback.format_exception(error)).strip()
