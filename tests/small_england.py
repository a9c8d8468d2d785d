"""Small Englands of 2010: one region of the bundled scenario with a sample of its staff, and all policies."""

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
    """One region with `people` of its people, half of them from one trust, and a few people of the national bodies.

    The numbers of posts at successors and of people from outside are reduced in proportion to the staff.
    """
    england = _england()
    rng = np.random.default_rng(seed)
    kept = [position for position, body in enumerate(england.organisations) if _kept(body, region)]
    rows = _sample(england, region, people, rng)
    size = people / _staff_of(england, region).sum()
    whole = len(rows) / len(england.workforce)
    bodies = [england.organisations[position] for position in kept]
    names = {body.name for body in bodies}
    return attrs.evolve(
        england,
        name="small-england",
        organisations=tuple(_scaled(body, size if body.region == region else whole, names, rng) for body in bodies),
        staff=_workforce(england, rows, kept),
        policies=Named({name: _fewer(policy, whole) for name, policy in england.policies.items()}),
    )


def _kept(body: Organisation, region: str) -> bool:
    return body.region in (region, NATIONAL) or body.kind == "board-region"


def _staff_of(england: Scenario, region: str) -> np.ndarray:
    """Whether each person is employed in a region, (people,)."""
    places = [position for position, body in enumerate(england.organisations) if body.region == region]
    return np.isin(england.workforce.employer, places)


def _sample(england: Scenario, region: str, people: int, rng: np.random.Generator) -> np.ndarray:
    """Rows of a sample: half from anywhere in the region, half from one trust, and a tenth more from national bodies.

    The panels of that trust then have several applicants.
    """
    there = np.flatnonzero(_staff_of(england, region))
    anywhere = rng.choice(there, people // 2, replace=False)
    rest = np.setdiff1d(there, anywhere)
    trust = rng.choice(np.unique(england.workforce.employer[rest]))
    near = rest[np.argsort(england.workforce.employer[rest] != trust, kind="stable")]
    national = rng.choice(np.flatnonzero(_staff_of(england, NATIONAL)), people // 10, replace=False)
    return np.sort(np.concatenate([anywhere, near[: people - people // 2], national]))


def _workforce(england: Scenario, rows: np.ndarray, kept: list[int]) -> Workforce:
    columns = {name: getattr(england.workforce, name)[rows] for name in COLUMNS}
    columns["employer"] = np.searchsorted(kept, columns["employer"])
    employers = tuple(england.organisations[position].name for position in kept)
    return Workforce(**columns, employers=employers, functions=england.functions)


def _scaled(body: Organisation, share: float, names: set[str], rng: np.random.Generator) -> Organisation:
    """An organisation with this share of its posts, rounded at random, and without links to organisations left out."""
    lines = [attrs.evolve(line, posts=int(line.posts * share + rng.random())) for line in body.establishment]
    return attrs.evolve(
        body,
        establishment=tuple(line for line in lines if line.posts),
        parent=body.parent if body.parent in names else "",
        successors=tuple(name for name in body.successors if name in names),
    )


def _fewer(policy: object, share: float) -> object:
    """An inflow reduced to this share. Other policies are unchanged."""
    if not isinstance(policy, Inflow):
        return policy
    return attrs.evolve(policy, people=Named({kind: int(np.ceil(n * share)) for kind, n in policy.people.items()}))
