"""The answer for one organisation: who may leave, the cost, which staff would be lost, and how reliable it is.

The model is not calibrated to a single organisation, and the page begins with this warning. Assumptions that the analyst
cannot know (take-up, leaving, refill) are varied, and the page shows how much the answer changes. Counts follow a stated
rule of disclosure control.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Bools, Floats, Ints, Longs, Rows
from nhstransit.dates import date_of
from nhstransit.engine.simulate import simulate
from nhstransit.errors import InputError
from nhstransit.fields import parent_of
from nhstransit.grammar import SeveranceOffer
from nhstransit.law import Law
from nhstransit.log import Kind
from nhstransit.measures.cover import grid
from nhstransit.measures.money import EXIT_LINES
from nhstransit.measures.removals import removals
from nhstransit.measures.suppression import HIDDEN, Rule
from nhstransit.organisations.bodies import kinds_in_words
from nhstransit.phrases import date, listed
from nhstransit.policies.cost_reduction import CostReduction
from nhstransit.policies.function_transfer import TransferFunctions
from nhstransit.policies.hiring import Hiring
from nhstransit.policies.mars import Mars
from nhstransit.policies.redundancy import Redundancy
from nhstransit.policies.transfer import TransferWhole
from nhstransit.report.story import Section
from nhstransit.run import Run
from nhstransit.scenario import Scenario, part_at
from nhstransit.scenario.opening import opening_situation
from nhstransit.studies.design import Range, latin_hypercube
from nhstransit.workforce.columns import BANDS

if TYPE_CHECKING:
    import pandas as pd

TAKE_UPS = (0.05, 0.10, 0.15, 0.20, 0.30)
RUNS = 3
STEPS = (1, 5, 10, 25)  # per cent
DRAWS = 20  # draws of the sweep over all unknown assumptions at once
BANNER = (
    "Not calibrated: no figure below has been fitted to this organisation. The numbers of people who apply, leave of "
    "their own accord and are replaced are assumptions; the section on what is not known shows how the results change "
    "with them. The model does not assess individuals: use it for plans and budgets, never to select people. The staff "
    "list contains personal data: store it as your data-protection rules require, and share only the tables."
)
OWN_TURNOVER = "Only the leaving rate is the organisation's own: it is set from the list of last year's leavers. "
_PAYING = (Mars, CostReduction, Redundancy)


@attrs.frozen(eq=False, kw_only=True)
class Answer:
    """The answer's sections, as a page shows them, and its tables by name; both without personal data.

    Attributes:
        sections: the sections, in the order of the page.
        tables: the tables, which may be shared under `rule`.
        run: the run that the page reports. It contains data on individual people.
        rule: the rule of disclosure control.
    """

    sections: tuple[Section, ...]
    tables: dict[str, pd.DataFrame]
    run: Run
    rule: Rule


@attrs.frozen(kw_only=True)
class _Outcome:
    """The outcome of one scenario: means over its runs."""

    leavers: float
    unpaid: float
    cost: float
    saving: float

    @property
    def payback(self) -> float:
        """Months until the yearly saving repays the cost; infinite if there is no saving."""
        return 12 * self.cost / self.saving if self.saving else float("inf")


def answer(
    scenario: Scenario,
    *,
    seed: int = 1,
    runs: int = RUNS,
    rule: Rule | None = None,
    ranges: Mapping[str, tuple[float, float]] | None = None,
    draws: int = DRAWS,
) -> Answer:
    """Answer the question of an organisation's scenario.

    Args:
        scenario: a scenario with the organisation's own staff list and the policies in question.
        seed: the seed of the first run; further runs take the seeds that follow.
        runs: how many runs are averaged for each varied assumption.
        rule: the rule of disclosure control; by default counts below 5 are hidden and others are rounded to 5.
        ranges: the range of each assumption by its dotted path, such as that of the organisation's own turnover. Other
            assumptions have the range of the model's parameter.
        draws: points of the sweep over all assumptions at once.

    Raises:
        InputError: for a number of runs or draws below 1, and as `simulate` does.
    """
    for what, number in (("runs", runs), ("draws", draws)):
        if type(number) is not int or number < 1:
            raise InputError(what, f"is {number!r}", "give a whole number of 1 or more")
    the_rule = rule or Rule()
    seeds = range(seed, seed + runs)
    first = simulate(scenario, seed=seed)
    paying = [name for name, policy in scenario.policies.items() if isinstance(policy, _PAYING)]
    # The same seed without the paying policies: people who leave in this run too would have left anyway.
    otherwise = simulate(scenario.without(*paying), seed=seed) if paying else first
    made: dict[str, pd.DataFrame] = {}
    # A range for this path means that the analyst gave a list of last year's leavers.
    own = OWN_TURNOVER if "behaviour.departures.resign" in (ranges or {}) else ""
    sections = [Section.of("How far to trust this page", f"{BANNER} {own}{the_rule.sentence}")]
    schemes = {name: policy for name, policy in scenario.policies.items() if isinstance(policy, Mars)}
    offers = {name: _offer(scenario, policy) for name, policy in schemes.items()}
    paths = {name: policy for name, policy in scenario.policies.items() if isinstance(policy, CostReduction)}
    steps = {name: _steps(first, name, policy) for name, policy in paths.items()}
    # All counts are hidden in one step, before any section is written, because sections could reveal each other's.
    shown = _counts(scenario, offers, steps, _left(first, otherwise, paying), the_rule)
    for name, offer in offers.items():
        sections += _offered(scenario, name, offer, shown, the_rule, made)
    for name, policy in paths.items():
        sections.append(_dates(first, name, policy, steps[name], shown, the_rule, made))
    sections.append(_lost(first, shown, the_rule, made))
    sections.append(_cover(first, the_rule, made))
    unknown = _assumptions(scenario, ranges or {})
    sections.append(_unknown(scenario, unknown, seeds, paying, shown, the_rule, made))
    if unknown:
        sections.append(_swept(scenario, unknown, seed, draws, paying, the_rule, made))
    sections += _transferred(scenario)
    sections += _stated(scenario)
    return Answer(sections=tuple(sections), tables=made, run=first, rule=the_rule)


# Disclosure control covers all counts of people on the page together


@attrs.frozen(eq=False, kw_only=True)
class _Offer:
    """People who may leave under a scheme: their rows in the staff list, and each one's cost and yearly saving in pence."""

    policy: Mars
    rows: Rows
    pence: Longs
    yearly: Longs


@attrs.frozen(eq=False, kw_only=True)
class _Counts:
    """Every count of the opening staff on the page, after disclosure control.

    Attributes:
        cuts: for each characteristic: its name, the group of each person, (people,), and the names of the groups.
        groups: counts by set of people, then characteristic, then group.
        totals: counts by set of people.
        anyway: of the people who leave under the scheme, the share who would have left anyway.
    """

    cuts: tuple[tuple[str, AnyArray, Sequence[str]], ...]
    groups: Mapping[str, tuple[tuple[str, ...], ...]]
    totals: Mapping[str, str]
    anyway: str


_TERMS = {"section16": "section 16"}  # as a page names them
EVERYONE = "everyone"
BY_SCHEME = "by the scheme"
ANYWAY = "of these, anyway"
THEMSELVES = "of their own accord"


def _counts(
    scenario: Scenario,
    offers: Mapping[str, _Offer | None],
    steps: Mapping[str, Sequence[_Step]],
    left: Mapping[str, Bools],
    rule: Rule,
) -> _Counts:
    """Every count of the page, hidden together, so that no table reveals what another hides.

    Counted by function and band: everyone, people who may leave under each scheme, and people who leave. Counted in
    total only: people selected at each step of a path. Counts that a reader could find by subtraction are protected
    too: people who may not leave, who leave only because of the scheme, and who stay.
    """
    staff = scenario.workforce
    cuts = (("function", staff.function, staff.functions), ("band", staff.band, BANDS))
    # Each set is a mask over the opening staff, (people,).
    sets = {EVERYONE: np.ones(len(staff), bool)}
    eligible = {name: offer.rows for name, offer in offers.items() if offer is not None}
    sets |= {_may(name): _mask(len(staff), rows) for name, rows in eligible.items()}
    sets |= left
    stay = ~left[BY_SCHEME] & ~left[THEMSELVES]
    # Sets that are not shown, but that a reader could work out as a difference of two shown counts.
    rest = [left[BY_SCHEME] & ~left[ANYWAY], stay]
    rest += [sets[EVERYONE] & ~sets[_may(name)] for name in eligible]
    whole: dict[str, Bools] = {}
    for name, path in steps.items():
        whole |= {_step(name, at): one.chosen for at, one in enumerate(path)}
    safe = rule.linked(
        [codes for _, codes, _ in cuts],
        [len(names) for _, _, names in cuts],
        list(sets.values()),
        rest,
        list(whole.values()),
    )
    # `safe.parts` is by characteristic, then by set in the order of `sets`; the page needs it by set first.
    groups = {name: tuple(shown[at] for shown in safe.parts) for at, name in enumerate(sets)}
    totals = dict(zip([*sets, *whole], safe.totals, strict=True))
    share = rule.percentage(int(left[ANYWAY].sum()), int(left[BY_SCHEME].sum()))
    # A share of a hidden count would reveal the count.
    if HIDDEN in (totals[BY_SCHEME], totals[ANYWAY]):
        share = HIDDEN
    return _Counts(cuts=cuts, groups=groups, totals=totals, anyway=share)


def _may(name: str) -> str:
    return f"may leave under {name}"


def _step(name: str, at: int) -> str:
    return f"selected at step {at} of {name}"


# Who may leave, and what it would cost


def _offer(scenario: Scenario, policy: Mars) -> _Offer | None:
    """People who may apply to a scheme in its last round; None if nobody may."""
    situation = None
    offer = None
    for occasion in policy.days(scenario.calendar, scenario.roster):
        situation = opening_situation(scenario, occasion.day, occasion.stage, number=occasion.round)
        offer = policy.propose(situation)
    if situation is None or not isinstance(offer, SeveranceOffer):
        return None
    rows = offer.rows
    people = situation.people
    # The cost of an exit is the payment and the capital for a pension taken early.
    pence = offer.pence + policy.strain(situation, rows, offer.pence)
    yearly = situation.law.employer_cost(people.pay_pence[rows], people.wte(rows), situation.epoch_day)
    return _Offer(policy=policy, rows=rows, pence=pence, yearly=yearly)


def _offered(
    scenario: Scenario, name: str, offer: _Offer | None, shown: _Counts, rule: Rule, made: dict[str, pd.DataFrame]
) -> tuple[Section, ...]:
    """Who may apply to a scheme, and its cost at several levels of take-up."""
    if offer is None:
        return (Section.of(f"Who may apply: {name}", "None of the opening staff may apply."),)
    policy = offer.policy
    many = shown.totals[_may(name)]
    paid = HIDDEN
    cost = HIDDEN
    if many != HIDDEN:
        paid = _mean(offer.pence, rule)
        cost = _mean(offer.yearly, rule)
    terms = _TERMS.get(policy.terms, policy.terms.replace("_", " "))
    text = (
        f"{many} of {shown.totals[EVERYONE]} people may apply by {date(policy.closes)} and leave on "
        f"{date(policy.leaves)} ({terms} terms). On average each would be paid "
        f"{paid}, and costs the employer {cost} a year with on-costs."
    )
    who = _by_function_and_band(name, offer, shown)
    made[f"{name}-eligible"] = who
    at = _at_take_ups(scenario, offer, many, rule)
    made[f"{name}-take-up"] = at
    assumed = (
        "The table assumes that leavers are a cross-section of the people who may apply. They rarely are: people with "
        "long service are paid more. The payback assumes that every post left is removed for good; the last column "
        "assumes that some are refilled, which saves nothing."
    )
    return (Section.of(f"Who may apply: {name}", text, who), Section.of(f"What it would cost: {name}", assumed, at))


def _by_function_and_band(name: str, offer: _Offer, shown: _Counts) -> pd.DataFrame:
    """People who may leave and their mean payment, by function and by band."""
    parts: list[tuple[str, ...]] = []
    for (cut, codes, names), texts in zip(shown.cuts, shown.groups[_may(name)], strict=True):
        counts = np.bincount(codes[offer.rows], minlength=len(names))
        # Pence by group; weights make this an array of floats.
        sums = np.bincount(codes[offer.rows], weights=offer.pence, minlength=len(names))
        for code in np.flatnonzero(counts).tolist():
            count = texts[code]
            mean = HIDDEN if count == HIDDEN else f"£{round(sums[code] / counts[code] / 100, -3):,.0f}"
            parts.append((cut, names[code], count, mean))
    return lines(("by", "group", "people", "mean payment"), parts)


def _at_take_ups(scenario: Scenario, offer: _Offer, many: str, rule: Rule) -> pd.DataFrame:
    """Cost, saving and payback at several shares of eligible people who leave; hidden if their number is hidden."""
    refill = _refill(scenario)
    cost = offer.pence.sum() / 100.0
    saving = offer.yearly.sum() / 100.0
    parts = []
    for share in TAKE_UPS:
        heads = share * len(offer.rows)
        months = 12 * cost / saving if saving else float("inf")
        # A refilled post saves nothing, so only the share that stays empty pays back the cost.
        kept = months / (1 - refill) if refill < 1 else float("inf")
        if many == HIDDEN:
            parts.append((f"{share:.0%}", *[HIDDEN] * 5))
            continue
        parts.append(
            (
                f"{share:.0%}",
                rule.one(heads),
                rule.money(share * cost, heads),
                rule.money(share * saving, heads),
                _months(months),
                _months(kept),
            )
        )
    names = ("take-up", "people", "cost", "saving a year", "payback months", f"with {refill:.0%} refilled")
    return lines(names, parts)


def _refill(scenario: Scenario) -> float:
    """The share of vacancies that the scenario refills."""
    shares = [policy.refill for policy in scenario.policies.values() if isinstance(policy, Hiring)]
    return max(shares, default=0.0)


# Whether the dates can be met


@attrs.frozen(eq=False, kw_only=True)
class _Step:
    """One step of a path: whether each of the opening staff is selected, (people,); how many people are selected in all;
    and the days on which they leave, for people who do."""

    chosen: Bools
    number: int
    lasts: tuple[int, ...]


def _steps(run: Run, name: str, policy: CostReduction) -> tuple[_Step, ...]:
    """The people selected at each step of a path, and when they leave."""
    log = run.log
    chosen = log.promises(Kind.CONSULTED if policy.by_law else Kind.EXIT_AGREED)
    # The log has a policy as the code of its rule.
    code = run.code_of(name)
    gone = log.exits
    by_it = gone.rule == code
    last = dict(zip(gone.staff[by_it].tolist(), gone.day[by_it].tolist(), strict=True))
    opening = len(run.scenario.workforce)
    found = []
    for occasion in policy.days(run.scenario.calendar, run.scenario.roster):
        mine = chosen.staff[(chosen.rule == code) & (chosen.day == occasion.day)]
        rows = run.rows_of(mine)  # the opening staff come first in the run; newcomers follow
        lasts = tuple(last[staff] for staff in mine.tolist() if staff in last)
        selected = _mask(opening, rows[rows < opening])
        found.append(_Step(chosen=selected, number=len(mine), lasts=lasts))
    return tuple(found)


def _dates(
    run: Run,
    name: str,
    policy: CostReduction,
    steps: Sequence[_Step],
    shown: _Counts,
    rule: Rule,
    made: dict[str, pd.DataFrame],
) -> Section:
    """Each step of a path: how many people leave, how long consultation lasts, and whether the last leave in time."""
    calendar = run.scenario.calendar
    law = Law.bundled()
    parts = []
    late = 0
    days_of = policy.days(calendar, run.scenario.roster)
    for at, (step, occasion, one) in enumerate(zip(policy.path, days_of, steps, strict=True)):
        many = shown.totals[_step(name, at)]
        if many != HIDDEN:
            many = rule.one(one.number)  # with newcomers
        # Only redundancies by law need a collective consultation.
        days = law.consultation_days(one.number, calendar.origin + occasion.day) if policy.by_law else 0
        if not one.lasts:
            parts.append((f"{step.by}", many, "–", "–", "nobody leaves"))
            continue
        last = calendar.date(max(one.lasts))
        in_time = last <= step.by
        late += not in_time
        spoken = f"{days} days" if policy.by_law else "as set"
        verdict = "yes" if in_time else f"no: {(last - step.by).days} days late"
        if HIDDEN in (many, rule.one(len(one.lasts))):  # the day could identify one of a few people
            parts.append((f"{step.by}", many, spoken, HIDDEN, "yes" if in_time else "no"))
            continue
        parts.append((f"{step.by}", many, spoken, f"{last}", verdict))
    table = lines(("to be reached by", "selected to leave", "consultation", "last leave on", "in time"), parts)
    made[f"{name}-dates"] = table
    text = (
        "Consultation opens on the day of each step and lasts as long as the law requires for that number of people; "
        "notice follows."
    )
    if late:
        text += (
            f" Warning: {late} of {len(parts)} dates cannot be met in this way. Open consultation sooner: set "
            "`forward_months`, or enter earlier days."
        )
    return Section.of(f"Can the dates be met: {name}", text, table)


# Which staff would be lost, and who would have left anyway


def _left(run: Run, otherwise: Run, paying: Sequence[str]) -> dict[str, Bools]:
    """Whether each of the opening staff leaves because of the employer, would have left anyway, or leaves unprompted."""
    left = run.log.exits
    codes = [run.code_of(name) for name in paying]
    by_scheme = np.isin(left.rule, [*codes, run.code_of("closure")])
    opening = len(run.scenario.workforce)
    rows = run.rows_of(left.staff)
    # Newcomers leave too, but the page is about the opening staff, which are the first rows.
    here = rows < opening
    # Somebody who leaves twice counts once.
    paid = np.unique(rows[here & by_scheme])
    gone_anyway = np.unique(otherwise.rows_of(otherwise.log.exits.staff))
    return {
        BY_SCHEME: _mask(opening, paid),
        ANYWAY: _mask(opening, paid[np.isin(paid, gone_anyway)]),
        THEMSELVES: _mask(opening, np.setdiff1d(np.unique(rows[here]), paid)),
    }


def _lost(run: Run, shown: _Counts, rule: Rule, made: dict[str, pd.DataFrame]) -> Section:
    """Leavers by function and band: under a scheme, of their own accord, and people who would have left anyway."""
    columns = (EVERYONE, BY_SCHEME, ANYWAY, THEMSELVES)
    parts: list[tuple[str, ...]] = []
    for place, (cut, codes, names) in enumerate(shown.cuts):
        # Groups without anybody at the start have no row.
        there = np.flatnonzero(np.bincount(codes, minlength=len(names)))
        counts = [shown.groups[one][place] for one in columns]
        parts += [(cut, names[code], *(texts[code] for texts in counts)) for code in there.tolist()]
    table = lines(
        (
            "by",
            "group",
            "at the start",
            "leave under the scheme",
            "of these, would have left anyway",
            "leave by other routes",
        ),
        parts,
    )
    made["lost"] = table
    text = (
        f"In the run with seed {run.seed}, {shown.totals[BY_SCHEME]} people leave because of what the employer does and "
        f"{shown.totals[THEMSELVES]} of their own accord by {date(run.scenario.end)}. Of the former, {shown.anyway} would "
        "have left anyway by then: they also leave in a run without any scheme, with the same random numbers."
    )
    return Section.of("Which people would leave", text, table)


def _mask(size: int, rows: Rows) -> Bools:
    """Whether each person is among the rows, (size,)."""
    found = np.zeros(size, bool)
    found[rows] = True
    return found


# Cover


def _cover(run: Run, rule: Rule, made: dict[str, pd.DataFrame]) -> Section:
    """Productive WTE as a share of the establishment, by function: at the start, at its lowest and at the end.

    A function is hidden if few people work in it in any month. Each share is rounded to a step of at least the
    threshold's number of posts, so that it does not reveal whether a few more people stay.
    """
    seen = grid(run)
    functions = run.scenario.functions
    # The grids are (employers, functions, months); summed over employers, (functions, months).
    establishment = seen.establishment.sum(axis=0)
    productive = seen.productive.sum(axis=0)
    heads = seen.heads.sum(axis=0)
    # A function without posts in a month has no share: 0/0 is NaN, and is not used below.
    with np.errstate(invalid="ignore", divide="ignore"):
        share = productive / establishment
    parts = []
    for code, name in enumerate(functions):
        held = establishment[code] > 0
        few = (heads[code] > 0) & (heads[code] < rule.threshold)
        # The smallest establishment of any month decides, so that one step suits all months.
        step = _step_of_shares(float(establishment[code][held].min(initial=np.inf)), rule)
        if not held.any() or few.any() or not step:
            parts.append((name, HIDDEN, HIDDEN, HIDDEN))
            continue
        mine = share[code][held]
        # Shares are rounded to a multiple of the step.
        shown = (mine[0], mine.min(), mine[-1])
        first, lowest, last = (f"{step * round(100 * one / step)}%" for one in shown)
        parts.append((name, first, lowest, last))
    table = lines(("function", "first month", "lowest", "last month"), parts)
    made["cover"] = table
    text = (
        "Productive WTE as a share of existing posts, at month ends. Newcomers count for less at first, and removed posts "
        "do not count. Shares of small functions are rounded more coarsely."
    )
    return Section.of("Cover of functions", text, table)


def _step_of_shares(posts: float, rule: Rule) -> int:
    """The finest step of percentages that covers at least the threshold's number of posts; 0 if none does."""
    return next((step for step in STEPS if posts * step / 100 >= rule.threshold), 0)


# Unknown assumptions


@attrs.frozen(kw_only=True)
class _Assumption:
    """An assumption that the analyst cannot know: what it is, its dotted path, and the ends of its range."""

    what: str
    path: str
    low: float
    high: float


def _assumptions(scenario: Scenario, ranges: Mapping[str, tuple[float, float]]) -> list[_Assumption]:
    """Take-up, leaving and refill, each with its range in `ranges`, or else the range of its parameter."""
    levers: list[tuple[str, str, Any]] = [
        ("chance of applying", "behaviour.severance.typical", scenario.behaviour.severance),
        ("share who resign each year", "behaviour.departures.resign", scenario.behaviour.departures),
        *(
            ("share of vacancies that are filled again", f"policies.{name}.refill", policy)
            for name, policy in scenario.policies.items()
            if isinstance(policy, Hiring)
        ),
    ]
    found = []
    for what, path, thing in levers:
        name = path.rsplit(".", 1)[1]
        fields = {one.name: one for one in attrs.fields(type(thing))}
        field = fields.get(name)  # a user's own model may lack it
        parent = parent_of(field) if field is not None else None
        limits = ranges.get(path) or (parent.range if parent is not None else None)
        # An assumption without a stated range cannot be varied, and is left out.
        if limits is not None:
            low, high = map(float, limits)
            found.append(_Assumption(what=what, path=path, low=low, high=high))
    return found


_OUTCOMES = ("leave under the scheme", "cost", "saving a year", "payback months", "leave by other routes")


def _shown(found: _Outcome, rule: Rule) -> tuple[str, ...]:
    """An outcome after disclosure control, in the order of `_OUTCOMES`."""
    return (
        rule.one(found.leavers),
        rule.money(found.cost, found.leavers),
        rule.money(found.saving, found.leavers),
        _months(found.payback) if round(found.leavers) >= rule.threshold else HIDDEN,
        rule.one(found.unpaid),
    )


def _unknown(
    scenario: Scenario,
    unknown: Sequence[_Assumption],
    seeds: Sequence[int],
    paying: Sequence[str],
    shown: _Counts,
    rule: Rule,
    made: dict[str, pd.DataFrame],
) -> Section:
    """The same outcomes with one assumption at a time at either end of its range."""
    present = ", ".join(f"{float(part_at(scenario, one.path)):.1%}" for one in unknown)
    worlds = [("as assumed", present, scenario)]
    # Every row has the same seeds, so rows differ only through the assumption that moves.
    for one in unknown:
        ends = (one.low, one.high)
        worlds += [(one.what, f"{end:.1%}", scenario.having(one.path, end)) for end in ends]
    parts = []
    for what, value, world in worlds:
        found = _outcome([simulate(world, seed=seed) for seed in seeds], paying)
        cells = _shown(found, rule)
        if world is scenario and len(seeds) == 1:  # the run of the page: hide what the page hides
            # The last cell is about people who leave by other routes, the others about people paid to leave.
            *paid, unpaid = cells
            if shown.totals[BY_SCHEME] == HIDDEN:
                paid = [HIDDEN] * len(paid)
            if shown.totals[THEMSELVES] == HIDDEN:
                unpaid = HIDDEN
            cells = (*paid, unpaid)
        parts.append((what, value, *cells))
    table = lines(("assumption", "value", *_OUTCOMES), parts)
    made["not-known"] = table
    text = (
        f"Means over {len(seeds)} runs with the same random numbers in every row. The first row has the assumed values, in "
        "the order of the rows below; each other row moves one assumption to an end of its range. Posts that a scheme "
        "removes are not refilled, so refilling changes how many people stay in post but not what is saved."
    )
    return Section.of("What is not known, and what follows", text, table)


def _swept(
    scenario: Scenario,
    unknown: Sequence[_Assumption],
    seed: int,
    draws: int,
    paying: Sequence[str],
    rule: Rule,
    made: dict[str, pd.DataFrame],
) -> Section:
    """The answer over all assumptions at once: points spread over their ranges, each with its own random numbers."""
    varied = [one for one in unknown if one.low < one.high]
    ranges = [Range(one.path, one.low, one.high) for one in varied]
    fixed = scenario
    for one in unknown:
        if one.low == one.high:
            fixed = fixed.having(one.path, one.low)
    spread = [("", fixed)] * draws  # without a range, nothing varies but chance
    if ranges:
        spread = list(latin_hypercube(fixed, *ranges, points=draws, seed=seed).items())
    found = []
    # Each point has a seed of its own: the sweep covers chance as well as the assumptions.
    for number, (_, world) in enumerate(spread):
        found.append(_outcome([simulate(world, seed=seed + number)], paying))
    ends = []
    for name, level in (("1 in 10 is below", 0.1), ("half are below", 0.5), ("1 in 10 is above", 0.9)):
        # `inverted_cdf` returns the value of one of the runs, so a quantile of counts is a whole number.
        numbers = {
            field: float(np.quantile([getattr(one, field) for one in found], level, method="inverted_cdf"))
            for field in ("leavers", "unpaid", "cost", "saving")
        }
        payback = float(np.quantile([one.payback for one in found], level, method="inverted_cdf"))
        cells = _shown(_Outcome(**numbers), rule)
        # The quantile of the payback is not the ratio of the quantiles of cost and saving.
        months = HIDDEN if round(numbers["leavers"]) < rule.threshold else _months(payback)
        ends.append((name, *cells[:3], months, cells[4]))
    table = lines(("of the runs", *_OUTCOMES), ends)
    made["sweep"] = table
    varied_in_words = "; ".join(f"{one.what} from {one.low:.1%} to {one.high:.1%}" for one in unknown)
    text = (
        f"{draws} runs: all assumptions vary at once and at random ({varied_in_words}), and each run has its own random "
        "numbers. Each column is sorted separately, so a row is not one run."
    )
    return Section.of("All assumptions at once", text, table)


def _transferred(scenario: Scenario) -> list[Section]:
    """Which functions transfer, where to and when: one section without counts, or no section."""
    transfers = []
    for policy in scenario.policies.values():
        if isinstance(policy, (TransferWhole, TransferFunctions)):
            named = policy.successor if isinstance(policy, TransferFunctions) else ""
            where = named or (kinds_in_words(policy.receivers) if policy.receivers else "the successor")
            what = listed(policy.functions) or "all functions"
            transfers.append(f"On {policy.starts}: {what}, to {where}.")
    if not transfers:
        return []
    law = (
        "Posts move with their people, who keep their terms and service (TUPE); here this is neither a cost nor a saving. "
        "Every figure above includes these people, at the employer that they work for at the time."
    )
    return [Section.of("Functions that transfer", " ".join((*transfers, law)))]


def _stated(scenario: Scenario) -> list[Section]:
    """What is assumed about pay after the last pay table, if the scenario ends later than that."""
    law = scenario.dated_law
    calendar = scenario.calendar
    awards = law.later_awards(calendar.origin + 1, calendar.origin + calendar.days - 1)
    if not awards:
        return []
    first, share = awards[0]
    own = law.own_pay_award(first)
    text = (
        f"The library has no pay table for {date_of(first)} and later. Pay points rise by {share:.1%} each 1 April "
        f"(`law.later_award`), and pay outside the tables (very senior managers, medical and local grades) by {own:.1%} "
        "(`law.own_pay_award`). Both are assumptions: set them in `scenario.toml` under `[law]`, or with `--set`."
    )
    return [Section.of("Pay awards that are assumed", text)]


def _outcome(runs: Sequence[Run], paying: Sequence[str]) -> _Outcome:
    """Means over the runs of one scenario."""
    found: list[Floats] = []
    for run in runs:
        # Closure is not a policy of the scenario, but people who leave with it leave because of the employer.
        codes = np.array([*(run.code_of(name) for name in paying), run.code_of("closure")])
        left = run.log.exits
        by_scheme = np.isin(left.rule, codes)
        paid = run.log.steps(*EXIT_LINES)
        gone = removals(run)
        mine = np.isin(gone.rule, codes)
        saved = gone.pence[mine & (gone.end == 0)].sum()
        sums = (by_scheme.sum(), (~by_scheme).sum(), paid.pence.sum() / 100.0, saved / 100.0)
        found.append(np.array(sums, "float64"))
    leavers, unpaid, cost, saving = np.mean(found, axis=0).tolist()
    return _Outcome(leavers=leavers, unpaid=unpaid, cost=cost, saving=saving)


def _mean(pence: Longs | Ints, rule: Rule) -> str:
    """The mean of amounts in pence, to the nearest £1,000; hidden if it covers few people."""
    return HIDDEN if len(pence) < rule.threshold else f"£{round(float(pence.mean()) / 100, -3):,.0f}"


def _months(months: float) -> str:
    return f"{months:,.0f}" if np.isfinite(months) else "never"


def written(found: Answer) -> str:
    """The page as Markdown."""
    parts: list[str] = [f"# {found.run.scenario.title or found.run.scenario.name}", ""]
    for section in found.sections:
        parts += [f"## {section.heading}", "", section.text, ""]
        if section.table is not None and len(section.table):
            parts += [_markdown(section.table), ""]
    return "\n".join(parts)


def _markdown(table: Any) -> str:
    """A formatted table in Markdown."""
    names = [str(name) for name in table.columns]
    rows = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    cells = (" | ".join(map(str, row)) for row in table.itertuples(index=False))
    rows += [f"| {line} |" for line in cells]
    return "\n".join(rows)


def share_tables(found: Answer) -> dict[str, dict[str, Any]]:
    """Each table's columns by its name, to write as CSV."""
    shared = {}
    for name, table in found.tables.items():
        shared[name] = {str(column): table[column].tolist() for column in table.columns}
    return shared


__all__ = ["BANNER", "Answer", "answer", "share_tables", "written"]


def lines(names: Sequence[str], rows: Sequence[Sequence[object]]) -> pd.DataFrame:
    """A formatted table, from its rows."""
    return tables.of_rows(names, rows)
