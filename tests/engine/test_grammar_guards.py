"""Faults of a user's own policy: each is refused with one sentence that names the policy."""

from __future__ import annotations

from types import GenericAlias, SimpleNamespace
from typing import Any, TypeVar

import attrs
import numpy as np
import pytest

from nhstransit.behaviour import SeveranceChoice
from nhstransit.engine import wellformed
from nhstransit.errors import InputError, PolicyError
from nhstransit.grammar import (
    NOTHING,
    Answers,
    Appoint,
    Ask,
    Consult,
    Depart,
    Designate,
    Effects,
    Hire,
    OpenPosts,
    Pay,
    Proposals,
    RemovePosts,
    Retain,
    SeveranceOffer,
    Turn,
)
from nhstransit.log import Kind, Phase
from tests.small import Own, behaving, body, events_of, newcomers, once, person, rows

T = TypeVar("T", bound=np.generic)
BODIES = [body("Old", "pct", ("finance", "6", 4))]  # posts 0 and 1 are held, 2 and 3 vacant
PEOPLE = person(1), person(2)


def refused(policy: Any, **world: Any) -> str:
    """The message of the error that a policy called `own` causes."""
    with pytest.raises(PolicyError) as caught:
        events_of(*PEOPLE, bodies=BODIES, policies={"own": policy}, **world)
    message = str(caught.value)
    assert "\n" not in message and "; " in message
    return message


def going(*places: int, last: int = 100, **sums: Any) -> Depart:
    zeros = np.zeros(len(places), "int64")
    pence = {name: sums.get(name, zeros) for name in ("severance", "in_lieu", "strain")}
    return Depart(rows=rows(*places), last_day=np.full(len(places), last), remove=zeros > 0, **pence)


def placing(*places: int, posts: tuple[int, ...] = (2,), start: int = 200) -> Appoint:
    return Appoint(rows=rows(*places), posts=np.array(posts), start=start)


def hiring(*posts: int, start: int = 200, **columns: Any) -> Hire:
    made = {"newcomers": newcomers(*range(len(posts))), **columns}
    return Hire(posts=np.array(posts), start=start, **made)


def opening(employer: int, function: int, band: int) -> OpenPosts:
    return OpenPosts(employer=np.array([employer]), function=np.array([function]), band=np.array([band]))


CERTAIN = np.array([1.0])
FAULTS = [
    # people
    ([Designate(rows=rows(2))], "designates somebody who does not exist"),
    ([Designate(rows=rows(-1))], "designates somebody who does not exist"),
    ([Designate(rows=np.array([0.0]))], "designates somebody who does not exist"),
    ([Designate(rows=np.array([[0]]))], "designates somebody who does not exist"),
    ([Designate(rows=np.array([True, False]))], "designates somebody who does not exist"),
    ([Designate(rows=[0])], "designates somebody who does not exist"),
    ([Designate(rows=rows(0, 0))], "names the same person twice"),
    # exits
    ([going(0, last=31)], "agrees an exit in the past"),
    ([going(0), going(0)], "agrees a second exit"),
    ([placing(0), going(0)], "agrees an exit for somebody who is promised a post"),
    ([going(0, severance=np.array([-1]))], "pays a negative sum"),
    ([going(0, in_lieu=np.array([-1]))], "pays a negative sum"),
    ([going(0, strain=np.array([-1]))], "pays a negative sum"),
    ([going(0, severance=np.array([1, 2]))], "returned `severance` of shape (2,) for 1 `rows`"),
    ([going(0, severance=7)], "returned `severance` of shape () for 1 `rows`"),
    # appointments
    ([placing(0, posts=(4,))], "names a post that does not exist"),
    ([placing(0, posts=(-1,))], "names a post that does not exist"),
    ([placing(0, posts=(2, 3))], "returned `posts` of shape (2,) for 1 `rows`"),
    ([placing(0, 1, posts=(2, 2))], "fills one post twice"),
    ([placing(0, posts=(1,))], "fills a post that is not vacant"),
    ([placing(0), placing(1)], "fills a post that is not vacant"),
    ([going(0), placing(0)], "appoints somebody whose exit is agreed"),
    ([placing(0), placing(0, posts=(3,))], "appoints somebody who is promised a post"),
    # newcomers
    ([hiring(4)], "names a post that does not exist"),
    ([hiring(2, 2)], "hires twice for one post"),
    ([hiring(0)], "hires for a post that is not vacant"),
    ([hiring(2), hiring(2)], "hires for a post that is not vacant"),
    ([hiring(2, start=32)], "lets newcomers start on the same day"),
    ([hiring(2, newcomers=newcomers(1, 2))], "returned newcomers' `key` of shape (2,) for 1 posts"),
    (
        [hiring(2, newcomers=newcomers(1, wte_hundredths=np.array([0])))],
        "hires for less than 1% or more than 100% of full time",
    ),
    ([hiring(2, newcomers=newcomers(1, point=np.array([-1])))], "hires at a pay point that does not exist"),
    # guarantees
    ([Retain(rows=rows(0), until=31, premium=0.1)], "sets a guarantee that ends before today"),
    ([Retain(rows=rows(0), until=99, premium=-0.1)], "pays a premium of -0.1"),
    ([Retain(rows=rows(0), until=99, premium=float("nan"))], "pays a premium of nan"),
    # posts
    ([RemovePosts(posts=np.array([9]), pence=np.array([0]))], "names a post that does not exist"),
    ([RemovePosts(posts=np.array([0]), pence=np.array([0]))], "removes a post that is not vacant"),
    ([RemovePosts(posts=np.array([2, 2]), pence=np.array([0, 0]))], "removes one post twice"),
    ([RemovePosts(posts=np.array([2]), pence=np.array([0]))] * 2, "removes a post that is not vacant"),
    ([hiring(2), RemovePosts(posts=np.array([2]), pence=np.array([0]))], "removes a post that is not vacant"),
    ([RemovePosts(posts=np.array([2]), pence=np.array([-5]))], "pays a negative sum"),
    ([RemovePosts(posts=np.array([2]), pence=np.array([]))], "returned `pence` of shape (0,) for 1 `posts`"),
    ([opening(1, 0, 5)], "opens a post of an unknown employer"),
    ([opening(0, 2, 5)], "opens a post of an unknown function"),
    ([opening(0, 0, -1)], "opens a post of an unknown band"),
    # money and news
    ([Pay(rows=rows(0), kind=Kind.MOVED, pence=np.array([1]))], "pays the unknown kind of money <Kind.MOVED: 40>"),
    ([Pay(rows=rows(0), kind=Kind.SEVERANCE, pence=np.array([-1]))], "pays a negative sum"),
    ([Pay(rows=rows(0, 1), kind=Kind.SEVERANCE, pence=np.array([1]))], "returned `pence` of shape (1,) for 2 `rows`"),
    ([Turn(rows=rows(0), risk_class=6)], "sets an unknown risk class, 6"),
    ([Turn(rows=rows(0), disposition=np.array([4]))], "sets a disposition that does not exist"),
    ([Turn(rows=rows(0), target=np.array([1.1]))], "sets a perceived risk outside 0 to 1"),
    ([Turn(rows=rows(0), target=np.array([np.nan]))], "sets a perceived risk outside 0 to 1"),
    ([Turn(rows=rows(0), target=CERTAIN, weight=2.0)], "sets a weight of 2.0 for news"),
    ([Turn(rows=rows(0, 1), target=CERTAIN)], "returned `target` of shape (1,) for 2 `rows`"),
    ([Consult(rows=rows(0), until=np.array([40, 41]))], "returned `until` of shape (2,) for 1 `rows`"),
    ([Ask(rows=rows(0), day=31, stage="again")], "sets a reminder for day 31, in the past"),
    ([Ask(rows=rows(7), day=50, stage="again")], "asks somebody who does not exist"),
    (["an exit"], "returned a str as an effect; return effects of nhstransit.grammar"),
]


@pytest.mark.parametrize(("effects", "fault"), FAULTS, ids=[f"{n}-{fault[:30]}" for n, (_, fault) in enumerate(FAULTS)])
def test_an_impossible_effect_is_refused(effects: list[Any], fault: str) -> None:
    """The message names the policy and its fault."""
    assert refused(once("2010-05-03", *effects)).startswith(f"policies.own: {fault}")


@pytest.mark.parametrize("effect", [Designate(rows=rows(0)), going(0), Retain(rows=rows(0), until=99, premium=0.0)])
def test_an_effect_on_somebody_who_has_left_is_refused(effect: Any) -> None:
    with pytest.raises(PolicyError, match=r"^policies\.own: acts on somebody who has left; "):
        events_of(person(1, ends="2010-05-02"), policies={"own": once("2010-05-03", effect)})


def test_effects_on_nobody_are_accepted() -> None:
    none = rows()
    effects = [Designate(rows=none), going(), placing(posts=()), Retain(rows=none, until=1, premium=0.1)]
    effects += [Turn(rows=none), Pay(rows=none, kind=Kind.SEVERANCE, pence=none), RemovePosts(posts=none, pence=none)]
    assert events_of(*PEOPLE, bodies=BODIES, policies={"own": once("2010-05-03", *effects)}) == []


@attrs.frozen(kw_only=True)
class Odd(Own):
    """A policy that returns the given proposals and selection."""

    proposes: Any = None
    selects: Any = NOTHING

    def propose(self, situation: Any) -> Any:
        return self.proposes

    def select(self, situation: Any, proposals: Any, answers: Any, chances: Any) -> Any:
        return self.selects


def odd(proposes: Any, selects: Any = NOTHING, **facts: Any) -> Odd:
    return Odd(dates=("2010-05-03",), does=lambda situation: [], proposes=proposes, selects=selects, **facts)


BOTH = Proposals(rows=rows(0, 1))


@pytest.mark.parametrize(
    ("policy", "fault"),
    [
        (odd(Proposals(rows=rows(5))), "proposes to somebody who does not exist"),
        (odd(Proposals(rows=rows(-2))), "proposes to somebody who does not exist"),
        (odd(Proposals(rows=np.array([0.5]))), "proposes to somebody who does not exist"),
        (odd([0, 1]), "returned [0, 1] as its proposals; return Proposals, or None"),
        (odd(BOTH, None), "returned a NoneType as its selection; return Effects, or NOTHING"),
        (odd(BOTH, Effects(chosen=np.array([True]))), "has a wrong `chosen` for 2 proposals"),
        (odd(BOTH, Effects(chosen=np.array([0, 1]))), "has a wrong `chosen` for 2 proposals"),
        (odd(BOTH, question="severence"), "has an unknown question, 'severence'; did you mean 'severance'?"),
    ],
)
def test_impossible_proposals_and_selections_are_refused(policy: Odd, fault: str) -> None:
    """The message names the policy and its fault."""
    assert refused(policy).startswith(f"policies.own: {fault}")


def test_a_proposal_to_somebody_who_has_left_is_refused() -> None:
    """Proposals may be made to people in post only."""
    with pytest.raises(PolicyError, match=r"^policies\.own: proposes to somebody who has left; "):
        events_of(person(1, ends="2010-05-02"), policies={"own": odd(Proposals(rows=rows(0)))})


@pytest.mark.parametrize("phase", [Phase.DEPARTURES, Phase.ARRIVALS, Phase.MONTH_END])
def test_a_policy_must_act_before_the_departures_of_the_day(phase: Phase) -> None:
    """An exit that a policy agreed for today could not take effect after the departures."""
    policy = Own(dates=("2010-05-03",), does=lambda situation: [], phase=phase)
    assert refused(policy).startswith("policies.own: acts after the day's departures have begun; ")


def test_a_reminder_for_today_is_refused_after_the_windows() -> None:
    """Reminders take effect in the phase of windows, which is over when a policy acts in the phase of appointments."""
    ask = Ask(rows=rows(0), day=32, stage="again")
    assert "sets a reminder for day 32, in the past" in refused(once("2010-05-03", ask, phase=Phase.APPOINTMENTS))


@attrs.frozen(kw_only=True)
class Mute(SeveranceChoice):
    """A choice model that returns answers or signatures for one person too few."""

    answers: bool = True

    def answer(self, proposals: Any, prospects: Any, people: Any, chances: Any) -> Answers:
        return Answers(said=np.ones(len(proposals) - (not self.answers), "int8"))

    def sign(self, rows: Any, people: Any, chances: Any) -> Any:
        return np.ones(len(rows) - 1, bool)


@pytest.mark.parametrize(
    ("answers", "fault"), [(False, "returned answers of shape (1,)"), (True, "returned an array of shape")]
)
def test_a_users_own_behaviour_must_answer_for_everyone(answers: bool, fault: str) -> None:
    """The message names the part of the behaviour that returned too few answers."""
    offer = SeveranceOffer(rows=rows(0, 1), pence=np.array([1, 1]), months=np.ones(2), last_day=90)
    policy = odd(offer, Effects(chosen=np.array([True, True])), question="severance", signed=True)
    behaviour = attrs.evolve(behaving(), severance=Mute(answers=answers))
    assert refused(policy, behaviour=behaviour).startswith(f"behaviour.severance: {fault}")


def test_a_policy_error_is_an_input_error() -> None:
    """Code that catches `InputError` also catches faults of policies, with their separate parts."""
    with pytest.raises(InputError) as caught:
        events_of(*PEOPLE, bodies=BODIES, policies={"own": once("2010-05-03", Designate(rows=rows(9)))})
    fault = caught.value
    assert (fault.where, fault.wrong) == ("policies.own", "designates somebody who does not exist")


PLAIN = np.ndarray[Any, np.dtype[np.int64]]
NAMED = GenericAlias(SimpleNamespace(__value__=np.ndarray[Any, np.dtype[T]]), (np.int64,))  # type: ignore[arg-type]


@pytest.mark.parametrize("array", [PLAIN, NAMED], ids=["plain", "named"])
def test_array_columns_are_recognised_under_any_type_alias(array: Any) -> None:
    """NumPy 2.5 makes `NDArray` a named type alias on Python 3.12 and later."""
    assert wellformed._is_column(array) and wellformed._is_column(array | None)
    assert not wellformed._is_column(int | None) and not wellformed._is_column(tuple[int, ...])


@pytest.mark.parametrize("effect", wellformed._KNOWN, ids=lambda effect: effect.__name__)
def test_the_columns_of_every_effect_are_found(effect: type) -> None:
    """The columns include `rows` where the effect has them, under any version of NumPy."""
    known_columns = {"rows", "posts", "employer", "severance", "pence"} & {field.name for field in attrs.fields(effect)}
    assert wellformed._COLUMNS[effect] and known_columns <= set(wellformed._COLUMNS[effect])
