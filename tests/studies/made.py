"""Scenarios, measures and studies for tests of sweeps. Workers can import them, like a user's own module."""

from __future__ import annotations

import datetime as dt
import os
import signal
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np

from nhstransit.run import Run
from nhstransit.scenario import Scenario
from nhstransit.studies.plan import Plan, planned
from nhstransit.studies.store import Store, opened
from nhstransit.studies.study import Study
from nhstransit.studies.tasks import NUMBERS, Outcome, Point
from tests.small import behaving, person, small_world

# Simulating a month takes longer than adding people, so these scenarios are short.
END = dt.date(2010, 6, 30)
PLACE = "NHSTRANSIT_TEST_PLACE"  # the variable with a folder that a test shares with measures in other processes


def tiny(people: int = 12, *, end: dt.date = END, **hazards: Any) -> Scenario:
    """A dozen people for three months, of whom some resign; a run takes a few milliseconds."""
    usual = {"resign": 0.7, **hazards}
    return small_world(*(person(staff) for staff in range(1, people + 1)), behaviour=behaving(**usual), end=end)


def pair() -> dict[str, Scenario]:
    """Two scenarios that differ in one number."""
    return {"calm": tiny(), "restless": tiny(resign=1.5)}


def left(run: Run) -> dict[str, float]:
    """The number of leavers, and a number from the seed that identifies the run."""
    return {"left": float((run.closing.post < 0).sum()), "luck": run.seed % 1_000_003}


pause = 0.05  # additional seconds of a slow run; zero for undisturbed sweeps


def slow(run: Run) -> dict[str, float]:
    """The figures of `left`, after a pause."""
    time.sleep(pause)
    return left(run)


def held(run: Run) -> dict[str, float]:
    """The figures of `left`, after a token in the test's folder was removed or a file `released` exists."""
    folder = Path(os.environ[PLACE])
    while not (folder / "released").exists() and not _token_removed(folder):
        time.sleep(0.02)
    return slow(run)


def _token_removed(folder: Path) -> bool:
    """Remove one of the tokens; each token can be removed by only one process."""
    for token in folder.glob("token-*"):
        with suppress(FileNotFoundError):
            token.unlink()
            return True
    return False


def odd(run: Run) -> dict[str, float]:
    """The figures of `left`; a run with an odd seed fails."""
    if run.seed % 2:
        raise ArithmeticError(f"seed {run.seed} is odd")
    return left(run)


def cured(run: Run) -> dict[str, float]:
    """The figures of `left`; it fails until the test's folder contains a file `cured`."""
    if not (Path(os.environ[PLACE]) / "cured").exists():
        raise RuntimeError("not yet")
    return left(run)


def fatal(run: Run) -> dict[str, float]:
    """The figures of `left`; a run whose seed is divisible by seven kills its process."""
    if run.seed % 7 == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return left(run)


def touchy(run: Run) -> dict[str, float]:
    """The figures of `left`.

    It fails for resignation rates above 1, and each call is recorded in the test's folder.
    """
    noted(run)
    if run.scenario.behaviour.departures.resign > 1.0 and not (Path(os.environ[PLACE]) / "cured").exists():
        raise ValueError("too restless")
    return left(run)


def leaving(run: Run) -> dict[str, float]:
    """The figures of `left`; a run with an odd seed raises SystemExit."""
    if run.seed % 2:
        raise SystemExit(3)
    return left(run)


def noted(run: Run) -> dict[str, float]:
    """The figures of `left`; each call is recorded in the test's folder."""
    with (Path(os.environ[PLACE]) / "calls").open("a") as file:
        file.write(f"{run.seed}\n")
    return left(run)


def odd_and_noted(run: Run) -> dict[str, float]:
    """The figures of `odd`; each call is recorded in the test's folder."""
    noted(run)
    return odd(run)


def uneven(run: Run) -> dict[str, float]:
    """Figures whose names depend on the run."""
    return left(run) if run.seed % 2 else {"luck": 1.0, "odd": 0.0}


def heads(run: Run) -> dict[str, Any]:
    """A series of three numbers."""
    return {"heads": np.array([1.0, 2.0, run.seed % 5])}


def wordy(run: Run) -> dict[str, Any]:
    """A figure that is not a number."""
    return {"left": "three"}


def listed(run: Run) -> Any:
    """A result that is not a mapping."""
    return [1.0]


def plan_of(scenarios: Mapping[str, Scenario] | Scenario, replications: int = 4, **more: Any) -> Plan:
    usual: dict[str, Any] = {"seed": 1, "draws": None, "measure": left, "series": None, "keep": None}
    return planned(scenarios, replications=replications, **{**usual, **more})


def filled(cells: Any, store: Store | None = None) -> Study:
    """A study with one measure, `made`, from figures (scenarios, draws, replications).

    NaN means that a run is missing.
    """
    from nhstransit.scenario.draws import Draws

    cells = np.asarray(cells, float)
    scenarios = {f"scenario {index}": tiny().having("staff_seed", index) for index in range(cells.shape[0])}
    rows = [[0.7 + draw / 1000] for draw in range(cells.shape[1])]
    draws = Draws(paths=("behaviour.departures.resign",), rows=rows) if cells.shape[1] > 1 else None
    plan = plan_of(scenarios, cells.shape[2], draws=draws)
    store = store or opened(None)
    number = store.register(plan)
    for index, entry in enumerate(plan.entries):
        for draw, replication in zip(*np.nonzero(np.isfinite(cells[index])), strict=True):
            point = plan.point(entry.content, int(draw), int(replication))
            figures = np.array([cells[index, draw, replication]], NUMBERS).tobytes()
            store.add([Outcome(point=point, names=("made",), figures=figures)])
    store.commit()
    return Study(source=store, sweep=number, plan=plan)


def outcome(point: Point, *figures: float) -> Outcome:
    names = ("left", "luck", "third")[: len(figures)]
    return Outcome(point=point, names=names, figures=np.array(figures, NUMBERS).tobytes())
