"""A choice in sentences: which to choose, how sure that is, and what would change our mind."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from nhstransit.choice.discovery import FEWEST_CASES, shown
from nhstransit.choice.information import FEWEST_DRAWS
from nhstransit.errors import InputError
from nhstransit.phrases import listed, number_of, percent, pounds

if TYPE_CHECKING:
    from nhstransit.choice.objectives import Objective
    from nhstransit.choice.result import Choice

MIND = 3  # assumptions that are named


def said(number: float, unit: str) -> str:
    """A figure with its unit, as one would say it: "£1.2 million", "71.3% of knowledge", "457 function-months"."""
    if unit.startswith("£"):
        return f"{pounds(number)}{unit[1:]}"
    sign = "−" if number < 0 else ""
    size = abs(number)
    text = f"{sign}{size:,.0f}" if size >= 100 or size == round(size) else f"{sign}{size:,.3g}"
    return f"{text}{unit}" if unit.startswith("%") else f"{text} {unit}".rstrip()


def bare(number: float, unit: str) -> str:
    """A figure as `said` has it, without its unit, for a column whose heading gives it; money and "%" stay."""
    text = said(number, unit)
    if unit.startswith("£"):
        return text.removesuffix(unit[1:])
    return text.removesuffix(unit[1:]) if unit.startswith("%") else text.removesuffix(f" {unit}")


def headed(name: str, unit: str) -> str:
    """The heading of a column of figures: "forced exits (people)", "cost to the Exchequer (£)"."""
    return f"{name} ({unit})" if unit else name


def sentences(choice: Choice) -> tuple[str, ...]:
    """The whole of it."""
    return (*which(choice), *mind(choice), *inert(choice))


def which(choice: Choice) -> tuple[str, ...]:
    """Which option to choose, with its probability; what is dropped; and how often the option is best."""
    first = choice.objectives[0]
    futures = choice.common.shape[2]
    limited = choice.limited
    if limited and not choice.acceptable.any():
        told = [f"No option meets every limit on average over {futures:,} futures."]
    else:
        within = " within the limits" if limited else ""
        told = [_declared(choice, within)]
    lead = choice.units[0, choice.place(choice.favoured)] * first.sign
    told.append(f"Its mean of {first.name} is {said(float(lead.mean()), first.unit)}.")
    share, among = _share_won(choice)
    told.append(f"It is the best of {among} in {percent(share)} of futures, which more runs would not change.")
    if limited:
        met = float(choice.satisficing()["all"].loc[choice.favoured])
        told.append(f"It meets the limits in {percent(met)} of futures.")
    dropped = choice.pareto()
    dropped = dropped[~dropped["kept"]]
    if len(dropped):
        names_by = [f"{name} (by {row['dominated_by']})" for name, row in dropped.iterrows()]
        sure = f"with a probability of at least {choice.level:.0%}"
        told.append(f"Dropped, as dominated in every objective {sure}: {listed(names_by)}.")
    elif len(choice.objectives) > 1:
        told.append("No option is dominated in every objective by another, beyond chance.")
    if choice.failed:
        told.append(f"{number_of(choice.failed, 'run')} failed, and their futures are left out.")
    return tuple(told)


def _share_won(choice: Choice) -> tuple[float, str]:
    """The share of futures in which the favoured option is the best of the options within the limits."""
    names, _ = choice.contest
    share = float(choice.futures_won()["share"].loc[choice.favoured])
    if len(names) == int(choice.distinct.sum()):
        return share, f"{len(names)}"
    return share, f"the {len(names)} {'within the limits' if choice.acceptable.any() else 'left'}"


def _declared(choice: Choice, within: str) -> str:
    first = choice.objectives[0]
    names, found = choice.contest
    what = f"{first.way} {first.name}"
    if choice.rule is not None and choice.eliminated and int(choice.in_play.sum()) == 1:
        lead = said(choice.rule.indifference, first.unit)
        promise = f"with a probability of at least {choice.rule.level:.0%}, if it leads by {lead}"
        return f"Choose {choice.favoured!r} for {what}{within}: the others were eliminated, {promise}."
    if len(names) == 1:
        return f"Choose {names[0]!r}: no other option is left{within}."
    if found.declared:
        return (
            f"Choose {names[found.best]!r} for {what}{within}: with a probability of at least "
            f"{floor_percent(found.chance)} it is the best of {len(names)} on average over "
            f"{number_of(found.units, 'independent future')}."
        )
    if math.isinf(found.needed):
        more = "which are the same in these futures"
    else:
        more = f"about {found.needed:,.0f} would be enough, if means and spreads stay as they are"
    units = number_of(found.units, "independent future")
    return (
        f"No clear winner for {what}{within}: {names[found.best]!r} leads, and is the best of {len(names)} with a "
        f"probability of at least {floor_percent(found.chance)}; {units} cannot separate it from {names[found.rival]!r} "
        f"({more})."
    )


def floor_percent(chance: float) -> str:
    """A probability as a percentage, rounded down and never all, so that "at least" holds."""
    return f"{math.floor(1000.0 * min(chance, 0.999)) / 10.0:g}%"


def mind(choice: Choice) -> tuple[str, ...]:
    """What would change our mind: the numbers most worth knowing, switching values, and where the option fails."""
    paths, _ = choice.numbers
    if not paths:
        return ("No uncertain number varies here: the choice rests on the scenario's assumptions as they stand.",)
    first = choice.objectives[0]
    every = float(choice.information()["value"].iloc[-1])
    told = []
    if every > 0:
        told.append(
            f"Knowing every uncertain number before choosing would be worth {said(every, first.unit)} on average."
        )
    elif choice.units.shape[2] < FEWEST_DRAWS:
        told.append(too_few_to_know(choice))
    else:
        told.append("No uncertain number that varies here would change the choice, as far as these runs can show.")
    told += [_overturns(choice, str(path), row) for path, row in choice.overturning().head(MIND).iterrows()]
    return (*told, *_where_it_fails(choice))


def too_few_to_know(choice: Choice) -> str:
    """A sentence that there are too few draws to show what knowing a number is worth, and how many would do."""
    many = choice.units.shape[2]
    needed = f"at least {FEWEST_DRAWS} are needed"
    return f"{many} draws cannot show what it would be worth to know an uncertain number: {needed}."


def _where_it_fails(choice: Choice) -> tuple[str, ...]:
    """In which futures the favoured option fails, what failing is, and how to set a limit where none was set."""
    failing = choice.failing()
    count = int(failing.sum())
    few = min(count, len(failing) - count)
    things = "draws" if choice.figures.shape[3] > 1 else "futures"
    begin = f"{choice.favoured!r} fails in {count:,} of {len(failing):,} {things}"
    if not few:
        told = f"{choice.favoured!r} fails in {'all' if count else 'none'} of {len(failing):,} {things}."
    elif few < FEWEST_CASES:
        which_ones = "the others" if count > few else "these"
        told = f"{begin}: to say what {which_ones} have in common, at least {FEWEST_CASES} of each kind are needed."
    else:
        try:
            told = f"{choice.favoured!r} {choice.fails()}."
        except InputError as error:
            told = f"{begin}. The library cannot say what these have in common: {error.where} {error.wrong}; {error.right}."
    return (told, f"To fail here means {_failure(choice)}.")


def _overturns(choice: Choice, path: str, row: Any) -> str:
    """How one number could overturn the choice: what knowing it is worth, and where a rival overtakes or comes nearest."""
    unit = choice.objectives[0].unit
    rival = repr(str(row["rival"]))
    at, where, low, high = (shown(float(row[name]), choice.dated(path)) for name in ("at", "where", "low", "high"))
    drawn = f"(drawn from {low} to {high})"
    known = f"Knowing {path} would be worth {said(float(row['value']), unit)}; " if row["value"] > 0 else f"{path}: "
    if not math.isnan(row["at"]):
        return f"{known}{rival} overtakes at {at} {drawn}."
    if row["lead"] < 0:
        return f"{known}{rival} is expected to lead at {where} {drawn}."
    lead = said(float(row["lead"]), unit)
    average = said(float(row["average"]), unit)
    line = "" if row["trace"] else " (these runs show no clear trend)"
    return f"{known}the lead over {rival} is lowest at {where} {drawn}: {lead}, where {average} is the average{line}."


def _failure(choice: Choice) -> str:
    """What counts as the failure of an option."""
    if choice.limited:
        bounds = [_bound(one) for one in choice.objectives if not math.isnan(one.limit)]
        return f"to be outside {'the limit' if len(bounds) == 1 else 'a limit'}: {listed(bounds)}"
    name = choice.objectives[0].name
    return f"to be worse in {name} than another option, as no objective has a limit (`least` or `most` of one sets it)"


def _bound(objective: Objective) -> str:
    """The limit of an objective: "expertise kept of at least 45% of knowledge"."""
    side = "least" if objective.sign > 0 else "most"
    bound = objective.limit * objective.sign
    told = f"{objective.name} of at {side} {said(bound, objective.unit)}"
    if side == "most" and bound < 0:  # a cost below zero is read twice
        told += f", which is a saving of at least {said(-bound, objective.unit)}"
    return told


def inert(choice: Choice) -> tuple[str, ...]:
    """The options that changed no event in any run, each with the reason where the model knows it."""
    return tuple(
        f"{name!r} changed no event in any run{f': {reason}' if reason else ''}."
        for name, reason in choice.inert.items()
    )
