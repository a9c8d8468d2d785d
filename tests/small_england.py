"""Small Englands: one region of the bundled scenario with a sample of its staff, and all policies on their real dates."""

from __future__ import annotations

from functools import cache

import attrs
import numpy as np

from nhstransit.organisations.bodies import Organisation
from nhstransit.policies import Inflow
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.toml import Named
from nhstransit.workforce.columns import COLUMNS, Workforce

NATIONAL = "England"  # the region of the national bodies
REGIONS = (
    "East Midlands",
    "East of England",
    "London",
    "North East",
    "North West",
    "South Central",
    "South East Coast",
    "South West",
    "West Midlands",
    "Yorkshire and the Humber",
)


@cache
def _england() -> Scenario:
    return load_scenario("england-2010-prior")


def small_england(region: str, people: int, seed: int) -> Scenario:
    """One region with so many of its people, some of them from one trust, and a few of the national bodies'.

    Posts of the successors, and people from outside, are as many for each of the staff as in the whole of England.
    """
    england = _england()
    luck = np.random.default_rng(seed)
    kept = [place for place, body in enumerate(england.organisations) if _kept(body, region)]
    rows = _sample(england, region, people, luck)
    size = people / _staff_of(england, region).sum()
    whole = len(rows) / len(england.workforce)
    bodies = [england.organisations[place] for place in kept]
    names = {body.name for body in bodies}
    return attrs.evolve(
        england,
        name="small-england",
        organisations=tuple(_scaled(body, size if body.region == region else whole, names, luck) for body in bodies),
        staff=_workforce(england, rows, kept),
        policies=Named({name: _fewer(policy, whole) for name, policy in england.policies.items()}),
    )


def _kept(body: Organisation, region: str) -> bool:
    return body.region in (region, NATIONAL) or body.kind == "board-region"


def _staff_of(england: Scenario, region: str) -> np.ndarray:
    """Who is employed in a region, (people,)."""
    places = [place for place, body in enumerate(england.organisations) if body.region == region]
    return np.isin(england.workforce.employer, places)


def _sample(england: Scenario, region: str, people: int, luck: np.random.Generator) -> np.ndarray:
    """Half from anywhere in the region, half from one trust, so that its panels have a choice; a tenth more national."""
    there = np.flatnonzero(_staff_of(england, region))
    anywhere = luck.choice(there, people // 2, replace=False)
    rest = np.setdiff1d(there, anywhere)
    trust = luck.choice(np.unique(england.workforce.employer[rest]))
    near = rest[np.argsort(england.workforce.employer[rest] != trust, kind="stable")]
    national = luck.choice(np.flatnonzero(_staff_of(england, NATIONAL)), people // 10, replace=False)
    return np.sort(np.concatenate([anywhere, near[: people - people // 2], national]))


def _workforce(england: Scenario, rows: np.ndarray, kept: list[int]) -> Workforce:
    columns = {name: getattr(england.workforce, name)[rows] for name in COLUMNS}
    columns["employer"] = np.searchsorted(kept, columns["employer"])
    employers = tuple(england.organisations[place].name for place in kept)
    return Workforce(**columns, employers=employers, functions=england.functions)


def _scaled(body: Organisation, share: float, names: set[str], luck: np.random.Generator) -> Organisation:
    """A body with this share of its posts, rounded by chance, and ties to those bodies only that are kept."""
    lines = [attrs.evolve(line, posts=int(line.posts * share + luck.random())) for line in body.establishment]
    return attrs.evolve(
        body,
        establishment=tuple(line for line in lines if line.posts),
        parent=body.parent if body.parent in names else "",
        successors=tuple(name for name in body.successors if name in names),
    )


def _fewer(policy: object, share: float) -> object:
    """An inflow of this share; other policies as they are."""
    if not isinstance(policy, Inflow):
        return policy
    return attrs.evolve(policy, people=Named({kind: int(np.ceil(n * share)) for kind, n in policy.people.items()}))
