"""The five sentences that a page begins with, built from plain numbers by rules that follow the sign of a change."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import attrs

from nhstransit.phrases import FEW_PER_CENT, date, inside, listed, parts_of, people, percent, persons, pounds
from nhstransit.report.facts import Cost, Lost, PayBill, Whereabouts

NAMED_EXITS = 3  # policies named in the sentence on cost; the others are added together
NAMED_GAPS = 2  # published figures named in the last sentence
LONG = "people with 15 years' service or more"
WORDS = {  # descriptions of what staying and cover cost
    "retention": "retention premiums",
    "interims": "interims",
    "development": "training",
}


@attrs.frozen(kw_only=True)
class Gap:
    """A published figure that a run does not reproduce, in words and formatted ("£254.1m"), and any stored range."""

    what: str
    simulated: str
    published: str
    span: str = ""


@attrs.frozen(kw_only=True)
class Distance:
    """How far a run is from published figures: how many were compared, how many it reproduces, and the main `gaps`.

    `speaks` says whether the published figures describe this world at all, `fitted` how many of those compared were
    targets of a fit, and `fitted_missed` how many of these this run misses. `of_stored` is the same of several stored
    runs of the fitted world, over `stored` runs: 0 where none are stored.
    """

    speaks: bool
    judged: int = 0
    given: int = 0
    fitted: int = 0
    fitted_missed: int = 0
    of_stored: int = 0
    stored: int = 0
    gaps: tuple[Gap, ...] = ()


def where_people_went(told: Whereabouts) -> str:
    """Of the opening staff: with another organisation, with the same, or gone, and how; the largest part first."""
    if not told.people:
        return f"Nobody was in post on {date(told.start)}."
    parts = [
        (told.moved, "worked for another organisation"),
        (told.same, "still worked for the same organisation"),
        (told.left_by_choice, "had resigned or retired"),
        (told.left_otherwise, "had died, been dismissed or come to the end of a contract"),
        (told.left_by_policy, "had left by a scheme, by redundancy or because their organisation closed"),
    ]
    there = sorted((part for part in parts if part[0]), key=lambda part: -part[0])
    begin = f"Of {persons(told.people)} in post on {date(told.start)}, by {date(told.end)}"
    if len(there) == 1:
        return f"{begin} all {there[0][1]}."
    shares = parts_of([count for count, _ in there])
    said = listed(f"{heads} ({share}) {what}" for (heads, share), (_, what) in zip(shares, there, strict=True))
    return f"{begin}, {said}."


def what_it_cost(told: Cost) -> str:
    """What was paid for exits, by policy; what staying and cover cost; what removed posts save, or added ones cost."""
    parts = [_going(told)]
    others = [f"{WORDS[what]} {pounds(amount)}" for what, amount in told.others.items()]
    if len(others) == 1:
        parts.append(f"{others[0]} came on top")
    elif others:
        parts.append(f"staying and cover cost {pounds(sum(told.others.values()))} more ({listed(others)})")
    parts.append(_saved(told))
    return "; ".join(parts) + "."


def _saved(told: Cost) -> str:
    """What the posts that went for good save in a year, and how much of it lasts."""
    gross = pounds(told.gross_a_year)
    net = pounds(told.saved_a_year)
    if round(told.saved_a_year) < 0:
        return f"the change of posts costs {pounds(-told.saved_a_year)} a year more"
    if not round(told.gross_a_year):
        return "no post that went for good saves anything"
    if gross == net:
        return f"the posts that went for good save {gross} a year"
    return (
        f"the posts that went for good save {gross} a year, {net} of it net: without posts whose leavers came back, and "
        "after the cost of posts that policies opened"
    )


def how_the_pay_bill_changed(told: PayBill) -> str:
    """Up, down or much the same, together with the number of people in post."""
    span = f"from {pounds(told.before)} a year on {date(told.first)} to {pounds(told.after)} on {date(told.last)}"
    if not told.before:
        return f"The pay bill, employers' costs included, went {span}."
    heads = f"people in post {_moved(told.change_of_people, 'fell by {}', 'rose by {}', 'hardly changed')}"
    link = "and" if (told.change < 0) == (told.change_of_people < 0) else "while"
    how = _moved(told.change, "fell by {}", "rose by {}", "hardly changed")
    return f"The pay bill, employers' costs included, {how}, {span}, {link} {heads}."


def who_was_lost(told: Lost) -> str:
    """How many are out of the NHS, the functions and bands with the extreme losses, long service and clinicians."""
    if not told.people:
        return f"By {date(told.end)}, nobody of the first day's staff had left the NHS altogether."
    lost = f"{people(told.people)} ({percent(told.share)})"
    begin = f"By {date(told.end)}, {lost} of the first day's staff had left the NHS altogether"
    ends = [_ends(told.by_function, _function), _ends(told.by_band, _band)]
    most, least = ([end[place] for end in ends if end] for place in (0, 1))
    groups = f": most in {listed(most)}, least in {listed(least)}" if most else ""
    long = _often(LONG, *told.long_service, told.people)
    clinical = _often("clinicians", *told.clinicians, told.people)
    return f"{begin}{groups}; {long}, {clinical}."


def how_far_from_what_was_published(told: Distance) -> str:
    """How many published figures the run reproduces, and the main ones it misses; or that none describes this world."""
    if not told.speaks:
        return "No published figure is about this world, so nobody can say how close to the truth it is."
    if not told.judged:
        return "No published figure can be compared with this run."
    missed = told.judged - told.given
    counted = f"{told.judged} published numbers that can be compared with it, each counted once"
    begin = f"Of {counted}, the run gives {told.given or 'none'}"
    begin += f" and misses {missed}" if missed else ", and misses none"
    fitted = _fitted(told)
    gaps = [
        f"{one.what}: {one.simulated}{f' ({one.span})' if one.span else ''}, published {one.published}"
        for one in told.gaps[:NAMED_GAPS]
    ]
    return f"{begin}{fitted}" + (f"; furthest off, {'; '.join(gaps)}" if gaps else "") + "."


def others_missed(told: Distance) -> tuple[str, ...]:
    """How many of the figures that nothing was fitted to are missed by the run, to go with a banner; empty without a fit."""
    others = told.judged - told.fitted
    if not (told.fitted and others):
        return ()
    missed = told.judged - told.given - told.fitted_missed
    return (f"This run misses {missed or 'none'} of the {others} published numbers that nothing was fitted to.",)


def _fitted(told: Distance) -> str:
    """How many of the missed figures were fitted to, here and over the stored runs that a banner speaks of."""
    if not told.fitted:
        return ""
    others = told.judged - told.fitted
    missed = told.judged - told.given
    said = f": {told.fitted_missed or 'none'} of the {told.fitted} that were fitted to"
    said += f" and {missed - told.fitted_missed or 'none'} of the {others} others" if others else ""
    if told.stored and told.of_stored != told.fitted_missed:
        said += f" (over {told.stored} stored runs together, {told.of_stored or 'none'} of those fitted to)"
    return said


def _going(told: Cost) -> str:
    """What was paid for exits and by which policies, the most expensive first."""
    if not told.exits:
        return "Nobody was paid to go"
    ranked = sorted(told.exits.items(), key=lambda pair: -pair[1])
    begin = f"Paying people to go cost {pounds(told.for_exits)}"
    if len(ranked) == 1:
        return f"{begin}, all of it by {inside(ranked[0][0])}"
    named = [f"{inside(title)} {pounds(amount)}" for title, amount in ranked[:NAMED_EXITS]]
    rest = sum(amount for _, amount in ranked[NAMED_EXITS:])
    return f"{begin}: {listed([*named, *([f'others {pounds(rest)}'] if rest else [])])}"


def _moved(change: float, down: str, up: str, same: str) -> str:
    """A change as a share, in words that depend on its sign."""
    if abs(change) < FEW_PER_CENT:
        return same
    return (down if change < 0 else up).format(percent(abs(change)))


def _ends(shares: dict[str, float], named: Callable[[str], str]) -> tuple[str, str] | None:
    """The groups that lost the largest and the smallest share of their people; None where all shares are equal."""
    if not shares or max(shares.values()) == min(shares.values()):
        return None
    most = max(shares, key=lambda name: shares[name])
    least = min(shares, key=lambda name: shares[name])
    return f"{named(most)} ({percent(shares[most])})", f"{named(least)} ({percent(shares[least])})"


def _function(name: str) -> str:
    return name.replace("-", " ")


def _band(name: str) -> str:
    return "very senior managers" if name == "VSM" else f"band {name}"


def _often(who: str, of_lost: float, of_all: float, lost: int) -> str:
    """Whether a group was lost more or less often than others: its share of people lost against its share of all.

    Two shares count as equal if they differ by less than two standard errors for that number of people.
    """
    if not of_all:
        return f"there were no {who}"
    by_chance = 2.0 * math.sqrt(of_all * (1.0 - of_all) / max(lost, 1))
    if abs(of_lost - of_all) < max(FEW_PER_CENT, by_chance):
        return f"{who} went about as often as others ({percent(of_lost)} of those lost, {percent(of_all)} of all)"
    how = "more" if of_lost > of_all else "less"
    return f"{who} went {how} often than others ({percent(of_lost)} of those lost, {percent(of_all)} of all)"


def five(where: Whereabouts, cost: Cost, bill: PayBill, lost: Lost, distance: Distance) -> Sequence[str]:
    """The five sentences, in their order.

    Args:
        where: where the opening staff went.
        cost: what was paid.
        bill: the change in the pay bill.
        lost: the opening staff who were lost.
        distance: how far the run is from published figures.
    """
    return (
        where_people_went(where),
        what_it_cost(cost),
        how_the_pay_bill_changed(bill),
        who_was_lost(lost),
        how_far_from_what_was_published(distance),
    )
