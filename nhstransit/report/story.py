"""The story of a run: a few sections, each a sentence or two and perhaps a table, for a terminal or a page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.eventlog import MOVEMENTS, Kind
from nhstransit.metrics import Measures, career, state_on
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.workforce.codes import Disposition

if TYPE_CHECKING:
    import pandas as pd


@attrs.frozen(eq=False)
class Section:
    """A part of a story: heading, sentences, and a table whose numbers are ready to print."""

    heading: str
    text: str
    table: pd.DataFrame | None = None


def story(measures: Measures, *, staff: int | None = None) -> tuple[Section, ...]:
    """The transition from its opening to its close, the accounts, and one person's career.

    `staff` says whose; without it, of those who were there at the start the one to whom most happened.
    """
    run = measures.run
    return (
        _opening(run),
        _news(run),
        _schemes(measures),
        _ways(measures),
        _closing(run),
        _accounts(measures),
        _career(run, _eventful(run) if staff is None else staff),
    )


def _opening(run: Run) -> Section:
    scenario = run.scenario
    heads, wte = (run.opening_post >= 0).sum(), run.people.wte[run.opening_post >= 0].sum()
    employers = len(np.unique(run.people.employer[run.opening_post >= 0]))
    text = f"On {scenario.start} {heads:,} people ({wte:,.1f} WTE) work for {employers} bodies."
    return Section(scenario.title or scenario.name, f"{scenario.about} {text}".strip(), _by_kind(run))


def _by_kind(run: Run) -> pd.DataFrame:
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
            rows.append((KINDS[name], f"{counts[0]:,}", f"{counts[1]:,.1f}", f"{counts[2]:,}", f"{counts[3]:,.1f}"))
    names = ("kind of body", "people at the start", "WTE", "people at the end", "WTE at the end")
    return _table(names, rows)


def _news(run: Run) -> Section:
    """What the news made of people, at the first telling and at the end."""
    told = run.log.of(Kind.DISPOSITION)
    if not len(told):
        return Section("What people expect", "No news reached anybody.")
    first = int(told.day[0])
    early, late = state_on(run, first), state_on(run, run.scenario.calendar.days - 1)
    rows = []
    for kind in (Disposition.LEAVER, Disposition.STAYER, Disposition.MOVER):
        was = early.disposition == kind
        now = (late.post >= 0) & was
        moved = np.isin(run.people.staff, run.log.of(Kind.MOVED).staff) & was
        rows.append((kind.name.lower() + "s", f"{was.sum():,}", f"{now.sum():,}", f"{moved.sum():,}"))
    text = f"The news of {run.scenario.calendar.date(first)} makes of those it reaches leavers, stayers and movers."
    return Section("What people expect", text, _table(("disposition", "then", "still in post", "moved"), rows))


def _schemes(measures: Measures) -> Section:
    """What the policies did, but for those that only tell."""
    table = measures.schemes
    table = table[(table != 0).any(axis=1)]
    counts = [name for name in table.columns[:10] if table[name].any()]
    sums = [name for name in table.columns[10:] if table[name].any()]
    rows = [
        (name, *(f"{row[item]:,.0f}" for item in counts), *(f"{row[item]:,.0f}" for item in sums))
        for name, row in table.iterrows()
    ]
    names = ("policy", *(item.replace("_", " ") for item in counts), *(f"{item.replace('_', ' ')}, £" for item in sums))
    return Section("What employers did", f"{len(table)} policies touched somebody.", _table(names, rows))


def _ways(measures: Measures) -> Section:
    table = measures.routes
    rows = [(str(name).replace("-", " "), f"{row.heads:,.0f}", f"{row.wte:,.1f}") for name, row in table.iterrows()]
    text = f"{table['heads'].sum():,.0f} people left."
    return Section("How people left", text, _table(("by", "people", "WTE"), rows))


def _closing(run: Run) -> Section:
    end = state_on(run, run.scenario.calendar.days - 1)
    moves, came = run.log.of(*MOVEMENTS), run.log.of(Kind.ARRIVED)
    text = (
        f"{len(came):,} people came from outside on the way. On {run.scenario.end} {(end.post >= 0).sum():,} are in post, "
        f"and {end.vacant.sum():,} funded posts are vacant, after {len(moves):,} movements in all."
    )
    return Section("How it ended", text)


def _accounts(measures: Measures) -> Section:
    table = measures.accounts
    rows = [
        (row.financial_year, row.rule, row.line, f"{row.pounds:,.2f}", f"{row.events:,}") for row in table.itertuples()
    ]
    paid = table[~table["line"].str.startswith("recurrent")]["pounds"].sum() if len(table) else 0.0
    text = f"£{paid:,.2f} was paid for going and for staying; every penny stands in the log."
    return Section("The accounts", text, _table(("year", "by", "line", "£", "events"), rows))


def _career(run: Run, staff: int) -> Section:
    return Section("One person's career", str(career(run, staff)))


def _eventful(run: Run) -> int:
    """Of the opening staff the one with most events, pay and premiums apart; the lowest identity of equals."""
    telling = run.log.take(~np.isin(run.log.kind, (Kind.PAY, Kind.PREMIUM)) & (run.log.staff >= 0))
    if not len(telling):
        return int(run.people.staff[0])
    people, counts = np.unique(telling.staff, return_counts=True)
    return int(people[np.argmax(counts)])


def _table(names: Sequence[str], rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return tables.frame(dict(zip(names, columns, strict=True)))
