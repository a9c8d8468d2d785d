"""The bundled England, before and after fitting: identities hold, and effects have the right signs."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

import numpy as np
import pytest

import nhstransit as nt
from nhstransit.dates import complete_years, epoch_day
from nhstransit.england import scope_bridge
from nhstransit.log import RULES, Kind
from nhstransit.report import beside, has_published, story
from nhstransit.workforce.columns import SECTIONS
from tests.examples import some
from tests.shared import england_run, england_without

RESIGNED = (RULES["resignation"], RULES["resignation-within-nhs"])


@pytest.fixture(scope="module")
def england():
    """The scenario of England before fitting."""
    return nt.load_scenario("england-2010-prior")


@pytest.fixture(scope="module", params=some(["england-2010", "england-2010-prior"], ["england-2010"]))
def run(request):
    """The run with seed 1 of England after fitting, and in a thorough session also before fitting."""
    return england_run(request.param)


@pytest.fixture(scope="module")
def prior():
    """The run of England before fitting."""
    return england_run("england-2010-prior")


def resigned(run: nt.Run, until: str = "2012-06-30") -> int:
    """The number of resignations up to a day. By default this is before new posts are filled."""
    left = run.log.of(Kind.DEPARTED)
    last = epoch_day(dt.date.fromisoformat(until)) - run.scenario.calendar.origin
    return int((np.isin(left.rule, RESIGNED) & (left.day <= last)).sum())


def test_the_opening_staff_are_as_many_as_published(england):
    """53,100 WTE, about 60,300 people, are in scope on 1 April 2010, each in a post."""
    _, seats = england.opening
    assert england.workforce.wte.sum() == pytest.approx(53_100, abs=1)
    assert (seats >= 0).sum() == len(england.workforce) == pytest.approx(60_300, rel=0.01)


def test_employers_that_closed_have_no_staff_and_no_posts(run):
    """On 1 April 2013 nobody is in post at a PCT, an SHA or another employer that closed."""
    state = nt.state_on(run, run.scenario.calendar.day(dt.date(2013, 4, 1)))
    shut = run.scenario.roster.closes < run.scenario.calendar.days
    assert not shut[state.employer[state.post >= 0]].any()
    assert not state.funded[shut[run.posts.employer]].any()


def test_people_who_can_draw_an_early_pension_apply_for_voluntary_redundancy_more_often(run):
    """People with 15 years of service are compared by whether they have reached the minimum pension age."""
    people = run.people
    scheme = run.scenario.policies["voluntary-redundancy"]
    closing = epoch_day(scheme.panels[0].closes)
    rule = run.code_of("voluntary-redundancy")
    applied = np.isin(people.staff, run.log.take(run.log.rule == rule).of(Kind.APPLIED).staff)
    bodies = run.scenario.roster.of_kinds(("pct", "sha"))[people.employer] & (run.opening_post >= 0)
    long = bodies & (complete_years(people.service_from, closing) >= 15) & (people.section == SECTIONS.index("1995"))
    near = complete_years(people.born, closing) >= 50
    assert applied[long & near].mean() > 1.2 * applied[long & ~near].mean()


@pytest.mark.thorough
def test_perceived_risk_raises_resignations(england, prior):
    """Without the news of the white paper, the Bill and the letters, fewer people resign."""
    calm = nt.simulate(england.without("announcement", "bill", "destination-letters"), seed=1)
    assert resigned(prior) > 1.05 * resigned(calm)


def fewer_resign(world: nt.Scenario, *caps: float, seeds: int = 1) -> bool:
    """Whether fewer people resign the more people get a guarantee, without a premium."""
    scenario = world.having("policies.rets.premium", 0.0)
    counts = []
    for cap in caps:
        wide = scenario.having("policies.rets.cap", cap)
        counts.append(sum(resigned(nt.simulate(wide, seed=seed)) for seed in range(1, 1 + seeds)))
    return all(fewer < more for more, fewer in pairwise(counts))


@pytest.mark.thorough
def test_a_guarantee_lowers_resignations_in_the_hamlet():
    assert fewer_resign(nt.load_scenario("hamlet"), 0.0, 0.5, seeds=3)


@pytest.mark.thorough
def test_a_guarantee_lowers_resignations_in_england(england):
    assert fewer_resign(england, 0.0, 0.15, 0.5)


def test_nobody_gets_severance_twice_without_returning_in_between(run):
    paid = run.log.of(Kind.SEVERANCE)
    staff, counts = np.unique(paid.staff, return_counts=True)
    back = run.log.of(Kind.ARRIVED).staff
    assert set(staff[counts > 1].tolist()) <= set(back.tolist())


def test_a_mars_payment_is_never_more_than_a_years_pay(run):
    """The tariff is at most twelve months of pay at the person's hours."""
    paid = run.log.take(run.log.rule == RULES["mars"]).of(Kind.SEVERANCE)
    rows = run.rows_of(paid.staff)
    assert (paid.pence <= np.ceil(run.opening_pay[rows] * run.people.wte[rows])).all()


def test_the_scope_bridge_closes(run):
    """No difference between people in scope and people transferred is left unexplained."""
    bridge = scope_bridge(run).set_index("line")
    assert bridge.loc["unexplained", "run"] == 0


def test_the_full_page_of_a_run_has_the_scope_bridge_and_every_published_figure(run):
    """Before its first figure the page says what was fitted, or that nothing was fitted."""
    assert has_published(run)
    page = story(nt.measure(run), published=beside(run), full=True)
    fitted = run.scenario.name == "england-2010"
    first = "FITTED IN PART: " if fitted else "UNCALIBRATED: nothing here was fitted"
    assert any(sentence.startswith(first) for sentence in page[0].sentences)
    sections = {section.heading: section for section in page}
    table = sections["Compared with what was published"].table
    between = ["middle 80% of 20 runs", "verdict"] if fitted else ["verdict"]
    assert list(table.columns[2:]) == ["published", "this run", *between, "quality", "source"]
    assert {"leavers", "stayers", "movers"} <= set(sections["What people intend"].table["intention"])
    assert sections["The scope bridge"].rows


@pytest.mark.thorough
def test_a_comparison_without_mars_has_four_strata_of_the_opening_staff(england, prior):
    """The first difference is on the day of the first decisions of MARS."""
    result = nt.compare(prior, baseline=england_without("mars", "england-2010-prior"))
    assert result.strata["people"].sum() == len(england.workforce)
    assert result.strata.loc["left because of it", "people"] > 0
    assert prior.scenario.calendar.date(result.first_difference).isoformat() == "2010-10-29"


def test_some_people_return_within_the_clawback_window_and_repay(run):
    """Repaid severance is above zero, and under 2% of the exit cost."""
    figures = nt.measure(run).headlines
    assert 0 < figures["severance paid back"] < 0.02 * figures["exit cost"]


def test_no_guarantee_is_bought_out_in_the_bundled_england(run):
    """No employer ends a guarantee of the bundled policies early."""
    assert len(run.log.of(Kind.RETAINED)) > 0
    assert len(run.log.of(Kind.BOUGHT_OUT)) == 0
