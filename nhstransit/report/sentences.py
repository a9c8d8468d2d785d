"""The five sentences at the start of a page, built from plain numbers; their words depend on the sign of a change."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import attrs

from nhstransit.phrases import FEW_PER_CENT, date, inside, listed, parts_of, people, percent, persons, pounds
from nhstransit.report.facts import Cost, Lost, PayBill, Whereabouts

NAMED_EXITS = 3  # policies named in the sentence on cost; the others are added together
NAMED_GAPS = 2  # published figures named in the last sentence
LONG = "people with 15 years' service or more"
WORDS = {  # costs of retention, cover and training
    "retention": "retention premiums",
    "interims": "interims",
    "development": "training",
}


@attrs.frozen(kw_only=True)
class Gap:
    """A published figure that a run misses: its words, both values as text ("£254.1m"), and any stored range."""

    what: str
    simulated: str
    published: str
    span: str = ""


@attrs.frozen(kw_only=True)
class Distance:
    """How far a run is from published figures.

    Attributes:
        speaks: whether published figures describe this scenario at all.
        judged: how many figures were compared.
        given: how many of these the run reproduces.
        fitted: how many of the compared figures were targets of a fit.
        fitted_missed: how many of these targets the run misses.
        of_stored: how many targets the stored runs of the fitted scenario miss together.
        stored: the number of stored runs; 0 if none are stored.
        gaps: the main misses.
    """

    speaks: bool
    judged: int = 0
    given: int = 0
    fitted: int = 0
    fitted_missed: int = 0
    of_stored: int = 0
    stored: int = 0
    gaps: tuple[Gap, ...] = ()


def where_people_went(found: Whereabouts) -> str:
    """How many of the opening staff stayed, moved to another organisation or left, and how; the largest part first."""
    if not found.people:
        return f"Nobody was in post on {date(found.start)}."
    parts = [
        (found.moved, "worked for another organisation"),
        (found.same, "still worked for the same organisation"),
        (found.left_by_choice, "had resigned or retired"),
        (found.left_otherwise, "had died, been dismissed or come to the end of a contract"),
        (found.left_by_policy, "had left under a scheme, by redundancy or because their organisation closed"),
    ]
    there = sorted((part for part in parts if part[0]), key=lambda part: -part[0])
    begin = f"Of {persons(found.people)} in post on {date(found.start)}, by {date(found.end)}"
    if len(there) == 1:
        return f"{begin} all {there[0][1]}."
    # Rounded together, so that the shares in the sentence add up to 100%.
    shares = parts_of([count for count, _ in there])
    fates = listed(f"{heads} ({share}) {what}" for (heads, share), (_, what) in zip(shares, there, strict=True))
    return f"{begin}, {fates}."


def what_it_cost(found: Cost) -> str:
    """Exit payments by policy; the cost of retention, cover and training; what removed posts save, or new posts cost."""
    parts = [_going(found)]
    others = [f"{WORDS[what]} {pounds(amount)}" for what, amount in found.others.items()]
    more = "a further " if found.exits else ""
    whole = pounds(sum(found.others.values()))
    if len(others) == 1:
        parts.append(f"{WORDS[next(iter(found.others))]} cost {more}{whole}")
    elif others:
        parts.append(f"retention, cover and training cost {more}{whole} ({listed(others)})")
    parts.append(_saved(found))
    return "; ".join(parts) + "."


def _saved(found: Cost) -> str:
    """What the posts removed for good save in a year, gross and net."""
    gross = pounds(found.gross_a_year)
    net = pounds(found.saved_a_year)
    # Whole pounds decide: a saving that would be printed as £0 is none.
    if round(found.saved_a_year) < 0:
        return f"posts that were removed and opened cost a net {pounds(-found.saved_a_year)} a year"
    if not round(found.gross_a_year):
        return "no removed post saves anything"
    if gross == net:
        return f"removed posts save {gross} a year"
    return (
        f"removed posts save {gross} a year gross, and {net} a year net of posts whose leavers came back and of posts that "
        "policies opened"
    )


def how_the_pay_bill_changed(found: PayBill) -> str:
    """How the pay bill and the number of people in post changed: up, down or hardly at all."""
    span = f"from {pounds(found.before)} a year on {date(found.first)} to {pounds(found.after)} on {date(found.last)}"
    if not found.before:
        return f"The pay bill with employers' costs went {span}."
    heads = f"people in post {_moved(found.change_of_people, 'fell by {}', 'rose by {}', 'hardly changed')}"
    link = "and" if (found.change < 0) == (found.change_of_people < 0) else "while"
    how = _moved(found.change, "fell by {}", "rose by {}", "hardly changed")
    return f"The pay bill with employers' costs {how}, {span}, {link} {heads}."


def who_was_lost(found: Lost) -> str:
    """How many people left the NHS, the functions and bands with the extreme losses, long service and clinicians."""
    if not found.people:
        return f"By {date(found.end)}, none of the opening staff had left the NHS altogether."
    lost = f"{people(found.people)} ({percent(found.share)})"
    begin = f"By {date(found.end)}, {lost} of the opening staff had left the NHS altogether"
    ends = [_ends(found.by_function, _function), _ends(found.by_band, _band)]
    most, least = ([end[place] for end in ends if end] for place in (0, 1))
    groups = f": the largest shares in {listed(most)}, the smallest in {listed(least)}" if most else ""
    long = _often(LONG, *found.long_service, found.people)
    clinical = _often("clinicians", *found.clinicians, found.people)
    return f"{begin}{groups}; {long}; {clinical}."


def how_far_from_what_was_published(found: Distance) -> str:
    """How many published figures the run reproduces and the main misses, or that none describes this scenario."""
    if not found.speaks:
        return "No published figure describes this scenario, so its distance from the truth is unknown."
    if not found.judged:
        return "No published figure can be compared with this run."
    missed = found.judged - found.given
    begin = (
        f"The run reproduces {found.given or 'none'} of the {found.judged} published numbers that can be compared with it, "
        f"and misses {missed or 'none'}"
    )
    fitted = _fitted(found)
    gaps = [
        f"{one.what}: {one.simulated}{f' ({one.span})' if one.span else ''}, published {one.published}"
        for one in found.gaps[:NAMED_GAPS]
    ]
    return f"{begin}{fitted}" + (f"; the largest misses are {'; '.join(gaps)}" if gaps else "") + "."


def others_missed(found: Distance) -> tuple[str, ...]:
    """How many of the figures that were not fitted the run misses, for a banner; empty without a fit."""
    # A fit is judged by figures that it was not fitted to.
    others = found.judged - found.fitted
    if not (found.fitted and others):
        return ()
    missed = found.judged - found.given - found.fitted_missed
    return (f"This run misses {missed or 'none'} of the {others} published numbers that were not fitted.",)


def _fitted(found: Distance) -> str:
    """How many of the missed figures were fitted, in this run and over the stored runs of a banner."""
    if not found.fitted:
        return ""
    others = found.judged - found.fitted
    missed = found.judged - found.given
    text = f": {found.fitted_missed or 'none'} of the {found.fitted} fitted numbers"
    text += f" and {missed - found.fitted_missed or 'none'} of the {others} others" if others else ""
    # One run may miss other targets than the mean of the stored runs; both numbers are shown if they differ.
    if found.stored and found.of_stored != found.fitted_missed:
        text += f" (over {found.stored} stored runs together, {found.of_stored or 'none'} of the fitted numbers)"
    return text


def _going(found: Cost) -> str:
    """Exit payments, in all and by policy, the most expensive first."""
    if not found.exits:
        return "Nobody was paid to go"
    # The largest payments are listed; the rest are added up under "others".
    ranked = sorted(found.exits.items(), key=lambda pair: -pair[1])
    begin = f"Paying people to go cost {pounds(found.for_exits)}"
    if len(ranked) == 1:
        return f"{begin}, all of it under {inside(ranked[0][0])}"
    sums = [f"{inside(title)} {pounds(amount)}" for title, amount in ranked[:NAMED_EXITS]]
    rest = sum(amount for _, amount in ranked[NAMED_EXITS:])
    return f"{begin}: {listed([*sums, *([f'others {pounds(rest)}'] if rest else [])])}"


def _moved(change: float, down: str, up: str, same: str) -> str:
    """A change as a share, in words that depend on its sign."""
    if abs(change) < FEW_PER_CENT:
        return same
    return (down if change < 0 else up).format(percent(abs(change)))


def _ends(shares: dict[str, float], named: Callable[[str], str]) -> tuple[str, str] | None:
    """The groups that lost the largest and the smallest share of their people; None if all shares are equal."""
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
    """Whether a group left the NHS more or less often than others: its share of leavers against its share of all staff.

    The shares count as equal if they differ by less than two standard errors for that number of people.
    """
    if not of_all:
        return f"there were no {who}"
    # The standard error of a share of `lost` people, if the group left as often as everyone.
    by_chance = 2.0 * math.sqrt(of_all * (1.0 - of_all) / max(lost, 1))
    if abs(of_lost - of_all) < max(FEW_PER_CENT, by_chance):
        return (
            f"{who} left about as often as others ({percent(of_lost)} of these leavers, {percent(of_all)} of all staff)"
        )
    how = "more" if of_lost > of_all else "less"
    return f"{who} left {how} often than others ({percent(of_lost)} of these leavers, {percent(of_all)} of all staff)"


def five(where: Whereabouts, cost: Cost, bill: PayBill, lost: Lost, distance: Distance) -> Sequence[str]:
    """The five sentences, in their order.

    Args:
        where: where the opening staff went.
        cost: costs and savings.
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
