"""Stored intervals of headlines and published figures of a fitted scenario, with every source of uncertainty.

`nhstransit calibrate england-2010` writes them, from runs at draws of the posterior. They can be shown without a
simulation. Every published figure has one of three roles. The interval of a *fitted* figure is from a fit without the
figure's own block. A *held out* figure was never a target of the fit. A *check* repeats other figures. Roles are never
mixed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.england.fits import FITTED, stored_table, worlds_with
from nhstransit.england.outcomes import outcomes_for
from nhstransit.england.table import HEADLINE
from nhstransit.errors import check_kind
from nhstransit.measures import headlines
from nhstransit.scenario import Scenario
from nhstransit.scenario.discrepancy import fitted_discrepancy
from nhstransit.scenario.draws import Draws
from nhstransit.studies.checks import Spread, intervals, out_of_block, pool_of
from nhstransit.studies.ensemble import Ensemble, replicated
from nhstransit.studies.matching import PREDICTIVE, Matched
from nhstransit.studies.scores import crps, interval_score
from nhstransit.studies.sweeps import sweep
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd

END = "-intervals.csv"
LEVEL = 0.9
DIGITS = 6
OF_RUN = "headline"  # the role of a headline, for which nothing was published
SAYS = "parameters, chance, the base and model error together"


@attrs.frozen(kw_only=True)
class KeptInterval(Spread):
    """A stored figure of a fitted scenario: its spread, the published value, and scores of their agreement.

    `role` is "headline", "fitted" (intervals from a fit without its own block), "held out" or "check". Missing numbers
    are NaN. `prior_crps` and `prior_width` are those of the prior, for fitted figures only.
    """

    role: str
    block: str
    published: float
    crps: float
    score: float
    prior_crps: float
    prior_width: float

    @property
    def inside_50(self) -> bool:
        """Whether the published figure is within the 50% interval."""
        return self.low_50 <= self.published <= self.high_50

    @property
    def inside_90(self) -> bool:
        """Whether the published figure is within the 90% interval."""
        return self.low_90 <= self.published <= self.high_90


_NUMBERS = (
    *("published", "mean", "by_parameter", "by_chance", "by_discrepancy", "low_50", "high_50", "low_90", "high_90"),
    *("crps", "score", "prior_crps", "prior_width"),
)
_COLUMNS = ("name", "role", "block", *_NUMBERS, "runs")  # of the file, in its order


def interval_rows(found: Matched) -> tuple[KeptInterval, ...]:
    """Intervals of every headline and published figure that the runs of a fit produce.

    Raises CalibrationError if the fit has fewer than ten runs at draws.
    """
    check_kind("found", found, Matched)
    error = found.discrepancy
    # Only runs at draws of the posterior; the other runs of a fit explored the prior.
    drawn = found.ensemble.where(found.ensemble.wave == PREDICTIVE)
    names = [name for name in drawn.figures if name.startswith(HEADLINE)]
    asked = {name: (error.of_headline(name.removeprefix(HEADLINE)), 0.0) for name in names}
    spreads = intervals(found.ensemble, asked)
    rows = [
        _row(one.removeprefix(HEADLINE), OF_RUN, "", math.nan, spreads[one], None) for one in names if one in spreads
    ]
    # A fitted figure is predicted from a fit without its own block, because a fit to it would flatter the model.
    blind = out_of_block(found, pool=pool_of(found))
    own = dict(zip(found.evidence.names, np.sqrt(np.diag(found.evidence.discrepancy)), strict=True))
    for outcome in outcomes_for(found.scenario.name).outcome:
        for figure in outcome.figures:
            name = f"{outcome.id}: {figure.part}" if figure.part else outcome.id
            if name not in drawn.figures or outcome.use == "context":
                continue
            mean = abs(float(np.nanmean(drawn.figures[name])))
            # A figure without an estimated model error has the general one, as a share of its mean.
            model = float(own.get(name, error.other * mean))
            noise = math.hypot(model, figure.tolerance or 0.0)
            spread = intervals(found.ensemble, {name: (0.0, noise)}).get(name)
            if spread is None:
                continue
            if name in own:
                block = str(blind.loc[name, "block"])
                rows.append(_row(name, FITTED, block, figure.value, spread, blind.loc[name]))
            else:
                # A figure that may be fitted but was not checks an input, or repeats other figures.
                repeats = outcome.use in ("check", "calibrate")
                rows.append(_row(name, "check" if repeats else "held out", "", figure.value, spread, None))
    return tuple(rows)


def _row(name: str, role: str, block: str, value: float | None, spread: Spread, blind: Any) -> KeptInterval:
    published = math.nan if value is None else float(value)
    seen = attrs.asdict(spread) | {"name": name}
    prior_crps = math.nan
    prior_width = math.nan
    if blind is not None:
        # The prediction without the figure's own block replaces the mean and the interval ends.
        seen |= {"mean": float(blind["mean"])}
        for level in (50, 90):
            for side in ("low", "high"):
                seen[f"{side}_{level}"] = float(blind[f"{side} {level}%"])
        prior_crps = float(blind["prior crps"])
        prior_width = float(blind["prior high 90%"] - blind["prior low 90%"])
    score = interval_score(seen["low_90"], seen["high_90"], published, LEVEL) if math.isfinite(published) else math.nan
    return KeptInterval(
        **seen,
        role=role,
        block=block,
        published=published,
        crps=float(blind["crps"]) if blind is not None else _crps(spread, published),
        score=score,
        prior_crps=prior_crps,
        prior_width=prior_width,
    )


def _crps(spread: Spread, published: float) -> float:
    """CRPS of a normal distribution with the mean and total standard deviation of the spread, from its quantiles."""
    if not math.isfinite(published):
        return math.nan
    from scipy.special import ndtri  # imported where it is used, because SciPy is slow to import

    whole = math.sqrt(spread.by_parameter**2 + spread.by_chance**2 + spread.by_discrepancy**2)
    quantiles = ndtri((np.arange(400) + 0.5) / 400)  # 400 equally likely values of a standard normal distribution
    return crps(spread.mean + whole * quantiles, published)


def write_intervals(rows: tuple[KeptInterval, ...], path: Any) -> None:
    """Write intervals as CSV, to six significant digits."""
    columns: dict[str, list[str]] = {}
    for name in _COLUMNS:
        columns[name] = [_cell(getattr(row, name)) for row in rows]
    tables.write_csv(path, columns)


def _cell(item: Any) -> str:
    if isinstance(item, float):
        return "" if math.isnan(item) else f"{item:.{DIGITS}g}"
    return str(item)


def interval_names() -> tuple[str, ...]:
    """Names of the fitted scenarios that have stored intervals."""
    return worlds_with(END)


@cache
def kept_intervals(name: str = "england-2010") -> Named[KeptInterval]:
    """The stored intervals of a fitted scenario, by name of the headline or published figure.

    Raises CalibrationError, with the nearest name, if the scenario has none.
    """
    columns = stored_table(name, END, "intervals")
    return Named(
        {
            figure: KeptInterval(
                name=figure,
                role=columns["role"][row],
                block=columns["block"][row],
                runs=int(columns["runs"][row]),
                **{number: float(columns[number][row] or math.nan) for number in _NUMBERS},
            )
            for row, figure in enumerate(columns["name"])
        }
    )


def coverage(rows: Mapping[str, KeptInterval] | None = None) -> pd.DataFrame:
    """The share of published figures that are within their intervals, one row per role.

    Columns: figures, within 50%, within 90% (shares), crps over prior (mean ratio, for figures with a prior: below 1 is
    better), width over prior. Headlines without a published figure are left out.
    """
    kept = kept_intervals() if rows is None else rows
    found = []
    for role in (FITTED, "held out", "check"):
        mine = [one for one in kept.values() if one.role == role and math.isfinite(one.published)]
        if not mine:
            continue
        # Only fitted figures have a prior; a comparison with NaN is false, so the others are left out.
        prior = [one for one in mine if one.prior_crps > 0 and one.prior_width > 0]
        ratios = (math.nan, math.nan)
        if prior:
            scores = [one.crps / one.prior_crps for one in prior]
            widths = [(one.high_90 - one.low_90) / one.prior_width for one in prior]
            ratios = (float(np.mean(scores)), float(np.mean(widths)))
        inside = [float(np.mean([getattr(one, side) for one in mine])) for side in ("inside_50", "inside_90")]
        label = "fitted, predicted out of block" if role == FITTED else role
        found.append((label, len(mine), *inside, *ratios))
    names = ("role", "figures", "within 50%", "within 90%", "crps over prior", "width over prior")
    return tables.of_rows(names, found, index="role")


def headline_intervals(
    scenario: Scenario, draws: Draws, *, seed: int = 1, executor: Any = None, progress: bool | None = None
) -> dict[str, Spread]:
    """Intervals of a scenario's headlines from new runs, one for each draw, with the model error of the fit.

    Args:
        scenario: a fitted scenario, or a variant of one.
        draws: parameter sets, ten or more, such as `scenario.draws()`.
        seed: the seed from which the seed of each draw is derived.
        executor: a number of processes, or an executor as in `concurrent.futures`; by default this process.
        progress: whether to show a progress line; by default in a terminal and in a notebook.

    Raises:
        CalibrationError: there are fewer than ten draws.
        ScenarioError: the scenario has no bundled fit.
        SweepError: as in `sweep`.
    """
    check_kind("scenario", scenario, Scenario)
    check_kind("draws", draws, Draws)
    error = fitted_discrepancy(scenario)
    how: dict[str, Any] = {"executor": executor, "progress": progress}
    study = sweep(scenario, draws=draws, replications=1, seed=seed, measure=headlines, **how)
    figures = {name: np.asarray(study.results.cells(name)).ravel() for name in study.measures}
    # The intervals need the figures only, so the draws are points without coordinates.
    points = np.empty((len(draws), 0))
    wave = np.full(len(draws), PREDICTIVE, "int64")
    drawn = Ensemble(paths=(), points=points, wave=wave, figures=figures)
    # Four runs of the scenario itself, with different seeds, show how much of the spread is chance.
    few = replicated((), scenario, 4, seed=seed + 1, measure=headlines, how=how)
    return intervals(drawn.and_(few), {name: (error.of_headline(name), 0.0) for name in figures}, seed=seed)
