"""The simulated value of each published figure: one small function per figure."""

from __future__ import annotations

import datetime as dt

import numpy as np

from nhstransit.arrays import AnyArray, Bools, Floats
from nhstransit.dates import DAYS_A_YEAR, complete_years, financial_year, financial_year_name
from nhstransit.england.boards import BOARD_MEASURES
from nhstransit.england.evidence import (
    Answer,
    Carried,
    Exits,
    Measure,
    Missing,
    Partial,
    Record,
    View,
    codes,
    kept,
    ratio,
)
from nhstransit.england.figures import PEOPLE, POUNDS, POUNDS_A_YEAR, WTE, Reading
from nhstransit.england.path import PATH_MEASURES
from nhstransit.log import EXIT_MONEY, Kind
from nhstransit.organisations.bodies import KINDS
from nhstransit.policies import Returns
from nhstransit.policies.returns import still_away
from nhstransit.workforce.columns import SEXES, at_least


def concerned(record: Record, reading: Reading, day: int) -> Bools:
    """People concerned by the transition by the end of a day, (people,).

    They were ever in a sending organisation, or came from outside the base.

    Args:
        record: the columns of the run.
        reading: the sending organisations, and the policies of inflow.
        day: the day, counted from the start of the run.
    """
    run = record.run
    senders = record.bodies_of(reading.senders)
    mine: Bools = record.in_bodies(run.opening_post, senders)
    moves = run.log.moves.until(day)
    # Arrivals from outside the base, or into a post of a sender.
    came = (moves.kind == Kind.ARRIVED) & np.isin(moves.rule, codes(run, reading, "inflow"))
    mine[run.rows_of(moves.staff[came | record.in_bodies(moves.to_post, senders)])] = True
    return mine


def transferred_on(record: Record, reading: Reading, day: int) -> Bools:
    """People concerned who hold a post in a non-sending organisation at the end of a day, (people,).

    Args:
        record: the columns of the run.
        reading: the sending organisations, and the policies of inflow.
        day: the day, counted from the start of the run.
    """
    # Every organisation that does not send people counts as a receiver.
    receivers = ~record.bodies_of(reading.senders)
    return concerned(record, reading, day) & record.in_bodies(record.held_on(day), receivers)


def transferred(view: View) -> Answer:
    """People of the senders or from outside the base, in a receiving organisation on the day of transfer."""
    day = view.run.scenario.calendar.day(view.reading.transferred_on)
    return float(transferred_on(view.record, view.reading, day).sum())


def returned(view: View) -> Answer:
    """The share of people made redundant in one financial year who returned by the last day in the view.

    A return is a new arrival in an organisation of the scenario, or a return elsewhere in the NHS, under the same
    identity. A person made redundant twice counts twice. If the figure's day is after the run's last day, the returns
    of people still away are expected values from the run's own return curve.
    """
    exits = view.exits
    # `part` is a financial year such as 2011-12, and its first four characters are the year in which it starts.
    gone = kept(exits, view.by("redundancy", exits.rule))
    years = financial_year(gone.day.astype("int64") + view.run.scenario.calendar.origin)
    gone = kept(gone, years == int(view.figure.part[:4]))
    if not len(gone.row):
        last = view.date(view.last)
        started = financial_year_name(int(financial_year(view.run.scenario.calendar.origin + view.last)))
        late = view.figure.part > started
        return Missing(f"the scenario ends on {last}" if late else f"nobody was made redundant in {view.figure.part}")
    row, day = view.record.returns
    # The day of each person's last return up to the last day in the view, (people,); −1 for none.
    back = np.full(len(view.run.people), -1, "int64")
    seen = day <= view.last
    # `maximum.at` keeps the latest of several returns of one person.
    np.maximum.at(back, row[seen], day[seen])
    came = back[gone.row] > gone.day
    share = float(came.mean())
    until = view.figure.until
    if not until or until <= view.run.scenario.end:
        return share
    # The run ends before the published day: its own return curve fills the time between.
    later = _back_later(view, gone, until)
    if later is None:
        last = view.date(view.last)
        return Partial(share, f"share returned by {last}, when the run ends; the published share is by {until}")
    carried = float(np.where(came, 1.0, later).mean())
    return Carried(carried, f"{share:.3f} by {view.date(view.last)}, extended to {until} by the run's own return curve")


def _back_later(view: View, gone: Exits, until: dt.date) -> Floats | None:
    """The chance that people who are still away on the last day in the view return by a later day, (n,).

    None if some of them left under a policy that no return curve covers.

    Args:
        view: the view.
        gone: the departures of these people.
        until: the later day.
    """
    scenario = view.run.scenario
    names = view.reading.named("returns", scenario.policies)
    chance = np.zeros(len(gone.row))
    known = np.zeros(len(gone.row), bool)
    for policy in (scenario.policies[name] for name in names):
        if not isinstance(policy, Returns):
            continue
        rules = [view.run.code_of(name) for name in policy.after if name in scenario.policies]
        # The first policy that covers a departure decides.
        mine = np.isin(gone.rule, rules) & ~known
        curve = {"share": policy.share, "scale": policy.scale_years, "shape": policy.shape}
        days = [day - gone.day[mine] for day in (view.last, scenario.calendar.day(until))]
        # Given that a person is still away now, the chance of being back then is 1 − S(then) / S(now).
        now, then = (still_away(count / DAYS_A_YEAR, **curve) for count in days)
        chance[mine] = 1.0 - then / now
        known |= mine
    return chance if known.all() else None


def posts_a_person(view: View) -> Answer:
    """New posts of receiving organisations per person in a sending organisation on the last day in the view.

    Posts that are open by the day of transfer count. Posts and people are counted by region or by function, as the
    figure requires. Organisations without a region are in no region.
    """
    record = view.record
    figure = view.figure
    scenario = view.run.scenario
    posts = view.run.posts
    roster = scenario.roster
    held = record.held_on(view.last)
    people = record.in_bodies(held, view.bodies)
    # Posts that open on the first day exist from the start, and are not new.
    ready = (posts.opens > 0) & (posts.opens <= scenario.calendar.day(view.reading.transferred_on))
    new = ~record.bodies_of(view.reading.senders)[posts.employer] & ready
    if figure.region:
        new &= roster.region[posts.employer] == roster.regions.index(figure.region)
    if figure.function:
        wanted = view.reading.functions[figure.function]
        trade = np.isin(
            posts.function, [scenario.functions.index(name) for name in wanted if name in scenario.functions]
        )
        new &= trade
        # −1 means no post; `people` is already false there, so the index 0 has no effect.
        people &= trade[np.where(held >= 0, held, 0)]
    return ratio(float(new.sum()), float(people.sum()), "nobody in this view is in a sending organisation")


# Pence become pounds here. Heads, whole-time equivalents, posts and pounds are never mixed. No published number appears
# in any of these functions.

_NOBODY_MARS = "nobody in this view left under MARS"
_NOBODY_REDUNDANT = "nobody in this view was made redundant"


def leavers(view: View, role: str) -> Exits:
    """Departures in the view under the policies with a role."""
    return kept(view.exits, view.by(role, view.exits.rule))


def pounds(view: View, role: str, *kinds: Kind) -> float:
    """Pounds in the view of these kinds, under the policies with a role.

    Args:
        view: the part of the run that the figure covers.
        role: the role, such as "redundancy".
        kinds: kinds of event.
    """
    sums = view.sums
    mine = view.by(role, sums.rule) & np.isin(sums.kind, kinds)
    return int(sums.pence[mine].sum()) / 100.0  # whole pence are added first, so the sum is exact


def wte_of(view: View, exits: Exits) -> float:
    """Whole-time equivalents of these departures."""
    return int(view.run.people.wte_hundredths[exits.row].astype("int64").sum()) / 100.0


def first_mars_leavers(view: View) -> Answer:
    """People who left under the first national MARS."""
    return float(len(leavers(view, "first_mars").row))


def first_mars_cost(view: View) -> Answer:
    """Pounds paid to people who left under the first national MARS."""
    return pounds(view, "first_mars", *EXIT_MONEY)


def first_mars_saving(view: View) -> Answer:
    """The yearly cost of the posts that the first national MARS removed, in pounds with on-costs."""
    return pounds(view, "first_mars", Kind.REMOVED)


def first_mars_mean_payment(view: View) -> Answer:
    """Pounds of severance per leaver of the first national MARS."""
    return ratio(pounds(view, "first_mars", Kind.SEVERANCE), len(leavers(view, "first_mars").row), _NOBODY_MARS)


def first_mars_mean_saving(view: View) -> Answer:
    """Pounds a year saved per leaver, including leavers whose post was not removed."""
    return ratio(pounds(view, "first_mars", Kind.REMOVED), len(leavers(view, "first_mars").row), _NOBODY_MARS)


def first_mars_payback(view: View) -> Answer:
    """Years until the saving equals the cost."""
    saving = pounds(view, "first_mars", Kind.REMOVED)
    return ratio(pounds(view, "first_mars", *EXIT_MONEY), saving, "MARS removed no post")


def first_mars_saving_a_resident(view: View) -> Answer:
    """The yearly saving per resident in the view."""
    return ratio(pounds(view, "first_mars", Kind.REMOVED), residents(view), "no residents in this view")


def start_up_gap(view: View) -> Answer:
    """The start-up allowance less the yearly saving, in pounds."""
    people = residents(view)
    if not people or "start-up" not in view.given:
        return Missing("no residents in this view, or no `start-up` money per resident is given")
    return view.given["start-up"] * people - pounds(view, "first_mars", Kind.REMOVED)


def residents(view: View) -> int:
    """Residents of the surveyed kinds of organisation in the view. Each resident is counted in one tier only."""
    asked = view.bodies & view.record.bodies_of(view.reading.asked)
    # A loop over organisations, of which there are a few hundred.
    return sum(view.run.scenario.organisations[place].population for place in np.flatnonzero(asked))


def mars_leavers(view: View) -> Answer:
    """People who left under any MARS."""
    return float(len(leavers(view, "mars").row))


def mars_mean_payment(view: View) -> Answer:
    """Pounds of severance per MARS leaver."""
    return ratio(pounds(view, "mars", Kind.SEVERANCE), len(leavers(view, "mars").row), _NOBODY_MARS)


def mars_share_clinicians(view: View) -> Answer:
    """Share of MARS leavers who are clinicians."""
    return _share(view.run.people.clinician[leavers(view, "mars").row])


def mars_share_function(view: View) -> Answer:
    """Share of MARS leavers whose post was in one function."""
    wanted = view.reading.functions[view.figure.function]
    known = view.run.scenario.functions
    places = [known.index(name) for name in wanted if name in known]
    if not places:
        return Missing(f"the scenario has no function {' or '.join(wanted)}")
    return _share(np.isin(leavers(view, "mars").function, places))


def mars_share_senior(view: View) -> Answer:
    """Share of MARS leavers whose post was in a senior band."""
    return _share(at_least(leavers(view, "mars").band, view.reading.senior_from))


def share_long_service(view: View) -> Answer:
    """Share of MARS and redundancy leavers with long service: at least a published number of complete years on leaving."""
    exits = view.exits
    paid = kept(exits, view.by("mars", exits.rule) | view.by("redundancy", exits.rule))
    left = paid.day.astype("int64") + view.run.scenario.calendar.origin
    years = complete_years(view.run.people.service_from[paid.row], left)
    return _share(years >= view.reading.long_service_years)


def application_share(view: View) -> Answer:
    """Applicants to MARS as a share of everyone employed when it opened, including provider arms."""
    if not (view.bodies & view.record.bodies_of(view.reading.arms)).any():
        arms = " or ".join(KINDS[kind] for kind in view.reading.arms)
        return Missing(f"this view has no {arms}, whose staff are in the published denominator")
    made = view.applications
    mine = view.by("first_mars", made.rule)
    if not mine.any():
        return Missing("nobody in this view applied to MARS")
    # Everyone employed on the day of the first application.
    held = view.record.held_on(int(made.day[mine].min()))
    employed = int(view.record.in_bodies(held, view.bodies).sum())
    applicants = len(np.unique(made.row[mine]))  # somebody who applied twice counts once
    return ratio(applicants, employed, "nobody in this view")


def redundancies(view: View) -> Answer:
    """People made redundant."""
    return float(len(leavers(view, "redundancy").row))


def redundancies_wte(view: View) -> Answer:
    """Whole-time equivalents of people made redundant."""
    return wte_of(view, leavers(view, "redundancy"))


def redundancies_and_mars_wte(view: View) -> Answer:
    """Whole-time equivalents of people who were made redundant or left under the first national MARS."""
    return wte_of(view, leavers(view, "redundancy")) + wte_of(view, leavers(view, "first_mars"))


def redundancy_cost(view: View) -> Answer:
    """Pounds of redundancy pay, pay in lieu of notice and pension capital."""
    return pounds(view, "redundancy", *EXIT_MONEY)


def redundancy_mean(view: View) -> Answer:
    """Pounds of redundancy pay per person made redundant."""
    return ratio(pounds(view, "redundancy", Kind.SEVERANCE), len(leavers(view, "redundancy").row), _NOBODY_REDUNDANT)


def redundancy_mean_cost(view: View) -> Answer:
    """Pounds per whole-time equivalent made redundant, including pay in lieu and pension capital."""
    return ratio(pounds(view, "redundancy", *EXIT_MONEY), wte_of(view, leavers(view, "redundancy")), _NOBODY_REDUNDANT)


def redundancy_mean_cost_a_person(view: View) -> Answer:
    """Pounds per person made redundant, including pay in lieu and pension capital."""
    return ratio(pounds(view, "redundancy", *EXIT_MONEY), len(leavers(view, "redundancy").row), _NOBODY_REDUNDANT)


def redundancy_share_of_base(view: View) -> Answer:
    """Whole-time equivalents made redundant as a share of whole-time equivalents employed at the start."""
    there = view.record.in_bodies(view.run.opening_post, view.bodies)
    base = int(view.run.people.wte_hundredths[there].astype("int64").sum()) / 100.0
    return ratio(wte_of(view, leavers(view, "redundancy")), base, "nobody in this view at the start")


def bodies_without_redundancy(view: View) -> Answer:
    """Share of the organisations in the view that made nobody redundant."""
    # An organisation counts once, however many people it made redundant.
    with_some = np.unique(leavers(view, "redundancy").body)
    seen = int(view.bodies.sum())
    return ratio(seen - len(with_some), seen, "no organisation in this view")


def women_over_share(view: View) -> Answer:
    """The share of women among people made redundant over their share at the start; above 1 means over-represented."""
    women = view.run.people.sex == SEXES.index("female")
    there = view.record.in_bodies(view.run.opening_post, view.bodies)
    gone = leavers(view, "redundancy").row
    if not len(gone):
        return Missing(_NOBODY_REDUNDANT)
    at_start = float(women[there].mean()) if there.any() else 0.0
    return ratio(float(women[gone].mean()), at_start, "no women at the start")


def _share(mask: AnyArray) -> Answer:
    return Missing("nobody in this view left in this way") if not len(mask) else float(mask.mean())


_SHARE = "share of people"
MEASURES = {
    "first MARS leavers": Measure(measures=PEOPLE, read=first_mars_leavers, needs=("first_mars",)),
    "first MARS cost": Measure(measures=POUNDS, read=first_mars_cost, needs=("first_mars",)),
    "first MARS saving": Measure(measures=POUNDS_A_YEAR, read=first_mars_saving, needs=("first_mars",)),
    "first MARS mean payment": Measure(measures="pounds a person", read=first_mars_mean_payment, needs=("first_mars",)),
    "first MARS mean saving": Measure(
        measures="pounds a year a person", read=first_mars_mean_saving, needs=("first_mars",)
    ),
    "first MARS payback": Measure(measures="years", read=first_mars_payback, needs=("first_mars",)),
    "first MARS saving a resident": Measure(
        measures="pounds a year a resident", read=first_mars_saving_a_resident, needs=("first_mars",)
    ),
    "start-up gap": Measure(measures=POUNDS, read=start_up_gap, needs=("first_mars",)),
    "MARS leavers": Measure(measures=PEOPLE, read=mars_leavers, needs=("mars",)),
    "MARS mean payment": Measure(measures="pounds a person", read=mars_mean_payment, needs=("mars",)),
    "MARS share of clinicians": Measure(measures=_SHARE, read=mars_share_clinicians, needs=("mars",)),
    "MARS share of a function": Measure(measures=_SHARE, read=mars_share_function, needs=("mars",)),
    "MARS share of senior bands": Measure(measures=_SHARE, read=mars_share_senior, needs=("mars",)),
    "share with long service": Measure(measures=_SHARE, read=share_long_service, needs=("mars", "redundancy")),
    "MARS application share": Measure(measures=_SHARE, read=application_share, needs=("first_mars",)),
    "redundancies": Measure(measures=PEOPLE, read=redundancies, needs=("redundancy",)),
    "redundancies in WTE": Measure(measures=WTE, read=redundancies_wte, needs=("redundancy",)),
    "redundancies and MARS in WTE": Measure(
        measures=WTE, read=redundancies_and_mars_wte, needs=("redundancy", "first_mars")
    ),
    "redundancy cost": Measure(measures=POUNDS, read=redundancy_cost, needs=("redundancy",)),
    "redundancy mean": Measure(measures="pounds a person", read=redundancy_mean, needs=("redundancy",)),
    "redundancy mean cost": Measure(
        measures="pounds a whole-time equivalent", read=redundancy_mean_cost, needs=("redundancy",)
    ),
    "redundancy mean cost a person": Measure(
        measures="pounds a person", read=redundancy_mean_cost_a_person, needs=("redundancy",)
    ),
    "redundancy share of base": Measure(
        measures="share of whole-time equivalents", read=redundancy_share_of_base, needs=("redundancy",)
    ),
    "bodies without redundancy": Measure(
        measures="share of bodies", read=bodies_without_redundancy, needs=("redundancy",)
    ),
    "women over their share": Measure(
        measures="ratio of shares of people", read=women_over_share, needs=("redundancy",)
    ),
    "returned": Measure(measures=_SHARE, read=returned, needs=("redundancy", "returns"), partial=True),
    "transferred": Measure(measures=PEOPLE, read=transferred),
    "posts a person": Measure(measures="posts a person", read=posts_a_person),
    **PATH_MEASURES,
    **BOARD_MEASURES,
}
