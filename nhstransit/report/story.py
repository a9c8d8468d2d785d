"""The story of a run: a few sections, each a sentence or two and perhaps a table, for a terminal or a page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit.eventlog import Kind
from nhstransit.metrics import Measures, career, state_on
from nhstransit.metrics.steps import COUNTS
from nhstransit.organisations.bodies import KINDS
from nhstransit.published import Published
from nhstransit.report.beside import bridge_section, published_section
from nhstransit.report.section import Section, lines
from nhstransit.run import Run
from nhstransit.run.lives import closing_days
from nhstransit.run.lookup import events_about, named
from nhstransit.workforce.codes import Disposition

if TYPE_CHECKING:
    import pandas as pd


def story(measures: Measures, *, staff: int | None = None, published: Published | None = None) -> tuple[Section, ...]:
    """The transition from its opening to its close, the accounts, one person's career, and what was published beside it.

    `staff` says whose; without it, of those who were there at the start the one to whom most happened.
    """
    run = measures.run
    told = (
        _opening(run),
        _news(run),
        _schemes(measures),
        _exits(measures),
        _ways(measures),
        _closing(run),
        _accounts(measures),
        _career(run, _eventful(run) if staff is None else staff),
    )
    return told if published is None else (*told, bridge_section(run), published_section(published))


def _opening(run: Run) -> Section:
    scenario = run.scenario
    heads, wte = (run.opening_post >= 0).sum(), run.people.wte[run.opening_post >= 0].sum()
    employers = len(np.unique(run.people.employer[run.opening_post >= 0]))
    bodies = "body" if employers == 1 else "bodies"
    who = "person works" if heads == 1 else "people work"
    text = f"On {scenario.start} {heads:,} {who} ({wte:,.1f} WTE) for {employers} {bodies}."
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
    return lines(names, rows)


def _news(run: Run) -> Section:
    """What the news made of people, at the first telling and at the end."""
    told = run.log.changes(Kind.DISPOSITION)
    if not len(told):
        return Section("What people expect", "No news reached anybody.")
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
    text = f"The news of {run.scenario.calendar.date(first)} makes of those it reaches leavers, stayers and movers."
    names = ("disposition", "then", "left unpaid", "left with pay", "moved", "in post at the end", "are so at the end")
    return Section("What people expect", text, lines(names, rows))


def _schemes(measures: Measures) -> Section:
    """How many people each step of the policies concerned."""
    table = measures.schemes[list(COUNTS)]
    table = table[(table != 0).any(axis=1)]
    counts = [name for name in table.columns if table[name].any()]
    rows = [(name, *(f"{row[item]:,.0f}" for item in counts)) for name, row in table.iterrows()]
    names = ("policy", *(item.replace("_", " ") for item in counts))
    return Section("What employers did", f"{len(table)} policies touched somebody.", lines(names, rows))


def _exits(measures: Measures) -> Section:
    """What each policy paid for exits, the mean, and how soon the posts that went with them pay it back."""
    table = measures.schemes
    rows = []
    for name, row in table[table["severance"] > 0].iterrows():
        cost = row["severance"] + row["in_lieu"] + row["pension"]
        saving = row["saving_a_year"]
        rows.append(
            (
                name,
                f"{row['left']:,.0f}",
                f"{row['severance']:,.0f}",
                f"{row['in_lieu']:,.0f}",
                f"{row['pension']:,.0f}",
                f"{cost / max(row['left'], 1):,.0f}",
                f"{row['posts_removed']:,.0f}",
                f"{saving:,.0f}",
                f"{12 * cost / saving:,.1f}" if saving else "–",
            )
        )
    names = ("policy", "left", "severance £", "in lieu £", "pension £", "mean £", "posts gone", "saving £ a year")
    text = (
        "Sums paid for going; the saving is of posts that went for good, at full on-cost; payback is cost over saving."
    )
    return Section("What going cost", text, lines((*names, "payback months"), rows))


def _ways(measures: Measures) -> Section:
    table = measures.routes
    rows = [(str(name).replace("-", " "), f"{row.people:,.0f}", f"{row.wte:,.1f}") for name, row in table.iterrows()]
    text = f"{table['people'].sum():,.0f} people left."
    return Section("How people left", text, lines(("by", "people", "WTE"), rows))


def _closing(run: Run) -> Section:
    """Where things stood when the last bodies had closed, and at the end."""
    end = state_on(run, run.scenario.calendar.days - 1)
    new = len(run.people) - len(run.scenario.workforce)
    here, elsewhere = len(run.log.arrivals) - new, len(run.log.steps(Kind.BACK))
    text = (
        f"{new:,} people came from outside on the way; {here + elsewhere:,} who had been paid to go came back, {here:,} of "
        f"them to a post in these bodies.{_vacancies(run)} On {run.scenario.end} {(end.post >= 0).sum():,} people are in "
        f"post and {end.vacant.sum():,} funded posts are vacant."
    )
    return Section("How it ended", text)


def _vacancies(run: Run) -> str:
    """Vacancies on the day after the last closure, put off or not, in a sentence; nothing where no body closes."""
    closes = closing_days(run)
    closes = closes[closes < run.scenario.calendar.days - 1]
    if not len(closes):
        return ""
    day = int(closes.max()) + 1
    return f" On {run.scenario.calendar.date(day)} {state_on(run, day).vacant.sum():,} funded posts are vacant."


def _accounts(measures: Measures) -> Section:
    table = measures.accounts
    rows = [
        (row.financial_year, row.rule, row.line, f"{row.pounds:,.2f}", f"{row.events:,}") for row in table.itertuples()
    ]
    paid = table[table["sort"] == "paid"]["pounds"].sum() if len(table) else 0.0
    text = f"£{paid:,.2f} was paid for going, staying and cover; every penny stands in the log."
    return Section("The accounts", text, lines(("year", "by", "line", "£", "events"), rows))


def _career(run: Run, staff: int) -> Section:
    return Section("One person's career", str(career(run, staff)))


def _eventful(run: Run) -> int:
    """Of the opening staff the one with most events, pay and premiums apart; the lowest identity of equals."""
    return int(run.people.staff[np.argmax(events_about(run, but=(Kind.PAY, Kind.PREMIUM)))])
