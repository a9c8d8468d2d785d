"""Small Englands of 2025: the boards of one region with a sample of their staff, and all policies."""

from __future__ import annotations

from functools import cache
from typing import Any

import attrs
import numpy as np

from nhstransit.scenario import Scenario, load_scenario
from nhstransit.toml import Named
from nhstransit.workforce.columns import COLUMNS, Workforce

REGIONS_2025 = (
    "East of England",
    "London",
    "Midlands",
    "North East and Yorkshire",
    "North West",
    "South East",
    "South West",
)


@cache
def england_2025() -> Scenario:
    """The bundled scenario, loaded once."""
    return load_scenario("england-2025")


def small_england_2025(region: str, people: int, seed: int, *, belief: float = 0.5) -> Scenario:
    """One region with `people` of its people, its regional teams and providers, and the Department's centre.

    Residents are reduced in proportion to the staff, so that an allowance per resident has the same effect as in England.
    """
    england = england_2025()
    rng = np.random.default_rng(seed)
    bodies = [body for body in england.organisations if body.region in (region, "England")]
    kept = [position for position, body in enumerate(england.organisations) if body in bodies]
    staff = england.workforce
    there = np.flatnonzero(np.isin(staff.employer, kept))
    rows = np.sort(rng.choice(there, people, replace=False))
    share = people / len(there)
    names = {body.name for body in bodies}
    among = {name: _among(policy, names) for name, policy in england.policies.items()}
    fewer = england.without(*(name for name, policy in among.items() if policy is None))
    policies = Named(
        {
            name: policy if among[name] is england.policies[name] else among[name]
            for name, policy in fewer.policies.items()
        }
    )
    columns = {name: getattr(staff, name)[rows] for name in COLUMNS}
    columns["employer"] = np.searchsorted(kept, columns["employer"])
    hope = attrs.evolve(england.behaviour.better_offer, belief=belief)
    return attrs.evolve(
        england,
        name="small-england-2025",
        organisations=tuple(_scaled(body, share, names) for body in bodies),
        staff=Workforce(**columns, employers=tuple(body.name for body in bodies), functions=england.functions),
        behaviour=attrs.evolve(england.behaviour, better_offer=hope),
        policies=policies,
    )


def _scaled(body: Any, share: float, names: set[str]) -> Any:
    successors = tuple(name for name in body.successors if name in names)
    return attrs.evolve(
        body, population=max(round(body.population * share), bool(body.population)), successors=successors
    )


def _among(policy: Any, names: set[str]) -> Any:
    """The policy restricted to employers in `names`, or None if none of its employers is there."""
    if getattr(policy, "successor", "") and policy.successor not in names:
        return None
    listed = getattr(policy, "bodies", ())
    if not listed:
        return policy
    here = tuple(name for name in listed if name in names)
    return attrs.evolve(policy, bodies=here) if here else None
