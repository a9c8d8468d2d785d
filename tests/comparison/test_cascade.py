"""The waterfall: its parts sum to the gap exactly, and each agrees with a plain loop or a scenario with only this part."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhstransit as nt
from nhstransit.comparison import MECHANISMS, waterfall
from nhstransit.comparison.waterfall import RESIDUAL
from nhstransit.dates import epoch_day
from nhstransit.engine.simulate import simulate
from nhstransit.grammar import Effect, Rejoin, Situation
from nhstransit.law import Law
from nhstransit.law.parameters import bundled
from nhstransit.log import Kind
from nhstransit.run import Run
from nhstransit.run.accrual import accrued
from tests.comparison.planted import COST, keeps, pair, pays, restless
from tests.examples import examples
from tests.shared import hamlet_run
from tests.small import Own, date, person, played, rows
from tests.worlds import runs

few = examples(4, 40)
LAW = Law.bundled()
DEAR = """
format = 1
about = "National Insurance at half of pay"

[[table]]
parameter = "employer_ni"
unit = "fraction; pounds a year"
since = 2010-04-01
until = 2011-03-31
value = { rate = 0.50, threshold = 5715, lower_limit = 5044, upper_accrual = 40040, rebate = 0.037 }
sources = ["project"]
quality = "assumption"
"""


def cost_by_hand(run: Run, staff: int) -> tuple[int, int]:
    """One person's cost in 365ths of a penny, day by day: before the first departure, and after it."""
    row = int(np.flatnonzero(run.people.staff == staff)[0])
    pay = int(run.opening_pay[row])
    here = bool(run.opening_post[row] >= 0)
    left = 0
    wte = run.people.wte[row]
    origin = run.scenario.calendar.origin
    total = [0, 0]
    events = run.log.take(run.log.staff == staff).tuples()
    yearly = {(pay, 0): int(LAW.employer_cost([pay], [wte], origin)[0])}
    start = 0
    for day in range(run.scenario.calendar.days):
        if run.scenario.calendar.date(day).timetuple()[1:3] == (4, 1):
            start = day
        today = [event for event in events if event[0] == day]
        leaves_today = any(event[2] == Kind.DEPARTED for event in today)
        for event in today:
            pay = event[7] if event[2] == Kind.PAY else pay
            here = here or event[2] == Kind.ARRIVED
        if here:
            if (pay, start) not in yearly:
                yearly[pay, start] = int(LAW.employer_cost([pay], [wte], origin + start)[0])
            total[left > 0] += yearly[pay, start]
        if leaves_today:
            here = False
            left = left + 1
    return total[0], total[1]


def test_the_cost_of_each_person_equals_a_count_of_days():
    """The people include stayers, leavers, newcomers and returners."""
    run = hamlet_run()
    first, again = accrued(run)
    for staff in [*run.people.staff[:12].tolist(), *run.people.staff[-6:].tolist()]:
        row = int(run.rows_of(np.array([staff]))[0])
        assert (first[row], again[row]) == cost_by_hand(run, staff)


def test_a_year_in_post_costs_the_yearly_cost():
    """The year is 1 April 2010 to 31 March 2011, at £24,000 without a rise."""
    run = played(person(1), end=date("2011-03-31"))
    yearly = int(LAW.employer_cost([24_000_00], [1.0], epoch_day(date("2010-04-01")))[0])
    assert accrued(run)[0].tolist() == [365 * yearly]


def test_cost_after_a_return_is_separate():
    """A person who leaves in May and returns in September has costs before leaving and after returning."""

    def does(situation: Situation) -> list[Effect]:
        if situation.stage == "2010-05-31":
            return list(pays([1], pence=0).does(situation))
        return [Rejoin(rows=rows(0), posts=np.array([0], "int32"))]

    returning = Own(dates=("2010-05-31", "2010-09-01"), does=does)
    run = played(person(1), person(2), policies={"back": returning})
    first, again = accrued(run)
    assert (first[0], again[0]) == cost_by_hand(run, 1)
    assert (first[0] // first[1], again[1]) == (0, 0) and again[0] > first[0] > 0
    found = parts(run, played(person(1), person(2)))
    assert set(found) == {"pay of people who stayed", "returns"}


@pytest.mark.thorough
@few
@given(runs(), st.data())
def test_the_parts_sum_to_the_gap(run: Run, data: st.DataObject) -> None:
    """The sum is exact, without a residual, and the parts change sign if the runs are swapped."""
    scenario = run.scenario
    if not scenario.policies:
        return
    name = data.draw(st.sampled_from(sorted(scenario.policies)))
    baseline = simulate(scenario.without(name), seed=run.seed)
    forward = waterfall(run, baseline)
    reverse = waterfall(baseline, run)
    assert sum(forward.parts) == forward.gap
    assert forward.residual == 0
    mirrored = dict(zip(reverse.names, reverse.parts, strict=True))
    swapped = {"left because of it": "stayed because of it", "stayed because of it": "left because of it"}
    for part, share in zip(forward.names, forward.parts, strict=True):
        assert share == -mirrored[swapped.get(part, part)]


def parts(run: Run, baseline: Run) -> dict[str, Fraction]:
    found = waterfall(run, baseline)
    assert set(found.names) == {*MECHANISMS, RESIDUAL}
    return {name: part for name, part in zip(found.names, found.parts, strict=True) if part}


def test_the_waterfall_of_a_scheme_that_pays_stayers_to_leave():
    """It costs the payments and saves the pay of people who left because of it. The other parts are zero."""
    found = parts(*pair(restless(20, behaviour=without_departures()), pays([3, 4, 5])))
    assert set(found) == {"number paid to go", "left because of it"}
    assert found["number paid to go"] == 3 * COST / 100
    assert found["left because of it"] < -3 * 50_000


def test_the_waterfall_of_a_scheme_that_pays_people_who_would_leave_later():
    """They leave in both runs but earlier with the scheme, so the saving is timing."""
    scenario = restless(60)
    base = simulate(scenario, seed=1)
    left = base.log.of(Kind.DEPARTED)
    later_leavers = left.staff[left.day > 200].tolist()
    found = parts(*pair(scenario, pays(later_leavers)))
    assert set(found) == {"number paid to go", "timing"}
    assert found["timing"] < 0


def test_the_waterfall_of_premiums_for_people_who_stay_anyway():
    """The only part is the cost of the premiums."""
    found = parts(*pair(restless(10, behaviour=without_departures()), keeps(range(4), "2011-09-30")))
    assert set(found) == {"retention"}
    assert found["retention"] > 0


def test_higher_payments_to_the_same_people_are_price():
    """Doubling the payments is price, to the penny."""
    scenario = restless(10, behaviour=without_departures())
    cheap, _ = pair(scenario, pays([1, 2]))
    events = cheap.log.columns()
    double = np.where(cheap.log.kind == Kind.SEVERANCE, 2, 1) * cheap.log.pence
    ledger = cheap.closing.ledger.having("SEVERANCE", 4 * COST)
    log = attrs.evolve(cheap.log, **{**events, "pence": double})
    expensive = attrs.evolve(cheap, log=log, closing=attrs.evolve(cheap.closing, ledger=ledger))
    assert parts(expensive, cheap) == {"price": 2 * COST / 100}


def test_money_that_is_not_in_the_log_is_the_residual():
    """If the ledger has a penny more than the log, the residual is a penny."""
    run, baseline = pair(restless(10), pays([1, 2]))
    ledger = run.closing.ledger.having("SEVERANCE", 2 * COST + 1)
    found = waterfall(attrs.evolve(run, closing=attrs.evolve(run.closing, ledger=ledger)), baseline)
    assert found.residual == Fraction(1, 100)
    assert sum(found.parts) == found.gap


def test_paying_a_person_with_higher_pay_is_selection():
    """A person with twice the pay gets the same payment instead of another person."""
    people = [person(1), person(2, band="7", pay=48_000)]
    runs = []
    for staff in (1, 2):
        scheme = pays([staff])
        run = played(*people, policies={"planted": scheme})
        runs.append(run)
    found = parts(runs[1], runs[0])
    assert found["selection"] > 0 > found["price"]
    assert found["selection"] + found["price"] == 0  # both were paid £1,000, at pay of £24,000 and £48,000
    assert {"left because of it", "stayed because of it"} <= set(found)


def test_a_waterfall_has_three_sentences_and_a_table():
    """This is so in the terminal and in a notebook."""
    found = waterfall(*pair(restless(20, behaviour=without_departures()), pays([3, 4, 5])))
    lines = repr(found).splitlines()
    assert lines[0].startswith("Staff cost over the whole period changes from £")
    assert lines[1].startswith("The largest part is left because of it (-£")
    assert "do not depend on an order" in lines[2] and lines[3] == ""
    assert "number paid to go" in repr(found) and "timing" not in repr(found)
    assert found._repr_html_().count("<p>") == 3 and "<table" in found._repr_html_()
    assert found.table["share"].sum() == pytest.approx(1.0)


def without_departures():
    from tests.small import behaving

    return behaving()


def expensive_law(folder: Path) -> Law:
    """The bundled law, except that employers pay National Insurance at half of pay in 2010-11."""
    file = folder / "dear.toml"
    file.write_text(DEAR, "utf-8")
    return Law(bundled().having(file))


def test_a_waterfall_uses_the_law_of_its_runs(tmp_path: Path) -> None:
    """Under a user's own law, days in post have the costs of that law, in `compare` and in `waterfall`."""
    law = expensive_law(tmp_path)
    scenario = restless(5)
    run = simulate(scenario, seed=1, law=law)
    baseline = simulate(scenario, seed=1, law=law)
    usual = waterfall(simulate(scenario, seed=1), simulate(scenario, seed=1))
    found = nt.compare(run, baseline=baseline, law=law).waterfall
    assert found.start == waterfall(run, baseline, law=law).start > usual.start
    assert nt.compare([run], baseline=[baseline], law=law).pairs[0].waterfall.start == found.start


def test_a_law_other_than_that_of_the_runs_is_refused(tmp_path: Path) -> None:
    """A waterfall must use the prices of its runs, and both runs must have the same law."""
    law = expensive_law(tmp_path)
    scenario = restless(5)
    usual = simulate(scenario, seed=1)
    other = simulate(scenario, seed=1, law=law)
    wrong = "law: these runs used another law; give `law`, the law that the runs were simulated with"
    for call in (
        lambda: waterfall(other, other),
        lambda: nt.compare(other, baseline=other).waterfall,
        lambda: waterfall(usual, usual, law=law),
        lambda: nt.compare(usual, baseline=usual, law=law),
    ):
        with pytest.raises(nt.NhstransitError, match=wrong):
            call()
    two = "used different pay and severance rules: the dated parameters differ; use the same law for both"
    for given_ in (None, law):
        with pytest.raises(nt.NhstransitError, match=two):
            waterfall(other, usual, law=given_)
    with pytest.raises(nt.NhstransitError, match="seeds 1 and 2"):
        waterfall(usual, simulate(scenario, seed=2))
