"""Expected flows: constant hazards, a chain estimated from a run, the published grades, and refused arguments."""

from __future__ import annotations

import datetime as dt
from functools import cache

import attrs
import numpy as np
import pytest
from bounds.worked import four_grades
from small import Own, behaving, body, person, played

import nhstransit as nt
from nhstransit.bounds import Chain, Grades, expect
from nhstransit.errors import NhstransitError
from nhstransit.grammar import Appoint
from nhstransit.log import CAUSES, MOVEMENTS, Kind
from nhstransit.toml import Named
from tests.shared import hamlet_run

SEED = 2_010
PEOPLE = 4_000
RESIGN = 1.5  # hazard a year
ELSEWHERE = 0.4  # the share of it within the NHS
OTHER = 0.3  # hazard a year of death or dismissal
LONG = dt.date(2014, 3, 31)
FLAT = {"service_floor": 1.0, "service_drop": 0.0, "age_slope": 0.0, "within_nhs": ELSEWHERE, "other": OTHER}
ROUTES = ("death-or-dismissal", "resignation-within-nhs", "resignation")


def hazards(resign: float) -> list[float]:
    """The hazards of the three routes, if resignation has this hazard."""
    return [OTHER, resign * ELSEWHERE, resign * (1 - ELSEWHERE)]


@pytest.fixture(scope="module")
def homogeneous():
    """A run of one group with constant hazards, until nearly everyone has left."""
    people = [person(staff) for staff in range(PEOPLE)]
    return played(*people, bodies=(body("Old"),), behaviour=behaving(resign=RESIGN, **FLAT), end=LONG, seed=SEED)


@pytest.fixture(scope="module")
def moving():
    """A run of two groups with different hazards. Each month, a random tenth of the first group moves to the second."""
    rng = np.random.default_rng(SEED)
    count = PEOPLE // 2
    months = [dt.date(2010 + m // 12, m % 12 + 1, 1) for m in range(3, 39)]

    def monthly_moves(now):
        here = np.flatnonzero((now.people.post >= 0) & (now.people.post < count))
        rows = here[rng.random(len(here)) < 0.1]
        posts = np.flatnonzero(now.posts.vacant & (now.posts.function == 1))[: len(rows)]
        return (Appoint(rows=rows, posts=posts.astype("int32"), start=now.day),) if len(rows) else ()

    policy = Own(dates=tuple(day.isoformat() for day in months), does=monthly_moves)
    return played(
        *(person(staff) for staff in range(count)),
        bodies=(body("Old", "pct", ("finance", "6", count), ("nursing", "6", count)),),
        behaviour=behaving(by_function=Named({"finance": 0.6, "nursing": 1.8}), **FLAT),
        policies={"over": policy},
        end=dt.date(2013, 3, 31),
        seed=SEED,
    )


def test_shares_of_routes_agree_with_the_chain(homogeneous):
    """With constant hazards, each route's share is within three standard errors of the absorption probability."""
    chain = Chain.of_hazards(("finance",), ROUTES, [hazards(RESIGN)])
    left = homogeneous.log.of(Kind.DEPARTED)
    counts = np.array([(left.rule == CAUSES.index(route) + 1).sum() for route in ROUTES])
    share = chain.exits[0, :-1]
    gaps = (counts - len(left) * share) / np.sqrt(len(left) * share * (1 - share))
    assert share == pytest.approx(np.array(hazards(RESIGN)) / sum(hazards(RESIGN)))
    assert len(left) > 0.998 * PEOPLE
    assert (np.abs(gaps) < 3).all(), (SEED, gaps)


def test_mean_time_in_post_agrees_with_the_expected_months(homogeneous):
    """It is 12 months divided by the yearly hazard, within three standard errors."""
    left = homogeneous.log.of(Kind.DEPARTED)
    stay = np.full(PEOPLE, homogeneous.scenario.calendar.days, "float64")
    stay[left.staff] = left.day + 0.5
    months = stay / 365.25 * 12
    expected = 12 / sum(hazards(RESIGN))
    chain = Chain.of_hazards(("finance",), ROUTES, [hazards(RESIGN)])
    assert chain.months[0] == pytest.approx(1 / -np.expm1(-1 / expected))  # in whole months, including the first
    assert abs(months.mean() - expected) < 3 * expected / np.sqrt(PEOPLE)


def test_expected_flows_of_a_given_chain_agree_with_the_run(homogeneous):
    """Standardised gaps are below 3."""
    result = expect(homogeneous, by="function", chain=Chain.of_hazards(("finance",), ROUTES, [hazards(RESIGN)]))
    assert (result.routes["standard_gap"].abs() < 3).all(), (SEED, result)
    assert result.states.loc["finance", "simulated_months"] == pytest.approx(
        result.states.loc["finance", "expected_months"], rel=0.05
    )
    assert result.months == 48 and not result.read


def test_a_wrong_hazard_is_detected(homogeneous):
    """A chain with a hazard that is 20% too high is far outside sampling error."""
    chain = Chain.of_hazards(("finance",), ROUTES, [[OTHER, RESIGN * ELSEWHERE * 1.2, RESIGN * (1 - ELSEWHERE)]])
    assert expect(homogeneous, by="function", chain=chain).routes["standard_gap"].abs().max() > 4


def test_expected_flows_of_two_states_agree_with_the_run(moving):
    """With a tenth moving each month, standardised gaps by route are below 3."""
    stay = np.exp(-np.array([sum(hazards(0.6)), sum(hazards(1.8))]) / 12)
    leave = (1 - stay)[:, None] * np.array([hazards(0.6), hazards(1.8)])
    leave /= np.array([[sum(hazards(0.6))], [sum(hazards(1.8))]])
    # People who move do so on the 1st, and then have the month's hazard of the second group.
    within = np.array([[0.9 * stay[0], 0.1 * stay[1]], [0.0, stay[1]]])
    leaving = np.array([0.9 * leave[0] + 0.1 * leave[1], leave[1]])
    chain = Chain(states=("finance", "nursing"), routes=ROUTES, within=within, leaving=leaving)
    result = expect(moving, by="function", chain=chain)
    assert (result.routes["standard_gap"].abs() < 3).all(), (SEED, result)
    read = expect(moving, by="function").chain
    order = [read.routes.index(route) for route in ROUTES]
    assert read.within == pytest.approx(within, abs=0.01)
    assert read.exits[:, order] == pytest.approx(chain.exits[:, :-1], abs=0.04)


def test_counts_of_flows_equal_the_log():
    """They are the opening stock, arrivals, exits, and people who arrive and leave within a month."""
    run = hamlet_run(3)
    result = expect(run, by=("kind",))
    assert result.opening.sum() == (run.opening_post >= 0).sum()
    moves = run.log.of(*MOVEMENTS)
    left = (moves.kind == Kind.DEPARTED).sum()
    arrived = (moves.kind == Kind.ARRIVED).sum()
    assert result.left.sum() + result.unseen == left
    assert result.arrived.sum() + result.unseen == arrived
    assert result.opening.sum() + arrived - left == (run.closing.post >= 0).sum()


def test_expected_exits_of_a_run_of_one_month_are_exact():
    """The chain is estimated from the same month."""
    hamlet = nt.load_scenario("hamlet")
    short = attrs.evolve(hamlet.without(*hamlet.policies), end=dt.date(2010, 4, 30))
    result = expect(nt.simulate(short, seed=5), by=("kind", "function"))
    assert result.expected == pytest.approx(result.left.sum(axis=0))


def test_a_state_that_nobody_leaves_is_reported():
    """People may end in it, so expected months are infinite."""
    chain = Chain(
        states=("pct", "ccg"), routes=("resignation",), within=[[0.5, 0.25], [0.0, 1.0]], leaving=[[0.25], [0.0]]
    )
    assert chain.exits.tolist() == [[0.5, 0.5], [0.0, 1.0]]
    assert chain.months.tolist() == [np.inf, np.inf]
    assert chain.fundamental.tolist() == [[2.0, np.inf], [0.0, np.inf]]
    assert "never seen to leave" in repr(chain)


def test_the_published_long_run_of_four_grades_is_reproduced():
    """The shares are 0.16, 0.24, 0.24, 0.24 and 0.12, and the pay bill is £3.672 billion."""
    case = four_grades()
    assert case.grades.shares == pytest.approx(case.expected.shares, abs=1e-12)
    assert case.grades.pay_bill == pytest.approx(case.expected.pay_bill, rel=1e-12)
    assert "3,672,000,000 pounds a year" in repr(case.grades) and "<table" in case.grades._repr_html_()


def test_results_have_a_text_and_a_notebook_form(homogeneous):
    """Both have a sentence and a table. Results are frozen."""
    result = expect(homogeneous)
    assert "small, seed 2010:" in repr(result) and "estimated from the same run" in repr(result)
    assert "<table" in result._repr_html_() and "<table" in result.chain._repr_html_()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        result.unseen = 1
    with pytest.raises(ValueError, match="read-only"):
        result.chain.within[0, 0] = 1.0


@cache
def one_state() -> Chain:
    """A chain of one state."""
    return Chain.of_hazards(("nursing",), ROUTES, [hazards(1.0)])


HALVES = ((0.5, 0.5), (0.5, 0.5))


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda run: expect(run, by="knd"), "by: 'knd' is not a characteristic of posts; did you mean 'kind'"),
        (lambda run: expect(run, by=("kind", "kind")), "by: is kind, kind; give one or more of kind"),
        (lambda run: expect(run, by=()), "by: is empty"),
        (lambda run: expect(run, by="function", chain=one_state()), "chain: has no state 'finance', which the run has"),
        (
            lambda run: expect(run, by="function", chain=Chain.of_hazards(("finance",), ROUTES[:2], [[1.0, 1.0]])),
            "chain: has no route 'resignation', which the run has; did you mean 'resignation-within-nhs'",
        ),
        (
            lambda run: Chain(states=("a",), routes=("b",), within=[[0.5]], leaving=[[0.4]]),
            "chain: has chances from 'a' that add up to 0.9; give chances that add up to 1",
        ),
        (
            lambda run: Chain(states=("a",), routes=("b",), within=[[1.5]], leaving=[[-0.5]]),
            "leaving: contains a number below 0",
        ),
        (
            lambda run: Chain(states=("a",), routes=("b",), within=[[1.0]], leaving=[[0.0, 0.0]]),
            "leaving: has the shape",
        ),
        (lambda run: Chain(states=(), routes=("b",), within=[[]], leaving=[[]]), "states: are empty"),
        (lambda run: Chain.of_hazards(("a",), ("b",), [[-1.0]]), "leaving: contains a number below 0"),
        (
            lambda run: Grades(states=("a", "b"), transition=HALVES, posts=1.0, pay=(1.0,)),
            r"pay: is \[1.0\]; give 2 sums of 0 or more",
        ),
        (
            lambda run: Grades(states=("a", "b"), transition=((0.5, 0.4), (0.5, 0.5)), posts=1.0, pay=(1.0, 1.0)),
            "transition: a: does not add up to 1",
        ),
        (
            lambda run: Grades(states=("a", "b"), transition=((1.0,), (0.5, 0.5)), posts=1.0, pay=(1.0, 1.0)),
            "transition: is not square",
        ),
        (
            lambda run: (
                Grades(states=("a", "b"), transition=((1.0, 0.0), (0.0, 1.0)), posts=1.0, pay=(1.0, 1.0)).shares
            ),
            "long-run shares depend on the initial states",
        ),
    ],
)
def test_invalid_chains_and_arguments_are_refused(make, message, homogeneous):
    """The message is one line, which states what is wrong and what would be right."""
    with pytest.raises(NhstransitError, match=message) as caught:
        make(homogeneous)
    assert "\n" not in str(caught.value)


def test_a_run_without_a_whole_month_is_refused():
    """A run of two weeks has no monthly shares."""
    run = played(person(1), start=dt.date(2010, 4, 3), end=dt.date(2010, 4, 20))
    with pytest.raises(NhstransitError, match="has no whole month"):
        expect(run)
