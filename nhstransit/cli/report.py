"""`nhstransit report`: a saved run, a scenario or a study's store as a page, a workbook or Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from nhstransit.cli.words import ACCEPT_EDITED, ALLOW_CODE, SEED, code_allowed, edits_accepted, is_folder, scenario_of

if TYPE_CHECKING:
    from collections.abc import Callable

REPORT = click.option(
    "--report",
    "brief",
    type=click.Path(path_type=Path),
    help="Also write a report to this file; its name must end in .html, .xlsx or .md.",
)


@click.command("report")
@click.argument("thing", metavar="RUN|STORE|SCENARIO")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The file: .html, .xlsx or .md.")
@click.option("--seed", type=SEED, default=1, show_default=True, help="For a scenario: seed of all random draws.")
@click.option(
    "--baseline", default="", help="For a store: the scenario that the others are compared with.  [default: the first]"
)
@click.option("--invented", is_flag=True, help="Hide and round nothing, because the staff are invented.")
@ALLOW_CODE
@ACCEPT_EDITED
def command(thing: str, out: Path, seed: int, baseline: str, invented: bool) -> None:
    """Write a report of a saved RUN (its folder), of the study in a STORE, or of a SCENARIO, which is simulated first.

    The report is one file, without scripts, that you can send to others. It hides small counts of real staff.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    own = Path(thing) if is_folder(thing) else None
    write_report(lambda: _found(thing, seed), out, baseline=baseline, real=False if invented else None, own=own)


def write_report(
    make: Callable[[], Any], out: Path, *, baseline: str = "", real: bool | None = None, own: Path | None = None
) -> None:
    """Check the name of the file, then make the run or study, write its report, and print where the report is.

    Args:
        make: returns the run, study or other object to report.
        out: the file.
        baseline: for a study, the scenario that the others are compared with.
        real: whether the staff are real people; None: decided by `report`.
        own: the run's folder of one organisation, which lists the pages written about its staff; None: no such folder.
    """
    from nhstransit.report.verb import check_suffix, report
    from nhstransit.run import Run

    # Before `make`, which may simulate for minutes.
    check_suffix(out)
    made = report(make(), baseline=baseline, real=real)
    made.save(out)
    if own is not None and isinstance(made.of, Run) and made.document.real:
        from nhstransit.report.document import as_markdown
        from nhstransit.report.published import note_page, other_pages, warning

        # A second page about the same real staff could undo the disclosure control of the first.
        page = as_markdown(made.document)
        earlier = other_pages(page, made.of.scenario, own)
        note_page(page, made.of.scenario, own)
        if earlier:
            click.echo(warning(earlier), err=True)
    click.echo(f"The report is in {out}.")


def check_brief(brief: Path | None) -> None:
    """Raise InputError, before anything is simulated, if no report can have this name."""
    if brief is not None:
        from nhstransit.report.verb import check_suffix

        check_suffix(brief)


def _found(thing: str, seed: int) -> Any:
    """The run of a folder, the study of a store, or a new run of a scenario."""
    from nhstransit.run import load_run
    from nhstransit.run.store import TEXT

    place = Path(thing)
    if (place / "private" / TEXT).is_file():  # the folder of one organisation, after its run
        place = place / "private"
    if (place / TEXT).is_file():
        return load_run(place, allow_code=code_allowed(), accept_edited=edits_accepted())
    # Any other file is a store: stores have no fixed suffix.
    if place.is_file() and place.suffix != ".toml":
        from nhstransit.studies import open_study

        return open_study(place)
    from nhstransit.engine.simulate import simulate

    return simulate(scenario_of(thing), seed=seed)
