"""`nhstransit gaps`: the differences between the scenarios of a study, paired by run."""

from __future__ import annotations

from pathlib import Path

import click

from nhstransit.cli.show import tell_statuses
from nhstransit.cli.table import shown
from nhstransit.cli.words import warnings_told


@click.command("gaps")
@click.argument("store", type=click.Path(path_type=Path))
@click.option("--baseline", help="The scenario that the others are compared with.  [default: the first scenario]")
@click.option("--measure", "measures", multiple=True, help="Print only this measure; may be repeated.")
@click.option(
    "--level",
    type=click.FloatRange(0, 1, min_open=True, max_open=True),
    default=0.95,
    show_default=True,
    help="Confidence level of the intervals.",
)
@click.option("--no-intervals", is_flag=True, help="Print only means, which any number of runs is enough for.")
@click.option(
    "--line", type=float, default=0.0, show_default=True, help="Print the chance that a gap exceeds this number."
)
@click.option("--half-width", type=float, help="Print how many more replications an interval of this half-width needs.")
@click.option("--csv", "path", type=click.Path(path_type=Path), help="Write the table to a CSV file.")
@click.option("--sweep", type=click.IntRange(1), help="Number of an earlier sweep in the store; the first is 1.")
def command(
    store: Path,
    baseline: str | None,
    measures: tuple[str, ...],
    level: float,
    no_intervals: bool,
    line: float,
    half_width: float | None,
    path: Path | None,
    sweep: int | None,
) -> None:
    """Print the gap of every scenario in STORE from a baseline, with its interval and the chance that it exceeds --line.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.studies import open_study

    study = open_study(store, sweep=sweep)
    with warnings_told():
        found = study.gaps(
            baseline=baseline or study.results.names[0],
            measures=measures or None,
            level=None if no_intervals else level,
            line=line,
            half_width=half_width,
        )
    # The study and the basis of its numbers come before the first number.
    click.echo(repr(study))
    tell_statuses(study)
    shown(found.reset_index(), path)
