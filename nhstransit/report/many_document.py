"""The reports of a comparison, a study and a validation: gaps with intervals, and what changed nothing by name."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nhstransit.comparison import Comparison, Comparisons
from nhstransit.comparison.several import FEWEST
from nhstransit.england import status_of
from nhstransit.england.validation import Validation
from nhstransit.errors import InputError
from nhstransit.measures.headline_figures import UNITS
from nhstransit.measures.real_staff import staff_are_real
from nhstransit.phrases import listed
from nhstransit.report.document import Document, Part, Picture
from nhstransit.report.gaps import gap_told, said, signed
from nhstransit.report.run_document import NOT_IN_IT, how_made
from nhstransit.report.story import Section
from nhstransit.run import Run
from nhstransit.studies import Study
from nhstransit.studies.statistics import FEWEST as FEWEST_UNITS

if TYPE_CHECKING:
    import pandas as pd

FIVE = ("left", "exit cost", "net recurrent saving", "closing heads", "knowledge lost")  # the five numbers of a page
TOLD = 3  # gaps told in sentences
MEASURES = 6  # most measures of a study that have a table of their own


def comparison_document(compared: Comparison | Comparisons, *, real: bool | None = None) -> Document:
    """The report of a comparison, of one pair of runs or of several.

    Args:
        compared: the comparison.
        real: whether the staff are real people; by default the answer of `staff_are_real`.

    Raises:
        InputError: the staff are real: the differences of two worlds would give away what each of them hides.
    """
    pairs = compared.pairs if isinstance(compared, Comparisons) else (compared,)
    one = pairs[0]
    if staff_are_real(one.run) if real is None else real:
        right = "report each run alone, or say real=False of staff that are invented"
        raise InputError("a comparison", "is about real staff, whose small counts it would give away", right)
    table = compared.gaps
    ends = None
    if isinstance(compared, Comparisons) and len(compared) >= FEWEST["t"]:
        ends = compared.intervals()
    differ = list(table.index[table["gap"] != 0])
    same = [str(name) for name in table.index if name not in differ]
    # The largest gaps as shares of the baseline come first; the five numbers of every page stand apart.
    asked = [name for name in FIVE if name in table.index]
    told = [_sentence(table, ends, name) for name in asked[:TOLD]]
    answer = Section(heading="The question and the answer", sentences=(*compared.sentences(), *told))
    parts = [
        Part(heading="The question and the answer", sections=(answer,)),
        Part(heading="Five numbers", sections=(_side_by_side("Five numbers beside the baseline", table, ends, asked),)),
        _with_what(one),
        Part(
            heading="What differs",
            sections=(
                _side_by_side("Every headline figure that differs", table, ends, differ),
                *((Section.of("What changed nothing", f"The same in both: {listed(same)}."),) if same else ()),
            ),
            pictures=(Picture.of("gaps", _plots().gaps(compared)),) if differ else (),
        ),
        *_for_whom(one),
        Part(heading="How sure", sections=(Section(heading="How sure", sentences=(_surety(len(pairs)),)),)),
        _scope(),
        how_made((one.run, one.baseline)),
    ]
    return Document(
        title=f"{_title(one.run)}, compared with {_title(one.baseline)}",
        about=f"Every gap is the run less the baseline, over {len(pairs)} {'pair' if len(pairs) == 1 else 'pairs'} of runs "
        "with the same luck.",
        status=tuple(dict.fromkeys(status_of(run.scenario).banner for run in (one.run, one.baseline))),
        parts=tuple(parts),
    )


def _title(run: Run) -> str:
    return run.scenario.title or run.scenario.name


def _sentence(table: pd.DataFrame, ends: pd.DataFrame | None, name: str) -> str:
    low, high = _ends(ends, name)
    return gap_told(name, float(_cell(table, name, "gap")), str(_cell(table, name, "unit")), low, high)


def _ends(ends: pd.DataFrame | None, name: str) -> tuple[float, float]:
    if ends is None:
        return math.nan, math.nan
    return float(_cell(ends, name, "low")), float(_cell(ends, name, "high"))


def _cell(table: pd.DataFrame, row: str, column: str) -> Any:
    return table.loc[row, column]


def _side_by_side(heading: str, table: pd.DataFrame, ends: pd.DataFrame | None, names: Sequence[str]) -> Section:
    """Run, baseline, gap and interval of some figures."""
    rows = []
    for name in names:
        unit = str(_cell(table, name, "unit"))
        run, baseline, gap = (float(_cell(table, name, side)) for side in ("run", "baseline", "gap"))
        row = [name, _level(run, unit), _level(baseline, unit), signed(gap, unit)]
        if ends is not None:
            low, high = _ends(ends, name)
            row.append(f"{signed(low, unit)} to {signed(high, unit)}")
        rows.append(tuple(row))
    columns = ("figure", "run", "baseline", "gap", *(("95% interval",) if ends is not None else ()))
    nothing = () if rows else ("No headline figure differs.",)
    return Section(heading=heading, sentences=nothing, columns=columns, rows=tuple(rows))


def _level(number: float, unit: str) -> str:
    return f"{'−' if number < 0 and round(number) else ''}{said(number, unit)}"


def _with_what(one: Comparison) -> Part:
    changes = one.settings
    rows = tuple((str(path), str(row["old"]), str(row["new"])) for path, row in changes.iterrows())
    section = Section(
        heading="Compared with what",
        sentences=() if rows else ("No setting differs.",),
        columns=("setting", "baseline", "run"),
        rows=rows,
    )
    return Part(heading="Compared with what", sections=(section,))


def _for_whom(one: Comparison) -> list[Part]:
    """Whom it touched, in the first pair: people by what became of them in either world, and by function."""
    strata = one.strata
    rows = tuple((str(name), f"{int(row['people']):,}", f"{row['share']:.0%}") for name, row in strata.iterrows())
    section = Section(
        heading="What became of the opening staff in either world",
        sentences=(f"The pair of runs with seed {one.run.seed}.",),
        columns=("at the end", "people", "share"),
        rows=rows,
    )
    pictures = []
    if len(one.staff) and not one.divergence.same:
        pictures.append(Picture.of("strata", _plots().strata(one)))
    return [Part(heading="Who bore it", sections=(section,), pictures=tuple(pictures))]


def _surety(pairs: int) -> str:
    if pairs < FEWEST["t"]:
        return (
            f"There are no intervals: {pairs} of at least {FEWEST['t']} pairs of runs that they need. A gap may be chance, "
            "and none is called a difference here."
        )
    return (
        f"Intervals are paired 95% intervals by Student's t over {pairs} pairs of runs: they say what chance could do, and "
        "nothing about the assumptions, which are the same in all of them."
    )


def _scope() -> Part:
    return Part(
        heading="Assumptions and scope",
        sections=(Section(heading="Assumptions and scope", sentences=NOT_IN_IT),),
    )


def study_document(study: Study, *, baseline: str = "") -> Document:
    """The report of a study: variants side by side, ranked gaps with intervals, the ones that changed nothing by name.

    Args:
        study: the study.
        baseline: the scenario with which the others are compared; "" for the first.

    Raises:
        SweepError: the study has no scenario of that name.
    """
    names = list(study.results.names)
    ours = baseline or names[0]
    measures = [name for name in FIVE if name in study.measures] or list(study.measures)
    measures = measures[:MEASURES]
    parts = [Part(heading="Variants side by side", sections=(_means(study, names, measures),))]
    runs = int(min((study.results.scenario == place).sum() for place in range(len(names)))) if names else 0
    enough = False
    if len(names) > 1:
        units = len(study.results.settings) if len(study.results.settings) > 1 else runs
        enough = units >= FEWEST_UNITS
        table = study.gaps(baseline=ours, measures=tuple(measures), level=0.95 if enough else None)
        parts.insert(0, _study_answer(table, measures, ours, enough))
        parts += [_ranked(study, table, measure, ours, enough) for measure in measures]
    how = (
        "Intervals are paired 95% intervals by Student's t; a gap whose interval holds zero is not called a difference."
        if enough
        else f"There are no intervals: they need at least {FEWEST_UNITS} replications or draws of each scenario."
    )
    failed = int(study.results.failed.sum())
    parts += [
        Part(
            heading="How sure",
            sections=(
                Section(
                    heading="How sure",
                    sentences=(how, *((f"{failed:,} runs failed and are left out.",) if failed else ())),
                ),
            ),
        ),
        _scope(),
        Part(
            heading="How it was made",
            sections=(
                Section(
                    heading="How it was made",
                    columns=("what", "which"),
                    rows=(("runs", f"{len(study):,}"), ("digest of all results", study.sha256())),
                ),
            ),
        ),
    ]
    return Document(
        title=f"{len(names)} {'scenario' if len(names) == 1 else 'scenarios'} side by side",
        about=repr(study),
        status=("A study holds figures and not its worlds: what each scenario rests on is said where it is run.",),
        parts=tuple(parts),
    )


def _means(study: Study, names: list[str], measures: list[str]) -> Section:
    table = study.summary(tuple(measures))
    rows = tuple(
        (name, *(_level(float(_cell(table, (name, measure), "mean")), UNITS.get(measure, "")) for measure in measures))  # type: ignore[arg-type]
        for name in names
    )
    return Section(heading="Means over runs", columns=("scenario", *measures), rows=rows)


def _study_answer(table: pd.DataFrame, measures: list[str], baseline: str, enough: bool) -> Part:
    """Per measure: the scenario with the largest gap, and the scenarios that changed nothing."""
    told = [f"Every gap is a scenario less {baseline}, run by run with the same luck."]
    for measure in measures[:TOLD]:
        mine: Any = table.xs(measure, level="measure")
        first = mine["gap"].abs().idxmax()
        row = mine.loc[first]
        ends = (float(row["low"]), float(row["high"])) if enough else (math.nan, math.nan)
        told.append(f"Furthest apart is {first}. {gap_told(measure, float(row['gap']), UNITS.get(measure, ''), *ends)}")
    nothing = [
        str(name)
        for name in dict.fromkeys(table.index.get_level_values("scenario"))
        if not table.loc[name]["gap"].any()
    ]
    if nothing:
        told.append(f"Changed nothing in these figures: {listed(nothing)}.")
    return Part(
        heading="The question and the answer",
        sections=(Section(heading="The question and the answer", sentences=tuple(told)),),
    )


def _ranked(study: Study, table: pd.DataFrame, measure: str, baseline: str, enough: bool) -> Part:
    """The gaps of one measure, the largest first."""
    mine: Any = table.xs(measure, level="measure")
    mine = mine.sort_values("gap", ascending=False, kind="stable")
    unit = UNITS.get(measure, "")
    rows = tuple(
        (
            str(name),
            signed(float(row["gap"]), unit),
            f"{signed(float(row['low']), unit)} to {signed(float(row['high']), unit)}" if enough else "",
            _verdict(float(row["gap"]), float(row["low"]), float(row["high"]), enough),
        )
        for name, row in mine.iterrows()
    )
    heading = f"Gaps: {measure}"
    section = Section(heading=heading, columns=("scenario", "gap", "95% interval", "in words"), rows=rows)
    pictures: tuple[Picture, ...] = ()
    if enough:
        name = f"gaps-{measure.replace(' ', '-')}"
        pictures = (Picture.of(name, _plots().study_gaps(study, baseline=baseline, measure=measure)),)
    return Part(heading=heading, sections=(section,), pictures=pictures)


def _verdict(gap: float, low: float, high: float, enough: bool) -> str:
    if not gap and (not enough or low == high):
        return "no difference"
    if not enough:
        return "too few runs to say"
    if low <= 0.0 <= high:
        return "no difference beyond chance"
    return "more" if gap > 0 else "less"


def validation_document(found: Validation) -> Document:
    """The report of a validation: every figure that a run can give, with its verdict; the misses come first, by name."""
    missed = {one.name for one in found.misses}
    table = found.table
    simulated = table[table["simulated"].notna()]
    sections = []
    for heading, part in (
        ("Missed", simulated[[name in missed for name in simulated.index]]),
        ("Met", simulated[[name not in missed for name in simulated.index]]),
    ):
        rows = tuple(
            (
                str(name),
                str(row["role"]),
                f"{row['published']:,.4g}" if row["published"] == row["published"] else "in words",
                f"{row['simulated']:,.4g}",
                f"{row['low']:,.4g} to {row['high']:,.4g}",
                str(row["unit"]),
                str(row["verdict"]),
            )
            for name, row in part.iterrows()
        )
        columns = ("figure", "role", "published", "simulated", "middle 80%", "unit", "verdict")
        nothing = () if rows else (f"{heading}: none.",)
        sections.append(Section(heading=heading, sentences=nothing, columns=columns, rows=rows))
    told = (
        f"{len(found.misses)} of {len(found.judged)} published figures that a run can give are missed, over {found.runs} "
        "runs."
    )
    broken = tuple(f"Broken identity: {one}." for one in found.broken)
    return Document(
        title=f"{found.scenario.title or found.scenario.name} beside what was published",
        about=found.scenario.about,
        status=(status_of(found.scenario).banner,),
        parts=(
            Part(
                heading="The question and the answer",
                sections=(Section(heading="The question and the answer", sentences=(told, *broken)),),
                pictures=(Picture.of("validation", _plots().validation(found)),) if len(simulated) else (),
            ),
            Part(heading="Where the model misses", sections=(sections[0],)),
            Part(heading="Where it does not", sections=(sections[1],)),
        ),
    )


def _plots() -> Any:
    from nhstransit import plots  # matplotlib is slow to load

    return plots
