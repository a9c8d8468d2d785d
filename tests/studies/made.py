"""Worlds, measures and studies of the sweeps' tests; importable by workers, as a user's own module would be."""

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

END = dt.date(
    2010, 6, 30
)  # each month takes longer to play than most of what is asked of a run; so few, but more people
PLACE = "NHSTRANSIT_TEST_PLACE"  # a folder through which a test speaks with measures in other processes


def tiny(people: int = 12, *, end: dt.date = END, **hazards: Any) -> Scenario:
    """A dozen people for three months, of whom some resign: a few milliseconds a run."""
    usual = {"resign": 0.7, **hazards}
    return small_world(*(person(staff) for staff in range(1, people + 1)), behaviour=behaving(**usual), end=end)


def pair() -> dict[str, Scenario]:
    """Two scenarios that differ in one number."""
    return {"calm": tiny(), "restless": tiny(resign=1.5)}


def left(run: Run) -> dict[str, float]:
    """How many left, and the seed as a number that tells whose run it is."""
    return {"left": float((run.closing.post < 0).sum()), "luck": run.seed % 1_000_003}


pause = 0.05  # seconds that a slow run takes besides; none where nobody is to disturb it


def slow(run: Run) -> dict[str, float]:
    """The same after a twentieth of a second."""
    time.sleep(pause)
    return left(run)


def held(run: Run) -> dict[str, float]:
    """The same after a twentieth of a second, once a token in the test's folder is taken, or a file `released` is there."""
    place = Path(os.environ[PLACE])
    while not (place / "released").exists() and not _taken(place):
        time.sleep(0.02)
    return slow(run)


def _taken(place: Path) -> bool:
    """Take one of the tokens, which nobody else has then."""
    for token in place.glob("token-*"):
        with suppress(FileNotFoundError):
            token.unlink()
            return True
    return False


def odd(run: Run) -> dict[str, float]:
    """The same, but a run of odd seed fails."""
    if run.seed % 2:
        raise ArithmeticError(f"seed {run.seed} is odd")
    return left(run)


def cured(run: Run) -> dict[str, float]:
    """The same, but it fails as long as the test's folder holds no file `cured`."""
    if not (Path(os.environ[PLACE]) / "cured").exists():
        raise RuntimeError("not yet")
    return left(run)


def fatal(run: Run) -> dict[str, float]:
    """A run of seed divisible by seven takes its process with it."""
    if run.seed % 7 == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return left(run)


def touchy(run: Run) -> dict[str, float]:
    """The same, but it fails wherever people resign more than once a year; each call is noted in the test's folder."""
    noted(run)
    if run.scenario.behaviour.departures.resign > 1.0 and not (Path(os.environ[PLACE]) / "cured").exists():
        raise ValueError("too restless")
    return left(run)


def leaving(run: Run) -> dict[str, float]:
    """The same, but a run of odd seed asks the whole program to end."""
    if run.seed % 2:
        raise SystemExit(3)
    return left(run)


def noted(run: Run) -> dict[str, float]:
    """The same, each call noted in the test's folder."""
    with (Path(os.environ[PLACE]) / "calls").open("a") as file:
        file.write(f"{run.seed}\n")
    return left(run)


def odd_and_noted(run: Run) -> dict[str, float]:
    """Each call is noted; a run of odd seed fails."""
    noted(run)
    return odd(run)


def uneven(run: Run) -> dict[str, float]:
    """What is measured depends on the run."""
    return left(run) if run.seed % 2 else {"luck": 1.0, "odd": 0.0}


def heads(run: Run) -> dict[str, Any]:
    """A series of three numbers."""
    return {"heads": np.array([1.0, 2.0, run.seed % 5])}


def wordy(run: Run) -> dict[str, Any]:
    """What is not a number."""
    return {"left": "three"}


def listed(run: Run) -> Any:
    """What is not a mapping."""
    return [1.0]


def plan_of(scenarios: Mapping[str, Scenario] | Scenario, replications: int = 4, **more: Any) -> Plan:
    usual: dict[str, Any] = {"seed": 1, "draws": None, "measure": left, "series": None, "keep": None}
    return planned(scenarios, replications=replications, **{**usual, **more})


def filled(cells: Any, store: Store | None = None) -> Study:
    """A study whose one measure, `made`, has these figures by scenario, draw and replication; NaN: it was never run."""
    from nhstransit.scenario.draws import Draws

    cells = np.asarray(cells, float)
    scenarios = {f"scenario {place}": tiny().having("staff_seed", place) for place in range(cells.shape[0])}
    rows = [[0.7 + draw / 1000] for draw in range(cells.shape[1])]
    draws = Draws(paths=("behaviour.departures.resign",), rows=rows) if cells.shape[1] > 1 else None
    plan = plan_of(scenarios, cells.shape[2], draws=draws)
    store = store or opened(None)
    number = store.register(plan)
    for place, entry in enumerate(plan.entries):
        for draw, replication in zip(*np.nonzero(np.isfinite(cells[place])), strict=True):
            point = plan.point(entry.content, int(draw), int(replication))
            figures = np.array([cells[place, draw, replication]], NUMBERS).tobytes()
            store.add([Outcome(point=point, names=("made",), figures=figures)])
    store.commit()
    return Study(source=store, sweep=number, plan=plan)


def outcome(point: Point, *figures: float) -> Outcome:
    names = ("left", "luck", "third")[: len(figures)]
    return Outcome(point=point, names=names, figures=np.array(figures, NUMBERS).tobytes())
