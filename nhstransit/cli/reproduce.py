"""`nhstransit reproduce`: repeat a saved run, and compare the two."""

from __future__ import annotations

from pathlib import Path

import click

from nhstransit.cli.words import ACCEPT_EDITED, ALLOW_CODE, code_allowed, edits_accepted


@click.command("reproduce")
@click.argument("file", type=click.Path(path_type=Path))
@ALLOW_CODE
@ACCEPT_EDITED
def command(file: Path) -> int:
    """Repeat the run in the results folder FILE, and compare events, people, posts, money and tables.

    FILE is a folder written by `nhstransit run`, or a file in it. The exit status is 0 if everything is the same, and 1
    if something differs.
    """
    from nhstransit.report import reproduce

    found = reproduce(file, allow_code=code_allowed(), accept_edited=edits_accepted())
    click.echo(repr(found))
    return 0 if found.same else 1
