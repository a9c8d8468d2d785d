"""`nhstransit calibrate`: fit a scenario to target figures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nhstransit.cli.words import ALLOW_CODE, code_allowed, study_stoppable

if TYPE_CHECKING:
    import pandas as pd

BUNDLED = "england-2010"


@click.command("calibrate")
@click.argument("fit")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="A new folder for the results.")
@click.option("--budget", type=click.IntRange(1), help="Number of runs in total.  [default: the file's]")
@click.option(
    "--waves",
    metavar="N,N",
    help="For a fit with a discrepancy: number of points in each wave, such as 128,64.  [default: the file's]",
)
@click.option(
    "--begun",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the runs of an earlier fit; these runs are not repeated.",
)
@click.option(
    "--store", type=click.Path(path_type=Path), help="File for the results of runs, so that a stopped fit can resume."
)
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to run in.")
@click.option("--progress/--no-progress", default=None, help="Show progress.  [default: in a terminal]")
@ALLOW_CODE
def command(
    fit: str,
    out: Path,
    budget: int | None,
    waves: str | None,
    begun: Path | None,
    store: Path | None,
    workers: int,
    progress: bool | None,
) -> None:
    """Fit a scenario as the TOML file FIT describes, print the quality of the fit, and write it to a new folder.

    FIT may also be england-2010, the bundled fit.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.cli.new_files import check_new
    from nhstransit.england import targets_of
    from nhstransit.errors import CalibrationError
    from nhstransit.organisations.posts import found as bundled
    from nhstransit.run.folders import made_aside
    from nhstransit.studies.ensemble import read_ensemble
    from nhstransit.studies.fit_file import read_fit_file, write_folder

    check_new(out)
    path = bundled("england/fit-2010.toml") if fit == BUNDLED else Path(fit)
    asked = read_fit_file(path, published=targets_of, allow_code=code_allowed())
    points = _points(waves)
    how: dict[str, Any] = {"store": store, "executor": workers, "progress": progress}
    # A fit with a model error is made in waves, whose sizes replace the budget.
    if asked.discrepancy is not None and budget is not None:
        raise CalibrationError(
            "--budget", "is only for fits without a discrepancy", "use --waves instead, such as 128,64"
        )
    with study_stoppable():
        if asked.discrepancy is None:
            found: Any = asked.fitted(budget, **how)
        else:
            found = asked.matched(points, None if begun is None else read_ensemble(begun), **how)
    # The folder appears under its name only when all of its files are complete.
    with made_aside(out) as folder:
        files = write_folder(asked, found, folder, script=f"nhstransit calibrate {fit}")
        if asked.discrepancy is not None and asked.file.published and asked.file.predictive:
            files = (*files, _intervals(asked.file.name, found, folder))
    click.echo(repr(found))
    _tell(found.fit)
    _tell(found.identified)
    if asked.discrepancy is None:
        for name in found.paths:
            click.echo(repr(found.profile(name)))
    else:
        _tell(found.quality)
        click.echo(f"Runs used: {found.runs}.")
    click.echo(f"Written to {out}: {', '.join(file.name for file in files)}.")


def _intervals(name: str, found: Any, folder: Path) -> Path:
    """Write the intervals of headlines and published figures into a folder, and print their coverage."""
    from nhstransit.england.intervals import END, coverage, interval_rows, write_intervals

    rows = interval_rows(found)
    write_intervals(rows, folder / f"{name}{END}")
    _tell(coverage({one.name: one for one in rows}))
    return folder / f"{name}{END}"


def _points(waves: str | None) -> tuple[int, ...] | None:
    """The numbers of points in `--waves`."""
    if waves is None:
        return None
    try:
        return tuple(int(part) for part in waves.split(","))
    except ValueError:
        raise click.BadParameter(f"{waves!r}: give whole numbers, such as 128,64", param_hint="--waves") from None


def _tell(table: pd.DataFrame) -> None:
    """Print a table in the terminal."""
    click.echo(table.to_string(float_format="{:,.4g}".format))
