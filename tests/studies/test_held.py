"""A worker caches the scenarios of its latest tasks, so that each scenario is sent about once per worker."""

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
    """Start with an empty cache of scenarios."""
    monkeypatch.setattr(tasks, "_HELD", type(tasks._HELD)())


def tasks_of(scenarios: Any, replications: int = 3) -> list[Task]:
    """The tasks of a sweep, one run each."""
    return list(plan_of(scenarios, replications).tasks(lambda left: 1, lambda keys: set()))


def found(outcomes: tuple[Outcome, ...] | None) -> list[tuple[Any, ...]]:
    """The content of outcomes, without their duration."""
    assert outcomes is not None
    return [(one.point.key, one.names, one.figures, one.failure) for one in outcomes]


def test_a_task_that_names_its_scenario_has_the_same_outcome() -> None:
    """The scenario must have been sent with another task; otherwise the worker reports that it is missing."""
    first, second, *_ = tasks_of(tiny())
    assert perform_named(second.named()) is None
    perform_holding(first)
    assert found(perform_named(second.named())) == found(perform(second))


def test_a_worker_caches_the_latest_few_scenarios() -> None:
    """The scenario that was used longest ago is dropped first."""
    some = [tasks_of(tiny().having("staff_seed", number))[0] for number in range(tasks.HELD + 1)]
    for task in some[:-1]:
        perform_holding(task)
    perform_named(some[0].named())
    perform_holding(some[-1])
    assert perform_named(some[1].named()) is None
    assert perform_named(some[0].named()) is not None


@attrs.define(eq=False)
class Watched(Processes):
    """A worker in this process that records the function of each task."""

    asked: Counter[str] = attrs.field(factory=Counter)
    forgetful: bool = False
    workers: ThreadPoolExecutor = attrs.field(factory=lambda: ThreadPoolExecutor(1))

    def executor(self) -> Executor:
        """This object is the executor."""
        return self  # type: ignore[return-value]

    def submit(self, function: Any, task: Any) -> Any:
        """Record the function and run the task."""
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
    """The outcomes of some tasks with this pool."""
    crew = Pooled(pool)
    try:
        return sorted(each for part in crew.outcomes(some) for each in found(part))
    finally:
        crew.close()


def test_each_scenario_is_sent_once_to_one_worker() -> None:
    """Of six tasks on two scenarios, two include the scenario. All have their usual outcomes."""
    some = tasks_of(pair())
    pool = Watched(1)
    assert outcomes(pool, iter(some)) == sorted(each for task in some for each in found(perform(task)))
    assert pool.asked == {"perform_holding": 2, "perform_named": 4}


def test_a_worker_without_its_scenarios_receives_them_again() -> None:
    """Each task that only names its scenario is returned and sent again with it. No run is lost or repeated."""
    some = tasks_of(tiny())
    pool = Watched(1, forgetful=True)
    assert outcomes(pool, iter(some)) == sorted(each for task in some for each in found(perform(task)))
    assert pool.asked == {"perform_holding": 3, "perform_named": 2}


def test_opening_staff_and_posts_are_reused_unless_their_inputs_change() -> None:
    """A draw of policies or behaviour reuses them; a draw of the law does not."""
    world = tiny()
    opening = world.opening
    assert world.having("behaviour.departures.resign", 0.5).opening is opening
    assert world.having("law.mars_2010.most_months", 9).opening is not opening
