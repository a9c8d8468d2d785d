"""A study as a TOML file: scenarios, designs, draws, replications and seed, which a sweep runs, resumes and extends."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import attrs

from nhstransit import toml
from nhstransit.errors import CodeError, FormatError, InputError, SweepError, nearest
from nhstransit.scenario import Scenario, load_scenario
from nhstransit.sweeps.content import named_function
from nhstransit.sweeps.design import Design, Levels, Range, grid, latin_hypercube, sobol, zipped
from nhstransit.sweeps.draws import Draws, read_draws
from nhstransit.sweeps.plan import Measure
from nhstransit.toml import Named

LEVELLED = {"grid": grid, "zipped": zipped}
SPREAD = {"latin-hypercube": latin_hypercube, "sobol": sobol}


@attrs.frozen(kw_only=True)
class WrittenScenario:
    """One scenario of a study: `base` less some policies, with some things set by dotted path."""

    name: str
    base: str
    without: tuple[str, ...] = ()
    having: Named[Any] = attrs.field(factory=Named)


@attrs.frozen(kw_only=True)
class WrittenLevels:
    """Values that one path takes."""

    path: str
    values: tuple[Any, ...]


@attrs.frozen(kw_only=True)
class WrittenRange:
    """The ends between which one path lies."""

    path: str
    low: Any
    high: Any


@attrs.frozen(kw_only=True)
class WrittenDesign:
    """Scenarios by design: a grid of levels, or levels side by side, around a base."""

    base: str
    kind: str = "grid"
    levels: tuple[WrittenLevels, ...]


@attrs.frozen(kw_only=True)
class WrittenDraws:
    """Draws from a file, or by design."""

    file: str = ""
    kind: str = ""
    points: int = 0
    seed: int = 0
    levels: tuple[WrittenLevels, ...] = ()
    ranges: tuple[WrittenRange, ...] = ()


@attrs.frozen(kw_only=True)
class WrittenStudy:
    """What a study file may hold."""

    title: str = ""
    seed: int
    replications: int
    measure: str = "nhstransit.metrics:headlines"
    series: str = ""
    scenarios: tuple[WrittenScenario, ...] = ()
    designs: tuple[WrittenDesign, ...] = ()
    draws: WrittenDraws | None = None


@attrs.frozen(kw_only=True, eq=False)
class StudyFile:
    """A study file with everything it names made: what `sweep` takes."""

    title: str
    scenarios: dict[str, Scenario]
    draws: Draws | None
    replications: int
    seed: int
    measure: Measure
    series: Measure | None


def read_study(path: str | Path, *, allow_code: bool = False) -> StudyFile:
    """The study in a TOML file; scenario files and files of draws lie beside it, or are bundled.

    A measure of one's own, and what scenario files name, is imported only with `allow_code`, since that runs its code.
    Raises FormatError, ScenarioError or SweepError with the file and the dotted path of the key at fault.
    """
    place = Path(path)
    written = toml.load(place, WrittenStudy)
    try:
        return _made(written, place.parent, allow_code=allow_code)
    except InputError as error:
        raise type(error)(f"{place}: {error.where}", error.wrong, error.right) from None


def _made(written: WrittenStudy, folder: Path, *, allow_code: bool) -> StudyFile:
    @cache
    def base(name: str) -> Scenario:
        beside = name.endswith(".toml") and not Path(name).is_absolute()
        return load_scenario(folder / name if beside else name, allow_code=allow_code)

    scenarios: dict[str, Scenario] = {}
    for one in written.scenarios:
        _add(scenarios, one.name, _scenario(one, base(one.base)))
    for place, design in enumerate(written.designs):
        make = _one_of(design.kind, LEVELLED, f"designs[{place}].kind")
        for name, scenario in make(base(design.base), *_levels(design.levels)).items():
            _add(scenarios, name, scenario)
    if not scenarios:
        raise FormatError("scenarios", "are missing", "write [[scenarios]] with a name and a base, or [[designs]]")
    return StudyFile(
        title=written.title,
        scenarios=scenarios,
        draws=_draws(written.draws, next(iter(scenarios.values())), folder),
        replications=written.replications,
        seed=written.seed,
        measure=_function(written.measure, "measure", allow_code=allow_code),
        series=_function(written.series, "series", allow_code=allow_code) if written.series else None,
    )


def _function(name: str, role: str, *, allow_code: bool) -> Measure:
    """The function of that name: the library's own, or with leave anybody's. Raises CodeError where leave is wanting.

    What a module of the library merely imports, or holds within something else, is not the library's own.
    """
    known = name.startswith(("nhstransit.", "nhstransit:")) and "." not in name.partition(":")[2]
    found = named_function(name, role) if allow_code or known else None
    if found is None or not (allow_code or getattr(found, "__module__", "").startswith("nhstransit.")):
        right = "read it with allow_code=True (--allow-code), if you trust the file"
        raise CodeError(role, f"names code of one's own ({name}), which a file alone may not run", right)
    return found


def _add(scenarios: dict[str, Scenario], name: str, scenario: Scenario) -> None:
    if name in scenarios:
        raise FormatError("scenarios", f"name {name!r} twice", "give each its own name")
    scenarios[name] = scenario


def _scenario(written: WrittenScenario, base: Scenario) -> Scenario:
    try:
        scenario = base.without(*written.without)
        for path, item in _paths(written.having):
            scenario = scenario.having(path, item)
    except InputError as error:
        raise type(error)(f"scenario {written.name!r}: {error.where}", error.wrong, error.right) from None
    return scenario


def _paths(tables: Mapping[str, Any], before: str = "") -> list[tuple[str, Any]]:
    """Dotted paths and values, whether the path was written in quotation marks or without."""
    found: list[tuple[str, Any]] = []
    for name, item in tables.items():
        path = f"{before}.{name}" if before else name
        found += _paths(item, path) if isinstance(item, Mapping) else [(path, item)]
    return found


def _draws(written: WrittenDraws | None, base: Scenario, folder: Path) -> Draws | None:
    if written is None:
        return None
    if written.file:
        return read_draws(folder / written.file)
    made: Design
    if written.kind in LEVELLED:
        made = LEVELLED[written.kind](base, *_levels(written.levels))
    else:
        make = _one_of(written.kind, SPREAD | LEVELLED, "draws.kind")
        ranges = [Range(one.path, one.low, one.high) for one in written.ranges]
        made = make(base, *ranges, points=written.points, seed=written.seed)
    return made.draws


def _levels(written: tuple[WrittenLevels, ...]) -> list[Levels]:
    return [Levels(one.path, *one.values) for one in written]


def _one_of(name: str, known: Mapping[str, Any], place: str) -> Any:
    if name not in known:
        raise SweepError(place, f"is {name!r}", nearest(name, known))
    return known[name]
