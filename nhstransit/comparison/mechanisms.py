"""Which differing setting did how much: Shapley over scenario settings, by simulating every set of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isfinite
from numbers import Integral, Real
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit.comparison.divergence import Divergence, diverge
from nhstransit.comparison.people import INERT, check_law, check_pair
from nhstransit.comparison.shapley import shares
from nhstransit.comparison.waterfall import Waterfall
from nhstransit.errors import InputError, check_kind, nearest
from nhstransit.grammar import Policy
from nhstransit.log import NO_RULE, Event
from nhstransit.measures import headlines
from nhstransit.measures.headline_figures import UNITS
from nhstransit.run import Run
from nhstransit.scenario import Scenario, differences, joined, names_in
from nhstransit.toml import InOrder

if TYPE_CHECKING:
    from nhstransit.law import Law

Move = Callable[[Scenario], Scenario]
MOST = 8  # moves: 256 runs
REST = "bodies, staff and dates"


def shapley(
    baseline: Scenario,
    moves: Mapping[str, Move],
    *,
    seed: int,
    measure: str | Callable[[Run], float],
    law: Law | None = None,
) -> Waterfall:
    """Each move's part in the gap of a measure between a scenario with none of the moves and one with all.

    Every set of moves is simulated with one seed, 2ⁿ runs in all; a move's part is the mean, over all orders in which they
    could be made, of what it adds (Shapley 1953). Parts sum to the gap exactly; moves that undo each other, or need each
    other, share what they do together.

    Args:
        baseline: the scenario with none of them.
        moves: by name, what each does to a scenario; in a set they are made in the order given here. `between` makes them
            of two scenarios.
        seed: the root of all luck, in every run.
        measure: the name of a headline figure, or what to read from a run.
        law: dated parameters in the place of each scenario's own.

    Raises:
        InputError: for no moves, more than eight, a headline figure there is not, or a measure that is no finite number.
    """
    from nhstransit.engine.simulate import simulate

    if not 0 < len(moves) <= MOST:
        raise InputError("moves", f"are {len(moves)}", f"give 1 to {MOST}: every set of them is simulated")
    what, unit, read = _reading(measure)
    worth = [_exact(read(simulate(made(baseline, moves, sets), seed=seed, law=law))) for sets in range(1 << len(moves))]
    return Waterfall(
        what=what,
        unit=unit,
        start=worth[0],
        end=worth[-1],
        names=tuple(moves),
        parts=shares(worth),
        order=f"The parts hang on no order: each is a mean over all orders, from {len(worth)} runs with seed {seed}.",
    )


def responsible(run: Run, baseline: Run, *, law: Law | None = None) -> tuple[str, ...]:
    """Which moves between two runs' scenarios part them by themselves, by trial; names as `between` gives them.

    Each is made alone in the baseline's scenario, which is simulated anew: it is responsible where that run parts from the
    baseline by the very event by which the two runs part. None may be, where moves need each other; several, where each
    would do. `law` is that of both runs where it was not their scenarios'.

    Raises InputError for runs that are no pair (see `compare`), or that were not simulated under this law.
    """
    check_kind("run", run, Run)
    check_kind("baseline", baseline, Run)
    from nhstransit.engine.simulate import simulate

    check_pair(run, baseline)
    check_law(run, baseline, law)
    parted, found = diverge(run, baseline), []
    for name, move in between(baseline.scenario, run.scenario).items():
        alone = diverge(simulate(move(baseline.scenario), seed=baseline.seed, law=law), baseline)
        if not parted.same and _where(alone) == _where(parted):
            found.append(name)
    return tuple(found)


def _where(parted: Divergence) -> tuple[Event | None, str, str]:
    """The event by which two runs part, its rule by name: another scenario may know it by another number."""
    event = None if parted.event is None else attrs.evolve(parted.event, rule=NO_RULE)
    return event, parted.rule, parted.inside


def made(baseline: Scenario, moves: Mapping[str, Move], sets: int) -> Scenario:
    """A scenario with some moves made, in their order: those whose bit is in the number."""
    scenario = baseline
    for place, move in enumerate(moves.values()):
        if sets >> place & 1:
            scenario = move(scenario)
    return scenario


def between(old: Scenario, new: Scenario) -> dict[str, Move]:
    """The moves that lead from one scenario to another: a policy each, a part of behaviour each, the law, the rest as one.

    Their names are those of the differing paths, such as "policies.mars", "behaviour.departures" and "law", and `REST`.
    All of them together make the new scenario but for its name and description.
    """
    places = {_place(change.path) for change in differences(old, new) if change.path not in INERT}
    return {place: _towards(new, place) for place in sorted(places)}


def _place(path: str) -> str:
    """The part of a scenario that moves as one; bodies, staff and dates must fit each other, and so move together."""
    steps = names_in(path)
    if steps[0] == "law":
        return "law"
    return joined(*steps[:2]) if steps[0] in ("policies", "behaviour") else REST


def _towards(new: Scenario, place: str) -> Move:
    """What makes one part of a scenario as it is in the new one."""
    field, name = (*names_in(place), "")[:2]

    def move(scenario: Scenario) -> Scenario:
        if field == "policies":
            if name not in new.policies:
                return scenario.without(name)
            return attrs.evolve(scenario, policies=_with_policy(scenario.policies, new.policies, name))
        if field == "behaviour":
            part = {name: getattr(new.behaviour, name)}
            return attrs.evolve(scenario, behaviour=attrs.evolve(scenario.behaviour, **part))
        if field == "law":
            return attrs.evolve(scenario, law=new.law)
        return attrs.evolve(new, policies=scenario.policies, behaviour=scenario.behaviour, law=scenario.law)

    return move


def _with_policy(policies: InOrder[Policy], new: InOrder[Policy], name: str) -> InOrder[Policy]:
    """These policies with one as it is in `new`, where it stands there: after the last of those before it there."""
    if name in policies:
        return InOrder(policies.having(name, new[name]))
    before = list(new)[: list(new).index(name)]
    names = list(policies)
    place = max((names.index(one) + 1 for one in before if one in policies), default=0)
    names.insert(place, name)
    return InOrder({one: new[name] if one == name else policies[one] for one in names})


def _exact(worth: object) -> Fraction:
    """What a measure gives, exactly. Raises InputError for anything but a finite number."""
    if isinstance(worth, (Integral, np.bool_)):
        return Fraction(int(worth))
    if isinstance(worth, Fraction):
        return worth
    if not isinstance(worth, Real) or not isfinite(worth):
        raise InputError("measure", f"gives {worth!r} for a run", "read a finite number from every run")
    return Fraction(float(worth))


def _reading(measure: str | Callable[[Run], float]) -> tuple[str, str, Callable[[Run], float]]:
    """What a measure is called, its unit, and how it is read."""
    if not isinstance(measure, str):
        return getattr(measure, "__name__", "the measure").replace("_", " "), "", measure
    if measure not in UNITS:
        raise InputError("measure", f"is {measure!r}", nearest(measure, UNITS))
    return measure, UNITS[measure], lambda run: headlines(run)[measure]
