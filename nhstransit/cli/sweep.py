"""`nhstransit sweep`: run, resume or extend a study file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhstransit.cli.show import tell_statuses
from nhstransit.cli.words import ALLOW_CODE, code_allowed, warnings_told

if TYPE_CHECKING:
    from nhstransit.studies import Study


@click.command("sweep")
@click.argument("study", type=click.Path(path_type=Path))
@click.option("--store", type=click.Path(path_type=Path), help="Where results are kept.  [default: STUDY with .db]")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes to run in.")
@click.option("--replications", type=click.IntRange(1), help="Another number than the file's.")
@click.option("--keep", type=click.Path(path_type=Path), help="Folder in which every run is saved too.")
@click.option("--progress/--no-progress", default=None, help="Show a line.  [default: in a terminal]")
@ALLOW_CODE
@click.pass_context
def command(
    context: click.Context,
    study: Path,
    store: Path | None,
    workers: int,
    replications: int | None,
    keep: Path | None,
    progress: bool | None,
) -> None:
    """Run what the TOML file STUDY asks for and is not in the store yet; tell what the store then holds.

    Exit status 1 where every run failed.
    """
    from nhstransit.studies import Stopped, sweep
    from nhstransit.studies.study_file import read_study

    asked, kept = read_study(study, allow_code=code_allowed()), store or Path(study.with_suffix(".db").name)
    try:
        with warnings_told():
            found = sweep(
                asked.scenarios,
                replications=replications or asked.replications,
                seed=asked.seed,
                draws=asked.draws,
                measure=asked.measure,
                series=asked.series,
                store=kept,
                executor=workers,
                keep=keep,
                progress=progress,
            )
    except Stopped as stopped:
        click.echo(f"nhstransit: {stopped}", err=True)
        context.exit(130)
    _tell(found, kept)
    if found.results.failed.all():
        context.exit(1)


def _tell(found: Study, kept: Path) -> None:
    click.echo(f"{found!r} in {kept}")
    tell_statuses(found)
    failures = found.failures()
    for scenario in dict.fromkeys(failures["scenario"]):
        mine = failures[failures["scenario"] == scenario]
        first = mine.iloc[0]
        where = f"{len(mine):,} runs failed, the first in draw {first['draw']}, replication {first['replication']}"
        click.echo(f"{scenario}: {where}: {first['error']}")
