"""`nhstransit career`: one person's career from a results folder."""

from __future__ import annotations

from pathlib import Path

import click

from nhstransit.cli.words import ACCEPT_EDITED, ALLOW_CODE, code_allowed, edits_accepted


@click.command("career")
@click.argument("folder", type=click.Path(path_type=Path))
@click.argument("staff", type=int)
@ALLOW_CODE
@ACCEPT_EDITED
def command(folder: Path, staff: int) -> None:
    """Print the career of the person with identity STAFF in the run saved in FOLDER."""
    from nhstransit.measures import career
    from nhstransit.run import load_run

    run = load_run(folder, allow_code=code_allowed(), accept_edited=edits_accepted())
    click.echo(str(career(run, staff)))
