"""`nhstransit scenarios`: the bundled scenarios."""

from __future__ import annotations

from importlib.resources import as_file, files

import click


@click.command("scenarios")
def command() -> None:
    """List the bundled scenarios, one per line."""
    from nhstransit import toml

    # Read only the text that is printed: loading each scenario with its bodies and policies takes ten times as long.
    with as_file(files("nhstransit.data") / "scenarios") as folder:
        for path in sorted(folder.glob("*.toml"), key=lambda path: path.stem):
            written = toml.read(path)
            click.echo(f"{path.stem}: {written.get('about') or written.get('title', '')}")
