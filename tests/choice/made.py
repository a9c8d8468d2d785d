"""A small scenario for choices: a few people, one severance round and resignations.

A run takes a few milliseconds.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import os
import signal
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from nhstransit.choice import Box, Choice, Limit, Option
from nhstransit.choice.objectives import objectives_of
from nhstransit.measures.decision import DIGEST, events_digest
from nhstransit.policies import Mars
from nhstransit.run import Run
from nhstransit.scenario import Scenario
from nhstransit.scenario.draws import NONE
from nhstransit.studies import Draws, Range
from tests.small import behaving, person, small_world

RESIGN = "behaviour.departures.resign"
QUOTA = "policies.mars.quota"
UNSURE = Range(RESIGN, 0.2, 1.5)
ROUND = Mars(
    announced=dt.date(2010, 5, 1),
    opens=dt.date(2010, 5, 10),
    closes=dt.date(2010, 6, 1),
    leaves=dt.date(2010, 6, 30),
    quota=0.25,
    payback_months=60,
)
OPTIONS: dict[str, Any] = {
    "no round": {"policies.mars.on": False},
    "a small round": {QUOTA: 0.1},
    "a large round": {QUOTA: 0.5},
}


def world(people: int = 16, end: dt.date = dt.date(2010, 7, 31)) -> Scenario:
    """Most people apply, a quarter may leave with pay, and others resign; it ends a month after the round."""
    staff = [person(number, since=f"{1987 + number % 20}-04-01") for number in range(1, people + 1)]
    behaviour = behaving(resign=0.7)
    sure = attrs.evolve(behaviour, severance=attrs.evolve(behaviour.severance, typical=0.9))
    return small_world(*staff, policies={"mars": ROUND}, behaviour=sure, end=end)


def counted(run: Run) -> dict[str, float]:
    """The number of leavers, the number of paid leavers, and a digest of events."""
    paid = float((run.log.exits.rule == run.scenario.rules.get("mars", -1)).sum())
    return {"gone": float((run.closing.post < 0).sum()), "paid": paid, DIGEST: events_digest(run)}


KILLED_AFTER = "NHSTRANSIT_TEST_KILLED_AFTER"  # how many runs a process measures before it is killed
_measured = itertools.count(1)


def mortal(run: Run) -> dict[str, float]:
    """The same figures as `counted`; the process is killed after the number of runs that the environment states."""
    if KILLED_AFTER in os.environ and next(_measured) > int(os.environ[KILLED_AFTER]):
        os.kill(os.getpid(), signal.SIGKILL)
    return counted(run)


def choice_of(figures: Any, objectives: Any, numbers: Any = None, **more: Any) -> Choice:
    """A choice without runs, from figures (objectives, options, draws, replications) and numbers (draws, paths)."""
    figures = np.asarray(figures, float)
    base = world(3)
    options = [Option(name=f"option {index}", scenario=base) for index in range(figures.shape[1])]
    draws = (
        NONE if numbers is None else Draws(paths=tuple(f"n{at}" for at in range(np.shape(numbers)[1])), rows=numbers)
    )
    usual: dict[str, Any] = {"inert": {}, "study": None, "draws": draws}
    return Choice(options=tuple(options), objectives=objectives_of(objectives), figures=figures, **{**usual, **more})


def one_limit(numbers: Any, failing: Any, names: Sequence[str], *, density: float = 0.8) -> Box:
    """A quick replacement for `discover`: the one limit of one number that describes the failures best, or no limit.

    EMA Workbench takes seconds to import, so only tests of `discover` and thorough tests use it. `density` is not used.
    """
    found = Box(limits=(), coverage=1.0, density=failing.mean(), mass=1.0, failing=failing.mean(), futures=len(failing))
    for name, column in zip(names, numbers.T, strict=True):
        values = np.unique(column)
        for end in (values[1:] + values[:-1]) / 2.0:
            for low, high, inside in ((end, np.inf, column > end), (-np.inf, end, column < end)):
                hits = int(failing[inside].sum())
                coverage = hits / int(failing.sum())
                dense = hits / int(inside.sum())
                if coverage + dense > found.coverage + found.density:
                    chance = _at_least(hits, int(inside.sum()), found.failing)
                    limit = Limit(name=name, low=float(low), high=float(high), quasi_p=chance)
                    mass = float(inside.mean())
                    found = attrs.evolve(found, limits=(limit,), coverage=coverage, density=dense, mass=mass)
    return found


def _at_least(hits: int, cases: int, chance: float) -> float:
    """The probability of at least this number of hits among independent cases."""
    each = (math.comb(cases, many) * chance**many * (1.0 - chance) ** (cases - many) for many in range(hits, cases + 1))
    return math.fsum(each)
