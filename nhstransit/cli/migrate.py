"""`nhstransit migrate`: convert a scenario or study file of version 0.1.0 to the names of this version."""

from __future__ import annotations

from pathlib import Path

import click

from nhstransit.cli.new_files import check_new


@click.command("migrate")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The new file; FILE itself is not changed.")
def command(file: Path, out: Path) -> None:
    """Convert the scenario or study FILE of version 0.1.0 to the names of this version, and list the changes.

    Stores and saved runs of 0.1.0 cannot be converted: simulate their runs again.
    """
    from nhstransit import toml
    from nhstransit.errors import FormatError, InputError
    from nhstransit.files import content_of, write_text
    from nhstransit.scenario.migrate import migrated

    if file.suffix in (".db", ".npz", ".json") or file.is_dir():
        right = "convert its scenario or study file, and simulate the runs again"
        raise FormatError("", "contains runs, which cannot be converted", right).in_file(str(file))
    check_new(out)
    # Raises an error for a file that is not TOML, before its text is changed.
    toml.read(file)
    found = migrated(content_of(file, toml.MOST_BYTES).decode("utf-8-sig"), str(file))
    try:
        write_text(out, found.text)
    except OSError as error:
        raise InputError(str(out), f"cannot be written ({error.strerror})", "name a file that can be written") from None
    for line, old, new in found.changes:
        click.echo(f"line {line}: {old} → {new}")
    many = "1 name" if len(found.changes) == 1 else f"{len(found.changes)} names"
    click.echo(f"{many} changed. The new file is {out}.")
