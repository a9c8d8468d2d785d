"""Effects of known size, planted by a scheme that reads the baseline, are found as what they are."""

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
    """A restless world, and its run without any scheme."""
    scenario = restless()
    return scenario, simulate(scenario, seed=1)


def test_paying_those_who_would_have_left_is_all_deadweight(world):
    """A scheme that pays exactly who leaves unpaid within a year is deadweight to the last penny."""
    scenario, baseline = world
    would = leavers(baseline, PAY_DAY, YEAR_AFTER) - leavers(baseline, PAY_DAY, PAY_DAY)
    assert len(would) > 10
    run, without = pair(scenario, pays(would))
    table = deadweight(run, without, "planted")
    assert table["takers"].tolist() == [len(would)] * 2
    assert table["unpaid"].tolist() == [len(would)] * 2
    assert table["share"].tolist() == table["share_of_pounds"].tolist() == [1.0, 1.0]
    assert table["pounds"].tolist() == [len(would) * COST / 100] * 2


def test_paying_those_who_would_have_stayed_is_none(world):
    """A scheme that pays exactly who is still there two years later has no deadweight at either horizon."""
    scenario, baseline = world
    run, without = pair(scenario, pays(there_on(baseline, TWO_AFTER)))
    table = deadweight(run, without, "planted")
    assert table["takers"].iloc[0] > 10
    assert table["unpaid"].tolist() == table["pounds"].tolist() == [0, 0]
    assert table["share"].tolist() == [0.0, 0.0]
    assert (table["not_gone"] == table["takers"]).all()


def test_deadweight_in_part_is_found_in_part(world):
    """Who would leave in the second year counts at 24 months and not at 12; a mixture gives its own share."""
    scenario, baseline = world
    first = sorted(leavers(baseline, "2010-10-01", YEAR_AFTER))[:6]
    second = sorted(leavers(baseline, "2011-10-01", TWO_AFTER))[:4]
    stay = sorted(there_on(baseline, TWO_AFTER))[:10]
    run, without = pair(scenario, pays([*first, *second, *stay]))
    table = deadweight(run, without, "planted")
    assert table["unpaid"].tolist() == [6, 10]
    assert table["share"].tolist() == [6 / 20, 10 / 20]


def test_a_horizon_past_the_end_is_unseen(world):
    """Whoever is still there when the runs end before the horizon is neither deadweight nor not, and not in the share."""
    scenario, baseline = world
    late = "2012-06-30"
    there = there_on(baseline, late)
    run, without = pair(scenario, pays(there, when=late))
    row = deadweight(run, without, "planted", months=[12]).iloc[0]
    left = len(leavers(baseline, late, "2013-03-31") & there)
    assert (row["unpaid"], row["not_gone"], row["unseen"]) == (left, 0, len(there) - left)
    assert row["share"] == 1.0


def test_the_horizon_ends_with_the_day_a_year_later(world):
    """Who leaves unpaid on that very day counts, and who leaves on the next does not."""
    scenario, baseline = world
    stay = sorted(there_on(baseline, TWO_AFTER))
    other = with_policy(scenario, "on-the-day", pays(stay[:3], when="2011-09-30", pence=0))
    other = with_policy(other, "a-day-late", pays(stay[3:5], when="2011-10-01", pence=0))
    run, without = pair(other, pays(stay[:6]))
    assert deadweight(run, without, "planted")["unpaid"].tolist() == [3, 5]


def test_who_would_have_been_paid_by_another_is_no_deadweight(world):
    """A departure with money in the baseline is told apart."""
    scenario, baseline = world
    stay = sorted(there_on(baseline, TWO_AFTER))[:7]
    other = with_policy(scenario, "other", pays(stay, when="2011-01-31"))
    run, without = pair(other, pays(stay))
    table = deadweight(run, without, "planted", months=[3, 12])
    assert table["paid_otherwise"].tolist() == [0, 7]
    assert table["unpaid"].tolist() == [0, 0]


def test_a_baseline_that_pays_too_is_refused(world):
    """Deadweight needs a world without the offer; an unknown policy is answered with the nearest."""
    scenario, baseline = world
    run, without = pair(scenario, pays(there_on(baseline, PAY_DAY)))
    with pytest.raises(
        nt.NhstransitError, match=r"pays people to go in the baseline too; compare with a run without it"
    ):
        deadweight(run, run, "planted")
    with pytest.raises(nt.NhstransitError, match="is not in the run; did you mean 'planted'"):
        deadweight(run, without, "plantd")


def test_deadweight_of_the_hamlet_is_a_plain_count():
    """Taker by taker, in a loop: the first unpaid departure of the baseline, within so many months of going."""
    run = hamlet_run()
    baseline = hamlet_without("mars")
    table = deadweight(run, baseline, "mars")
    code = rule_code("mars")
    unpaid = {12: 0, 24: 0}
    events = baseline.log.tuples()
    takers = [
        (day, staff) for day, _, kind, rule, staff, *_ in run.log.tuples() if (kind, rule) == (Kind.SEVERANCE, code)
    ]
    for went, staff in takers:
        mine = [event for event in events if event[4] == staff and event[0] >= on("2010-09-02")]
        left = [event[0] for event in mine if event[2] == Kind.DEPARTED]
        paid = {event[0] for event in mine if event[2] in (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION)}
        for months, until in ((12, "2011-11-30"), (24, "2012-11-30")):
            assert went == on("2010-11-30")
            unpaid[months] += bool(left) and left[0] <= on(until) and left[0] not in paid
    assert table["takers"].tolist() == [len(takers)] * 2
    assert table["unpaid"].to_dict() == unpaid
    assert sum(unpaid.values()) > 0


def test_guarantees_for_those_who_stay_keep_nobody(world):
    """Terms given to exactly who would have stayed to their end have no one kept because of them, and a cost without end."""
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


def test_guarantees_that_hold_everybody_keep_just_the_leavers(world):
    """Where no guaranteed person resigns, those stayed because of it are those who would have resigned before its end."""
    scenario, baseline = world
    would = leavers(baseline, "2010-10-01", "2011-09-29")
    run, without = pair(scenario, keeps(there_on(baseline, PAY_DAY), "2011-09-30", premium=1000.0))
    table = additionality(run, without, "planted")
    ours = leavers(run, "2010-10-01", "2011-09-29")
    assert table.loc["stayed because of it", "people"] == len(would - ours)
    assert table.loc["left in both runs", "people"] == len(would & ours)
    assert table.loc["stayed because of it", "people"] > 10
    assert table["people"].sum() == len(there_on(baseline, PAY_DAY))


def test_who_goes_on_the_last_day_of_the_guarantee_has_stayed(world):
    """A departure on that day, in either world, is none before its end; one on the day before is."""
    scenario, baseline = world
    stay = sorted(there_on(baseline, TWO_AFTER))
    other = with_policy(scenario, "on-the-day", pays(stay[:3], when="2011-09-30"))
    other = with_policy(other, "a-day-early", pays(stay[3:5], when="2011-09-29"))
    table = additionality(*pair(other, keeps(stay[:6], "2011-09-30", premium=0.0)), "planted")
    assert table["people"].tolist() == [0, 4, 2, 0, 0]


@pytest.mark.parametrize(("end", "seen"), [("2011-09-29", False), ("2011-09-30", True)])
def test_guarantees_that_outlive_a_world_are_unseen(world, end, seen):
    """The runs must reach the eve of a guarantee's last day to say who stayed until then; who has gone is known at once."""
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


def test_a_guarantee_unseen_in_one_world_is_unseen(world):
    """Where only the baseline ends too soon nobody who is still there in it is judged."""
    scenario, _ = world
    run, _ = pair(scenario, keeps(range(120), "2011-09-30", premium=1000.0))
    short = simulate(attrs.evolve(scenario, end=date("2011-06-30")), seed=1)
    table = additionality(run, short, "planted")
    assert table.loc["unseen", "people"] > 10
    assert (table.loc[["stayed in both runs", "left because of it"], "people"] == 0).all()
    assert cost_of_one_kept(table) == table["premium"].drop("unseen").sum() / table["people"].iloc[0]


def test_departures_put_off_past_the_end_are_unseen(world):
    """In a full run who was kept leaves within the year after or not; in one that ends before it is over some are unseen."""
    scenario, baseline = world
    there = there_on(baseline, PAY_DAY)
    full = additionality(*pair(scenario, keeps(there, "2011-09-30", premium=1000.0)), "planted").iloc[0]
    short = attrs.evolve(scenario, end=date("2012-01-31"))
    cut = additionality(*pair(short, keeps(there, "2011-09-30", premium=1000.0)), "planted").iloc[0]
    assert (full["people"], full["put_off_unseen"]) == (cut["people"], 0)
    assert cut["put_off"] + cut["put_off_unseen"] == cut["people"]
    assert 0 < cut["put_off"] < full["put_off"] <= full["people"]


def test_a_policy_that_does_no_such_thing_is_refused():
    """Deadweight of retention terms and additionality of a severance scheme are no tables of zeros."""
    hamlet = nt.load_scenario("hamlet")
    run = hamlet_run()
    no_rets, no_mars = (nt.simulate(hamlet.without(name), seed=1) for name in ("rets", "mars"))
    for ask in (deadweight, posts_saved):
        with pytest.raises(
            nt.NhstransitError, match=r"policies\.rets: pays nobody to go in the run; did you mean 'mars'"
        ):
            ask(run, no_rets, "rets")
    with pytest.raises(
        nt.NhstransitError, match=r"policies\.mars: guarantees nobody a job in the run; did you mean 'rets'"
    ):
        additionality(run, no_mars, "mars")


@pytest.mark.parametrize("months", every(3, [(), 12, (-1,), (1.5,), "12", (12, None), (10**9,)]))
def test_horizons_that_are_no_months_are_refused(world, months):
    """They must be whole numbers of 0 or more, one at least."""
    scenario, _ = world
    runs = pair(scenario, pays([1]))
    for ask in (deadweight, posts_saved):
        with pytest.raises(
            nt.NhstransitError, match=r"months: .* is not valid; give whole numbers from 0 to 1200, such as \(12, 24\)"
        ):
            ask(*runs, "planted", months=months)


def test_posts_that_would_have_stood_empty_are_not_saved(world):
    """A scheme that removes the posts of those who leave anyway, in a body that hires nobody, saves none of them."""
    scenario, baseline = world
    would = leavers(baseline, "2010-10-01", YEAR_AFTER)
    row = posts_saved(*pair(scenario, pays(would, remove=True)), "planted").iloc[0]
    assert (row["removed"], row["empty_anyway"], row["net"]) == (len(would), len(would), 0)
    assert np.isnan(row["cost_a_net_post"]) and np.isnan(row["payback"])


def test_posts_of_those_who_stay_are_saved(world):
    """Of posts held two years on in the baseline every one is saved, at what its holder was paid."""
    scenario, baseline = world
    stay = there_on(baseline, TWO_AFTER)
    table = posts_saved(*pair(scenario, pays(stay, remove=True)), "planted")
    assert table["net"].tolist() == table["removed"].tolist() == [len(stay)] * 2
    assert table["cost_a_net_post"].tolist() == table["gap_a_net_post"].tolist() == [COST / 100] * 2
    assert table["exit_cost"].tolist() == [len(stay) * COST / 100] * 2
    assert (table["payback"] - 12 * table["exit_cost"] / table["saving"]).abs().max() < 1e-9


def test_posts_that_go_in_the_baseline_too_are_not_saved(world):
    """A post removed by another rule in the baseline is gone anyway."""
    scenario, baseline = world
    stay = sorted(there_on(baseline, TWO_AFTER))[:5]
    other = with_policy(scenario, "other", pays(stay[:2], when="2011-01-31", remove=True))
    row = posts_saved(*pair(other, pays(stay, remove=True)), "planted").iloc[0]
    assert (row["removed"], row["gone_anyway"], row["empty_anyway"], row["net"]) == (5, 2, 0, 3)
    assert row["gap_a_net_post"] == pytest.approx((5 - 2) * COST / 100 / 3)
