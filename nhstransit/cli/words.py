"""Common options of the command line, and the scenarios that they describe."""

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
    # Stored in click's context, so that it need not be passed through every function.
    context.meta[_ALLOWED] = allowed


WITHOUT = click.option(
    "--without", "left_out", multiple=True, metavar="POLICY", help="Leave a policy out; may be repeated."
)
SETTINGS = click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="PATH=VALUE",
    help="Change a setting by its path, such as policies.mars.quota=0.1; may be repeated. `levers` lists all paths.",
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
    help="Read a saved run even if its files were changed.",
)


def edits_accepted() -> bool:
    """Whether the command has the option `--accept-edited`, which permits saved runs whose files were changed."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_ACCEPTED))


def code_allowed() -> bool:
    """Whether the command may import the user's own classes."""
    context = click.get_current_context(silent=True)
    return bool(context and context.meta.get(_ALLOWED))


@contextmanager
def warnings_told() -> Iterator[None]:
    """Print each warning of a sweep on standard error, in one line, as soon as it is raised."""
    from nhstransit.studies import SweepWarning

    def tell(message: Warning | str, category: type[Warning], *rest: Any) -> None:
        if issubclass(category, SweepWarning):
            click.echo(f"nhstransit: {' '.join(str(message).split())}", err=True)
        else:
            before(message, category, *rest)

    with warnings.catch_warnings():
        # Other warnings are shown as before.
        before = warnings.showwarning
        warnings.simplefilter("always", SweepWarning)
        warnings.showwarning = tell  # type: ignore[assignment]  # other warnings pass through unchanged
        yield


@contextmanager
def study_stoppable() -> Iterator[None]:
    """Print warnings as they are raised. If the user stops the study, end with its message and exit status 130."""
    from nhstransit.studies import Stopped

    try:
        with warnings_told():
            yield
    except Stopped as stopped:
        click.echo(f"nhstransit: {stopped}", err=True)
        click.get_current_context().exit(130)


def scenario_of(name: str, left_out: tuple[str, ...] = (), settings: tuple[str, ...] = ()) -> Scenario:
    """A scenario by name or path, without some policies, and with some settings changed.

    Args:
        name: the name of a bundled scenario, or a path.
        left_out: names of policies to leave out.
        settings: the settings to change, each as PATH=VALUE.
    """
    from nhstransit.scenario import load_scenario

    name = in_folder(name)
    return set_in(load_scenario(name, allow_code=code_allowed()).without(*left_out), settings)


def is_folder(name: str) -> bool:
    """Whether this is the path of a folder with a scenario in it, such as `nhstransit new` makes."""
    from pathlib import Path

    return (Path(name) / SCENARIO).is_file()


def in_folder(name: str) -> str:
    """The name or path of a scenario; for a folder with a scenario, the path of its file."""
    from pathlib import Path

    return str(Path(name) / SCENARIO) if is_folder(name) else name


def set_in(scenario: Scenario, settings: tuple[str, ...]) -> Scenario:
    """A scenario with some settings changed, each written PATH=VALUE."""
    for setting in settings:
        path, value = _setting(setting)
        scenario = scenario.having(path, value)
    return scenario


def _setting(text: str) -> tuple[str, Any]:
    """A dotted path and a value written as TOML: 18, 0.15, 2010-10-29, true, "section16", ["pct"]."""
    from nhstransit import toml

    parts = _SETTING.fullmatch(text)
    # The first equals sign outside quotation marks divides path and value.
    path, value = parts.groups() if parts else text.partition("=")[::2]
    if "=" not in text:
        path = ""
    if not path.strip():
        raise FormatError(f"--set {text}", "has no path or no value", "write --set policies.mars.payback_months=18")
    try:
        # Parsed as the value of a small TOML file, so that a setting is written exactly as in a scenario file.
        tables = toml.loads(f"format = {toml.FORMAT}\nvalue = {value.strip()}", f"--set {text}")
    except FormatError as error:
        right = 'write the value as TOML: 18, 0.15, 2010-10-29, true, "section16", ["pct"]'
        raise FormatError(f"--set {text}", error.wrong, right) from None
    return path.strip(), tables["value"]
