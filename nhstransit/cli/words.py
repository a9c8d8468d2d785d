"""Arguments of the command line made into objects: scenarios, seeds, settings."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from nhstransit.errors import FormatError

if TYPE_CHECKING:
    from nhstransit.scenario import Scenario

SEED = click.IntRange(0, 2**63 - 1)
SCENARIO = "scenario.toml"  # the scenario's file name in a folder made by `nhstransit new`
_ALLOWED = "nhstransit.allow_code"
_ACCEPTED = "nhstransit.accept_edited"
_SETTING = re.compile(
    r'((?:[^="]|"(?:[^"\\]|\\.)*")*)=(.*)', re.DOTALL
)  # names in quotation marks may contain an equals sign


def _allow(context: click.Context, _: click.Parameter, allowed: bool) -> None:
    context.meta[_ALLOWED] = allowed


WITHOUT = click.option(
    "--without", "left_out", multiple=True, metavar="POLICY", help="Leave a policy out; may be repeated."
)
SETTINGS = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change one thing by its path: policies.mars.quota, law.mars_2010.most_months; see `levers`.",
)
ALLOW_CODE = click.option(
    "--allow-code",
    is_flag=True,
    expose_value=False,
    callback=_allow,
    help="Allow the scenario to import your own classes.",
)


def _accept(context: click.Context, _: click.Parameter, accepted: bool) -> None:
    context.meta[_ACCEPTED] = accepted


ACCEPT_EDITED = click.option(
    "--accept-edited",
    is_flag=True,
    expose_value=False,
    callback=_accept,
    help="Read a kept run even if its files were changed.",
)


def edits_accepted() -> bool:
    """Whether `--accept-edited` was given: read runs whose files were changed."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_ACCEPTED))


def code_allowed() -> bool:
    """Whether the command may import classes of the user's own."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_ALLOWED))


@contextmanager
def warnings_told() -> Iterator[None]:
    """Print each warning of a sweep on standard error as soon as it is raised, in one sentence."""
    from nhstransit.studies import SweepWarning

    def tell(message: Warning | str, category: type[Warning], *rest: Any) -> None:
        if issubclass(category, SweepWarning):
            click.echo(f"nhstransit: {' '.join(str(message).split())}", err=True)
        else:
            before(message, category, *rest)

    with warnings.catch_warnings():
        before = warnings.showwarning
        warnings.simplefilter("always", SweepWarning)
        warnings.showwarning = tell  # type: ignore[assignment]  # other warnings pass through unchanged
        yield


@contextmanager
def study_played() -> Iterator[None]:
    """Print warnings as they are raised; a study that is stopped ends the command with its sentence and status 130."""
    from nhstransit.studies import Stopped

    try:
        with warnings_told():
            yield
    except Stopped as stopped:
        click.echo(f"nhstransit: {stopped}", err=True)
        click.get_current_context().exit(130)


def scenario_of(name: str, left_out: tuple[str, ...] = (), settings: tuple[str, ...] = ()) -> Scenario:
    """A scenario by name or path, without some policies, and with some settings.

    Args:
        name: the name of a bundled scenario, or a path.
        left_out: names of policies to leave out.
        settings: what to set, each as PATH=VALUE.
    """
    from nhstransit.scenario import load_scenario

    name = in_folder(name)
    return set_in(load_scenario(name, allow_code=code_allowed()).without(*left_out), settings)


def is_folder(name: str) -> bool:
    """Whether a name is that of a folder with a scenario in it, as `nhstransit new` makes."""
    from pathlib import Path

    return (Path(name) / SCENARIO).is_file()


def in_folder(name: str) -> str:
    """A scenario's name or path; for a folder that has a scenario, the path of its file."""
    from pathlib import Path

    return str(Path(name) / SCENARIO) if is_folder(name) else name


def set_in(scenario: Scenario, settings: tuple[str, ...]) -> Scenario:
    """A scenario with some settings, each written PATH=VALUE."""
    for setting in settings:
        path, value = _setting(setting)
        scenario = scenario.having(path, value)
    return scenario


def _setting(text: str) -> tuple[str, Any]:
    """A dotted path and a value written as TOML: 18, 0.15, 2010-10-29, true, "luck", ["pct"]."""
    from nhstransit import toml

    parts = _SETTING.fullmatch(text)
    path, value = parts.groups() if parts else text.partition("=")[::2]
    if "=" not in text:
        path = ""
    if not path.strip():
        raise FormatError(f"--set {text}", "has no value", "write --set policies.mars.payback_months=18")
    try:
        tables = toml.loads(f"format = {toml.FORMAT}\nvalue = {value.strip()}", f"--set {text}")
    except FormatError as error:
        right = 'write the value as TOML: 18, 0.15, 2010-10-29, true, "luck", ["pct"]'
        raise FormatError(f"--set {text}", error.wrong, right) from None
    return path.strip(), tables["value"]
