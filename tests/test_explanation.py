"""A scenario read aloud: in order of date, with counts that a plain count gives, and without the engine."""

from __future__ import annotations

import datetime as dt
import re
import subprocess
import sys

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from small import Own, body, person, small_world
from worlds import worlds

import nhstransit as nt
from nhstransit.dates import complete_months, epoch_day
from nhstransit.explanation.words import bodies, kinds, listed, millions, percent, said, span
from nhstransit.law import Law
from nhstransit.organisations.bodies import KINDS
from nhstransit.policies import Filling
from nhstransit.workforce.columns import CONTRACTS


@pytest.fixture(scope="module")
def scenario():
    return nt.load_scenario("hamlet")


@pytest.fixture(scope="module")
def explanation(scenario):
    return nt.explain(scenario)


def told(explanation, heading):
    """All sentences under a heading, in one line."""
    (found,) = [" ".join(one.sentences) for one in explanation.tellings if one.heading == heading]
    return found


def under(scenario, kinds_):
    """Whom bodies of these kinds employ, (people,), counted body by body."""
    return np.array([scenario.organisations[place].kind in kinds_ for place in scenario.workforce.employer.tolist()])


def test_the_engine_is_not_needed():
    """Reading a scenario aloud imports neither the engine nor SimPy, nor anything that draws."""
    code = "import sys, nhstransit as nt; str(nt.explain(nt.load_scenario('hamlet'))); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    modules = set(done.stdout.split())
    assert not {name for name in modules if name.startswith(("simpy", "nhstransit.engine", "matplotlib"))}


def test_the_function_stays_the_function():
    """Importing the room does not put a module in the place of the verb."""
    import nhstransit.explanation

    assert callable(nt.explain)
    assert nt.explain is nhstransit.explanation.explain


def test_days_come_in_order(explanation, scenario):
    """From the first day of the scenario to the last."""
    dates = [one.date for one in explanation.tellings]
    assert dates == sorted(dates)
    assert (dates[0], dates[-1]) == (scenario.start, scenario.end)


def test_the_first_day_counts_people_and_bodies(explanation):
    """People, bodies by kind and vacancies, as the hamlet's files have them."""
    text = told(explanation, "the first day")
    assert "300 people" in text
    assert "1 strategic health authority (58), 3 primary care trusts (184) and 1 community provider (58)" in text


def test_mars_counts_the_eligible(explanation, scenario):
    """Permanent staff of the trusts and the authority with a year's service on leaving, and what they are offered."""
    mars, staff = scenario.policies["mars"], scenario.workforce
    leaving = epoch_day(mars.leaves)
    served = complete_months(staff.service_from, leaving + 1)
    may = under(scenario, mars.kinds) & (staff.contract == CONTRACTS.index("permanent")) & (served >= 12)
    text = told(explanation, "mars, panel")
    assert text.startswith(f"{may.sum()} of the {under(scenario, mars.kinds).sum()} people in ")
    months = np.clip(0.5 * (served[may] // 12), 3.0, 12.0)
    assert f"lowest {months.min():.1f}, median {np.median(months):.1f}, highest {months.max():.1f};" in text
    quality = Law.bundled().parameters.table("mars_2010").on(leaving).quality
    assert f"(mars_2010, quality: {quality})" in text


def test_mars_tells_the_pounds(explanation, scenario):
    """Lowest, median and highest payment, in whole pounds."""
    staff, leaving = scenario.workforce, epoch_day(scenario.policies["mars"].leaves)
    served = complete_months(staff.service_from, leaving + 1)
    may = under(scenario, ("pct", "sha")) & (staff.contract == 0) & (served >= 12)
    law = Law.bundled()
    annual = np.where(
        staff.pay_pence > 0, staff.pay_pence, law.annual_pay(staff.band, staff.point, epoch_day(scenario.start))
    )
    pounds = annual * staff.wte / 12 * np.clip(0.5 * (served // 12), 3.0, 12.0) / 100
    paid = pounds[may]
    want = f"lowest £{paid.min():,.0f}, median £{np.median(paid):,.0f}, highest £{paid.max():,.0f}"
    assert want in told(explanation, "mars, panel")


def test_retention_names_so_many_of_each_employer(explanation, scenario):
    """A tenth of each closing body's staff, rounded down."""
    heads = np.bincount(scenario.workforce.employer[under(scenario, ("pct", "sha"))])
    named = sum(int(count * scenario.policies["rets"].cap + 1e-9) for count in heads.tolist())
    assert f"would name {named} of the 242 people" in told(explanation, "rets, offer")


def test_consultation_is_by_the_law_of_the_day():
    """A hundred in one body are consulted for 90 days, twenty in another for 30, few not at all; 45 from April 2013."""
    policy = nt.load_scenario("hamlet").policies["redundancy"]
    people = [person(place, "Big") for place in range(100)]
    people += [person(100 + place, "Middling") for place in range(20)] + [person(120, "Tiny")]
    for year, days in ((2012, 90), (2013, 45)):
        start, closes = dt.date(year, 4, 10), f"{year + 1}-03-31"
        named = [body(name, closes=closes) for name in ("Big", "Middling", "Tiny")]
        letters = dt.date(year, 10, 15)
        redundancy = attrs.evolve(policy, announced=start, letters=letters, consults=letters)
        world = small_world(
            *people, bodies=named, policies={"redundancy": redundancy}, start=start, end=dt.date(year + 1, 6, 30)
        )
        text = told(nt.explain(world), "redundancy, consultation")
        assert f"{days} days in 1 employer, 30 days in 1 employer and none in 1 employer" in text
        assert f"to {said(letters + dt.timedelta(days=days))} at the latest (quality: press)" in text


def test_openings_and_closures_are_counted(explanation):
    """Shadow form, first day and last day, with the people who work there."""
    places = {one.date: " ".join(one.sentences) for one in explanation.tellings if one.heading == "places"}
    assert "2 clinical commissioning groups can be filled" in places[dt.date(2012, 4, 1)]
    assert "2 clinical commissioning groups employ from today" in places[dt.date(2013, 4, 1)]
    closing = places[dt.date(2013, 3, 31)]
    assert "1 strategic health authority and 3 primary care trusts" in closing
    assert "242 people" in closing


def test_what_cannot_be_told_is_to_be_seen(explanation):
    """Whose guarantee ends depends on who accepted it."""
    assert "to be seen" in told(explanation, "rets, end")


def test_many_like_days_are_told_once(explanation, scenario):
    """Hiring acts on the 1st of each month: one telling, and how many more days."""
    days = len(scenario.policies["hiring"].days(scenario.calendar, scenario.roster))
    assert f"on {days - 1} more days" in told(explanation, "hiring")


def test_inputs_are_counted_by_grade(explanation, scenario):
    """As many as the scenario's own list has, what is set here named with what it was."""
    from nhstransit.scenario import assumptions

    inputs = assumptions(scenario)
    text = " ".join(explanation.inputs)
    assert text.startswith(f"{len(inputs)} inputs by grade: ")
    assert f"{sum(one.quality == 'assumption' for one in inputs)} assumption" in text
    assert "policies.rets.cap 0.1 (in place of the law's rets.most_share)" in text


def test_fields_named_in_a_docstring_are_told_by_their_numbers(explanation):
    """The cap on retention is read out, not called by its name."""
    assert "at most 0.1 of its staff" in told(explanation, "rets is announced")


def test_without_policies_people_only_leave():
    """A scenario in which no employer acts says so."""
    explanation = nt.explain(small_world(person(1)))
    assert "No employer does anything" in explanation.about
    assert [one.heading for one in explanation.tellings] == ["the first day", "the last day"]


def test_a_policy_of_ones_own_is_read_by_its_docstring():
    """The library has never heard of it, and still tells what it is and when."""
    policy = Own(dates=("2010-06-01",), does=lambda situation: ())
    text = told(nt.explain(small_world(person(1), policies={"own": policy})), "own")
    assert text.startswith("A policy of a test's own")
    assert text.endswith("Nobody in post is asked.")


def test_a_round_with_nothing_within_reach_asks_nobody():
    """Candidates there are, and vacant posts, but none of a function or band that anybody could go for."""
    day = dt.date(2010, 6, 1)
    filling = Filling(announced=day, held=day, starts=day)
    places = (body("Old", closes="2010-09-30"), body("New", "ccg", ("nursing", "7", 2)))
    text = told(nt.explain(small_world(person(1), bodies=places, policies={"filling": filling})), "filling")
    assert text.endswith("Nobody in post is asked.")


def test_a_policy_beyond_the_end_is_not_told(scenario):
    """What is announced after the last day does not happen."""
    early = attrs.evolve(scenario, end=dt.date(2010, 8, 31))
    assert not [one for one in nt.explain(early).tellings if "mars" in one.heading]


def test_nobody_is_explained_too():
    """A world without people has a first and a last day."""
    from empty import empty_run

    assert "0 people" in str(nt.explain(empty_run().scenario))


def test_html_is_escaped():
    """What a file says cannot become markup."""
    html = nt.explain(attrs.evolve(small_world(person(1)), title="<b>&", about="<i>"))._repr_html_()
    assert "&lt;b&gt;&amp;" in html and "<i>" not in html


def test_lines_are_no_longer_than_a_hundred(explanation):
    """For a terminal; a word may not be broken for it."""
    assert max(map(len, str(explanation).splitlines())) <= 100
    assert repr(explanation) == str(explanation)


@settings(max_examples=12)
@given(worlds())
def test_any_world_can_be_read_aloud(world):
    """In order of date, within the scenario, whatever the policies."""
    explanation = nt.explain(world)
    dates = [one.date for one in explanation.tellings]
    assert dates == sorted(dates)
    assert world.start <= dates[0] and dates[-1] == world.end
    assert not re.search(r"\bnan\b|Named\(|object at|\[\]", str(explanation))


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_body_has_words(kind):
    """One, several, and without a number."""
    assert bodies(1, kind) and bodies(3, kind).startswith("3 ") and kinds((kind,))
    assert kinds(tuple(KINDS)) == f"bodies of {len(KINDS)} kinds"


def test_numbers_as_they_are_said():
    """Lists, spans, dates and sums."""
    assert [listed([]), listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])] == [
        "",
        "a",
        "a and b",
        "a, b and c",
    ]
    assert span([2.0, 2.0]) == "2"
    assert span([1.0, 2.0, 5.0]) == "lowest 1, median 2, highest 5"
    assert said(dt.date(2013, 3, 31)) == "31 March 2013"
    assert [millions(2_600_000_00), millions(9_999_99)] == ["£2.6m", "£10,000"]
    assert [percent(0.15), percent(0.262), percent(1.0)] == ["15%", "26.2%", "100%"]
