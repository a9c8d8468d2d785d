"""Faults of a user's own policy with cover, funds, extensions, lodging and returns: each is refused with one sentence."""

from __future__ import annotations

from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.errors import PolicyError
from nhstransit.grammar import Depart, Draw, Engage, Extend, Find, Lodge, Pay, Rejoin, Turn
from nhstransit.log import Kind
from nhstransit.organisations.funds import Fund
from nhstransit.toml import Named
from tests.small import Own, body, person, rows, small_world

BODIES = [
    attrs.evolve(body("Old", "pct", ("finance", "6", 4), closes="2010-09-30"), population=100),
    body("New", "ccg"),
]  # posts 0 and 1 are held, 2 and 3 vacant; person 3 leaves post 2 on 1 May
PEOPLE = person(1), person(2), person(3, ends="2010-05-01")
GONE = 2  # row of person 3
FUNDS = Named({"purse": Fund(pounds_a_head=1.0)})  # £100 for Old


def whole(*numbers: int) -> np.ndarray:
    return np.array(numbers, "int64")


def cover(*posts: int, who: int = -1, until: int = 90) -> Engage:
    many = len(posts)
    return Engage(posts=whole(*posts), who=whole(*[who] * many), until=whole(*[until] * many), pence=whole(*[1] * many))


def leaving(row: int) -> Depart:
    none = whole(0)
    sums = {"severance": none, "in_lieu": none, "strain": none}
    return Depart(rows=rows(row), last_day=whole(100), remove=none > 0, **sums)


def played(*effects: Any) -> Any:
    """The run in which a policy called `own` has these effects on 3 May, day 32."""
    own = Own(dates=("2010-05-03",), does=lambda situation: effects)
    world = small_world(*PEOPLE, bodies=BODIES, policies={"own": own})
    return simulate(attrs.evolve(world, funds=FUNDS), seed=1)


FAULTS: list[tuple[list[Any], str]] = [
    ([cover(2, 2)], "covers one post twice; "),
    ([cover(0)], "covers a post that is not vacant; "),
    ([cover(2), cover(2)], "covers a post that is covered already; "),
    ([cover(2, until=31)], "engages an interim until a day in the past; "),
    ([cover(2, 3, who=GONE)], "engages somebody twice; "),
    ([cover(2, who=0)], "engages somebody who is in post; "),
    ([cover(2, who=GONE), cover(3, who=GONE)], "engages somebody who is back; "),
    ([cover(2, who=9)], "engages somebody who does not exist; "),
    ([cover(9)], "names a post that does not exist; "),
    ([Draw(fund="pruse", employer=whole(0), pence=whole(1))], "draws on the fund 'pruse', which does not exist; "),
    ([Draw(fund="purse", employer=whole(0), pence=whole(10_001))], "draws more from purse than is left; "),
    ([Draw(fund="purse", employer=whole(0), pence=whole(6_000))] * 2, "draws more from purse than is left; "),
    ([Draw(fund="purse", employer=whole(1), pence=whole(1))], "draws more from purse than is left; "),
    ([Draw(fund="purse", employer=whole(0), pence=whole(-1))], "pays a negative sum; "),
    ([Find(employer=whole(5), pence=whole(1))], "names an employer that does not exist; "),
    ([Find(employer=whole(0), pence=whole(-1))], "pays a negative sum; "),
    ([Extend(employer=whole(0, 0), closes=whole(99, 99))], "extends one employer twice; "),
    ([Extend(employer=whole(1), closes=whole(99))], "extends an employer that is not going to close; "),
    ([Extend(employer=whole(0), closes=whole(31))], "closes an employer on a day in the past; "),
    ([Lodge(rows=rows(0), posts=whole(2), start=40)], "lodges somebody who is not under notice; "),
    ([leaving(0), Lodge(rows=rows(0), posts=whole(1), start=40)], "lodges somebody in a post that is not vacant; "),
    ([leaving(0), Lodge(rows=rows(0), posts=whole(2), start=32)], "lodges people on the same day; "),
    ([leaving(0), leaving(1), Lodge(rows=rows(0, 1), posts=whole(2, 2), start=40)], "fills one post twice; "),
    ([Rejoin(rows=rows(GONE), posts=whole(2), until=whole(32))], "brings back somebody for a term that is over; "),
    ([Rejoin(rows=rows(GONE), posts=whole(2), until=whole(40, 50))], "returned `until` of shape (2,) for 1 `rows`"),
    ([Rejoin(rows=rows(0), posts=whole(2))], "brings back somebody who is in post; "),
    ([Pay(rows=rows(GONE), kind=Kind.CLAWBACK, pence=whole(1))], "claws back more than was paid; "),
    ([Turn(rows=rows(0), target=np.ones(1), ramp_months=0.0)], "lets news build up or fade over 0.0 months; "),
    (
        [Turn(rows=rows(0), target=np.ones(1), half_life_months=float("nan"))],
        "lets news build up or fade over nan months; ",
    ),
]


@pytest.mark.parametrize(("effects", "fault"), FAULTS, ids=[f"{n}-{fault[:30]}" for n, (_, fault) in enumerate(FAULTS)])
def test_an_impossible_effect_is_refused(effects: list[Any], fault: str) -> None:
    """The message names the policy, its fault and the remedy in one sentence."""
    with pytest.raises(PolicyError) as caught:
        played(*effects)
    message = str(caught.value)
    assert message.startswith(f"policies.own: {fault}")
    assert "\n" not in message and "; " in message


def test_effects_at_the_limit_are_accepted() -> None:
    """A fund may be drawn to the last penny, a day may be today, and an effect may concern nobody."""
    effects = [
        Draw(fund="purse", employer=whole(0, 0), pence=whole(4_000, 6_000)),
        Extend(employer=whole(0), closes=whole(32)),
        cover(2, until=32),
        Find(employer=whole(), pence=whole()),
        Lodge(rows=rows(), posts=whole(), start=40),
        Rejoin(rows=rows(), posts=whole(), until=whole()),
    ]
    log = played(*effects).log
    assert [Kind(kind) for kind in log.kind.tolist()[1:6]] == [
        Kind.DRAWN,
        Kind.DRAWN,
        Kind.EXTENDED,
        Kind.INTERIM,
        Kind.AGENCY,
    ]
