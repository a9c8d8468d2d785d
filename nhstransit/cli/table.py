"""`nhstransit table`: the results of a study, scenario by scenario or run by run."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nhstransit.cli.show import console, grid, tell_statuses

if TYPE_CHECKING:
    import pandas as pd

SHOWN = 40  # the most rows of a table that are printed
ROUGH = 100  # numbers of this size or more are shown without decimals


@click.command("table")
@click.argument("store", type=click.Path(path_type=Path))
@click.option("--measure", "measures", multiple=True, help="Print only this measure; may be repeated.")
@click.option("--runs", is_flag=True, help="Print one row per run instead of one row per scenario and measure.")
@click.option("--csv", "path", type=click.Path(path_type=Path), help="Write the whole table to a CSV file.")
@click.option("--sweep", type=click.IntRange(1), help="Number of an earlier sweep in the store; the first is 1.")
def command(store: Path, measures: tuple[str, ...], runs: bool, path: Path | None, sweep: int | None) -> None:
    """Print the means of every scenario in STORE, or the results of every run.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.studies import open_study
    from nhstransit.studies.results import wanted

    study = open_study(store, sweep=sweep)
    if runs:
        table = study.table()
        asked = wanted(study.results, measures or None)
        apart = [name for name in study.measures if name not in asked]
        table = table.drop(columns=apart)
    else:
        table = study.summary(measures or None).reset_index()
    click.echo(repr(study))
    tell_statuses(study)
    # Measures are known only after a first run has succeeded.
    if not study.measures and study.results.failed.any():
        from nhstransit.studies.missing import reasons

        click.echo(f"No run succeeded: {reasons(study.results.failure)}")
        return
    shown(table, path)


def shown(table: pd.DataFrame, path: Path | None) -> None:
    """Print at most forty rows of a table, or write the whole table to a file."""
    if path is not None:
        written(table, path)
        click.echo(f"{len(table):,} rows are written to {path}.")
        return
    from nhstransit import tables

    head = table.head(SHOWN)
    cells = {str(name): [cell(item) for item in head[name]] for name in head.columns}
    console().print(grid(tables.frame(cells)))
    if len(table) > SHOWN:
        click.echo(f"… and {len(table) - SHOWN:,} more rows; --csv FILE writes all of them.")


def written(table: pd.DataFrame, path: Path) -> None:
    """Write a table as CSV. Raises InputError if that is not possible."""
    from nhstransit import tables
    from nhstransit.errors import InputError

    try:
        tables.write_csv(path, {str(name): table[name] for name in table.columns})
    except OSError as error:
        raise InputError(
            str(path), f"cannot be written ({error.strerror})", "name a file that can be written"
        ) from None


def cell(item: Any) -> str:
    """A formatted cell: three decimals for small numbers, none for large ones, a dash for a missing value."""
    if not isinstance(item, float):
        return str(item)
    # NaN is the only value that differs from itself.
    if item != item:
        return "–"
    sign = "−" if item < 0 else ""
    if abs(item) >= ROUGH or item == round(item):
        return f"{sign}{abs(item):,.0f}"
    return f"{sign}{abs(item):,.3f}"
