"""Words of the command line made into objects: scenarios, seeds, settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from nhstransit.errors import FormatError

if TYPE_CHECKING:
    from nhstransit.scenario import Scenario

SEED = click.IntRange(0, 2**63 - 1)


def scenario_of(name: str, left_out: tuple[str, ...] = (), settings: tuple[str, ...] = ()) -> Scenario:
    """A scenario by name or path, less some policies, with some things set."""
    from nhstransit.scenario import load_scenario

    scenario = load_scenario(name).without(*left_out)
    for setting in settings:
        path, value = _setting(setting)
        scenario = scenario.having(path, value)
    return scenario


def _setting(text: str) -> tuple[str, Any]:
    """A dotted path and a value written as TOML: 18, 0.15, 2010-10-29, true, "luck", ["pct"]."""
    from nhstransit import toml

    path, equals, value = text.partition("=")
    if not equals or not path.strip():
        raise FormatError(f"--set {text}", "has no value", "write --set policies.mars.payback_months=18")
    try:
        tables = toml.loads(f"format = {toml.FORMAT}\nvalue = {value.strip()}", f"--set {text}")
    except FormatError as error:
        right = 'write the value as TOML: 18, 0.15, 2010-10-29, true, "luck", ["pct"]'
        raise FormatError(f"--set {text}", error.wrong, right) from None
    return path.strip(), tables["value"]
