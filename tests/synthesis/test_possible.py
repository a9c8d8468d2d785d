"""Margins counted from an existing group of people can be met exactly."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from nhstransit.dates import epoch_day
from nhstransit.synthesis import Margins, margin_report, synthesise
from nhstransit.synthesis.margins import Impossible, Margin
from nhstransit.toml import Named
from tests.examples import examples
from tests.synthesis.made import AGES, BODIES, FUNCTIONS, NAMES, ON, YEARS, margins

Person = dict[str, str]


def ruled_out(draw: np.random.Generator) -> tuple[Impossible, ...]:
    """Up to nine random pairs of categories of two variables, which nobody may combine."""
    pairs = []
    for _ in range(int(draw.integers(0, 10))):
        two = draw.choice(list(NAMES), 2, replace=False).tolist()
        pairs.append(Impossible(where=Named({name: (str(draw.choice(NAMES[name])),) for name in two}), why="by chance"))
    return tuple(pairs)


def crowd(draw: np.random.Generator, heads: int, impossible: tuple[Impossible, ...]) -> list[Person]:
    """Random people, many of them alike, without impossible combinations or service longer than age less 16."""
    shares: Any = {name: draw.dirichlet(np.full(len(words), 0.7)) for name, words in NAMES.items()}
    found: list[Person] = []
    for _ in range(4_000):
        one = {name: str(draw.choice(words, p=shares[name])) for name, words in NAMES.items()}
        fits = YEARS[one["service"]][0] + 16 < AGES[one["age"]][1]
        if fits and not any(all(one[name] in words for name, words in no.where.items()) for no in impossible):
            found.append(one)
        if len(found) == heads:
            break
    return found


def counted(people: list[Person], impossible: tuple[Impossible, ...]) -> Margins:
    """The one-way margins of a group of people, as counts."""
    more = [
        Margin(
            of=name,
            counts=Named({word: sum(one[name] == word for one in people) for word in words}),
            sources=("project",),
            quality="assumption",
        )
        for name, words in NAMES.items()
    ]
    return margins(*more, heads=len(people), impossible=impossible, **dict.fromkeys(NAMES))


@examples(15, 300)
@given(st.integers(0, 2**32 - 1), st.integers(1, 40))
def test_margins_of_existing_people_are_met_exactly(seed: int, heads: int) -> None:
    """This holds for every one-way margin, with any impossible combinations and few people."""
    draw = np.random.default_rng(seed)
    impossible = ruled_out(draw)
    people = crowd(draw, heads, impossible)
    assume(len(people) == heads)
    spec = counted(people, impossible)
    made = synthesise(spec, BODIES, FUNCTIONS, base="all", staff_seed=seed, on=ON)
    assert margin_report(spec, made, epoch_day(ON)).worst(1) == 0
