"""Who went when, paid or not, read from logs written by hand: people who leave more than once included."""

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


def written(*events: tuple[int, Kind, int, int, int]) -> Run:
    """Three people's run, with these events in place of its own: day, kind, rule, staff, pence."""
    run = played(person(1), person(2), person(3))
    log = Recorder()
    for day, kind, rule, staff, pence in events:
        log.add(day, Phase.DEPARTURES, kind, rule, [staff], pence=pence)
    return attrs.evolve(run, log=log.log())


TWICE = written(
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
EVERYBODY = np.array([1, 2, 3], "int32")


def test_the_first_departure_counts_and_whether_that_one_was_paid():
    """Who leaves unpaid and is paid later left unpaid first, and the other way round; who never leaves, never."""
    day, paid = first_departure(TWICE, EVERYBODY)
    assert day.tolist() == [10, 20, NEVER]
    assert paid.tolist() == [False, True, False]


def test_departures_before_a_day_of_each_do_not_count():
    """From a day of one's own on: the departure of that day counts, an earlier one does not."""
    day, paid = first_departure(TWICE, EVERYBODY, np.array([11, 20, 0]))
    assert day.tolist() == [60, 20, NEVER] and paid.tolist() == [True, True, False]
    day, paid = first_departure(TWICE, EVERYBODY, 61)
    assert day.tolist() == [NEVER, 80, NEVER] and paid.tolist() == [False, False, False]


def test_what_a_rule_first_paid_each_is_summed_over_kinds():
    """Severance and notice of one day are one payment; a second time is another, and left out."""
    staff, day, pence = paid_for_going(TWICE, MARS)
    assert (staff.tolist(), day.tolist(), pence.tolist()) == ([1, 2], [60, 20], [900, 570])
    assert [len(column) for column in paid_for_going(TWICE, QUIT)] == [0, 0, 0]


def test_the_last_rule_is_that_of_the_last_departure():
    """Of those not in post at the end; everybody else is here."""
    gone = attrs.evolve(TWICE, closing=attrs.evolve(TWICE.closing, post=np.array([-1, -1, 2], "int32")))
    rules = last_rule(gone, EVERYBODY)
    assert rules.tolist() == [MARS, MARS, -1]
    assert routes(gone, rules) == ["mars", "mars", "here"]


@pytest.mark.parametrize(
    "facts", [{"born": "1971-01-01"}, {"since": "2001-04-01"}, {"sex": "male"}, {"function": "nursing"}, {"band": "7"}]
)
def test_another_person_under_an_identity_is_refused(facts: dict[str, str]) -> None:
    """Two worlds that give one identity to two people are no pair, whichever fact of the opening tells them apart."""
    run = played(person(1), person(2, **facts))
    baseline = played(person(1), person(2))
    with pytest.raises(InputError) as refused:
        compare(run, baseline=baseline)
    assert str(refused.value) == (
        "the two runs: have different people under 1 of 2 identities, such as 2; "
        "compare runs with the same staff list, or the same `staff_seed`"
    )


def test_a_changed_attitude_is_no_other_person() -> None:
    """What people want may differ between two worlds: they are compared."""
    run = played(person(1, attitude=1.0, critical=True))
    baseline = played(person(1))
    assert len(compare(run, baseline=baseline).staff) == 1


def test_functions_are_told_by_name() -> None:
    """Worlds that number the same functions otherwise have the same people."""
    scenario = small_world(person(1), person(2, function="nursing"))
    staff = scenario.workforce
    turned = staff.having(functions=staff.functions[::-1], function=1 - staff.function)
    run = attrs.evolve(simulate(scenario, seed=1), people=turned)
    assert compare(run, baseline=simulate(scenario, seed=1)).staff.tolist() == [1, 2]
