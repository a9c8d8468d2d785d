"""Strata by cause: people with events of the policy itself, and people affected through somebody else."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import nhstransit as nt
from nhstransit import tables
from nhstransit.comparison import CUTS, STRATA, THROUGH, Comparison
from nhstransit.comparison.strata import COLUMNS
from nhstransit.grammar import Appoint, Depart, Effect, Situation
from nhstransit.log import Kind, rule_code
from nhstransit.measures.knowledge import KNOWLEDGE, PAY_WEIGHTS
from tests.comparison.planted import pays, with_policy
from tests.shared import hamlet_run
from tests.small import Own, body, person, played, rows, small_world

BODIES = [body("Old", "pct", ("finance", "6", 3), closes="2010-11-30"), body("New", "ccg", ("finance", "6", 1))]
ONE_POST = 3  # the index of New's only post


def fills(*order: int, when: str = "2010-10-01") -> Own:
    """A round in which New's one post goes to the first of these people who is in post without an agreed exit."""

    def does(situation: Situation) -> list[Effect]:
        people = situation.people
        free = [row for row in order if people.in_post[row] and people.exit_rule[row] < 0]
        return [Appoint(rows=rows(free[0]), posts=np.array([ONE_POST], "int32"), start=situation.day)] if free else []

    return Own(dates=(when,), does=does)


def comparison_with(*order: int, **policies: Any) -> Comparison:
    """A comparison with and without the given policies: three people in a closing employer, and one post in another."""
    people = [person(staff) for staff in (10, 20, 30)]
    base = small_world(*people, bodies=BODIES, policies={"round": fills(*order)})
    run = base
    for name, policy in policies.items():
        run = with_policy(run, name, policy)
    return nt.compare(nt.simulate(run, seed=1), baseline=nt.simulate(base, seed=1))


def strata_of(comparison: Comparison) -> dict[int, tuple[str, str, int]]:
    """Each person's stratum, the way in which they were affected, and the other person involved."""
    columns = zip(comparison.staff, comparison.stratum, comparison.how, comparison.whom, strict=True)
    return {int(staff): (STRATA[stratum], THROUGH[how], int(other)) for staff, stratum, how, other in columns}


def test_a_person_stays_through_a_post_that_another_left():
    """Person 10 is paid to leave, so person 20 gets their post and stays because of it, through person 10."""
    found = strata_of(comparison_with(0, 1, 2, planted=pays([10])))
    assert found[10] == ("left because of it", "direct", -1)
    assert found[20] == ("stayed because of it", "a post left by another", 10)
    assert found[30][0] == "left in both runs"


def test_a_person_leaves_through_a_post_that_another_took():
    """With the two runs swapped, the strata are the reverse."""
    comparison = comparison_with(0, 1, 2, planted=pays([10]))
    reverse = nt.compare(comparison.baseline, baseline=comparison.run)
    found = strata_of(reverse)
    assert found[10] == ("stayed because of it", "direct", -1)
    assert found[20] == ("left because of it", "a post taken by another", 10)


def test_a_person_who_took_a_post_and_left_it_still_displaced_another():
    """Person 10 leaves in December, but had the post when person 20 would have won it."""
    people = [person(staff) for staff in (10, 20, 30)]
    later = pays([10], when="2010-12-10", pence=0)
    run = small_world(*people, bodies=BODIES, policies={"round": fills(0, 1, 2), "later": later})
    baseline = nt.simulate(with_policy(run, "planted", pays([10])), seed=1)
    found = strata_of(nt.compare(nt.simulate(run, seed=1), baseline=baseline))
    assert found[20] == ("left because of it", "a post taken by another", 10)
    assert found[10][0] == "left in both runs"


@pytest.mark.parametrize(("when", "pence"), [("2010-11-01", 0), ("2010-09-15", 100_00)])
def test_a_person_is_not_displaced_by_themselves(when, pence):
    """They leave a post that nobody else then holds, or are paid to leave before they would win it."""

    def does(situation: Situation) -> list[Effect]:
        return list(pays([20], pence=pence).does(situation)) if not situation.people.in_post[2] else []

    people = [person(staff) for staff in (10, 20, 30)]
    later = Own(dates=(when,), does=does)
    base = small_world(*people, bodies=BODIES, policies={"round": fills(1), "later": later})
    run = nt.simulate(with_policy(base, "planted", pays([30], when="2010-09-01")), seed=1)
    found = strata_of(nt.compare(run, baseline=nt.simulate(base, seed=1)))
    assert found[20] == ("left because of it", "otherwise", -1)


def test_people_without_an_event_of_the_changed_round_are_not_direct():
    """If the round itself differs, people whom it appoints in either run are direct, and others are not."""
    people = [person(staff) for staff in (10, 20, 30)]
    runs = [
        nt.simulate(small_world(*people, bodies=BODIES, policies={"round": fills(first, 1, 2)}), seed=1)
        for first in (0, 2)
    ]
    found = strata_of(nt.compare(runs[0], baseline=runs[1]))
    assert found[10] == ("left because of it", "direct", -1) or found[10] == ("stayed because of it", "direct", -1)
    assert found[30][1] == "direct"
    assert found[20] == ("left in both runs", "otherwise", -1)


def test_a_person_dismissed_instead_of_another_is_classified_as_such():
    """One person is to be paid to leave. Person 10 has already left, so person 20 is selected."""

    def does(situation: Situation) -> list[Effect]:
        left = np.flatnonzero(situation.people.in_post & ~situation.people.settled)[:1]
        one = np.full(len(left), 100_00, "int64")
        none = np.zeros(len(left), "int64")
        last = np.full(len(left), situation.day, "int32")
        return [Depart(rows=left, last_day=last, severance=one, in_lieu=none, strain=none, remove=none > 0)]

    people = [person(staff) for staff in (10, 20, 30)]
    base = small_world(*people, policies={"cuts": Own(dates=("2010-10-01",), does=does)})
    run = with_policy(base, "planted", pays([10], when="2010-09-01"))
    found = strata_of(nt.compare(nt.simulate(run, seed=1), baseline=nt.simulate(base, seed=1)))
    assert found[10] == ("left in both runs", "otherwise", -1)
    assert found[20] == ("left because of it", "chosen or kept in another's place", -1)
    assert found[30][0] == "stayed in both runs"


def test_direct_people_have_an_event_of_a_differing_policy():
    """A person is direct exactly if either log has an event about them under a differing rule."""
    hamlet = nt.load_scenario("hamlet")
    run = hamlet_run()
    baseline = nt.simulate(hamlet.without("mars").without("rets"), seed=1)
    comparison = nt.compare(run, baseline=baseline)
    codes = {rule_code("mars"), rule_code("rets")}
    affected = {
        event[4] for comparison_with in (run, baseline) for event in comparison_with.log.tuples() if event[3] in codes
    }
    assert {
        who for who, direct in zip(comparison.staff.tolist(), comparison.direct, strict=True) if direct
    } == affected - {-1}
    assert len(affected) > 20


@pytest.fixture(scope="module")
def hamlet():
    """The hamlet compared with itself without MARS."""
    scenario = nt.load_scenario("hamlet")
    return nt.compare(nt.simulate(scenario, seed=2), baseline=nt.simulate(scenario.without("mars"), seed=2))


@pytest.mark.thorough
def test_ways_sum_to_the_strata_that_differ(hamlet):
    """In the table, ways sum to the two strata that differ, and to zero in the other two."""
    ways = hamlet.strata[[tables.column(name) for name in THROUGH]].sum(axis=1)
    assert ways["left because of it"] == hamlet.strata.loc["left because of it", "people"] > 0
    assert ways["stayed because of it"] == hamlet.strata.loc["stayed because of it", "people"] > 0
    assert ways["stayed in both runs"] == ways["left in both runs"] == 0


@pytest.mark.parametrize("cut", CUTS)
def test_every_grouping_of_strata_sums_to_everyone(hamlet, cut):
    """People and strata sum to the totals for every grouping."""
    table = hamlet.strata_by(cut)
    assert table["people"].sum() == len(hamlet.staff)
    for name, column in zip(STRATA, COLUMNS, strict=True):
        assert table[column].sum() == hamlet.strata.loc[name, "people"]
    assert (table["net"] == table["left_because_of_it"] - table["stayed_because_of_it"]).all()
    assert (table["left_direct"] <= table["left_because_of_it"]).all()


def test_groups_of_strata_are_those_at_the_start(hamlet):
    """They equal a plain count by function and years of service from the staff list."""
    people = hamlet.run.people
    for who, row in zip(hamlet.staff[:40].tolist(), hamlet.run.rows_of(hamlet.staff[:40]), strict=True):
        assert people.staff[row] == who
    table = hamlet.strata_by("function")
    rows_ = hamlet.run.rows_of(hamlet.staff)
    for code, name in enumerate(people.functions):
        mine = hamlet.stratum[people.function[rows_] == code]
        assert table.loc[name, list(COLUMNS)].tolist() == np.bincount(mine, minlength=4).tolist()
    service = hamlet.strata_by("service")
    short = sum(event < 2 for event in _served(hamlet))
    assert service.loc["under 2", "people"] == short


def _served(comparison: Comparison) -> list[int]:
    from nhstransit.dates import complete_years

    people = comparison.run.people
    return complete_years(people.service_from[comparison.run.rows_of(comparison.staff)], 14_700).tolist()


def test_routes_of_leaving_sum_to_the_strata(hamlet):
    """The route is the rule of leaving in each run. "Here" in both runs is "stayed in both runs"."""
    table = hamlet.routes
    sums = table.groupby("stratum")["people"].sum()
    assert {name: int(sums[name]) for name in STRATA} == hamlet.strata["people"].to_dict()
    here = table[(table["route"] == "here") & (table["baseline_route"] == "here")]
    assert here["people"].sum() == hamlet.strata.loc["stayed in both runs", "people"]
    paid = table[table["route"] == "mars"]["people"].sum()
    left = hamlet.run.log.of(Kind.DEPARTED)
    assert 0 < paid <= (left.rule == rule_code("mars")).sum()


def test_an_unknown_grouping_is_refused_with_the_nearest_name(hamlet):
    with pytest.raises(nt.NhstransitError, match="by: is 'functions'; did you mean 'function'"):
        hamlet.strata_by("functions")


def test_weights_of_knowledge_depend_on_band_service_and_skill():
    """Longer service, higher skill and a higher band have a higher weight, according to the formula."""
    people = [
        person(1, since="2000-04-01"),
        person(2, since="2009-04-01"),
        person(3, since="2000-04-01", skill=1.0),
        person(4, since="2000-04-01", band="7"),
    ]
    run = played(*people)
    weights = nt.compare(run, baseline=run).weights
    assert weights[2] / weights[0] == pytest.approx(np.exp(KNOWLEDGE.skill_slope))
    assert weights[3] / weights[0] == pytest.approx(PAY_WEIGHTS[6] / PAY_WEIGHTS[5])
    assert weights[1] / weights[0] == pytest.approx(np.expm1(-1 / 5) / np.expm1(-10 / 5), rel=2e-3)
    assert (weights > 0).all()


def test_leavers_of_equal_weight_have_a_selection_ratio_of_one():
    """If everyone has the same weight, the shares of knowledge and people are equal."""
    people = [person(staff) for staff in range(50)]
    base = small_world(*people)
    comparison = nt.compare(
        nt.simulate(with_policy(base, "planted", pays(range(10))), seed=1), baseline=nt.simulate(base, seed=1)
    )
    table = comparison.drain
    assert table.loc["left because of it", "share"] == 0.2
    assert table.loc["net, because of it", "knowledge_share"] == pytest.approx(0.2)
    assert table.loc["net, because of it", "selection"] == pytest.approx(1.0)
