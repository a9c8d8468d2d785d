"""One person's story in words and dates, read from the log."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.dates import complete_years
from nhstransit.errors import InputError, check_kind
from nhstransit.log import Event, Kind
from nhstransit.run import Run
from nhstransit.run.exits import entered
from nhstransit.workforce.columns import BANDS, Disposition, RiskClass

_RISKS = {
    RiskClass.NONE: "is no longer at risk of losing the post",
    RiskClass.EXPOSED: "learns that the post may go",
    RiskClass.GUARANTEED: "is guaranteed a job for now",
    RiskClass.ASSIGNED: "is assigned to a shadow consortium",
    RiskClass.AT_RISK: "gets an at-risk letter",
    RiskClass.SAFE: "has a post to go to",
}
_CAUSES = {
    "death-or-dismissal": "leaves because of ill health, death or dismissal",
    "retirement": "retires",
    "resignation-within-nhs": "resigns for another NHS employer",
    "resignation": "resigns from the NHS",
    "contract-end": "leaves at the end of a fixed-term contract",
    "closure": "leaves because the employer closes",
}


@attrs.frozen(repr=False)
class Career:
    """A person's events in order, each a date and a sentence."""

    staff: int
    introduction: str
    events: tuple[tuple[str, str], ...]

    def __str__(self) -> str:
        return "\n".join([self.introduction, *(f"{date}  {words}" for date, words in self.events)])

    __repr__ = __str__

    def _repr_html_(self) -> str:
        columns = {"date": [date for date, _ in self.events], "event": [words for _, words in self.events]}
        shown = tables.html(tables.frame(columns), f"The career of staff {self.staff}")
        return tables.paragraphs([self.introduction]) + shown


def career(run: Run, staff: int) -> Career:
    """The story of the person with this identity. Raises InputError if nobody in the run has it."""
    check_kind("run", run, Run)
    check_kind("staff", staff, (int, np.integer), "give an identity, which is a whole number")
    row = int(run.people.staff.searchsorted(staff)) if len(run.people) else 0
    if row >= len(run.people) or run.people.staff[row] != staff:
        raise InputError(f"staff {staff}", "is not a person in this run", f"give one from {_range(run)}")
    date = run.scenario.calendar.date
    events = [(str(date(event.day)), _words(run, event)) for event in run.log.about(staff).each()]
    return Career(staff=staff, introduction=_introduction(run, row), events=tuple(events))


def _range(run: Run) -> str:
    return f"{run.people.staff[0]} to {run.people.staff[-1]}" if len(run.people) else "a run that has people"


def _introduction(run: Run, row: int) -> str:
    people = run.people
    came = run.opening_post[row] < 0
    day = run.scenario.calendar.origin + int(entered(run)[row])
    age = complete_years(people.born[row], day)
    served = complete_years(people.service_from[row], day)
    where = f"{people.functions[people.function[row]]}, band {BANDS[people.band[row]]}"
    when = "on arriving" if came else f"on {run.scenario.start}"
    return (
        f"Staff {people.staff[row]}: {where} at {people.employers[people.employer[row]]}; {when} aged {age}, "
        f"{served} years' service, {people.wte[row]:g} WTE, £{run.opening_pay[row] / 100:,.0f} a year whole-time."
    )


def _words(run: Run, event: Event) -> str:
    """One event as a sentence without its subject."""
    kind = event.kind
    after = event.after or 0
    name = run.rules.get(event.rule, str(event.rule))
    pounds = f"£{event.pence / 100:,.2f}"
    # Three kinds of event have a last day in place of a code, so they are worded first.
    if event.last_day is not None:
        until = run.scenario.calendar.date(event.last_day)
        return {
            Kind.EXIT_AGREED: f"agrees, or is given notice, to leave on {until} under {name}, for {pounds}",
            Kind.RETAINED: f"is guaranteed a job until {until} under {name}, with a premium of {pounds} a year",
            Kind.CONSULTED: f"is consulted on redundancy until {until}",
        }[kind]
    # The whole table is built for one sentence. `after` is a disposition or risk class only for its own kind of event,
    # and would not be a valid code for another.
    sentences = {
        Kind.DISPOSITION: f"becomes a {Disposition(after).name.lower()}" if kind is Kind.DISPOSITION else "",
        Kind.RISK: _RISKS[RiskClass(after)] if kind is Kind.RISK else "",
        Kind.DESIGNATED: f"is designated business-critical under {name}",
        Kind.LAPSED: "is no longer business-critical",
        Kind.APPLIED: f"applies under {name}" + (f", offered {pounds}" if event.pence else ""),
        Kind.APPROVED: f"is selected under {name}",
        Kind.REFUSED: f"is not selected under {name}",
        Kind.WITHDREW: f"withdraws from {name}",
        Kind.EXIT_VOID: "no longer has to leave",
        Kind.APPOINTED: f"wins a post: {_post(run, event.to_post)}",
        Kind.MOVED: f"moves to {_post(run, event.to_post)}",
        Kind.DEPARTED: _CAUSES.get(name, f"leaves under {name}"),
        Kind.ARRIVED: f"arrives as {_post(run, event.to_post)}",
        Kind.BACK: "returns to the NHS, in another organisation",
        Kind.INTERIM: f"returns as an interim, off the payroll, at {pounds} a day: {_post(run, event.to_post)}",
        Kind.INTERIM_ENDED: f"ends work as an interim: {_post(run, event.from_post)}",
        Kind.PAY: f"is paid {pounds} a year, at point {after + 1}",
        Kind.SEVERANCE: f"is paid {pounds} in severance",
        Kind.IN_LIEU: f"is paid {pounds} in lieu of notice",
        Kind.PENSION: f"takes a pension early, and the employer pays {pounds}",
        Kind.PREMIUM: f"is paid a premium of {pounds} for the month",
        Kind.AGENCY: f"costs the employer {pounds} as an interim",
        Kind.CLAWBACK: f"pays back {pounds} of severance",
        Kind.TRAINING: f"is developed or retrained under {name}, for {pounds}",
        Kind.BOUGHT_OUT: f"is paid {pounds} for the rest of the guarantee",
    }
    return sentences[kind]


def _post(run: Run, post: int | None) -> str:
    """A post in words."""
    if post is None:
        return "no post"
    posts = run.posts
    names = run.scenario.roster.names
    function = run.scenario.functions[posts.function[post]]
    band = BANDS[posts.band[post]]
    return f"{function}, band {band}, at {names[posts.employer[post]]}"
