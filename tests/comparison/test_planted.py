"""Planted effects of known size, from a policy that uses the baseline run, are measured correctly."""

from __future__ import annotations

import datetime as dt

import attrs
import numpy as np
import pytest

import nhstransit as nt
from nhstransit.comparison import additionality, cost_of_one_kept, deadweight, posts_saved
from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind, rule_code
from tests.comparison.planted import COST, PAY_DAY, keeps, leavers, pair, pays, restless, there_on, with_policy
from tests.examples import every
from tests.shared import hamlet_run, hamlet_without
from tests.small import date, on

YEAR_AFTER = "2011-09-30"
TWO_AFTER = "2012-09-30"


@pytest.fixture(scope="module")
def world():
    """A scenario with high turnover, and its run without any scheme."""
    scenario = restless()
    return scenario, simulate(scenario, seed=1)


def test_paying_people_who_would_have_left_is_all_deadweight(world):
    """The scheme pays exactly the people who leave unpaid within a year in the baseline."""
    scenario, baseline = world
    would = leavers(baseline, PAY_DAY, YEAR_AFTER) - leavers(baseline, PAY_DAY, PAY_DAY)
    assert len(would) > 10
    run, without = pair(scenario, pays(would))
    table = deadweight(run, without, "planted")
    assert table["takers"].tolist() == [len(would)] * 2
    assert table["unpaid"].tolist() == [len(would)] * 2
    assert table["share"].tolist() == table["share_of_pounds"].tolist() == [1.0, 1.0]
    assert table["pounds"].tolist() == [len(would) * COST / 100] * 2


def test_paying_people_who_would_have_stayed_is_no_deadweight(world):
    """The scheme pays exactly the people who are still there after two years in the baseline."""
    scenario, baseline = world
    run, without = pair(scenario, pays(there_on(baseline, TWO_AFTER)))
    table = deadweight(run, without, "planted")
    assert table["takers"].iloc[0] > 10
    assert table["unpaid"].tolist() == table["pounds"].tolist() == [0, 0]
    assert table["share"].tolist() == [0.0, 0.0]
    assert (table["not_gone"] == table["takers"]).all()


def test_partial_deadweight_is_measured_at_each_horizon(world):
    """People who would leave in the second year count at 24 months, but not at 12 months."""
    scenario, baseline = world
    first = sorted(leavers(baseline, "2010-10-01", YEAR_AFTER))[:6]
    second = sorted(leavers(baseline, "2011-10-01", TWO_AFTER))[:4]
    stay = sorted(there_on(baseline, TWO_AFTER))[:10]
    run, without = pair(scenario, pays([*first, *second, *stay]))
    table = deadweight(run, without, "planted")
    assert table["unpaid"].tolist() == [6, 10]
    assert table["share"].tolist() == [6 / 20, 10 / 20]


def test_people_whose_horizon_is_after_the_end_are_unseen(world):
    """People who are still there when the runs end are neither deadweight nor additional, and are not in the share."""
    scenario, baseline = world
    late = "2012-06-30"
    takers = there_on(baseline, late)
    run, without = pair(scenario, pays(takers, when=late))
    row = deadweight(run, without, "planted", months=[12]).iloc[0]
    left = len(leavers(baseline, late, "2013-03-31") & takers)
    assert (row["unpaid"], row["not_gone"], row["unseen"]) == (left, 0, len(takers) - left)
    assert row["share"] == 1.0


def test_the_horizon_includes_the_same_day_a_year_later(world):
    """A person who leaves unpaid on that day counts; a person who leaves on the next day does not."""
    scenario, baseline = world
    stay = sorted(there_on(baseline, TWO_AFTER))
    other = with_policy(scenario, "on-the-day", pays(stay[:3], when="2011-09-30", pence=0))
    other = with_policy(other, "a-day-late", pays(stay[3:5], when="2011-10-01", pence=0))
    run, without = pair(other, pays(stay[:6]))
    assert deadweight(run, without, "planted")["unpaid"].tolist() == [3, 5]


def test_people_whom_another_policy_would_have_paid_are_no_deadweight(world):
    """A paid departure in the baseline is counted separately."""
    scenario, baseline = world
    stay = sorted(there_on(baseline, TWO_AFTER))[:7]
    other = with_policy(scenario, "other", pays(stay, when="2011-01-31"))
    run, without = pair(other, pays(stay))
    table = deadweight(run, without, "planted", months=[3, 12])
    assert table["paid_otherwise"].tolist() == [0, 7]
    assert table["unpaid"].tolist() == [0, 0]


def test_a_baseline_in_which_the_policy_pays_is_refused(world):
    """Deadweight needs a baseline without the offer. An unknown policy is refused with the nearest name."""
    scenario, baseline = world
    run, without = pair(scenario, pays(there_on(baseline, PAY_DAY)))
    with pytest.raises(
        nt.NhstransitError, match=r"pays people to go in the baseline too; compare with a run without it"
    ):
        deadweight(run, run, "planted")
    with pytest.raises(nt.NhstransitError, match="is not in the run; did you mean 'planted'"):
        deadweight(run, without, "plantd")


def test_deadweight_of_the_hamlet_equals_a_plain_count():
    """For each taker, the loop finds the first unpaid departure in the baseline within the months of the horizon."""
    run = hamlet_run()
    baseline = hamlet_without("mars")
    table = deadweight(run, baseline, "mars")
    code = rule_code("mars")
    unpaid = {12: 0, 24: 0}
    events = baseline.log.tuples()
    takers = [
        (day, staff) for day, _, kind, rule, staff, *_ in run.log.tuples() if (kind, rule) == (Kind.SEVERANCE, code)
    ]
    for exit_day, staff in takers:
        mine = [event for event in events if event[4] == staff and event[0] >= on("2010-09-02")]
        left = [event[0] for event in mine if event[2] == Kind.DEPARTED]
        paid = {event[0] for event in mine if event[2] in (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION)}
        for months, until in ((12, "2011-11-30"), (24, "2012-11-30")):
            assert exit_day == on("2010-11-30")
            unpaid[months] += bool(left) and left[0] <= on(until) and left[0] not in paid
    assert table["takers"].tolist() == [len(takers)] * 2
    assert table["unpaid"].to_dict() == unpaid
    assert sum(unpaid.values()) > 0


def test_guarantees_for_people_who_stay_anyway_retain_nobody(world):
    """They go to exactly the people who would have stayed, so the cost of one retained person is undefined."""
    scenario, baseline = world
    stay = there_on(baseline, "2011-09-30")
    run, without = pair(scenario, keeps(stay, "2011-09-30"))
    table = additionality(run, without, "planted")
    assert table["people"].to_dict() == {
        "stayed because of it": 0,
        "stayed in both runs": len(stay),
        "left in both runs": 0,
        "left because of it": 0,
        "unseen": 0,
    }
    assert table["premium"].sum() > 0
    assert np.isnan(cost_of_one_kept(table))


def test_guarantees_for_everyone_retain_the_people_who_would_have_left(world):
    """With a very high premium, people stayed because of it if they would have resigned before its end."""
    scenario, baseline = world
    would = leavers(baseline, "2010-10-01", "2011-09-29")
    run, without = pair(scenario, keeps(there_on(baseline, PAY_DAY), "2011-09-30", premium=1000.0))
    table = additionality(run, without, "planted")
    still_left = leavers(run, "2010-10-01", "2011-09-29")
    assert table.loc["stayed because of it", "people"] == len(would - still_left)
    assert table.loc["left in both runs", "people"] == len(would & still_left)
    assert table.loc["stayed because of it", "people"] > 10
    assert table["people"].sum() == len(there_on(baseline, PAY_DAY))


def test_a_person_who_leaves_on_the_last_day_of_the_guarantee_stayed(world):
    """A departure on the day before is before the end of the guarantee."""
    scenario, baseline = world
    stay = sorted(there_on(baseline, TWO_AFTER))
    other = with_policy(scenario, "on-the-day", pays(stay[:3], when="2011-09-30"))
    other = with_policy(other, "a-day-early", pays(stay[3:5], when="2011-09-29"))
    table = additionality(*pair(other, keeps(stay[:6], "2011-09-30", premium=0.0)), "planted")
    assert table["people"].tolist() == [0, 4, 2, 0, 0]


@pytest.mark.parametrize(("end", "seen"), [("2011-09-29", False), ("2011-09-30", True)])
def test_guarantees_that_end_after_the_run_are_unseen(world, end, seen):
    """The runs must reach the day before the last day of the guarantee. People who have left are known in any case."""
    scenario, _ = world
    short = attrs.evolve(scenario, end=date(end) - dt.timedelta(days=1))
    without = simulate(short, seed=1)
    stay = there_on(without, end)
    would = sorted(leavers(without, "2010-10-01", end))
    run, without = pair(short, keeps([*stay, *would], "2011-09-30", premium=0.0))
    table = additionality(run, without, "planted")
    assert table["people"].tolist() == ([0, len(stay), len(would), 0, 0] if seen else [0, 0, len(would), 0, len(stay)])
    shares = [len(stay), len(would)]
    assert table["share"].iloc[1:3].tolist() == ([part / sum(shares) for part in shares] if seen else [0.0, 1.0])
    assert np.isnan(table.loc["unseen", "share"])


def test_a_guarantee_that_is_unseen_in_one_run_is_unseen(world):
    """If only the baseline ends too early, people who are still there at its end are unseen."""
    scenario, _ = world
    run, _ = pair(scenario, keeps(range(120), "2011-09-30", premium=1000.0))
    short = simulate(attrs.evolve(scenario, end=date("2011-06-30")), seed=1)
    table = additionality(run, short, "planted")
    assert table.loc["unseen", "people"] > 10
    assert (table.loc[["stayed in both runs", "left because of it"], "people"] == 0).all()
    assert cost_of_one_kept(table) == table["premium"].drop("unseen").sum() / table["people"].iloc[0]


def test_delayed_departures_after_the_end_of_the_run_are_unseen(world):
    """In a run that ends within a year of the guarantee, some departures of retained people are unseen."""
    scenario, baseline = world
    people = there_on(baseline, PAY_DAY)
    full = additionality(*pair(scenario, keeps(people, "2011-09-30", premium=1000.0)), "planted").iloc[0]
    short = attrs.evolve(scenario, end=date("2012-01-31"))
    cut = additionality(*pair(short, keeps(people, "2011-09-30", premium=1000.0)), "planted").iloc[0]
    assert (full["people"], full["put_off_unseen"]) == (cut["people"], 0)
    assert cut["put_off"] + cut["put_off_unseen"] == cut["people"]
    assert 0 < cut["put_off"] < full["put_off"] <= full["people"]


def test_a_policy_of_the_wrong_kind_is_refused():
    """Deadweight of retention terms and additionality of a severance scheme are undefined."""
    hamlet = nt.load_scenario("hamlet")
    run = hamlet_run()
    no_rets, no_mars = (nt.simulate(hamlet.without(name), seed=1) for name in ("rets", "mars"))
    for function in (deadweight, posts_saved):
        with pytest.raises(
            nt.NhstransitError, match=r"policies\.rets: pays nobody to go in the run; did you mean 'mars'"
        ):
            function(run, no_rets, "rets")
    with pytest.raises(
        nt.NhstransitError, match=r"policies\.mars: guarantees nobody a job in the run; did you mean 'rets'"
    ):
        additionality(run, no_mars, "mars")


@pytest.mark.parametrize("months", every(3, [(), 12, (-1,), (1.5,), "12", (12, None), (10**9,)]))
def test_invalid_horizons_are_refused(world, months):
    """There must be at least one, and they must be whole numbers of 0 or more."""
    scenario, _ = world
    runs = pair(scenario, pays([1]))
    for function in (deadweight, posts_saved):
        with pytest.raises(
            nt.NhstransitError, match=r"months: .* is not valid; give whole numbers from 0 to 1200, such as \(12, 24\)"
        ):
            function(*runs, "planted", months=months)


def test_posts_that_would_have_been_vacant_are_not_saved(world):
    """The scheme removes the posts of people who leave anyway, and the employer hires nobody."""
    scenario, baseline = world
    would = leavers(baseline, "2010-10-01", YEAR_AFTER)
    row = posts_saved(*pair(scenario, pays(would, remove=True)), "planted").iloc[0]
    assert (row["removed"], row["empty_anyway"], row["net"]) == (len(would), len(would), 0)
    assert np.isnan(row["cost_a_net_post"]) and np.isnan(row["payback"])


def test_posts_of_people_who_would_have_stayed_are_saved(world):
    """Posts that are held after two years in the baseline are all saved, at the cost of the payment."""
    scenario, baseline = world
    stay = there_on(baseline, TWO_AFTER)
    table = posts_saved(*pair(scenario, pays(stay, remove=True)), "planted")
    assert table["net"].tolist() == table["removed"].tolist() == [len(stay)] * 2
    assert table["cost_a_net_post"].tolist() == table["gap_a_net_post"].tolist() == [COST / 100] * 2
    assert table["exit_cost"].tolist() == [len(stay) * COST / 100] * 2
    assert (table["payback"] - 12 * table["exit_cost"] / table["saving"]).abs().max() < 1e-9


def test_posts_that_are_removed_in_the_baseline_too_are_not_saved(world):
    """Another policy removes two of the posts in the baseline."""
    scenario, baseline = world
    stay = sorted(there_on(baseline, TWO_AFTER))[:5]
    other = with_policy(scenario, "other", pays(stay[:2], when="2011-01-31", remove=True))
    row = posts_saved(*pair(other, pays(stay, remove=True)), "planted").iloc[0]
    assert (row["removed"], row["gone_anyway"], row["empty_anyway"], row["net"]) == (5, 2, 0, 3)
    assert row["gap_a_net_post"] == pytest.approx((5 - 2) * COST / 100 / 3)
