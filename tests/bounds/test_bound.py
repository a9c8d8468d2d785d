"""The lower bound on redundancies of a run, compared with examples by hand, brute force, and other policies."""

from __future__ import annotations

import datetime as dt
from functools import cache

import attrs
import numpy as np
import pytest
from bounds.plainly import fewest
from hypothesis import assume, given
from hypothesis import strategies as st
from small import Own, behaving, body, newcomers, on, once, person, played, rows, small_world
from worlds import seeds, worlds

import nhstransit as nt
from nhstransit.behaviour import Departures
from nhstransit.bounds import Suitable, bound
from nhstransit.errors import NhstransitError
from nhstransit.grammar import Appoint, Depart, Hire, Rejoin
from nhstransit.policies import Filling, Milestone, Redundancy, TransferWhole
from nhstransit.toml import Named
from nhstransit.workforce.columns import NEVER
from tests.examples import examples, some
from tests.shared import hamlet_run

CLOSES = "2010-09-30"
LAST = dt.date(2010, 9, 30)
NOTICE = Redundancy(announced=dt.date(2010, 5, 3), letters=dt.date(2010, 5, 3), consults=dt.date(2010, 5, 3))
OLD = body("Old", closes=CLOSES)
ANY = Suitable(bands_down=12, bands_up=12, reach="anywhere", across_functions=True)


THREE = (person(1), person(2), person(3))


def three(*bodies, people=THREE, **policies):
    """A run of three finance officers under notice in an employer that closes, and of other employers."""
    return played(*people, bodies=(OLD, *bodies), policies={"redundancy": NOTICE, **policies})


def new(*posts, **facts):
    return body("New", "ccg", *posts, **facts)


def exits(*staff, day):
    """Unpaid exits of the people in these rows on a day. Their posts stay."""
    zero = np.zeros(len(staff), "int64")
    last = np.full(len(staff), on(day), "int32")
    remove = np.zeros(len(staff), bool)
    return Depart(rows=rows(*staff), last_day=last, severance=zero, in_lieu=zero, strain=zero, remove=remove)


def test_the_bound_is_the_number_of_people_above_the_suitable_posts():
    """With three people and two suitable posts, at least one is made redundant.

    The run, which fills no post, has three.
    """
    result = bound(three(new(("finance", "6", 2))))
    assert (result.simulated, result.least, result.regret) == (3, 1, 2)


@pytest.mark.parametrize(
    ("post", "least"),
    [
        (("finance", "6", 1), 2),
        (("finance", "5", 1), 2),
        (("finance", "4", 1), 3),
        (("finance", "7", 1), 3),
        (("nursing", "6", 1), 3),
    ],
)
def test_posts_of_the_same_function_and_band_or_one_band_lower_are_suitable(post, least):
    """This is the default rule of suitability."""
    assert bound(three(new(post))).least == least


def test_posts_in_another_region_are_suitable_only_if_the_rule_allows_it():
    """The rule allows it if the reach is "anywhere" or the kind of employer is national."""
    run = three(new(("finance", "6", 1), region="Hill"))
    assert bound(run).least == 3
    assert bound(run, suitable=Suitable(reach="anywhere")).least == 2
    assert bound(run, suitable=Suitable(national=("ccg",))).least == 2
    assert bound(run, suitable=Suitable(national=("csu",))).least == 3


def test_the_default_suitability_follows_the_rounds_of_the_scenario():
    """It is the widest rule among the rounds of filling."""
    round_ = Filling(
        announced=dt.date(2010, 5, 3),
        held=dt.date(2010, 7, 1),
        starts=dt.date(2010, 10, 1),
        bands_down=2,
        national=("phe",),
    )
    result = bound(three(new(("finance", "4", 1)), filling=round_))
    assert (result.suitable.bands_down, result.suitable.national, result.least) == (2, ("phe",), 2)


def test_people_who_leave_naturally_before_the_closure_need_no_post():
    """A contract that ends before the closure avoids a redundancy; one that ends after it does not."""
    staff = (person(1), person(2, ends="2010-08-01"), person(3))
    assert bound(three(people=staff)).least == 2
    late = (person(1), person(2, ends="2010-12-01"), person(3))
    assert bound(three(people=late)).least == 3


def test_posts_that_open_after_a_gap_do_not_count():
    """A post that opens two months after the closure is too late."""
    assert bound(three(new(("finance", "6", 3), opens="2010-12-01"))).least == 3
    assert bound(three(new(("finance", "6", 3), opens="2010-10-01"))).least == 0


def test_newcomers_hold_posts_unless_they_are_left_out():
    """Newcomers of the run count by default; with `newcomers=False` nobody is hired."""
    hire = Hire(posts=np.array([3], "int32"), newcomers=newcomers(7), start=on("2010-07-01"))
    run = three(new(("finance", "6", 2)), hire=once("2010-06-01", hire))
    assert len(run.people) == 4
    assert bound(run).least == 2
    assert bound(run, newcomers=False).least == 1


def test_a_redundancy_frees_a_post_only_until_the_person_would_have_left():
    """A person who would have left before December cannot make room for a newcomer in December."""
    move = Appoint(rows=rows(0), posts=np.array([2], "int32"), start=on("2010-10-01"))
    hire = Hire(posts=np.array([3], "int32"), newcomers=newcomers(7), start=on("2010-12-01"))
    run = three(
        new(("finance", "5", 1), closes="2010-11-30"),
        body("Late", "ccg", ("finance", "6", 1), opens="2010-11-15", closes="2010-12-15"),
        body("Next", "ccg", ("finance", "4", 1), opens="2010-11-15"),
        people=(person(1, ends="2010-11-01"), person(2, band="5")),
        move=once("2010-04-15", move),
        hire=once("2010-11-16", hire),
    )
    result = bound(run)
    assert (result.simulated, result.least) == (2, 2)
    assert fewest(run, result.rules, result.suitable, newcomers=True) == 2


def test_only_departures_under_the_given_rules_count_as_redundancies():
    """By default, a departure under a policy counts if the policy needs no signature.

    Other departures stay as in the run.
    """
    run = three(new(("finance", "6", 1)), scheme=once("2010-04-15", exits(0, day="2010-04-30")))
    assert (bound(run).simulated, bound(run).least) == (3, 2)
    given_ = bound(run, rules=("redundancy", "closure"))
    assert (given_.simulated, given_.least) == (2, 1)
    signed = three(scheme=attrs.evolve(once("2010-04-15", exits(0, day="2010-04-30")), signed=True))
    assert bound(signed).simulated == 2


def test_a_person_who_returns_after_redundancy_is_not_counted_twice():
    """If the person had stayed, they would not have needed a second post."""
    back = Own(dates=("2010-10-04",), does=lambda now: (Rejoin(rows=rows(0), posts=np.array([3], "int32")),))
    run = three(new(("finance", "6", 3)), back=back)
    result = bound(run)
    assert (result.simulated, result.least) == (3, 0)


def test_a_move_outside_the_suitability_rule_is_accepted_or_refused():
    """By default, the bound allows every move of the run. A given rule that forbids one of them is refused."""
    move = Appoint(rows=rows(0), posts=np.array([3], "int32"), start=on("2010-10-01"))
    run = three(new(("nursing", "7", 1), region="Hill"), move=once("2010-06-01", move))
    result = bound(run)
    assert (result.suitable, result.beyond) == (Suitable(), 1)
    assert (result.simulated, result.least) == (2, 2)
    assert "; and, for 1 person that the run moved to other posts, also posts of the same kind as those." in repr(
        result
    )
    with pytest.raises(
        NhstransitError, match="does not allow 1 of the run's moves, such as the move of person 1"
    ) as caught:
        bound(run, suitable=Suitable())
    assert "from finance band 6 at Old to nursing band 7 at New; allow posts of any function" in str(caught.value)


def test_a_move_outside_the_suitability_rule_does_not_help_anyone_else():
    """One of three people moves to nursing. Two other vacancies there are suitable for that person only."""
    move = Appoint(rows=rows(0), posts=np.array([3], "int32"), start=on("2010-10-01"))
    run = three(new(("nursing", "6", 3)), move=once("2010-06-01", move))
    result = bound(run)
    assert (result.simulated, result.least, result.regret) == (2, 2, 0)
    assert [part.name for part in result.parts] == ["finance and nursing"]
    assert bound(run, suitable=ANY).least == 0
    nobody = bound(three(new(("nursing", "6", 3))))
    assert (nobody.beyond, nobody.least) == (0, 3)
    assert [part.name for part in nobody.parts] == ["finance", "nursing"]


def test_everyone_who_moved_outside_the_suitability_rule_stays():
    """Two of three people move to nursing and stay; the third must be made redundant."""
    moves = [Appoint(rows=rows(row), posts=np.array([3 + row], "int32"), start=on("2010-10-01")) for row in (0, 1)]
    run = three(new(("nursing", "6", 2)), one=once("2010-06-01", moves[0]), two=once("2010-06-02", moves[1]))
    result = bound(run)
    assert (result.beyond, result.least) == (2, 1)
    assert "and, for 2 people that the run moved to other posts, also posts of the same kind as those." in repr(result)
    assert fewest(run, result.rules, result.suitable, newcomers=True) == 1


def test_the_price_of_a_scarce_post_is_the_effect_of_one_more():
    """With one more post, the bound falls by the price."""
    result = bound(three(new(("finance", "6", 1))))
    scarce = result.scarce
    assert scarce["saved"].tolist() == [1.0] and scarce["date"].tolist() == [dt.date(2010, 10, 1)]
    assert bound(three(new(("finance", "6", 2)))).least == result.least - scarce["saved"][0]


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (("redundency",), "rules: 'redundency' is not a policy of the scenario, or closure; did you mean 'redundancy'"),
        (("retirement",), "rules: 'retirement' is a cause of leaving, not a redundancy"),
        ((), "rules: is empty"),
    ],
)
def test_rules_that_make_nobody_redundant_are_refused(rules, message):
    """Only policies and closure can make people redundant."""
    with pytest.raises(NhstransitError, match=message):
        bound(three(), rules=rules)


def test_invalid_suitability_is_refused():
    """The fields of `Suitable` are checked when it is made."""
    with pytest.raises(NhstransitError, match="reach: is 'regoin'; did you mean 'region'"):
        Suitable(reach="regoin")
    with pytest.raises(NhstransitError, match="bands_down: is 99"):
        Suitable(bands_down=99)
    with pytest.raises(NhstransitError, match="national: has the unknown name 'ccgs'; did you mean 'ccg'"):
        Suitable(national=("ccgs",))


def test_a_run_without_redundancies_has_a_bound_of_zero():
    """It has no regret."""
    result = bound(played(person(1), bodies=(body("Old"),)))
    assert (result.simulated, result.least, result.regret) == (0, 0, 0)
    assert len(result.scarce) == 0 and "none by any rule" in repr(result)


@examples(2, 60)
@given(worlds(most=7, crowded=True) | worlds(most=7), seeds())
def test_the_linear_programme_agrees_with_brute_force(scenario, seed):
    """Without newcomers, the bound is the size of the smallest set whose removal leaves a post for everyone else."""
    run = nt.simulate(scenario, seed=seed)
    result = bound(run, newcomers=False)
    assert result.least == fewest(run, result.rules, result.suitable, newcomers=False)
    assert sum(part.least for part in result.parts) == pytest.approx(result.least, abs=1e-6)


@pytest.mark.thorough
@examples(2, 40)
@given(worlds(most=6, crowded=True), seeds())
def test_with_newcomers_the_bound_is_at_most_brute_force(scenario, seed):
    """It is still a valid lower bound."""
    run = nt.simulate(scenario, seed=seed)
    assume(len(run.people) <= 11)
    result = bound(run)
    assert bound(run, newcomers=False).least <= result.least
    assert result.least <= fewest(run, result.rules, result.suitable, newcomers=True) <= result.simulated


@examples(2, 75)
@given(worlds(most=30, crowded=True) | worlds(most=30), seeds())
def test_no_run_has_fewer_redundancies_than_its_bound(scenario, seed):
    """The dual solution proves the bound."""
    result = bound(nt.simulate(scenario, seed=seed))
    assert 0 <= result.least <= result.simulated
    assert result.violation < 1e-6 and result.gap < 1e-6
    assert result.table.loc["all", "regret"] == result.regret >= 0


@pytest.mark.thorough
@given(worlds(most=30, crowded=True) | worlds(most=30), seeds())
def test_no_run_of_many_scenarios_has_fewer_redundancies_than_its_bound(scenario, seed):
    """This is the thorough version, with many more scenarios."""
    result = bound(nt.simulate(scenario, seed=seed))
    assert 0 <= result.least <= result.simulated
    assert result.violation < 1e-6 and result.gap < 1e-6


def calm(scenario):
    """The scenario without natural departures, so that policies alone decide who leaves."""
    fixed = ("at_55", "56_to_59", "at_60", "61_to_64", "at_65", "from_66")
    never = Departures(resign=0.0, other=0.0, **{f"retire_{age}": 0.0 for age in fixed})
    people = scenario.workforce
    lasting = attrs.evolve(
        people, contract=np.zeros_like(people.contract), contract_ends=np.full_like(people.contract_ends, NEVER)
    )
    return attrs.evolve(scenario, staff=lasting, behaviour=attrs.evolve(scenario.behaviour, departures=never))


_PLAIN = (Milestone, Filling, TransferWhole, Redundancy)  # policies that open and remove no posts, and hire nobody


@examples(2, 60)
@given(worlds(most=25, crowded=True), seeds(), st.data())
def test_the_bound_holds_for_every_other_set_of_policies(scenario, seed, data):
    """Without natural departures and hiring, the bound is the same for every set of policies and every seed."""
    allowed = {
        name: attrs.evolve(policy, residuary="") if isinstance(policy, Redundancy) else policy
        for name, policy in scenario.policies.items()
        if isinstance(policy, _PLAIN)
    }
    scenario = calm(attrs.evolve(scenario, policies=Named(allowed)))
    fewer = data.draw(st.lists(st.sampled_from(sorted(allowed)), unique=True))
    one = bound(nt.simulate(scenario, seed=seed), suitable=ANY)
    other = bound(nt.simulate(scenario.without(*fewer), seed=data.draw(seeds())), suitable=ANY)
    assert one.least == other.least
    assert one.least <= min(one.simulated, other.simulated)


@cache
def quiet_hamlet():
    """The hamlet without natural departures, and with filling and redundancy only."""
    hamlet = nt.load_scenario("hamlet")
    return calm(hamlet.without(*(name for name in hamlet.policies if name not in ("filling", "redundancy"))))


VARIANTS = {
    "as it was": lambda world: world,
    "nobody competes": lambda world: world.without("filling"),
    "own band only": lambda world: world.having("policies.filling.bands_down", 0),
    "panels without error": lambda world: world.having("policies.filling.assessment_error", 0.0),
    "held late": lambda world: world.having("policies.filling.held", dt.date(2013, 3, 1)),
    "groups only": lambda world: world.having("policies.filling.receivers", ("ccg",)),
}


@pytest.mark.parametrize("variant", VARIANTS)
@pytest.mark.parametrize("seed", some([1, 2, 3], [1]))
def test_no_variant_of_filling_in_the_hamlet_has_fewer_redundancies_than_the_bound(variant, seed):
    """All variants of the round have the same bound."""
    result = bound(nt.simulate(VARIANTS[variant](quiet_hamlet()), seed=seed), suitable=Suitable())
    assert result.least == _least_in_the_quiet_hamlet()
    assert result.simulated >= result.least


@cache
def _least_in_the_quiet_hamlet():
    return bound(nt.simulate(quiet_hamlet(), seed=0), suitable=Suitable()).least


def test_a_run_in_which_everyone_competes_reaches_its_bound():
    """The round then has no regret."""
    round_ = Filling(announced=dt.date(2010, 5, 3), held=dt.date(2010, 7, 1), starts=dt.date(2010, 10, 1))
    people = [person(staff) for staff in range(1, 21)]
    world = small_world(
        *people,
        bodies=(OLD, new(("finance", "6", 5), ("finance", "5", 4))),
        policies={"redundancy": NOTICE, "filling": round_},
        behaviour=behaving(),
    )
    result = bound(nt.simulate(world, seed=1))
    assert (result.simulated, result.least, result.regret) == (11, 11, 0)


def test_a_saved_run_has_the_same_bound(tmp_path):
    """Its tables are equal too."""
    run = hamlet_run(4)
    nt.save_run(run, tmp_path / "saved")
    loaded = bound(nt.load_run(tmp_path / "saved"))
    original = bound(run)
    assert loaded.table.equals(original.table) and loaded.scarce.equals(original.scarce)


def test_a_bound_has_a_text_and_a_notebook_form():
    """Both have three sentences and a table. The result is frozen."""
    result = bound(three(new(("finance", "6", 2))))
    assert "no policy could have had fewer than 1, so at most 2 could have been avoided." in repr(result)
    assert "small, seed 1: 3 redundancies (redundancy)." in repr(result)
    assert result._repr_html_().count("<p>") == 3 and "<table" in result._repr_html_()
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        result.simulated = 0
