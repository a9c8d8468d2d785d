"""Published figures beside a run: each in its own unit and scope, with its source, its quality and its use."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any

import attrs

from nhstransit import tables
from nhstransit.england.evidence import Answer, Measure, Missing, Partial, Record, View, hindrance, view_of
from nhstransit.england.figures import Figure, Outcome, Outcomes, unit_named
from nhstransit.england.measures import MEASURES
from nhstransit.england.observe import DRAWS, SEED, Observer, Spread
from nhstransit.england.outcomes import bundled_outcomes
from nhstransit.errors import InputError
from nhstransit.law.parameters import Source
from nhstransit.run import Run
from nhstransit.synthesis.parents import bibliography

if TYPE_CHECKING:
    import pandas as pd
from nhstransit.england.bridge import scope_bridge
from nhstransit.england.evidence import codes
from nhstransit.england.observe import FEW_DRAWS
from nhstransit.log import Kind
from nhstransit.studies.likelihood import SAMPLING
from nhstransit.toml import Named


@attrs.frozen(kw_only=True)
class Row:
    """One published figure and what the run says of the same; `simulated` is empty where `why` says what stands in the way.

    All numbers are in `unit`. `sampling` is the error of asking only some bodies: mean and standard deviation over draws.
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
        """Simulated less published, where the two speak of the same."""
        if self.simulated is None or self.published is None or not self.comparable:
            return None
        return self.simulated - self.published

    @property
    def relative(self) -> float | None:
        """The difference as a share of the published figure."""
        return self.difference / abs(self.published) if self.difference is not None and self.published else None


@attrs.frozen(eq=False, slots=False, repr=False)
class Published:
    """All rows of one run; a table when asked for."""

    run: Run
    rows: tuple[Row, ...]

    @cached_property
    def table(self) -> pd.DataFrame:
        """A line a figure, indexed by it: what, published, unit, source, quality, use, simulated, difference and the rest.

        `relative` is the difference as a share of the published figure; `tolerance` what rounding or sampling alone leaves;
        `over_draws` and `sampling` the mean and standard deviation over further samples; `why` what stands in the way.
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
        """The rows that the run has something to say of."""
        return tuple(row for row in self.rows if row.simulated is not None)

    def __repr__(self) -> str:
        short = self.table[["published", "unit", "quality", "simulated", "difference"]]
        return f"Published figures beside {self.run!r}\n" + short.to_string(float_format="{:,.4g}".format, na_rep="")

    def _repr_html_(self) -> str:
        html: str = self.table.to_html(float_format="{:,.4g}".format, na_rep="")
        return html


def published_beside(
    run: Run, outcomes: Outcomes | None = None, *, observer: int = SEED, draws: int = DRAWS
) -> Published:
    """Every published figure beside the run's own, read in the same unit, scope, days and sample.

    Args:
        run: the run; nothing but its log, people, posts and scenario is read.
        outcomes: what was published; England 2010–13 where not given.
        observer: the seed of who was asked, where a figure comes from some of the bodies only.
        draws: further samples for the error of asking so few; 0 for none.

    Raises InputError for a number of draws that cannot be, FormatError for an outcome whose unit or measure is unknown.
    """
    if isinstance(draws, bool) or not isinstance(draws, int) or draws < 0:
        raise InputError("draws", f"is {draws!r}", "give a whole number of samples, 0 for none")
    found = outcomes or bundled_outcomes()
    given = {one.name: one.value for one in found.given}
    record, eyes = Record(run), Observer(run.scenario, found.reading, observer, draws)
    rows = [
        _row(outcome, figure, view_of(record, found.reading, given, figure), eyes)
        for outcome in found.outcome
        for figure in outcome.figures
    ]
    return Published(run, tuple(rows))


def published_table(
    run: Run, outcomes: Outcomes | None = None, *, observer: int = SEED, draws: int = DRAWS
) -> pd.DataFrame:
    """The same as a table; arguments, columns and errors as for `published_beside`."""
    return published_beside(run, outcomes, observer=observer, draws=draws).table


def _row(outcome: Outcome, figure: Figure, view: View, eyes: Observer) -> Row:
    """One line: the figure read from the run as it was read from the world, or why it is not."""
    unit = unit_named(figure.unit)
    answer, spread = _read(outcome, figure, view, eyes)
    simulated = None if isinstance(answer, Missing) else (answer.value if isinstance(answer, Partial) else answer)
    if spread is not None:
        spread = Spread(mean=spread.mean / unit.size, error=spread.error / unit.size, draws=spread.draws)
    why = answer.why if isinstance(answer, (Missing, Partial)) else ""
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
    """What the run says of a figure, and how it varies with who is asked."""
    if outcome.unmodelled:
        return Missing(outcome.unmodelled), None
    measure: Measure = MEASURES[figure.measure]
    hindered = hindrance(view, measure)
    sample = outcome.sample
    if hindered is None and sample is not None:
        hindered = eyes.too_few(sample)
    if hindered is not None:
        return hindered, None
    if sample is None:
        return measure.read(view), None
    spread = eyes.spread(measure.read(one) for one in eyes.seen(view, sample))
    return measure.read(view.seeing(eyes.bodies(sample))), spread


def _numbers(items: Any) -> list[float]:
    """Numbers with NaN where there is none, so that a column of them is one."""
    return [float("nan") if item is None else float(item) for item in items]


def _cited(outcome: Outcome, books: Mapping[str, Source]) -> str:
    """The sources as a reader would look them up: publisher and date of each."""
    cited = (books[name] for name in outcome.sources)
    return "; ".join(f"{book.publisher} {book.date}" for book in cited)


# What a run says of every published figure, as plain numbers by name: measures for `sweep`, for fitting and for
# checking.
#
# `expected_figures` is for fitting: a figure from some of the bodies only is averaged over who might have been
# asked, and its sampling error stands beside it. `observed_figures` is for checking: in each run others are
# asked, so that over replications a figure varies as a reader of that survey would have seen it vary.

BRIDGE, PARTS = "scope-bridge: ", "redundancy, a person: "  # before the lines and parts that `checked_figures` adds


def expected_figures(run: Run) -> Named[float]:
    """Figures that can be compared, by name, in their published units.

    For one from a sample of bodies, the mean over samples, and under the name with " | sampling" its standard deviation.
    """
    rows = [row for row in published_beside(run, draws=FEW_DRAWS).simulated if row.comparable]
    spread = {f"{row.figure}{SAMPLING}": row.sampling.error for row in rows if row.sampling is not None}
    return Named({row.figure: _expected(row) for row in rows} | spread)


def observed_figures(run: Run) -> Named[float]:
    """Figures that can be compared, by name, in their published units, seen once: who is asked follows from the seed."""
    rows = published_beside(run, observer=run.seed, draws=0).simulated
    return Named({row.figure: float(row.simulated or 0.0) for row in rows if row.comparable})


def _expected(row: Row) -> float:
    return float(row.simulated or 0.0) if row.sampling is None else row.sampling.mean


def checked_figures(run: Run) -> Named[float]:
    """`observed_figures`, with the lines of the scope bridge and the parts of a redundancy's cost, for `validate`."""
    return Named({**observed_figures(run), **_bridge(run), **_parts(run)})


def _bridge(run: Run) -> dict[str, float]:
    """The run's own lines of the scope bridge, in heads; none where the scenario does not reach the day of transfer."""
    try:
        table = scope_bridge(run)
    except InputError:
        return {}
    return {f"{BRIDGE}{line}": float(heads) for line, heads in zip(table["line"], table["run"], strict=True)}


def _parts(run: Run) -> dict[str, float]:
    """Pounds for each person made redundant, by what they were paid for; none where nobody was."""
    rules = codes(run, bundled_outcomes().reading, "redundancy")
    people = len(run.log.exits.by(*rules))
    kinds = {"pay": Kind.SEVERANCE, "notice": Kind.IN_LIEU, "pension": Kind.PENSION}
    sums = {name: int(run.log.steps(kind).by(*rules).pence.sum()) / 100.0 for name, kind in kinds.items()}
    return {f"{PARTS}{name}": pounds / people for name, pounds in sums.items()} if people else {}
