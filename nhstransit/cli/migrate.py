"""`nhstransit migrate`: a scenario or study file of version 0.1.0, carried over to the names of this version."""

from __future__ import annotations

from pathlib import Path

import click

from nhstransit.cli.new_files import check_new


@click.command("migrate")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The new file; FILE itself is not changed.")
def command(file: Path, out: Path) -> None:
    """Write the scenario or study FILE of version 0.1.0 with the names of this version, and list what was changed.

    Stores and kept runs of 0.1.0 cannot be carried over: their runs must be made again.
    """
    from nhstransit import toml
    from nhstransit.errors import FormatError, InputError
    from nhstransit.files import content_of, write_text
    from nhstransit.scenario.migrate import migrated

    if file.suffix in (".db", ".npz", ".json") or file.is_dir():
        right = "carry over its scenario or study file, and make the runs again"
        raise FormatError("", "holds runs, which cannot be carried over", right).in_file(str(file))
    check_new(out)
    toml.read(file)
    found = migrated(content_of(file, toml.MOST_BYTES).decode("utf-8-sig"), str(file))
    try:
        write_text(out, found.text)
    except OSError as error:
        raise InputError(str(out), f"cannot be written ({error.strerror})", "name a file that can be written") from None
    for line, old, new in found.changes:
        click.echo(f"line {line}: {old} → {new}")
    many = "1 name" if len(found.changes) == 1 else f"{len(found.changes)} names"
    click.echo(f"{many} changed; written to {out}.")
