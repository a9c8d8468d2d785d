"""Strata: whom the policy's own rule touched, and who was displaced, kept or spared through somebody else."""

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
ONE_POST = 3  # the row of New's only post


def fills(*order: int, when: str = "2010-10-01") -> Own:
    """A round that gives New's one post to the first of these rows who is still there and has agreed to no exit."""

    def does(situation: Situation) -> list[Effect]:
        people = situation.people
        free = [row for row in order if people.in_post[row] and people.exit_rule[row] < 0]
        return [Appoint(rows=rows(free[0]), posts=np.array([ONE_POST], "int32"), start=situation.day)] if free else []

    return Own(dates=(when,), does=does)


def world(*order: int, **policies: Any) -> Comparison:
    """Three people, one post elsewhere, a body that closes; with and without the policies given."""
    people = [person(staff) for staff in (10, 20, 30)]
    base = small_world(*people, bodies=BODIES, policies={"round": fills(*order)})
    run = base
    for name, policy in policies.items():
        run = with_policy(run, name, policy)
    return nt.compare(nt.simulate(run, seed=1), baseline=nt.simulate(base, seed=1))


def told(comparison: Comparison) -> dict[int, tuple[str, str, int]]:
    """Stratum, how and through whom, by person."""
    columns = zip(comparison.staff, comparison.stratum, comparison.how, comparison.whom, strict=True)
    return {int(who): (STRATA[stratum], THROUGH[how], int(whom)) for who, stratum, how, whom in columns}


def test_who_gets_the_post_another_left_is_kept_by_a_vacancy():
    """With 10 paid to go, 20 gets the post that was 10's: 10 is gone directly, 20 kept through 10."""
    found = told(world(0, 1, 2, planted=pays([10])))
    assert found[10] == ("left because of it", "direct", -1)
    assert found[20] == ("stayed because of it", "a post left by another", 10)
    assert found[30][0] == "left in both runs"


def test_who_loses_the_post_to_another_is_displaced():
    """Kept to be appointed first, 30 takes the post that was 10's: the strata mirror the vacancy."""
    comparison = world(0, 1, 2, planted=pays([10]))
    back = nt.compare(comparison.baseline, baseline=comparison.run)
    found = told(back)
    assert found[10] == ("stayed because of it", "direct", -1)
    assert found[20] == ("left because of it", "a post taken by another", 10)


def test_who_took_the_post_and_left_it_has_displaced_all_the_same():
    """With 10 gone again in December it was still 10 who had the post when 20 would have won it."""
    people = [person(staff) for staff in (10, 20, 30)]
    later = pays([10], when="2010-12-10", pence=0)
    run = small_world(*people, bodies=BODIES, policies={"round": fills(0, 1, 2), "later": later})
    baseline = nt.simulate(with_policy(run, "planted", pays([10])), seed=1)
    found = told(nt.compare(nt.simulate(run, seed=1), baseline=baseline))
    assert found[20] == ("left because of it", "a post taken by another", 10)
    assert found[10][0] == "left in both runs"


@pytest.mark.parametrize(("when", "pence"), [("2010-11-01", 0), ("2010-09-15", 100_00)])
def test_nobody_displaces_themselves(when, pence):
    """Who leaves a post that nobody else then has, or is paid off before winning it, was displaced by nobody."""

    def does(situation: Situation) -> list[Effect]:
        return list(pays([20], pence=pence).does(situation)) if not situation.people.in_post[2] else []

    people = [person(staff) for staff in (10, 20, 30)]
    later = Own(dates=(when,), does=does)
    base = small_world(*people, bodies=BODIES, policies={"round": fills(1), "later": later})
    run = nt.simulate(with_policy(base, "planted", pays([30], when="2010-09-01")), seed=1)
    found = told(nt.compare(run, baseline=nt.simulate(base, seed=1)))
    assert found[20] == ("left because of it", "otherwise", -1)


def test_a_rule_that_fills_otherwise_touches_nobody_it_does_not_name():
    """Where the round itself differs, whom it appoints in either world is direct; who is in neither is not."""
    people = [person(staff) for staff in (10, 20, 30)]
    runs = [
        nt.simulate(small_world(*people, bodies=BODIES, policies={"round": fills(first, 1, 2)}), seed=1)
        for first in (0, 2)
    ]
    found = told(nt.compare(runs[0], baseline=runs[1]))
    assert found[10] == ("left because of it", "direct", -1) or found[10] == ("stayed because of it", "direct", -1)
    assert found[30][1] == "direct"
    assert found[20] == ("left in both runs", "otherwise", -1)


def test_who_is_let_go_in_anothers_place_is_told_so():
    """A list of one to be paid off: with 10 gone already it takes 20, who stayed in the baseline."""

    def does(situation: Situation) -> list[Effect]:
        left = np.flatnonzero(situation.people.in_post & ~situation.people.settled)[:1]
        one = np.full(len(left), 100_00, "int64")
        none = np.zeros(len(left), "int64")
        last = np.full(len(left), situation.day, "int32")
        return [Depart(rows=left, last_day=last, severance=one, in_lieu=none, strain=none, remove=none > 0)]

    people = [person(staff) for staff in (10, 20, 30)]
    base = small_world(*people, policies={"cuts": Own(dates=("2010-10-01",), does=does)})
    run = with_policy(base, "planted", pays([10], when="2010-09-01"))
    found = told(nt.compare(nt.simulate(run, seed=1), baseline=nt.simulate(base, seed=1)))
    assert found[10] == ("left in both runs", "otherwise", -1)
    assert found[20] == ("left because of it", "chosen or kept in another's place", -1)
    assert found[30][0] == "stayed in both runs"


def test_direct_is_a_plain_look_at_both_logs():
    """A person is direct if and only if a line of either log has their name and a differing rule."""
    hamlet = nt.load_scenario("hamlet")
    run = hamlet_run()
    baseline = nt.simulate(hamlet.without("mars").without("rets"), seed=1)
    comparison = nt.compare(run, baseline=baseline)
    codes = {rule_code("mars"), rule_code("rets")}
    named = {event[4] for world in (run, baseline) for event in world.log.tuples() if event[3] in codes}
    assert {
        who for who, direct in zip(comparison.staff.tolist(), comparison.direct, strict=True) if direct
    } == named - {-1}
    assert len(named) > 20


@pytest.fixture(scope="module")
def hamlet():
    """The hamlet beside itself without MARS."""
    scenario = nt.load_scenario("hamlet")
    return nt.compare(nt.simulate(scenario, seed=2), baseline=nt.simulate(scenario.without("mars"), seed=2))


@pytest.mark.thorough
def test_ways_sum_to_those_whom_it_moved(hamlet):
    """In the table, the ways in which people came to it sum to the two strata that differ, and to none in the others."""
    ways = hamlet.strata[[tables.column(name) for name in THROUGH]].sum(axis=1)
    assert ways["left because of it"] == hamlet.strata.loc["left because of it", "people"] > 0
    assert ways["stayed because of it"] == hamlet.strata.loc["stayed because of it", "people"] > 0
    assert ways["stayed in both runs"] == ways["left in both runs"] == 0


@pytest.mark.parametrize("cut", CUTS)
def test_every_cut_sums_to_everybody(hamlet, cut):
    """Whatever the groups, people, strata and net sum to those of the whole."""
    table = hamlet.strata_by(cut)
    assert table["people"].sum() == len(hamlet.staff)
    for name, column in zip(STRATA, COLUMNS, strict=True):
        assert table[column].sum() == hamlet.strata.loc[name, "people"]
    assert (table["net"] == table["left_because_of_it"] - table["stayed_because_of_it"]).all()
    assert (table["left_direct"] <= table["left_because_of_it"]).all()


def test_groups_are_those_of_the_opening(hamlet):
    """A plain count by function, band and years of service, from the staff list."""
    people = hamlet.run.people
    for who, row in zip(hamlet.staff[:40].tolist(), hamlet.run.rows_of(hamlet.staff[:40]), strict=True):
        assert people.staff[row] == who
    table = hamlet.strata_by("function")
    rows_ = hamlet.run.rows_of(hamlet.staff)
    for place, name in enumerate(people.functions):
        mine = hamlet.stratum[people.function[rows_] == place]
        assert table.loc[name, list(COLUMNS)].tolist() == np.bincount(mine, minlength=4).tolist()
    service = hamlet.strata_by("service")
    short = sum(event < 2 for event in _served(hamlet))
    assert service.loc["under 2", "people"] == short


def _served(comparison: Comparison) -> list[int]:
    from nhstransit.dates import complete_years

    people = comparison.run.people
    return complete_years(people.service_from[comparison.run.rows_of(comparison.staff)], 14_700).tolist()


def test_routes_sum_to_the_strata(hamlet):
    """Ways out of either world, told by rule, make up the strata; "here" in both is stayed in both runs."""
    table = hamlet.routes
    sums = table.groupby("stratum")["people"].sum()
    assert {name: int(sums[name]) for name in STRATA} == hamlet.strata["people"].to_dict()
    here = table[(table["route"] == "here") & (table["baseline_route"] == "here")]
    assert here["people"].sum() == hamlet.strata.loc["stayed in both runs", "people"]
    paid = table[table["route"] == "mars"]["people"].sum()
    left = hamlet.run.log.of(Kind.DEPARTED)
    assert 0 < paid <= (left.rule == rule_code("mars")).sum()


def test_an_unknown_cut_is_refused(hamlet):
    """With the nearest and all that there are."""
    with pytest.raises(nt.NhstransitError, match="by: is 'functions'; did you mean 'function'"):
        hamlet.strata_by("functions")


def test_knowledge_weighs_by_band_service_and_skill():
    """Of two alike, the longer serving, the more skilled and the higher paid band weigh more, by the formula."""
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


def test_drain_of_random_leavers_selects_nobody():
    """Where everybody weighs alike, knowledge and heads go in one share and the selection ratio is 1."""
    people = [person(staff) for staff in range(50)]
    base = small_world(*people)
    comparison = nt.compare(
        nt.simulate(with_policy(base, "planted", pays(range(10))), seed=1), baseline=nt.simulate(base, seed=1)
    )
    table = comparison.drain
    assert table.loc["left because of it", "share"] == 0.2
    assert table.loc["net, because of it", "knowledge_share"] == pytest.approx(0.2)
    assert table.loc["net, because of it", "selection"] == pytest.approx(1.0)
