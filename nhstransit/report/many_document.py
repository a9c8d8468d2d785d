"""The report of a comparison: gaps with their intervals, and the figures that are the same on both sides."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from nhstransit.comparison import Comparison, Comparisons
from nhstransit.comparison.people import INERT, plainly
from nhstransit.comparison.several import FEWEST, paired
from nhstransit.comparison.waterfall import MECHANISMS
from nhstransit.england import status_of
from nhstransit.errors import InputError
from nhstransit.measures.appraisal import Appraisal, present_values
from nhstransit.measures.headline_figures import FIVE, in_words
from nhstransit.measures.real_staff import staff_are_real
from nhstransit.phrases import between, date, inside, listed, number_of, percentages, persons, quantity, signed
from nhstransit.phrases import people as people_in_words
from nhstransit.report.document import UNASSURED, Document, Part, Picture
from nhstransit.report.gaps import gap_told
from nhstransit.report.run_document import NOT_IN_IT, how_made, plots
from nhstransit.report.story import Section
from nhstransit.run import Run
from nhstransit.toml import names_in

if TYPE_CHECKING:
    import pandas as pd

TOLD = 3  # gaps that are put into sentences
ANSWER = "The question and the answer"


def comparison_document(compared: Comparison | Comparisons, *, real: bool | None = None) -> Document:
    """The report of a comparison, of one pair of runs or of several.

    Args:
        compared: the comparison.
        real: whether the staff are real people; by default the answer of `staff_are_real`.

    Raises:
        InputError: the staff are real. The differences between two runs would reveal counts that each run hides.
    """
    pairs = compared.pairs if isinstance(compared, Comparisons) else (compared,)
    one = pairs[0]
    if staff_are_real(one.run) if real is None else real:
        right = "report each run alone, or set real=False if the staff are invented"
        raise InputError("the comparison", "is about real staff, whose small counts its report would reveal", right)
    table = compared.gaps
    # Fewer pairs than this are too few for Student's t, and the report then has no intervals.
    ends = None
    if isinstance(compared, Comparisons) and len(compared) >= FEWEST["t"]:
        ends = compared.intervals()
    differ = [str(name) for name in table.index[table["gap"] != 0]]
    if _alike(table, "recurrent saving", "net recurrent saving"):
        differ = [name for name in differ if name != "recurrent saving"]  # gross and net are equal: show only the net
    sides = _sides(one)
    same = [in_words(str(name)) for name in table.index if not table.loc[name, "gap"]]
    # A figure that neither run has is not in the table.
    asked = [name for name in FIVE if name in table.index]
    gaps = [_sentence(table, ends, name, sides) for name in asked[:TOLD]]
    answer = Section(heading=ANSWER, sentences=(_question(one), _fates_in_words(compared, sides), *gaps))
    five = _side_by_side("Five numbers side by side", table, ends, asked, sides)
    differences = [_side_by_side("Every headline figure that differs", table, ends, differ, sides)]
    if same:
        differences.append(Section.of("What is the same", f"The same in both: {listed(same)}."))
    seeds = [pair.run.seed for pair in pairs]
    parts = [
        Part(heading=ANSWER, sections=(answer,)),
        Part(heading="Five numbers", sections=(five,)),
        _with_what(one),
        Part(
            heading="What differs",
            sections=tuple(differences),
            pictures=(Picture.of("gaps", plots().gaps(compared)),) if differ else (),
        ),
        *_for_whom(one, sides),
        _money(pairs, sides),
        Part(heading="How sure", sections=(Section(heading="How sure", sentences=(_surety(len(pairs)),)),)),
        scope(),
        how_made((one.run, one.baseline), called=("run", "baseline"), seeds=seeds),
    ]
    # One banner if both scenarios have the same.
    banners = dict.fromkeys(status_of(run.scenario).banner for run in (one.run, one.baseline))
    return Document(
        title=_heading(one),
        about="Every gap is the figure of the run minus that of the baseline, over "
        f"{number_of(len(pairs), 'pair')} of runs with the same random numbers.",
        status=(*banners, UNASSURED),
        parts=tuple(parts),
    )


def _title(run: Run) -> str:
    return run.scenario.title or run.scenario.name


def _only_in(run: Run, other: Run) -> list[str]:
    """Titles of the policies that are in a run but not in the other."""
    return [title for name, title in run.scenario.policy_titles.items() if name not in other.scenario.policies]


def _sides(one: Comparison) -> tuple[str, str]:
    """Names for the run and the baseline in sentences and tables, such as "with MARS" and "without MARS"."""
    more = _only_in(one.run, one.baseline)
    less = _only_in(one.baseline, one.run)
    # A single policy that only one side has is the clearest name for both sides.
    if len(more) == 1 and not less:
        return f"with {inside(more[0])}", f"without {inside(more[0])}"
    if len(less) == 1 and not more:
        return f"without {inside(less[0])}", f"with {inside(less[0])}"
    return "in the run", "in the baseline"


def _alike(table: pd.DataFrame, one: str, other: str) -> bool:
    """Whether two figures are the same on both sides."""
    if one not in table.index or other not in table.index:
        return False
    return all(_cell(table, one, side) == _cell(table, other, side) for side in ("run", "baseline"))


def _heading(one: Comparison) -> str:
    """The titles of both scenarios; if they are equal, the title with the policies that only one of them has."""
    run = _title(one.run)
    baseline = _title(one.baseline)
    if run != baseline:
        return f"{run}, compared with {baseline}"
    more = _only_in(one.run, one.baseline)
    less = _only_in(one.baseline, one.run)
    if more and not less:
        return f"{run}, with and without {listed(map(inside, more))}"
    if less and not more:
        return f"{run}, without and with {listed(map(inside, less))}"
    return f"{run}, changed and unchanged"


def _question(one: Comparison) -> str:
    """The question that the comparison answers, which depends on what differs."""
    more = _only_in(one.run, one.baseline)
    less = _only_in(one.baseline, one.run)
    if more and not less:
        return f"What did {listed(map(inside, more))} change?"
    if less and not more:
        return f"What would have been different without {listed(map(inside, less))}?"
    return "What effect did the different settings have?"


def _fates_in_words(compared: Comparison | Comparisons, sides: tuple[str, str]) -> str:
    """How many of the opening staff were in post at the end in both runs, in one of them, or in neither."""
    people = compared.strata["people"]
    # The strata in the order of their table: in post in both runs, only in the baseline, only in the run, in neither.
    here, gone, kept, lost = (float(people[name]) for name in people.index)
    if not gone + kept:
        return "The same people were in post at the end in both runs."
    total = round(here + gone + kept + lost)
    mean = f", on average over {len(compared)} pairs of runs" if isinstance(compared, Comparisons) else ""
    return (
        f"Of {persons(total)} in post on the first day{mean}, {_count(here)} were in post at the end in both runs and "
        f"{_count(lost)} in neither; {_count(gone)} had left only {sides[0]}, and {_count(kept)} only {sides[1]}."
    )


def _count(number: float) -> str:
    """A mean number of people, with one decimal if it is below ten and not whole."""
    return f"{number:.1f}" if number < 10 and number != round(number) else people_in_words(number)


def _sentence(table: pd.DataFrame, ends: pd.DataFrame | None, name: str, sides: tuple[str, str]) -> str:
    low, high = _ends(ends, name)
    gap = float(_cell(table, name, "gap"))
    unit = str(_cell(table, name, "unit"))
    return gap_told(in_words(name), gap, unit, low, high, where=sides[0], than=sides[1])


def _ends(ends: pd.DataFrame | None, name: str) -> tuple[float, float]:
    if ends is None:
        return math.nan, math.nan
    return float(_cell(ends, name, "low")), float(_cell(ends, name, "high"))


def _cell(table: pd.DataFrame, row: Any, column: str) -> Any:
    return table.loc[row, column]


def _side_by_side(
    heading: str, table: pd.DataFrame, ends: pd.DataFrame | None, names: Sequence[str], sides: tuple[str, str]
) -> Section:
    """A table of some figures: run, baseline, gap and interval."""
    rows = []
    for name in names:
        unit = str(_cell(table, name, "unit"))
        run, baseline, gap = (float(_cell(table, name, side)) for side in ("run", "baseline", "gap"))
        row = [in_words(name), level(run, unit), level(baseline, unit), signed(gap, unit)]
        if ends is not None:
            low, high = _ends(ends, name)
            row.append(between(low, high, unit))
        rows.append(tuple(row))
    columns = ("figure", *sides, "gap", *(("95% interval",) if ends is not None else ()))
    nothing = () if rows else ("No headline figure differs.",)
    return Section(heading=heading, sentences=nothing, columns=columns, rows=tuple(rows))


def level(number: float, unit: str) -> str:
    """A figure with its unit, and a minus sign if it is negative."""
    return f"{'−' if number < 0 and round(number) else ''}{quantity(number, unit)}"


def _with_what(one: Comparison) -> Part:
    """What differs: one row for each policy that is in only one scenario, and for each setting, with its path."""
    titles = one.baseline.scenario.policy_titles | one.run.scenario.policy_titles
    rows: dict[tuple[str, ...], None] = {}
    for change in one.changes:
        steps = names_in(change.path)
        # A path into a policy is: policies, the policy's name, then the field.
        name = steps[1] if steps[0] == "policies" and len(steps) > 1 else ""
        inside_run, inside_baseline = (name in run.scenario.policies for run in (one.run, one.baseline))
        # All settings of a policy that only one side has share one row, which the dictionary keeps once, in order.
        if name and inside_run != inside_baseline:
            there = ("in it", "not in it") if inside_baseline else ("not in it", "in it")
            rows[titles[name], *there] = None
        # Titles and names have no effect on a run.
        elif change.path not in INERT:
            what = f"{titles[name]}: {'.'.join(steps[2:])}" if name else change.path
            rows[what, _setting(change.old), _setting(change.new)] = None
    section = Section(
        heading="Compared with what",
        sentences=() if rows else ("No setting differs.",),
        columns=("setting", "in the baseline", "in the run"),
        rows=tuple(rows),
    )
    return Part(heading="Compared with what", sections=(section,))


def _setting(item: Any) -> str:
    """A setting in words: a day as a date, a list with commas, and "none" if it is empty."""
    if item is None or item == () or item == "":
        return "none"
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, dt.date):
        return date(item)
    if isinstance(item, tuple | list):
        return listed(_setting(one) for one in item)
    return plainly(item) if not isinstance(item, str) else item


def _for_whom(one: Comparison, sides: tuple[str, str]) -> list[Part]:
    """The opening staff of the first pair, by whether they were in post at the end of each run; a figure by function."""
    strata = one.strata
    counts = [int(count) for count in strata["people"]]
    fates = (
        "in post in both runs",
        f"not in post only {sides[0]}",
        f"not in post only {sides[1]}",
        "not in post in either",
    )
    rows = tuple(
        (fate, f"{count:,}", share) for fate, count, share in zip(fates, counts, percentages(counts), strict=True)
    )
    section = Section(
        heading="The opening staff at the end of both runs",
        sentences=(f"This table is for the pair of runs with seed {one.run.seed}.",),
        columns=("at the end", "people", "share"),
        rows=rows,
    )
    pictures = []
    if len(one.staff) and not one.divergence.same:
        pictures.append(Picture.of("strata", plots().strata(one)))
    return [Part(heading="Who was affected", sections=(section,), pictures=tuple(pictures))]


def _money(pairs: Sequence[Comparison], sides: tuple[str, str]) -> Part:
    """Net present value on both sides over all pairs, and the waterfall of the cost of staff in the first pair."""
    steps = pairs[0].waterfall
    parts = [(name, float(part)) for name, part in zip(steps.names, steps.parts, strict=True) if part]
    rows = tuple((name, MECHANISMS.get(name, ""), signed(part, steps.unit)) for name, part in parts)
    what = f"{steps.what[:1].upper()}{steps.what[1:].rstrip(',')}"
    start = float(steps.start)
    end = float(steps.end)
    gap = float(steps.gap)
    levels = f"{what}: {level(start, steps.unit)} {sides[1]}, {level(end, steps.unit)} {sides[0]}"
    pair = f"This table is for the pair of runs with seed {pairs[0].run.seed}."
    sections = (
        _worth(pairs, sides),
        Section(
            heading="From the baseline's cost of staff to the run's",
            sentences=(f"{pair} {levels}; a gap of {signed(gap, steps.unit)}.",),
            columns=("mechanism", "what it is", "part of the gap"),
            rows=rows,
        ),
    )
    pictures = (Picture.of("waterfall", plots().waterfall(steps)),) if rows else ()
    return Part(heading="Money", sections=sections, pictures=pictures)


def _worth(pairs: Sequence[Comparison], sides: tuple[str, str]) -> Section:
    """Net present value to the Exchequer and to society: means over the pairs, and the gap with its interval."""
    # Net present values of every pair: first of the runs, then of the baselines, in the same order.
    worth: list[list[Any]] = [
        [present_values(run).loc["total simulated"] for run in runs]
        for runs in ([pair.run for pair in pairs], [pair.baseline for pair in pairs])
    ]
    enough = len(pairs) >= FEWEST["t"]
    rows = []
    said = []
    for view, whose in (("exchequer", "to the Exchequer"), ("social", "to society")):
        ours, theirs = ([float(one[view]) for one in side] for side in worth)
        # Pair by pair, so that the random numbers that both runs share cancel.
        gaps = [mine - other for mine, other in zip(ours, theirs, strict=True)]
        span = paired(gaps) if enough else None
        low, high = (span.low, span.high) if span is not None else (math.nan, math.nan)
        # `fsum` rounds once, so the mean does not depend on the order of the pairs.
        gap = math.fsum(gaps) / len(gaps)
        spans = (between(low, high, "£"),) if enough else ()
        means = (level(math.fsum(side) / len(side), "£") for side in (ours, theirs))
        rows.append((whose, *means, signed(gap, "£"), *spans))
        said.append(gap_told(f"net present value {whose}", gap, "£", low, high, where=sides[0], than=sides[1]))
    text = (
        f"Net present values are over {Appraisal().years} years. Each compares a run with its own first day, so the "
        "difference between them is the value of one run relative to the other. Costs and savings that the author of a "
        "scenario entered are left out."
    )
    columns = ("net present value", *sides, "gap", *(("95% interval",) if enough else ()))
    return Section(heading="Net present value", sentences=(*said, text), columns=columns, rows=tuple(rows))


def _surety(pairs: int) -> str:
    if pairs < FEWEST["t"]:
        return (
            f"There are no intervals: they need at least {FEWEST['t']} pairs of runs, and there "
            f"{'is' if pairs == 1 else 'are'} {pairs}. A gap may be due to chance."
        )
    return (
        f"Intervals are paired 95% intervals (Student's t) over {pairs} pairs of runs. They cover chance, and not the "
        "assumptions, which are the same in all runs."
    )


def scope() -> Part:
    """The part on what the model leaves out, in reports of several runs."""
    return Part(
        heading="Assumptions and scope",
        sections=(Section(heading="Assumptions and scope", sentences=NOT_IN_IT),),
    )
