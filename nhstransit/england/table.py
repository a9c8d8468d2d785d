"""Published figures compared with a run: each in its own unit and scope, with its source, its quality and its use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from nhstransit import tables
from nhstransit.england.evidence import Answer, Carried, Measure, Missing, Partial, Record, View, hindrance, view_of
from nhstransit.england.figures import Figure, Outcome, Outcomes, unit_named
from nhstransit.england.measures import MEASURES
from nhstransit.england.observe import DRAWS, SEED, Observer, Spread
from nhstransit.england.outcomes import outcomes_for
from nhstransit.errors import InputError, check_kind
from nhstransit.law.parameters import Source
from nhstransit.run import Run
from nhstransit.synthesis.parents import bibliography

if TYPE_CHECKING:
    import pandas as pd
from nhstransit.england.bridge import scope_bridge
from nhstransit.england.evidence import codes
from nhstransit.england.observe import FEW_DRAWS
from nhstransit.log import Kind
from nhstransit.measures import headlines
from nhstransit.studies.likelihood import SAMPLING
from nhstransit.toml import Named


@attrs.frozen(kw_only=True)
class Row:
    """One published figure and the run's value for it. If `simulated` is None, `why` is the reason.

    All numbers are in `unit`. For a survey of some organisations, `sampling` has the mean and standard deviation over
    samples.
    """

    figure: str
    outcome: Outcome
    published: float | None
    unit: str
    tolerance: float | None
    simulated: float | None
    sampling: Spread | None
    why: str
    comparable: bool

    @property
    def difference(self) -> float | None:
        """Simulated less published; None if either is missing or they are not comparable."""
        if self.simulated is None or self.published is None or not self.comparable:
            return None
        return self.simulated - self.published

    @property
    def relative(self) -> float | None:
        """The difference as a share of the published figure."""
        return self.difference / abs(self.published) if self.difference is not None and self.published else None


@attrs.frozen(eq=False, slots=False, repr=False)
class Published:
    """All published figures beside one run, as rows and as a table."""

    run: Run
    rows: tuple[Row, ...]

    @cached_property
    def table(self) -> pd.DataFrame:
        """One row per figure, indexed by name.

        The columns are what, published, unit, source, quality, use, simulated, difference, relative, tolerance,
        over_draws, sampling and why. `relative` is the difference as a share of the published figure. `tolerance` is
        the half-width due to rounding or sampling alone. `over_draws` and `sampling` are the mean and standard
        deviation over further samples. `why` is the reason if there is no comparison.
        """
        books = bibliography()
        columns: dict[str, Any] = {
            "figure": [row.figure for row in self.rows],
            "what": [row.outcome.what for row in self.rows],
            "published": _numbers(row.published for row in self.rows),
            "unit": [row.unit for row in self.rows],
            "source": [_cited(row.outcome, books) for row in self.rows],
            "quality": [row.outcome.quality for row in self.rows],
            "use": [row.outcome.use for row in self.rows],
            "simulated": _numbers(row.simulated for row in self.rows),
            "difference": _numbers(row.difference for row in self.rows),
            "relative": _numbers(row.relative for row in self.rows),
            "tolerance": _numbers(row.tolerance for row in self.rows),
            "over_draws": _numbers(row.sampling.mean if row.sampling else None for row in self.rows),
            "sampling": _numbers(row.sampling.error if row.sampling else None for row in self.rows),
            "why": [row.why for row in self.rows],
        }
        return tables.frame(columns, index="figure")

    @property
    def simulated(self) -> tuple[Row, ...]:
        """The rows with a simulated value."""
        return tuple(row for row in self.rows if row.simulated is not None)

    def __repr__(self) -> str:
        short = self.table[["published", "unit", "quality", "simulated", "difference"]]
        return f"Published figures beside {self.run!r}\n" + short.to_string(float_format="{:,.4g}".format, na_rep="")

    def _repr_html_(self) -> str:
        return tables.html(self.table, "Published figures beside the run's own", form="{:,.4g}".format)


def published_beside(
    run: Run, outcomes: Outcomes | None = None, *, observer: int = SEED, draws: int = DRAWS
) -> Published:
    """Compare every published figure with the run, in the same unit, scope, days and sample.

    Args:
        run: the run; only its log, people, posts and scenario are read.
        outcomes: the published outcomes; by default those that refer to the scenario (England 2010–13 or 2025–28).
        observer: the seed of the sample, for figures from a survey of some organisations.
        draws: further samples that estimate the sampling error; 0 for none.

    Raises:
        InputError: the number of draws is not valid.
        FormatError: the unit or measure of an outcome is unknown.
    """
    check_kind("run", run, Run)
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 0:
        raise InputError("draws", f"is {draws!r}", "give a whole number of samples, 0 for none")
    found = outcomes or outcomes_for(run.scenario.name)
    given = {one.name: one.value for one in found.given}
    record = Record(run)
    eyes = Observer(run.scenario, found.reading, observer, draws)
    rows = [
        _row(outcome, figure, view_of(record, found.reading, given, figure), eyes)
        for outcome in found.outcome
        for figure in outcome.figures
    ]
    return Published(run, tuple(rows))


def published_table(
    run: Run, outcomes: Outcomes | None = None, *, observer: int = SEED, draws: int = DRAWS
) -> pd.DataFrame:
    """The table of `published_beside`, with the same arguments and errors.

    Args:
        run, outcomes, observer, draws: as in `published_beside`.

    Returns:
        The columns of `Published.table`.
    """
    check_kind("run", run, Run)
    return published_beside(run, outcomes, observer=observer, draws=draws).table


def _row(outcome: Outcome, figure: Figure, view: View, eyes: Observer) -> Row:
    """One row: the figure computed from the run in the scope of the published figure, or the reason for having none."""
    unit = unit_named(figure.unit)
    answer, spread = _read(outcome, figure, view, eyes)
    simulated: float | None = None
    if not isinstance(answer, Missing):
        simulated = answer.value if isinstance(answer, (Partial, Carried)) else answer
    # Measures are in base units, such as pounds; the row is in the published unit, such as £ million.
    if spread is not None:
        spread = Spread(mean=spread.mean / unit.size, error=spread.error / unit.size, draws=spread.draws)
    why = answer.why if isinstance(answer, (Missing, Partial, Carried)) else ""
    return Row(
        figure=f"{outcome.id}: {figure.part}" if figure.part else outcome.id,
        outcome=outcome,
        published=figure.value,
        unit=figure.unit,
        tolerance=figure.tolerance,
        simulated=None if simulated is None else simulated / unit.size,
        sampling=spread,
        why="; ".join(part for part in (outcome.said, why) if part),
        comparable=not isinstance(answer, Partial),
    )


def _read(outcome: Outcome, figure: Figure, view: View, eyes: Observer) -> tuple[Answer, Spread | None]:
    """The run's value of a figure, and its variation over samples."""
    if outcome.unmodelled:
        return Missing(outcome.unmodelled), None
    measure: Measure = MEASURES[figure.measure]
    # A measure is not called at all if the run lacks something that it needs.
    hindered = hindrance(view, measure)
    sample = outcome.sample
    if hindered is None and sample is not None:
        hindered = eyes.too_few(sample)
    if hindered is not None:
        return hindered, None
    if sample is None:
        return measure.read(view), None
    # Draw 0 is the observation; the further draws only measure its sampling error.
    spread = eyes.spread(measure.read(one) for one in eyes.seen(view, sample))
    return measure.read(view.seeing(eyes.bodies(sample))), spread


def _numbers(items: Any) -> list[float]:
    """Numbers, with NaN for missing ones, so that a column of them is numeric."""
    return [float("nan") if item is None else float(item) for item in items]


def _cited(outcome: Outcome, books: Mapping[str, Source]) -> str:
    """The publisher and date of each source."""
    cited = (books[name] for name in outcome.sources)
    return "; ".join(f"{book.publisher} {book.date}" for book in cited)


# The run's value of every published figure, as plain numbers by name: measures for `sweep`.
#
# `expected_figures` is for fitting. A figure from a survey is averaged over possible samples, and its sampling error is
# included. `observed_figures` is for checking. Each run draws a different sample, so that over replications a figure
# varies as the survey would have varied.

BRIDGE = "scope-bridge: "  # prefixes of the further figures in `checked_figures`
PARTS = "redundancy, a person: "
HEADLINE = "headline: "  # prefix of a headline in `ensemble_figures`


def expected_figures(run: Run) -> Named[float]:
    """Figures that can be compared, by name, in their published units.

    A figure from a sample of organisations is the mean over samples; its standard deviation has the suffix " |
    sampling".
    """
    check_kind("run", run, Run)
    rows = [row for row in published_beside(run, draws=FEW_DRAWS).simulated if row.comparable]
    spread = {f"{row.figure}{SAMPLING}": row.sampling.error for row in rows if row.sampling is not None}
    return Named({row.figure: _expected(row) for row in rows} | spread)


def observed_figures(run: Run) -> Named[float]:
    """Figures that can be compared, by name, in their published units, from one sample.

    The sample is drawn with the run's seed.
    """
    check_kind("run", run, Run)
    rows = published_beside(run, observer=run.seed, draws=0).simulated
    return Named({row.figure: float(row.simulated or 0.0) for row in rows if row.comparable})


def _expected(row: Row) -> float:
    return float(row.simulated or 0.0) if row.sampling is None else row.sampling.mean


def checked_figures(run: Run) -> Named[float]:
    """`observed_figures`, the lines of the scope bridge and the parts of the cost of a redundancy, for `validate`."""
    check_kind("run", run, Run)
    return Named({**observed_figures(run), **_bridge(run), **_parts(run)})


def ensemble_figures(run: Run) -> Named[float]:
    """`expected_figures`, headlines, lines of the bridge and parts of the cost of a redundancy, for an ensemble."""
    headline = {f"{HEADLINE}{name}": float(item) for name, item in headlines(run).items()}
    return Named({**expected_figures(run), **headline, **_bridge(run), **_parts(run)})


def _bridge(run: Run) -> dict[str, float]:
    """The run's lines of the scope bridge, in heads; none if the scenario ends before the day of transfer."""
    try:
        table = scope_bridge(run)
    except InputError:
        return {}
    return {f"{BRIDGE}{line}": float(heads) for line, heads in zip(table["line"], table["run"], strict=True)}


def _parts(run: Run) -> dict[str, float]:
    """Pounds per person made redundant, by kind of payment; none if nobody was made redundant."""
    rules = codes(run, outcomes_for(run.scenario.name).reading, "redundancy")
    people = len(run.log.exits.by(*rules))
    kinds = {"pay": Kind.SEVERANCE, "notice": Kind.IN_LIEU, "pension": Kind.PENSION}
    sums = {}
    for name, kind in kinds.items():
        paid = run.log.steps(kind).by(*rules)
        sums[name] = int(paid.pence.sum()) / 100.0
    if not people:
        return {}
    return {f"{PARTS}{name}": pounds / people for name, pounds in sums.items()}
