"""The story of a run: five sentences, then narrow tables; the long ones only where they are asked for.

It is plain data, a list of sections with sentences and rows, so that a terminal, a page and a workbook say the same.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from nhstransit.eventlog import Kind
from nhstransit.metrics import Measures, career, state_on
from nhstransit.metrics.money import EXIT_LINES, PAID, RECEIVED
from nhstransit.metrics.steps import COUNTS
from nhstransit.organisations.bodies import KINDS
from nhstransit.published import Published, status_of
from nhstransit.report import facts, sentences
from nhstransit.report.beside import bridge_section, distance_of, kept_of, published_section
from nhstransit.report.said import date, pounds
from nhstransit.report.section import Section
from nhstransit.run import Run
from nhstransit.run.lives import closing_days
from nhstransit.run.lookup import named
from nhstransit.workforce.codes import Disposition

SHORT = ("applied", "approved", "left", "moved", "arrived")  # steps of a policy that the short table has


def story(
    measures: Measures, *, person: int | None = None, published: Published | None = None, full: bool = False
) -> tuple[Section, ...]:
    """What a run came to: what its numbers rest on, five sentences, and tables.

    Args:
        measures: the run, measured.
        person: whose career is told at the end, by identity; nobody's by default.
        published: the published figures beside the run, where there are such.
        full: the long tables as well: WTE, every step of every policy, what people expected, the accounts, the bridge.

    Raises InputError where nobody in the run has that identity.
    """
    run = measures.run
    parts = [
        _opening(measures, published),
        _bodies(run, full),
        _leaving(measures),
        _steps(measures, full),
        _money(measures),
    ]
    if full:
        parts += [_news(run), _closing(run), _accounts(measures)]
    if published is not None and (full or distance_of(status_of(run.scenario), published).speaks):
        parts += [*([bridge_section(run)] if full else []), published_section(published, full=full)]
    if person is not None:
        parts.append(Section(heading="One person's career", sentences=(str(career(run, person)),)))
    return tuple(parts)


def five_sentences(measures: Measures, published: Published | None = None) -> tuple[str, ...]:
    """Where people went, what it cost, how the pay bill changed, who was lost, how far it is from what was published."""
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
    run, scenario = measures.run, measures.run.scenario
    said = (scenario.about, status_of(scenario).banner, *five_sentences(measures, published), _spread(run))
    return Section(heading=scenario.title or scenario.name, sentences=tuple(part for part in said if part))


def _spread(run: Run) -> str:
    """What is known of the luck in these numbers: ranges are kept of published figures of the fitted world, and no other."""
    begin = f"This is one run, with seed {run.seed}; another seed gives other numbers."
    runs = next((one.runs for one in kept_of(run).values()), 0)
    if not runs:
        return f"{begin} No range is kept of this world."
    return f"{begin} Ranges are the middle 80% of {runs} runs kept with the library; where none stands, none is kept."


def _bodies(run: Run, full: bool) -> Section:
    """People by kind of body at the opening and at the end."""
    kinds, kind = list(KINDS), run.scenario.roster.kind
    rows = []
    for place, name in enumerate(kinds):
        counts = []
        for post in (run.opening_post, run.closing.post):
            held = np.flatnonzero(post >= 0)
            mine = held[kind[run.posts.employer[post[held]]] == place]
            counts += [len(mine), run.people.wte[mine].sum()]
        if any(counts):
            row = (KINDS[name], f"{counts[0]:,}", f"{counts[2]:,}", f"{counts[1]:,.1f}", f"{counts[3]:,.1f}")
            rows.append(row if full else row[:3])
    days = [date(day) for day in (run.scenario.start, run.scenario.end)]
    columns = ("kind of body, people in post on", *days, *(f"WTE on {day}" for day in days))
    return Section(
        heading="Where people worked",
        columns=columns if full else columns[:3],
        rows=tuple(rows),
    )


def _leaving(measures: Measures) -> Section:
    """How people left, what each policy paid for that, and what the posts that went with them save."""
    named, schemes = facts.rule_titles(measures.run), measures.schemes
    rows = []
    for name, route in measures.routes.iterrows():
        cost = saving = gone = 0.0
        if name in schemes.index:
            scheme: dict[Any, Any] = schemes.loc[str(name)].to_dict()
            cost = float(sum(scheme[name] for name in EXIT_LINES.values()))
            saving, gone = float(scheme["saving_a_year"]), float(scheme["posts_removed"])
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
        sentences=(f"{people} departures. They save: posts that went for good, a year, with employers' costs.",),
        columns=("by", "people", "cost", "a person", "posts gone", "they save"),
        rows=tuple(rows),
    )


def _steps(measures: Measures, full: bool) -> Section:
    """How many people each step of the policies concerned."""
    named = facts.rule_titles(measures.run)
    table = measures.schemes[list(COUNTS if full else SHORT)]
    table = table[(table != 0).any(axis=1)]
    counts = [name for name in table.columns if table[name].any()]
    rows = [
        (named[str(name)], *(f"{row[item]:,.0f}" if row[item] else "" for item in counts))
        for name, row in table.iterrows()
    ]
    return Section(
        heading="What employers did",
        sentences=("How many people each policy concerned.",),
        columns=("policy", *(item.replace("_", " ") for item in counts)),
        rows=tuple(rows),
    )


def _money(measures: Measures) -> Section:
    """What was paid in each financial year, line by line."""
    table = measures.accounts
    table = table[table["sort"].isin((PAID, RECEIVED))]
    years, lines = sorted(set(table["financial_year"])), list(dict.fromkeys(table["line"]))
    sums = table.groupby(["line", "financial_year"])["pounds"].sum().to_dict()
    rows = [
        (line, *(pounds(sums[line, year]) if (line, year) in sums else "" for year in years),
         pounds(sum(sums.get((line, year), 0.0) for year in years)))
        for line in lines
    ]  # fmt: skip
    return Section(
        heading="What was paid, by financial year",
        sentences=() if rows else ("Nothing was paid for going, staying or cover.",),
        columns=("line", *years, "in all"),
        rows=tuple(rows),
    )


def _news(run: Run) -> Section:
    """What the news made of people, at the first telling and at the end."""
    heading, told = "What people expect", run.log.changes(Kind.DISPOSITION)
    if not len(told):
        return Section(heading=heading, sentences=("No news reached anybody.",))
    first = int(told.day[0])
    early, late = state_on(run, first), state_on(run, run.scenario.calendar.days - 1)
    paid = named(run, run.log.steps(Kind.SEVERANCE, Kind.IN_LIEU))
    gone, moved = named(run, run.log.exits), named(run, run.log.transfers)
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
        now = (late.post >= 0) & counts[-1]
        rows.append((kind.name.lower() + "s", *(f"{mask.sum():,}" for mask in counts[:-1]), f"{now.sum():,}"))
    text = (
        f"The news of {date(run.scenario.calendar.date(first))} makes of those it reaches leavers, stayers and movers."
    )
    columns = (
        "disposition",
        "then",
        "left unpaid",
        "left with pay",
        "moved",
        "in post at the end",
        "are so at the end",
    )
    return Section(heading=heading, sentences=(text,), columns=columns, rows=tuple(rows))


def _closing(run: Run) -> Section:
    """Where things stood when the last bodies had closed, and at the end."""
    end = state_on(run, run.scenario.calendar.days - 1)
    new = len(run.people) - len(run.scenario.workforce)
    here, elsewhere = len(run.log.arrivals) - new, len(run.log.steps(Kind.BACK))
    text = (
        f"{new:,} people came from outside on the way; {here + elsewhere:,} who had been paid to go came back, {here:,} of "
        f"them to a post in these bodies.{_vacancies(run)} On {date(run.scenario.end)} {(end.post >= 0).sum():,} people are "
        f"in post and {end.vacant.sum():,} funded posts are vacant."
    )
    return Section(heading="How it ended", sentences=(text,))


def _vacancies(run: Run) -> str:
    """Vacancies on the day after the last closure, put off or not, in a sentence; nothing where no body closes."""
    closes = closing_days(run)
    closes = closes[closes < run.scenario.calendar.days - 1]
    if not len(closes):
        return ""
    day = int(closes.max()) + 1
    return f" On {date(run.scenario.calendar.date(day))} {state_on(run, day).vacant.sum():,} funded posts are vacant."


def _accounts(measures: Measures) -> Section:
    table, named = measures.accounts, facts.rule_titles(measures.run)
    columns = ("financial_year", "rule", "line", "pounds", "events")
    rows = [
        (str(year), named.get(rule, rule), str(line), f"{amount:,.2f}", f"{count:,}")
        for year, rule, line, amount, count in zip(*(table[name].tolist() for name in columns), strict=True)
    ]
    paid = table[table["sort"] == PAID]["pounds"].sum() if len(table) else 0.0
    text = f"£{paid:,.2f} was paid for going, staying and cover; every penny stands in the log."
    return Section(
        heading="The accounts",
        sentences=(text,),
        columns=("year", "by", "line", "£", "events"),
        rows=tuple(rows),
    )
