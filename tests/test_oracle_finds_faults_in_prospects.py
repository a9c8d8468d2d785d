"""Faults planted in filling, assignment, development, second thoughts and best people make engine and oracle differ.

The scenarios are small Englands with competition for posts by all routes, and with policies that England did not have.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import attrs
import numpy as np
import pytest
from made_rare import with_prospects
from oracle import oracle
from oracle.words import first_difference

from nhstransit.behaviour import posts
from nhstransit.engine.simulate import simulate
from nhstransit.log import Log
from nhstransit.policies import assignment, best_people, development, filling, second_thoughts
from nhstransit.policies import filling as reach
from nhstransit.scenario import Scenario

Plant = pytest.MonkeyPatch
WORLDS = 3


@cache
def known(index: int) -> tuple[Scenario, Log]:
    """A small England, and the engine's log of it without a fault."""
    world = with_prospects(index)
    return world, simulate(world, seed=index).log


@cache
def log_of_the_oracle(index: int) -> Log:
    """The oracle's log of a small England."""
    return oracle(known(index)[0], index)


def difference(fault: Callable[[Plant], None]) -> str:
    """The first difference from the oracle, in the first small England in which the fault changes the engine's log."""
    for index in range(WORLDS):
        world, log = known(index)
        with pytest.MonkeyPatch.context() as plant:
            fault(plant)
            faulty = simulate(world, seed=index).log
        if faulty.tuples() != log.tuples():
            return first_difference(faulty, log_of_the_oracle(index), world)
    return ""


def slot_in_for_the_whole_region(plant: Plant) -> None:
    """A slot-in is open to everyone in the region."""
    right = filling.within_reach

    def reached(situation: Any, rows: Any, lead: Any, how: str, *rest: Any) -> Any:
        return right(situation, rows, lead, "region" if how == "successor" else how, *rest)

    plant.setattr(filling, "within_reach", reached)


def rights_count_for_nothing(plant: Plant) -> None:
    """People with a right to slot in have no priority."""
    plant.setattr(filling, "_AHEAD", 0.0)


def every_wave_at_once(plant: Plant) -> None:
    """A round for some waves offers the posts of all waves."""
    right = filling.Filling._vacancies
    plant.setattr(filling.Filling, "_vacancies", lambda self, situation: right(attrs.evolve(self, waves=()), situation))


def no_sooner_home(plant: Plant) -> None:
    """A successor counts as no nearer than other employers of the region."""
    right = reach.steps
    plant.setattr(filling, "steps", lambda *asked: np.maximum(right(*asked), reach.REGION))


def distance_at_every_step(plant: Plant) -> None:
    """The dislike of moving home counts for every step."""
    right = posts.PostChoice.answer

    def answer(self: Any, *given: Any) -> Any:
        return right(attrs.evolve(self, local=self.distance), *given)

    plant.setattr(posts.PostChoice, "answer", answer)


def lent_the_least_skilled(plant: Plant) -> None:
    """Employers lend their least skilled people."""
    right = assignment.order_within
    plant.setattr(assignment, "order_within", lambda group, skill, staff: right(group, -skill, staff))


def all_consortia_at_once(plant: Plant) -> None:
    """On the first day employers lend to all consortia, including those of later waves."""
    right = assignment.Assignment._come
    plant.setattr(assignment.Assignment, "_come", lambda self, bodies, wave: right(self, bodies, len(self.waves)))


def budgets_without_end(plant: Plant) -> None:
    """Courses have places for everyone."""
    plant.setattr(development, "first_within", lambda group, order, cost, budget, places: np.ones(len(group), bool))


def courses_that_always_work(plant: Plant) -> None:
    """Everyone who takes a course is a mover at its end."""
    right = development.Development.select

    def select(self: Any, *given: Any) -> Any:
        return right(attrs.evolve(self, works=1.0), *given)

    plant.setattr(development.Development, "select", select)


def a_month_too_soon(plant: Plant) -> None:
    """Movers are checked again one month too early."""
    right = second_thoughts.add_months
    plant.setattr(second_thoughts, "add_months", lambda day, months: right(day, max(months - 1, 1)))


def offers_change_no_mind(plant: Plant) -> None:
    """A stayer with a promised post remains a stayer."""
    plant.setattr(
        second_thoughts.SecondThoughts,
        "_has_one",
        lambda self, situation: np.zeros(len(situation.people.staff), bool),
    )


def invited_by_chance(plant: Plant) -> None:
    """People are invited by staff number, not by skill."""
    right = best_people.order_within
    plant.setattr(best_people, "order_within", lambda group, skill, staff: right(group, skill * 0, staff))


def trained_in_no_time(plant: Plant) -> None:
    """People who get a place start there at once."""
    plant.setattr(best_people, "add_months", lambda day, months: day)


FAULTS: tuple[Callable[[Plant], None], ...] = (
    slot_in_for_the_whole_region,
    rights_count_for_nothing,
    every_wave_at_once,
    no_sooner_home,
    distance_at_every_step,
    lent_the_least_skilled,
    all_consortia_at_once,
    budgets_without_end,
    courses_that_always_work,
    a_month_too_soon,
    offers_change_no_mind,
    invited_by_chance,
    trained_in_no_time,
)


USUAL = (a_month_too_soon,)  # planted in every session; the others in a thorough session
LOOKED_FOR = [
    pytest.param(fault, id=fault.__name__, marks=[] if fault in USUAL else [pytest.mark.thorough]) for fault in FAULTS
]


@pytest.mark.parametrize("fault", LOOKED_FOR)
def test_a_planted_fault_is_found(fault: Callable[[Plant], None]) -> None:
    """With the fault, the engine's log differs from the oracle's, and a sentence describes the first difference."""
    assert "the oracle has" in difference(fault)


@pytest.mark.parametrize("index", [0, *(pytest.param(index, marks=pytest.mark.thorough) for index in range(1, WORLDS))])
def test_without_a_fault_the_logs_are_equal(index: int) -> None:
    world, log = known(index)
    assert not first_difference(log, log_of_the_oracle(index), world)
