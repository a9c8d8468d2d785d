"""The best of all plans: the published optima, feasibility redone by hand, brute force, and what is refused."""

from __future__ import annotations

import itertools

import attrs
import numpy as np
import pytest
from bounds.worked import williams
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.bounds import ManpowerPlan, Retraining, Skill, best_plan
from nhstransit.errors import NhstransitError
from tests.examples import examples

CASE = williams()


@pytest.fixture(scope="module")
def fewest():
    return best_plan(CASE.plan)


@pytest.fixture(scope="module")
def cheapest():
    return best_plan(CASE.plan, least="cost")


def one_skill(*required: float, **facts: float) -> ManpowerPlan:
    """One skill over some years."""
    common = {name: facts.pop(name) for name in ("overmanning", "short_time_work") if name in facts}
    return ManpowerPlan(
        name="one skill",
        skills=(Skill(name="any", **facts),),
        required=tuple((need,) for need in required),
        **common,
    )


def test_fewest_redundancies_are_those_published(fewest):
    """Williams's problem needs 841.796875 redundancies at least."""
    assert fewest.redundancies == pytest.approx(CASE.expected.fewest_redundancies, abs=2e-6)


def test_least_cost_is_that_published(cheapest):
    """Williams's problem costs 498,677.29 at least, with 1,423.72 redundancies."""
    assert cheapest.cost == pytest.approx(CASE.expected.least_cost, abs=0.01)
    assert cheapest.redundancies == pytest.approx(CASE.expected.redundancies_at_least_cost, abs=0.005)


@pytest.mark.parametrize("least", ["redundancies", "cost"])
def test_the_dual_proves_the_optimum(least):
    """No limit is overstepped, and the dual costs the same: nothing cheaper exists."""
    optimum = best_plan(CASE.plan, least=least).optimum
    assert optimum.violation < 1e-6
    assert abs(optimum.gap) < 1e-6 * optimum.cost


@pytest.mark.parametrize("name", ["fewest", "cheapest"])
def test_a_plan_keeps_the_rules_of_the_problem(name, request):
    """Stocks, needs and limits hold when they are worked out again, person by person, from the plan's own tables."""
    best = request.getfixturevalue(name)
    plan = CASE.plan
    before = {skill.name: skill.strength for skill in plan.skills}
    for year in range(plan.years):
        up = dict(zip(best.ways_up, best.retrained[year], strict=True))
        down = dict(zip(best.ways_down, best.downgraded[year], strict=True))
        assert best.overmanned[year].sum() <= 150 + 1e-6
        assert up["unskilled to semi-skilled"] <= 200 + 1e-6
        assert up["semi-skilled to skilled"] <= best.strength[year, 2] / 4 + 1e-6
        for place, skill in enumerate(plan.skills):
            there = before[skill.name] * (1 - skill.wastage)
            there += best.recruited[year, place] * (1 - skill.first_wastage)
            there += sum(n * (1 - skill.wastage) for way, n in up.items() if way.endswith(f" to {skill.name}"))
            there += sum(n / 2 for way, n in down.items() if way.endswith(f" to {skill.name}"))
            there -= sum(n for way, n in (up | down).items() if way.startswith(f"{skill.name} to "))
            there -= best.redundant[year, place]
            assert best.strength[year, place] == pytest.approx(there, abs=1e-6)
            worked = there - best.overmanned[year, place] - best.short_time[year, place] / 2
            assert worked == pytest.approx(plan.required[year][place], abs=1e-6)
            assert best.recruited[year, place] <= skill.recruits + 1e-6
            assert best.short_time[year, place] <= 50 + 1e-6
            before[skill.name] = there


def test_the_cheapest_of_those_with_fewest_redundancies_is_given(fewest, cheapest):
    """Of all plans with the fewest redundancies the cost is the least, and never below the least of all."""
    assert fewest.cost >= cheapest.cost
    dearer = best_plan(attrs.evolve(CASE.plan, overmanning=150.0))
    assert dearer.cost == pytest.approx(fewest.cost, abs=1e-3)


def test_prices_are_what_one_more_required_changes(cheapest):
    """The price of a need is the slope of the least cost in it."""
    raised = [list(row) for row in CASE.plan.required]
    raised[1][2] += 1.0
    more = best_plan(attrs.evolve(CASE.plan, required=tuple(map(tuple, raised))), least="cost")
    assert more.cost - cheapest.cost == pytest.approx(cheapest.prices[1, 2], abs=0.01)


@examples(15, 300)
@given(
    st.integers(0, 6),
    st.lists(st.integers(0, 6), min_size=1, max_size=3),
    st.integers(0, 2),
    st.integers(0, 2),
    st.integers(0, 2),
)
def test_one_skill_agrees_with_brute_force(strength, required, recruits, short_time, overmanning):
    """With whole numbers and no wastage, the programme finds what trying every plan in whole people finds."""
    plan = one_skill(
        *map(float, required),
        strength=float(strength),
        recruits=float(recruits),
        short_time=float(short_time),
        overmanning=float(overmanning),
        short_time_work=0.0,
        redundancy_cost=3.0,
        overmanning_cost=2.0,
        short_time_cost=1.0,
    )
    found = _tried(strength, required, recruits, short_time, overmanning)
    if found is None:
        with pytest.raises(NhstransitError, match="no plan meets all limits at once"):
            best_plan(plan)
    else:
        assert best_plan(plan).redundancies == pytest.approx(found[0], abs=1e-6)
        assert best_plan(plan, least="cost").cost == pytest.approx(found[1], abs=1e-6)


def _tried(strength, required, recruits, short_time, overmanning):
    """Fewest redundancies and least cost over every plan in whole people, a dictionary of reachable stocks a year."""
    reached = {strength: {(0, 0)}}
    for need in required:
        after: dict[int, set[tuple[int, int]]] = {}
        for stock, costs in reached.items():
            for new, gone in itertools.product(range(recruits + 1), range(stock + recruits + 1)):
                there = stock + new - gone
                spare = there - need
                if there < 0 or not 0 <= spare <= short_time + overmanning:
                    continue
                idle = min(spare, short_time)  # short time is the cheaper way to keep them
                extra = 3 * gone + idle + 2 * (spare - idle)
                after.setdefault(there, set()).update((r + gone, cost + extra) for r, cost in costs)
        reached = after
    every = [one for costs in reached.values() for one in costs]
    return (min(r for r, _ in every), min(cost for _, cost in every)) if every else None


def test_wastage_spares_redundancies():
    """Of 100 people, of whom a tenth leave, 30 must go to be 60."""
    best = best_plan(one_skill(60.0, strength=100.0, wastage=0.1))
    assert best.redundancies == pytest.approx(30.0)


def test_downgrading_can_be_forbidden():
    """Without downgrading nobody is downgraded, and no fewer people are made redundant."""
    best = best_plan(attrs.evolve(CASE.plan, downgrading_loss=None))
    assert best.downgraded.max() == 0.0
    assert best.redundancies >= CASE.expected.fewest_redundancies - 1e-6


def test_a_plan_reads_in_a_notebook(cheapest):
    """The plan says what it comes to, and shows its table."""
    told = (
        "Williams's manpower planning, lowest cost: 1,423.72 redundancies over 3 years, at a cost of 498,677.29 pounds."
    )
    assert told in repr(cheapest) and "<table" in cheapest._repr_html_()
    assert cheapest.table.loc[(1, "unskilled"), "redundant"] == pytest.approx(812.5)
    assert cheapest.ways.loc[(1, "semi-skilled to unskilled"), "people"] == pytest.approx(25.0)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        cheapest.least = "redundancies"


def test_numbers_have_units():
    """Each number of a plan has a parent with its unit."""
    plain = ("name", "origin", "target", "skills", "retraining")
    for kind in (ManpowerPlan, Skill, Retraining):
        assert not [
            field.name
            for field in attrs.fields(kind)
            if "parent" not in field.metadata | dict.fromkeys(plain) and field.name not in plain
        ]


SKILL = Skill(name="any", strength=1.0)


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: Skill(name="any", strength=-1.0), "strength: is -1.0; give people of 0 or more"),
        (lambda: Skill(name="any", strength=1.0, wastage=1.5), "wastage: is 1.5; give a share from 0 to 1"),
        (lambda: ManpowerPlan(skills=(), required=((),)), "skills: are empty; give at least one"),
        (
            lambda: ManpowerPlan(skills=(SKILL, SKILL), required=((1.0, 1.0),)),
            "skills: are any, any; give at least one",
        ),
        (lambda: ManpowerPlan(skills=(SKILL,), required=()), "required: has no year"),
        (
            lambda: ManpowerPlan(skills=(SKILL,), required=((1.0, 2.0),)),
            r"year 1: is \[1.0, 2.0\], for a plan with 1 skill",
        ),
        (lambda: ManpowerPlan(skills=(SKILL,), required=((-1.0,),)), r"year 1: is \[-1.0\], for a plan with 1 skill"),
        (
            lambda: attrs.evolve(CASE.plan, retraining=(Retraining(origin="unskiled", target="skilled"),)),
            "retraining: 'unskiled' is not a skill of the plan; did you mean 'unskilled'",
        ),
        (
            lambda: attrs.evolve(CASE.plan, retraining=(Retraining(origin="skilled", target="unskilled"),)),
            "is from 'skilled' to 'unskilled', which is not a higher skill",
        ),
        (lambda: best_plan(CASE.plan, least="redundancy"), "least: is 'redundancy'; did you mean 'redundancies'"),
        (lambda: best_plan(one_skill(5.0, strength=1.0)), "one skill: no plan meets all limits at once; relax"),
    ],
)
def test_bad_plans_are_answered_in_a_sentence(make, told):
    """What is wrong with a plan, and what would be right."""
    with pytest.raises(NhstransitError, match=told) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_required_is_not_changed_by_units_of_account():
    """Ten times the people everywhere is ten times the redundancies: the programme is linear."""
    plan = CASE.plan
    tenfold = attrs.evolve(
        plan,
        skills=tuple(
            attrs.evolve(s, strength=10 * s.strength, recruits=10 * s.recruits, short_time=10 * s.short_time)
            for s in plan.skills
        ),
        required=tuple(tuple(10 * need for need in row) for row in plan.required),
        retraining=tuple(attrs.evolve(w, limit=None if w.limit is None else 10 * w.limit) for w in plan.retraining),
        overmanning=10 * plan.overmanning,
    )
    assert best_plan(tenfold).redundancies == pytest.approx(10 * CASE.expected.fewest_redundancies, rel=1e-8)
    assert np.isfinite(best_plan(tenfold).prices).all()
