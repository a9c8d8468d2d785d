"""Names in policies must exist in the scenario: a misspelt name would have no effect, without any warning."""

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

# What the names in a field refer to, by field. A policy of the user's own may use a field of `_BUNDLED` for names of
# another sort. The fields of `_EVERYONES` have the same meaning in every policy.
_EVERYONES = {
    "functions": "functions",
    "protected": "functions",
    "becomes": "functions",
    "into": "functions",
    "fund": "funds",
}
_BUNDLED = {
    **_EVERYONES,
    "kindred": "functions",
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
    """Raise ScenarioError for every name in a policy that the scenario does not have, with the nearest.

    The bundled names of policies are allowed even if the scenario has no such policy, because they occur in defaults.
    The names of the engine's own rules are allowed too.

    Args:
        policies: the policies, by name.
        functions: the scenario's functions.
        funds: the scenario's funds.
        bodies: the scenario's organisations.
    """
    mistakes = Mistakes()
    bodies = tuple(bodies)
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
                place = f"policies.{name}.{field}"
                right = nearest(spoken, known[_BUNDLED[field]])
                mistakes.add(ScenarioError(place, f"has the unknown name {shown(spoken)}", right))
        if isinstance(policy, Filling) and policy.waves and waves.isdisjoint(policy.waves):
            right = f"known: {', '.join(map(str, sorted(waves)))}"
            wrong = f"are {policy.waves}, but no organisation is in these waves"
            mistakes.add(ScenarioError(f"policies.{name}.waves", wrong, right))
    mistakes.tell()


def parted(policies: Named[Policy]) -> Named[Policy]:
    """These policies, without references to a policy that is not among them.

    Only fields of bundled classes are changed. The names of bundled policies and of engine rules remain.
    """
    known = {*policies, *POLICIES, *ENGINE_RULES}
    for name, policy in policies.items():
        fewer: dict[str, Any] = {}
        for field in _POLICIES if isinstance(policy, tuple(POLICIES.values())) else ():
            items = getattr(policy, field, None)
            if not items or known.issuperset(items):
                continue
            # Some of these fields are tables by policy, such as `repays`, and others are lists of policies.
            kept = [each for each in items if each in known]
            fewer[field] = Named({each: items[each] for each in kept}) if isinstance(items, Mapping) else tuple(kept)
        if fewer:
            policies = policies.having(name, attrs.evolve(policy, **fewer))  # type: ignore[misc]
    return policies


def _spoken(policy: Any) -> Iterator[tuple[str, str]]:
    """Each field of a policy that contains names, with each name in it."""
    bundled = isinstance(policy, tuple(POLICIES.values()))
    for field in _BUNDLED if bundled else _EVERYONES:
        given = getattr(policy, field, None) or ()
        names = (given,) if isinstance(given, str) else given  # one name, or several
        for name in names:
            yield field, name
