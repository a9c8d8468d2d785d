"""`nhstransit levers`: every number, date and switch of a scenario that can be set, and its kind."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from nhstransit.cli.table import shown
from nhstransit.cli.words import ALLOW_CODE, scenario_of

if TYPE_CHECKING:
    from nhstransit.scenario import Scenario

_HEAD = ["path", "value", "low", "high", "unit", "quality", "kind"]


@click.command("levers")
@click.argument("scenario")
@click.argument("under", default="")
@click.option("--without", "left_out", multiple=True, metavar="POLICY", help="Leave a policy out; may be repeated.")
@click.option(
    "--set", "settings", multiple=True, metavar="PATH=VALUE", help="Change a setting by its path; may be repeated."
)
@click.option("--kind", type=click.Choice(["decision", "assumption", "unknown"]), help="List only levers of this kind.")
@click.option(
    "--csv", "path", type=click.Path(path_type=Path), help="Write the list to a CSV file, with all its columns."
)
@ALLOW_CODE
def command(
    scenario: str,
    under: str,
    left_out: tuple[str, ...],
    settings: tuple[str, ...],
    kind: str | None,
    path: Path | None,
) -> None:
    """List the settings of SCENARIO that --set can change: all of them, or only those that match UNDER.

    UNDER is a path such as law.mars_2010, or words from a path or a policy's title, such as mars or "second round".

    A decision is a setting that an employer or the government chooses. An assumption is a number that was judged from
    evidence or experience. An unknown has not even a judgement behind it.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.errors import InputError, nearest
    from nhstransit.scenario import joined, levers

    world = scenario_of(scenario, left_out, settings)
    table = levers(world).reset_index()
    if under:
        # A path, and all paths below it.
        chosen = (table["path"] == under) | table["path"].str.startswith(f"{under}.")
        titled = _titled(world, under)
        # Not a path: look for the words in paths, and in the titles of policies.
        if not chosen.any() and "." not in under:
            chosen = table["path"].str.contains(under, case=False, regex=False)
            for name in titled:
                chosen |= table["path"].str.startswith(f"{joined('policies', name)}.")
        if not chosen.any():
            # The nearest name may be a path, the beginning of one, or a title.
            known = [*_parts(table["path"].tolist()), *world.policy_titles.values()]
            raise InputError(under, "matches no setting of the scenario", nearest(under, known))
        table = table[chosen]
        if path is None:
            for name, title in titled.items():
                click.echo(f"{joined('policies', name)}: {title}")
    if kind is not None:
        table = table[table["kind"] == kind]
    shown(table if path is not None else table[_HEAD].astype({"value": str}), path)


def _titled(world: Scenario, words: str) -> dict[str, str]:
    """The titles of the policies whose title contains these words, by name."""
    found = {name: title for name, title in world.policy_titles.items() if words.casefold() in title.casefold()}
    return {} if "." in words else found


def _parts(paths: list[str]) -> list[str]:
    """All paths, and their beginnings of one and two steps, without duplicates."""
    from nhstransit.scenario import joined, names_in

    steps = [names_in(path) for path in paths]
    ones = [joined(*each[:1]) for each in steps]
    twos = [joined(*each[:2]) for each in steps]
    return list(dict.fromkeys([*ones, *twos, *paths]))
