"""A fit specified in a TOML file, with its scenario, targets, parameters and number of runs, and its result files."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from nhstransit import toml
from nhstransit.errors import CalibrationError, InputError
from nhstransit.files import write_text
from nhstransit.organisations.posts import found
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.scenario.bundled import named_in
from nhstransit.scenario.discrepancy import Discrepancy, read_discrepancy
from nhstransit.studies.blocks import file_sha256
from nhstransit.studies.calibration import calibrate
from nhstransit.studies.ensemble import Ensemble
from nhstransit.studies.fits import Fit
from nhstransit.studies.fitted import Calibration, fit_of, fit_of_matched, write_fit
from nhstransit.studies.likelihood import MODEL_ERROR, Target
from nhstransit.studies.matching import Matched, match
from nhstransit.studies.posterior import Parameter
from nhstransit.studies.study_file import function_named
from nhstransit.toml import Named

Published = Callable[..., tuple[Target, ...]]


@attrs.frozen(kw_only=True)
class LeftOut:
    """A published figure that is not used as a target, and the reason. `name` is the full name of the outcome."""

    name: str
    reason: str


@attrs.frozen(kw_only=True)
class FitFile:
    """The contents of a fit file.

    `about` describes the fit, and `scenario_about` the fitted scenario (by default with the same text). `having` sets
    values in the scenario before fitting, by dotted path. `target` tables define the targets. With `published = true`
    the targets also include all published figures that may be fitted, except those `left_out`. `measure` is the
    "module:function" that computes figures with the targets' names from a run.

    With `discrepancy`, a file of the model's own error by block of figures, the fit is by history matching. `waves` has
    the number of points in each wave, `replications` the number of runs of the unchanged scenario, and `predictive` the
    number of runs at draws from the posterior. `priors` is a file of inputs, in addition to the `parameter` tables. The
    files of `priors` and `discrepancy` are in the folder of the fit file, or bundled.
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
    priors: str = ""
    discrepancy: str = ""
    waves: tuple[int, ...] = (128, 64)
    replications: int = 16
    predictive: int = 0


@attrs.frozen(kw_only=True)
class Priors:
    """The contents of a file of inputs with their priors."""

    about: str = ""
    input: tuple[Parameter, ...]


def read_priors(path: str | Path) -> Priors:
    """Read a file of inputs with their priors. Raises FormatError or CalibrationError if it is not valid."""
    return toml.load(Path(path), Priors)


@attrs.frozen(kw_only=True, eq=False)
class Asked:
    """A fit file and everything loaded from the files and code that it refers to."""

    file: FitFile
    of: str
    scenario: Scenario
    targets: tuple[Target, ...]
    measure: Callable[..., Any]
    parameters: tuple[Parameter, ...] = ()
    discrepancy: Discrepancy | None = None
    hashes: Mapping[str, str] = attrs.field(factory=dict)

    def matched(self, waves: tuple[int, ...] | None = None, begun: Ensemble | None = None, **how: Any) -> Matched:
        """Run the fit by history matching, for a file with a `discrepancy`.

        Args:
            waves: the number of points in each wave; None for the numbers in the file.
            begun: runs made before, with the same inputs.
            how: `store`, `executor` and `progress`, as for `match`.

        Raises:
            CalibrationError: for a file without a discrepancy.
        """
        file = self.file
        if self.discrepancy is None:
            right = "set it to the name of a file with the model's own error by block"
            raise CalibrationError("discrepancy", "is missing", right)
        return match(
            self.scenario,
            self.targets,
            self.parameters,
            self.discrepancy,
            measure=self.measure,
            waves=waves or file.waves,
            replications=file.replications,
            predictive=file.predictive,
            draws=file.draws,
            seed=file.seed,
            begun=begun,
            **how,
        )

    def fitted(self, budget: int | None = None, **how: Any) -> Calibration:
        """Run the fit.

        Args:
            budget: the total number of runs; None for the number in the file.
            how: further arguments of `calibrate`.
        """
        file = self.file
        runs = file.budget if budget is None else budget
        return calibrate(
            self.scenario,
            self.targets,
            self.parameters,
            measure=self.measure,
            seeds=file.seeds,
            budget=runs,
            seed=file.seed,
            draws=file.draws,
            **how,
        )

    def kept(self, found: Calibration | Matched, script: str) -> Fit:
        """The result as a fit to be stored; `script` is the command that made it."""
        file = self.file
        reasons = tuple(f"{one.name}: {one.reason}" for one in file.left_out)
        if isinstance(found, Matched):
            return fit_of_matched(found, about=file.about, script=script, left_out=reasons, hashes=self.hashes)
        return fit_of(found, about=file.about, script=script, model_error=file.model_error, left_out=reasons)

    def variant(self, fit: Fit) -> str:
        """The fitted scenario as TOML text: a variant of the base scenario with the fitted numbers."""
        settings: dict[str, Any] = {}
        for where, value in fit.setting.items():
            path, _, last = where.rpartition(".")
            # A fit stores all values as floats, but a scenario has whole numbers at some paths.
            number = int(value) if self._whole(where) else value
            if path in self.file.having:  # the base scenario lacks this table, so the variant has all of it
                settings.setdefault(path, {})[last] = number
            else:
                settings[where] = number
        file = self.file
        # Empty texts are left out, so that the variant inherits them from its base.
        texts = {"name": file.name, "title": file.title, "about": file.scenario_about or file.about}
        written = {"of": self.of} | {key: text for key, text in texts.items() if text}
        return toml.dumps(written | {"calibrated": settings})

    def _whole(self, path: str) -> bool:
        """Whether the scenario has a whole number at the path."""
        from nhstransit.scenario import part_at

        return type(part_at(self.scenario, path)) is int


def read_fit_file(path: str | Path, *, published: Published | None = None, allow_code: bool = False) -> Asked:
    """Read a fit file. Its scenario is a file in the same folder, or a bundled scenario.

    Args:
        path: the path of the file.
        published: a function that returns published figures as targets, for files with `published = true`.
        allow_code: whether to import the measure, and classes that the scenario uses, from code outside the library.

    Raises:
        FormatError, ScenarioError, CalibrationError, CodeError: for a file that is not valid.
    """
    place = Path(path)
    file = toml.load(place, FitFile)
    try:
        return _made(file, place.parent, published, allow_code=allow_code)
    except InputError as error:
        raise error.in_file(place) from None


def write_folder(asked: Asked, found: Calibration | Matched, folder: Path, *, script: str) -> tuple[Path, ...]:
    """Write the fit, its draws and the fitted scenario into a folder.

    Args:
        asked: the loaded fit file.
        found: the result of the fit.
        folder: the folder to write into, which must exist.
        script: the command that made the fit.

    Returns:
        The paths of the files.
    """
    name = asked.file.name
    fit = asked.kept(found, script)
    write_fit(found, fit, folder, name)
    scenario = folder / f"{name}-scenario.toml"
    write_text(scenario, asked.variant(fit))
    made = folder / f"{name}.toml", folder / f"{name}-draws.csv", scenario
    if not isinstance(found, Matched):
        return made
    ensemble = folder / f"{name}-ensemble.csv"
    found.ensemble.write(ensemble)
    return *made, ensemble


def _made(file: FitFile, folder: Path, published: Published | None, *, allow_code: bool) -> Asked:
    named = named_in(file.scenario, folder, "scenario")
    # A file is recorded with its full path, because the variant may be written into another folder.
    of = str(named.resolve()) if isinstance(named, Path) else named
    scenario = load_scenario(of, allow_code=allow_code)
    for path, item in file.having.items():
        scenario = scenario.having(path, Named(item) if isinstance(item, Mapping) else item)
    targets = file.target
    if file.published:
        if published is None:
            raise CalibrationError(
                "published", "is true, but no published figures are available", "write [[target]] tables instead"
            )
        targets = (*_may(published, file), *targets)
    priors = _beside(file.priors, folder) if file.priors else None
    error = _beside(file.discrepancy, folder) if file.discrepancy else None
    inputs = () if priors is None else read_priors(priors).input
    parameters = (*file.parameter, *inputs)
    if not targets:
        right = "write [[target]] tables, or published = true for the published figures of England"
        raise CalibrationError("target", "is missing", right)
    measure = function_named(file.measure, "measure", allow_code=allow_code)
    # Hashes of the files as they are now, which the stored fit records.
    used = {name: one for name, one in (("priors", priors), ("discrepancy", error)) if one is not None}
    return Asked(
        file=file,
        of=of,
        scenario=scenario,
        targets=targets,
        measure=measure,
        parameters=parameters,
        discrepancy=None if error is None else read_discrepancy(error),
        hashes={name: file_sha256(one) for name, one in used.items()},
    )


def _beside(name: str, folder: Path) -> Path:
    """The path of a file in the folder of the fit file, or of a bundled file."""
    return found(name, folder)


def _may(published: Published, file: FitFile) -> Iterable[Target]:
    """Published figures that may be fitted, without those left out."""
    # An outcome can have several targets, whose names begin with the name of the outcome and a colon.
    names = tuple(one.name for one in file.left_out)
    every = published(model_error=file.model_error)
    return (one for one in every if one.name.partition(":")[0] not in names)
