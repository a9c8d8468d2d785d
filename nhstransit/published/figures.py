"""What a run says of every published figure, as plain numbers by name: measures for `sweep`, for fitting and for checking.

`expected_figures` is for fitting: a figure from some of the bodies only is averaged over who might have been asked, and its
sampling error stands beside it. `observed_figures` is for checking: in each run others are asked, so that over replications
a figure varies as a reader of that survey would have seen it vary.
"""

from __future__ import annotations

from nhstransit.errors import InputError
from nhstransit.eventlog import Kind
from nhstransit.published.bridge import scope_bridge
from nhstransit.published.load import bundled_outcomes
from nhstransit.published.observe import FEW_DRAWS
from nhstransit.published.table import Row, published_beside
from nhstransit.published.view import codes
from nhstransit.run import Run
from nhstransit.toml import Named

BRIDGE, PARTS = "scope-bridge: ", "redundancy, a person: "  # before the lines and parts that `checked_figures` adds
SAMPLING = " | sampling"  # after a figure's name: the standard deviation over who is asked


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
