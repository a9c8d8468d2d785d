"""The verb: a run beside its baseline, or several of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import overload

from nhstransit.comparison.pair import Comparison
from nhstransit.comparison.people import check_pair, in_turn
from nhstransit.comparison.several import Comparisons
from nhstransit.errors import InputError
from nhstransit.run import Run


@overload
def compare(run: Run, *, baseline: Run) -> Comparison: ...


@overload
def compare(run: Sequence[Run], *, baseline: Sequence[Run]) -> Comparisons: ...


def compare(run: Run | Sequence[Run], *, baseline: Run | Sequence[Run]) -> Comparison | Comparisons:
    """`run` beside `baseline`: two worlds that share their luck, so the seeds must be the same.

    Several runs and as many baselines, a seed each, are compared pair by pair, for mean gaps with paired intervals.

    Raises InputError for runs of different seeds, of worlds that start on two dates, have nobody in common or other people
    under the same identities, and for several that do not pair off seed by seed.
    """
    if isinstance(run, Run) and isinstance(baseline, Run):
        check_pair(run, baseline)
        return Comparison(run=run, baseline=baseline)
    if isinstance(run, Run) or isinstance(baseline, Run):
        raise InputError(
            "compare", "is given several runs on one side and one on the other", "give as many on either side"
        )
    couples = in_turn(tuple(run), tuple(baseline))
    for one, other in couples:
        check_pair(one, other)
    _check_alike([one for one, _ in couples])
    _check_alike([other for _, other in couples])
    return Comparisons(pairs=tuple(Comparison(run=one, baseline=other) for one, other in couples))


def _check_alike(runs: Sequence[Run]) -> None:
    """Raise InputError unless runs that are to be averaged have one scenario."""
    for run in runs[1:]:
        if run.scenario is not runs[0].scenario and run.scenario != runs[0].scenario:
            wrong = (
                f"have the scenarios {runs[0].scenario.name!r} and {run.scenario.name!r}, set otherwise, on one side"
            )
            raise InputError("the runs", wrong, "give runs of one scenario on either side, a seed each")
