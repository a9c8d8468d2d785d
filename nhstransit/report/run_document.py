"""The report of one run: its parts in their order, as plain data. Small counts of real staff are hidden in it."""

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

BORNE = ("sex", "age", "band", "function")  # characteristics of people by which a report says who bore it
OUTCOMES = ("left", "made redundant", "in post at the end")  # in the table of each characteristic
EXIT_COSTS = (
    "severance",
    "pay in lieu of notice",
    "pension capital",
    "guarantees bought out",
)  # lines of the appraisal
NO_MATTER = "not in it"  # of a line that is zero in a view, and of one that cannot turn the total
FAR_OFF = "never"
SWITCH = 3.0  # the largest rise of a line that counts as possible
FEW = 6  # seeds that are all named
NOT_IN_IT = (
    "Care of patients, waiting times and the quality of services are not in the model; nor are buildings, contracts and "
    "systems, unless the author of the scenario entered a sum for them.",
    "People outside these employers are not in it, except as newcomers; what leavers do elsewhere in the economy is only "
    "in the value to society, as time spent looking for work.",
)


def run_document(run: Run, *, real: bool | None = None) -> Document:
    """The report of a run.

    Args:
        run: the run.
        real: whether the staff are real people, so that small counts are hidden and all others rounded; by default the
            answer of `staff_are_real`.
    """
    scenario = run.scenario
    hide = staff_are_real(run) if real is None else real
    status = status_of(scenario)
    published = None if hide or not has_published(run) else beside(run)
    parts = _shared_parts(run, Rule()) if hide else _parts(measure(run), published)
    return Document(
        title=scenario.title or scenario.name,
        about=scenario.about,
        status=(status.banner, *sentences.others_missed(distance_of(status, published)), UNASSURED),
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
                f"With the first day, {date(run.scenario.start)}. A change since then is not the effect of a policy: people "
                "leave in every year. Compare the run with a baseline that has the same random numbers to see what "
                "a policy did.",
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
    """The question, and three of the sentences that the story begins with."""
    run = measures.run
    told = (
        sentences.where_people_went(facts.whereabouts_of(run)),
        sentences.what_it_cost(facts.cost_of(measures)),
        sentences.who_was_lost(facts.lost_of(run)),
    )
    span = f"in post on {date(run.scenario.start)} by {date(run.scenario.end)}"
    question = f"What became of the people {span}, what did it cost, and which people did the NHS lose?"
    return Part(
        heading="The question and the answer",
        sections=(Section(heading="The question and the answer", sentences=(question, *told, _known_to(run))),),
    )


def _known_to(run: Run) -> str:
    """The ranges of what the answer says, from the stored intervals; that there are none, where there are none."""
    kept = intervals_of(run)
    said = [
        f"{in_words(name)} between {' and '.join(_ends(kept, name))}"
        for name in ("left", "exit cost", "net recurrent saving", "knowledge lost")
        if name in kept
    ]
    if not said:
        return "These are the numbers of one run: another seed gives others, and no ranges are stored for this world."
    return f"In 90 of 100 worlds the true numbers lie within these ranges: {listed(said)}."


def _ends(kept: Mapping[str, KeptInterval], name: str) -> tuple[str, str]:
    """The ends of the stored interval of one headline, with the unit once."""
    unit = UNITS[name]
    low, high = (quantity(end, unit) for end in (kept[name].low_90, kept[name].high_90))
    return low.removesuffix(unit[1:] if unit.startswith("£") else f" {unit}"), high


def _five_numbers(measures: Measures) -> Part:
    bill = facts.pay_bill_of(measures)
    told = measures.headlines
    rows = (
        ("people in post", people(told["opening heads"]), people(told["closing heads"]), "closing heads"),
        ("pay bill a year, employers' costs included", pounds(bill.before), pounds(bill.after), ""),
        ("departures, newcomers' included", "", people(told["left"]), "left"),
        ("cost of paying people to go", "", pounds(told["exit cost"]), "exit cost"),
        (
            "knowledge of the opening staff lost to the NHS",
            "",
            percent(told["knowledge lost"] / 100.0),
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
            sentences=(f"In 90 of 100 worlds a number lies within its interval: {SAYS}.",),
            columns=(*columns, "90% interval"),
            rows=tuple((*row[:3], _interval(kept, row[3])) for row in rows),
        )
    return Part(heading="Five numbers", sections=(section,))


def _interval(kept: Mapping[str, KeptInterval], name: str) -> str:
    """The stored interval of one headline; empty where there is none."""
    if name not in kept:
        return ""
    return " to ".join(_ends(kept, name))


def _by_source(kept: Mapping[str, KeptInterval]) -> Section:
    """How far each headline is spread by chance, by what is not known of the inputs and the base, by the model's error."""
    sources = ("by_parameter", "by_chance", "by_discrepancy")
    rows = []
    for name in UNITS:
        if name not in kept:
            continue
        deviations = [float(getattr(kept[name], source)) for source in sources]
        known = [0.0 if one != one else one for one in deviations]
        total = sum(one * one for one in known)
        if not total:
            continue
        shares = percentages([round(1e6 * one * one / total) for one in known])
        cells = (f"±{quantity(one, UNITS[name])} ({share})" for one, share in zip(known, shares, strict=True))
        rows.append((in_words(name), *cells))
    text = "One standard deviation by each source; in brackets its share of the variance of all three together."
    return Section(
        heading="Where the spread comes from",
        sentences=(text,) if rows else (),
        columns=("figure", "inputs and opening staff not known", "chance", "the model's own error"),
        rows=tuple(rows),
    )


def _who_bore_it(run: Run) -> Part:
    """Outcomes by characteristic, through the disclosure control of publications."""
    found = publication(run, by=BORNE, only=_that_befell(run), real=False)
    table = found.equality
    overlap = (
        "Shares of the opening staff. People made redundant are also counted in left; people who left and came back "
        "count in both left "
        "and in post at the end. So a row need not add up to 100%."
    )
    sections = [Section(heading="Who bore it", sentences=(overlap, found.note))]
    for by in BORNE:
        mine = table[table["characteristic"] == by]
        rows: list[tuple[str, ...]] = []
        outcomes = list(dict.fromkeys(mine["outcome"]))
        for group in dict.fromkeys(mine["group"]):
            lines = mine[mine["group"] == group].set_index("outcome")
            size = float(lines["people"].iloc[0])
            if not size:
                continue
            cells = [_share(lines.loc[name]) for name in outcomes]
            rows.append((str(group).replace("-", " "), f"{size:,.0f}", *cells))
        sections.append(Section(heading=f"By {by}", columns=(by, "people", *map(str, outcomes)), rows=tuple(rows)))
    return Part(heading="Who bore it", sections=tuple(sections))


def _that_befell(run: Run) -> tuple[str, ...]:
    """The outcomes in the tables that some of the opening staff had."""
    from nhstransit.measures.equality import outcomes

    held = set(outcomes(run).names)
    return tuple(name for name in OUTCOMES if name in held)


def _share(line: Any) -> str:
    return "–" if line["rate"] != line["rate"] else percent(float(line["rate"]))


def _lost(measures: Measures) -> Part:
    run = measures.run
    told = measures.losses
    rows = [
        (
            str(row["meaning"]),
            people(row["people"]),
            percent(row["share_of_people"]),
            percent(row["share_of_knowledge"]),
        )
        for _, row in told.iloc[1:].iterrows()
    ]
    below = measures.months_below
    months = int(below["function_months"].sum())
    short = int(below["function_months_below"].sum())
    said = [
        f"Of {months:,} months of work that a team was to cover, {short:,} ({percent(short / months)}) were below the "
        "minimum cover."
        if months
        else "No team had work that needs a minimum of cover.",
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
    """When expertise is back, in words that follow its basis."""
    if not len(measures.rebuilt):
        return "There was no knowledge to lose."
    row = measures.rebuilt.iloc[0]
    lowest = (
        f"The workforce's knowledge fell to {percent(float(row['lowest_share']))} of its opening level at the lowest"
    )
    if str(row["basis"]) == "never":
        return f"{lowest}. Learning alone would not bring it back to the first day's: too few people are left."
    months = float(row["months_to_rebuild"])
    if months == 0 or not np.isfinite(months):
        return f"{lowest}."
    if str(row["basis"]) == "seen":
        return f"{lowest}, and was back to it after {months:,.0f} months."
    return f"{lowest}, and is expected to be back to it after {months:,.0f} months, which is beyond the end of the run."


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
                sentences=() if rows else ("No policy acts within this time.",),
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
    if len(np.unique(run.scenario.roster.region[run.posts.employer[run.opening_post[run.opening_post >= 0]]])) > 1:
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
    back = measures.paybacks
    titles = facts.rule_titles(run)
    sections.append(
        Section(
            heading="Payback",
            columns=("by", "paid", "net saving a year", "months to pay back"),
            rows=tuple(
                (
                    titles.get(str(name), "All together" if name == "all" else str(name)),
                    pounds(row["exit_cost"]),
                    pounds(row["net"]),
                    f"{row['payback_net']:,.0f}" if np.isfinite(row["payback_net"]) else "never",
                )
                for name, row in back.iterrows()
            ),
        )
    )
    worth = measures.present_values
    lines = worth[(worth[["exchequer", "social"]] != 0).any(axis=1)]
    entered = run.scenario.entered
    sections.append(
        Section(
            heading="Net present value",
            sentences=tuple(worth_told(worth, usual_appraisal(run).years)),
            columns=("line", "to the Exchequer", "to society"),
            rows=tuple(
                (
                    f"{entered[str(name)].what}, entered by the author" if name in entered else str(name),
                    pounds(row["exchequer"]),
                    pounds(row["social"]),
                )
                for name, row in lines.iterrows()
            ),
        )
    )
    sections.append(switching_values(worth, entered))
    pictures = () if not len(run.people) else (Picture.of("pay-bill", plots().pay_bill(run)),)
    return Part(heading="Money", sections=tuple(sections), pictures=pictures)


def _fall(measures: Measures) -> list[Section]:
    """Why the pay bill fell by more than is called a saving, where it did."""
    bill = facts.pay_bill_of(measures)
    fell = bill.before - bill.after
    saved = measures.headlines["net recurrent saving"]
    if fell <= max(saved, 0.0) or pounds(fell) == pounds(saved):
        return []
    text = (
        f"The pay bill fell by {pounds(fell)} a year from the first day to the last. Only the pay of posts that a policy "
        f"removed for good is called a saving, {pounds(saved)} a year net. The rest is the pay of posts that were "
        "vacant on the "
        "last day, or that ended with employers that closed: somebody else may do that work, or nobody."
    )
    return [Section.of("The pay bill and the saving", text)]


def _savings(measures: Measures) -> Section:
    """The saving of each financial year: gross, and what lasts of it where that differs anywhere."""
    saved = measures.savings_by_year
    cells = [
        (str(year), pounds(gross), pounds(net))
        for year, gross, net in zip(saved["financial_year"], saved["gross"], saved["net"], strict=True)
    ]
    differ = any(gross != net for _, gross, net in cells)
    said = (
        "The net sum leaves out posts whose paid leavers came back, and deducts the cost of posts that policies opened."
        if differ
        else "None of it was undone: no paid leaver came back to a post, and no policy opened a post that costs money."
    )
    return Section(
        heading="What removed posts save, by financial year",
        sentences=(said,) if cells else (),
        columns=("financial year", "gross", "net") if differ else ("financial year", "saved"),
        rows=tuple(cells) if differ else tuple(row[:2] for row in cells),
    )


def worth_told(worth: Any, years: int) -> list[str]:
    """The net present value in both views, and the cost of exits at which the Exchequer's would be zero.

    Args:
        worth: the table of `present_values`.
        years: the financial years that it covers.
    """
    total = worth.loc["total simulated"]
    exits = -float(worth.loc[list(EXIT_COSTS), "exchequer"].sum())
    value = float(total["exchequer"])
    said = [
        f"Over {years} years the net present value is {pounds(value)} to the Exchequer and {pounds(total['social'])} to "
        "society, where sums that only change hands do not count."
    ]
    entered = float(worth.loc["total entered", "exchequer"]) if "total entered" in worth.index else 0.0
    if round(entered):
        said.append(
            f"It leaves out lines that the scenario's author entered and nothing simulates: {pounds(entered)} in all. "
            f"With them it is {pounds(value + entered)} to the Exchequer."
        )
    if exits > 0 and round(value):
        room = value / exits
        said.append(
            f"For the Exchequer to break even, paying people to go could cost {percent(room)} more."
            if room > 0
            else f"For the Exchequer to break even, paying people to go would have to cost {percent(min(-room, 1.0))} less."
            if -room <= 1
            else "The Exchequer would not break even if paying people to go cost nothing."
        )
    return said


def switching_values(worth: Any, entered: Collection[str] = ()) -> Section:
    """How far each line alone would have to change for the net present value to be zero, in both views.

    Args:
        worth: the table of `present_values`.
        entered: names of lines that an author entered, which are not in the total.
    """
    lines = [str(name) for name in worth.index if not str(name).startswith("total") and str(name) not in entered]
    rows = []
    for name in lines:
        cells = [
            _switch(float(worth.loc[name, view]), float(worth.loc["total simulated", view]))
            for view in ("exchequer", "social")
        ]
        if any(cell not in (NO_MATTER, FAR_OFF) for cell in cells):
            rows.append((name, *cells))
    text = (
        "Each row shows how far one line would have to change, with all others unchanged, for the net present value to be "
        f"zero. Lines that could not do that, or only by a change of more than {SWITCH:.0%}, are left out."
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
    change = -total / line
    if change < -1.0 or change > SWITCH:
        return FAR_OFF
    return f"{percent(abs(change))} {'larger' if change > 0 else 'smaller'}"


def _how_sure(run: Run, published: Published | None) -> Part:
    kept = kept_of(run)
    said = [spread(run)]
    if not kept and not intervals_of(run):
        said.append(
            "A single run cannot say how much is chance, nor how much depends on what was assumed. Compare ten "
            "seeds or more for the first, and sweep over draws of the assumptions for the second."
        )
    ranges = () if published is None else (ranges_section(published),)
    return Part(
        heading="How sure",
        sections=(
            Section(heading="How sure", sentences=tuple(said)),
            *(one for one in (*uncertain(run), _by_source(intervals_of(run)), *ranges) if one.rows),
        ),
    )


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
    policies = listed(facts.rule_titles(run)[name] for name in scenario.policies) or "none"
    scope = (
        f"In scope: {persons(int((run.opening_post >= 0).sum()))} with {employers:,} employers, from "
        f"{date(scenario.start)} to {date(scenario.end)}; policies: {policies}."
    )
    fitted = (
        f"Fitted to published figures: {listed(said_of(scenario, path) for path in status.fitted)}. Every other number of "
        "behaviour is assumed."
        if status.fitted
        else "Every number of behaviour is assumed: how many leave, apply and accept. None was fitted."
    )
    return Part(
        heading="Assumptions and scope",
        sections=(
            Section(heading="Assumptions and scope", sentences=(scope, fitted, *NOT_IN_IT)),
            *(one for one in (assumptions_that_matter(scenario),) if one.rows),
        ),
    )


def said_of(scenario: Scenario, path: str) -> str:
    """A number of a scenario in words, with its path unless it is that of a policy.

    Args:
        scenario: the scenario.
        path: the path of one of its numbers.
    """
    said = number_in_words(scenario, path)
    return said if said == path or names_in(path)[0] == "policies" else f"{said} ({path})"


def number_in_words(scenario: Scenario, path: str) -> str:
    """A number of a scenario in words: what it counts, or its policy and its field.

    Args:
        scenario: the scenario.
        path: the path of one of its numbers.

    Returns:
        The words; the path where the library has none.
    """
    units = [one.unit for one in inputs_with_paths(scenario) if one.path == path]
    steps = names_in(path)
    if steps[0] == "policies" and steps[1] in scenario.policy_titles:
        what = f"{inside(scenario.policy_titles[steps[1]])}, {' '.join(steps[2:]).replace('_', ' ')}"
        return f"{what}, in {units[0]}" if units else what
    return units[0] if units else path


def how_made(runs: Sequence[Run], called: Sequence[str] = (), seeds: Sequence[int] = ()) -> Part:
    """Scenario, seed, versions, law and hashes of each run. What is the same for all is said once.

    Args:
        runs: the runs.
        called: what each is called in the report; () for the name of its scenario.
        seeds: the seeds of all runs of each; () for that of the run itself.
    """
    names = called or [run.scenario.name for run in runs]
    told = [_made(run) for run in runs]
    if len(seeds) > 1:
        told = [{**one, "seed": in_a_row(seeds)} for one in told]
    rows = []
    for what in told[0]:
        values = [one[what] for one in told]
        if len(set(values)) == 1:
            rows.append((listed(dict.fromkeys(names)), what, values[0]))
        else:
            rows += [(name, what, value) for name, value in zip(names, values, strict=True)]
    text = "The same scenario, seed and version give the same numbers again."
    heading = "How it was made"
    section = Section(heading=heading, sentences=(text,), columns=("of", "what", "which"), rows=tuple(rows))
    return Part(heading=heading, sections=(section,))


def made_from(*rows: tuple[str, str]) -> Part:
    """How a page was made that is not of one run: rows of what and which, and the versions that wrote the page."""
    heading = "How it was made"
    versions = (
        ("page written by nhstransit", library_version()),
        ("with Python and NumPy", f"{platform.python_version()}, {np.__version__}"),
    )
    section = Section(heading=heading, columns=("what", "which"), rows=(*rows, *versions))
    return Part(heading=heading, sections=(section,))


def in_a_row(numbers: Sequence[int]) -> str:
    """Whole numbers in words: "1 to 10" where they follow one another, else all of a few, else how many of them.

    >>> in_a_row([1, 2, 3]), in_a_row([4, 9])
    ('1 to 3', '4 and 9')
    """
    ordered = sorted(set(numbers))
    if len(ordered) > 2 and ordered[-1] - ordered[0] == len(ordered) - 1:
        return f"{ordered[0]} to {ordered[-1]}"
    if len(ordered) <= FEW:
        return listed(str(one) for one in ordered)
    return f"{len(ordered):,} of them, the first {ordered[0]}"


def _made(run: Run) -> dict[str, str]:
    """What a run follows from."""
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
    """The first and the last day on which each policy acts, its title and the number of occasions, in order of days."""
    found: list[tuple[Any, Any, str, int]] = plots().timeline(scenario)
    return found


# Real staff: only counts that the rule of disclosure control lets pass, and no figure.


def _shared_parts(run: Run, rule: Rule) -> Iterable[Part]:
    seated = np.flatnonzero(run.opening_post >= 0)
    gone = run.closing.post[seated] < 0
    groups = [grouping(run, by) for by in BORNE]
    cuts = [np.asarray(one.codes)[seated] for one in groups]
    # Small counts are hidden in all tables at once: what one hides is not given by another.
    told = rule.linked(cuts, [len(one) for one in groups], [~gone, gone], [np.ones(len(seated), bool)])
    ends = (*told.totals, rule.one(len(seated)))
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
    for by, grouped, (stay, went) in zip(BORNE, groups, told.parts, strict=True):
        names = [str(name).replace("-", " ") for name in grouped.names]
        # A group that nobody was in has no row: two zeros say nothing that a missing row does not.
        rows = tuple(row for row in zip(names, stay, went, strict=True) if row[1:] != ("0", "0"))
        tables_of.append(Section(heading=f"By {by}", columns=(by, "in post at the end", "not in post"), rows=rows))
    yield Part(heading="Who bore it", sections=tuple(tables_of))
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
                    ("paid for going", rule.money(headlines["exit cost"], paid)),
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
    """The question, and its answer in counts as they may be shown: in post, not in post, all."""
    there, gone, every = ends
    first = date(run.scenario.start)
    last = date(run.scenario.end)
    question = f"What became of the people in post on {first} by {last}, and what did it cost?"
    if HIDDEN in ends:
        return question, "The groups are too small for an answer in numbers to be shown."
    return question, f"Of about {every} people, about {there} were in post at the end and about {gone} were not."


def _assumptions_shared() -> Part:
    return Part(
        heading="Assumptions and scope",
        sections=(
            Section(
                heading="Assumptions and scope",
                sentences=("How many leave, apply and accept is assumed, not observed of these people.", *NOT_IN_IT),
            ),
        ),
    )


def plots() -> Any:
    """The room of figures, which is loaded where it is used."""
    from nhstransit import plots  # matplotlib is slow to load

    return plots
