"""`nhstransit run`: simulate, print the story, write a results folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from nhstransit.cli.report import REPORT, check_brief, write_report
from nhstransit.cli.show import print_story
from nhstransit.cli.words import ALLOW_CODE, SEED, SETTINGS, WITHOUT, is_folder, scenario_of

WIDTH = 80  # characters in a line of the story, on any terminal


@click.command("run")
@click.argument("scenario")
@click.option("--seed", type=SEED, default=1, show_default=True, help="Seed of all random draws.")
@WITHOUT
@SETTINGS
@click.option(
    "--draws",
    type=click.IntRange(10),
    metavar="N",
    help="Also run N draws of the scenario's fit, and print intervals from them.  [default: use stored runs]",
)
@click.option("--person", type=int, metavar="ID", help="Also print the career of the person with this identity.")
@click.option("--full", is_flag=True, help="Also print the long tables, which are in the results folder in any case.")
@click.option("--out", type=click.Path(path_type=Path), help="Results folder.  [default: a new one in results/]")
@click.option("--log/--no-log", default=None, help="Write log.csv.  [default: up to 100,000 events]")
@REPORT
@ALLOW_CODE
@click.option("--overwrite", is_flag=True, help="Replace the run in the folder; your own files there do not change.")
@click.option("--people", is_flag=True, help="For real staff: also write tables with one row per person.")
@click.option(
    "--threshold", type=click.IntRange(1, 1000), default=5, show_default=True, help="The smallest count that is shown."
)
@click.option(
    "--rounding", type=click.IntRange(1, 1000), default=5, show_default=True, help="Round counts to a multiple of this."
)
def command(
    scenario: str,
    seed: int,
    left_out: tuple[str, ...],
    settings: tuple[str, ...],
    draws: int | None,
    person: int | None,
    full: bool,
    out: Path | None,
    log: bool | None,
    brief: Path | None,
    overwrite: bool,
    people: bool,
    threshold: int,
    rounding: int,
) -> None:
    """Simulate SCENARIO, print a report and write a results folder.

    SCENARIO is the name of a bundled scenario, a TOML file, or a folder made by `nhstransit new`. For such a folder, the
    answer to the question given to `nhstransit new` is printed. Tables that may be shared are written to its folder
    `share`, and the run itself to its folder `private`, which only you can read.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    check_brief(brief)  # before the run, so that a wrong name costs no time
    if is_folder(scenario) and draws is not None:
        raise click.UsageError(
            "--draws needs a fitted scenario, which a folder of your own does not have; leave it out"
        )
    if is_folder(scenario):
        from nhstransit.cli.own import run_own

        world = scenario_of(scenario, left_out, settings)
        how: dict[str, Any] = {
            "seed": seed,
            "people": people,
            "threshold": threshold,
            "rounding": rounding,
            "overwrite": overwrite,
        }
        place = Path(scenario) if out is None else out
        found = run_own(world, place, **how)
        if brief is not None:
            write_report(lambda: found, brief)
        return
    from nhstransit.engine.simulate import simulate
    from nhstransit.measures import measure
    from nhstransit.report import beside, free_folder, has_published, story, write_results
    from nhstransit.report.artist import artist_beside
    from nhstransit.report.folder import NAMES, folder_name
    from nhstransit.run.folders import check_place

    world = scenario_of(scenario, left_out, settings)
    folder = free_folder(Path("results") / folder_name(world.name)) if out is None else out
    # Checked before the run, and again when the files are written.
    check_place(folder, overwrite=overwrite, names=NAMES, ask="add --overwrite")
    drawn = None if draws is None else world.draws().first(draws)  # here, so that an error appears before any run
    # Figures are drawn in a second process while this one measures and writes the story.
    with artist_beside(len(world.workforce)) as artist:
        run = simulate(world, seed=seed)
        if artist:
            artist.begin(run)
        measures = measure(run)
        spreads = None
        if drawn is not None:
            from nhstransit.england import headline_intervals

            spreads = headline_intervals(world, drawn, seed=seed)
        published = beside(measures.run) if has_published(measures.run) else None
        sections = story(measures, person=person, published=published, full=full)
        files: dict[str, Any] = {"log": log, "people": people, "overwrite": overwrite}
        written = write_results(measures, folder, published=published, artist=artist, **files)
    print_story(sections, width=WIDTH)
    if spreads is not None:
        from nhstransit.measures import headlines
        from nhstransit.report.story import interval_section

        click.echo()
        print_story((interval_section(spreads, headlines(measures.run), "made now"),), width=WIDTH)
    click.echo(f"\n{len(written)} files are in {folder}/.\nThe long tables are in story.txt; --full prints them.")
    if brief is not None:
        write_report(lambda: measures.run, brief)
