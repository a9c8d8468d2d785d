"""The facts of a run's first page as plain numbers, so that its sentences, a page and a workbook all agree."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs

from nhstransit.measures import Measures
from nhstransit.measures.drain import leaver_mix, losses
from nhstransit.measures.money import EXIT_LINES
from nhstransit.measures.whereabouts import FATES, by_choice, of_themselves, whereabouts
from nhstransit.policies.titles import title_of
from nhstransit.run import Run
from nhstransit.run.groups import PeopleCut

LEAST_SHARE = 0.01  # of the opening staff: the smallest group that a sentence names
LEAST_PEOPLE = 10


@attrs.frozen(kw_only=True)
class Whereabouts:
    """Where the `people` of the first day were on the last day: in the same organisation, in another, or how they left."""

    start: dt.date
    end: dt.date
    people: int
    same: int
    moved: int
    left_by_choice: int  # resigned or retired
    left_otherwise: int  # died, were dismissed, or reached the end of a contract
    left_by_policy: int  # by a scheme, by redundancy, or with an organisation that closed


@attrs.frozen(kw_only=True)
class Cost:
    """Costs in pounds: `exits` by title of the policy that paid for them; staying and cover by purpose.

    `gross_a_year` is the yearly saving from posts removed for good. `saved_a_year` is net: it excludes posts whose
    leavers came back, and deducts the yearly cost of posts that policies opened. It is negative if these cost more.
    """

    exits: dict[str, float]
    others: dict[str, float]
    gross_a_year: float
    saved_a_year: float

    @property
    def for_exits(self) -> float:
        """The total paid for exits."""
        return sum(self.exits.values())


@attrs.frozen(kw_only=True)
class PayBill:
    """The pay bill (pounds per year, with employers' costs) and people in post, on the first and last day reported."""

    first: dt.date
    last: dt.date
    before: float
    after: float
    people_before: int
    people_after: int

    @property
    def change(self) -> float:
        """The change as a share of the first value; 0 if the first value is zero."""
        return self.after / self.before - 1.0 if self.before else 0.0

    @property
    def change_of_people(self) -> float:
        """The change in people in post as a share of the first number; 0 if that is zero."""
        return self.people_after / self.people_before - 1.0 if self.people_before else 0.0


@attrs.frozen(kw_only=True)
class Lost:
    """The opening staff who were outside the NHS at the end, and their characteristics.

    `by_function` and `by_band` have the share lost of each group that is large enough to be named. `long_service` (15
    years or more) and `clinicians` each have two shares: of the people lost, and of all opening staff.
    """

    end: dt.date
    people: int
    share: float
    by_function: dict[str, float]
    by_band: dict[str, float]
    long_service: tuple[float, float]
    clinicians: tuple[float, float]


def whereabouts_of(run: Run) -> Whereabouts:
    """Where the opening staff went."""
    table = whereabouts(run)
    counts = {fate: int(table["people"][table["fate"] == fate].sum()) for fate in FATES}
    left = table[table["fate"] == "left"]
    routes = [(str(rule), int(count)) for rule, count in zip(left["where"], left["people"], strict=True)]
    # `own` counts everyone who left without a policy: by choice, or by death, dismissal or the end of a contract.
    own = sum(count for rule, count in routes if of_themselves(rule))
    chosen = sum(count for rule, count in routes if by_choice(rule))
    return Whereabouts(
        start=run.scenario.start,
        end=run.scenario.end,
        people=int((run.opening_post >= 0).sum()),
        same=counts["there"],
        moved=counts["moved"],
        left_by_choice=chosen,
        left_otherwise=own - chosen,
        left_by_policy=counts["left"] - own,
    )


def cost_of(measures: Measures) -> Cost:
    """The costs of a run."""
    named = rule_titles(measures.run)
    table = measures.schemes
    headlines = measures.headlines
    # The columns of exit payments differ by line; together they are the cost of a policy's exits.
    exits = {}
    for name, row in table.iterrows():
        title = named.get(str(name), title_of(str(name)))
        exits[title] = float(sum(row[line] for line in EXIT_LINES.values()))
    others = {
        "retention": headlines["retention cost"],
        "interims": headlines["interim cost"],
        "development": headlines["development cost"],
    }
    return Cost(
        exits={title: pounds for title, pounds in exits.items() if pounds},
        others={what: pounds for what, pounds in others.items() if pounds},
        gross_a_year=headlines["recurrent saving"],
        saved_a_year=headlines["net recurrent saving"],
    )


def pay_bill_of(measures: Measures) -> PayBill:
    """The change in the pay bill."""
    table = measures.pay_bill
    # One row per day reported, in order of days.
    first = table.iloc[0]
    last = table.iloc[-1]
    return PayBill(
        first=_day(first["date"]),
        last=_day(last["date"]),
        before=float(first["full_cost"]),
        after=float(last["full_cost"]),
        people_before=int(first["heads"]),
        people_after=int(last["heads"]),
    )


def lost_of(run: Run) -> Lost:
    """The opening staff who were lost."""
    table = losses(run)
    whole: dict[Any, Any] = table.loc["opening staff"].to_dict()
    gone: dict[Any, Any] = table.loc["nhs"].to_dict()
    return Lost(
        end=run.scenario.end,
        people=int(gone["people"]),
        share=float(gone["share_of_people"]),
        by_function=_shares(run, "function"),
        by_band=_shares(run, "band"),
        long_service=(float(gone["share_over_15_years"]), float(whole["share_over_15_years"])),
        clinicians=(float(gone["share_clinicians"]), float(whole["share_clinicians"])),
    )


def rule_titles(run: Run) -> dict[str, str]:
    """The title of every policy and every built-in rule of a run, by its name in the log."""
    return {name: title_of(name) for name in run.rules.values()} | run.scenario.policy_titles


def _shares(run: Run, by: PeopleCut) -> dict[str, float]:
    """The share lost of each group with at least one in a hundred of the opening staff, and at least ten people."""
    table = leaver_mix(run, by)
    # The share lost of a small group is mostly chance, so it is not named.
    large = (table["share_of_start"] >= LEAST_SHARE) & (table["people_at_start"] >= LEAST_PEOPLE)
    return {str(name): float(share) for name, share in table["share_lost"][large].items()}


def _day(date: object) -> dt.date:
    return date if isinstance(date, dt.date) else dt.date.fromisoformat(str(date))
