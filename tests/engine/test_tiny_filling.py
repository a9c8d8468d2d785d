"""Tiny worlds, told event for event: the routes by which posts are filled, rights, waves, and what follows from them."""

from __future__ import annotations

from collections import Counter
from typing import Any

import attrs
import numpy as np
import pytest
from hypothesis import Phase as Generating
from hypothesis import given
from hypothesis import seed as seeded
from worlds import seeds, worlds

from nhstransit.behaviour import Behaviour, PostChoice
from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind, Phase
from nhstransit.organisations.bodies import Organisation, Roster
from nhstransit.policies import Filling, Hiring
from nhstransit.policies.filling import CLUSTER, ELSEWHERE, REGION, SUCCESSOR, steps
from nhstransit.scenario import Scenario
from nhstransit.workforce.columns import RiskClass
from tests.examples import examples
from tests.small import behaving, body, date, events_of, on, person, played, row, small_world

DESK = Phase.WINDOWS
NIGHT = Phase.CLOSURES
DOOR = Phase.ARRIVALS
POST = ("finance", "6", 1)


def held(when: str = "2010-07-01", **fields: Any) -> Filling:
    days = {"announced": date("2010-05-01"), "held": date(when), "starts": date("2010-12-01")}
    return Filling(**{**days, "assessment_error": 0.0, "receivers": ("ccg",), **fields})


def closing(name: str, *heirs: str, cluster: str = "", **facts: Any) -> Organisation:
    return attrs.evolve(body(name, closes="2010-12-15", **facts), successors=heirs, cluster=cluster)


def home(name: str, *posts: Any, cluster: str = "", **facts: Any) -> Organisation:
    return attrs.evolve(body(name, "ccg", *(posts or (POST,)), **facts), cluster=cluster)


def appointed(events: list[Any]) -> list[tuple[int, int]]:
    """Who got which post, in the order of staff."""
    return sorted((event[4], event[6]) for event in events if event[2] == Kind.APPOINTED)


def test_four_steps_from_home() -> None:
    """A successor of one's own, the same cluster, the same region, elsewhere: whatever else holds, the nearest counts."""
    bodies = [
        closing("Old", "Heir", cluster="A"),
        home("Heir", region="Hill"),
        home("Kin", cluster="A"),
        home("Near"),
        home("Far", region="Hill"),
    ]
    world = small_world(person(1), bodies=bodies)
    roster = Roster.of(world.organisations, world.calendar)
    pairs = np.indices((len(roster), len(roster)))
    near = steps(roster, *(side.ravel() for side in pairs)).reshape(pairs.shape[1:])
    assert near[0].tolist() == [CLUSTER, SUCCESSOR, CLUSTER, REGION, ELSEWHERE]
    assert near[3].tolist() == [REGION, ELSEWHERE, REGION, REGION, ELSEWHERE]


@pytest.mark.parametrize(
    ("reach", "asked"),
    [("successor", [1]), ("cluster", [1, 2]), ("region", [1, 2, 3]), ("anywhere", [1, 2, 3, 4])],
)
def test_each_route_is_open_to_more(reach: str, asked: list[int]) -> None:
    """To those whose body the group succeeds, those of its cluster, of its region, and everybody."""
    bodies = [
        closing("Own", "New", cluster="A"),
        closing("Kin", cluster="A"),
        closing("Near"),
        closing("Far", region="Hill"),
        home("New", cluster="A"),
    ]
    people = [person(place + 1, one.name) for place, one in enumerate(bodies[:4])]
    events = events_of(*people, bodies=bodies, policies={"filling": held(reach=reach)})
    assert [event[4] for event in events if event[2] == Kind.APPLIED] == asked


KINDRED = ("finance", "nursing")


@pytest.mark.parametrize(("kindred", "won"), [((), [1]), (KINDRED, [1, 2]), (("finance",), [1]), (("nursing",), [1])])
def test_a_competition_by_grade_takes_kindred_functions(kindred: tuple[str, ...], won: list[int]) -> None:
    """A nurse gets the second post in finance where both functions are kindred, and becomes staff of finance."""
    bodies = [closing("Old"), home("New", ("finance", "6", 2)), home("Ward", ("nursing", "8a", 1))]
    people = [person(1), person(2, function="nursing"), person(3, function="nursing", band="5")]
    run = played(*people, bodies=bodies, policies={"round": held(kindred=kindred)})
    got = run.log.appointments
    assert sorted(got.staff.tolist()) == won
    assert {run.scenario.functions[run.posts.function[post]] for post in got.to_post.tolist()} == {"finance"}


def test_people_of_the_posts_own_function_come_before_kindred_ones() -> None:
    """The less skilled of the function gets the post, before the more skilled of another; a right comes before both."""
    bodies = [closing("Own", "New"), closing("Other"), home("New")]
    skilled = person(2, "Other", function="nursing", skill=3.0)
    own = person(1, "Other", skill=-3.0)
    rights = held(kindred=KINDRED, rights_first=True)
    assert appointed(events_of(own, skilled, bodies=bodies, policies={"filling": rights})) == [(1, 2)]
    heir = person(3, "Own", function="nursing", skill=-3.0)
    assert [staff for staff, _ in appointed(events_of(own, heir, bodies=bodies, policies={"filling": rights}))] == [3]


def answering(**post: float) -> Behaviour:
    """People of whom nobody applies by themselves; what else is asked of them as given."""
    silent = {"mover": 0.0, "mover_declines": 0.0, "near_only": 0.0}
    return attrs.evolve(behaving(), post=PostChoice(**{**silent, **post}))


@pytest.mark.parametrize(("matching", "declines", "won"), [(True, 0.0, [1]), (True, 1.0, []), (False, 0.0, [])])
def test_in_a_matching_nobody_need_apply(matching: bool, declines: float, won: list[int]) -> None:
    """Somebody who never applies is slotted in where the employers match, unless they decline."""
    policies = {"slot-in": held(matching=matching)}
    minds = answering(mover_declines=declines)
    events = events_of(person(1), bodies=[closing("Old"), home("New")], behaviour=minds, policies=policies)
    assert [staff for staff, _ in appointed(events)] == won
    assert [event[4] for event in events if event[2] == Kind.APPLIED] == won


@pytest.mark.parametrize("matching", [True, False])
@pytest.mark.parametrize(("near_only", "won"), [(0.0, [1, 2]), (1.0, [1])])
def test_some_would_not_move_home(matching: bool, near_only: float, won: list[int]) -> None:
    """A post in the own region is taken by whom it is for; one in another region only by people who would move home."""
    bodies = [closing("Old"), closing("Far", region="Hill"), home("New", POST), home("Other", ("nursing", "6", 1))]
    people = [person(1), person(2, "Far", function="nursing")]
    minds = answering(mover=1.0, near_only=near_only)
    policies = {"round": held(reach="anywhere", matching=matching)}
    assert [
        staff for staff, _ in appointed(events_of(*people, bodies=bodies, behaviour=minds, policies=policies))
    ] == won


def test_who_declines_a_match_declines_the_next() -> None:
    """Of 40 people of whom half decline, those not considered in one round are not in another, under another name."""
    bodies = [closing("Old"), home("New", ("finance", "6", 1)), body("Unit", "csu", ("finance", "6", 1))]
    rounds = {"one": held(matching=True), "two": held("2010-08-01", matching=True, receivers=("csu",))}
    people = [person(number) for number in range(40)]
    log = played(*people, bodies=bodies, behaviour=answering(mover_declines=0.5), policies=rounds).log
    applied = log.of(Kind.APPLIED)
    first, second = (set(applied.staff[applied.day == on(day)].tolist()) for day in ("2010-07-01", "2010-08-01"))
    assert 10 < len(first) < 30
    assert second == first - set(log.appointments.staff[log.appointments.day == on("2010-07-01")].tolist())


def test_a_right_to_slot_in_comes_before_skill() -> None:
    """With rights first the less skilled of the group's own body gets the post; without, the more skilled of another."""
    bodies = [closing("Own", "New"), closing("Other"), home("New")]
    people = person(1, "Own", skill=-2.0), person(2, "Other", skill=2.0)
    for rights, winner in ((True, 1), (False, 2)):
        events = events_of(*people, bodies=bodies, policies={"filling": held(rights_first=rights)})
        assert appointed(events) == [(winner, 2)]


def test_a_right_is_to_a_post_of_ones_own_band() -> None:
    """Somebody of a higher band has none: skill decides."""
    bodies = [closing("Own", "New"), closing("Other"), home("New")]
    people = person(1, "Own", band="7", skill=-2.0), person(2, "Other", skill=2.0)
    assert appointed(events_of(*people, bodies=bodies, policies={"filling": held(rights_first=True)})) == [(2, 2)]


def test_losers_go_on_to_the_next_route_and_what_is_left_is_hired_for() -> None:
    """Slot-in places the best of three; the ring fence the next, in the other group of the cluster; the open round the last
    but one in a lower band; the last finds nothing, and a nurse's post that nobody could fill is hired for."""
    bodies = [
        closing("Own", "New", cluster="A"),
        home("New", POST, cluster="A"),
        home("Kin", POST, cluster="A"),
        home("Near", ("finance", "5", 1), ("nursing", "6", 1)),
    ]
    policies = {
        "slot-in": held("2010-07-01", reach="successor", bands_down=0),
        "ring-fenced": held("2010-08-01", reach="cluster", rights_first=True),
        "open-competition": held("2010-09-01", reach="region"),
        "hiring": Hiring(announced=date("2010-10-01"), until=date("2010-10-01"), kinds=("ccg",), refill=1.0, weeks=0.0),
    }
    people = [person(place, "Own", skill=place) for place in (1, 2, 3, 4)]
    events = events_of(*people, bodies=bodies, policies=policies)
    assert [(event[0], event[4], event[6]) for event in events if event[2] == Kind.APPOINTED] == [
        (on("2010-07-01"), 4, 4),
        (on("2010-08-01"), 3, 5),
        (on("2010-09-01"), 2, 6),
    ]
    assert Counter(event[4] for event in events if event[2] == Kind.REFUSED) == {1: 3, 2: 2, 3: 1}
    assert [event for event in events if event[2] == Kind.ARRIVED] == [
        row("2010-11-01", DOOR, Kind.ARRIVED, "hiring", 5, -1, 7)
    ]


def test_pay_is_protected_on_a_lower_band() -> None:
    """From band 6 to band 5 at £24,000: still £24,000 on the first day there, and after the April pay day."""
    from nhstransit.measures import state_on

    bodies = [closing("Own"), home("New", ("finance", "5", 1))]
    run = played(person(1, "Own", pay=40_000), bodies=bodies, policies={"filling": held()}, end=date("2011-12-31"))
    for day in ("2010-12-01", "2011-04-02"):
        state = state_on(run, on(day))
        assert (state.band.tolist(), state.pay_pence.tolist()) == ([4], [4_000_000])


def test_people_would_rather_stay_near() -> None:
    """With a strong dislike of distance everybody gets the nearest of three posts in turn, the most skilled the nearest."""
    bodies = [closing("Own", "Heir", cluster="A"), home("Far"), home("Kin", cluster="A"), home("Heir")]
    behaviour = attrs.evolve(behaving(), post=attrs.evolve(behaving().post, local=50.0))
    people = [person(place, "Own", skill=place) for place in (1, 2, 3)]
    events = events_of(*people, bodies=bodies, policies={"filling": held()}, behaviour=behaviour)
    assert appointed(events) == [(1, 3), (2, 4), (3, 5)]


def test_rounds_by_wave_and_by_authorisation() -> None:
    """A round for the first wave leaves the second's post; one that waits for authorisation leaves both until they are."""
    first = attrs.evolve(home("First"), wave=1, authorised=date("2010-06-15"))
    second = attrs.evolve(home("Second"), wave=2, authorised=date("2010-08-15"))
    bodies = [closing("Own"), first, second]
    people = person(1, "Own"), person(2, "Own")
    for fields, won in (({}, [2, 3]), ({"waves": (1,)}, [2]), ({"waves": (2,)}, [3]), ({"authorised": True}, [2])):
        events = events_of(*people, bodies=bodies, policies={"filling": held(**fields)})
        assert sorted(post for _, post in appointed(events)) == won
    late = events_of(*people, bodies=bodies, policies={"filling": held("2010-08-15", authorised=True)})
    assert len(appointed(late)) == 2


@pytest.mark.parametrize(("authorised", "day"), [(True, "2010-10-01"), (False, "2010-07-01")])
def test_nobody_is_hired_before_authorisation(authorised: bool, day: str) -> None:
    """A group authorised on 15 August looks outside from 1 September on; where that does not matter, from 1 June."""
    group = attrs.evolve(home("New"), wave=1, authorised=date("2010-08-15"))
    fields = {"announced": date("2010-06-01"), "until": date("2010-12-01"), "refill": 1.0, "weeks": 0.0}
    hiring = Hiring(kinds=("ccg",), authorised=authorised, **fields)
    events = events_of(person(1), bodies=[body("Old"), group], policies={"hiring": hiring})
    assert events == [row(day, DOOR, Kind.ARRIVED, "hiring", 2, -1, 1)]


def test_who_is_lent_or_at_risk_may_compete_and_is_safe() -> None:
    """An appointment ends the risk, whatever class it was."""
    events = events_of(person(1, "Own"), bodies=[closing("Own"), home("New")], policies={"filling": held()})
    assert row("2010-07-01", DESK, Kind.RISK, "filling", 1, RiskClass.NONE, RiskClass.SAFE) in events


def _reconciled(world: Scenario, luck: int) -> int:
    """Follow every post through a run, event by event; returns how many were filled by moves or newcomers."""
    run = simulate(world, seed=luck)
    holder = {
        int(post): int(staff) for staff, post in zip(run.people.staff, run.opening_post, strict=True) if post >= 0
    }
    closes = [world.calendar.day(one.closes) if one.closes else None for one in world.organisations]
    filled = 0
    for day, phase, kind, _, staff, left, come, _ in run.log.tuples():
        if kind in (Kind.MOVED, Kind.DEPARTED):
            assert holder.pop(left) == staff, "who leaves a post was in it"
        if kind in (Kind.MOVED, Kind.ARRIVED):
            assert come not in holder, "no post has two holders"
            assert staff not in holder.values(), "nobody has two posts"
            last = closes[run.posts.employer[come]]
            assert last is None or day <= last or (day == last + 1 and phase <= Phase.CLOSURES)
            holder[come] = staff
            filled += 1
        if kind == Kind.REMOVED:
            assert left not in holder, "nobody is in a post that goes"
        if kind == Kind.EXTENDED:
            closes[left] = come
    last = [closes[run.posts.employer[post]] for post in holder]
    assert all(day is None or day >= world.calendar.days - 1 for day in last), "nobody is in a closed body"
    return filled


@pytest.mark.thorough
def test_no_post_is_overfilled_and_nobody_is_in_two() -> None:
    """In crowded made worlds each post is followed through the log: one holder at most, none in a body that is closed."""
    filled = []

    @seeded(7)
    @examples(2, 75, phases=[Generating.generate])
    @given(worlds(crowded=True), seeds())
    def follow(world: Scenario, luck: int) -> None:
        filled.append(_reconciled(world, luck))

    follow()
    assert sum(filled) > 10, "the worlds that were made fill hardly any post: nothing was tried"


def test_unfilled_posts_and_hires_reconcile() -> None:
    """Posts on offer are those filled within, those hired for, and those still empty at the end."""
    bodies = [closing("Own", "New"), home("New", ("finance", "6", 20)), home("Kin", ("finance", "6", 20))]
    policies = {
        "slot-in": held("2010-07-01", reach="successor"),
        "filling": held("2010-08-01"),
        "hiring": Hiring(announced=date("2010-09-01"), until=date("2010-09-01"), kinds=("ccg",), refill=0.5, weeks=0.0),
    }
    run = played(*(person(place, "Own") for place in range(25)), bodies=bodies, policies=policies)
    moved = len(run.log.of(Kind.MOVED))
    hired = len(run.log.of(Kind.ARRIVED))
    taken = np.concatenate([run.log.of(Kind.MOVED).second, run.log.of(Kind.ARRIVED).second])
    assert moved == 25 and 0 < hired < 15
    assert len(np.unique(taken)) == moved + hired == 40 - (40 - len(np.unique(taken)))
    assert set(taken.tolist()) <= set(range(25, 65))
