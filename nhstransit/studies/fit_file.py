"""A fit specified in a TOML file: scenario, targets, parameters and number of runs; and the files of its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from nhstransit import toml
from nhstransit.errors import CalibrationError, InputError
from nhstransit.files import write_text
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.studies.calibration import calibrate
from nhstransit.studies.fits import Fit
from nhstransit.studies.fitted import Calibration, fit_of, write_fit
from nhstransit.studies.likelihood import MODEL_ERROR, Target
from nhstransit.studies.posterior import Parameter
from nhstransit.studies.study_file import function_named
from nhstransit.toml import Named

Published = Callable[..., tuple[Target, ...]]


@attrs.frozen(kw_only=True)
class LeftOut:
    """A published figure that is not fitted, and the reason. `name` is the outcome's name, with all its parts."""

    name: str
    reason: str


@attrs.frozen(kw_only=True)
class FitFile:
    """What a fit file may hold.

    `about` describes the fit, `scenario_about` the fitted scenario (by default the same text). `having` sets values in
    the scenario before fitting, by dotted path. Targets are the `target` tables. With `published = true` they also
    include all published figures that may be fitted, except those `left_out`. `measure` is "module:function", from a
    run to figures by the targets' names.
    """

    name: str
    title: str = ""
    about: str = ""
    scenario_about: str = ""
    scenario: str
    having: Named[Any] = attrs.field(factory=Named)
    measure: str = "nhstransit.measures:headlines"
    seeds: int = 2
    budget: int = 200
    seed: int = 2010
    draws: int = 200
    model_error: float = MODEL_ERROR
    published: bool = False
    left_out: tuple[LeftOut, ...] = ()
    target: tuple[Target, ...] = ()
    parameter: tuple[Parameter, ...] = ()


@attrs.frozen(kw_only=True, eq=False)
class Asked:
    """A fit file with everything that it names loaded: the arguments of `calibrate`."""

    file: FitFile
    of: str
    scenario: Scenario
    targets: tuple[Target, ...]
    measure: Callable[..., Any]

    def fitted(self, budget: int | None = None, **how: Any) -> Calibration:
        """Run the fit.

        `budget` replaces the file's number of runs where given; `how` holds further arguments of `calibrate`.
        """
        file = self.file
        runs = file.budget if budget is None else budget
        return calibrate(
            self.scenario,
            self.targets,
            file.parameter,
            measure=self.measure,
            seeds=file.seeds,
            budget=runs,
            seed=file.seed,
            draws=file.draws,
            **how,
        )

    def kept(self, found: Calibration, script: str) -> Fit:
        """The calibration as a fit to be stored; `script` is the command that made it."""
        file = self.file
        reasons = tuple(f"{one.name}: {one.reason}" for one in file.left_out)
        return fit_of(found, about=file.about, script=script, model_error=file.model_error, left_out=reasons)

    def variant(self, fit: Fit) -> str:
        """The scenario with the fitted numbers, as TOML: a variant of the scenario that was fitted."""
        settings: dict[str, Any] = {}
        for one in fit.parameter:
            path, _, last = one.path.rpartition(".")
            number = int(one.value) if self._whole(one.path) else one.value
            if path in self.file.having:  # the base lacks this table, so the variant writes the whole of it
                settings.setdefault(path, {})[last] = number
            else:
                settings[one.path] = number
        file = self.file
        said = {"name": file.name, "title": file.title, "about": file.scenario_about or file.about}
        written = {"of": self.of} | {key: text for key, text in said.items() if text}
        return toml.dumps(written | {"calibrated": settings})

    def _whole(self, path: str) -> bool:
        """Whether the scenario has a whole number at the path."""
        from nhstransit.scenario import part_at

        return type(part_at(self.scenario, path)) is int


def read_fit_file(path: str | Path, *, published: Published | None = None, allow_code: bool = False) -> Asked:
    """Read the fit that a TOML file specifies. A scenario file is found beside it, or is a bundled one.

    Args:
        path: the path of the file.
        published: gives published figures as targets, by names and model error; for files with `published = true`.
        allow_code: whether to import a measure, and classes that the scenario names, written by the file's author.

    Raises:
        FormatError, ScenarioError, CalibrationError, CodeError: with the file and what is wrong in it.
    """
    place = Path(path)
    file = toml.load(place, FitFile)
    try:
        return _made(file, place.parent, published, allow_code=allow_code)
    except InputError as error:
        raise error.in_file(place) from None


def write_folder(asked: Asked, found: Calibration, folder: Path, *, script: str) -> tuple[Path, ...]:
    """Write the fit, its draws and the fitted scenario into a folder.

    Args:
        asked: the fit file, loaded.
        found: its calibration.
        folder: the folder to write into, which must exist.
        script: the command that made the fit.

    Returns:
        The paths of the files.
    """
    name, fit = asked.file.name, asked.kept(found, script)
    write_fit(found, fit, folder, name)
    scenario = folder / f"{name}-scenario.toml"
    write_text(scenario, asked.variant(fit))
    return folder / f"{name}.toml", folder / f"{name}-draws.csv", scenario


def _made(file: FitFile, folder: Path, published: Published | None, *, allow_code: bool) -> Asked:
    beside = file.scenario.endswith(".toml") and not Path(file.scenario).is_absolute()
    of = str((folder / file.scenario).resolve()) if beside else file.scenario
    scenario = load_scenario(of, allow_code=allow_code)
    for path, item in file.having.items():
        scenario = scenario.having(path, Named(item) if isinstance(item, Mapping) else item)
    targets = file.target
    if file.published:
        if published is None:
            raise CalibrationError(
                "published", "is true, and no published figures were given", "write [[target]] tables"
            )
        targets = (*_may(published, file), *targets)
    if not targets:
        raise CalibrationError("target", "is missing", "write [[target]] tables, or published = true for England's")
    measure = function_named(file.measure, "measure", allow_code=allow_code)
    return Asked(file=file, of=of, scenario=scenario, targets=targets, measure=measure)


def _may(published: Published, file: FitFile) -> Iterable[Target]:
    """Published figures that may be fitted, less those left out."""
    names = tuple(one.name for one in file.left_out)
    return (one for one in published(model_error=file.model_error) if one.name.partition(":")[0] not in names)
