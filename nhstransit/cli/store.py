"""`nhstransit store`: check, repair and merge stores of runs."""

from __future__ import annotations

from pathlib import Path

import click


@click.group("store")
def command() -> None:
    """Check, repair or merge stores of runs."""


@command.command("check")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mend", "mended", is_flag=True, help="Save the undamaged rows in FILE, and rename the damaged file.")
def check_command(file: Path, mended: bool) -> None:
    """Check every row of FILE against its hash, and list the damaged rows."""
    from nhstransit.errors import StoreError
    from nhstransit.studies.store import check, mend

    report = check(file)
    for damage in report.damaged:
        click.echo(damage)
    click.echo(str(report))
    # An error, so that a script that checks a store stops here.
    if report.damaged and not mended:
        raise StoreError(
            str(file), "is damaged", "add --mend to save the undamaged rows, then run the sweep again for the others"
        )
    if report.damaged:
        old, rows = mend(file)
        click.echo(
            f"{rows:,} rows are saved in {file}; the damaged file is now {old}. Run the sweep again to replace lost runs."
        )


@command.command("merge")
@click.argument("files", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--into", type=click.Path(path_type=Path), required=True, help="The store to create, or to add to.")
def merge_command(files: tuple[Path, ...], into: Path) -> None:
    """Merge FILES, such as the shards of a sweep, into one store. Their order does not matter.

    The result is the same as if one sweep had made all runs. If several stores have the same run, its results must be
    equal in all of them.
    """
    from nhstransit.studies import merge_stores

    click.echo(str(merge_stores(files, into=into)))
