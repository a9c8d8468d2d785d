"""`nhstransit reproduce`: make a kept run again, and compare."""

from __future__ import annotations

from pathlib import Path

import click

from nhstransit.cli.words import ACCEPT_EDITED, ALLOW_CODE, code_allowed, edits_accepted


@click.command("reproduce")
@click.argument("file", type=click.Path(path_type=Path))
@ALLOW_CODE
@ACCEPT_EDITED
def command(file: Path) -> int:
    """Simulate again what the results folder FILE holds, and compare events, people, posts, money and tables.

    FILE is a folder that `nhstransit run` wrote, or a file in it. The exit status is 0 if everything is the same, and 1 if
    something differs.
    """
    from nhstransit.report import reproduce

    found = reproduce(file, allow_code=code_allowed(), accept_edited=edits_accepted())
    click.echo(repr(found))
    return 0 if found.same else 1
