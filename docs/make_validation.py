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

The scenario is `england-2010`, with the fitted parameters. No number was changed to remove a miss. [Published figures](concepts/published.md)
explains how a run is compared. In the tables:

- *simulated* is the mean over {runs} replications, with their middle 80%, which covers chance only, in brackets;
- after a published figure, the wider range that its table accepts is in brackets;
- after a verdict, the difference is in brackets, in standard deviations of tolerance and chance together.

`nhstransit validate england-2010` makes the same tables from your own runs. `python docs/make_validation.py` makes this page from
`nhstransit/data/fits/england-2010-validation.csv`.
"""


PLAINLY = {  # sentences of the fit, which cannot change because of its hash, and the words of the page
    "mars-apply-pooled: provider arms stand in its denominator, and the scenario is without them": "mars-apply-pooled: its"
    " denominator includes provider arms, which are not in the scenario",
    "rehire-cohorts: the return curve was taken from these very shares: they check an input": "rehire-cohorts: the return"
    " curve was estimated from these shares, so they only check an input",
}

MISSES = """## What the misses say of the model

- *One region's path.* In Yorkshire and the Humber, three in ten of the people paid to leave do so in the first year in the model; in fact
  more than half did. Two sources disagree, and the fit is between them: in 57 trusts, MARS and redundancies were 25 people per trust by
  mid-2011; in Yorkshire's 15 organisations they were 44 each by March 2011. In the last year twice as many people leave in the model as
  in fact: the region has 0.89 posts per person in the model, and people without a post find none outside the new organisations.
- *North West, North East.* In the model, regions differ only by chance in how likely staff are to apply, because the model does not have
  employers that pressed people to apply.
- *Forty trusts to November 2010.* A survey found 26 people made redundant. In the model nobody is made redundant before the first round
  of voluntary redundancy.
- *Transfers.* In the model 2,300 fewer people transfer than were reported. More people leave unpaid than the scope bridge allows, and 5,500 posts are empty in
  April 2013 in regions and bands in which everyone already has a post.
- *Stock in the first nine months.* Up to December 2010, trusts lose staff faster in the model than on payroll; from March 2011 both agree.
- *Who left.* In the model more leavers than published are in finance, are in Band 8 and above, or have long service. The functions and
  bands of the opening staff are assumptions with wide ranges, which were not fitted.
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
        f"- **{name}** ({counted.count(name)}): {meaning}." for name, meaning in VERDICTS.items() if name in counted
    ]
    return "## Verdicts\n\n" + "\n".join(lines) + "\n"


def _fit() -> str:
    fit = bundled_fit()
    moved = [f"`{one.path}` ({number(one.value)})" for one in fit.parameter if one.moved]
    left_out = "\n".join(f"- {PLAINLY.get(line, line)}" for line in fit.left_out)
    return (
        f"## What was fitted\n\n{len(fit.parameter)} inputs were fitted to {len(fit.target)} figures, by `{fit.script}` ({fit.budget} runs). "
        f"{'' if fit.plausible else 'No point is plausible: the model cannot reproduce these figures.  '}The figures identify {len(moved)} inputs, "
        f"which were changed: {', '.join(moved)}. See [all inputs](model/priors.md) and [checks of the fit](model/fit-checks.md).\n\n"
        f"Figures that could have been fitted but were not:\n\n{left_out}\n"
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
            (what, f"{_published(rows[name], known[name][0])}", _seen(rows[name]), _verdict(rows[name]), known[name][0].quality)
            for what, name in zip(_labels([known[name] for name in mine]), mine, strict=True)
        ]  # fmt: skip
        head = ("figure", "published", "simulated (80%)", "verdict", "quality")
        parts.append(f"## {role.capitalize()}\n\n{grid(head, cells)}\n")
    unsimulated = [name for name in known if rows[name]["verdict"] == "not simulated"]
    reasons: dict[str, list[str]] = {}
    for name in unsimulated:
        why = known[name][0].unmodelled or "the scenario ends earlier, or does not contain the thing described"
        reasons.setdefault(why, []).append(known[name][0].id)
    lines = [f"- {why}: {', '.join(dict.fromkeys(names))}" for why, names in reasons.items()]
    return "\n".join(parts) + "\n## Not simulated\n\n" + "\n".join(lines) + "\n"


def _published(row: Any, outcome: Any) -> str:
    """The figure, with the range that its table would accept, if any."""
    return f"{row['published']} ({outcome.band[0]:g} to {outcome.band[1]:g})" if outcome.band else str(row["published"])


def _labels(figures: Sequence[tuple[Any, Any]]) -> list[str]:
    """A label with the unit for each figure; later parts of an outcome have only the name of the part."""
    labels = []
    before = None
    for outcome, figure in figures:
        if outcome is before:
            labels.append(f"– {figure.part}")
            continue
        what = f"{outcome.what} ({outcome.said})" if outcome.said else outcome.what
        labels.append(f"{what}, {figure.unit}{f': {figure.part}' if figure.part else ''}")
        before = outcome if figure.part else None
    return labels


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

**Payment, saving and service.** Three published figures are not consistent if every post was removed: a mean payment of £18,196, a mean
saving of £34,182, and 28% of leavers with over 15 years' service. The payment is 6.9 months of pay at £31,800 a year. That is £38,800 with on-costs, of which a share of 0.88 was saved. In the model the payment is £{pay:,.0f}, the saving £{saving:,.0f}, and {long_:.0%} have over 15 years'
service; a share of 0.88 of the posts is removed. The saving is {pay and saving / pay:.2f} times the payment, and was {34182 / 18182:.2f} times as published.

**£19,552 and £43,095.** The first is redundancy pay per person in 57 trusts early in 2011–12. The second is the whole cost per WTE, to March
2013. The model has £{of("redundancy-mean-57-pcts"):,.0f} and £{of("redundancies-mean-cost"):,.0f}. Its redundancies cost £{whole:,.0f} per person: £{parts["pay"]:,.0f} redundancy pay, £{parts["notice"]:,.0f} notice and
£{parts["pension"]:,.0f} pension.
£{43095 - of("redundancies-mean-cost"):,.0f} per WTE of the national mean remains unexplained.
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
        cells.append((line, published, _seen(rows[f"scope-bridge: {line}"])))
    return (
        "[The scope bridge](concepts/published.md#the-scope-bridge) accounts for the difference between the people in scope and the people transferred. Refills and inflow were not fitted to it.\n\n"
        + grid(("line", "published", "simulated (80%)"), cells)
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

This forecast uses only information that was public on 19 January 2011 (`data/england/ex-ante-2011-01-19.toml` has the sources). It has
{card.worlds} draws of the uncertain numbers, and its card has the hash `{card.sha256[:12]}…`. The table compares it with the Department's impact assessments
and with what happened by March 2013. The interval score is the width of the 80% interval plus ten times the distance of the outcome
outside it (lower is better). The Department published cases, not probabilities: its interval is from the lowest case to the highest.

{grid(tuple(table.columns), cells)}

Both forecasts of January assumed that the cut of 46 per cent in management costs would remove posts in proportion. In fact there were
48,000 to 50,000 posts, paid from money that nobody had counted then, and the base was a fifth too large. The library's error is smaller
for the cost than for the number of redundancies, because it assumed £31,000 per redundancy instead of £43,000, which offset part of it.

The **hindcast** ({hindcast.worlds} draws, hash `{hindcast.sha256[:12]}…`, `data/england/hindcast-2011-01-19.toml`) has the
[mechanisms](model/mechanisms.md) learnt from what happened, but only numbers known on the day. With it the error falls by a third for
the number of redundancies and by a quarter for their cost. The remaining error comes from the number of posts (32,400 planned, a third
too few) and from the base (64,200; about 54,000 were in scope).
"""


def _spread() -> str:
    from nhstransit.england import kept_intervals

    kept = [kept_intervals()[name] for name in SPREAD if name in kept_intervals()]
    cells = [
        (
            one.name,
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

The table has standard deviations by source, in the figure's unit, from {runs} runs at draws of the posterior. The interval includes all
sources. See also [which inputs matter](model/what-matters.md).

{grid(head, cells)}
"""


def _coverage() -> str:
    from nhstransit.england import coverage, kept_intervals

    table = coverage().reset_index()
    cells = [
        (
            str(row["role"]),
            str(row["figures"]),
            f"{row['within 50%']:.0%}",
            f"{row['within 90%']:.0%}",
            *(_ratio(row[name]) for name in ("crps over prior", "width over prior")),
        )
        for _, row in table.iterrows()
    ]
    out = [
        one
        for one in kept_intervals().values()
        if one.role in ("fitted", "held out") and not one.inside_90 and not math.isnan(one.published)
    ]
    lines = [
        f"- {one.name}: {number(one.published)} published, {number(one.low_90)} to {number(one.high_90)}" for one in out
    ]
    head = ("role", "figures", "within 50%", "within 90%", "CRPS over the prior's", "width over the prior's")
    return f"""## Coverage of the intervals

The intervals include parameters, base, chance, sampling and the model's own error. A *fitted* figure is predicted by a fit without its
own block; *held out* figures were never used in a fit; a *check* repeats other figures. CRPS and width are divided by those of the
prior: if the ratio is below 1, the other figures have added information.

{grid(head, cells)}

Figures outside their 90% interval:

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
