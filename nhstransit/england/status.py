"""The basis of a scenario's numbers: fitted to published figures, not fitted, or the user's own.

Every banner on a terminal, figure, page or file is from this module.
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

_NOBODY = StaffSynthesis(margins="", base="")  # instead of a staff list, which is not in a store
KINDS = {
    "fitted": "a bundled scenario, unchanged, with numbers fitted to published figures",
    "varied": "a scenario with numbers that were fitted in another scenario",
    "own fit": "a scenario with numbers that its author fitted",
    "prior": "a scenario with published figures and no fitted numbers",
    "example": "a bundled, invented scenario",
    "own": "your own scenario, without fitted numbers",
}


@attrs.frozen(kw_only=True)
class Status:
    """The basis of a scenario's numbers.

    `kind` is one of `KINDS`.

    `fitted` are the dotted paths of fitted numbers that still have their fitted values. `undone` are the paths of
    fitted numbers that were changed later, or removed with their policy. `targets` is the number of published figures
    in the fit, and `missed` is the number of these that the fitted scenario does not reproduce in its stored runs. Both
    are 0 if the library has no such fit. `world` is the title of the fitted scenario.
    """

    kind: str = one_of(KINDS)
    fitted: tuple[str, ...] = ()
    undone: tuple[str, ...] = ()
    targets: int = 0
    missed: int = 0
    world: str = ""

    @property
    def calibrated(self) -> bool:
        """Whether this scenario, without changes, was fitted to published figures."""
        return self.kind == "fitted"

    @property
    def banner(self) -> str:
        """One or two sentences that a reader must see before the first figure."""
        count = f"{_numbers(len(self.fitted))} {'was' if len(self.fitted) == 1 else 'were'} fitted"
        # A variant may have changed or removed every number that was fitted.
        if self.kind in ("varied", "own fit") and not self.fitted:
            return f"UNCALIBRATED: no number in this scenario still has its fitted value.{self._undone}"
        return {
            "fitted": f"FITTED IN PART: {count}{self._success}. The other numbers are assumptions.",
            "varied": (
                f"NOT FITTED ITSELF: {count} in {self.world}. "
                f"The settings that differ here were not fitted.{self._undone}"
            ),
            "own fit": f"FITTED IN PART: {count} by the scenario's author, to figures unknown to the library.{self._undone}",
            "prior": "UNCALIBRATED: nothing here was fitted, so differences from published figures may be large.",
            "example": "UNCALIBRATED: an invented example. Nothing in it was fitted.",
            "own": "UNCALIBRATED: a scenario of your own. Nothing in it was fitted; people behave as the library assumes.",
        }[self.kind]

    @property
    def note(self) -> str:
        """The banner in a few words, for the small print of a figure."""
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
        """The number of fitted numbers that no longer have their fitted values, in words; "" if there are none."""
        if not self.undone:
            return ""
        if len(self.undone) == 1:
            return " 1 fitted number has been changed."
        return f" {len(self.undone)} fitted numbers have been changed."

    @property
    def _success(self) -> str:
        """The number of targets, and how many are not reproduced, in words; "" if the library has no such fit."""
        if not self.targets:
            return ""
        if not self.missed:
            return f" to {self.targets} published figures, all of which are reproduced"
        return f" to {self.targets} published figures, {self.missed} of which are not reproduced"


def status_of(scenario: Scenario) -> Status:
    """The status of a scenario. It is computed from the scenario itself, so it is always up to date."""
    check_kind("scenario", scenario, Scenario)
    stands, undone = _carried(scenario)
    bundled = _bundled(scenario.name)
    # The fitted values are recorded in the scenario itself, so a copy under another name is recognised.
    if not scenario.calibrated:
        return Status(kind=_unfitted(scenario, bundled))
    name = _fit_behind(scenario)
    if name is None:
        return Status(kind="own fit", fitted=stands, undone=undone)
    # A fit whose runs are not stored has no count of misses.
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
    """The status of each scenario of a study by name, from the data in its store.

    A store has no staff lists. If a scenario differs from the bundled scenario with its name, its status is determined
    from its organisations and numbers.
    """
    check_kind("study", study, Study)
    return {name: _stored(world) for name, world in study.worlds().items()}


def _stored(world: StoredWorld) -> Status:
    """The status of a scenario in a store."""
    bundled = _bundled(str(world.tables.get("name", "")))
    if bundled is not None and world.content == scenario_content(bundled):
        return status_of(bundled)
    # A store has no staff. The bundled staff are used instead, so that only organisations and numbers decide.
    staff = _NOBODY if bundled is None else bundled.staff
    try:
        return status_of(from_tables(world.tables, staff=staff))
    except InputError:  # it uses a class of the user's own, or a file that is not available
        fitted = tuple(world.tables.get("calibrated", ()))
        return Status(kind="own fit" if fitted else "own", fitted=fitted)


def fit_of(scenario: Scenario) -> Fit | None:
    """The bundled fit of a scenario that was itself fitted; None for its variants and for other scenarios."""
    check_kind("scenario", scenario, Scenario)
    return bundled_fit(scenario.name) if scenario.calibrated and scenario.name in bundled_fits() else None


def _carried(scenario: Scenario) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Paths of the fitted numbers that still have their fitted values, and paths of fitted numbers that were changed."""
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
    """The kind of an unfitted scenario."""
    # Other policies on the same organisations and staff are still the bundled example or prior.
    if bundled is None or (scenario.organisations, scenario.staff) != (bundled.organisations, bundled.staff):
        return "own"
    return "prior" if outcomes_for(scenario.name).reading.fits(scenario.name) else "example"


def _fit_behind(scenario: Scenario) -> str | None:
    """The name of the bundled fit with the same paths and values as a scenario's fitted numbers, or None."""
    for name in bundled_fits():
        if bundled_fit(name).setting == dict(scenario.calibrated):
            return name
    return None


@cache
def _bundled(name: str) -> Scenario | None:
    """The bundled scenario with this name, or None."""
    return load_scenario(name) if name in bundled_names() else None


def _numbers(count: int) -> str:
    return "1 number" if count == 1 else f"{count} numbers"
