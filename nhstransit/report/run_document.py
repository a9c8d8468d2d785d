"""The report of one run: its parts in their order, as plain data. It hides small counts of real staff."""

from __future__ import annotations

import platform
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from nhstransit.england import status_of
from nhstransit.england.intervals import SAYS, KeptInterval
from nhstransit.measures import Measures, measure
from nhstransit.measures.appraisal import usual_appraisal
from nhstransit.measures.disclosure import publication
from nhstransit.measures.headline_figures import UNITS, in_words
from nhstransit.measures.real_staff import staff_are_real
from nhstransit.measures.suppression import HIDDEN, Rule
from nhstransit.phrases import date, inside, listed, people, percent, percentages, persons, pounds, quantity
from nhstransit.report import facts, sentences
from nhstransit.report.document import UNASSURED, Document, Part, Picture
from nhstransit.report.mattering import assumptions_that_matter
from nhstransit.report.story import (
    Section,
    beside,
    bodies,
    distance_of,
    has_published,
    intervals_of,
    kept_of,
    leaving,
    money,
    published_section,
    ranges_section,
    spread,
    steps,
    uncertain,
)
from nhstransit.run import Run
from nhstransit.run.groups import grouping
from nhstransit.run.run import library_version
from nhstransit.scenario import Scenario
from nhstransit.scenario.assumptions import inputs_with_paths
from nhstransit.toml import names_in

if TYPE_CHECKING:
    from nhstransit.england import Published

BORNE = ("sex", "age", "band", "function")  # characteristics by which a report shows who was affected
OUTCOMES = ("left", "made redundant", "in post at the end")  # columns of the table for each characteristic
EXIT_COSTS = (
    "severance",
    "pay in lieu of notice",
    "pension capital",
    "guarantees bought out",
)  # lines of the appraisal
NO_MATTER = "not in it"  # the line is zero, so that no change of it can make the total zero
FAR_OFF = "never"  # the change would be too large
SWITCH = 3.0  # the largest relative rise of a line that counts as possible
FEW = 6  # up to this many seeds are all listed
SETTINGS = {  # the words for a setting of a policy, by its name and unit
    ("cut", "share of the opening pay bill"): "cut as a share of the opening pay bill",
    ("from_cut", "share of the opening pay bill"): "cut in earlier years, as a share of the opening pay bill",
    ("payback_months", "months"): "months within which a case must pay back",
    ("refill", "share of vacancies"): "share of vacancies that are filled again",
    ("removed", "share of vacated posts"): "share of vacated posts that are removed",
    ("share", "share of people paid to leave"): "share of people paid to leave who return",
    ("share", "share of posts"): "share of posts that are transferred",
    ("spread", "standard deviation over employers"): "spread (standard deviation over employers)",
    ("target", "of the policy's measure"): "target, in the unit of the policy's measure",
    ("tax_rate", "marginal rate"): "marginal tax rate",
    ("unreasonable", "share of refusals"): "share of refusals that are judged unreasonable",
    ("weeks", "weeks from advert to start"): "weeks from an advertisement to a start",
    ("weight", "share of the way to the target"): "change in perceived risk, as a share of its distance to the target",
}
ROWS_OF = {"freezes": "freeze", "panels": "panel", "path": "step"}  # the word for one row of a list of a policy
NOT_IN_IT = (
    "The model does not include care of patients, waiting times or the quality of services. It includes buildings, "
    "contracts and systems only if the author of the scenario entered a sum for them.",
    "The model does not include people outside these employers, except as newcomers. Time that leavers spend looking for "
    "work counts in the value to society; nothing else that they do outside the NHS is included.",
)


def run_document(run: Run, *, real: bool | None = None) -> Document:
    """The report of a run.

    Args:
        run: the run.
        real: whether the staff are real people, so that small counts are hidden and others rounded; by default the
            answer of `staff_are_real`.
    """
    scenario = run.scenario
    hide = staff_are_real(run) if real is None else real
    status = status_of(scenario)
    # A comparison with published figures shows exact counts, so it is left out wherever small counts are hidden.
    published = None if hide or not has_published(run) else beside(run)
    parts = _shared_parts(run, Rule()) if hide else _parts(measure(run), published)
    missed = sentences.others_missed(distance_of(status, published))
    return Document(
        title=scenario.title or scenario.name,
        about=scenario.about,
        status=(status.banner, *missed, UNASSURED),
        parts=tuple(parts),
        real=hide,
    )


def _parts(measures: Measures, published: Published | None) -> Iterable[Part]:
    run = measures.run
    yield _answer(measures, published)
    yield _five_numbers(measures)
    yield Part(
        heading="Compared with what",
        sections=(
            Section.of(
                "Compared with what",
                f"The run is compared with its first day, {date(run.scenario.start)}. A change since then is not the effect "
                "of a policy: people leave in every year. To see the effect of a policy, compare the run with a baseline "
                "that has the same random numbers.",
            ),
        ),
    )
    yield _who_bore_it(run)
    yield _lost(measures)
    yield _when(run)
    yield _where(measures)
    yield _money(measures)
    yield _how_sure(run, published)
    yield _misses(run, published)
    yield _assumptions(run)
    yield how_made((run,))


def _answer(measures: Measures, published: Published | None) -> Part:
    """The question, and three of the five sentences at the start of the story."""
    run = measures.run
    answers = (
        sentences.where_people_went(facts.whereabouts_of(run)),
        sentences.what_it_cost(facts.cost_of(measures)),
        sentences.who_was_lost(facts.lost_of(run)),
    )
    start = date(run.scenario.start)
    end = date(run.scenario.end)
    question = (
        f"Where had the people in post on {start} gone by {end}, what did it cost, and which people did the NHS lose?"
    )
    return Part(
        heading="The question and the answer",
        sections=(Section(heading="The question and the answer", sentences=(question, *answers, _known_to(run))),),
    )


def _known_to(run: Run) -> str:
    """The stored intervals of the figures in the answer, or a sentence that there are none."""
    kept = intervals_of(run)
    ranges = [
        f"{in_words(name)} between {' and '.join(_ends(kept, name))}"
        for name in ("left", "exit cost", "net recurrent saving", "knowledge lost")
        if name in kept
    ]
    if not ranges:
        return "These are the numbers of one run: they differ from seed to seed, and no ranges are stored for this scenario."
    return f"90% intervals of these numbers are: {listed(ranges)}."


def _ends(kept: Mapping[str, KeptInterval], name: str) -> tuple[str, str]:
    """The ends of the stored interval of one headline; only the second has the unit."""
    unit = UNITS[name]
    low = quantity(kept[name].low_90, unit)
    high = quantity(kept[name].high_90, unit)
    # The pound sign comes before the number and stays at both ends; the rest of the unit follows the number.
    repeated = unit[1:] if unit.startswith("£") else f" {unit}"
    return low.removesuffix(repeated), high


def _five_numbers(measures: Measures) -> Part:
    bill = facts.pay_bill_of(measures)
    figures = measures.headlines
    # The last item of a row is the headline whose stored interval is shown with it; "" if there is none.
    rows = (
        ("people in post", people(figures["opening heads"]), people(figures["closing heads"]), "closing heads"),
        ("pay bill a year, with employers' costs", pounds(bill.before), pounds(bill.after), ""),
        ("departures, including newcomers'", "", people(figures["left"]), "left"),
        (in_words("exit cost"), "", pounds(figures["exit cost"]), "exit cost"),
        (
            "knowledge of the opening staff lost to the NHS",
            "",
            percent(figures["knowledge lost"] / 100.0),
            "knowledge lost",
        ),
    )
    columns = ("number", f"first day, {date(bill.first)}", f"by {date(measures.run.scenario.end)}")
    kept = intervals_of(measures.run)
    if not kept:
        section = Section(heading="Five numbers", columns=columns, rows=tuple(row[:3] for row in rows))
    else:
        section = Section(
            heading="Five numbers",
            sentences=(f"The 90% intervals cover {SAYS}.",),
            columns=(*columns, "90% interval"),
            rows=tuple((*row[:3], _interval(kept, row[3])) for row in rows),
        )
    return Part(heading="Five numbers", sections=(section,))


def _interval(kept: Mapping[str, KeptInterval], name: str) -> str:
    """The stored interval of one headline; empty if there is none."""
    if name not in kept:
        return ""
    return " to ".join(_ends(kept, name))


def _by_source(kept: Mapping[str, KeptInterval]) -> Section:
    """The standard deviation of each headline due to unknown inputs and opening staff, to chance and to model error."""
    sources = ("by_parameter", "by_chance", "by_discrepancy")
    rows = []
    for name in UNITS:
        if name not in kept:
            continue
        deviations = [float(getattr(kept[name], source)) for source in sources]
        # A missing source is NaN, which is the only number that differs from itself. It counts as zero.
        known = [0.0 if one != one else one for one in deviations]
        # The sources are independent, so that their variances add up and their standard deviations do not.
        total = sum(one * one for one in known)
        if not total:
            continue
        # `percentages` needs whole numbers: the shares are rounded to millionths first.
        millionths = [round(1e6 * one * one / total) for one in known]
        shares = percentages(millionths)
        cells = (f"±{quantity(one, UNITS[name])} ({share})" for one, share in zip(known, shares, strict=True))
        rows.append((in_words(name), *cells))
    text = "One standard deviation due to each source, and in brackets its share of the variance of all three together."
    return Section(
        heading="Where the spread comes from",
        sentences=(text,) if rows else (),
        columns=("figure", "unknown inputs and opening staff", "chance", "the model's own error"),
        rows=tuple(rows),
    )


def _who_bore_it(run: Run) -> Part:
    """Outcomes by characteristic, through the disclosure control of publications."""
    # Real staff have parts of their own (`_shared_parts`), so the staff here are invented.
    found = publication(run, by=BORNE, only=_outcomes_of(run), real=False)
    table = found.equality
    overlap = (
        "The tables show shares of the opening staff. People made redundant also count as left. People who left and came "
        "back count as left and as in post at the end. So a row need not add up to 100%."
    )
    sections = [Section(heading="Who was affected", sentences=(overlap, found.note))]
    for by in BORNE:
        mine = table[table["characteristic"] == by]
        rows: list[tuple[str, ...]] = []
        # `dict.fromkeys` removes repetition and, unlike a set, keeps the order of the table.
        outcomes = list(dict.fromkeys(mine["outcome"]))
        for group in dict.fromkeys(mine["group"]):
            lines = mine[mine["group"] == group].set_index("outcome")
            size = float(lines["people"].iloc[0])
            if not size:
                continue
            cells = [_share(lines.loc[name]) for name in outcomes]
            rows.append((str(group).replace("-", " "), f"{size:,.0f}", *cells))
        columns = (by, "people", *map(str, outcomes))
        sections.append(Section(heading=f"By {by}", columns=columns, rows=tuple(rows)))
    return Part(heading="Who was affected", sections=tuple(sections))


def _outcomes_of(run: Run) -> tuple[str, ...]:
    """The outcomes of `OUTCOMES` that occur in the tables of this run."""
    from nhstransit.measures.equality import outcomes

    held = set(outcomes(run).names)
    return tuple(name for name in OUTCOMES if name in held)


def _share(line: Any) -> str:
    # NaN differs from itself: disclosure control has hidden the rate, or the group is empty.
    if line["rate"] != line["rate"]:
        return "–"
    return percent(float(line["rate"]))


def _lost(measures: Measures) -> Part:
    run = measures.run
    table = measures.losses
    # The first row of the table is all of the opening staff; the rows below it are the people who were lost.
    rows = [
        (
            str(row["meaning"]),
            people(row["people"]),
            percent(row["share_of_people"]),
            percent(row["share_of_knowledge"]),
        )
        for _, row in table.iloc[1:].iterrows()
    ]
    below = measures.months_below
    months = int(below["function_months"].sum())
    short = int(below["function_months_below"].sum())
    said = [
        f"Each function of an employer needs a minimum cover. Of {months:,} months over all functions and employers, "
        f"{short:,} ({percent(short / months)}) were below the minimum cover."
        if months
        else "No function had work that needs a minimum cover.",
        _rebuilt(measures),
    ]
    pictures: tuple[Picture, ...] = ()
    if len(run.people):
        pictures = (
            Picture.of("knowledge", plots().knowledge(run)),
            Picture.of("survival", plots().survival(run)),
        )
    return Part(
        heading="What was lost",
        sections=(
            Section(heading="What was lost", sentences=tuple(said)),
            Section(
                heading="People and knowledge lost by the end",
                columns=("opening staff who are", "people", "share of people", "share of knowledge"),
                rows=tuple(rows),
            ),
        ),
        pictures=pictures,
    )


def _rebuilt(measures: Measures) -> str:
    """When knowledge is back to its opening level, if ever."""
    if not len(measures.rebuilt):
        return "There was no knowledge to lose."
    row = measures.rebuilt.iloc[0]
    lowest = (
        f"The workforce's knowledge fell to {percent(float(row['lowest_share']))} of its opening level at the lowest"
    )
    if str(row["basis"]) == "never":
        return f"{lowest}. Learning alone would not bring it back to that level: too few people are left."
    months = float(row["months_to_rebuild"])
    # Without a positive, finite time, only the lowest level is reported.
    if months == 0 or not np.isfinite(months):
        return f"{lowest}."
    if str(row["basis"]) == "seen":
        return f"{lowest}, and was back to that level after {months:,.0f} months."
    return f"{lowest}, and is expected to be back to that level after {months:,.0f} months, beyond the end of the run."


def _when(run: Run) -> Part:
    rows = [
        (title, date(first), date(last) if last > first else "", f"{count:,}")
        for first, last, title, count in timeline(run.scenario)
    ]
    pictures = []
    if rows:
        pictures.append(Picture.of("policies", plots().policies(run)))
    if len(run.people):
        pictures.append(Picture.of("headcount", plots().headcount(run)))
    return Part(
        heading="When",
        sections=(
            Section(
                heading="What employers do, and when",
                sentences=() if rows else ("No policy acts within the time of the run.",),
                columns=("policy", "first day", "last day", "days on which it acts"),
                rows=tuple(rows),
            ),
        ),
        pictures=tuple(pictures),
    )


def _where(measures: Measures) -> Part:
    run = measures.run
    pictures = []
    if len(run.people):
        pictures.append(Picture.of("destinations", plots().destinations(run)))
    held = run.opening_post[run.opening_post >= 0]  # -1 means no post on the first day
    regions = run.scenario.roster.region[run.posts.employer[held]]
    # Shares by region need at least two regions to compare.
    if len(np.unique(regions)) > 1:
        pictures.append(Picture.of("regions", plots().regions(run)))
    return Part(
        heading="Where people went",
        sections=(bodies(run), leaving(measures), steps(measures)),
        pictures=tuple(pictures),
    )


def _money(measures: Measures) -> Part:
    run = measures.run
    sections = [money(measures)]
    sections.append(_savings(measures))
    sections += _fall(measures)
    sections.append(_payback(measures))
    worth = measures.present_values
    entered = run.scenario.entered
    # A line that is zero in both views is left out.
    lines = worth[(worth[["exchequer", "social"]] != 0).any(axis=1)]
    rows = []
    for name, row in lines.iterrows():
        line = f"{entered[str(name)].what}, entered by the author" if name in entered else str(name)
        rows.append((line, pounds(row["exchequer"]), pounds(row["social"])))
    sections.append(
        Section(
            heading="Net present value",
            sentences=tuple(worth_told(worth, usual_appraisal(run).years)),
            columns=("line", "to the Exchequer", "to society"),
            rows=tuple(rows),
        )
    )
    sections.append(switching_values(worth, entered))
    pictures = () if not len(run.people) else (Picture.of("pay-bill", plots().pay_bill(run)),)
    return Part(heading="Money", sections=tuple(sections), pictures=pictures)


def _payback(measures: Measures) -> Section:
    """The months that each policy, and all policies together, need to pay back."""
    # The row "all" of the table is no policy and has no title of its own.
    titles = {"all": "All together"} | facts.rule_titles(measures.run)
    rows = []
    for name, row in measures.paybacks.iterrows():
        # The payback is infinite if there is no net saving.
        months = f"{row['payback_net']:,.0f}" if np.isfinite(row["payback_net"]) else "never"
        title = titles.get(str(name), str(name))
        rows.append((title, pounds(row["exit_cost"]), pounds(row["net"]), months))
    return Section(
        heading="Payback",
        columns=("policy", "paid", "net saving a year", "months to pay back"),
        rows=tuple(rows),
    )


def _fall(measures: Measures) -> list[Section]:
    """Why the pay bill fell by more than the saving; no section if it did not."""
    bill = facts.pay_bill_of(measures)
    fell = bill.before - bill.after
    saved = measures.headlines["net recurrent saving"]
    # Two sums that look equal after rounding need no explanation.
    if fell <= max(saved, 0.0) or pounds(fell) == pounds(saved):
        return []
    text = (
        f"The yearly pay bill was {pounds(fell)} lower on the last day than on the first. Only the pay of posts that a "
        f"policy removed for good counts as a saving: {pounds(saved)} a year net. The rest is the pay of posts that were "
        "vacant on the last day, or that ended when their employer closed. Their work may be done elsewhere or not at all."
    )
    return [Section.of("The pay bill and the saving", text)]


def _savings(measures: Measures) -> Section:
    """The saving of each financial year: gross, and net if that differs in any year."""
    saved = measures.savings_by_year
    cells = [
        (str(year), pounds(gross), pounds(net))
        for year, gross, net in zip(saved["financial_year"], saved["gross"], saved["net"], strict=True)
    ]
    # The cells are compared as text, so two sums that differ only by rounding count as equal.
    differ = any(gross != net for _, gross, net in cells)
    said = (
        "The net sum leaves out posts whose paid leavers came back, and deducts the cost of posts that policies opened."
        if differ
        else "Gross and net savings are equal: no paid leaver came back to a post, and no policy opened a post at a cost."
    )
    return Section(
        heading="What removed posts save, by financial year",
        sentences=(said,) if cells else (),
        columns=("financial year", "gross", "net") if differ else ("financial year", "saved"),
        rows=tuple(cells) if differ else tuple(row[:2] for row in cells),
    )


def worth_told(worth: Any, years: int) -> list[str]:
    """The net present value in both views, and the cost of exits at which the Exchequer would break even.

    Args:
        worth: the table of `present_values`.
        years: the financial years that it covers.
    """
    total = worth.loc["total simulated"]
    # Costs are negative in the table; here they are positive.
    exits = -float(worth.loc[list(EXIT_COSTS), "exchequer"].sum())
    value = float(total["exchequer"])
    said = [
        f"Over {years} years the net present value is {pounds(value)} to the Exchequer and {pounds(total['social'])} to "
        "society, where transfer payments do not count."
    ]
    # The row is missing if the author entered no line.
    entered = float(worth.loc["total entered", "exchequer"]) if "total entered" in worth.index else 0.0
    if round(entered):
        said.append(
            f"This leaves out lines that the scenario's author entered and that are not simulated: {pounds(entered)} in "
            f"all. With them it is {pounds(value + entered)} to the Exchequer."
        )
    if exits > 0 and round(value):
        room = value / exits  # the share by which the cost of exits could rise before the value is zero
        if room > 0:
            text = f"The Exchequer would still break even if paying people to go cost {percent(room)} more."
        elif room >= -1:
            text = f"For the Exchequer to break even, paying people to go would have to cost {percent(-room)} less."
        else:  # the cost cannot fall by more than 100%
            text = "The Exchequer would not break even if paying people to go cost nothing."
        said.append(text)
    return said


def switching_values(worth: Any, entered: Collection[str] = ()) -> Section:
    """How much each line alone would have to change for the net present value to be zero, in both views.

    Args:
        worth: the table of `present_values`.
        entered: names of lines that an author entered, which are not in the total.
    """
    every = [str(name) for name in worth.index]
    lines = [name for name in every if not name.startswith("total") and name not in entered]
    total = worth.loc["total simulated"]
    rows = []
    for name in lines:
        line = worth.loc[name]
        cells = [_switch(float(line[view]), float(total[view])) for view in ("exchequer", "social")]
        if any(cell not in (NO_MATTER, FAR_OFF) for cell in cells):
            rows.append((name, *cells))
    text = (
        "Each row shows how much one cost or saving would have to change, all others unchanged, for the net present value "
        f"to be zero. Those for which no change of up to {SWITCH:.0%} is enough are left out."
    )
    return Section(
        heading="Switching values",
        sentences=(text,) if rows else (),
        columns=("line", "to the Exchequer", "to society"),
        rows=tuple(rows),
    )


def _switch(line: float, total: float) -> str:
    """The change of a line at which a total is zero: "19% smaller"."""
    if not round(line):
        return NO_MATTER
    # The total is a sum of lines: it is zero when total + change * line = 0.
    change = -total / line
    # A fall of more than 100% would turn a cost into a gain, which is another kind of change.
    if change < -1.0 or change > SWITCH:
        return FAR_OFF
    return f"{percent(abs(change))} {'larger' if change > 0 else 'smaller'}"


def _how_sure(run: Run, published: Published | None) -> Part:
    kept = kept_of(run)
    said = [spread(run)]
    if not kept and not intervals_of(run):
        said.append(
            "A single run cannot show how much is due to chance or how much depends on the assumptions. For the first, "
            "compare ten seeds or more; for the second, sweep over draws of the assumptions."
        )
    ranges = () if published is None else (ranges_section(published),)
    # Each of these sections depends on stored runs, and has no rows if the library stores none for the scenario.
    stored = (*uncertain(run), _by_source(intervals_of(run)), *ranges)
    filled = [section for section in stored if section.rows]
    return Part(heading="How sure", sections=(Section(heading="How sure", sentences=tuple(said)), *filled))


def _misses(run: Run, published: Published | None) -> Part:
    distance = distance_of(status_of(run.scenario), published)
    sections = [Section.of("Where the model misses", sentences.how_far_from_what_was_published(distance))]
    if published is not None and distance.speaks:
        sections.append(published_section(published, most=None))
    return Part(heading="Where the model misses", sections=tuple(sections))


def _assumptions(run: Run) -> Part:
    scenario = run.scenario
    status = status_of(scenario)
    employers = len(scenario.roster.names)
    titles = facts.rule_titles(run)
    policies = listed(titles[name] for name in scenario.policies) or "none"
    opening = int((run.opening_post >= 0).sum())  # people who joined later have no opening post
    scope = (
        f"The run covers {persons(opening)} and {employers:,} employers, from "
        f"{date(scenario.start)} to {date(scenario.end)}. Its policies are: {policies}."
    )
    fitted = (
        f"Fitted to published figures: {listed(said_of(scenario, path) for path in status.fitted)}. All other numbers of "
        "behaviour are assumed."
        if status.fitted
        else "All numbers of behaviour are assumed: how many people leave, apply and accept. None was fitted."
    )
    return Part(
        heading="Assumptions and scope",
        sections=(
            Section(heading="Assumptions and scope", sentences=(scope, fitted, *NOT_IN_IT)),
            *(one for one in (assumptions_that_matter(scenario),) if one.rows),
        ),
    )


def said_of(scenario: Scenario, path: str) -> str:
    """A number of a scenario in words, followed by its path unless it belongs to a policy.

    Args:
        scenario: the scenario.
        path: the path of one of its numbers.
    """
    said = number_in_words(scenario, path)
    return said if said == path or names_in(path)[0] == "policies" else f"{said} ({path})"


def number_in_words(scenario: Scenario, path: str) -> str:
    """A number of a scenario in words: its unit, or its policy and field.

    Args:
        scenario: the scenario.
        path: the path of one of its numbers.

    Returns:
        The words, or the path if there are none.
    """
    units = [one.unit for one in inputs_with_paths(scenario) if one.path == path]
    unit = units[0] if units else ""
    # The path of a policy's number is: policies, the policy's name, then the field within it.
    steps = names_in(path)
    if steps[0] != "policies" or len(steps) < 3 or steps[1] not in scenario.policy_titles:
        return unit or path
    *rows, field = steps[2:]
    part = " ".join(ROWS_OF.get(name, name.replace("_", " ")) for name in rows)
    owner = inside(scenario.policy_titles[steps[1]])
    return f"{_setting_in_words(field, unit)} ({owner}{f', {part}' if part else ''})"


def _setting_in_words(field: str, unit: str) -> str:
    """A setting of a policy in words: those of `SETTINGS`, or its name and its unit."""
    if (field, unit) in SETTINGS:
        return SETTINGS[field, unit]
    name = field.replace("_", " ")
    if not unit or unit in name:
        return name
    return f"{name}, as a {unit}" if unit.startswith("share") else f"{name}, in {unit}"


def how_made(runs: Sequence[Run], called: Sequence[str] = (), seeds: Sequence[int] = ()) -> Part:
    """Scenario, seed, versions and digests of each run. Values that all runs share have one row.

    Args:
        runs: the runs.
        called: the name of each run in the report; () for the name of its scenario.
        seeds: the seeds, if each of `runs` is the first of several; () for the seed of the run itself.
    """
    names = called or [run.scenario.name for run in runs]
    origins = [_made(run) for run in runs]
    # Each run is the first of several that differ only in their seeds, so all seeds are shown.
    if len(seeds) > 1:
        origins = [{**one, "seed": in_a_row(seeds)} for one in origins]
    rows = []
    for what in origins[0]:
        values = [one[what] for one in origins]
        if len(set(values)) == 1:
            rows.append((listed(dict.fromkeys(names)), what, values[0]))
        else:
            rows += [(name, what, value) for name, value in zip(names, values, strict=True)]
    text = "The same scenario, seed and version produce the same numbers again."
    heading = "How it was made"
    section = Section(heading=heading, sentences=(text,), columns=("run", "what", "value"), rows=tuple(rows))
    return Part(heading=heading, sections=(section,))


def made_from(*rows: tuple[str, str]) -> Part:
    """How a page about several runs was made: the rows given, and the versions that wrote the page."""
    heading = "How it was made"
    versions = (
        ("page written by nhstransit", library_version()),
        ("with Python and NumPy", f"{platform.python_version()}, {np.__version__}"),
    )
    section = Section(heading=heading, columns=("what", "value"), rows=(*rows, *versions))
    return Part(heading=heading, sections=(section,))


def in_a_row(numbers: Sequence[int]) -> str:
    """Whole numbers in words: "1 to 10" if they are consecutive; else all of them, or their number if there are many.

    >>> in_a_row([1, 2, 3]), in_a_row([4, 9])
    ('1 to 3', '4 and 9')
    """
    ordered = sorted(set(numbers))
    # Distinct numbers are consecutive if their range is as long as their count.
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]} to {ordered[-1]}"
    if len(ordered) <= FEW:
        return listed(str(one) for one in ordered)
    return f"{len(ordered):,} of them, the first {ordered[0]}"


def _made(run: Run) -> dict[str, str]:
    """The inputs and versions that determine a run."""
    made = run.provenance
    return {
        "scenario": run.scenario.name,
        "seed": str(run.seed),
        "nhstransit": made.library,
        "Python and NumPy": f"{made.python}, {made.numpy}",
        "law, digest of the dated parameters": made.law,
        "opening staff, digest": made.staff,
    }


def timeline(scenario: Any) -> list[tuple[Any, Any, str, int]]:
    """The first and last day on which each policy acts, its title and the number of days, in order of days."""
    found: list[tuple[Any, Any, str, int]] = plots().timeline(scenario)
    return found


# Real staff: only counts that disclosure control permits, and no figures.


def _shared_parts(run: Run, rule: Rule) -> Iterable[Part]:
    # Rows of the opening staff with a post on the first day; all arrays below have one entry for each of them.
    seated = np.flatnonzero(run.opening_post >= 0)
    gone = run.closing.post[seated] < 0
    groups = [grouping(run, by) for by in BORNE]
    # The group of each person by each characteristic.
    cuts = [np.asarray(one.codes)[seated] for one in groups]
    # Small counts are hidden in all tables together, so that no table reveals what another hides.
    sizes = [len(one) for one in groups]
    everyone = np.ones(len(seated), bool)  # guarded: its small counts must not follow from the other two
    safe = rule.linked(cuts, sizes, [~gone, gone], [everyone])
    ends = (*safe.totals, rule.one(len(seated)))
    yield Part(
        heading="The question and the answer",
        sections=(
            Section(heading="The question and the answer", sentences=_shared_answer(run, ends)),
            Section.of("Disclosure control", rule.sentence),
            Section(
                heading="The opening staff by the end",
                columns=("opening staff", "people"),
                rows=tuple(zip(("in post", "not in post", "all"), ends, strict=True)),
            ),
        ),
    )
    tables_of = []
    for by, grouped, (stay, went) in zip(BORNE, groups, safe.parts, strict=True):
        names = [str(name).replace("-", " ") for name in grouped.names]
        # An empty group has no row.
        rows = tuple(row for row in zip(names, stay, went, strict=True) if row[1:] != ("0", "0"))
        tables_of.append(Section(heading=f"By {by}", columns=(by, "in post at the end", "not in post"), rows=rows))
    yield Part(heading="Who was affected", sections=tuple(tables_of))
    # A sum of money is hidden if few people were paid or few posts were removed.
    headlines = measure(run).headlines
    paid = headlines["left with pay"]
    posts = headlines["posts removed with saving"]
    yield Part(
        heading="Money",
        sections=(
            Section(
                heading="Money",
                columns=("what", "pounds"),
                rows=(
                    (in_words("exit cost"), rule.money(headlines["exit cost"], paid)),
                    (
                        "net saving a year of posts removed",
                        rule.money(headlines["net recurrent saving"], posts),
                    ),
                ),
            ),
        ),
    )
    yield _assumptions_shared()
    yield how_made((run,))


def _shared_answer(run: Run, ends: Sequence[str]) -> tuple[str, ...]:
    """The question, and its answer in counts after disclosure control: in post, not in post, all."""
    there, gone, every = ends
    first = date(run.scenario.start)
    last = date(run.scenario.end)
    question = f"How many of the people in post on {first} were in post on {last}, and what did the changes cost?"
    if HIDDEN in ends:
        return question, "The groups are too small to show an answer in numbers."
    return question, f"Of about {every} people, about {there} were in post at the end and about {gone} were not."


def _assumptions_shared() -> Part:
    return Part(
        heading="Assumptions and scope",
        sections=(
            Section(
                heading="Assumptions and scope",
                sentences=(
                    "How many people leave, apply and accept is assumed, and was not observed here.",
                    *NOT_IN_IT,
                ),
            ),
        ),
    )


def plots() -> Any:
    """The package of figures, which is loaded only when figures are drawn."""
    from nhstransit import plots  # matplotlib is slow to load

    return plots
