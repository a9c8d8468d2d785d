"""The sections of a story as plain data and as text. Terminal, page and workbook show the same sentences and rows."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from nhstransit import tables
from nhstransit.errors import check_kind, check_several
from nhstransit.report.grid import grid_lines

if TYPE_CHECKING:
    import pandas as pd
from collections.abc import Mapping
from typing import Any

import numpy as np

from nhstransit.england import (
    Kept,
    Published,
    Row,
    Status,
    bundled_outcomes,
    fit_of,
    interval_names,
    kept_figures,
    kept_intervals,
    kept_names,
    outcomes_for,
    published_beside,
    scope_bridge,
    status_of,
)
from nhstransit.england.intervals import KeptInterval
from nhstransit.england.observe import FEW_DRAWS
from nhstransit.england.validation import MISS, Simulated, verdict_of
from nhstransit.log import Kind
from nhstransit.measures import Measures, career, headlines, state_on
from nhstransit.measures.headline_figures import UNITS, in_words
from nhstransit.measures.money import EXIT_LINES, PAID, RECEIVED
from nhstransit.measures.schemes import COUNTS
from nhstransit.organisations.bodies import KINDS
from nhstransit.phrases import amount, date, per, pounds
from nhstransit.report import facts, sentences
from nhstransit.report.sentences import Distance, Gap
from nhstransit.run import Run
from nhstransit.run.lives import closing_days
from nhstransit.run.lookup import named
from nhstransit.workforce.columns import Disposition

WIDTH = 80  # characters in a line


@attrs.frozen(kw_only=True)
class Section:
    """A section of a story: a heading, sentences, and a table of formatted cells."""

    heading: str
    sentences: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def of(cls, heading: str, text: str = "", table: pd.DataFrame | None = None) -> Section:
        """A section from a paragraph and a table.

        Args:
            heading: the heading.
            text: the paragraph.
            table: a table of formatted cells; None: no table.
        """
        sentences = (text,) if text else ()
        if table is None:
            return cls(heading=heading, sentences=sentences)
        columns = tuple(str(name) for name in table.columns)
        rows = tuple(tuple(map(str, row)) for row in table.itertuples(index=False))
        return cls(heading=heading, sentences=sentences, columns=columns, rows=rows)

    @property
    def text(self) -> str:
        """The sentences in one paragraph."""
        return " ".join(self.sentences)

    @property
    def table(self) -> pd.DataFrame | None:
        """The rows as a table of text; None if the section has no table."""
        return _frame(self.columns, self.rows) if self.columns else None


def as_text(sections: Sequence[Section], width: int = WIDTH) -> str:
    """The sections as text; no line is longer than `width` unless a single word is."""
    check_several("sections", sections)
    return "\n\n".join("\n".join(_lines(section, width)) for section in sections) + "\n"


def _lines(section: Section, width: int) -> list[str]:
    wrapped = [line for sentence in section.sentences for line in _wrapped(sentence, width)]
    return [
        section.heading,
        *wrapped,
        *(grid_lines(section.columns, section.rows, width) if section.rows else []),
    ]


def _wrapped(sentence: str, width: int) -> list[str]:
    """A sentence on as many lines as it needs, all but the first indented. Its own line breaks remain."""
    paper = textwrap.TextWrapper(width=width, subsequent_indent="  ", break_on_hyphens=False, break_long_words=False)
    return [part for line in sentence.splitlines() for part in paper.wrap(line) or [""]]


def _frame(names: Sequence[str], rows: Sequence[Sequence[str]]) -> pd.DataFrame:
    return tables.of_rows(names, rows)


# The story of a run: five sentences, then narrow tables; long tables only on request.

SHORT = ("applied", "approved", "left", "moved", "arrived")  # steps of a policy that the short table shows


def story(
    measures: Measures, *, person: int | None = None, published: Published | None = None, full: bool = False
) -> tuple[Section, ...]:
    """The story of a run: the basis of its numbers, five sentences, and tables.

    Args:
        measures: the measures of the run.
        person: the staff number of a person whose career is printed at the end; None for no career.
        published: published figures compared with the run; None for no comparison.
        full: whether to add the long tables: WTE, every step of every policy, what people expected, the accounts, the
            bridge.

    Raises:
        InputError: nobody in the run has that identity.
    """
    check_kind("measures", measures, Measures)
    run = measures.run
    parts = [
        _opening(measures, published),
        *uncertain(run, full),
        bodies(run, full),
        leaving(measures),
        steps(measures, full),
        money(measures),
    ]
    if full:
        parts += [_news(run), _closing(run), _accounts(measures)]
    # The short story omits published figures that do not describe the scenario; the long story has every figure.
    if published is not None and (full or distance_of(status_of(run.scenario), published).speaks):
        if full and has_bridge(run):
            parts.append(bridge_section(run))
        parts.append(published_section(published, full=full))
    if person is not None:
        parts.append(Section(heading="One person's career", sentences=(str(career(run, person)),)))
    return tuple(parts)


def five_sentences(measures: Measures, published: Published | None = None) -> tuple[str, ...]:
    """Five sentences: where people went, the cost, the pay bill, the people lost, and published figures."""
    check_kind("measures", measures, Measures)
    run = measures.run
    return tuple(
        sentences.five(
            facts.whereabouts_of(run),
            facts.cost_of(measures),
            facts.pay_bill_of(measures),
            facts.lost_of(run),
            distance_of(status_of(run.scenario), published),
        )
    )


def _opening(measures: Measures, published: Published | None) -> Section:
    run = measures.run
    scenario = measures.run.scenario
    parts = (scenario.about, status_of(scenario).banner, *five_sentences(measures, published), spread(run))
    return Section(heading=scenario.title or scenario.name, sentences=tuple(part for part in parts if part))


def spread(run: Run) -> str:
    """Sentences on the random variation of the run's numbers.

    Ranges are stored only for published figures of the fitted scenario.
    """
    begin = f"This is one run, with seed {run.seed}; the numbers differ from seed to seed."
    # All stored figures of a scenario come from the same runs, so any one of them has the number.
    runs = next((one.runs for one in kept_of(run).values()), 0)
    if not runs:
        return f"{begin} No ranges are stored for this scenario."
    return f"{begin} Ranges are the middle 80% of {runs} runs stored with the library; not every number has one."


FOREMOST = (  # headlines that the short page shows with their intervals
    "left without pay",
    "left with pay",
    "moved",
    "exit cost",
    "net recurrent saving",
    "knowledge lost",
    "vacancies at the end",
)


def intervals_of(run: Run) -> Mapping[str, KeptInterval]:
    """The stored intervals by headline and published figure; empty unless the scenario is the bundled fitted one."""
    scenario = run.scenario
    if scenario.name not in interval_names() or status_of(scenario).kind != "fitted":
        return {}
    return kept_intervals(scenario.name)


def uncertain(run: Run, full: bool = False) -> tuple[Section, ...]:
    """The most important headlines, or with `full` all of them, with their stored intervals.

    There is no section unless the scenario is the bundled fitted one.
    """
    kept = intervals_of(run)
    if not kept:
        return ()
    own = headlines(run)
    spreads = {name: kept[name] for name in (UNITS if full else FOREMOST) if name in own and name in kept}
    return (interval_section(spreads, own, "stored"),)


def interval_section(spreads: Mapping[str, Any], own: Mapping[str, float], source: str) -> Section:
    """Headlines of one run with the interval of each, as a section.

    Args:
        spreads: for each headline, an object with `low_90`, `high_90` and `runs`.
        own: the run's own headlines.
        source: "stored", if the intervals come from stored runs; "made now", if they come from runs made now.
    """
    runs = max((one.runs for one in spreads.values()), default=0)
    kind = f"from {runs} runs stored with the library" if source == "stored" else f"from {runs} runs made now"
    text = (
        "Low and high are the ends of a 90% interval. It covers unknown inputs and opening staff, chance and the model's "
        f"own error, and is {kind}."
    )
    rows = [
        (
            in_words(name),
            _figure(own[name], name),
            _figure(one.low_90, name),
            _figure(one.high_90, name),
            UNITS[name].replace("£", "£m"),
        )
        for name, one in spreads.items()
        # A headline that is the same in every run has no interval to show.
        if one.high_90 > one.low_90
    ]
    return Section(
        heading="Headlines and their 90% intervals",
        sentences=(text,),
        columns=("headline", "this run", "low", "high", "unit"),
        rows=tuple(rows),
    )


def _figure(item: float, name: str) -> str:
    if UNITS[name].startswith("£"):
        return f"{item / 1e6:,.1f}"
    return f"{item:,.1f}" if UNITS[name].startswith("%") else f"{item:,.0f}"


def bodies(run: Run, full: bool = False) -> Section:
    """People by kind of organisation on the first and last day."""
    kinds = list(KINDS)
    kind = run.scenario.roster.kind
    rows = []
    for place, name in enumerate(kinds):
        counts = []
        # The post of each person on the first and on the last day, (people,); -1 for no post.
        for post in (run.opening_post, run.closing.post):
            held = np.flatnonzero(post >= 0)
            mine = held[kind[run.posts.employer[post[held]]] == place]
            counts += [len(mine), run.people.wte[mine].sum()]
        # `counts` is: heads and WTE on the first day, then heads and WTE on the last day.
        if any(counts):
            row = (KINDS[name], f"{counts[0]:,}", f"{counts[2]:,}", f"{counts[1]:,.1f}", f"{counts[3]:,.1f}")
            rows.append(row if full else row[:3])
    days = [date(day) for day in (run.scenario.start, run.scenario.end)]
    columns = ("kind of organisation, people in post on", *days, *(f"WTE on {day}" for day in days))
    return Section(
        heading="Where people worked",
        columns=columns if full else columns[:3],
        rows=tuple(rows),
    )


def leaving(measures: Measures) -> Section:
    """How people left, what each policy paid for this, and what the removed posts save."""
    named = facts.rule_titles(measures.run)
    schemes = measures.schemes
    rows = []
    for name, route in measures.routes.iterrows():
        cost = saving = gone = 0.0
        # A route that is no policy, such as resignation, costs nothing and removes no post.
        if name in schemes.index:
            scheme: dict[Any, Any] = schemes.loc[str(name)].to_dict()
            cost = float(sum(scheme[name] for name in EXIT_LINES.values()))
            saving = float(scheme["saving_a_year"])
            gone = float(scheme["posts_removed"])
        rows.append(
            (
                named[str(name)],
                f"{route['people']:,.0f}",
                pounds(cost) if cost else "",
                pounds(cost / route["people"]) if cost and route["people"] else "",
                f"{gone:,.0f}" if gone else "",
                pounds(saving) if saving else "",
            )
        )
    people = f"{measures.routes['people'].sum():,.0f}"
    return Section(
        heading="How people left",
        sentences=(
            f"There were {people} departures. The yearly saving is the pay of removed posts, with employers' costs. "
            "Nothing is deducted for people who came back.",
        ),
        columns=("route", "people", "cost", "cost a person", "posts removed", "saved a year"),
        rows=tuple(rows),
    )


def steps(measures: Measures, full: bool = False) -> Section:
    """How many people took each step of the policies."""
    named = facts.rule_titles(measures.run)
    table = measures.schemes[list(COUNTS if full else SHORT)]
    # Policies that did nothing are left out, and then steps that no policy took.
    table = table[(table != 0).any(axis=1)]
    counts = [name for name in table.columns if table[name].any()]
    rows = [
        (named[str(name)], *(f"{row[item]:,.0f}" if row[item] else "" for item in counts))
        for name, row in table.iterrows()
    ]
    return Section(
        heading="What employers did",
        sentences=("The table shows how many people each policy affected.",),
        columns=("policy", *(item.replace("_", " ") for item in counts)),
        rows=tuple(rows),
    )


def money(measures: Measures) -> Section:
    """What was paid in each financial year, line by line."""
    table = measures.accounts
    table = table[table["sort"].isin((PAID, RECEIVED))]
    # Lines and years without a payment are not in the table; their cells stay empty.
    years = sorted(set(table["financial_year"]))
    lines = list(dict.fromkeys(table["line"]))
    sums = table.groupby(["line", "financial_year"])["pounds"].sum().to_dict()
    rows = []
    for line in lines:
        cells = [pounds(sums[line, year]) if (line, year) in sums else "" for year in years]
        total = sum(sums.get((line, year), 0.0) for year in years)
        rows.append((line, *cells, pounds(total)))
    return Section(
        heading="What was paid, by financial year",
        sentences=() if rows else ("Nothing was paid for exits, retention or cover.",),
        columns=("line", *years, "total"),
        rows=tuple(rows),
    )


def _news(run: Run) -> Section:
    """The intentions of people after the first news, and what they had done by the end."""
    heading = "What people intend"
    news = run.log.changes(Kind.DISPOSITION)
    if not len(news):
        return Section(heading=heading, sentences=("No news reached anybody.",))
    # The log is in order of time, so the first event is the first news.
    first = int(news.day[0])
    early = state_on(run, first)
    late = state_on(run, run.scenario.calendar.days - 1)
    # Masks over everyone who was ever in the run, (people,).
    paid = named(run, run.log.steps(Kind.SEVERANCE, Kind.IN_LIEU))
    gone = named(run, run.log.exits)
    moved = named(run, run.log.transfers)
    rows = []
    for kind in (Disposition.LEAVER, Disposition.STAYER, Disposition.MOVER):
        was = early.disposition == kind
        counts = (
            was,
            was & gone & ~paid,
            was & gone & paid,
            was & moved,
            was & (late.post >= 0),
            late.disposition == kind,
        )
        # The intention of somebody who has left is out of date: only people in post count in the last column.
        now = (late.post >= 0) & counts[-1]
        cells = [f"{mask.sum():,}" for mask in (*counts[:-1], now)]
        rows.append((f"{kind.name.lower()}s", *cells))
    text = (
        f"After the news of {date(run.scenario.calendar.date(first))}, each person who heard it intends to leave, to stay "
        "or to move."
    )
    columns = (
        "intention",
        "after the news",
        "left unpaid",
        "left with pay",
        "moved",
        "in post at the end",
        "with this intention at the end",
    )
    return Section(heading=heading, sentences=(text,), columns=columns, rows=tuple(rows))


def _closing(run: Run) -> Section:
    """People and vacancies after the last closure and at the end."""
    end = state_on(run, run.scenario.calendar.days - 1)
    new = len(run.people) - len(run.scenario.workforce)
    # Everyone who joined from outside arrived once; every further arrival is a return.
    here = len(run.log.arrivals) - new
    elsewhere = len(run.log.steps(Kind.BACK))
    text = (
        f"{new:,} people joined from outside. {here + elsewhere:,} people who were paid to leave came back to the NHS, "
        f"{here:,} of them to a post with these employers.{_vacancies(run)} On {date(run.scenario.end)}, "
        f"{(end.post >= 0).sum():,} people are in post and {end.vacant.sum():,} funded posts are vacant."
    )
    return Section(heading="How it ended", sentences=(text,))


def _vacancies(run: Run) -> str:
    """A sentence on vacancies on the day after the last closure, postponed or not; empty if nothing closes."""
    closes = closing_days(run)
    # A closure on the last day has no day after it in the run.
    closes = closes[closes < run.scenario.calendar.days - 1]
    if not len(closes):
        return ""
    day = int(closes.max()) + 1
    return f" On {date(run.scenario.calendar.date(day))}, {state_on(run, day).vacant.sum():,} funded posts are vacant."


def _accounts(measures: Measures) -> Section:
    table = measures.accounts
    named = facts.rule_titles(measures.run)
    columns = ("financial_year", "rule", "line", "pounds", "events")
    rows = [
        (str(year), named.get(rule, rule), str(line), f"{amount:,.2f}", f"{count:,}")
        for year, rule, line, amount, count in zip(*(table[name].tolist() for name in columns), strict=True)
    ]
    paid = table[table["sort"] == PAID]["pounds"].sum() if len(table) else 0.0
    text = f"In total £{paid:,.2f} was paid for exits, retention and cover. The log has every payment."
    return Section(
        heading="The accounts",
        sentences=(text,),
        columns=("year", "policy or rule", "line", "£", "events"),
        rows=tuple(rows),
    )


# Published figures compared with a run: its distance from them, sections of the story and files of the folder.

Parts = tuple[tuple[str, ...], list[tuple[str, ...]], tuple[str, ...]]  # columns, rows, sentences
SPEAKS = ("fitted", "prior")  # kinds of scenario that the published figures describe


def has_published(run: Run) -> bool:
    """Whether published figures describe what this scenario models."""
    check_kind("run", run, Run)
    return outcomes_for(run.scenario.name).reading.fits(run.scenario.name)


def beside(run: Run) -> Published:
    """The published figures compared with the run's own."""
    check_kind("run", run, Run)
    return published_beside(run, draws=FEW_DRAWS)


def distance_of(status: Status, published: Published | None) -> Distance:
    """How far a run is from published figures.

    A figure that repeats another does not count, nor does a pattern reported in words. A figure counts as reproduced if
    the run is within its tolerance or its wider range, or if the published value is in the middle 80% of stored runs.
    """
    if published is None or status.kind not in SPEAKS:
        return Distance(speaks=False)
    kept = kept_of(published.run)
    fit = fit_of(published.run.scenario)
    rows = judged(published)
    missed = [row for row in rows if verdict(row, kept) == MISS]
    targets = set(fit.fitted_to) if fit else set()
    return Distance(
        speaks=True,
        judged=len(rows),
        given=len(rows) - len(missed),
        fitted=sum(row.figure in targets for row in rows),
        fitted_missed=sum(row.figure in targets for row in missed),
        of_stored=status.missed,
        stored=next((one.runs for one in kept.values()), 0),
        gaps=tuple(_gap(row, kept) for row in _leading(missed)),
    )


def kept_of(run: Run) -> Mapping[str, Kept]:
    """The stored figures of several runs of the scenario, by name; empty unless it is the bundled fitted one."""
    scenario = run.scenario
    return kept_figures(scenario.name) if scenario.name in kept_names() and status_of(scenario).calibrated else {}


def judged(published: Published) -> list[Row]:
    """The figures that the run can be compared with, without figures that only check others."""
    return [row for row in published.rows if row.difference is not None and row.outcome.use != "check"]


def verdict(row: Row, kept: Mapping[str, Kept]) -> str:
    """The verdict on one figure of one run, in the terms that `validate` uses for several runs.

    It takes random variation from the stored runs.
    """
    # The interval of the stored runs is widened where needed, so that it always contains this run.
    own = float(row.simulated or 0.0)
    low = kept[row.figure].low if row.figure in kept else own
    high = kept[row.figure].high if row.figure in kept else own
    simulated = Simulated(mean=own, spread=0.0, low=min(low, own), high=max(high, own))
    return verdict_of(row.published, row.tolerance, row.outcome.band, simulated)


SHOWN = 6  # missed figures shown in the short table


def published_section(published: Published, *, full: bool = False, most: int | None = SHOWN) -> Section:
    """The figures that the run misses, the largest miss first; with `full`, every figure with a simulated value.

    If runs of the scenario are stored, each figure is shown with the middle 80% of them.

    Args:
        published: the published figures.
        full: whether to show every figure with a simulated value.
        most: the largest number of misses shown; None: all.
    """
    kept = kept_of(published.run)
    span = f"middle 80% of {next((one.runs for one in kept.values()), 0)} runs"
    if full:
        columns, rows, sentences = _everything(published, kept, span)
    else:
        columns, rows, sentences = _missed(published, kept, span, most)
    # Without stored runs the column of their ranges would be blank in every row.
    if not kept:
        at = columns.index(span)
        columns = columns[:at] + columns[at + 1 :]
        rows = [row[:at] + row[at + 1 :] for row in rows]
    return Section(heading="Compared with what was published", sentences=sentences, columns=columns, rows=tuple(rows))


def ranges_section(published: Published) -> Section:
    """The run's figures with the middle 80% of the stored runs of the scenario; no rows if none are stored."""
    kept = kept_of(published.run)
    found: dict[Any, tuple[str, ...]] = {}
    for row in judged(published):
        if row.figure in kept:
            # A figure that was published twice has one row.
            found.setdefault(
                (row.outcome.figures, row.outcome.sample, row.figure.partition(": ")[2]),
                (_label(row), _said(row, row.simulated), _span(row, kept)),
            )
    rows = tuple(found.values())
    columns = ("figure", "this run", "middle 80% of stored runs")
    return Section(heading="Ranges due to chance", columns=columns, rows=rows)


def _missed(published: Published, kept: Mapping[str, Kept], span: str, most: int | None) -> Parts:
    """Columns, rows and sentences of the largest misses, `most` of them at most."""
    missed = sorted((row for row in judged(published) if verdict(row, kept) == MISS), key=_off)
    rows: list[tuple[str, ...]] = [
        (_label(row), _said(row, row.published), _said(row, row.simulated), _span(row, kept)) for row in missed[:most]
    ]
    shown = (
        f"; the {len(rows)} largest misses, as a share, are shown" if len(rows) < len(missed) else ", the largest first"
    )
    sentence = (
        f"{len(missed)} figures are missed{shown}. The file published.csv in the results folder has every figure."
    )
    return ("published figure", "published", "this run", span), rows, (sentence,)


def _everything(published: Published, kept: Mapping[str, Kept], span: str) -> Parts:
    """Columns, rows and sentences of all figures with a simulated value, with verdict, grade and source."""
    cited = published.table["source"]
    rows: list[tuple[str, ...]] = [
        (
            _label(row),
            row.unit,
            _said(row, row.published),
            _said(row, row.simulated),
            _span(row, kept),
            verdict(row, kept) if row.difference is not None else "",
            row.outcome.quality,
            str(cited[row.figure]).partition(";")[0],
        )
        for row in published.simulated
    ]
    apart = len(published.rows) - len(rows)
    sentences = (
        "Each figure has its own unit and scope. A figure from a sample of employers is compared with a sample of "
        "the same size from the run.",
        f"{apart} published figures cannot be compared with the run; the file published.csv has the reason for each.",
    )
    return ("published figure", "unit", "published", "this run", span, "verdict", "quality", "source"), rows, sentences


def bridge_section(run: Run) -> Section:
    """From the people in scope in April 2010 to the people transferred in April 2013."""
    frame = scope_bridge(run)
    columns_of = [frame[name].tolist() for name in frame.columns]
    rows = []
    for line, low, high, own, outside in zip(*columns_of, strict=True):
        rows.append((line, _between(low, high), f"{own:,.0f}", f"{outside:+,.0f}" if outside else ""))
    text = (
        "The table shows numbers of people, none of them fitted. They add up only if refills and people from outside the "
        "published base are included."
    )
    columns = ("line", "published or implied", "this run", "outside the base")
    return Section(heading="The scope bridge", sentences=(text,), columns=columns, rows=tuple(rows))


def files(published: Published) -> dict[str, pd.DataFrame]:
    """Tables of published figures for the results folder, by file name."""
    found = {"published.csv": published.table.reset_index()}
    return found | ({"scope-bridge.csv": scope_bridge(published.run)} if has_bridge(published.run) else {})


def has_bridge(run: Run) -> bool:
    """Whether the scope bridge of 2010-13 applies to this scenario."""
    return bundled_outcomes().reading.fits(run.scenario.name)


def _off(row: Row) -> float:
    """The negative size of a miss as a share of the published value, so that the largest miss sorts first."""
    return -abs(row.relative or 0.0)


def _leading(missed: list[Row]) -> list[Row]:
    """Missed national figures, one for each measure, the largest miss first."""
    found: dict[str, Row] = {}
    for row in missed:
        figures = row.outcome.figures
        # A national figure has no sample, no parts, and neither a region nor a function.
        if row.outcome.sample is not None or len(figures) != 1:
            continue
        if not (figures[0].region or figures[0].function):
            found.setdefault(figures[0].measure, row)
    return sorted(found.values(), key=_off)


def _gap(row: Row, kept: Mapping[str, Kept]) -> Gap:
    what = _label(row)
    return Gap(
        what=what[:1].lower() + what[1:],
        simulated=_said(row, row.simulated),
        published=_said(row, row.published),
        span=_span(row, kept),
    )


def _label(row: Row) -> str:
    part = row.figure.partition(": ")[2]  # a figure in parts has the name "outcome: part"
    each = per(row.unit)
    return row.outcome.what + (f" ({part})" if part else "") + (f", {each}" if each else "")


def _said(row: Row, number: float | None) -> str:
    return "pattern" if number is None else amount(number, row.unit)


def _span(row: Row, kept: Mapping[str, Kept]) -> str:
    """The middle 80% of the stored runs, formatted; blank if none are stored."""
    if row.figure not in kept:
        return ""
    one = kept[row.figure]
    low = amount(one.low, row.unit)
    high = amount(one.high, row.unit)
    # Both ends can be the same number after rounding.
    return low if low == high else f"{low} to {high}"


def _between(low: float, high: float) -> str:
    return f"{low:,.0f}" if low == high else f"{low:,.0f} to {high:,.0f}"
