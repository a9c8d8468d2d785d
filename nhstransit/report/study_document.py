"""The report of a study: scenarios side by side, ranked gaps with intervals, and the sources of uncertainty."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nhstransit import tables
from nhstransit.comparison.changes import changes_in_words
from nhstransit.england import statuses_of
from nhstransit.errors import InputError, SweepError
from nhstransit.measures.called import called, unit_of, worth_showing
from nhstransit.measures.suppression import Rule
from nhstransit.organisations.bodies import KINDS, kinds_in_words
from nhstransit.phrases import inside, listed, number_of, percent
from nhstransit.policies.titles import title_of
from nhstransit.report.document import UNASSURED, Document, Part, Picture
from nhstransit.report.gaps import Figures, more_or_less
from nhstransit.report.many_document import ANSWER, TOLD, scope
from nhstransit.report.run_document import in_a_row, made_from, plots, said_of
from nhstransit.report.story import Section
from nhstransit.run.real_staff import stored_staff_are_real
from nhstransit.scenario import Scenario, from_tables
from nhstransit.studies import Study
from nhstransit.studies.results import StoredWorld
from nhstransit.studies.statistics import FEWEST
from nhstransit.synthesis import StaffSynthesis

if TYPE_CHECKING:
    import pandas as pd

COMPARED_WITH = "The scenario with which the others are compared."
NONE = "–"  # instead of a figure that no run has
MEASURES = 6  # the most measures that have a table of their own
BARS = 8  # the most assumptions in the figure of what would change the answer
THIRD = 3  # draws are divided into this many groups by the value of an assumption
FEWEST_DRAWS = 30  # so that each third has ten draws
FAR = 2.0  # standard errors; two groups of draws that differ by more do not differ by chance alone


def study_document(study: Study, *, baseline: str = "", real: bool | None = None) -> Document:
    """The report of a study: scenarios side by side, ranked gaps with intervals, and scenarios that change nothing.

    Args:
        study: the study.
        baseline: the scenario that the others are compared with; "" for the first.
        real: whether the staff are real people, so that small counts are hidden, others rounded, and no figures drawn; by
            default the answer of `stored_staff_are_real` for any of the scenarios.

    Raises:
        SweepError: the study has no scenario of that name.
    """
    names = list(study.results.names)
    ours = baseline or names[0]
    titles = _titles(study, names)
    measures = worth_showing(study.measures)[:MEASURES]
    hide = any(stored_staff_are_real(one.tables) for one in study.worlds().values()) if real is None else real
    figures = Figures(rule=Rule() if hide else None)
    parts = [
        Part(
            heading="Scenarios side by side",
            sections=(_what_they_are(study, titles, ours), _means(study, titles, measures, figures)),
        )
    ]
    # The scenario with the fewest runs decides whether intervals are possible.
    counts = [int((study.results.scenario == place).sum()) for place in range(len(names))]
    runs = min(counts, default=0)
    enough = False
    if len(names) > 1:
        # With several draws of the assumptions, the draws are the independent units; with one draw, the runs are.
        units = len(study.results.settings) if len(study.results.settings) > 1 else runs
        enough = units >= FEWEST
        table = study.gaps(baseline=ours, measures=tuple(measures), level=0.95 if enough else None)
        parts.insert(0, _answer(table, measures, titles, ours, enough, figures))
        parts += [_ranked(study, table, measure, titles, ours, enough, figures) for measure in measures]
    parts += [
        *(() if hide else (_when(study, ours),)),
        _how_sure(study, measures, ours, enough, figures),
        scope(),
        made_from(
            ("runs", f"{len(study):,}"),
            ("draws of the assumptions", f"{len(study.results.settings):,}"),
            ("seeds of the runs", in_a_row(study.results.seed.tolist())),
            *_worlds(study, titles),
            ("digest of all results", study.sha256()),
        ),
    ]
    return Document(
        title=_heading(study, titles, ours),
        about=(
            f"{number_of(len(study), 'run')} of {number_of(len(names), 'scenario')}, with the same random "
            "numbers in each."
        ),
        status=(*_banners(study, titles), UNASSURED, *((f"Disclosure control. {Rule().sentence}",) if hide else ())),
        real=hide,
        parts=tuple(part for part in parts if part.sections or part.pictures),
    )


def _worlds(study: Study, titles: dict[str, str]) -> list[tuple[str, str]]:
    """The digest of each scenario, which covers everything that determines its runs."""
    worlds = study.worlds()
    return [(f"{title}, digest", worlds[name].content) for name, title in titles.items() if name in worlds]


def _titles(study: Study, names: Sequence[str]) -> dict[str, str]:
    """The name of each scenario in the report: its title, or its name in the study if scenarios share a title."""
    worlds = study.worlds()
    found = {name: name for name in names}
    for name in names:
        if name in worlds:
            found[name] = str(worlds[name].tables.get("title") or name)
    every = list(found.values())
    shared = {title for title in every if every.count(title) > 1}  # these would not identify a scenario
    return {name: name if title in shared else title for name, title in found.items()}


def _heading(study: Study, titles: dict[str, str], baseline: str) -> str:
    """The title of the report: the scenarios if they are few, else their number."""
    few = (
        listed(titles.values()) if len(titles) <= TOLD else f"{len(titles)} scenarios compared with {titles[baseline]}"
    )
    worlds = study.worlds()
    common = {str(world.tables.get("title", "")) for world in worlds.values()}
    title = common.pop() if len(common) == 1 else ""
    return f"{title}: {few}" if title and title not in titles.values() else few


def _banners(study: Study, titles: dict[str, str]) -> tuple[str, ...]:
    """The basis of the numbers: one sentence if it is the same for all scenarios, else one per scenario."""
    found = {name: one.banner for name, one in statuses_of(study).items() if name in titles}
    if len(set(found.values())) == 1:
        return (next(iter(found.values())),)
    return tuple(f"{titles[name]}: {banner}" for name, banner in found.items())


def _what_they_are(study: Study, titles: dict[str, str], baseline: str) -> Section:
    """A table of each scenario's changes from the baseline, with its description if no other scenario has the same.

    A scenario made from another inherits the description, which may be wrong for it.
    """
    worlds = study.worlds()
    abouts = dict.fromkeys(titles, "")
    for name in titles:
        if name in worlds:
            abouts[name] = str(worlds[name].tables.get("about", ""))
    common = list(abouts.values())
    rows = []
    for name, title in titles.items():
        parts = [abouts[name]] if common.count(abouts[name]) == 1 else []
        if name == baseline:
            parts = parts or [COMPARED_WITH]
        elif name in worlds and baseline in worlds:
            changes = _changes(worlds[baseline], worlds[name])
            parts += [f"{changes[:1].upper()}{changes[1:]}."] if changes else []
        rows.append((title, " ".join(part for part in parts if part)))
    described = tuple(row for row in rows if row[1]) if len(titles) > 1 else ()
    return Section(heading="The scenarios", columns=("scenario", "description"), rows=described)


def _changes(base: StoredWorld, other: StoredWorld) -> str:
    """The changes from one stored scenario to another in words; only of policies, if they cannot be loaded again."""
    old = _made_again(base)
    new = _made_again(other)
    if old is not None and new is not None:
        return changes_in_words(old, new)
    ours = dict(base.tables.get("policies", {}))
    theirs = dict(other.tables.get("policies", {}))
    named = dict(base.tables.get("titles", {})) | dict(other.tables.get("titles", {}))
    found = []
    for word, mine, rest in (("without", ours, theirs), ("with", theirs, ours)):
        found.append((word, [named.get(one) or title_of(one) for one in mine if one not in rest]))
    return "; ".join(f"{word} {listed(map(inside, names))}" for word, names in found if names)


def _made_again(world: StoredWorld) -> Scenario | None:
    """A scenario from a store, without its staff; None if it needs the user's own class or a file that is missing."""
    try:
        return from_tables(world.tables, staff=StaffSynthesis(margins="", base=""))
    except InputError:
        return None


def _means(study: Study, titles: dict[str, str], measures: list[str], figures: Figures) -> Section:
    table: Any = study.summary(tuple(measures))
    rows = []
    for name, title in titles.items():
        means = [float(table.loc[(name, measure), "mean"]) for measure in measures]
        cells = []
        for mean, measure in zip(means, measures, strict=True):
            cells.append(_or_none(figures.level, mean, unit_of(measure)))
        rows.append((title, *cells))
    return Section(heading="Means over runs", columns=("scenario", *map(called, measures)), rows=tuple(rows))


def _or_none(form: Callable[[float, str], str], number: float, unit: str) -> str:
    """A figure in words; a dash if no run has it."""
    return NONE if math.isnan(number) else form(number, unit)


def _answer(
    table: pd.DataFrame, measures: list[str], titles: dict[str, str], baseline: str, enough: bool, figures: Figures
) -> Part:
    """For each measure, the scenario with the largest gap; then the scenarios that changed nothing."""
    names = list(dict.fromkeys(str(name) for name in table.index.get_level_values("scenario")))
    others = listed(titles[name] for name in names) if len(names) <= TOLD else f"the {len(names)} other scenarios"
    furthest = ", and for the scenario with the largest gap" if len(names) > 1 else ""
    sentences = [
        f"How {'do' if len(names) > 1 else 'does'} {others} differ from {titles[baseline]}?",
        f"Each gap below is the mean over runs with the same random numbers{furthest}.",
    ]
    for measure in measures[:TOLD]:
        mine: Any = table.xs(measure, level="measure")
        # Every run of this measure failed or lacks it, so there is no gap to report.
        if mine["gap"].isna().all():
            continue
        first = mine["gap"].abs().idxmax()
        row = mine.loc[first]
        low = float(row["low"]) if enough else math.nan
        high = float(row["high"]) if enough else math.nan
        gap = float(row["gap"])
        where = f"in {titles[str(first)]}"
        than = f"in {titles[baseline]}"
        sentences.append(figures.told(called(measure), gap, unit_of(measure), low, high, where=where, than=than))
    nothing = [titles[name] for name in names if (table.loc[name]["gap"] == 0.0).all()]
    if nothing:
        sentences.append(f"Scenarios that change none of these figures: {listed(nothing)}.")
    lost = [titles[name] for name in names if table.loc[name]["gap"].isna().all()]
    if lost:
        sentences.append(f"Scenarios that cannot be compared, because runs failed: {listed(lost)}.")
    return Part(heading=ANSWER, sections=(Section(heading=ANSWER, sentences=tuple(sentences)),))


def _ranked(
    study: Study,
    table: pd.DataFrame,
    measure: str,
    titles: dict[str, str],
    baseline: str,
    enough: bool,
    figures: Figures,
) -> Part:
    """The gaps of one measure, the largest first."""
    mine: Any = table.xs(measure, level="measure")
    mine = mine.sort_values("gap", ascending=False, kind="stable")
    unit = unit_of(measure)
    rows = []
    for name, row in mine.iterrows():
        gap, low, high = (float(row[column]) for column in ("gap", "low", "high"))
        known = not math.isnan(low) and not math.isnan(high)
        row_cells = [titles[str(name)], _or_none(figures.signed, gap, unit)]
        if enough:
            row_cells.append(figures.between(low, high, unit) if known else NONE)
        row_cells.append(_verdict(gap, low, high, known, unit))
        rows.append(tuple(row_cells))
    heading = f"Gaps: {called(measure)}"
    columns = ("scenario", "gap", *(("95% interval",) if enough else ()), "in words")
    section = Section(heading=heading, columns=columns, rows=tuple(rows))
    pictures: tuple[Picture, ...] = ()
    # A figure shows exact gaps, so there is none where small counts are hidden.
    if enough and figures.rule is None:
        name = f"gaps-{measure.replace(' ', '-').lower()}"
        drawn = plots().study_gaps(study, baseline=baseline, measure=measure, titles=titles)
        pictures = (Picture.of(name, drawn),)
    return Part(heading=heading, sections=(section,), pictures=pictures)


def _verdict(gap: float, low: float, high: float, enough: bool, unit: str) -> str:
    """A gap in one or a few words, which depend on its interval and unit."""
    if math.isnan(gap):
        return "no runs to compare"
    if not gap and (not enough or low == high):
        return "no difference"
    if not enough:
        return "too few runs to say"
    if low <= 0.0 <= high:
        return "no difference beyond chance"
    return more_or_less(gap, unit)


def _when(study: Study, baseline: str) -> Part:
    """A fan chart of people in post in the kind of organisation that is largest at the end, if stored."""
    largest = ""
    most = 0.0
    for kind in KINDS:
        try:
            heads = study.series(f"heads: {kind}").loc[baseline].to_numpy("float64")
        except (SweepError, KeyError):
            continue  # the study has no such series for the scenario
        last = heads[:, -1] if len(heads) else heads  # the last month of each run, (runs,)
        size = float(np.nanmean(last)) if np.isfinite(last).any() else 0.0
        if size > most:
            largest = kind
            most = size
    if not largest:
        return Part(heading="When")
    what = f"people in post, {kinds_in_words([largest])}"
    drawn = plots().fan(study, series=f"heads: {largest}", scenario=baseline, what=what)
    return Part(heading="When", pictures=(Picture.of("fan", drawn),))


def _how_sure(study: Study, measures: list[str], baseline: str, enough: bool, figures: Figures) -> Part:
    """What the intervals mean, where the variation comes from, and which assumptions would change the answer."""
    how = (
        "Intervals are paired 95% intervals (Student's t). If the interval of a gap contains zero, the gap may be due to "
        "chance."
        if enough
        else f"There are no intervals: they need at least {FEWEST} replications or draws of each scenario."
    )
    sentences = [how]
    failed = int(study.results.failed.sum())
    if failed:
        sentences.append(f"{failed:,} runs failed and are left out.")
    draws = len(study.results.settings)
    if draws == 1:
        sentences.append(
            "All runs have the same assumptions, so they differ by chance alone. To see how much depends on the "
            "assumptions, sweep over draws of them."
        )
    sections = [Section(heading="How sure", sentences=tuple(sentences))]
    pictures: tuple[Picture, ...] = ()
    if draws > 1:
        sections.append(_sources(study, measures, figures))
        found = drivers(study, scenario=baseline, measure=measures[0])
        found.index = [_in_words(study, baseline, str(path)) for path in found.index]
        what = called(measures[0])
        if len(found):
            if figures.rule is None:
                pictures = (Picture.of("tornado", plots().tornado(found.head(BARS), what=what)),)
            sections.append(Section.of("What would change it", _driven(found, what)))
        else:
            sections.append(
                Section.of("What would change it", f"No single assumption changes {what} by more than chance could.")
            )
    return Part(heading="How sure", sections=tuple(sections), pictures=pictures)


def _sources(study: Study, measures: list[str], figures: Figures) -> Section:
    """The variation of runs by source: the scenario, the assumptions that were drawn, and chance."""
    heading = "Where the spread comes from"
    left_out = (
        "The table does not include different opening staff or the model's own error. Either can be larger than the "
        "spread shown."
    )
    rows = []
    for measure in measures:
        try:
            parts: Any = study.variance(measure).loc[measure]
        except SweepError as error:
            return Section(heading=heading, sentences=(f"The spread cannot be divided: {error}.", left_out))
        shares = [float(parts[f"{name} share"]) for name in ("policy", "parameter", "chance")]
        deviations = [math.sqrt(max(float(parts[name]), 0.0)) for name in ("parameter", "chance")]
        rows.append(
            (
                called(measure),
                *(f"±{figures.level(one, unit_of(measure))}" for one in deviations),
                *("–" if share != share else percent(share) for share in shares),
            )
        )
    columns = (
        "figure",
        "spread due to assumptions drawn",
        "spread due to chance",
        "share due to scenario",
        "share due to assumptions",
        "share due to chance",
    )
    text = "Spread is one standard deviation of a single run. Shares are of the variance over all scenarios and runs."
    return Section(heading=heading, sentences=(text, left_out), columns=columns, rows=tuple(rows))


def _in_words(study: Study, name: str, path: str) -> str:
    """An assumption in words: its unit, or its policy and field."""
    world = study.worlds().get(name)
    if world is None:
        return path
    scenario = _made_again(world)
    return path if scenario is None else said_of(scenario, path)


def drivers(study: Study, *, scenario: str, measure: str) -> pd.DataFrame:
    """How much each assumption that was drawn changes a measure, from its lowest to its highest third of the draws.

    Draws are sorted by the value of an assumption. `low` is the mean of the measure over the lowest third less the mean
    over all draws; `high` is that of the highest third less the mean over all. An assumption is left out if the two
    thirds differ by less than two standard errors: other assumptions and chance could cause such a difference.

    Args:
        study: a study with several draws.
        scenario: the scenario.
        measure: the name of a measure.

    Returns:
        Indexed by assumption, the largest change first: low, high, in the measure's unit. Empty for fewer than 30
        draws.

    Raises:
        InputError: the study has no such scenario or measure.
    """
    results = study.results
    if scenario not in results.names or measure not in results.measures:
        raise InputError(
            "drivers",
            f"cannot be found: the study has no measure {measure!r} of a scenario {scenario!r}",
            "name a measure and a scenario of the study",
        )
    # (draws, replications) for this scenario; NaN for runs that failed.
    cells = results.cells(measure)[list(results.names).index(scenario)]
    # A draw counts if at least one of its runs has the measure.
    whole = np.isfinite(cells).any(axis=1)
    means = np.nanmean(cells[whole], axis=1) if whole.any() else np.zeros(0)
    settings = [dict(setting) for setting, there in zip(results.settings, whole.tolist(), strict=True) if there]
    found: dict[str, tuple[float, float]] = {}
    if len(means) >= FEWEST_DRAWS:
        for path in dict.fromkeys(path for setting in settings for path in setting):
            ends = _thirds(means, [setting.get(path) for setting in settings])
            if ends is not None:
                found[path] = ends
    order = sorted(found, key=lambda path: -abs(found[path][1] - found[path][0]))
    columns = {
        "assumption": order,
        "low": [found[path][0] for path in order],
        "high": [found[path][1] for path in order],
    }
    return tables.frame(columns, index="assumption")


def _thirds(means: Any, values: Sequence[Any]) -> tuple[float, float] | None:
    """Mean over the lowest and over the highest third of draws, each less the mean of all; None if the two are alike."""
    # Names and truth values have no order, and so no thirds.
    if not all(isinstance(one, int | float) and not isinstance(one, bool) for one in values):
        return None
    # A stable sort keeps draws of equal value in their order, so the same study has the same thirds.
    order = np.argsort(np.asarray(values, "float64"), kind="stable")
    size = len(order) // THIRD
    low = means[order[:size]]
    high = means[order[-size:]]
    # The standard error of a difference of two independent means.
    variances = float(low.var(ddof=1)) / size + float(high.var(ddof=1)) / size
    error = math.sqrt(variances)
    if abs(float(high.mean() - low.mean())) <= FAR * error:
        return None
    return float(low.mean() - means.mean()), float(high.mean() - means.mean())


def _driven(found: pd.DataFrame, what: str) -> str:
    first = str(found.index[0])
    if len(found) == 1:
        return f"One assumption changes {what} by more than chance could: {first}."
    return f"{len(found)} assumptions change {what} by more than chance could; {first} has the largest effect."
