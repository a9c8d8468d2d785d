"""Optimal manpower plans: published optima, feasibility by hand, brute force, and refused plans."""

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
    """A plan of one skill over several years."""
    common = {name: facts.pop(name) for name in ("overmanning", "short_time_work") if name in facts}
    return ManpowerPlan(
        name="one skill",
        skills=(Skill(name="any", **facts),),
        required=tuple((need,) for need in required),
        **common,
    )


def test_the_published_fewest_redundancies_are_reproduced(fewest):
    """Williams's problem needs at least 841.796875 redundancies."""
    assert fewest.redundancies == pytest.approx(CASE.expected.fewest_redundancies, abs=2e-6)


def test_the_published_least_cost_is_reproduced(cheapest):
    """Williams's problem costs at least 498,677.29, with 1,423.72 redundancies."""
    assert cheapest.cost == pytest.approx(CASE.expected.least_cost, abs=0.01)
    assert cheapest.redundancies == pytest.approx(CASE.expected.redundancies_at_least_cost, abs=0.005)


@pytest.mark.parametrize("least", ["redundancies", "cost"])
def test_the_dual_proves_the_optimum(least):
    """No limit is violated and the dual has the same cost, so no better plan exists."""
    optimum = best_plan(CASE.plan, least=least).optimum
    assert optimum.violation < 1e-6
    assert abs(optimum.gap) < 1e-6 * optimum.cost


@pytest.mark.parametrize("name", ["fewest", "cheapest"])
def test_a_plan_obeys_the_rules_of_the_problem(name, request):
    """Stocks, requirements and limits hold if they are computed again from the tables of the plan."""
    best = request.getfixturevalue(name)
    plan = CASE.plan
    before = {skill.name: skill.strength for skill in plan.skills}
    for year in range(plan.years):
        up = dict(zip(best.ways_up, best.retrained[year], strict=True))
        down = dict(zip(best.ways_down, best.downgraded[year], strict=True))
        assert best.overmanned[year].sum() <= 150 + 1e-6
        assert up["unskilled to semi-skilled"] <= 200 + 1e-6
        assert up["semi-skilled to skilled"] <= best.strength[year, 2] / 4 + 1e-6
        for index, skill in enumerate(plan.skills):
            stock = before[skill.name] * (1 - skill.wastage)
            stock += best.recruited[year, index] * (1 - skill.first_wastage)
            stock += sum(n * (1 - skill.wastage) for way, n in up.items() if way.endswith(f" to {skill.name}"))
            stock += sum(n / 2 for way, n in down.items() if way.endswith(f" to {skill.name}"))
            stock -= sum(n for way, n in (up | down).items() if way.startswith(f"{skill.name} to "))
            stock -= best.redundant[year, index]
            assert best.strength[year, index] == pytest.approx(stock, abs=1e-6)
            worked = stock - best.overmanned[year, index] - best.short_time[year, index] / 2
            assert worked == pytest.approx(plan.required[year][index], abs=1e-6)
            assert best.recruited[year, index] <= skill.recruits + 1e-6
            assert best.short_time[year, index] <= 50 + 1e-6
            before[skill.name] = stock


def test_the_plan_with_fewest_redundancies_is_the_cheapest_such_plan(fewest, cheapest):
    """Its cost is at least the least cost of any plan."""
    assert fewest.cost >= cheapest.cost
    dearer = best_plan(attrs.evolve(CASE.plan, overmanning=150.0))
    assert dearer.cost == pytest.approx(fewest.cost, abs=1e-3)


def test_the_price_of_a_requirement_is_the_cost_of_one_more_person(cheapest):
    """It is the slope of the least cost."""
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
    """With whole numbers and no wastage, the optimum equals a search over every plan in whole people."""
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
    """Fewest redundancies and least cost over every plan in whole people; None if no plan is feasible."""
    reached = {strength: {(0, 0)}}
    for need in required:
        after: dict[int, set[tuple[int, int]]] = {}
        for stock, costs in reached.items():
            for new, redundant in itertools.product(range(recruits + 1), range(stock + recruits + 1)):
                left = stock + new - redundant
                spare = left - need
                if left < 0 or not 0 <= spare <= short_time + overmanning:
                    continue
                idle = min(spare, short_time)  # short time is the cheaper way to keep people
                extra = 3 * redundant + idle + 2 * (spare - idle)
                after.setdefault(left, set()).update((r + redundant, cost + extra) for r, cost in costs)
        reached = after
    every = [one for costs in reached.values() for one in costs]
    return (min(r for r, _ in every), min(cost for _, cost in every)) if every else None


def test_wastage_reduces_redundancies():
    """A tenth of 100 people leave, so 30 redundancies are needed to have 60."""
    best = best_plan(one_skill(60.0, strength=100.0, wastage=0.1))
    assert best.redundancies == pytest.approx(30.0)


def test_downgrading_can_be_forbidden():
    """Then nobody is downgraded, and redundancies are no fewer."""
    best = best_plan(attrs.evolve(CASE.plan, downgrading_loss=None))
    assert best.downgraded.max() == 0.0
    assert best.redundancies >= CASE.expected.fewest_redundancies - 1e-6


def test_a_plan_has_a_text_and_a_notebook_form(cheapest):
    """Both state redundancies and cost, and have a table."""
    sentence = (
        "Williams's manpower planning, lowest cost: 1,423.72 redundancies over 3 years, at a cost of 498,677.29 pounds."
    )
    assert sentence in repr(cheapest) and "<table" in cheapest._repr_html_()
    assert cheapest.table.loc[(1, "unskilled"), "redundant"] == pytest.approx(812.5)
    assert cheapest.ways.loc[(1, "semi-skilled to unskilled"), "people"] == pytest.approx(25.0)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        cheapest.least = "redundancies"


def test_every_number_of_a_plan_has_a_unit():
    """The unit is in the metadata of the field."""
    plain = ("name", "origin", "target", "skills", "retraining")
    for kind in (ManpowerPlan, Skill, Retraining):
        assert not [
            field.name
            for field in attrs.fields(kind)
            if "parent" not in field.metadata | dict.fromkeys(plain) and field.name not in plain
        ]


SKILL = Skill(name="any", strength=1.0)


@pytest.mark.parametrize(
    ("make", "message"),
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
def test_invalid_plans_are_refused(make, message):
    """The message is one line, which states what is wrong and what would be right."""
    with pytest.raises(NhstransitError, match=message) as caught:
        make()
    assert "\n" not in str(caught.value)


def test_ten_times_the_people_need_ten_times_the_redundancies():
    """The programme is linear."""
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
