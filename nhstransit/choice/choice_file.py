"""A choice as a study file: its scenarios are the options, and its table `[choice]` holds objectives and uncertainties."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs

from nhstransit.choice.objectives import objectives_of
from nhstransit.choice.result import Choice
from nhstransit.choice.verb import choose
from nhstransit.errors import FormatError, InputError, check_path
from nhstransit.measures import headlines
from nhstransit.measures.decision import decision_figures
from nhstransit.scenario.draws import Draws
from nhstransit.studies.study_file import StudyFile, WrittenObjective, read_study


def choose_file(
    path: str | Path,
    *,
    allow_code: bool = False,
    futures: int | None = None,
    replications: int | None = None,
    store: str | Path | None = None,
    executor: Any = None,
    progress: bool | None = None,
) -> Choice:
    """Make the choice that a study file asks for. The same call with the same store resumes.

    The first scenario is the one as it stands; the others are the options. The draws of the study are the uncertain
    numbers; with `uncertainties = "fit"` those of the scenario's fit are, or are added to them.

    Args:
        path: the TOML file.
        allow_code: whether code that the file names may be imported.
        futures: another number of draws than the file's.
        replications: another number of replications than the file's.
        store: the SQLite file that keeps the results; None: memory.
        executor: a number of processes, or an executor; None: this process.
        progress: whether to show a progress line.

    Raises:
        FormatError: where the file has no choice, or only one scenario; and what `read_study` and `choose` raise, with
            the file's name.
    """
    check_path("path", path)
    read = read_study(path, allow_code=allow_code)
    try:
        return choose(
            **_arguments(read),
            futures=_futures(read, futures),
            replications=read.replications if replications is None else replications,
            store=store,
            executor=executor,
            progress=progress,
        )
    except InputError as error:
        raise error.in_file(path) from None


def _arguments(read: StudyFile) -> dict[str, Any]:
    """What `choose` is given, except numbers of runs and where they go."""
    asked = read.choice
    if asked is None:
        right = "write [choice] with [[choice.objectives]], or give it to `nhstransit sweep`"
        raise FormatError("choice", "is missing", right)
    names = list(read.scenarios)
    if len(names) < 2:
        raise FormatError("scenarios", "are only 1", "list the unchanged scenario first, and then the options")
    library = read.measure in (headlines, decision_figures)
    return {
        "scenario": read.scenarios[names[0]],
        "as_it_stands": names[0],
        "options": {name: read.scenarios[name] for name in names[1:]},
        "objectives": objectives_of(_objective(one) for one in asked.objectives),
        "uncertainties": _uncertainties(asked.uncertainties, read.draws),
        "seed": read.seed,
        "level": asked.level,
        "indifference": asked.indifference,
        "measure": decision_figures if library else read.measure,
    }


def _uncertainties(named: str | None, draws: Draws | None) -> Any:
    """The draws of the file, those of the fit, or both side by side."""
    if named is None or draws is None:
        return named if draws is None else draws
    return [named, draws]


def _objective(written: WrittenObjective) -> dict[str, Any]:
    return {name: item for name, item in attrs.asdict(written).items() if item is not None}


def _futures(read: StudyFile, given: int | None) -> int | None:
    return given if given is not None else read.choice.futures if read.choice else None
