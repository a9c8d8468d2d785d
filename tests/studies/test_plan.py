"""Seeds and keys: which runs share random numbers, and what identifies a result."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.errors import InputError, SweepError
from nhstransit.policies import CostReduction
from nhstransit.policies.cost_reduction import Step
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.scenario.draws import Draws
from nhstransit.streams import branch_seed
from nhstransit.studies import content, monthly_heads
from nhstransit.studies.content import function_name, scenario_content
from nhstransit.studies.plan import Plan
from nhstransit.studies.tasks import perform
from tests.examples import THOROUGH
from tests.small import Own, person, small_world
from tests.studies.made import heads, left, pair, plan_of, slow, tiny

ROOT = Path(__file__).parents[2]
MANY = 20_000 if THOROUGH else 5_000  # seeds


def seeds(count: int, *, draws: int = 1) -> np.ndarray:
    return np.array([branch_seed(2010, draw, number) for draw in range(draws) for number in range(count // draws)])


def points(plan: Plan) -> list[Any]:
    tasks = plan.tasks(lambda left: 3, lambda keys: set())
    return [point for task in tasks for point in task.points]


@pytest.mark.thorough
def test_100_000_runs_have_different_seeds() -> None:
    """The seeds in 100 draws are all different and valid for the engine."""
    made = seeds(100_000, draws=100)
    assert len(np.unique(made)) == 100_000 and made.min() >= 0 and made.max() < 2**63


@pytest.mark.thorough
def test_a_million_runs_have_different_seeds() -> None:
    """The seeds in 100 draws are all different."""
    assert len(np.unique(seeds(1_000_000, draws=100))) == 1_000_000


def test_seeds_come_from_numpys_seed_sequence() -> None:
    """Each is the first word of the SeedSequence at its position. Stored seeds have not changed."""
    by_hand = np.random.SeedSequence(2010).spawn(3)[2].spawn(8)[7].generate_state(1, np.uint64)[0]
    assert branch_seed(2010, 2, 7) == int(by_hand) >> 1
    assert [branch_seed(2010, 0, number) for number in range(2)] == [7534481458529998913, 22753436633731811]


def test_bits_of_seeds_are_balanced() -> None:
    """Each of the 63 bits is set in half of the seeds, within five standard errors."""
    made = seeds(MANY).astype("uint64")
    for bit in range(63):
        share = float(((made >> np.uint64(bit)) & np.uint64(1)).mean())
        assert abs(share - 0.5) < 5 * 0.5 / np.sqrt(MANY)


def test_scenarios_share_seeds_and_replications_and_draws_do_not() -> None:
    """A replication of a draw has the same seed in every scenario."""
    draws = Draws(paths=("behaviour.departures.resign",), rows=[[0.5], [0.6]])  # type: ignore[arg-type]
    made = points(plan_of(pair(), 5, draws=draws))
    of = {(point.scenario, point.draw, point.replication): point.seed for point in made}
    contents = {point.scenario for point in made}
    assert len(made) == len(of) == 20 and len({point.key for point in made}) == 20
    assert all(len({of[name, draw, number] for name in contents}) == 1 for _, draw, number in of)
    assert len(set(of.values())) == 10


def test_more_replications_keep_the_first_runs() -> None:
    """An extended plan has all keys of the shorter plan."""
    few, many = ({point.key for point in points(plan_of(pair(), count))} for count in (3, 8))
    assert few < many


def test_a_scenario_with_two_names_is_run_once() -> None:
    """Labels and titles are not part of the key."""
    world = tiny()
    plan = plan_of({"a": world, "b": attrs.evolve(world, title="The same", about="again", name="other")}, 4)
    assert len(plan) == 4 and len(points(plan)) == 4


CHANGES: dict[str, Callable[[], Plan]] = {
    "scenario": lambda: plan_of(tiny(resign=0.71)),
    "staff": lambda: plan_of(tiny(people=5)),
    "draw": lambda: plan_of(tiny(), draws=Draws(paths=("behaviour.departures.resign",), rows=((0.7,),))),
    "seed": lambda: plan_of(tiny(), seed=2),
    "measure": lambda: plan_of(tiny(), measure=slow),
    "series": lambda: plan_of(tiny(), series=heads),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_key_depends_on_every_input_of_a_run(change: str) -> None:
    """Plans with another scenario, staff list, draw, seed, measure or series share no key."""
    ours, theirs = ({point.key for point in points(plan)} for plan in (plan_of(tiny()), CHANGES[change]()))
    assert len(ours) == len(theirs) == 4 and not ours & theirs


@pytest.mark.parametrize("what", ["code_content", "data_content"])
def test_a_key_depends_on_code_and_data(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another version of the library or of its data has other keys."""
    ours = {point.key for point in points(plan_of(tiny()))}
    monkeypatch.setattr(f"nhstransit.studies.plan.{what}", lambda: "another")
    assert not ours & {point.key for point in points(plan_of(tiny()))}


def test_the_hash_of_code_covers_the_packages_that_runs_use() -> None:
    """Packages above the measures do not count. The hash is reproducible."""
    house = Path(content.__file__).parents[1]
    counted = {path.relative_to(house).parts[0] for path in house.rglob("*.py")} - content.ABOVE_RUNS
    assert {"engine", "policies", "law", "measures", "streams.py"} <= counted and "cli" not in counted
    assert all((house / name).exists() for name in content.ABOVE_RUNS)


@pytest.mark.thorough
def test_keys_are_the_same_in_every_process() -> None:
    """They do not depend on Python's hash seed."""
    code = "from tests.studies.test_plan import *; print(points(plan_of(pair()))[0].key.hex())"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": "12345"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == points(plan_of(pair()))[0].key.hex()


def test_the_key_covers_content_and_source_of_a_users_policy() -> None:
    """Policies with different fields differ. A part without readable content is refused with its path."""
    worlds = [
        small_world(person(1), policies={"own": Own(dates=(date,), does=len)}) for date in ("2010-05-01", "2010-06-01")
    ]
    assert scenario_content(worlds[0]) != scenario_content(worlds[1])
    hidden = small_world(person(1), policies={"own": Own(dates=("2010-05-01",), does=lambda _: [])})
    assert scenario_content(hidden) == scenario_content(hidden)
    opaque = small_world(person(1), policies={"own": Own(dates=("2010-05-01",), does=len, question=object())})
    with pytest.raises(SweepError, match=r"policies\.own\.question: is a object, whose content cannot be hashed"):
        scenario_content(opaque)


def test_every_part_of_a_scenario_is_in_the_key() -> None:
    """Every change of a scenario changes its content."""
    hamlet = load_scenario("hamlet")
    changed = [
        hamlet.having("policies.rets.cap", 0.2),
        hamlet.without("mars"),
        hamlet.having("end", hamlet.end.replace(day=1)),
        hamlet.having("organisations.Eastmoor PCT.population", 1),
        hamlet.having("staff_seed", 3),
    ]
    assert len({scenario_content(world) for world in (hamlet, *changed)}) == 6


def test_a_later_field_of_a_policy_is_in_the_key_only_if_it_is_set() -> None:
    """A stored scenario keeps its content when a policy gets a new field, until the field is used."""
    hamlet = load_scenario("hamlet")
    step = Step(by=dt.date(2011, 6, 1), cut=0.2)
    path = CostReduction(announced=dt.date(2010, 9, 1), path=(step,), compulsory=False)
    world = hamlet.having("policies.path", path)
    used = [world.having("policies.path.notice_worked", 0.5), world.having("policies.path.most_months", 12)]
    assert len({scenario_content(one) for one in (world, *used)}) == 3
    assert scenario_content(used[0].having("policies.path.notice_worked", 1.0)) == scenario_content(world)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(content, "_added_and_unused", lambda thing, field: field.name in ("notice_worked", "most_months"))
        assert scenario_content(world) == scenario_content(used[0]) == scenario_content(used[1])


def test_margins_beside_a_scenario_are_in_the_key(tmp_path: Path) -> None:
    """Changing the margin file of a scenario changes the scenario's content."""
    from importlib.resources import files

    bundled = (files("nhstransit.data") / "england" / "margins-2010.toml").read_text("utf-8")
    england = load_scenario("england-2010-prior")
    found = []
    for ending in ("", "\n# looked at again\n"):
        path = tmp_path / "england" / "margins-2010.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(bundled + ending, "utf-8")
        found.append(scenario_content(attrs.evolve(england, home=tmp_path)))
    assert found[0] == scenario_content(england) != found[1]


def nested() -> Any:
    def inner(run: Any) -> dict[str, float]:
        return {}

    return inner


@pytest.mark.parametrize(
    "measure", [lambda run: {}, nested(), tiny().having, 3], ids=["lambda", "inner", "method", "3"]
)
def test_a_measure_that_no_worker_can_import_is_refused(measure: Any) -> None:
    """The error says what would be right."""
    with pytest.raises(SweepError, match="which a worker process cannot import; define the function at the top level"):
        function_name(measure, "measure")


def test_a_measure_is_identified_by_module_and_name() -> None:
    """A worker can import it by them."""
    assert function_name(left, "measure") == "tests.studies.made:left"
    assert content.named_function("nhstransit.studies:monthly_heads", "series") is monthly_heads
    for name in ("nowhere:left", "tests.studies.made:nothing_such", "left", "tests.studies.made:PLACE"):
        with pytest.raises(SweepError, match="series: is"):
            content.named_function(name, "series")


HAMLET = load_scenario("hamlet").having("end", dt.date(2010, 12, 31))
QUOTAS = Draws(paths=("policies.mars.quota", "behaviour.departures.resign"), rows=((0.02, 0.1), (0.1, 0.2)))


def test_a_draw_ignores_policies_that_a_scenario_does_not_have() -> None:
    """The other numbers of the draw apply, and seeds are the same as in the other scenarios."""
    plan = plan_of({"as it was": HAMLET, "no mars": HAMLET.without("mars")}, 2, draws=QUOTAS)
    tasks = list(plan.tasks(lambda left: 2, lambda keys: set()))
    assert [dict(task.setting) for task in tasks] == [
        dict(QUOTAS.setting(0)),
        {"behaviour.departures.resign": 0.1},
        dict(QUOTAS.setting(1)),
        {"behaviour.departures.resign": 0.2},
    ]
    assert [[point.seed for point in task.points] for task in tasks[::2]] == [
        [point.seed for point in task.points] for task in tasks[1::2]
    ]
    assert not any(outcome.failure for task in tasks[:2] for outcome in perform(task))


BROKEN: dict[str, tuple[Callable[[], Any], str]] = {
    "none": (lambda: plan_of({}), "scenarios: are empty"),
    "list": (lambda: plan_of([tiny()]), "scenarios: are of type list"),  # type: ignore[arg-type]
    "nameless": (lambda: plan_of({" ": tiny()}), "scenarios: have the name ' '"),
    "no scenario": (lambda: plan_of({"a": "hamlet"}), "scenarios: 'a': is 'hamlet'"),  # type: ignore[dict-item]
    "replications": (lambda: plan_of(tiny(), 0), "replications: the number is 0; give a whole number of 1 or more"),
    "half": (lambda: plan_of(tiny(), 1.5), "replications: the number is 1.5"),  # type: ignore[arg-type]
    "flag": (lambda: plan_of(tiny(), True), "replications: the number is True"),
    "seed": (lambda: plan_of(tiny(), seed=-1), "seed: is -1"),
    "path": (
        lambda: plan_of({"a": tiny()}, draws=Draws(paths=("behaviour.departures.resing",), rows=((1.0,),))),
        "scenario 'a'.behaviour.departures.resing: does not exist; did you mean 'resign'?",
    ),
    "policy": (
        lambda: plan_of({"a": HAMLET.without("mars"), "b": HAMLET.without("mars")}, draws=QUOTAS),
        "scenario 'a'.policies.mars: does not exist; ",
    ),
    "draws": (lambda: plan_of(tiny(), draws=[0.1]), "draws: are [0.1]; give Draws("),
    "keep": (lambda: plan_of(tiny(), keep=5), "keep: is 5; give the path of a folder"),
    "part of a policy": (
        lambda: plan_of(
            {"a": HAMLET.without("mars"), "b": HAMLET}, draws=Draws(paths=("policies.mars.qota",), rows=((1.0,),))
        ),
        "scenario 'b'.policies.mars.qota: does not exist; did you mean 'quota'?",
    ),
    "table": (
        lambda: plan_of({"a": HAMLET}, draws=Draws(paths=("policies.mars.appetite.North West",), rows=((0.5,),))),
        "scenario 'a'.policies.mars.appetite.North West: does not exist: the table is empty here; "
        "give the scenario a table with 'North West' at policies.mars.appetite first",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_an_invalid_plan_is_refused_before_any_run(what: str) -> None:
    """Each error is one line."""
    make, message = BROKEN[what]
    with pytest.raises(InputError) as caught:
        make()
    assert str(caught.value).startswith(message)


def test_blocks_are_of_one_scenario_and_draw() -> None:
    """A task has at most the requested number of replications, and only missing ones."""
    plan = plan_of(pair(), 7)
    keys = {point.key for point in points(plan)[:2]}
    tasks = list(plan.tasks(lambda left: 3, lambda asked: keys & set(asked)))
    assert [len(task.points) for task in tasks] == [1, 3, 3, 3, 1, 1]
    assert {task.scenario.name for task in tasks} == {"small"} and all(
        isinstance(task.scenario, Scenario) for task in tasks
    )
