"""`nhstransit explain`: a scenario in words, before a run."""

from __future__ import annotations

import click

from nhstransit.cli.show import tell_status
from nhstransit.cli.words import ALLOW_CODE, SETTINGS, WITHOUT, scenario_of


@click.command("explain")
@click.argument("scenario")
@WITHOUT
@SETTINGS
@ALLOW_CODE
def command(scenario: str, left_out: tuple[str, ...], settings: tuple[str, ...]) -> None:
    """Describe in words what happens in SCENARIO, day by day. Nothing is simulated.

    SCENARIO is the name of a bundled scenario or a TOML file.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.scenario.explain import explain

    world = scenario_of(scenario, left_out, settings)
    click.echo(str(explain(world)))
    tell_status(world)
