"""Compare a run with its baseline, several runs with their baselines, or two scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Literal, overload

from nhstransit.comparison.over_draws import OverDraws, over_draws
from nhstransit.comparison.pair import Comparison
from nhstransit.comparison.people import check_law, check_pair, in_turn
from nhstransit.comparison.several import Comparisons
from nhstransit.errors import InputError
from nhstransit.run import Run
from nhstransit.scenario import Scenario

if TYPE_CHECKING:
    from nhstransit.law import Law
    from nhstransit.scenario.draws import Draws


@overload
def compare(run: Run, *, baseline: Run, law: Law | None = None) -> Comparison: ...


@overload
def compare(run: Sequence[Run], *, baseline: Sequence[Run], law: Law | None = None) -> Comparisons: ...


@overload
def compare(
    run: Scenario, *, baseline: Scenario, draws: Draws | int | Literal["fit"] = "fit", seed: int = 1
) -> OverDraws: ...


def compare(
    run: Run | Sequence[Run] | Scenario,
    *,
    baseline: Run | Sequence[Run] | Scenario,
    law: Law | None = None,
    draws: Draws | int | Literal["fit"] | None = None,
    seed: int = 1,
) -> Comparison | Comparisons | OverDraws:
    """Compare `run` with `baseline`. Both must have the same seed, so that they use the same random numbers.

    Several runs and the same number of baselines, one per seed, are compared pair by pair, with mean gaps and paired
    intervals. Two scenarios are compared over draws of the uncertain parameters. Each draw is simulated in both
    scenarios with the same random numbers.

    Args:
        run: one run, or several; or a scenario.
        baseline: as many baselines, with the same seeds; or a scenario.
        draws: for two scenarios only: parameter sets; "fit" (the default) for the draws of the bundled fit of `run`; or
            a number of the fit's draws.
        seed: for two scenarios only: the seed from which the seed of each draw is derived.
        law: the law of all runs, if it was not the law of their scenarios. It is needed for the waterfall.

    Raises:
        InputError: the seeds or start dates differ; the runs have nobody in common, or different people under the same
            identities; the runs used another law; several runs cannot be paired by seed; draws are given with runs; or
            a scenario is compared with a run.
    """
    if isinstance(run, Scenario) or isinstance(baseline, Scenario):
        if not (isinstance(run, Scenario) and isinstance(baseline, Scenario)):
            side = "run" if isinstance(run, Scenario) else "baseline"
            raise InputError(
                side, "is a Scenario, not a run", "give runs from simulate or load_run, or give two scenarios"
            )
        if law is not None:
            raise InputError("law", "is given with scenarios", "leave it out, because each scenario has its own law")
        return over_draws(run, baseline, "fit" if draws is None else draws, seed)
    # From here on, both arguments must be runs.
    if draws is not None:
        raise InputError("draws", "are given with runs", "give two scenarios, because a run already has its draw")
    if isinstance(run, Run) and isinstance(baseline, Run):
        _check(run, baseline, law)
        return Comparison(run=run, baseline=baseline, law=law)
    ours = _several("run", run)
    theirs = _several("baseline", baseline)
    if isinstance(run, Run) or isinstance(baseline, Run):
        raise InputError(
            "compare", "is given several runs of one scenario and one run of the other", "give the same number of each"
        )
    couples = in_turn(ours, theirs)
    for one, other in couples:
        _check(one, other, law)
    _check_alike([one for one, _ in couples])
    _check_alike([other for _, other in couples])
    pairs = [Comparison(run=one, baseline=other, law=law) for one, other in couples]
    return Comparisons(pairs=tuple(pairs))


def _several(side: str, given: object) -> tuple[Run, ...]:
    """The runs of one argument. Raises InputError, with the position, for an item that is not a run."""
    runs = (given,) if isinstance(given, Run) or not isinstance(given, Iterable) else tuple(given)
    for place, one in enumerate(runs):
        if not isinstance(one, Run):
            where = f"{side}[{place}]" if isinstance(given, Iterable) else side
            raise InputError(
                where, f"is of the type {type(one).__name__}, not a run", "give runs from simulate or load_run"
            )
    return runs


def _check(run: Run, baseline: Run, law: Law | None) -> None:
    """Raise InputError unless two runs are a pair and, if a law is given, used that law."""
    check_pair(run, baseline)
    if law is not None:
        check_law(run, baseline, law)


def _check_alike(runs: Sequence[Run]) -> None:
    """Raise InputError unless the runs to be averaged have the same scenario and the same law."""
    for run in runs[1:]:
        if run.scenario is not runs[0].scenario and run.scenario != runs[0].scenario:
            names = f"{runs[0].scenario.name!r} and {run.scenario.name!r}"
            wrong = f"mix the scenarios {names}, which have different settings"
            raise InputError(
                "the runs", wrong, "give runs of one scenario and baselines of one other, each with its own seed"
            )
        if run.provenance.law != runs[0].provenance.law:  # The scenario is the same, so a law was passed to `simulate`.
            wrong = "have the same scenario but used different pay and severance rules"
            raise InputError("the runs", wrong, "give runs that used the same law")
