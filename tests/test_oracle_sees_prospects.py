"""Faults planted in routes to a post, loans, courses, second thoughts and invitations make engine and oracle differ.

On small Englands, in which posts are contested by all routes, with the policies added that England did not have.
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
def known(place: int) -> tuple[Scenario, Log]:
    """A small England, and the engine's log of it as it is without a fault."""
    world = with_prospects(place)
    return world, simulate(world, seed=place).log


@cache
def told_by_the_oracle(place: int) -> Log:
    """The oracle's log of it."""
    return oracle(known(place)[0], place)


def difference(fault: Callable[[Plant], None]) -> str:
    """The first difference from the oracle in the first small England that the engine plays otherwise with this fault."""
    for place in range(WORLDS):
        world, log = known(place)
        with pytest.MonkeyPatch.context() as plant:
            fault(plant)
            faulty = simulate(world, seed=place).log
        if faulty.tuples() != log.tuples():
            return first_difference(faulty, told_by_the_oracle(place), world)
    return ""


def slot_in_for_the_whole_region(plant: Plant) -> None:
    """A slot-in is open to all of the region."""
    right = filling.within_reach

    def reached(situation: Any, rows: Any, lead: Any, how: str, *rest: Any) -> Any:
        return right(situation, rows, lead, "region" if how == "successor" else how, *rest)

    plant.setattr(filling, "within_reach", reached)


def rights_count_for_nothing(plant: Plant) -> None:
    """Those with a right to slot in come by skill like all others."""
    plant.setattr(filling, "_AHEAD", 0.0)


def every_wave_at_once(plant: Plant) -> None:
    """A round for some waves offers the posts of all."""
    right = filling.Filling._vacancies
    plant.setattr(filling.Filling, "_vacancies", lambda self, situation: right(attrs.evolve(self, waves=()), situation))


def no_sooner_home(plant: Plant) -> None:
    """A successor of one's own body is as far as any body of the region."""
    right = reach.steps
    plant.setattr(filling, "steps", lambda *asked: np.maximum(right(*asked), reach.REGION))


def distance_at_every_step(plant: Plant) -> None:
    """The dislike of moving house counts for every step."""
    right = posts.PostChoice.answer

    def answer(self: Any, *given: Any) -> Any:
        return right(attrs.evolve(self, local=self.distance), *given)

    plant.setattr(posts.PostChoice, "answer", answer)


def lent_the_least_skilled(plant: Plant) -> None:
    """Bodies lend those whom they can best spare."""
    right = assignment.order_within
    plant.setattr(assignment, "order_within", lambda group, skill, staff: right(group, -skill, staff))


def all_consortia_at_once(plant: Plant) -> None:
    """On the first day bodies lend to all their consortia, those of later waves too."""
    right = assignment.Assignment._come
    plant.setattr(assignment.Assignment, "_come", lambda self, bodies, wave: right(self, bodies, len(self.waves)))


def budgets_without_end(plant: Plant) -> None:
    """Courses have places for all."""
    plant.setattr(development, "first_within", lambda group, order, cost, budget, places: np.ones(len(group), bool))


def courses_that_always_work(plant: Plant) -> None:
    """Everybody who takes a course is a mover by its end."""
    right = development.Development.select

    def select(self: Any, *given: Any) -> Any:
        return right(attrs.evolve(self, works=1.0), *given)

    plant.setattr(development.Development, "select", select)


def a_month_too_soon(plant: Plant) -> None:
    """Movers lose heart a month before it has been long."""
    right = second_thoughts.add_months
    plant.setattr(second_thoughts, "add_months", lambda day, months: right(day, max(months - 1, 1)))


def offers_change_no_mind(plant: Plant) -> None:
    """A stayer with a post to go to stays one."""
    plant.setattr(
        second_thoughts.SecondThoughts,
        "_has_one",
        lambda self, situation: np.zeros(len(situation.people.staff), bool),
    )


def invited_by_chance(plant: Plant) -> None:
    """Those invited are the first by identity."""
    right = best_people.order_within
    plant.setattr(best_people, "order_within", lambda group, skill, staff: right(group, skill * 0, staff))


def trained_in_no_time(plant: Plant) -> None:
    """Whoever gets a place starts there at once."""
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


USUAL = (a_month_too_soon,)  # planted in every run; the others with the long proofs
LOOKED_FOR = [
    pytest.param(fault, id=fault.__name__, marks=[] if fault in USUAL else [pytest.mark.thorough]) for fault in FAULTS
]


@pytest.mark.parametrize("fault", LOOKED_FOR)
def test_a_planted_fault_is_seen(fault: Callable[[Plant], None]) -> None:
    """With this fault in the engine its log is not the oracle's, and the first event that differs is told in words."""
    assert "the oracle has" in difference(fault)


@pytest.mark.parametrize("place", [0, *(pytest.param(place, marks=pytest.mark.thorough) for place in range(1, WORLDS))])
def test_without_a_fault_nothing_is_seen(place: int) -> None:
    """With no fault planted the two agree on each of them."""
    world, log = known(place)
    assert not first_difference(log, told_by_the_oracle(place), world)
