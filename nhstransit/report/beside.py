"""What was published, beside a run: how far it is from that, sections of the story and files of the folder."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from nhstransit.published import (
    Kept,
    Published,
    Row,
    Status,
    bundled_outcomes,
    fit_of,
    kept_figures,
    kept_names,
    published_beside,
    scope_bridge,
    status_of,
)
from nhstransit.published.observe import FEW_DRAWS
from nhstransit.report.said import amount, per
from nhstransit.report.section import Section
from nhstransit.report.sentences import Distance, Gap
from nhstransit.run import Run
from nhstransit.validation.verdicts import MISS, Simulated, verdict_of

if TYPE_CHECKING:
    import pandas as pd

Parts = tuple[tuple[str, ...], list[tuple[str, ...]], tuple[str, ...]]  # columns, rows, sentences
SHOWN = 6  # missed figures in the short table
SPEAKS = ("fitted", "prior")  # kinds of world that what was published is of


def has_published(run: Run) -> bool:
    """Whether figures were published of what this scenario is a model of."""
    return bundled_outcomes().reading.fits(run.scenario.name)


def beside(run: Run) -> Published:
    """The published figures beside the run's own."""
    return published_beside(run, draws=FEW_DRAWS)


def distance_of(status: Status, published: Published | None) -> Distance:
    """How far a run is from what was published.

    Figures that repeat others count once, and patterns told in words not at all. A figure is given where the run lies within
    its tolerance or its wider range, or where the kept runs of the same world do so by chance.
    """
    if published is None or status.kind not in SPEAKS:
        return Distance(speaks=False)
    kept, fit = kept_of(published.run), fit_of(published.run.scenario)
    rows = judged(published)
    missed = [row for row in rows if verdict(row, kept) == MISS]
    return Distance(
        speaks=True,
        judged=len(rows),
        given=len(rows) - len(missed),
        fitted=sum(row.figure in fit.fitted_to for row in rows) if fit else 0,
        gaps=tuple(_gap(row, kept) for row in _leading(missed)),
    )


def kept_of(run: Run) -> Mapping[str, Kept]:
    """The figures kept of several runs of the same world, by name; none but of the fitted world as it comes."""
    scenario = run.scenario
    return kept_figures(scenario.name) if scenario.name in kept_names() and status_of(scenario).calibrated else {}


def judged(published: Published) -> list[Row]:
    """The figures that the run can be held against: numbers in the same sense, and no repetition of others."""
    return [row for row in published.rows if row.difference is not None and row.outcome.use != "check"]


def verdict(row: Row, kept: Mapping[str, Kept]) -> str:
    """What is said of one figure of one run, as `validate` says it of several: chance is that of the kept runs."""
    said = float(row.simulated or 0.0)
    low, high = (kept[row.figure].low, kept[row.figure].high) if row.figure in kept else (said, said)
    simulated = Simulated(mean=said, spread=0.0, low=min(low, said), high=max(high, said))
    return verdict_of(row.published, row.tolerance, row.outcome.band, simulated)


def published_section(published: Published, *, full: bool = False) -> Section:
    """The figures that the run misses, furthest off first; in full, every figure that it has something to say of.

    Beside each stands the middle 80% of the kept runs of the same world, where there are such.
    """
    kept = kept_of(published.run)
    span = f"{next((one.runs for one in kept.values()), 0)} kept runs"
    columns, rows, sentences = _everything(published, kept, span) if full else _missed(published, kept, span)
    if not kept:
        at = columns.index(span)
        columns = columns[:at] + columns[at + 1 :]
        rows = [row[:at] + row[at + 1 :] for row in rows]
    return Section(heading="Beside what was published", sentences=sentences, columns=columns, rows=tuple(rows))


def _missed(published: Published, kept: Mapping[str, Kept], span: str) -> Parts:
    """Columns, rows and sentences of the few figures that are furthest off."""
    missed = sorted((row for row in judged(published) if verdict(row, kept) == MISS), key=_off)
    rows: list[tuple[str, ...]] = [
        (_label(row), _said(row, row.published), _said(row, row.simulated), _span(row, kept)) for row in missed[:SHOWN]
    ]
    of = ", of which these are the furthest off as a share" if len(rows) < len(missed) else ""
    sentence = f"{len(missed)} missed{of}; published.csv has every figure."
    return ("published figure", "published", "this run", span), rows, (sentence,)


def _everything(published: Published, kept: Mapping[str, Kept], span: str) -> Parts:
    """The same of all figures that the run has something to say of, with verdict, grade and source."""
    cited = published.table["source"]
    rows: list[tuple[str, ...]] = [
        (
            _label(row),
            row.unit,
            _said(row, row.published),
            _said(row, row.simulated),
            _span(row, kept),
            verdict(row, kept) if row.difference is not None else "",
            row.outcome.quality,
            str(cited[row.figure]).partition(";")[0],
        )
        for row in published.simulated
    ]
    apart = len(published.rows) - len(rows)
    sentences = (
        "Each figure stands in its own unit and scope; those of 57 PCTs are read from 57 PCTs drawn from the run.",
        f"{apart} published figures are entered, forecasts, or of what is not in the model: published.csv says why.",
    )
    return ("published figure", "unit", "published", "this run", span, "verdict", "quality", "source"), rows, sentences


def bridge_section(run: Run) -> Section:
    """From the people in scope in April 2010 to those transferred in April 2013."""
    frame = scope_bridge(run)
    rows = [
        (line, _between(low, high), f"{own:,.0f}", f"{outside:+,.0f}" if outside else "")
        for line, low, high, own, outside in zip(*(frame[name].tolist() for name in frame.columns), strict=True)
    ]
    text = "Heads. The stocks close only with refills and with people from outside the base; no line is fitted."
    columns = ("line", "published or implied", "this run", "outside")
    return Section(heading="The scope bridge", sentences=(text,), columns=columns, rows=tuple(rows))


def files(published: Published) -> dict[str, pd.DataFrame]:
    """Tables for the results folder by file name."""
    return {"published.csv": published.table.reset_index(), "scope-bridge.csv": scope_bridge(published.run)}


def _off(row: Row) -> float:
    """How far off, as a share, with the largest first."""
    return -abs(row.relative or 0.0)


def _leading(missed: list[Row]) -> list[Row]:
    """Missed figures of the whole country, one for each thing measured, furthest off first."""
    found: dict[str, Row] = {}
    for row in missed:
        figures = row.outcome.figures
        if row.outcome.sample is None and len(figures) == 1 and not (figures[0].region or figures[0].function):
            found.setdefault(figures[0].measure, row)
    return sorted(found.values(), key=_off)


def _gap(row: Row, kept: Mapping[str, Kept]) -> Gap:
    what = _label(row)
    return Gap(
        what=what[:1].lower() + what[1:],
        simulated=_said(row, row.simulated),
        published=_said(row, row.published),
        span=_span(row, kept),
    )


def _label(row: Row) -> str:
    part = row.figure.partition(": ")[2]
    return row.outcome.what + (f" ({part})" if part else "") + (f", {per(row.unit)}" if per(row.unit) else "")


def _said(row: Row, number: float | None) -> str:
    return "pattern" if number is None else amount(number, row.unit)


def _span(row: Row, kept: Mapping[str, Kept]) -> str:
    """The middle 80% of the kept runs, as said; blank where none is kept."""
    if row.figure not in kept:
        return ""
    one = kept[row.figure]
    low, high = amount(one.low, row.unit), amount(one.high, row.unit)
    return low if low == high else f"{low} to {high}"


def _between(low: float, high: float) -> str:
    return f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
