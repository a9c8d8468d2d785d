"""`nhstransit scenarios`: the bundled scenarios."""

from __future__ import annotations

import click


@click.command("scenarios")
def command() -> None:
    """List the bundled scenarios, one a line."""
    from nhstransit.scenario import bundled_names, load_scenario

    for name in bundled_names():
        scenario = load_scenario(name)
        click.echo(f"{name}: {scenario.about or scenario.title}")
