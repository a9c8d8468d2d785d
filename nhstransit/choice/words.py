"""A choice in sentences: which option to choose, how sure that is, and what would change the choice."""

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

MIND = 3  # the number of uncertain numbers that the sentences mention


def said(number: float, unit: str) -> str:
    """A figure with its unit, in words: "£1.2 million", "71.3% of knowledge", "457 function-months"."""
    if unit.startswith("£"):
        return f"{pounds(number)}{unit[1:]}"
    # A minus sign instead of a hyphen. Small numbers have three significant digits, large and whole ones no decimals.
    sign = "−" if number < 0 else ""
    size = abs(number)
    text = f"{sign}{size:,.0f}" if size >= 100 or size == round(size) else f"{sign}{size:,.3g}"
    if unit.startswith("%"):
        return f"{text}{unit}"
    return f"{text} {unit}".rstrip()


def bare(number: float, unit: str) -> str:
    """A figure as `said` writes it, but without the unit, for a column whose heading has it; "£" and "%" stay."""
    text = said(number, unit)
    if unit.startswith("£"):
        return text.removesuffix(unit[1:])
    return text.removesuffix(unit[1:]) if unit.startswith("%") else text.removesuffix(f" {unit}")


def headed(name: str, unit: str) -> str:
    """The heading of a column of figures: "forced exits (people)", "cost to the Exchequer (£)"."""
    return f"{name} ({unit})" if unit else name


def sentences(choice: Choice) -> tuple[str, ...]:
    """All sentences, in the order of the report."""
    return (*which(choice), *mind(choice), *inert(choice))


def which(choice: Choice) -> tuple[str, ...]:
    """Which option to choose and how sure that is, how often it is best, and which options are dropped."""
    first = choice.objectives[0]
    futures = choice.common.shape[2]
    limited = choice.limited
    if limited and not choice.acceptable.any():
        lines = [
            f"No option meets every limit on average over {futures:,} futures; {choice.favoured!r} meets them most often."
        ]
    else:
        within = " within the limits" if limited else ""
        lines = [_declared(choice, within)]
    # Figures are in the objective's own direction again, as the reader knows them.
    lead = choice.units[0, choice.place(choice.favoured)] * first.sign
    lines.append(f"Its mean of {first.name} is {said(float(lead.mean()), first.unit)}.")
    share, among = _share_won(choice)
    lines.append(f"It is the best of {among} in {percent(share)} of futures. More runs would not raise this share.")
    if limited:
        met = float(choice.satisficing()["all"].loc[choice.favoured])
        lines.append(f"It meets the limits in {percent(met)} of futures.")
    dropped = choice.pareto()
    dropped = dropped[~dropped["kept"]]
    if len(dropped):
        names_by = [f"{name} (by {row['dominated_by']})" for name, row in dropped.iterrows()]
        sure = f"with a probability of at least {choice.level:.0%}"
        which = "This option is" if len(dropped) == 1 else "These options are"
        them = "it" if len(dropped) == 1 else "them"
        lines.append(f"{which} dropped because another dominates {them} {sure}: {listed(names_by)}.")
    elif len(choice.objectives) > 1:
        lines.append(f"No option is dominated by another with a probability of {choice.level:.0%} or more.")
    if choice.failed:
        lines.append(f"{number_of(choice.failed, 'run')} failed, and their futures are left out.")
    return tuple(lines)


def _share_won(choice: Choice) -> tuple[float, str]:
    """The share of futures in which the favoured option is best, and the competing options in words."""
    names, _ = choice.contest
    share = float(choice.futures_won()["share"].loc[choice.favoured])
    if len(names) == int(choice.distinct.sum()):
        return share, number_of(len(names), "option")
    among = "within the limits" if choice.acceptable.any() else "left"
    return share, f"the {number_of(len(names), 'option')} {among}"


def _declared(choice: Choice, within: str) -> str:
    first = choice.objectives[0]
    names, found = choice.contest
    what = f"{first.way} {first.name}"
    if choice.rule is not None and choice.eliminated and int(choice.in_play.sum()) == 1:
        lead = said(choice.rule.indifference, first.unit)
        promise = (
            f"it is the best with a probability of at least {choice.rule.level:.0%}, if it leads by at least {lead}"
        )
        return f"Choose {choice.favoured!r} for {what}{within}: the other options were eliminated, and {promise}."
    if len(names) == 1:
        return f"Choose {names[0]!r}: no other option is left{within}."
    if found.declared:
        return (
            f"Choose {names[found.best]!r} for {what}{within}: with a probability of at least "
            f"{floor_percent(found.chance)} it is the best of {len(names)} on average over "
            f"{number_of(found.units, 'independent future')}."
        )
    if math.isinf(found.needed):
        more = "the two have the same figures in these futures"
    else:
        more = f"about {found.needed:,.0f} would be enough, if means and spreads do not change"
    units = number_of(found.units, "independent future")
    return (
        f"No option is clearly the best for {what}{within}. {names[found.best]!r} leads, and is the best of {len(names)} "
        f"with a probability of at least {floor_percent(found.chance)}. {units[:1].upper()}{units[1:]} cannot separate it "
        f"from {names[found.rival]!r} ({more})."
    )


def floor_percent(chance: float) -> str:
    """A probability as a percentage, rounded down and never 100%, so that "at least" before it is true."""
    return f"{math.floor(1000.0 * min(chance, 0.999)) / 10.0:g}%"


def mind(choice: Choice) -> tuple[str, ...]:
    """What would change the choice: the numbers most worth knowing, switching values, and where the option fails."""
    paths, _ = choice.numbers
    if not paths:
        return ("No uncertain number varies here: the choice depends on the assumptions of the scenario.",)
    first = choice.objectives[0]
    every = float(choice.information()["value"].iloc[-1])
    lines = []
    if every > 0:
        lines.append(
            f"Knowing every uncertain number before choosing would be worth {said(every, first.unit)} on average."
        )
    elif choice.units.shape[2] < FEWEST_DRAWS:
        lines.append(too_few_to_know(choice))
    else:
        lines.append("As far as these runs show, knowing the uncertain numbers would not change the choice.")
    lines += [_overturns(choice, str(path), row) for path, row in choice.overturning().head(MIND).iterrows()]
    return (*lines, *_where_it_fails(choice))


def too_few_to_know(choice: Choice) -> str:
    """A sentence for a choice with too few draws to show what knowing a number is worth."""
    many = choice.units.shape[2]
    needed = f"at least {FEWEST_DRAWS} are needed"
    return f"{many} draws cannot show what it would be worth to know an uncertain number: {needed}."


def _where_it_fails(choice: Choice) -> tuple[str, ...]:
    """In which futures the favoured option fails, and what failing means."""
    failing = choice.failing()
    count = int(failing.sum())
    # A pattern needs enough cases of both kinds, so the smaller number decides.
    few = min(count, len(failing) - count)
    things = "draws" if choice.figures.shape[3] > 1 else "futures"
    begin = f"{choice.favoured!r} fails in {count:,} of {len(failing):,} {things}"
    if not few:
        finding = f"{choice.favoured!r} fails in {'all' if count else 'none'} of {len(failing):,} {things}."
    elif few < FEWEST_CASES:
        needed = f"at least {FEWEST_CASES} {things} in which it fails and {FEWEST_CASES} in which it does not"
        finding = f"{begin}. To find a pattern, {needed} are needed."
    else:
        try:
            finding = f"{choice.favoured!r} {choice.fails()}."
        except InputError as error:
            finding = (
                f"{begin}. A pattern in these failures cannot be found: {error.where} {error.wrong}; {error.right}."
            )
    return (finding, f"Here an option fails if {_failure(choice)}.")


def _overturns(choice: Choice, path: str, row: Any) -> str:
    """How one number could change the choice: the worth of knowing it, and where a rival overtakes or comes nearest."""
    unit = choice.objectives[0].unit
    rival = repr(str(row["rival"]))
    ends = (shown(float(row[name]), choice.dated(path)) for name in ("at", "where", "low", "high"))
    at, where, low, high = ends
    drawn = f"(values drawn: {low} to {high})"
    known = f"Knowing '{path}' would be worth {said(float(row['value']), unit)}; " if row["value"] > 0 else f"{path}: "
    if not math.isnan(row["at"]):
        return f"{known}{rival} becomes the better option at {at} {drawn}."
    if row["lead"] < 0:
        return f"{known}{rival} is expected to lead at {where} {drawn}."
    lead = said(float(row["lead"]), unit)
    average = said(float(row["average"]), unit)
    line = "" if row["trace"] else " (these runs show no clear trend)"
    return f"{known}the lead over {rival} is smallest at {where} {drawn}: {lead}, compared with {average} on average{line}."


def _failure(choice: Choice) -> str:
    """What counts as the failure of an option, as a clause after "an option fails if"."""
    if choice.limited:
        bounds = [_bound(one) for one in choice.objectives if not math.isnan(one.limit)]
        return f"it is outside {'the limit' if len(bounds) == 1 else 'one of the limits'} of {listed(bounds)}"
    name = choice.objectives[0].name
    return f"another option is better in {name}; to change this, set `least` or `most` of an objective"


def _bound(objective: Objective) -> str:
    """The limit of an objective: "'expertise kept' (at least 45% of knowledge)"."""
    side = "least" if objective.sign > 0 else "most"
    bound = objective.limit * objective.sign
    text = f"at {side} {said(bound, objective.unit)}"
    if side == "most" and bound < 0:  # a negative cost is hard to read, so the saving is given too
        text += f", which is a saving of at least {said(-bound, objective.unit)}"
    return f"{objective.name!r} ({text})"


def inert(choice: Choice) -> tuple[str, ...]:
    """A sentence for each option that changed no event in any run, with the reason if it is known."""
    return tuple(
        f"{name!r} changed no event in any run{f': {reason}' if reason else ''}."
        for name, reason in choice.inert.items()
    )
