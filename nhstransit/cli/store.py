"""`nhstransit store`: maintenance of a store of runs."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("store")
def command() -> None:
    """Look after a store of runs."""


@command.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mend", "mended", is_flag=True, help="Save the undamaged rows into a new file, and keep the old one.")
def check_command(file: Path, mended: bool) -> None:
    """Check every row of FILE against its hash, and name damaged rows."""
    from nhstransit.errors import StoreError
    from nhstransit.studies.store import check, mend

    report = check(file)
    for told in report.damaged:
        click.echo(told)
    click.echo(str(report))
    if report.damaged and not mended:
        raise StoreError(
            str(file), "is damaged", "add --mend to save the undamaged rows, then sweep again for the rest"
        )
    if report.damaged:
        old, rows = mend(file)
        click.echo(f"{rows:,} rows are saved in {file}; the damaged file is {old}. Sweep again to make what is lost.")


@command.command("merge")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--into", type=click.Path(path_type=Path), required=True, help="The store to write, or to add to.")
def merge_command(files: tuple[Path, ...], into: Path) -> None:
    """Make one store of FILES, such as the shards of a sweep, in any order.

    It is the same store as if one sweep had made all runs. Runs that several stores hold are counted, and must agree.
    """
    from nhstransit.studies import merge_stores

    click.echo(str(merge_stores(files, into=into)))
