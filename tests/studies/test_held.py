"""A worker holds the scenarios of its latest tasks: they are sent about once for each worker, and nothing else differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any

import attrs
import pytest

from nhstransit.studies import tasks
from nhstransit.studies.executors import Pooled, Processes
from nhstransit.studies.tasks import Outcome, Task, perform, perform_holding, perform_named
from tests.studies.made import pair, plan_of, tiny


@pytest.fixture(autouse=True)
def empty_handed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that holds no scenario yet."""
    monkeypatch.setattr(tasks, "_HELD", type(tasks._HELD)())


def tasks_of(scenarios: Any, replications: int = 3) -> list[Task]:
    """The tasks of a sweep, one run each."""
    return list(plan_of(scenarios, replications).tasks(lambda left: 1, lambda keys: set()))


def found(outcomes: tuple[Outcome, ...] | None) -> list[tuple[Any, ...]]:
    """What outcomes say, but for the time they took."""
    assert outcomes is not None
    return [(one.point.key, one.names, one.figures, one.failure) for one in outcomes]


def test_a_task_that_names_its_scenario_gives_what_the_whole_one_gives() -> None:
    """Once the scenario has been sent with another task; before that, the worker says that it has not got it."""
    first, second, *_ = tasks_of(tiny())
    assert perform_named(second.named()) is None
    perform_holding(first)
    assert found(perform_named(second.named())) == found(perform(second))


def test_a_worker_holds_a_few_scenarios_and_the_latest() -> None:
    """The one that was asked for longest ago is dropped first."""
    some = [tasks_of(tiny().having("staff_seed", number))[0] for number in range(tasks.HELD + 1)]
    for task in some[:-1]:
        perform_holding(task)
    perform_named(some[0].named())
    perform_holding(some[-1])
    assert perform_named(some[1].named()) is None
    assert perform_named(some[0].named()) is not None


@attrs.define(eq=False)
class Watched(Processes):
    """Workers in this process, which write down by which function each task is carried out."""

    asked: Counter[str] = attrs.field(factory=Counter)
    forgetful: bool = False
    workers: ThreadPoolExecutor = attrs.field(factory=lambda: ThreadPoolExecutor(1))

    def executor(self) -> Executor:
        """One worker, asked through this object."""
        return self  # type: ignore[return-value]

    def submit(self, function: Any, task: Any) -> Any:
        """Count, and hand on."""
        self.asked[function.__name__] += 1
        return self.workers.submit(_forgetting if self.forgetful else _plainly, function, task)

    def close(self) -> None:
        """End the worker."""
        self.workers.shutdown()


def _plainly(function: Any, task: Any) -> Any:
    return function(task)


def _forgetting(function: Any, task: Any) -> Any:
    tasks._HELD.clear()
    return function(task)


def outcomes(pool: Watched, some: Iterator[Task]) -> list[tuple[Any, ...]]:
    """What a crew with this pool makes of some tasks."""
    crew = Pooled(pool)
    try:
        return sorted(each for part in crew.outcomes(some) for each in found(part))
    finally:
        crew.close()


def test_each_scenario_is_sent_once_to_one_worker() -> None:
    """Of six tasks on two scenarios, two take the scenario along; all give what they give alone."""
    some = tasks_of(pair())
    pool = Watched(1)
    assert outcomes(pool, iter(some)) == sorted(each for task in some for each in found(perform(task)))
    assert pool.asked == {"perform_holding": 2, "perform_named": 4}


def test_a_worker_that_has_lost_its_scenarios_gets_them_again() -> None:
    """Each task that only names its scenario comes back, and is sent again whole; no run is lost or doubled."""
    some = tasks_of(tiny())
    pool = Watched(1, forgetful=True)
    assert outcomes(pool, iter(some)) == sorted(each for task in some for each in found(perform(task)))
    assert pool.asked == {"perform_holding": 3, "perform_named": 2}


def test_a_changed_policy_or_behaviour_keeps_the_opening_and_a_changed_law_does_not() -> None:
    """Staff and posts are made once for all draws of a study, unless a draw changes what they rest on."""
    world = tiny()
    opening = world.opening
    assert world.having("behaviour.departures.resign", 0.5).opening is opening
    assert world.having("law.mars_2010.most_months", 9).opening is not opening
