"""The names that policies speak of must be the scenario's: a misspelt one would pass for something that never happens."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import attrs

from nhstransit.errors import Mistakes, ScenarioError, nearest, shown
from nhstransit.grammar import Policy
from nhstransit.log import ENGINE_RULES
from nhstransit.organisations.bodies import Organisation
from nhstransit.policies import POLICIES, Filling
from nhstransit.toml import Named

# What the names in a field are names of; a policy of one's own may mean others by the same word, but for these.
_EVERYONES = {
    "functions": "functions",
    "protected": "functions",
    "becomes": "functions",
    "into": "functions",
    "fund": "funds",
}
_BUNDLED = {
    **_EVERYONES,
    "funds": "funds",
    "regions": "regions",
    "appetite": "regions",
    "bodies": "bodies",
    "employers": "bodies",
    "residuary": "bodies",
    "after": "policies",
    "repays": "policies",
    "savers": "policies",
}
_POLICIES = tuple(name for name, of in _BUNDLED.items() if of == "policies")


def check_names(
    policies: Mapping[str, Policy],
    *,
    functions: Collection[str],
    funds: Collection[str],
    bodies: Iterable[Organisation],
) -> None:
    """Raise ScenarioError for every name that a policy speaks of and the scenario has not, with the nearest.

    The bundled names of policies may stand where the scenario has no such policy, as they do in defaults, and so may the
    rules of the engine's own.
    """
    mistakes, bodies = Mistakes(), tuple(bodies)
    known: dict[str, Collection[str]] = {
        "functions": functions,
        "funds": funds,
        "regions": {body.region for body in bodies},
        "bodies": {body.name for body in bodies},
        "policies": {*policies, *POLICIES, *ENGINE_RULES},
    }
    waves = {body.wave for body in bodies}
    for name, policy in policies.items():
        for field, spoken in _spoken(policy):
            if spoken not in known[_BUNDLED[field]]:
                place, right = f"policies.{name}.{field}", nearest(spoken, known[_BUNDLED[field]])
                mistakes.add(ScenarioError(place, f"names {shown(spoken)}", right))
        if isinstance(policy, Filling) and policy.waves and waves.isdisjoint(policy.waves):
            right = f"known: {', '.join(map(str, sorted(waves)))}"
            wrong = f"are {policy.waves}, of which no body is"
            mistakes.add(ScenarioError(f"policies.{name}.waves", wrong, right))
    mistakes.tell()


def parted(policies: Named[Policy]) -> Named[Policy]:
    """These policies, speaking no more of one that is not among them: what was taken out takes its name with it."""
    known = {*policies, *POLICIES, *ENGINE_RULES}
    for name, policy in policies.items():
        fewer = {}
        for field in _POLICIES if isinstance(policy, tuple(POLICIES.values())) else ():
            items = getattr(policy, field, None)
            if items and not known.issuperset(items):
                fewer[field] = (
                    Named({each: items[each] for each in items if each in known})
                    if isinstance(items, Mapping)
                    else tuple(each for each in items if each in known)
                )
        if fewer:
            policies = policies.having(name, attrs.evolve(policy, **fewer))  # type: ignore[misc]
    return policies


def _spoken(policy: Any) -> Iterator[tuple[str, str]]:
    """Each field of a policy that holds names, and each name in it."""
    for field in _BUNDLED if isinstance(policy, tuple(POLICIES.values())) else _EVERYONES:
        told = getattr(policy, field, None) or ()
        yield from ((field, name) for name in ((told,) if isinstance(told, str) else told))
