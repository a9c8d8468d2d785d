"""The contribution of each differing setting: Shapley values, from simulating every combination of settings."""

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
MOST = 8  # changes, which need 256 runs
REST = "bodies, staff and dates"


def shapley(
    baseline: Scenario,
    moves: Mapping[str, Move],
    *,
    seed: int,
    measure: str | Callable[[Run], float],
    law: Law | None = None,
) -> Waterfall:
    """The contribution of each change ("move") to the gap of a measure between a scenario and one with all the changes.

    Every combination of moves is simulated with one seed: 2ⁿ runs for n moves. The contribution of a move is the mean
    of what it adds, over all orders in which the moves could be made (Shapley 1953). The contributions add up to the
    gap exactly. Moves that cancel or need each other share their joint effect.

    Args:
        baseline: the scenario without any move.
        moves: functions that change a scenario, by name. A combination of them is applied in this order. `between`
            derives them from two scenarios.
        seed: the seed of every run.
        measure: the name of a headline figure, or a function that returns a number for a run.
        law: dated parameters to use instead of each scenario's own.

    Raises:
        InputError: there are no moves or more than eight, the headline figure is unknown, or a measure is not a finite
            number.
    """
    check_kind("baseline", baseline, Scenario)
    from nhstransit.engine.simulate import simulate

    if not 0 < len(moves) <= MOST:
        raise InputError(
            "moves", f"there are {len(moves)}", f"give 1 to {MOST}, because every combination is simulated"
        )
    what, unit, read = _reading(measure)
    # The value of each set of moves, (2ⁿ,). Bit k of the index says whether move k is made.
    worth = []
    for sets in range(1 << len(moves)):
        world = made(baseline, moves, sets)
        worth.append(_exact(read(simulate(world, seed=seed, law=law))))
    return Waterfall(
        scenario=made(baseline, moves, (1 << len(moves)) - 1),
        baseline=baseline,
        seed=seed,
        what=what,
        unit=unit,
        start=worth[0],
        end=worth[-1],
        names=tuple(moves),
        parts=shares(worth),
        order=(
            "The parts do not depend on the order of the changes. Each part is a mean over all orders, from "
            f"{len(worth)} runs with seed {seed}."
        ),
    )


def responsible(run: Run, baseline: Run, *, law: Law | None = None) -> tuple[str, ...]:
    """Which moves between two runs' scenarios cause the divergence on their own, found by simulating each one.

    Names are those of `between`.

    Each move is made alone in the baseline's scenario, which is then simulated again. The move is responsible if the
    new run diverges from the baseline at the same event as the original run. No move is responsible if moves need each
    other. Several are responsible if each one is enough.

    Args:
        run: the run.
        baseline: its baseline.
        law: the law of both runs, if it was not the law of their scenarios.

    Raises:
        InputError: the runs are not a pair (see `compare`), or used another law.
    """
    check_kind("run", run, Run)
    check_kind("baseline", baseline, Run)
    from nhstransit.engine.simulate import simulate

    check_pair(run, baseline)
    check_law(run, baseline, law)
    parted = diverge(run, baseline)
    found = []
    for name, move in between(baseline.scenario, run.scenario).items():
        moved = simulate(move(baseline.scenario), seed=baseline.seed, law=law)
        alone = diverge(moved, baseline)
        if not parted.same and _where(alone) == _where(parted):
            found.append(name)
    return tuple(found)


def _where(parted: Divergence) -> tuple[Event | None, str, str]:
    """The event at which two runs diverge, with its rule by name, because another scenario may have another code for
    it.
    """
    event = None if parted.event is None else attrs.evolve(parted.event, rule=NO_RULE)
    return event, parted.rule, parted.inside


def made(baseline: Scenario, moves: Mapping[str, Move], sets: int) -> Scenario:
    """A scenario with some moves made, in their order: move k is made if bit k of the number `sets` is set.

    Args:
        baseline: the scenario without any move.
        moves: the moves by name.
        sets: the number whose bits select the moves.
    """
    scenario = baseline
    for place, move in enumerate(moves.values()):
        if sets >> place & 1:
            scenario = move(scenario)
    return scenario


def between(old: Scenario, new: Scenario) -> dict[str, Move]:
    """The moves that lead from one scenario to another.

    There is one move per policy, one per part of behaviour, one for the law, and one for the rest. Their names are the
    differing paths, such as "policies.mars", "behaviour.departures" and "law", and `REST`. Together they make the new
    scenario, except its name and description.
    """
    check_kind("old", old, Scenario)
    check_kind("new", new, Scenario)
    places = {_place(change.path) for change in differences(old, new) if change.path not in INERT}
    return {place: _towards(new, place) for place in sorted(places)}


def _place(path: str) -> str:
    """The part of a scenario that changes in one move.

    Organisations, staff and dates must fit each other, so they change together.
    """
    steps = names_in(path)
    if steps[0] == "law":
        return "law"
    return joined(*steps[:2]) if steps[0] in ("policies", "behaviour") else REST


def _towards(new: Scenario, place: str) -> Move:
    """The move that sets one part of a scenario to its value in the new one."""
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
        # The rest is everything else in the new scenario, with the parts that other moves set as they are now.
        return attrs.evolve(new, policies=scenario.policies, behaviour=scenario.behaviour, law=scenario.law)

    return move


def _with_policy(policies: InOrder[Policy], new: InOrder[Policy], name: str) -> InOrder[Policy]:
    """These policies with one policy set as in `new`.

    An existing policy keeps its position. An added policy comes after the last policy that precedes it in `new`.
    """
    if name in policies:
        return InOrder(policies.having(name, new[name]))
    # The order of policies decides which acts first within a day, so an added policy gets its place in the new order.
    before = list(new)[: list(new).index(name)]
    names = list(policies)
    place = max((names.index(one) + 1 for one in before if one in policies), default=0)
    names.insert(place, name)
    return InOrder({one: new[name] if one == name else policies[one] for one in names})


def _exact(worth: object) -> Fraction:
    """The exact value of a measure. Raises InputError unless it is a finite number."""
    if isinstance(worth, (Integral, np.bool_)):
        return Fraction(int(worth))
    if isinstance(worth, Fraction):
        return worth
    if not isinstance(worth, Real) or not isfinite(worth):
        raise InputError(
            "measure", f"returns {worth!r} for a run", "give a measure that returns a finite number for every run"
        )
    return Fraction(float(worth))


def _reading(measure: str | Callable[[Run], float]) -> tuple[str, str, Callable[[Run], float]]:
    """The name of a measure, its unit, and the function that computes it from a run."""
    if not isinstance(measure, str):
        return getattr(measure, "__name__", "the measure").replace("_", " "), "", measure
    if measure not in UNITS:
        raise InputError("measure", f"is {measure!r}", nearest(measure, UNITS))
    return measure, UNITS[measure], lambda run: headlines(run)[measure]
