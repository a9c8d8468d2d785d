"""Common random numbers: two runs differ only in what a difference between their scenarios causes."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind, Log
from nhstransit.organisations.bodies import Establishment, Organisation
from nhstransit.policies import Mars, Milestone, Rets
from nhstransit.run import Run
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.scenario.spoken import parted
from nhstransit.toml import Named
from tests.examples import examples
from tests.shared import hamlet_run
from tests.small import Own, behaving, body, date, person, small_world
from tests.worlds import runs, seeds, worlds

few = examples(4, 250)
HAMLET = load_scenario("hamlet")


def played(scenario: Scenario, seed: int = 3) -> Log:
    """The log of a scenario. That of the hamlet is stored."""
    if scenario is HAMLET:
        return hamlet_run(seed).log
    return simulate(scenario, seed=seed).log


def with_policy(scenario: Scenario, name: str, policy: Any) -> Scenario:
    return attrs.evolve(scenario, policies=scenario.policies.having(name, policy))


def before(log: Log, day: int) -> bytes:
    return log.take(log.day < day).to_bytes()


@few
@given(runs(), st.data())
def test_a_policy_changes_nothing_before_its_announcement(run: Run, data: st.DataObject) -> None:
    """Before the announcement, the log is the same as without the policy."""
    scenario = run.scenario
    if not scenario.policies:
        return
    name = data.draw(st.sampled_from(sorted(scenario.policies)))
    day = scenario.calendar.day(scenario.policies[name].announced)
    assert before(run.log, day) == before(played(scenario.without(name), run.seed), day)


@few
@given(runs())
def test_all_policies_together_change_nothing_before_the_first(run: Run) -> None:
    """Before the first announcement, the log is the same as without any policy."""
    scenario = run.scenario
    days = [scenario.calendar.day(policy.announced) for policy in scenario.policies.values()]
    bare = attrs.evolve(scenario, policies=Named())
    first = min(days, default=scenario.calendar.days)
    assert before(run.log, first) == before(played(bare, run.seed), first)


def inert(start: dt.date) -> dict[str, Any]:
    """Policies without any effect, announced on the first day."""
    later = start + dt.timedelta(days=5)
    windows = {"announced": start, "opens": start, "closes": later, "leaves": later}
    return {
        "nobody-serves-so-long": Mars(**windows, min_service_months=600),
        "no-such-body-severance": Mars(**windows, kinds=("tda",)),
        "no-such-body-news": Milestone(announced=start, kinds=("tda",)),
        "none-may-be-named": Rets(announced=start, offered=later, guaranteed=later, cap=0.0),
        "proposes-nothing": Silent(dates=(start.isoformat(), later.isoformat()), does=lambda situation: []),
        "does-nothing": Own(dates=(start.isoformat(), later.isoformat()), does=lambda situation: []),
    }


@attrs.frozen(kw_only=True)
class Silent(Own):
    """A policy that never proposes anything."""

    def propose(self, situation: Any) -> None:
        return None


@few
@given(runs(), st.sampled_from(sorted(inert(dt.date(2010, 4, 1)))))
def test_a_policy_without_effect_does_not_change_the_log(run: Run, name: str) -> None:
    """A policy that reaches nobody, or does nothing, changes no byte of the log."""
    idle = with_policy(run.scenario, name, inert(run.scenario.start)[name])
    assert played(idle, run.seed).to_bytes() == run.log.to_bytes()


@pytest.mark.thorough
@few
@given(worlds(), seeds(), st.data())
def test_a_scenario_without_a_policy_equals_one_built_without_it(
    scenario: Scenario, seed: int, data: st.DataObject
) -> None:
    """The scenarios are equal and write the same log, in whatever order the policies are given."""
    if not scenario.policies:
        return
    name = data.draw(st.sampled_from(sorted(scenario.policies)))
    rest = [other for other in data.draw(st.permutations(sorted(scenario.policies))) if other != name]
    kept = parted(
        Named({other: scenario.policies[other] for other in rest})
    )  # without references to the missing policy
    built = attrs.evolve(scenario, policies=kept)
    assert built == scenario.without(name)
    assert played(built, seed).to_bytes() == played(scenario.without(name), seed).to_bytes()


@few
@given(runs(), st.randoms(use_true_random=False))
def test_the_order_of_the_staff_list_does_not_matter(run: Run, rng: Any) -> None:
    """With the rows of the staff list in another order, the log is the same."""
    scenario = run.scenario
    order = list(range(len(scenario.workforce)))
    rng.shuffle(order)
    columns = {name: column[order] for name, column in scenario.workforce.columns().items()}
    shuffled = attrs.evolve(scenario, staff=scenario.workforce.having(**columns))
    assert played(shuffled, run.seed).to_bytes() == run.log.to_bytes()


def test_another_seed_writes_another_log() -> None:
    """The logs that the tests here compare can therefore differ."""
    assert played(HAMLET, 1).to_bytes() != played(HAMLET, 2).to_bytes()


@pytest.mark.thorough
@pytest.mark.parametrize("hash_seed", ["0", "4242"])
def test_another_process_and_hash_seed_write_the_same_bytes(hash_seed: str) -> None:
    """A run in a separate process, with another PYTHONHASHSEED, writes the same log to the last byte."""
    code = (
        "import hashlib; from nhstransit.scenario import load_scenario; from nhstransit.engine.simulate import simulate;"
        "print(hashlib.sha256(simulate(load_scenario('hamlet'), seed=3).log.to_bytes()).hexdigest())"
    )
    home = str(Path(__file__).parents[1])
    surroundings = {**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": home}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env=surroundings)
    assert done.stdout.strip() == hashlib.sha256(played(HAMLET).to_bytes()).hexdigest()


def applied(log: Log) -> list[int]:
    return log.staff[log.kind == Kind.APPLIED].tolist()


def test_moving_a_scheme_changes_nobodys_random_numbers(monkeypatch: Any) -> None:
    """If the scheme is moved by a day or a month, the same people apply, because nothing else changes."""
    tastes: list[bytes] = []
    from nhstransit.behaviour import severance

    def noted(lasting: Any, fresh: Any, share: float) -> Any:
        taste = persistent(lasting, fresh, share)
        tastes.append(taste.tobytes())
        return taste

    persistent = severance.persistent
    monkeypatch.setattr(severance, "persistent", noted)
    people = [person(staff, since="1999-12-25") for staff in range(200)]
    behaviour = attrs.evolve(behaving(), severance=severance.SeveranceChoice(typical=0.3, signs=0.5))
    outcomes = []
    for closes in ("2010-06-28", "2010-06-29", "2010-07-29"):
        days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": closes, "leaves": "2010-09-30"}
        mars = Mars(**{name: date(day) for name, day in days.items()}, quota=0.2, removed=0.5)
        outcomes.append(played(small_world(*people, behaviour=behaviour, policies={"mars": mars})))
    assert len(set(tastes)) == 1
    first = outcomes[0]
    assert 30 < len(applied(first)) < 90
    assert 0 < (first.kind == Kind.REMOVED).sum() < (first.kind == Kind.SEVERANCE).sum()
    for other in outcomes[1:]:
        for name in ("kind", "staff", "first", "second", "pence"):
            assert (getattr(first, name) == getattr(other, name)).all()


def test_random_numbers_of_the_next_round_are_partly_new() -> None:
    """A second scheme under another name has other applicants, but more in common than by chance."""
    people = [person(staff) for staff in range(2_000)]
    severance = attrs.evolve(behaving().severance, typical=0.3, lasting=0.7)
    behaviour = attrs.evolve(behaving(), severance=severance)
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    mars = Mars(**{name: date(day) for name, day in days.items()}, quota=0.0)
    rounds = [
        set(applied(played(small_world(*people, behaviour=behaviour, policies={name: mars}))))
        for name in ("one", "two")
    ]
    assert rounds[0] != rounds[1]
    assert len(rounds[0] & rounds[1]) > 1.5 * len(rounds[0]) * len(rounds[1]) / len(people)


LEVEL = behaving(
    resign=0.3, other=0.1, age_slope=0.0, service_drop=0.0
)  # rates do not depend on the mean over all staff


def departures(log: Log) -> list[tuple[int, ...]]:
    gone = log.of(Kind.DEPARTED)
    return list(zip(gone.day.tolist(), gone.rule.tolist(), gone.staff.tolist(), strict=True))


def test_one_more_person_changes_nobody_elses_departure() -> None:
    """With one more colleague, with any staff number, everyone else leaves on the same day by the same cause."""
    people = [person(staff) for staff in range(10, 300)]
    alone = departures(played(small_world(*people, behaviour=LEVEL)))
    for newcomer in (1, 5_000, 2**31 - 2):
        more = played(small_world(*people, person(newcomer), behaviour=LEVEL))
        assert [event for event in departures(more) if event[2] != newcomer] == alone
    assert len(alone) > 30


def far_away(name: str) -> Organisation:
    return Organisation(
        name=name,
        kind="pct",
        region="Elsewhere",
        establishment=(Establishment(function="finance", band="6", posts=4),),
    )


@pytest.mark.parametrize("first", [True, False])
def test_an_employer_in_another_region_changes_no_event(first: bool) -> None:
    """One more employer in the list, at the start or the end, does not change the events of the others."""
    own = [*HAMLET.organisations]
    bodies = [far_away("Far PCT"), *own] if first else [*own, far_away("Far PCT")]
    staff = HAMLET.workforce
    moved = staff.having(employer=staff.employer + first, employers=tuple(body.name for body in bodies))
    wider = attrs.evolve(HAMLET, organisations=tuple(bodies), staff=moved)
    here = played(HAMLET)
    there = played(wider)
    shift = 4 if first else 0
    for name in ("day", "phase", "kind", "rule", "staff", "pence"):
        assert (getattr(here, name) == getattr(there, name)).all()
    posts = here.kind == Kind.MOVED
    assert (here.second[posts] + shift == there.second[posts]).all()


def test_more_posts_at_another_employer_do_not_change_newcomers() -> None:
    """Newcomers' traits are drawn by post and spell, so more vacancies elsewhere do not change the people hired here."""
    from nhstransit.policies import Hiring

    hiring = Hiring(announced=date("2010-05-01"), until=date("2010-12-01"), kinds=("pct",), refill=0.5)
    worlds = [
        small_world(
            bodies=[body("Old", "pct", ("finance", "6", 30)), body("New", "pct", ("nursing", "5", count))],
            policies={"hiring": hiring},
            behaviour=LEVEL,
        )
        for count in (1, 40)
    ]
    few_posts, many = (simulate(world, seed=5) for world in worlds)
    traits = []
    for run in (few_posts, many):
        arrived = run.log.of(Kind.ARRIVED)
        here = arrived.take(arrived.second < 30)
        rows = run.rows_of(here.staff)
        traits.append((here.day.tolist(), here.second.tolist(), run.people.born[rows].tolist()))
        assert len(np.unique(run.people.born[rows])) > 5
    order = [sorted(zip(*each, strict=True)) for each in traits]
    assert order[0] == order[1]
