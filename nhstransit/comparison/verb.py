"""The verb: compare a run with its baseline, or several of each."""

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
    """Compare `run` with `baseline`: two worlds that share their luck, so the seeds must be the same.

    Several runs and the same number of baselines, one per seed, are compared pair by pair, for mean gaps with paired
    intervals. Two scenarios are compared over draws of what is not known: each draw is run in both with the same luck.

    Args:
        run: one run, or several; or a scenario.
        baseline: as many baselines, with the same seeds; or a scenario.
        draws: of two scenarios only: parameter sets, "fit" for those of the fit behind `run` (the default), or how many
            of these.
        seed: of two scenarios only: the root of the seeds.
        law: the law of both sides, if it was not the one of their scenarios; the waterfall needs it.

    Raises:
        InputError: the seeds differ, the worlds start on different dates, they have nobody in common or different
            people under the same identities, the law is not theirs, or several runs do not pair seed by seed; draws are
            given with runs, or a scenario is compared with a run.
    """
    if isinstance(run, Scenario) or isinstance(baseline, Scenario):
        if not (isinstance(run, Scenario) and isinstance(baseline, Scenario)):
            side = "run" if isinstance(run, Scenario) else "baseline"
            raise InputError(
                side, "is a Scenario, not a run", "give runs as simulate or load_run makes them, or two scenarios"
            )
        if law is not None:
            raise InputError("law", "is given with scenarios", "leave it out: each scenario has its own")
        return over_draws(run, baseline, "fit" if draws is None else draws, seed)
    if draws is not None:
        raise InputError("draws", "are given with runs", "give two scenarios: runs already have their draws")
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
    return Comparisons(pairs=tuple(Comparison(run=one, baseline=other, law=law) for one, other in couples))


def _several(side: str, given: object) -> tuple[Run, ...]:
    """The runs of one side. Raises InputError, with the position, for anything else."""
    runs = (given,) if isinstance(given, Run) or not isinstance(given, Iterable) else tuple(given)
    for place, one in enumerate(runs):
        if not isinstance(one, Run):
            where = f"{side}[{place}]" if isinstance(given, Iterable) else side
            raise InputError(
                where, f"is of the type {type(one).__name__}, not a run", "give runs as simulate or load_run makes them"
            )
    return runs


def _check(run: Run, baseline: Run, law: Law | None) -> None:
    """Raise InputError unless two runs are a pair, and were simulated under the law if one is given."""
    check_pair(run, baseline)
    if law is not None:
        check_law(run, baseline, law)


def _check_alike(runs: Sequence[Run]) -> None:
    """Raise InputError unless the runs to be averaged have one scenario and one law."""
    for run in runs[1:]:
        if run.scenario is not runs[0].scenario and run.scenario != runs[0].scenario:
            names = f"{runs[0].scenario.name!r} and {run.scenario.name!r}"
            wrong = f"mix the scenarios {names}, with different settings, on one side of the comparison"
            raise InputError("the runs", wrong, "give runs of one scenario on each side, each with a different seed")
        if run.provenance.law != runs[0].provenance.law:  # they have one scenario, so the law was passed to `simulate`
            wrong = "used different pay and severance rules on one side of the comparison"
            raise InputError("the runs", wrong, "give runs with the same law on each side")
