"""A study as a TOML file, with its scenarios, designs, draws, replications and seed."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import attrs

from nhstransit import toml
from nhstransit.errors import CodeError, FormatError, InputError, SweepError, nearest, shown
from nhstransit.files import leads_out
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.scenario.bundled import named_in
from nhstransit.scenario.draws import NONE, Draws, beside, draws_from_fit, lacks, read_draws
from nhstransit.scenario.own import policies_of
from nhstransit.streams import Luck
from nhstransit.studies.content import named_function
from nhstransit.studies.design import Design, Levels, Range, grid, latin_hypercube, sobol, zipped
from nhstransit.studies.plan import Measure, check_draws, check_replications
from nhstransit.toml import InOrder, Named

LEVELLED = {"grid": grid, "zipped": zipped}
MEASURES = (  # the measures and series that a file may use without `allow_code`
    "nhstransit.measures:headlines",
    "nhstransit.measures.reorganisation:reorganisation",
    "nhstransit.measures.reorganisation:reorganisation_by_month",
    "nhstransit.measures.decision:decision_figures",
    "nhstransit.england:ensemble_figures",
    "nhstransit.england:expected_figures",
    "nhstransit.england:observed_figures",
    "nhstransit.studies:monthly_heads",
)
SPREAD = {"latin-hypercube": latin_hypercube, "sobol": sobol}


@attrs.frozen(kw_only=True)
class WrittenScenario:
    """One scenario of a study: `base` with some policies removed, some added, and some values changed by dotted path."""

    name: str
    base: str
    without: tuple[str, ...] = ()
    policies: Named[Any] = attrs.field(factory=Named)
    having: Named[Any] = attrs.field(factory=Named)


@attrs.frozen(kw_only=True)
class WrittenLevels:
    """A list of values for one path."""

    path: str
    values: tuple[Any, ...]


@attrs.frozen(kw_only=True)
class WrittenRange:
    """The lowest and highest value of one path."""

    path: str
    low: Any
    high: Any


@attrs.frozen(kw_only=True)
class WrittenDesign:
    """A design of scenarios around a base: a grid of levels, or levels in parallel ("zipped")."""

    base: str
    kind: str = "grid"
    levels: tuple[WrittenLevels, ...]


@attrs.frozen(kw_only=True)
class WrittenFit:
    """The draws of a bundled fit: all of its numbers or some, drawn jointly."""

    name: str
    paths: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class WrittenDraws:
    """Draws from a file, from a design, from a fit, or from a design and a fit joined draw by draw."""

    file: str | None = None
    kind: str | None = None
    points: int | None = None
    seed: int | None = None
    levels: tuple[WrittenLevels, ...] | None = None
    ranges: tuple[WrittenRange, ...] | None = None
    fit: WrittenFit | None = None


@attrs.frozen(kw_only=True)
class WrittenObjective:
    """One objective of a choice. `way` may be left out for figures with a usual direction."""

    name: str
    way: str | None = None
    unit: str = ""
    least: float | None = None
    most: float | None = None


@attrs.frozen(kw_only=True)
class WrittenChoice:
    """The settings of `choose` in a study file. The first scenario is the unchanged one; the others are the options."""

    objectives: tuple[WrittenObjective, ...]
    uncertainties: str | None = None
    futures: int | None = None
    level: float = 0.95
    indifference: float | None = None


@attrs.frozen(kw_only=True)
class WrittenStudy:
    """The contents of a study file."""

    title: str = ""
    seed: int
    replications: int
    measure: str = "nhstransit.measures:headlines"
    series: str = ""
    scenarios: tuple[WrittenScenario, ...] = ()
    designs: tuple[WrittenDesign, ...] = ()
    draws: WrittenDraws | None = None
    choice: WrittenChoice | None = None


@attrs.frozen(kw_only=True, eq=False)
class StudyFile:
    """A loaded study file: the arguments of `sweep`, and the settings of `choose`."""

    title: str
    scenarios: dict[str, Scenario]
    draws: Draws | None
    replications: int
    seed: int
    measure: Measure
    series: Measure | None
    choice: WrittenChoice | None = None


def bundled_studies() -> dict[str, Path]:
    """The file path of each bundled study, by the name of the study."""
    with as_file(files("nhstransit.data") / "studies") as folder:
        return {path.stem: path for path in sorted(folder.glob("*.toml"))}


def study_named(name: str | Path) -> Path:
    """The path of a study: the given path if it exists, otherwise the path of the bundled study with this name."""
    known = bundled_studies()
    # A file in the current folder has precedence over a bundled study of the same name.
    if str(name) in known and not Path(name).exists():
        return known[str(name)]
    return Path(name)


def read_study(path: str | Path, *, allow_code: bool = False) -> StudyFile:
    """Read a study from a TOML file. Scenario files and files of draws are in its folder, or bundled.

    Measures and policies written by the user are imported only with `allow_code`, because importing code runs it.

    Raises:
        FormatError, ScenarioError, SweepError: for a file that is not valid, with the dotted path of the wrong key.
    """
    place = Path(path)
    written = toml.load(place, WrittenStudy)
    try:
        return _made(written, place.parent, allow_code=allow_code)
    except InputError as error:
        raise error.in_file(place) from None


def _made(written: WrittenStudy, folder: Path, *, allow_code: bool) -> StudyFile:
    # Several scenarios of a study usually have one base, whose staff should be made only once.
    @cache
    def base(name: str) -> Scenario:
        return load_scenario(named_in(name, folder, "base"), allow_code=allow_code)

    scenarios: dict[str, Scenario] = {}
    for one in written.scenarios:
        made = scenario_of(one, base(one.base), folder=folder, allow_code=allow_code)
        _add(scenarios, one.name, made)
    for place, design in enumerate(written.designs):
        make = _one_of(design.kind, LEVELLED, f"designs[{place}].kind")
        for name, scenario in make(base(design.base), *_levels(design.levels)).items():
            _add(scenarios, name, scenario)
    if not scenarios:
        raise FormatError("scenarios", "are missing", "write [[scenarios]] with a name and a base, or [[designs]]")
    check_replications(written.replications)
    # Draws are checked with every scenario, because a path may exist in some of them only.
    draws = _draws(written.draws, _base(written.draws, scenarios), folder)
    check_draws(scenarios, draws or NONE)
    return StudyFile(
        title=written.title,
        scenarios=scenarios,
        draws=draws,
        replications=written.replications,
        seed=Luck(written.seed).seed,
        measure=function_named(written.measure, "measure", allow_code=allow_code),
        series=function_named(written.series, "series", allow_code=allow_code) if written.series else None,
        choice=written.choice,
    )


def _base(written: WrittenDraws | None, scenarios: dict[str, Scenario]) -> Scenario:
    """The base scenario of the draws: the first scenario that has all their paths, or the first if none has them all."""
    several = list(scenarios.values())
    if written is None:
        return several[0]
    paths = [one.path for one in written.levels or ()] + [one.path for one in written.ranges or ()]
    paths += written.fit.paths if written.fit else ()
    complete = [one for one in several if not any(lacks(one, path) for path in paths)]
    return complete[0] if complete else several[0]


def function_named(name: str, role: str, *, allow_code: bool) -> Measure:
    """The function with the name "module:function".

    Args:
        name: the name of a measure of the library (`MEASURES`), or with `allow_code` of any function.
        role: the purpose of the function, for error messages.
        allow_code: whether code outside the library may be imported and called.

    Raises:
        CodeError: for a function that is not in `MEASURES`, without `allow_code`.
    """
    if name in MEASURES or allow_code:
        return named_function(name, role)
    # A function that some module of the library merely imported is not the library's own: its module shows this.
    known = name.startswith(("nhstransit.", "nhstransit:")) and "." not in name.partition(":")[2]
    if known and str(getattr(named_function(name, role), "__module__", "")).startswith("nhstransit."):
        raise CodeError(role, f"is {shown(name)}, which is not a measure of the library", nearest(name, MEASURES))
    right = "read the file with allow_code=True (--allow-code), if you trust it"
    raise CodeError(role, f"is code outside the library ({name}), which runs only if you allow it", right)


def _add(scenarios: dict[str, Scenario], name: str, scenario: Scenario) -> None:
    if name in scenarios:
        raise FormatError("scenarios", f"the name {name!r} is used twice", "give each scenario a different name")
    scenarios[name] = scenario


def scenario_of(written: Any, base: Scenario, *, folder: Path | None = None, allow_code: bool = False) -> Scenario:
    """Make the scenario of an entry of a file: a base with some policies removed, some added, and some values changed.

    Args:
        written: the entry, with `name`, `without`, `policies` (tables as in a scenario file) and `having` (values by
            path).
        base: the base scenario.
        folder: the folder for the files that its policies refer to.
        allow_code: whether policies written by the user may be imported.

    Raises:
        InputError: for an entry that is not valid, with its name.
    """
    try:
        scenario = base.without(*written.without)
        # Policies are added before values are changed, so that `having` can also change the added policies.
        if written.policies:
            added = policies_of(written.policies, folder, allow_code=allow_code)
            scenario = attrs.evolve(scenario, policies=InOrder({**scenario.policies, **added}))
        for path, item in _paths(written.having):
            scenario = scenario.having(path, item)
    except InputError as error:
        raise error.after(f"scenario {written.name!r}") from None
    changed = written.without or written.policies or written.having
    return attrs.evolve(scenario, about="") if changed else scenario  # the base's description may no longer be true


def _paths(tables: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Dotted paths and values. TOML nests a path that is written without quotation marks; both forms are accepted."""
    found: list[tuple[str, Any]] = []
    for name, item in tables.items():
        path = f"{before}.{name}" if before else name
        found += _paths(item, path) if isinstance(item, Mapping) else [(path, item)]
    return found


def _beside(folder: Path, name: str) -> Path:
    """The path of a file of draws in the study's folder. Raises FormatError for a path outside the folder."""
    path = folder / name
    # A link inside the folder may lead out of it, so the resolved path is checked too.
    if leads_out(name) or not path.resolve().is_relative_to(folder.resolve()):
        right = "give a file in the folder of the study file, or in a folder below it"
        raise FormatError("draws.file", f"is {shown(name)}, which is outside the study's folder", right)
    return path


def _draws(written: WrittenDraws | None, base: Scenario, folder: Path) -> Draws | None:
    if written is None:
        return None
    if written.file is not None:
        _only(written, ("file",), "together with `file`")
        return read_draws(_beside(folder, written.file))
    if written.fit is None:
        return _designed(written, base)
    fit = draws_from_fit(written.fit.name, base, *written.fit.paths)
    # A fit alone, a design alone, or both joined: then the fit has one draw for each point of the design.
    if written.kind is None:
        _only(written, ("fit", "points"), "with `fit` and without `kind`")
        return _first(fit, written.points)
    made = _designed(written, base)
    return beside([_first(fit, len(made)), made])


def _first(fit: Draws, points: int | None) -> Draws:
    """The first draws of a fit. Raises FormatError for a number below 1, and for more draws than the fit has."""
    if points is None or not 0 < points <= len(fit):
        raise FormatError(
            "draws.points",
            f"is {points}, but the fit has {len(fit):,} draws",
            "give at least 1, and at most the number of draws of the fit",
        )
    return attrs.evolve(fit, rows=fit.rows[:points])


def _designed(written: WrittenDraws, base: Scenario) -> Draws:
    """The draws of the design alone, without the draws of a fit."""
    kind = written.kind or ""
    make = _one_of(kind, SPREAD | LEVELLED, "draws.kind")
    made: Design
    if kind in LEVELLED:
        _only(written, ("kind", "levels", "fit"), f"with kind {kind!r}")
        made = make(base, *_levels(written.levels or ()))
    else:
        _only(written, ("kind", "points", "seed", "ranges", "fit"), f"with kind {kind!r}")
        ranges = [Range(one.path, one.low, one.high) for one in written.ranges or ()]
        made = make(base, *ranges, points=written.points or 0, seed=written.seed or 0)
    return made.draws


def _only(written: WrittenDraws, keys: tuple[str, ...], where: str) -> None:
    """Raise FormatError for a key of draws that would have no effect."""
    for field in attrs.fields(WrittenDraws):
        if field.name not in keys and getattr(written, field.name) is not None:
            right = f"leave it out; the keys used are {', '.join(keys)}"
            raise FormatError(f"draws.{field.name}", f"is not used {where}", right)


def _levels(written: tuple[WrittenLevels, ...]) -> list[Levels]:
    return [Levels(one.path, *one.values) for one in written]


def _one_of(name: str, known: Mapping[str, Any], place: str) -> Any:
    if name not in known:
        raise SweepError(place, f"is {name!r}", nearest(name, known))
    return known[name]
