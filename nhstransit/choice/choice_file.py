"""A choice as a study file: the scenarios are the options; the table `[choice]` has the objectives and uncertainties."""

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
    """Make the choice that a study file describes. The same call with the same store resumes an interrupted choice.

    The first scenario is the unchanged one; the other scenarios are the options. The uncertain numbers are the study's
    draws, the draws of the scenario's fit (`uncertainties = "fit"`), or both together.

    Args:
        path: the TOML file.
        allow_code: whether Python code named in the file may be imported.
        futures: the number of draws; None for the number in the file.
        replications: the number of replications; None for the number in the file.
        store: the path of an SQLite file for the results; None to hold them in memory.
        executor: a number of processes, or an executor; None for this process alone.
        progress: whether to show a progress line.

    Raises:
        FormatError: if the file has no `[choice]` table, or only one scenario. Errors of `read_study` and `choose` are
            raised with the file's name added.
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
    """The arguments of `choose` that come from the file alone: all but the run counts, the store and the executor."""
    asked = read.choice
    if asked is None:
        right = "add a [choice] table with [[choice.objectives]], or run the file with `nhstransit sweep`"
        raise FormatError("choice", "is missing", right)
    names = list(read.scenarios)
    if len(names) < 2:
        raise FormatError("scenarios", "has only 1 entry", "list the unchanged scenario first, and then the options")
    # The library's headlines lack some of the figures that a choice can use, so its own measures are replaced.
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
    """The file's draws, "fit" for the fit's draws, or a list of both, which are joined draw by draw."""
    if named is None or draws is None:
        return named if draws is None else draws
    return [named, draws]


def _objective(written: WrittenObjective) -> dict[str, Any]:
    return {name: item for name, item in attrs.asdict(written).items() if item is not None}


def _futures(read: StudyFile, given: int | None) -> int | None:
    if given is not None:
        return given
    return read.choice.futures if read.choice else None
