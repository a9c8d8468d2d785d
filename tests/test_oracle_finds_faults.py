"""The oracle finds faults: a fault planted in the engine makes the two logs differ."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs
import numpy as np
import pytest
from made_rare import lodged, taxed, tight
from oracle import oracle
from oracle.words import first_difference

from nhstransit.engine import world
from nhstransit.engine.processes import exits, months, natural
from nhstransit.engine.simulate import simulate
from nhstransit.grammar import NOTHING
from nhstransit.log import Kind
from nhstransit.policies import (
    cost_reduction,
    extension,
    filling,
    hiring,
    inflow,
    interims,
    milestone,
    panel,
    redundancy,
    rets,
    returns,
    start_up,
    terms,
    transfer,
)
from nhstransit.policies import (
    redundancy as alternatives,
)
from nhstransit.scenario import Scenario
from tests.kept_worlds import difference_from_oracle, known, shown

Plant = pytest.MonkeyPatch
Fault = Callable[[Plant], None]
SETS = 18  # sets of generated scenarios that are searched, at most


def difference(fault: Fault) -> str:
    """The first difference from the oracle, in the first scenario in which the fault changes the engine's log."""
    for number in range(SETS):
        for index in range(len(shown(number))):
            scenario, seed, log = known(number, index)
            with pytest.MonkeyPatch.context() as plant:
                fault(plant)
                faulty = simulate(scenario, seed=seed).log
            if faulty.tuples() != log.tuples():
                return first_difference(faulty, oracle(scenario, seed), scenario)
    return ""


def retirement_a_little_faster(plant: Plant) -> None:
    """The hazard of one of four causes is 2% higher."""

    def faster(hazards: Any, days: float) -> Any:
        units = right(hazards, days)
        units[1] += units[1] // 50
        return units

    right = natural.daily_units
    plant.setattr(natural, "daily_units", faster)


def a_day_late(plant: Plant) -> None:
    """Everyone leaves on the day after their clock reaches its threshold."""
    right = natural.days_left
    plant.setattr(natural, "days_left", lambda left, rate: right(left, rate) + 1)


def last_cause_first(plant: Plant) -> None:
    """If two clocks reach their thresholds on one day, the later cause in the list applies."""
    right = natural.Natural._find

    def find(self: Any, rows: Any) -> None:
        right(self, rows)
        rate = self._rate[:, rows]
        left = natural.days_left(self._end[:, rows] + rate * self._length, rate)
        self._cause[rows] = len(left) - 1 - left[::-1].argmin(axis=0)

    plant.setattr(natural.Natural, "_find", find)


def quitting_goes_on(plant: Plant) -> None:
    """Resignation does not stop when an exit is agreed."""
    plant.setattr(natural, "_RESIGNING", slice(4, 4))


def birthdays_come_early(plant: Plant) -> None:
    """A year of age is complete in the month of the birthday, not on the 1st after it."""
    plant.setattr(natural, "day_of_month", lambda days: np.ones_like(days))


def a_penny_more(plant: Plant) -> None:
    """Severance is a penny too much."""
    right = world.World.record

    def record(self: Any, at: Any, kind: int, rows: Any, **columns: Any) -> None:
        if kind == Kind.SEVERANCE:
            columns["pence"] = columns["pence"] + 1
        right(self, at, kind, rows, **columns)

    plant.setattr(world.World, "record", record)


def a_year_of_365_days(plant: Plant) -> None:
    """Premiums are calculated with a year of 365 days."""
    plant.setattr(months, "DAYS_A_YEAR", 365.0)


def quick_forgetting(plant: Plant) -> None:
    """Perceived risk builds up and fades over days, not months."""
    plant.setattr(months, "_MONTH_DAYS", 1.0)


def closing_before_transfer(plant: Plant) -> None:
    """Employers close before people transfer at midnight."""
    going = exits.GOING  # whose order is after that of closures
    plant.setattr(exits, "_midnight", lambda day: exits.Instant(day, exits.Phase.CLOSURES, going, "late"))


def newcomers_at_once(plant: Plant) -> None:
    """Newcomers' clocks run from the day they arrive."""
    right = natural.Natural.join
    plant.setattr(natural.Natural, "join", lambda self, day: right(self, day - 1))


def ties_to_the_highest(plant: Plant) -> None:
    """Of people with equal skill, the highest staff number is named as business-critical first."""
    right = rets.order_within
    plant.setattr(rets, "order_within", lambda group, named, skill, staff: right(group, named, skill, -staff))


def panels_tied_to_the_highest(plant: Plant) -> None:
    """Of two candidates with equal marks, a panel prefers the higher staff number."""
    right = filling.deferred_acceptance

    def match(candidate: Any, group: Any, ranking: Any, score: Any, identity: Any, places: Any) -> Any:
        return right(candidate, group, ranking, score, -identity, places)

    plant.setattr(filling, "deferred_acceptance", match)


def panels_pass_over(plant: Plant) -> None:
    """A MARS panel skips a case that its budget cannot pay, and continues."""

    def passed_over(group: Any, order: Any, cost: Any, budget: Any, places: Any) -> Any:
        spent = np.zeros(len(budget), "int64")
        taken = np.zeros(len(budget), "int64")
        chosen = np.zeros(len(order), bool)
        for row in order:
            body = group[row]
            if taken[body] < places[body] and spent[body] + cost[row] <= budget[body]:
                chosen[row] = True
                spent[body] = spent[body] + cost[row]
                taken[body] = taken[body] + 1
        return chosen

    plant.setattr(panel, "first_within", passed_over)


def notice_a_day_longer(plant: Plant) -> None:
    """Consultation ends a day late."""
    right = terms.Ask
    plant.setattr(terms, "Ask", lambda rows, day, stage: right(rows=rows, day=day + 1, stage=stage))


def letters_to_the_guaranteed(plant: Plant) -> None:
    """At-risk letters are also sent to people with a guarantee."""
    right = redundancy.Redundancy.propose

    def propose(self: Any, situation: Any) -> Any:
        nobody = np.full(len(situation.people.staff), -1, "int32")
        blind = attrs.evolve(situation, people=attrs.evolve(situation.people, retained_until=nobody))
        return right(self, blind)

    plant.setattr(redundancy.Redundancy, "propose", propose)


def no_posts_to_come(plant: Plant) -> None:
    """News counts every employer as closing, so nobody expects a successor post."""
    plant.setattr(milestone, "going", lambda situation, rows: np.ones(len(rows)))


def hired_a_month_late(plant: Plant) -> None:
    """Newcomers start a month later than they could."""
    right = hiring.Hiring._start

    def start(self: Any, situation: Any) -> int:
        firsts = np.append(situation.calendar.month_starts, [2**31 - 1] * 2)
        return int(firsts[np.searchsorted(firsts, right(self, situation)) + 1])

    plant.setattr(hiring.Hiring, "_start", start)


def volunteers_last(plant: Plant) -> None:
    """In a cost reduction, people who did not apply are selected before people who did."""
    right = cost_reduction.order_within
    order = lambda group, unwilling, worth, staff: right(group, ~unwilling, worth, staff)  # noqa: E731
    plant.setattr(cost_reduction, "order_within", order)


def further_than_the_path(plant: Plant) -> None:
    """An employer with an excess saves £10,000 a year more than it has to."""
    right = cost_reduction.CostReduction._excess

    def excess(self: Any, situation: Any) -> Any:
        over = right(self, situation)
        return over + 10_000_00 * (over > 0)

    plant.setattr(cost_reduction.CostReduction, "_excess", excess)


def inflow_with_one_life_a_post(plant: Plant) -> None:
    """Two people who start in the same post by different inflows have the same random numbers."""
    plant.setattr(inflow, "combined", lambda key, spell: key)


def transferred_the_other_way_round(plant: Plant) -> None:
    """In a transfer of whole functions, posts are given in descending order of staff number."""
    right = transfer.nearest_band
    plant.setattr(
        transfer,
        "nearest_band",
        lambda situation, rows, vacant, down: right(situation, rows[::-1], vacant, down)[::-1],
    )


def back_once_back_always(plant: Plant) -> None:
    """A second return has the random numbers of the first."""
    plant.setattr(
        returns, "_luck", lambda situation, rows, chances, what: chances.uniform(what, situation.people.key[rows])
    )


def back_with_the_old_clocks(plant: Plant) -> None:
    """People who return continue with their old clocks."""
    plant.setattr(natural.Natural, "rewind", lambda self, rows, day: self.rerate(rows, day + 1))


def alternatives_to_nobody(plant: Plant) -> None:
    """Nobody is offered a suitable post before notice."""
    nobody = np.empty(0, np.intp)
    plant.setattr(redundancy, "offered", lambda situation, rows, kinds, bands_down: (nobody, nobody))


def alternatives_to_the_last_in(plant: Plant) -> None:
    """Suitable posts are offered to the shortest service first."""
    right = alternatives.seats
    plant.setattr(alternatives, "seats", lambda situation, vacant, wanted: right(situation, vacant, wanted[::-1])[::-1])


def posts_kept_for_nobody(plant: Plant) -> None:
    """Posts of a residuary body remain after the last notice is served."""
    plant.setattr(redundancy.Redundancy, "_wound_up", lambda self, situation: NOTHING)


def interims_at_the_bottom_of_the_band(plant: Plant) -> None:
    """An interim costs as much as somebody on the first point of the band."""
    plant.setattr(interims, "_TOP", 0)


def surplus_given_away(plant: Plant) -> None:
    """The surplus of some regions pays for other regions."""
    right = start_up.StartUp.shortfalls

    def shortfalls(self: Any, situation: Any) -> Any:
        short = right(self, situation)
        return short * (len(short) == 1)

    plant.setattr(start_up.StartUp, "shortfalls", shortfalls)


def clawback_of_the_gross(plant: Plant) -> None:
    """People repay severance before tax."""
    right = returns.owed
    plant.setattr(returns, "owed", lambda situation, rows, repays, tax_rate: right(situation, rows, repays, 0.0))


def extended_by_a_day_less(plant: Plant) -> None:
    """An employer that is extended closes one day too early."""
    right = extension.Extend
    plant.setattr(extension, "Extend", lambda employer, closes: right(employer=employer, closes=closes - 1))


def nothing_is_found_sooner(plant: Plant) -> None:
    """Employers do not find the money that they have to find."""
    right = cost_reduction.CostReduction._excess

    def excess(self: Any, situation: Any) -> Any:
        return right(self, attrs.evolve(situation, to_find=situation.to_find * 0))

    plant.setattr(cost_reduction.CostReduction, "_excess", excess)


def posts_under_notice_stay(plant: Plant) -> None:
    """The post of somebody under notice in a cost reduction remains when they move to another post."""
    plant.setattr(exits.Exits, "_remove", lambda self, movers, left, saving, at: None)


def notice_to_all_who_were_consulted(plant: Plant) -> None:
    """Everyone who was consulted in a cost reduction is given notice, even if the bill is already low enough."""
    right = cost_reduction.CostReduction._excess

    def excess(self: Any, situation: Any) -> Any:
        return right(self, situation) + 10**15 * (situation.stage == "notice")

    plant.setattr(cost_reduction.CostReduction, "_excess", excess)


def news_of_one_pace(plant: Plant) -> None:
    """All news builds up and fades at the same pace."""
    plant.setattr(months.Months, "pace", lambda self, ramp, half_life: 0)


FAULTS: tuple[Fault, ...] = (
    retirement_a_little_faster,
    a_day_late,
    last_cause_first,
    quitting_goes_on,
    birthdays_come_early,
    a_penny_more,
    a_year_of_365_days,
    quick_forgetting,
    closing_before_transfer,
    newcomers_at_once,
    ties_to_the_highest,
    panels_tied_to_the_highest,
    notice_a_day_longer,
    letters_to_the_guaranteed,
    no_posts_to_come,
    hired_a_month_late,
    volunteers_last,
    further_than_the_path,
    inflow_with_one_life_a_post,
    transferred_the_other_way_round,
    back_once_back_always,
    back_with_the_old_clocks,
    alternatives_to_nobody,
    alternatives_to_the_last_in,
    interims_at_the_bottom_of_the_band,
    surplus_given_away,
    extended_by_a_day_less,
    nothing_is_found_sooner,
    posts_under_notice_stay,
    notice_to_all_who_were_consulted,
    news_of_one_pace,
)


USUAL = (
    a_penny_more,
    birthdays_come_early,
    a_day_late,
    hired_a_month_late,
)  # planted in every session; the others take long to find
LOOKED_FOR = [
    pytest.param(fault, id=fault.__name__, marks=[] if fault in USUAL else [pytest.mark.thorough]) for fault in FAULTS
]


@pytest.mark.parametrize("fault", LOOKED_FOR)
def test_a_planted_fault_is_found(fault: Fault) -> None:
    """With the fault, the engine's log differs from the oracle's, and a sentence describes the first difference."""
    assert "the oracle has" in difference(fault)


@pytest.mark.thorough
@pytest.mark.parametrize("number", range(SETS))
def test_without_a_fault_the_logs_are_equal(number: int) -> None:
    """Engine and oracle agree on every scenario in which faults are searched. test_oracle.py checks a few of them."""
    assert not any(difference_from_oracle(number, index) for index in range(len(shown(number))))


@pytest.mark.parametrize(
    ("fault", "world_of"),
    [(posts_kept_for_nobody, lodged), (clawback_of_the_gross, taxed), (panels_pass_over, tight)],
)
def test_a_rare_fault_is_found_in_a_scenario_made_for_it(
    fault: Fault, world_of: Callable[[], Scenario], monkeypatch: Plant
) -> None:
    """Without the fault the logs of that scenario are equal; with it they differ."""
    scenario = world_of()
    log = oracle(scenario, 1)
    assert not first_difference(simulate(scenario, seed=1).log, log, scenario)
    fault(monkeypatch)
    assert "the oracle has" in first_difference(simulate(scenario, seed=1).log, log, scenario)
