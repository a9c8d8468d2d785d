"""A first scenario for an organisation's question: its employers, its staff list, today's law, and initial policies.

Every day, share and limit is a starting value for the user to change. All of them are in the file that is written.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import numpy as np

from nhstransit.dates import add_months, date_of, epoch_day, months_later
from nhstransit.errors import InputError, ScenarioError, StaffError, nearest
from nhstransit.law import Law
from nhstransit.organisations.bodies import KINDS
from nhstransit.phrases import listed
from nhstransit.scenario.structure import Line
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, Workforce, at_least
from nhstransit.workforce.mapping import kind_of

QUESTIONS = {
    "vr": "a round of voluntary redundancy",
    "mars": "a mutually agreed resignation scheme",
    "merge": "a merger into one successor",
    "abolish": "the organisation's abolition",
    "halve": "a cut of the pay bill by half",
}
YEARS = 2  # length of a scenario, if the law is known for so long
_LATER_MARS = "mars_later"
_SENIOR = "8d"  # of posts from this band upwards, a merged organisation keeps half


@attrs.frozen(kw_only=True)
class Ask:
    """The question about an organisation.

    Attributes:
        question: one of `QUESTIONS`.
        start: first day of the scenario.
        kinds: kind of each employer by its name.
        region: the region of the employers.
        successor: name of the merged organisation; if it is "", it is made from the names of the employers.
        name: name of the scenario.
        structure: posts of the successor by function and band; by default a post per person, and half of the senior posts.
        transfers: for each function, the employer that its people transfer to under TUPE. They transfer when their
            employer closes, or half-way through the first year if it stays open.
    """

    question: str
    start: dt.date
    kinds: Mapping[str, str]
    region: str = "England"
    successor: str = ""
    name: str = "own"
    structure: tuple[Line, ...] = ()
    transfers: Named[str] = attrs.field(factory=Named)

    def __attrs_post_init__(self) -> None:
        if self.question not in QUESTIONS:
            raise ScenarioError("question", f"is {self.question!r}", nearest(self.question, QUESTIONS))
        if self.structure and self.question != "merge":
            raise ScenarioError("structure", f"is only for a merger, not for {self.question!r}", "use --question merge")


def scenario_tables(
    people: Workforce, ask: Ask, *, law: Law | None = None, staff_file: str = "staff.csv"
) -> dict[str, Any]:
    """The tables of a scenario file for a question about the employers of a staff list.

    Args:
        people: the staff list.
        ask: the question.
        law: the dated parameters; the bundled ones by default.
        staff_file: the name of the staff list's file, to be written in the scenario.

    Raises:
        StaffError: for an employer whose kind is not known.
        ScenarioError: for a merger of one employer, and for a first day from which the law extends less than six
            months.
    """
    for employer in people.employers:
        kind = ask.kinds.get(employer, "")
        if kind not in KINDS:
            wrong = f"is of the kind {kind!r}" if kind else "has a name that does not show its kind"
            known = nearest(kind, KINDS) if kind else "such as pct, icb, alb"
            right = f"give it with --kind, or under [kinds] in the mapping file; {known}"
            raise StaffError(f"employer {employer!r}", wrong, right)
    # `build` may change the organisations: it sets closing days and adds successors.
    calendar = _Days(ask.start, law or Law.bundled())
    kinds = sorted({ask.kinds[employer] for employer in people.employers})
    bodies = [{"name": employer, "kind": ask.kinds[employer], "region": ask.region} for employer in people.employers]
    build: Callable[..., tuple[dict[str, Any], str]] = {
        "vr": _voluntary_redundancy,
        "mars": _mars,
        "merge": _merge,
        "abolish": _abolish,
        "halve": _halve,
    }[ask.question]
    policies, about = build(people, ask, calendar, kinds, bodies)
    # Where employers close, `build` has included the transfers. Where they stay open, functions transfer on their own.
    if ask.transfers and not any("closes" in body for body in bodies):
        moved, words = _transfers_out(people, ask, calendar, kinds, bodies)
        policies = {**moved, **policies}
        about = f"{about} {words}"
    functions = dict.fromkeys((*people.functions, *(line.function for line in ask.structure)))
    who = people.employers[0] if len(people.employers) == 1 else f"{len(people.employers)} employers"
    return {
        "name": ask.name,
        "title": f"{who}: {QUESTIONS[ask.question]}",
        "about": about,
        "start": ask.start,
        "end": calendar.end,
        "functions": list(functions),
        "staff": {"file": staff_file},
        "organisations": bodies,
        "policies": policies,
    }


class _Days:
    """Days counted from the start, none later than the last day that the law covers."""

    def __init__(self, start: dt.date, law: Law) -> None:
        # If the law does not cover two years, the end moves back month by month to the last day that it covers.
        self.start = start
        self.end = _eve(months_later(start, 12 * YEARS))
        while not _held(law, self.end) and self.end > start:
            self.end = _eve(self.end.replace(day=1))
        if self.end < months_later(start, 6):
            wrong = f"is {start}, but the law in the library ends less than six months later"
            raise ScenarioError("start", wrong, "give an earlier day with --on, or add pay tables to the parameters")

    def first(self, months: int) -> dt.date:
        """The 1st of the month `months` after the first month, or the scenario's last day if that is earlier."""
        return min(months_later(self.start.replace(day=1), months), self.end)

    def last(self, months: int) -> dt.date:
        """The end of the month `months` after the first month, or the scenario's last day if that is earlier."""
        following = months_later(self.start.replace(day=1), months + 1)
        return min(_eve(following), self.end)


def _eve(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=1)


def _held(law: Law, day: dt.date) -> bool:
    """Whether the law has pay and on-costs on a day."""
    try:
        law.points(epoch_day(day))
        # Any pay will do: the cost of one person needs every rate and threshold of the day.
        law.employer_cost(np.array([3_000_000]), np.ones(1), epoch_day(day))
    except InputError:
        return False
    return True


def _round(calendar: _Days, kinds: list[str], terms: str) -> dict[str, Any]:
    """A severance round: announced at the start, open in the second month, departures in the fourth."""
    return {
        "type": "mars",
        "announced": calendar.start,
        "opens": calendar.first(1),
        "closes": calendar.last(1),
        "leaves": calendar.last(3),
        "kinds": kinds,
        "terms": terms,
        "quota": 0.15,
        "payback_months": 24.0,
    }


def _hiring(calendar: _Days, kinds: list[str], refill: float) -> dict[str, Any]:
    return {
        "type": "hiring",
        "announced": calendar.start,
        "until": calendar.end,
        "kinds": kinds,
        "refill": refill,
    }


def _voluntary_redundancy(
    people: Workforce, ask: Ask, calendar: _Days, kinds: list[str], bodies: list[dict[str, Any]]
) -> tuple[dict[str, Any], str]:
    about = "One round of voluntary redundancy on section 16 terms; half of the vacancies are refilled."
    return {"vr": _round(calendar, kinds, "section16"), "hiring": _hiring(calendar, kinds, 0.5)}, about


def _mars(
    people: Workforce, ask: Ask, calendar: _Days, kinds: list[str], bodies: list[dict[str, Any]]
) -> tuple[dict[str, Any], str]:
    terms = "mars_2010"
    if _has_later(calendar):
        # The later terms must also be in force on the last day: an error is raised if they are not.
        Law.bundled().parameters.table(_LATER_MARS).on(epoch_day(calendar.end))
        terms = _LATER_MARS
    about = "One mutually agreed resignation scheme; half of the vacancies are refilled."
    return {"mars": _round(calendar, kinds, terms), "hiring": _hiring(calendar, kinds, 0.5)}, about


def _has_later(calendar: _Days) -> bool:
    """Whether the later terms of mutually agreed resignation are in force on the first day."""
    try:
        Law.bundled().parameters.table(_LATER_MARS).on(epoch_day(calendar.start))
    except InputError:
        return False
    return True


def _closing(calendar: _Days, kinds: list[str], closes: dt.date) -> dict[str, Any]:
    """News at the start, letters and consultation half a year before the last day, redundancy on that day."""
    letters = max(calendar.start, date_of(int(add_months(epoch_day(closes), -6))))
    return {
        "announcement": {"type": "milestone", "announced": calendar.start, "kinds": kinds},
        "redundancy": {
            "announced": calendar.start,
            "letters": letters,
            "consults": letters,
            "kinds": kinds,
        },
    }


def _abolish(
    people: Workforce, ask: Ask, calendar: _Days, kinds: list[str], bodies: list[dict[str, Any]]
) -> tuple[dict[str, Any], str]:
    closes = calendar.last(min(12, _months(calendar) - 1))
    for body in bodies:
        body["closes"] = closes
    about = (
        f"The organisation closes on {closes} without a successor. A mutually agreed resignation scheme comes first, then "
        "redundancy on the last day."
    )
    # `_transfers` adds receiving employers to the organisations, after the closing ones have got their last day.
    early, _ = _mars(people, ask, calendar, kinds, bodies)
    moved = _transfers(people, ask, calendar, kinds, bodies, closes)
    return {**_closing(calendar, kinds, closes), "mars": early["mars"], **moved}, about


def _merge(
    people: Workforce, ask: Ask, calendar: _Days, kinds: list[str], bodies: list[dict[str, Any]]
) -> tuple[dict[str, Any], str]:
    if len(people.employers) < 2:
        wrong = f"is a merger, but the staff list has only one employer ({people.employers[0]})"
        raise ScenarioError("question", wrong, "give a file with both, or one --staff for each")
    closes = calendar.last(min(12, _months(calendar) - 1))
    opens = closes + dt.timedelta(days=1)
    name = ask.successor or " and ".join(people.employers)
    if name in people.employers:
        raise ScenarioError(
            "successor", f"is {name!r}, one of the organisations that merge", "give the new organisation another name"
        )
    kind = ask.kinds[people.employers[0]]
    for body in bodies:
        body["closes"] = closes
        body["successors"] = [name]
    bodies.append(
        {
            "name": name,
            "kind": kind,
            "region": ask.region,
            "shadow": calendar.first(min(6, _months(calendar) // 2)),
            "opens": opens,
            "establishment": _structure(people, ask),
        }
    )
    first = min(7, _months(calendar) // 2 + 1)
    moved = _transfers(people, ask, calendar, kinds, bodies, closes)
    usual = {"type": "filling", "announced": calendar.start, "starts": opens, "senders": kinds, "receivers": [kind]}
    # The first round is ring-fenced: staff of the merging employers compete for posts of their own function and band, and
    # people with a right to slot in come first. The posts that are left are then open to people one band higher too.
    rounds = {
        "slot-in": {
            **usual,
            "held": calendar.first(first),
            "reach": "successor",
            "rights_first": True,
            "bands_down": 0,
        },
        "competition": {**usual, "held": calendar.first(first + 1), "reach": "region", "bands_down": 1},
    }
    posts = "with the posts of the structure given"
    if not ask.structure:
        posts = f"with a post for each of their posts, and half of the posts in bands {_SENIOR}, 9 and VSM"
    about = (
        f"{' and '.join(people.employers)} close on {closes}, and {name} replaces them {posts}. A ring-fenced round with "
        "the right to slot in comes first, then open competition, then redundancy."
    )
    return {**_closing(calendar, kinds, closes), **moved, **rounds}, about


def _transfers(
    people: Workforce, ask: Ask, calendar: _Days, kinds: list[str], bodies: list[dict[str, Any]], closes: dt.date
) -> dict[str, Any]:
    """Functions that transfer, with a post for each person, to other employers, which are added to `bodies`.

    Args:
        people: the staff list.
        ask: the question.
        calendar: the scenario's days.
        kinds: kinds of the closing employers.
        bodies: the organisations; new ones are added.
        closes: the last day of the closing employers.
    """
    policies: dict[str, Any] = {}
    ready = calendar.first(min(6, _months(calendar) // 2))
    for function, employer in ask.transfers.items():
        body = _receiver(people, ask, function, employer, bodies)
        if "closes" in body:
            raise ScenarioError("transfers", f"go to {employer!r}, which closes", "name an employer that continues")
        # One line of posts per band, with as many posts as the function has people in the band.
        mine = people.function == people.functions.index(function)
        counts = np.bincount(people.band[mine], minlength=len(BANDS))
        posts = []
        for band, count in zip(BANDS, counts.tolist(), strict=True):
            if count:
                posts.append({"function": function, "band": band, "posts": count, "since": ready})
        body["establishment"] = [*body.get("establishment", ()), *posts]
        policies[f"transfer-{function}"] = {
            "type": "transfer-whole",
            "announced": calendar.start,
            "held": ready,
            "starts": closes + dt.timedelta(days=1),
            "functions": [function],
            "senders": kinds,
            "receivers": [body["kind"]],
        }
    return policies


def _receiver(
    people: Workforce, ask: Ask, function: str, employer: str, bodies: list[dict[str, Any]]
) -> dict[str, Any]:
    """The employer that a function transfers to. It is added to the organisations if it is new.

    Raises:
        ScenarioError: for a function that nobody is in, and for an employer of a kind that is not known.
    """
    if function not in people.functions:
        raise ScenarioError("transfers", f"names the function {function!r}", nearest(function, people.functions))
    kind = ask.kinds.get(employer) or kind_of(employer)
    if kind not in KINDS:
        right = "give it a name that shows its kind, or give its kind under [kinds] in the mapping file"
        raise ScenarioError("transfers", f"go to {employer!r}, whose name does not show its kind", right)
    body = next((each for each in bodies if each["name"] == employer), None)
    if body is None:
        body = {"name": employer, "kind": kind, "region": ask.region}
        bodies.append(body)
    return body


def _transfers_out(
    people: Workforce, ask: Ask, calendar: _Days, kinds: list[str], bodies: list[dict[str, Any]]
) -> tuple[dict[str, Any], str]:
    """Functions that transfer to other employers while their own stay open: with posts, people, terms and service.

    The posts open at the receiving employer, and people are appointed to them, a month before the transfer. Returns the
    policies, and what they do in words.

    Args:
        people: the staff list.
        ask: the question.
        calendar: the scenario's days.
        kinds: kinds of the employers.
        bodies: the organisations; new ones are added.
    """
    months = min(6, _months(calendar) // 2)
    starts = calendar.first(months)
    policies: dict[str, Any] = {}
    transferred = []
    for function, employer in ask.transfers.items():
        # The receiver may be one of the employers with staff, whose own people then need no transfer.
        _receiver(people, ask, function, employer, bodies)
        senders = [name for name in people.employers if name != employer]
        if not senders:
            right = "name another employer"
            raise ScenarioError("transfers", f"go to {employer!r}, for which its people already work", right)
        policies[f"transfer-{function}"] = {
            "type": "transfer-functions",
            "announced": calendar.start,
            "held": calendar.first(months - 1),
            "starts": starts,
            "kinds": kinds,
            "bodies": senders,
            "functions": [function],
            "successor": employer,
        }
        transferred.append(f"{function} (to {employer})")
    verb = "transfers" if len(transferred) == 1 else "transfer"
    law = f"On {starts} {listed(transferred)} {verb} with posts and people, on their existing terms (TUPE)."
    if ask.question == "halve":
        law += " The pay of these people counts towards the half."
    return policies, law


def _structure(people: Workforce, ask: Ask) -> list[dict[str, Any]]:
    """Posts by function and band: those given, or a post per person but half of the senior posts, rounded up.

    Functions that transfer to other employers have no posts.
    """
    if ask.structure:
        return [attrs.asdict(line) for line in ask.structure if line.posts]
    # A cell is a function and a band in one number, so that people can be counted in one step.
    cell = people.function.astype("int64") * len(BANDS) + people.band
    cells, counts = np.unique(cell, return_counts=True)
    lines = []
    for code, count in zip(cells.tolist(), counts.tolist(), strict=True):
        function = people.functions[code // len(BANDS)]
        band = code % len(BANDS)
        if function in ask.transfers:
            continue
        posts = (count + 1) // 2 if at_least(band, _SENIOR) else count
        lines.append({"function": function, "band": BANDS[band], "posts": posts})
    return lines


def _halve(
    people: Workforce, ask: Ask, calendar: _Days, kinds: list[str], bodies: list[dict[str, Any]]
) -> tuple[dict[str, Any], str]:
    steps = [{"by": calendar.first(8), "cut": 0.35}, {"by": calendar.first(14), "cut": 0.5}]
    voluntary = _round(calendar, kinds, "section16") | {"quota": 0.5, "payback_months": 30.0}
    policies = {
        "announcement": {"type": "milestone", "announced": calendar.start, "target": 0.5, "kinds": kinds},
        "vr": voluntary,
        "cost-reduction": {"announced": calendar.start, "kinds": kinds, "by_law": True, "path": steps},
        "hiring": _hiring(calendar, kinds, 0.2),
    }
    about = (
        "The pay bill falls by half. Voluntary redundancy comes first, then compulsory redundancy, with the consultation "
        "that the law requires."
    )
    return policies, about


def _months(calendar: _Days) -> int:
    """Complete months of the scenario."""
    return (calendar.end.year - calendar.start.year) * 12 + calendar.end.month - calendar.start.month
