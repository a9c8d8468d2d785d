"""What the numbers of a world are based on: fitted to published figures, not fitted, or the user's own.

Every banner on a terminal, figure, page or file uses the text from here.
"""

from __future__ import annotations

from functools import cache

import attrs

from nhstransit.england.fits import FITTED, bundled_fit, bundled_fits, kept_figures, kept_names
from nhstransit.england.outcomes import outcomes_for
from nhstransit.errors import InputError, ScenarioError, check_kind
from nhstransit.fields import one_of
from nhstransit.scenario import Scenario, bundled_names, from_tables, load_scenario, part_at
from nhstransit.studies import Study
from nhstransit.studies.content import scenario_content
from nhstransit.studies.fits import Fit
from nhstransit.studies.results import StoredWorld
from nhstransit.synthesis import StaffSynthesis
from nhstransit.toml import Named

_NOBODY = StaffSynthesis(margins="", base="")  # in place of a staff list that a store does not hold
KINDS = {
    "fitted": "a bundled world, unchanged, with numbers fitted to published figures",
    "varied": "a world with numbers that were fitted in another world",
    "own fit": "a world with numbers that its author fitted",
    "prior": "a world with published figures, and nothing fitted to them",
    "example": "a bundled, invented world",
    "own": "a world of your own, with nothing fitted",
}


@attrs.frozen(kw_only=True)
class Status:
    """What a world's numbers are based on.

    It is one of `KINDS`, with what was fitted, to how many figures, and how successfully.

    `fitted` are the dotted paths of fitted numbers that still have their fitted values. `undone` are those that were
    set otherwise since, or were removed with their policy. `targets` is the number of published figures that they were
    fitted to. `missed` is how many of these the fitted world still misses, over its stored runs. Both are 0 where the
    library has no such fit. `world` is the title of that world.
    """

    kind: str = one_of(KINDS)
    fitted: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    targets: int = 0
    missed: int = 0
    world: str = ""

    @property
    def calibrated(self) -> bool:
        """Whether the world itself, as it stands, was fitted to published figures."""
        return self.kind == "fitted"

    @property
    def banner(self) -> str:
        """What a reader must know before the first figure, in a sentence or two."""
        told = f"{_numbers(len(self.fitted))} of this world {'was' if len(self.fitted) == 1 else 'were'} fitted"
        if self.kind in ("varied", "own fit") and not self.fitted:
            return f"UNCALIBRATED: no fitted number still has its fitted value in this world.{self._undone}"
        return {
            "fitted": f"FITTED IN PART: {told}{self._success}. The other numbers are as assumed.",
            "varied": f"NOT FITTED ITSELF: {told} in {self.world}; the settings that differ here were not.{self._undone}",
            "own fit": f"FITTED IN PART: {told} by its author; the library does not know to which figures.{self._undone}",
            "prior": "UNCALIBRATED: nothing here was fitted, and differences from what was published may be large.",
            "example": "UNCALIBRATED: an invented example. Nothing in it was fitted.",
            "own": "UNCALIBRATED: a scenario of your own. Nothing in it was fitted; people behave as the library assumes.",
        }[self.kind]

    @property
    def note(self) -> str:
        """The same in a few words, for the small print of a figure."""
        count = _numbers(len(self.fitted))
        if not self.fitted:
            return "Uncalibrated: nothing here was fitted."
        return {
            "fitted": f"Fitted in part: {count}{self._success}.",
            "varied": f"Not fitted itself: {count} fitted in {self.world}.",
            "own fit": f"Fitted in part: {count}, by its author.",
        }[self.kind]

    @property
    def _undone(self) -> str:
        """How many fitted numbers no longer have their fitted values; empty where all have."""
        if not self.undone:
            return ""
        if len(self.undone) == 1:
            return " 1 number that was fitted has been changed."
        return f" {_numbers(len(self.undone))} that were fitted have been changed."

    @property
    def _success(self) -> str:
        """How many targets, and how many of them are missed; empty where the library has no such fit."""
        if not self.targets:
            return ""
        if not self.missed:
            return f" to {self.targets} published figures, all of which it gives"
        return f" to {self.targets} published figures, {self.missed} of which it misses"


def status_of(scenario: Scenario) -> Status:
    """The status of a scenario. It is derived from the scenario itself, so that a change to one updates the other."""
    check_kind("scenario", scenario, Scenario)
    stands, undone = _carried(scenario)
    bundled = _bundled(scenario.name)
    if not scenario.calibrated:
        return Status(kind=_unfitted(scenario, bundled))
    name = _fit_behind(scenario)
    if name is None:
        return Status(kind="own fit", fitted=stands, undone=undone)
    kept = kept_figures(name) if name in kept_names() else Named()
    return Status(
        kind="fitted" if name == scenario.name and bundled == scenario else "varied",
        fitted=stands,
        undone=undone,
        targets=len(bundled_fit(name).target),
        missed=sum(one.missed for one in kept.values() if one.role == FITTED),
        world=load_scenario(name).title,
    )


def statuses_of(study: Study) -> dict[str, Status]:
    """The status of each scenario of a study by name, read from what its store holds of them.

    A store holds no staff list. A scenario of another content than the bundled one of its name, with a list of its own,
    is judged by its organisations and numbers.
    """
    check_kind("study", study, Study)
    return {name: _stored(world) for name, world in study.worlds().items()}


def _stored(world: StoredWorld) -> Status:
    """The status of a world as a store holds it."""
    bundled = _bundled(str(world.tables.get("name", "")))
    if bundled is not None and world.content == scenario_content(bundled):
        return status_of(bundled)
    staff = _NOBODY if bundled is None else bundled.staff
    try:
        return status_of(from_tables(world.tables, staff=staff))
    except InputError:  # it has a class of the user's own, or a file that is not here
        fitted = tuple(world.tables.get("calibrated", ()))
        return Status(kind="own fit" if fitted else "own", fitted=fitted)


def fit_of(scenario: Scenario) -> Fit | None:
    """The bundled fit of a scenario that was itself fitted; None for its variants and for unfitted worlds."""
    check_kind("scenario", scenario, Scenario)
    return bundled_fit(scenario.name) if scenario.calibrated and scenario.name in bundled_fits() else None


def _carried(scenario: Scenario) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Paths of the fitted numbers that still have their fitted values, and of those that do not."""
    stands: list[str] = []
    undone: list[str] = []
    for path, number in scenario.calibrated.items():
        try:
            same = part_at(scenario, path) == number
        except ScenarioError:  # its policy was removed
            same = False
        (stands if same else undone).append(path)
    return tuple(stands), tuple(undone)


def _unfitted(scenario: Scenario, bundled: Scenario | None) -> str:
    """Which kind of unfitted world this is."""
    if bundled is None or (scenario.organisations, scenario.staff) != (bundled.organisations, bundled.staff):
        return "own"
    return "prior" if outcomes_for(scenario.name).reading.fits(scenario.name) else "example"


def _fit_behind(scenario: Scenario) -> str | None:
    """The name of the bundled fit that a scenario's numbers come from: the same paths and values."""
    for name in bundled_fits():
        if bundled_fit(name).setting == dict(scenario.calibrated):
            return name
    return None


@cache
def _bundled(name: str) -> Scenario | None:
    """The bundled scenario of that name, or None."""
    return load_scenario(name) if name in bundled_names() else None


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"
