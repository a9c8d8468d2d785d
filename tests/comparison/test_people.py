"""Departures and payments of people, from logs written by hand, including people who leave more than once."""

from __future__ import annotations

import attrs
import numpy as np
import pytest

from nhstransit.comparison import compare
from nhstransit.comparison.people import NEVER, first_departure, last_rule, paid_for_going, routes
from nhstransit.engine.simulate import simulate
from nhstransit.errors import InputError
from nhstransit.log import Kind, Phase, Recorder, rule_code
from nhstransit.run import Run
from tests.small import person, played, small_world

MARS = rule_code("mars")
QUIT = rule_code("resignation")


def run_with(*events: tuple[int, Kind, int, int, int]) -> Run:
    """A run of three people with these events instead of its own: day, kind, rule, staff, pence."""
    run = played(person(1), person(2), person(3))
    log = Recorder()
    for day, kind, rule, staff, pence in events:
        log.add(day, Phase.DEPARTURES, kind, rule, [staff], pence=pence)
    return attrs.evolve(run, log=log.log())


TWICE = run_with(
    (10, Kind.DEPARTED, QUIT, 1, 0),
    (20, Kind.DEPARTED, MARS, 2, 0),
    (20, Kind.SEVERANCE, MARS, 2, 500),
    (20, Kind.IN_LIEU, MARS, 2, 70),
    (60, Kind.DEPARTED, MARS, 1, 0),
    (60, Kind.SEVERANCE, MARS, 1, 900),
    (80, Kind.DEPARTED, QUIT, 2, 0),
    (90, Kind.DEPARTED, MARS, 2, 0),
    (90, Kind.SEVERANCE, MARS, 2, 11),
)
EVERYONE = np.array([1, 2, 3], "int32")


def test_the_first_departure_and_its_payment_count():
    """A later departure does not change whether the first one was paid."""
    day, paid = first_departure(TWICE, EVERYONE)
    assert day.tolist() == [10, 20, NEVER]
    assert paid.tolist() == [False, True, False]


def test_departures_before_a_given_day_do_not_count():
    """The day can differ by person. A departure on that day counts."""
    day, paid = first_departure(TWICE, EVERYONE, np.array([11, 20, 0]))
    assert day.tolist() == [60, 20, NEVER] and paid.tolist() == [True, True, False]
    day, paid = first_departure(TWICE, EVERYONE, 61)
    assert day.tolist() == [NEVER, 80, NEVER] and paid.tolist() == [False, False, False]


def test_the_first_payment_under_a_rule_is_summed_over_kinds():
    """Severance and pay in lieu on one day are one payment. A later payment is left out."""
    staff, day, pence = paid_for_going(TWICE, MARS)
    assert (staff.tolist(), day.tolist(), pence.tolist()) == ([1, 2], [60, 20], [900, 570])
    assert [len(column) for column in paid_for_going(TWICE, QUIT)] == [0, 0, 0]


def test_the_last_rule_is_the_rule_of_the_last_departure():
    """It applies to people out of post at the end; everyone else is "here"."""
    departed = attrs.evolve(TWICE, closing=attrs.evolve(TWICE.closing, post=np.array([-1, -1, 2], "int32")))
    rules = last_rule(departed, EVERYONE)
    assert rules.tolist() == [MARS, MARS, -1]
    assert routes(departed, rules) == ["mars", "mars", "here"]


@pytest.mark.parametrize(
    "facts", [{"born": "1971-01-01"}, {"since": "2001-04-01"}, {"sex": "male"}, {"function": "nursing"}, {"band": "7"}]
)
def test_runs_with_different_people_under_one_identity_are_refused(facts: dict[str, str]) -> None:
    """Any fact about a person at the start can show the difference."""
    run = played(person(1), person(2, **facts))
    baseline = played(person(1), person(2))
    with pytest.raises(InputError) as refused:
        compare(run, baseline=baseline)
    assert str(refused.value) == (
        "the two runs: have different people under 1 of 2 identities, such as 2; "
        "compare runs with the same staff list, or the same `staff_seed`"
    )


def test_people_with_another_attitude_are_the_same_people() -> None:
    """Attitudes may differ between two scenarios, which can be compared."""
    run = played(person(1, attitude=1.0, critical=True))
    baseline = played(person(1))
    assert len(compare(run, baseline=baseline).staff) == 1


def test_functions_are_compared_by_name() -> None:
    """Scenarios with another order of the same functions have the same people."""
    scenario = small_world(person(1), person(2, function="nursing"))
    staff = scenario.workforce
    reordered = staff.having(functions=staff.functions[::-1], function=1 - staff.function)
    run = attrs.evolve(simulate(scenario, seed=1), people=reordered)
    assert compare(run, baseline=simulate(scenario, seed=1)).staff.tolist() == [1, 2]
