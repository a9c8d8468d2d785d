"""Small margins, some of them random, for the tests of synthesis."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np

from nhstransit.organisations.bodies import Organisation
from nhstransit.synthesis.margins import Base, Draws, Impossible, Latents, Margin, Margins
from nhstransit.toml import Named

ON = dt.date(2010, 4, 1)
FUNCTIONS = ("buying", "counting")
BANDS = ("3", "6", "9")
AGES = {"young": (18, 30), "middle": (30, 50), "old": (50, 70)}
YEARS = {"new": (0, 5), "known": (5, 20), "long": (20, 40)}
SEXES = ("female", "male")
NAMES = {"function": FUNCTIONS, "band": BANDS, "age": tuple(AGES), "service": tuple(YEARS), "sex": SEXES}
BODIES = tuple(
    Organisation(
        name=f"Body {number}", kind="pct", region="Here", population=1_000 * number, closes=dt.date(2013, 3, 31)
    )
    for number in range(1, 6)
)


def shares_of(of: str, shares: Any, **more: Any) -> Margin:
    """A margin of shares."""
    return Margin(of=of, shares=Named(shares), sources=("project",), quality="assumption", **more)


def within(of: str, other: str, by: Any) -> Margin:
    """A margin within another variable."""
    rows = Named({group: Named(row) for group, row in by.items()})
    return Margin(of=of, within=other, by=rows, sources=("project",), quality="assumption")


def margins(*more: Margin, heads: int = 500, impossible: tuple[Impossible, ...] = (), **shares: Any) -> Margins:
    """Margins of equal shares unless given, and any further margins. The base "all" is `heads` people in PCTs."""
    even = {of: {name: 1 / len(names) for name in names} for of, names in NAMES.items()} | shares
    plain = [shares_of(of, row) for of, row in even.items() if row]
    return Margins(
        functions=Named({name: name for name in FUNCTIONS}),
        ages=Named(AGES),
        years=Named(YEARS),
        base=Named({"all": Base(people=Named({"pct": heads}), sources=("project",), quality="assumption")}),
        margin=(*plain, *more),
        impossible=impossible,
        latents=Latents(
            skill_outside=0.5, skill_attitude=0.2, outside_attitude=-0.3, sources=("project",), quality="assumption"
        ),
        draws=Draws(fixed_term_months=(1, 24), critical_share=0.1, sources=("project",), quality="assumption"),
    )


def random_shares(seed: int, of: str) -> dict[str, float]:
    """Random shares of the categories of a variable."""
    draw = np.random.default_rng(seed).random(len(NAMES[of])) + 0.02
    return dict(zip(NAMES[of], (draw / draw.sum()).tolist(), strict=True))
