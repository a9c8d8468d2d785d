"""`nhstransit career`: one person's story from a results folder."""

from __future__ import annotations

from pathlib import Path

import click

from nhstransit.cli.words import ALLOW_CODE, code_allowed


@click.command("career")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("staff", type=int)
@ALLOW_CODE
def command(folder: Path, staff: int) -> None:
    """Tell the career of the person with identity STAFF in the run kept in FOLDER."""
    from nhstransit.measures import career
    from nhstransit.run import load_run

    click.echo(str(career(load_run(folder, allow_code=code_allowed()), staff)))
