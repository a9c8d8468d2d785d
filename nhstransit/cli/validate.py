"""`nhstransit validate`: a scenario compared with every published figure."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhstransit.cli.report import REPORT, check_brief, write_report
from nhstransit.cli.words import ALLOW_CODE, SEED, scenario_of

if TYPE_CHECKING:
    from nhstransit.england.validation import Validation


@click.command("validate")
@click.argument("scenario")
@click.option("--replications", type=click.IntRange(5), default=20, show_default=True, help="Number of runs.")
@click.option("--seed", type=SEED, default=57, show_default=True, help="The seed of the runs.")
@click.option("--all", "everything", is_flag=True, help="Also list published figures that the model does not simulate.")
@click.option("--store", type=click.Path(path_type=Path), help="File in which to save the figures of the runs.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to run in.")
@click.option("--csv", "path", type=click.Path(path_type=Path), help="Write the whole table to a CSV file.")
@REPORT
@ALLOW_CODE
def command(
    scenario: str,
    replications: int,
    seed: int,
    everything: bool,
    store: Path | None,
    workers: int,
    path: Path | None,
    brief: Path | None,
) -> None:
    """Run SCENARIO several times, and compare it with every published figure, fitted or held out, with a verdict.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.england.validation import validate

    check_brief(brief)
    found = validate(scenario_of(scenario), replications=replications, seed=seed, store=store, executor=workers)
    _tell(found, everything, path)
    if brief is not None:
        write_report(lambda: found, brief)


def _tell(found: Validation, everything: bool, path: Path | None) -> None:
    from nhstransit import tables
    from nhstransit.cli.show import console, grid, tell_status
    from nhstransit.cli.table import cell, written
    from nhstransit.england import interval_names, status_of
    from nhstransit.england.intervals import SAYS
    from nhstransit.england.outcomes import outcomes_for

    table = found.table.reset_index()
    if path is not None:
        written(table, path)
        click.echo(f"{len(table):,} figures are written to {path}.")
        return
    click.echo(f"{found.scenario.name}: means over {found.runs} runs.")
    tell_status(found.scenario)
    # By default an unknown scenario is compared with England 2010-13.
    if not outcomes_for(found.scenario.name).reading.fits(found.scenario.name):
        click.echo(
            "The published figures describe England 2010-13, not this scenario, so the verdicts are meaningless here."
        )
    table = table if everything else table[table["verdict"] != "not simulated"]
    columns = ["figure", "role", "published", "unit", "simulated", "low", "high", "standardised", "verdict"]
    cells = {name: [cell(item) for item in table[name]] for name in columns}
    console().print(grid(tables.frame(cells)))
    click.echo(
        f"{len(found.misses)} of {len(found.judged)} figures are missed. {len(found.identities)} identities were checked "
        "in every run."
    )
    for broken in found.broken:
        click.echo(f"Broken identity: {broken}")
    # The stored intervals are those of the fitted scenario, and do not apply to a changed one.
    if found.scenario.name in interval_names() and status_of(found.scenario).kind == "fitted":
        click.echo(f"\nShare of published figures inside the stored intervals, which cover {SAYS}:")
        console().print(grid(tables.frame(_shares())))


def _shares() -> dict[str, list[str]]:
    """The coverage of the stored intervals by role, as formatted cells."""
    from nhstransit.cli.table import cell
    from nhstransit.england import coverage

    table = coverage().reset_index()
    cells = {name: [cell(item) for item in table[name]] for name in table.columns}
    shares = ("within 50%", "within 90%")
    return cells | {name: [f"{float(item):.0%}" for item in table[name]] for name in shares}
