"""Rounds that fill posts in tiny scenarios, event by event: routes, rights to slot in, waves and vacancies."""

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
    """Pairs of a person and their new post, in order of person."""
    return sorted((event[4], event[6]) for event in events if event[2] == Kind.APPOINTED)


def test_the_nearest_of_four_distances_counts() -> None:
    """The distances are successor, same cluster, same region and elsewhere."""
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
def test_each_wider_route_is_open_to_more_people(reach: str, asked: list[int]) -> None:
    """Staff of predecessors, then of the cluster, then of the region, then everyone."""
    bodies = [
        closing("Own", "New", cluster="A"),
        closing("Kin", cluster="A"),
        closing("Near"),
        closing("Far", region="Hill"),
        home("New", cluster="A"),
    ]
    people = [person(number, one.name) for number, one in enumerate(bodies[:4], 1)]
    events = events_of(*people, bodies=bodies, policies={"filling": held(reach=reach)})
    assert [event[4] for event in events if event[2] == Kind.APPLIED] == asked


KINDRED = ("finance", "nursing")


@pytest.mark.parametrize(
    ("kindred", "expected"), [((), [1]), (KINDRED, [1, 2]), (("finance",), [1]), (("nursing",), [1])]
)
def test_a_competition_by_grade_accepts_kindred_functions(kindred: tuple[str, ...], expected: list[int]) -> None:
    """A nurse gets the second post in finance if both functions are kindred, and then works in finance."""
    bodies = [closing("Old"), home("New", ("finance", "6", 2)), home("Ward", ("nursing", "8a", 1))]
    people = [person(1), person(2, function="nursing"), person(3, function="nursing", band="5")]
    run = played(*people, bodies=bodies, policies={"round": held(kindred=kindred)})
    got = run.log.appointments
    assert sorted(got.staff.tolist()) == expected
    assert {run.scenario.functions[run.posts.function[post]] for post in got.to_post.tolist()} == {"finance"}


def test_people_of_the_posts_own_function_come_before_kindred_ones() -> None:
    """The less skilled person in the post's function gets it. A person with a right to slot in comes before both."""
    bodies = [closing("Own", "New"), closing("Other"), home("New")]
    skilled = person(2, "Other", function="nursing", skill=3.0)
    own = person(1, "Other", skill=-3.0)
    rights = held(kindred=KINDRED, rights_first=True)
    assert appointed(events_of(own, skilled, bodies=bodies, policies={"filling": rights})) == [(1, 2)]
    heir = person(3, "Own", function="nursing", skill=-3.0)
    assert [staff for staff, _ in appointed(events_of(own, heir, bodies=bodies, policies={"filling": rights}))] == [3]


def answering(**post: float) -> Behaviour:
    """People who do not apply by themselves, with other parameters of the post choice as given."""
    silent = {"mover": 0.0, "mover_declines": 0.0, "near_only": 0.0}
    return attrs.evolve(behaving(), post=PostChoice(**{**silent, **post}))


@pytest.mark.parametrize(("matching", "declines", "expected"), [(True, 0.0, [1]), (True, 1.0, []), (False, 0.0, [])])
def test_in_a_matching_round_nobody_needs_to_apply(matching: bool, declines: float, expected: list[int]) -> None:
    """A person who never applies is appointed by matching, unless they decline."""
    policies = {"slot-in": held(matching=matching)}
    behaviour = answering(mover_declines=declines)
    events = events_of(person(1), bodies=[closing("Old"), home("New")], behaviour=behaviour, policies=policies)
    assert [staff for staff, _ in appointed(events)] == expected
    assert [event[4] for event in events if event[2] == Kind.APPLIED] == expected


@pytest.mark.parametrize("matching", [True, False])
@pytest.mark.parametrize(("near_only", "expected"), [(0.0, [1, 2]), (1.0, [1])])
def test_some_people_would_not_move_home(matching: bool, near_only: float, expected: list[int]) -> None:
    """Only people who would move home accept a post in another region."""
    bodies = [closing("Old"), closing("Far", region="Hill"), home("New", POST), home("Other", ("nursing", "6", 1))]
    people = [person(1), person(2, "Far", function="nursing")]
    behaviour = answering(mover=1.0, near_only=near_only)
    policies = {"round": held(reach="anywhere", matching=matching)}
    assert [
        staff for staff, _ in appointed(events_of(*people, bodies=bodies, behaviour=behaviour, policies=policies))
    ] == expected


def test_people_who_decline_one_match_decline_the_next() -> None:
    """Half of 40 people decline in the first round, and the same people decline in a second policy."""
    bodies = [closing("Old"), home("New", ("finance", "6", 1)), body("Unit", "csu", ("finance", "6", 1))]
    rounds = {"one": held(matching=True), "two": held("2010-08-01", matching=True, receivers=("csu",))}
    people = [person(number) for number in range(40)]
    log = played(*people, bodies=bodies, behaviour=answering(mover_declines=0.5), policies=rounds).log
    applied = log.of(Kind.APPLIED)
    first, second = (set(applied.staff[applied.day == on(day)].tolist()) for day in ("2010-07-01", "2010-08-01"))
    assert 10 < len(first) < 30
    assert second == first - set(log.appointments.staff[log.appointments.day == on("2010-07-01")].tolist())


def test_a_right_to_slot_in_comes_before_skill() -> None:
    """With rights first, a less skilled person from the predecessor gets the post before a more skilled person."""
    bodies = [closing("Own", "New"), closing("Other"), home("New")]
    people = person(1, "Own", skill=-2.0), person(2, "Other", skill=2.0)
    for rights, winner in ((True, 1), (False, 2)):
        events = events_of(*people, bodies=bodies, policies={"filling": held(rights_first=rights)})
        assert appointed(events) == [(winner, 2)]


def test_a_right_to_slot_in_is_limited_to_the_same_band() -> None:
    """A person in a higher band has no right, so skill decides."""
    bodies = [closing("Own", "New"), closing("Other"), home("New")]
    people = person(1, "Own", band="7", skill=-2.0), person(2, "Other", skill=2.0)
    assert appointed(events_of(*people, bodies=bodies, policies={"filling": held(rights_first=True)})) == [(2, 2)]


def test_unsuccessful_candidates_try_the_next_route_and_remaining_vacancies_are_advertised() -> None:
    """Slot-in, ring-fenced and open rounds each appoint one of four people, in order of skill.

    The last person gets no post, and somebody from outside fills the nursing post.
    """
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
    people = [person(number, "Own", skill=number) for number in (1, 2, 3, 4)]
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
    """A person who moves from band 6 to band 5 still has £40,000 on the first day and after the pay day in April."""
    from nhstransit.measures import state_on

    bodies = [closing("Own"), home("New", ("finance", "5", 1))]
    run = played(person(1, "Own", pay=40_000), bodies=bodies, policies={"filling": held()}, end=date("2011-12-31"))
    for day in ("2010-12-01", "2011-04-02"):
        state = state_on(run, on(day))
        assert (state.band.tolist(), state.pay_pence.tolist()) == ([4], [4_000_000])


def test_people_prefer_near_posts() -> None:
    """With a strong preference for near posts, the most skilled of three people gets the nearest post."""
    bodies = [closing("Own", "Heir", cluster="A"), home("Far"), home("Kin", cluster="A"), home("Heir")]
    behaviour = attrs.evolve(behaving(), post=attrs.evolve(behaving().post, local=50.0))
    people = [person(number, "Own", skill=number) for number in (1, 2, 3)]
    events = events_of(*people, bodies=bodies, policies={"filling": held()}, behaviour=behaviour)
    assert appointed(events) == [(1, 3), (2, 4), (3, 5)]


def test_a_round_can_be_limited_to_waves_or_to_authorised_employers() -> None:
    """The posts of other waves, or of employers that are not yet authorised, stay vacant."""
    first = attrs.evolve(home("First"), wave=1, authorised=date("2010-06-15"))
    second = attrs.evolve(home("Second"), wave=2, authorised=date("2010-08-15"))
    bodies = [closing("Own"), first, second]
    people = person(1, "Own"), person(2, "Own")
    for fields, expected in (({}, [2, 3]), ({"waves": (1,)}, [2]), ({"waves": (2,)}, [3]), ({"authorised": True}, [2])):
        events = events_of(*people, bodies=bodies, policies={"filling": held(**fields)})
        assert sorted(post for _, post in appointed(events)) == expected
    late = events_of(*people, bodies=bodies, policies={"filling": held("2010-08-15", authorised=True)})
    assert len(appointed(late)) == 2


@pytest.mark.parametrize(("authorised", "day"), [(True, "2010-10-01"), (False, "2010-07-01")])
def test_nobody_is_hired_before_authorisation(authorised: bool, day: str) -> None:
    """A group authorised on 15 August advertises from 1 September; without the condition, from 1 June."""
    group = attrs.evolve(home("New"), wave=1, authorised=date("2010-08-15"))
    fields = {"announced": date("2010-06-01"), "until": date("2010-12-01"), "refill": 1.0, "weeks": 0.0}
    hiring = Hiring(kinds=("ccg",), authorised=authorised, **fields)
    events = events_of(person(1), bodies=[body("Old"), group], policies={"hiring": hiring})
    assert events == [row(day, DOOR, Kind.ARRIVED, "hiring", 2, -1, 1)]


def test_an_appointed_person_is_safe() -> None:
    """An appointment sets the risk class to safe."""
    events = events_of(person(1, "Own"), bodies=[closing("Own"), home("New")], policies={"filling": held()})
    assert row("2010-07-01", DESK, Kind.RISK, "filling", 1, RiskClass.NONE, RiskClass.SAFE) in events


def _reconciled(world: Scenario, seed: int) -> int:
    """Follow the holder of every post through a run; return the number of posts filled by moves or newcomers."""
    run = simulate(world, seed=seed)
    holder = {
        int(post): int(staff) for staff, post in zip(run.people.staff, run.opening_post, strict=True) if post >= 0
    }
    closes = [world.calendar.day(one.closes) if one.closes else None for one in world.organisations]
    filled = 0
    for day, phase, kind, _, staff, left, come, _ in run.log.tuples():
        if kind in (Kind.MOVED, Kind.DEPARTED):
            assert holder.pop(left) == staff, "the person who leaves a post held it"
        if kind in (Kind.MOVED, Kind.ARRIVED):
            assert come not in holder, "no post has two holders"
            assert staff not in holder.values(), "nobody has two posts"
            last = closes[run.posts.employer[come]]
            assert last is None or day <= last or (day == last + 1 and phase <= Phase.CLOSURES)
            holder[come] = staff
            filled += 1
        if kind == Kind.REMOVED:
            assert left not in holder, "nobody holds a post that is removed"
        if kind == Kind.EXTENDED:
            closes[left] = come
    last = [closes[run.posts.employer[post]] for post in holder]
    assert all(day is None or day >= world.calendar.days - 1 for day in last), "nobody is in a closed body"
    return filled


@pytest.mark.thorough
def test_no_post_has_two_holders_and_nobody_has_two_posts() -> None:
    """Each post in generated scenarios has one holder at most, and none after its employer has closed."""
    filled = []

    @seeded(7)
    @examples(2, 75, phases=[Generating.generate])
    @given(worlds(crowded=True), seeds())
    def follow(world: Scenario, seed: int) -> None:
        filled.append(_reconciled(world, seed))

    follow()
    assert sum(filled) > 10, "too few posts were filled for a meaningful test"


def test_filled_hired_and_vacant_posts_add_up() -> None:
    """Every post on offer is filled by internal candidates, filled from outside, or vacant at the end."""
    bodies = [closing("Own", "New"), home("New", ("finance", "6", 20)), home("Kin", ("finance", "6", 20))]
    policies = {
        "slot-in": held("2010-07-01", reach="successor"),
        "filling": held("2010-08-01"),
        "hiring": Hiring(announced=date("2010-09-01"), until=date("2010-09-01"), kinds=("ccg",), refill=0.5, weeks=0.0),
    }
    run = played(*(person(number, "Own") for number in range(25)), bodies=bodies, policies=policies)
    moved = len(run.log.of(Kind.MOVED))
    hired = len(run.log.of(Kind.ARRIVED))
    filled = np.concatenate([run.log.of(Kind.MOVED).second, run.log.of(Kind.ARRIVED).second])
    assert moved == 25 and 0 < hired < 15
    assert len(np.unique(filled)) == moved + hired == 40 - (40 - len(np.unique(filled)))
    assert set(filled.tolist()) <= set(range(25, 65))
