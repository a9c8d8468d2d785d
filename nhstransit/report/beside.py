"""What was published, beside a run: the sections of the story and the files of the folder, where there is such a thing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nhstransit.published import Published, Row, bundled_outcomes, published_beside, scope_bridge
from nhstransit.published.observe import FEW_DRAWS
from nhstransit.report.section import Section, lines
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd


def has_published(run: Run) -> bool:
    """Whether figures were published of what this scenario is a model of."""
    return bundled_outcomes().reading.fits(run.scenario.name)


def beside(run: Run) -> Published:
    """The published figures beside the run's own."""
    return published_beside(run, draws=FEW_DRAWS)


def published_section(published: Published) -> Section:
    """Published, source, quality, simulated and difference, for every figure that the run has something to say of."""
    cited = published.table["source"]
    rows = [_row(row, str(cited[row.figure]).partition(";")[0]) for row in published.simulated]
    apart = len(published.rows) - len(rows)
    text = (
        "UNCALIBRATED: nothing here has been fitted, and differences may be large. Each figure stands in its own unit and "
        f"scope; those of 57 PCTs are read from 57 PCTs drawn from the run. {apart} published figures are entered, "
        "forecasts, or of what is not in the model; they stand, with the reason, in published.csv."
    )
    names = ("published figure", "unit", "published", "source", "quality", "simulated", "difference")
    return Section("Beside what was published", text, lines(names, rows))


def bridge_section(run: Run) -> Section:
    """From the people in scope in April 2010 to those transferred in April 2013."""
    frame = scope_bridge(run)
    rows = [
        (line, _span(low, high), f"{own:,.0f}", f"{outside:+,.0f}" if outside else "")
        for line, low, high, own, outside in zip(*(frame[name].tolist() for name in frame.columns), strict=True)
    ]
    text = "Heads. The stocks close only with refills and with people from outside the base; no line is fitted."
    return Section("The scope bridge", text, lines(("line", "published or implied", "this run", "outside"), rows))


def files(published: Published) -> dict[str, pd.DataFrame]:
    """Tables for the results folder by file name."""
    return {"published.csv": published.table.reset_index(), "scope-bridge.csv": scope_bridge(published.run)}


def _row(row: Row, source: str) -> tuple[str, ...]:
    label = row.outcome.what + (f" ({row.figure.partition(': ')[2]})" if ": " in row.figure else "")
    published = "(pattern)" if row.published is None else _number(row.published, row.unit)
    return (
        label,
        row.unit,
        published,
        source,
        row.outcome.quality,
        _number(row.simulated, row.unit),
        "" if row.difference is None else _number(row.difference, row.unit, sign="+"),
    )


def _number(figure: float | None, unit: str, sign: str = "") -> str:
    """A figure with as many places as its unit is told in."""
    if figure is None:
        return ""
    if unit.startswith(("share", "ratio", "posts a")):
        return f"{figure:{sign}.3f}"
    small = unit in ("years", "£ a year a resident", "£ a resident") or "illion" in unit
    return f"{figure:{sign},.2f}" if small else f"{figure:{sign},.0f}"


def _span(low: float, high: float) -> str:
    return f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
