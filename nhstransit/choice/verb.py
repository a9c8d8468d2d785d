"""The verb `choose`: options with the same random numbers and the same draws, compared by objectives."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats
from nhstransit.choice.inert import why_inert
from nhstransit.choice.objectives import USUAL, Objective, objectives_of
from nhstransit.choice.options import Option, options_of
from nhstransit.choice.result import Choice
from nhstransit.choice.selection import Elimination
from nhstransit.choice.uncertainties import draws_of
from nhstransit.errors import InputError, nearest
from nhstransit.measures.decision import DIGEST, decision_figures
from nhstransit.scenario import Scenario
from nhstransit.scenario.draws import Draws
from nhstransit.studies.executors import crew_of
from nhstransit.studies.plan import Measure, check_replications, planned
from nhstransit.studies.statistics import FEWEST
from nhstransit.studies.store import Store, opened, store_for
from nhstransit.studies.study import Study
from nhstransit.studies.sweeps import carried_out

BLOCK = 5  # futures simulated between two eliminations: enough to keep several processes busy


def choose(
    scenario: Scenario,
    *,
    options: Any,
    objectives: Any = USUAL,
    uncertainties: Any = None,
    futures: int | None = None,
    replications: int = 1,
    seed: int = 1,
    level: float = 0.95,
    indifference: float | None = None,
    as_it_stands: str = "",
    measure: Measure = decision_figures,
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Choice:
    """Compare options with the same random numbers and draws; find which to choose and how sure that is.

    The first objective ranks the options that are within the limits of all objectives. All options are simulated in the
    same futures. A future is one draw of the uncertain numbers with one seed. Runs already in the store are reused.

    Args:
        scenario: the unchanged scenario, which is always among the options.
        options: a mapping from option names to a scenario, the name of a bundled scenario, or a table of paths and
            values; or a design.
        objectives: names of figures, `Objective` values, or tables with their fields.
        uncertainties: "fit" for the draws of the scenario's fit; draws; a design; ranges; None for no uncertain numbers.
        futures: how many draws to use; None for all that are given, or 20 from a fit or ranges.
        replications: the number of runs of each option and draw.
        seed: the root of all seeds.
        level: the confidence at which an option is dropped, and a winner declared.
        indifference: the smallest difference in the first objective that matters, in its unit. Options are then
            eliminated as soon as they are far enough behind (Kim and Nelson 2001), and no objective may have a limit,
            because only the first decides. With None every option is simulated in all futures.
        as_it_stands: the name of the unchanged scenario among the options; "" for the scenario's own name.
        measure: a function from a run to figures by name, which include the objectives.
        store: the path of an SQLite file for the results; None to hold them in memory.
        executor: a number of processes, or an executor as in `concurrent.futures`; None for this process alone.
        progress: whether to show a progress line; None to show it in a terminal and in a notebook.

    Raises:
        InputError: for options, objectives or uncertainties that are not valid, for fewer than 10 futures, for an
            indifference together with limits, and for an objective that the measure does not return.
        SweepError, StoreError, Stopped: as for `sweep`; the same call resumes.
    """
    draws = draws_of(scenario, uncertainties, futures, seed)
    found = options_of(scenario, options, draws.paths, as_it_stands)
    asked = asked_of(objectives, measure)
    replications = check_replications(replications)
    # Replications of one draw are not independent, so with several draws only these count.
    units = len(draws) if len(draws) > 1 else replications
    if units < FEWEST:
        what = "draws" if len(draws) > 1 else "replications"
        wrong = f"the number is {units}, which is too few to compare the options"
        raise InputError(what, wrong, f"give at least {FEWEST}")
    rule = None if indifference is None else Elimination(indifference=indifference, level=level)
    limited = next((one.name for one in asked if not np.isnan(one.limit)), None)
    if rule is not None and limited is not None:
        wrong = f"is set, and so is a limit of {limited!r}: an option outside the limits could eliminate the best one inside"
        raise InputError("indifference", wrong, "leave out either the indifference or the limit")
    if not 0.0 < level < 1.0:
        raise InputError("level", f"is {level!r}", "give a share between 0 and 1, such as 0.95")
    player = _Player(
        options=found,
        objectives=asked,
        draws=draws,
        replications=replications,
        seed=seed,
        measure=measure,
        store=opened(None) if store is None else store,
        executor=executor,
        progress=progress,
    )
    # Without an elimination procedure every option is simulated in all futures.
    alive = np.ones(len(found), bool)
    if rule is None:
        figures, digests, study = player.play(alive, units)
    else:
        figures, digests, study, alive = _eliminated(player, rule, units)
    return Choice(
        options=found,
        objectives=asked,
        figures=figures,
        draws=draws,
        inert=_inert(player, figures, digests),
        level=level,
        rule=rule,
        eliminated=tuple(option.name for option, one in zip(found, alive.tolist(), strict=True) if not one),
        failed=int(study.results.failed.sum()),
        study=study,
    )


def asked_of(given: Any, measure: Measure) -> tuple[Objective, ...]:
    """The objectives of a choice. With the user's own measure each must be an `Objective`, which has a direction."""
    if measure is decision_figures:
        return objectives_of(given)
    whole = (given,) if isinstance(given, (str, Objective)) else tuple(given)
    bare = next((one for one in whole if not isinstance(one, Objective)), None)
    if bare is not None:
        right = "give Objective(name=..., way='more' or 'less', unit=...)"
        raise InputError(f"objective {bare!r}", "is a figure of your own measure, so its direction is not known", right)
    return objectives_of(whole)


@attrs.frozen(kw_only=True, eq=False)
class _Player:
    """Simulates some options in the first units (draws, or replications of one draw), and reads their figures."""

    options: tuple[Option, ...]
    objectives: tuple[Objective, ...]
    draws: Draws
    replications: int
    seed: int
    measure: Measure
    store: str | Path | Store
    executor: Any
    progress: bool | None

    def play(self, alive: Bools, units: int) -> tuple[Floats, Floats, Study]:
        """Simulate the options still in play in the first `units` units.

        Returns:
            Figures (objectives, options, draws, replications), digests of events (options, draws, replications), and
            the study. Figures and digests of runs that were not made are NaN.
        """
        # A unit is a draw with all its replications, or one replication if there is only one draw.
        several = len(self.draws) > 1
        playing = [option for option, one in zip(self.options, alive.tolist(), strict=True) if one]
        draws = attrs.evolve(self.draws, rows=self.draws.rows[:units]) if several else self.draws
        plan = planned(
            {option.name: option.scenario for option in playing},
            replications=self.replications if several else units,
            seed=self.seed,
            draws=draws,
            measure=self.measure,
            series=None,
            keep=None,
        )
        store = store_for(plan, self.store)
        study = carried_out(plan, store, crew_of(self.executor), self.progress)
        if not study.measures:
            study.summary()  # raises an error with the reasons
            raise InputError("the choice", "every run failed", "see the warnings for the reasons, and correct them")
        # Arrays of all options and futures, of which the study has a part. The rest stays NaN.
        figures = np.full((len(self.objectives), len(self.options), len(self.draws), self.replications), np.nan)
        digests = np.full(figures.shape[1:], np.nan)
        names = study.results.names
        rows = [place for place, option in enumerate(self.options) if option.name in names]
        for at, objective in enumerate(self.objectives):
            if objective.name not in study.measures:
                right = nearest(objective.name, study.measures)
                raise InputError(f"objective {objective.name!r}", "is not a figure that the measure returns", right)
            _put(figures[at], rows, study.results.cells(objective.name))
        if DIGEST in study.measures:
            _put(digests, rows, study.results.cells(DIGEST))
        return figures, digests, study


def _put(whole: Floats, rows: list[int], cells: Floats) -> None:
    """Write cells (some options, draws, replications) into the array of all options, which is changed in place."""
    draws, replications = cells.shape[1:]
    whole[rows, :draws, :replications] = cells


def _eliminated(player: _Player, rule: Elimination, units: int) -> tuple[Floats, Floats, Study, Bools]:
    """Simulate the options still in play in blocks of units, until one option or no more units are left.

    Returns:
        The results of `_Player.play`, and whether each option is left, (options,).
    """
    alive = np.ones(len(player.options), bool)
    # The variances of the differences are estimated from the first futures and then stay the same.
    count = min(rule.first, units)
    figures, digests, study = player.play(alive, count)
    sign = player.objectives[0].sign
    variances = rule.variances(_by_unit(player, figures, count) * sign)
    while True:
        sums = _by_unit(player, figures, count).sum(axis=1) * sign
        alive = rule.left(sums, variances, alive, count)
        if int(alive.sum()) == 1 or count == units:
            return figures, digests, study, alive
        count = min(count + BLOCK, units)
        # The store already has the earlier futures, so only the new ones are simulated.
        more, others, study = player.play(alive, count)
        # Options that were eliminated keep the figures of the futures in which they took part.
        figures = np.where(np.isfinite(more), more, figures)
        digests = np.where(np.isfinite(others), others, digests)


def _by_unit(player: _Player, figures: Floats, count: int) -> Floats:
    """The first objective by unit, (options, units): the mean of each draw, or each replication of a single draw."""
    cells = figures[0]
    if len(player.draws) > 1:
        return np.asarray(cells[:, :count].mean(axis=2))
    return np.asarray(cells[:, 0, :count])


def _inert(player: _Player, figures: Floats, digests: Floats) -> dict[str, str]:
    """The options that changed no event in any run, with the reason; "" if no reason is found."""
    ours = digests[0]
    found: dict[str, str] = {}
    for option, events in zip(player.options[1:], digests[1:], strict=True):
        # Only runs that both options have. An eliminated option has fewer runs than the unchanged scenario.
        both = np.isfinite(events) & np.isfinite(ours)
        if both.any() and (events[both] == ours[both]).all():
            found[option.name] = why_inert(player.options[0].scenario, option, player.draws, player.seed)
    return found
