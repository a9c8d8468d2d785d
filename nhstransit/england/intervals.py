"""Stored intervals of a fitted world: headlines and published figures, with every source of spread in one interval.

`nhstransit calibrate england-2010` writes them, from its runs at draws of the posterior; no run is needed to show them.
Every published figure has one of three roles, which are never mixed: *fitted*, whose interval comes from a fit
without its own block; *held out*, which was never fitted to; *check*, which repeats others.
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
OF_RUN = "headline"  # the role of a headline, of which nothing was published
SAYS = "parameters, chance, the base and the model's own error together"


@attrs.frozen(kw_only=True)
class KeptInterval(Spread):
    """A figure of a fitted world, stored: its spread, what was published of it, and how well the two agree.

    `role` is "headline", "fitted" (intervals from a fit without its own block), "held out" or "check". Numbers are NaN
    where there is none. `prior_crps` and `prior_width` are of the prior, for fitted figures.
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
        """Whether the published figure lies in the 50% interval."""
        return self.low_50 <= self.published <= self.high_50

    @property
    def inside_90(self) -> bool:
        """Whether the published figure lies in the 90% interval."""
        return self.low_90 <= self.published <= self.high_90


_NUMBERS = (
    *("published", "mean", "by_parameter", "by_chance", "by_discrepancy", "low_50", "high_50", "low_90", "high_90"),
    *("crps", "score", "prior_crps", "prior_width"),
)
_COLUMNS = ("name", "role", "block", *_NUMBERS, "runs")  # of the file, in its order


def interval_rows(found: Matched) -> tuple[KeptInterval, ...]:
    """Intervals of every headline and published figure that a fit's runs give.

    Raises CalibrationError for a fit with fewer than ten runs at draws.
    """
    check_kind("found", found, Matched)
    error = found.discrepancy
    drawn = found.ensemble.where(found.ensemble.wave == PREDICTIVE)
    names = [name for name in drawn.figures if name.startswith(HEADLINE)]
    asked = {name: (error.of_headline(name.removeprefix(HEADLINE)), 0.0) for name in names}
    spreads = intervals(found.ensemble, asked)
    rows = [
        _row(one.removeprefix(HEADLINE), OF_RUN, "", math.nan, spreads[one], None) for one in names if one in spreads
    ]
    blind = out_of_block(found, pool=pool_of(found))
    own = dict(zip(found.evidence.names, np.sqrt(np.diag(found.evidence.discrepancy)), strict=True))
    for outcome in outcomes_for(found.scenario.name).outcome:
        for figure in outcome.figures:
            name = f"{outcome.id}: {figure.part}" if figure.part else outcome.id
            if name not in drawn.figures or outcome.use == "context":
                continue
            model = float(own.get(name, error.other * abs(float(np.nanmean(drawn.figures[name])))))
            noise = math.hypot(model, figure.tolerance or 0.0)
            spread = intervals(found.ensemble, {name: (0.0, noise)}).get(name)
            if spread is None:
                continue
            if name in own:
                rows.append(_row(name, FITTED, str(blind.loc[name, "block"]), figure.value, spread, blind.loc[name]))
            else:
                repeats = outcome.use in (
                    "check",
                    "calibrate",
                )  # what may be fitted and was not checks an input, or repeats
                rows.append(_row(name, "check" if repeats else "held out", "", figure.value, spread, None))
    return tuple(rows)


def _row(name: str, role: str, block: str, value: float | None, spread: Spread, blind: Any) -> KeptInterval:
    published = math.nan if value is None else float(value)
    seen = attrs.asdict(spread) | {"name": name}
    prior_crps = math.nan
    prior_width = math.nan
    if blind is not None:
        seen |= {"mean": float(blind["mean"])}
        seen |= {f"{side}_{level}": float(blind[f"{side} {level}%"]) for level in (50, 90) for side in ("low", "high")}
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
    """CRPS of the normal distribution with the spread's mean and whole standard deviation, by its quantiles."""
    if not math.isfinite(published):
        return math.nan
    from scipy.special import ndtri  # imported where it is used, because SciPy is slow to import

    whole = math.sqrt(spread.by_parameter**2 + spread.by_chance**2 + spread.by_discrepancy**2)
    return crps(spread.mean + whole * ndtri((np.arange(400) + 0.5) / 400), published)


def write_intervals(rows: tuple[KeptInterval, ...], path: Any) -> None:
    """Write intervals as CSV, to six significant digits."""
    columns: dict[str, list[str]] = {name: [_cell(getattr(row, name)) for row in rows] for name in _COLUMNS}
    tables.write_csv(path, columns)


def _cell(item: Any) -> str:
    if isinstance(item, float):
        return "" if math.isnan(item) else f"{item:.{DIGITS}g}"
    return str(item)


def interval_names() -> tuple[str, ...]:
    """Names of the fitted worlds that have stored intervals."""
    return worlds_with(END)


@cache
def kept_intervals(name: str = "england-2010") -> Named[KeptInterval]:
    """The stored intervals of a fitted world, by name: headlines by their own names, published figures by theirs.

    Raises CalibrationError, with the nearest, for a world without any.
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
    """How often published figures lie inside their intervals, one row per role: never fitted and held out in one.

    Columns: figures, within 50%, within 90% (shares), crps over prior (mean ratio, where there is a prior: below 1 is
    better), width over prior. Figures that nothing was published of are left out.
    """
    kept = kept_intervals() if rows is None else rows
    found = []
    for role in (FITTED, "held out", "check"):
        mine = [one for one in kept.values() if one.role == role and math.isfinite(one.published)]
        if not mine:
            continue
        prior = [one for one in mine if one.prior_crps > 0 and one.prior_width > 0]
        ratios = (
            float(np.mean([one.crps / one.prior_crps for one in prior])) if prior else math.nan,
            float(np.mean([(one.high_90 - one.low_90) / one.prior_width for one in prior])) if prior else math.nan,
        )
        inside = [float(np.mean([getattr(one, side) for one in mine])) for side in ("inside_50", "inside_90")]
        told = "fitted, predicted out of block" if role == FITTED else role
        found.append((told, len(mine), *inside, *ratios))
    names = ("role", "figures", "within 50%", "within 90%", "crps over prior", "width over prior")
    columns: dict[str, Any] = {name: [row[at] for row in found] for at, name in enumerate(names)}
    return tables.frame(columns, index="role")


def headline_intervals(
    scenario: Scenario, draws: Draws, *, seed: int = 1, executor: Any = None, progress: bool | None = None
) -> dict[str, Spread]:
    """Intervals of a scenario's headlines from your own runs, one for each draw, with the fit's own model error.

    Args:
        scenario: a fitted scenario, or a variant of one.
        draws: parameter sets, ten or more; a scenario's own are `scenario.draws()`.
        seed: the root of the seeds; each draw has its own.
        executor: a number of processes, or an executor as in `concurrent.futures`; None: this process.
        progress: whether to show a progress line; None: in a terminal and in a notebook.

    Raises:
        CalibrationError: for fewer than ten draws.
        ScenarioError: for a scenario without a bundled fit.
        SweepError: as `sweep` does.
    """
    check_kind("scenario", scenario, Scenario)
    check_kind("draws", draws, Draws)
    error = fitted_discrepancy(scenario)
    how: dict[str, Any] = {"executor": executor, "progress": progress}
    study = sweep(scenario, draws=draws, replications=1, seed=seed, measure=headlines, **how)
    figures = {name: np.asarray(study.results.cells(name)).ravel() for name in study.measures}
    drawn = Ensemble(
        paths=(), points=np.empty((len(draws), 0)), wave=np.full(len(draws), PREDICTIVE, "int64"), figures=figures
    )
    few = replicated((), scenario, 4, seed=seed + 1, measure=headlines, how=how)
    return intervals(drawn.and_(few), {name: (error.of_headline(name), 0.0) for name in figures}, seed=seed)
