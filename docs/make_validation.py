# ruff: noqa: E501 (prose of a page)
"""Write validation.md: every published outcome beside the fitted scenario of England, its intervals and the forecast.

`python docs/make_validation.py --run` runs the scenario and writes the figures (`nhstransit/data/fits/england-2010-validation.csv`);
`python docs/make_validation.py` writes the page from them, the fit and its intervals. A test makes the page again, and a thorough one the figures. If
they change, say why in the commit.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import nhstransit as nt
from nhstransit import tables
from nhstransit.england import bundled_fit
from nhstransit.england.forecast import bundled_card, bundled_hindcast, scored
from nhstransit.england.validation import VERDICTS, Validation, validate

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "validation.md"
FIGURES = ROOT / "nhstransit" / "data" / "fits" / "england-2010-validation.csv"
REPLICATIONS = 20
SEED = 57
SPREAD = (
    "mars-round1-leavers",
    "mars-round1-cost",
    "mars-round1-saving",
    "redundancies-total",
    "redundancies-cost",
    "redundancies-57-pcts",
    "staff-transferred",
)
HEAD = """# Validation: England 2010–13 compared with published figures

The page compares the scenario `england-2010`, which has the fitted parameters, with published figures. After the comparison, no number was
changed to remove a miss. [Published figures](concepts/published.md) explains how a run is compared. In the tables:

- *published* has, in brackets, the wider range in which a simulated figure is accepted, if such a range is stated;
- *simulated* is the mean over {runs} runs with different seeds. In brackets is the range of the middle 80% of these runs, which covers
  only chance;
- *verdict* has, in brackets, the difference between the two figures. Its unit is the standard deviation of the published figure's
  tolerance and of chance together;
- *grade* is the [grade of the source](data/README.md#grades).

`nhstransit validate england-2010` makes the same tables from your own runs. `python docs/make_validation.py` makes this page from
`nhstransit/data/fits/england-2010-validation.csv`.
"""


MEANINGS = {  # verdicts whose description in the library is too short for the page
    "within band": "the simulated mean is outside the tolerance, but within the wider range stated for the figure",
    "within chance": "the simulated mean is outside both, but the published figure, with its tolerance, is within the middle 80% of runs",
    "miss": "the published figure is further from the simulated figure than that",
    "not simulated": "a run cannot produce this figure; the section on figures not simulated has the reason",
}
LINES = {"refills": "vacancies filled again", "unexplained": "difference that is not explained"}
ROLES = {  # the first sentence of the section of each role
    "fitted": "The scenario was fitted to these figures.",
    "held out": "These figures were never used in the fit.",
    "check": "These figures repeat other figures, or check an input. They were not used in the fit.",
    "context": "These figures are forecasts or patterns, for comparison only.",
}
PLAINLY = {  # sentences of the fit, which cannot change because of its hash, and the words of the page
    "mars-apply-pooled: provider arms stand in its denominator, and the scenario is without them": "the share of staff of four primary care trusts who applied for MARS"
    " (mars-apply-pooled), because its denominator includes provider arms, which are not in the scenario;",
    "rehire-cohorts: the return curve was taken from these very shares: they check an input": "the shares of people"
    " made redundant who return (rehire-cohorts), because the return curve was estimated from them, so they only check an input.",
}

MISSES = """## What the misses show about the model

- *One region's path.* In Yorkshire and the Humber, three in ten of the people paid to leave in the model do so in the first year. In
  fact, more than half did. Two published sources disagree, and the model is between them: 57 trusts had on average 25 MARS leavers and redundancies by
  mid-2011, but 15 organisations in Yorkshire had 44 on average by March 2011. In the last year, twice as many people leave with a payment in
  the model as in fact. One reason is that the region has only 0.89 posts per person in the model, and that people without a post cannot find
  one outside the new organisations.
- *North West, North East.* The published saving by MARS was low in the North East and high in the North West. In the model, regions
  differ only by chance in how likely staff are to apply. The model has no employers that press people to apply.
- *Forty trusts to November 2010.* A survey of forty trusts found that 26 people had been made redundant. In the model, redundancies begin
  only with the first round of voluntary redundancy.
- *Transfers.* In the model, 2,300 fewer people transfer than were reported. One reason is that 5,500 posts are empty in
  April 2013, in regions and bands in which all staff already have a post.
- *Staff in the first nine months.* Up to December 2010, the number of staff of trusts falls faster in the model than on payroll. From
  March 2011 the two agree.
- *Who left.* In the model, the shares of leavers who are in finance, who are in Band 8 and above, and who have long service are higher
  than published. The functions and bands of the opening staff are assumptions with wide ranges, which were not fitted.
"""


def grid(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)


def number(item: float) -> str:
    """A number for readers: whole from 100 on, otherwise with four significant digits; empty if it is missing."""
    if math.isnan(item):
        return ""
    return f"{item:,.0f}" if abs(item) >= 100 else f"{item:.4g}"


def run(workers: int) -> Validation:
    """The validation of the fitted England."""
    return validate(nt.load_scenario("england-2010"), replications=REPLICATIONS, seed=SEED, executor=workers)


def columns_of(found: Validation) -> dict[str, list[Any]]:
    """Every figure to five significant digits with its verdict, then the lines of the bridge and the parts of a redundancy's cost."""
    rows = [(one.name, one.role, one.figure.value, one.simulated, one.standardised, one.verdict) for one in found.lines]
    named = {one.name for one in found.lines}
    rows += [
        (name, "of the run", None, interval, None, "")
        for name, interval in found.simulated.items()
        if name not in named
    ]
    names = ("figure", "role", "published", "simulated", "low", "high", "size", "verdict", "runs")
    cells = [
        (
            name, role, _cell(value), *((_cell(seen.mean), _cell(seen.low), _cell(seen.high)) if seen else ("", "", "")),
            _cell(size), verdict, str(found.runs),
        )
        for name, role, value, seen, size, verdict in rows
    ]  # fmt: skip
    return {name: [row[at] for row in cells] for at, name in enumerate(names)}


def _cell(item: float | None) -> str:
    return "" if item is None else f"{item:.5g}"


def page() -> str:
    """The page as Markdown, from the stored figures, the bundled fit and the forecast's card."""
    kept = tables.read_csv(FIGURES)
    rows = {name: {key: kept[key][at] for key in kept} for at, name in enumerate(kept["figure"])}
    parts = [HEAD.format(runs=kept["runs"][0]), _verdicts(rows), _fit(), _figures(rows), MISSES, _tensions(rows)]
    return "\n".join([*parts, _coverage(), _bridge(rows), _forecast(), _spread()]).rstrip() + "\n"


def _verdicts(rows: Any) -> str:
    counted = [one["verdict"] for one in rows.values() if one["verdict"]]
    lines = [
        f"- **{name}** ({counted.count(name)}): {MEANINGS.get(name, meaning)}."
        for name, meaning in VERDICTS.items()
        if name in counted
    ]
    return "## Verdicts\n\nThe number of figures with each verdict is in brackets.\n\n" + "\n".join(lines) + "\n"


def _fit() -> str:
    fit = bundled_fit()
    moved = [f"`{one.path}` ({number(one.value)})" for one in fit.parameter if one.moved]
    left_out = "\n".join(f"- {PLAINLY.get(line, line)}" for line in fit.left_out)
    return (
        f"## What was fitted\n\n{len(fit.parameter)} uncertain inputs were fitted to {len(fit.target)} published figures, by `{fit.script}` ({fit.budget} runs). "
        f"{'' if fit.plausible else 'No point is plausible: the model cannot reproduce these figures.  '}The figures identify {len(moved)} of these inputs, "
        f"which were changed: {', '.join(moved)}. See [all inputs](model/priors.md) and [checks of the fit](model/fit-checks.md).\n\n"
        f"The fit could have used these figures too, but does not:\n\n{left_out}\n"
    )


def _figures(rows: Any) -> str:
    from nhstransit.england import bundled_outcomes

    parts = []
    known = {f"{o.id}: {f.part}" if f.part else o.id: (o, f) for o in bundled_outcomes().outcome for f in o.figures}
    for role in ("fitted", "held out", "check", "context"):
        mine = [name for name in known if rows[name]["role"] == role and rows[name]["verdict"] != "not simulated"]
        if not mine:
            continue
        cells = [
            (what, _published(rows[name], known[name][0], first=not what.startswith("–")), _seen(rows[name]), _verdict(rows[name]), known[name][0].quality)
            for what, name in zip(_labels([known[name] for name in mine]), mine, strict=True)
        ]  # fmt: skip
        head = ("figure", "published", "simulated (middle 80%)", "verdict", "grade")
        parts.append(f"## {role.capitalize()}\n\n{ROLES[role]}\n\n{grid(head, cells)}\n")
    unsimulated = [name for name in known if rows[name]["verdict"] == "not simulated"]
    reasons: dict[str, list[str]] = {}
    for name in unsimulated:
        why = known[name][0].unmodelled or "the scenario ends earlier, or does not contain the thing described"
        reasons.setdefault(why, []).append(f"{known[name][0].what} (`{known[name][0].id}`)")
    lines = [f"- {why[:1].upper()}{why[1:]}: {'; '.join(dict.fromkeys(names))}." for why, names in reasons.items()]
    text = "A run cannot produce these published figures. Each line has the reason first, and then the figures."
    return "\n".join(parts) + f"\n## Not simulated\n\n{text}\n\n" + "\n".join(lines) + "\n"


def _published(row: Any, outcome: Any, *, first: bool) -> str:
    """The figure, with the range that its table would accept, if any; or the pattern that was reported in words."""
    if outcome.said:
        return f"reported in words: {outcome.said}" if first else "the same report"
    return f"{row['published']} ({outcome.band[0]:g} to {outcome.band[1]:g})" if outcome.band else str(row["published"])


def _labels(figures: Sequence[tuple[Any, Any]]) -> list[str]:
    """A label with the unit for each figure; later parts of an outcome have only their name, and their unit if it differs."""
    labels = []
    before = None
    for outcome, figure in figures:
        if outcome is before:
            labels.append(f"– {figure.part}{f', {figure.unit}' if figure.unit != outcome.figures[0].unit else ''}")
            continue
        part = f": {figure.part}" if figure.part and figure.part != figure.unit else ""
        labels.append(f"{with_unit(outcome.what, figure.unit)}{part}")
        before = outcome if figure.part else None
    return labels


def with_unit(what: str, unit: str) -> str:
    """A figure in words with its unit, unless the words already have it."""
    known = what.lower()
    if unit.startswith(("share", "ratio")) and ("share" in known or "divided by" in known):
        return what
    return what if known.startswith((unit, f"{unit} ")) else f"{what}, {unit}"


def _verdict(row: Any) -> str:
    return f"{row['verdict']} ({float(row['size']):+.1f})" if row["size"] else str(row["verdict"])


def _seen(row: Any) -> str:
    return f"{row['simulated']} ({row['low']} to {row['high']})"


def _tensions(rows: Any) -> str:
    def of(name: str) -> float:
        return float(rows[name]["simulated"] or "nan")

    pay = of("mars-mean-payment-national")
    saving = of("mars-mean-saving")
    long_ = of("leavers-share-over-15-years")
    parts = {name: of(f"redundancy, a person: {name}") for name in ("pay", "notice", "pension")}
    whole = sum(parts.values())
    return f"""## Tensions

**Payment, saving and service.** Three published figures of MARS do not agree if the post of every MARS leaver was removed: a mean payment of £18,196, a mean
saving of £34,182, and a share of 28% of leavers with over 15 years' service. The payment is 6.9 months of pay at £31,800 a year. This pay
costs £38,800 a year with on-costs, and the mean saving is 0.88 of this cost. So in the model, the posts of a share of 0.88 of MARS leavers are removed. The
mean payment in the model is £{pay:,.0f}, the mean saving is £{saving:,.0f}, and {long_:.0%} of leavers have over 15 years' service. The saving is
{pay and saving / pay:.2f} times the payment in the model, and {34182 / 18182:.2f} times in the published figures.

**£19,552 and £43,095.** Two published mean costs of a redundancy differ. The first is redundancy pay per person in 57 trusts early in
2011–12, and the second is the whole cost per WTE in England to March 2013. The model has £{of("redundancy-mean-57-pcts"):,.0f} and £{of("redundancies-mean-cost"):,.0f}. A redundancy in the
model costs £{whole:,.0f} per person: £{parts["pay"]:,.0f} of redundancy pay, £{parts["notice"]:,.0f} of notice and £{parts["pension"]:,.0f} of pension cost.
The model does not explain £{43095 - of("redundancies-mean-cost"):,.0f} per WTE of the published national mean.
"""


def _bridge(rows: Any) -> str:
    from nhstransit.synthesis import load_bridge

    spans = {step.name: (step.low, step.high) for step in load_bridge().step}
    order = (
        "in scope, April 2010",
        "redundancies",
        "MARS leavers",
        "unpaid leavers",
        "refills",
        "people from outside the base",
    )
    cells = []
    for line in (*order, "transferred, April 2013", "unexplained"):
        low, high = spans.get(line, (None, None))
        published = "" if low is None else f"{low:,}" if low == high else f"{low:,} to {high:,}"
        cells.append((LINES.get(line, line), published, _seen(rows[f"scope-bridge: {line}"])))
    return (
        "[The scope bridge](concepts/published.md#the-scope-bridge) is the list of flows that lead from the people in scope to the people transferred. The share of vacancies filled again and the number of newcomers were not fitted to it.\n\n"
        + grid(("people", "published", "simulated (middle 80%)"), cells)
        + "\n"
    )


def _forecast() -> str:
    card = bundled_card()
    hindcast = bundled_hindcast()
    table = scored().reset_index()
    cells = [
        tuple(item if isinstance(item, str) else number(float(item)) for item in row)
        for row in table.itertuples(index=False)
    ]
    return f"""## Ex ante: the forecast of January 2011

This forecast uses only information that was public on 19 January 2011 (`data/england/ex-ante-2011-01-19.toml` has the sources). It is made
from {card.worlds} draws of the uncertain numbers, and its stored file has the hash `{card.sha256[:12]}…`. The table compares the forecast with the Department's
impact assessments and with what happened by March 2013. *Low* and *high* are the ends of an 80% interval. The Department published cases without
probabilities, so the ends of its interval are its lowest and highest cases. The interval score is the width of the interval plus ten times
the distance between the interval and the outcome, if the outcome is outside it. A lower score is better.

{grid(tuple("what happened" if name == "happened" else name for name in table.columns), cells)}

The library and the Department both assumed in January 2011 that a cut of 46 per cent in management costs would remove posts in proportion.
In fact the new system had 48,000 to 50,000 posts, because it had money that neither forecast had counted. Also, both forecasts assumed
a base that was a fifth too large. The library's forecast is closer for the cost than for the number of redundancies, because it also
assumed too low a cost per redundancy: £31,000 instead of £43,000.

The **hindcast** ({hindcast.worlds} draws, hash `{hindcast.sha256[:12]}…`, `data/england/hindcast-2011-01-19.toml`) uses the
[mechanisms](model/mechanisms.md) that were learnt from what happened, but only numbers that were known on 19 January 2011. Its error is a
third smaller than that of the forecast for the number of redundancies, and a quarter smaller for their cost. The remaining error comes from
the number of posts (32,400 were planned, a third too few) and from the base (64,200 instead of about 54,000).
"""


def _spread() -> str:
    from nhstransit.england import bundled_outcomes, kept_intervals

    kept = [kept_intervals()[name] for name in SPREAD if name in kept_intervals()]
    named = {one.id: with_unit(one.what, one.figures[0].unit) for one in bundled_outcomes().outcome}
    cells = [
        (
            named[one.name],
            number(one.mean),
            number(one.by_parameter),
            number(one.by_chance),
            number(one.by_discrepancy),
            f"{number(one.low_90)} to {number(one.high_90)}",
        )
        for one in kept
    ]
    head = ("figure", "mean", "by parameters and base", "by chance", "by the model's own error", "90% interval")
    runs = max((one.runs for one in kept), default=0)
    return f"""## Where the spread comes from

The table divides the uncertainty of each figure by its source. The columns that begin with *by* have standard deviations, in the figure's
unit, from {runs} runs at draws of the posterior. The interval includes all sources. See also [which inputs matter](model/what-matters.md).

{grid(head, cells)}
"""


def _coverage() -> str:
    from nhstransit.england import bundled_outcomes, coverage, kept_intervals

    table = coverage().reset_index()
    cells = [
        (
            str(row["role"]).replace("out of block", "without its block"),
            str(row["figures"]),
            f"{row['within 50%']:.0%}",
            f"{row['within 90%']:.0%}",
            *(_ratio(row[name]) for name in ("crps over prior", "width over prior")),
        )
        for _, row in table.iterrows()
    ]
    named = {
        f"{one.id}: {figure.part}" if figure.part else one.id: f"{one.what}{f', {figure.part}' if figure.part else ''}"
        for one in bundled_outcomes().outcome
        for figure in one.figures
    }
    out = [
        one
        for one in kept_intervals().values()
        if one.role in ("fitted", "held out") and not one.inside_90 and not math.isnan(one.published)
    ]
    lines = [
        f"- {named[one.name]}: {number(one.published)} was published; the interval is {number(one.low_90)} to {number(one.high_90)}"
        for one in out
    ]
    head = (
        "role",
        "number of figures",
        "inside their 50% interval",
        "inside their 90% interval",
        "CRPS divided by that of the prior",
        "width divided by that of the prior",
    )
    return f"""## Coverage of the intervals

This section asks how many published figures are inside the intervals that the model predicts for them. The intervals include uncertainty
about parameters and the base, chance, sampling, and the model's own error. A *fitted* figure is predicted by a fit that leaves out its block
(the group of related figures to which it belongs). *Held out* figures were never used in a fit, and a *check* repeats other figures. The
last two columns compare the fit with the prior: CRPS (continuous ranked probability score) measures the error of a prediction. If a ratio is
below 1, the figures in the fit have improved the prediction.

{grid(head, cells)}

Fitted and held-out figures outside their 90% interval:

{chr(10).join(lines) or "- none"}

`nhstransit.england.kept_intervals()` has the interval of every figure.
"""


def _ratio(item: float) -> str:
    return "" if math.isnan(item) else f"{item:.2f}"


def main() -> None:
    """Write the figures if `--run` is given, then the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--run", action="store_true")
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    if asked.run:
        tables.write_csv(FIGURES, columns_of(run(asked.workers)))
    PAGE.write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
