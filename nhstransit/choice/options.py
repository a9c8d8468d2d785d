"""Options: the decisions that are compared. Each is a complete scenario, checked before any run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from nhstransit.comparison.people import telling
from nhstransit.errors import InputError, ScenarioError, check_kind
from nhstransit.scenario import Change, Scenario, bundled_names, differences, load_scenario, names_in
from nhstransit.scenario.draws import applied, lacks
from nhstransit.scenario.paths import ON
from nhstransit.studies.content import scenario_content
from nhstransit.studies.design import Design

UNDECIDED = "is uncertain in this choice, so no option can set it"


@attrs.frozen(kw_only=True, eq=False)
class Option:
    """One option: its name, its scenario, and its differences from the unchanged scenario."""

    name: str
    scenario: Scenario
    changes: tuple[Change, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """The dotted paths at which the option differs from the unchanged scenario."""
        return tuple(change.path for change in self.changes)


def options_of(
    scenario: Scenario, given: Any, uncertain: Iterable[str] = (), as_it_stands: str = ""
) -> tuple[Option, ...]:
    """The unchanged scenario, followed by the given options in their order.

    Args:
        scenario: the unchanged scenario; it is the first option.
        given: a mapping from option names to a scenario, the name of a bundled scenario, or a table of dotted paths and
            values; or a design such as `grid(...)`. Setting a policy's `on` to False removes the policy.
        uncertain: the paths that the draws set; an option may not set them.
        as_it_stands: the name of the first option; "" for the scenario's own name.

    Raises:
        InputError: for no options or an unknown path; and for an option that changes nothing, equals another option,
            sets an uncertain number, sets a value in a policy that it switches off, or is not a valid scenario.
    """
    check_kind("scenario", scenario, Scenario)
    # A design usually has the unchanged scenario as one of its points, which is not an option of its own.
    if isinstance(given, Design):
        same = scenario_content(scenario)
        given = {name: one for name, one in given.items() if scenario_content(one) != same}
    if not isinstance(given, Mapping) or not given:
        wrong = "are empty" if isinstance(given, Mapping) else f"are {given!r}"
        right = 'give them by name: {"no MARS": {"policies.mars.on": False}, "slower": "england-2010-slower"}'
        raise InputError("options", wrong, right)
    uncertain = frozenset(uncertain)
    ours = as_it_stands or scenario.name
    found = [Option(name=ours, scenario=scenario)]
    # Options with the same content would have the same runs, so their names are recorded by content.
    content = {scenario_content(scenario): ours}
    for name, one in given.items():
        if name == ours:
            raise InputError(f"option {name!r}", "has the name of the unchanged scenario", "give it another name")
        option = _option(scenario, name, one, uncertain)
        key = scenario_content(option.scenario)
        if content.get(key) == ours:
            wrong = "changes nothing in the scenario"
            raise InputError(
                f"option {name!r}", wrong, "set a value that differs from the scenario's, or leave the option out"
            )
        if key in content:
            raise InputError(f"option {name!r}", f"is the same as option {content[key]!r}", "leave one of the two out")
        content[key] = option.name
        found.append(option)
    return tuple(found)


def _option(scenario: Scenario, name: Any, given: Any, uncertain: frozenset[str]) -> Option:
    where = f"option {name!r}"
    if not isinstance(name, str) or not name.strip():
        raise InputError(where, "has no valid name", "give each option a name that is text and not blank")
    if isinstance(given, str) and given not in bundled_names():
        right = "give the name of a bundled scenario, a scenario, or a table of paths and values"
        raise InputError(where, f"is {given!r}, which is not a bundled scenario", right)
    try:
        if isinstance(given, Scenario):
            made = given
        elif isinstance(given, str):
            made = load_scenario(given)
        elif isinstance(given, Mapping):
            made = applied(scenario, _settings(given, uncertain))
        else:
            raise InputError("", f"is {given!r}", "give a scenario, or a table such as {'policies.mars.quota': 0.1}")
    except InputError as error:
        raise error.after(where) from None
    if made.start != scenario.start:
        wrong = f"starts on {made.start}, but {scenario.name} starts on {scenario.start}"
        raise InputError(
            where, wrong, "give options that start on the same day, so that all use the same random numbers"
        )
    changes = differences(scenario, made)
    _check_undecided(where, scenario, made, changes, uncertain)
    return Option(name=name, scenario=made, changes=telling(changes))


def _check_undecided(
    where: str, scenario: Scenario, made: Scenario, changes: tuple[Change, ...], uncertain: frozenset[str]
) -> None:
    """Raise ScenarioError for an option that sets a number that the draws also set: the draws would overwrite it.

    A number of a policy that only one of the two scenarios has is allowed: the draws alone set it.
    """
    for change in changes:
        if change.path in uncertain and not any(lacks(one, change.path) for one in (scenario, made)):
            raise ScenarioError(
                change.path, UNDECIDED, "leave it unchanged, or remove it from the uncertainties"
            ).after(where)


def _settings(given: Mapping[str, Any], uncertain: frozenset[str]) -> tuple[tuple[str, Any], ...]:
    """Paths and values of an option. Raises InputError for contradictory paths, and for a path that is uncertain."""
    if not given:
        raise InputError("", "is empty", "give at least one path and value, such as {'policies.mars.quota': 0.1}")
    for path in given:
        if not isinstance(path, str):
            raise InputError(f"{path!r}", "is not a path", "write dotted paths, such as policies.mars.quota")
        if path in uncertain:
            raise ScenarioError(path, UNDECIDED, "remove it from the option, or from the uncertainties")
    # A value of a policy that the option switches off would have no effect.
    off = {names_in(path)[1] for path, item in given.items() if _switch(path) and item is False}
    for path in given:
        names = names_in(path)
        if not _switch(path) and names[0] == "policies" and names[1] in off:
            wrong = f"is set in a policy that the same option switches off ({names_in(path)[1]})"
            raise ScenarioError(path, wrong, "either set the value or switch the policy off")
    return tuple(given.items())


def _switch(path: str) -> bool:
    """Whether a path is the `on` switch of a policy."""
    names = names_in(path)
    return len(names) == 3 and names[0] == "policies" and names[2] == ON
