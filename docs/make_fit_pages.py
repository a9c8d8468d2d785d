# ruff: noqa: E501 (prose of a page)
"""Write three pages about England's fit: its inputs (model/priors.md), which of them matter, and the checks of the fit.

`python docs/make_fit_pages.py` writes them from the bundled priors, discrepancy, fit and tables in `data/`. With `--tables` it first
makes the tables and the figure from the bundled ensemble, without new runs.
"""

from __future__ import annotations

import argparse
import runpy
from pathlib import Path
from typing import Any

import numpy as np

from nhstransit import tables
from nhstransit.england import bundled_fit, bundled_outcomes, targets_of
from nhstransit.measures.headline_figures import UNITS
from nhstransit.organisations.posts import found
from nhstransit.phrases import inside
from nhstransit.scenario.discrepancy import read_discrepancy
from nhstransit.studies.ensemble import read_ensemble
from nhstransit.studies.fit_file import read_fit_file, read_priors

HERE = Path(__file__).parent
PRIORS = HERE / "model" / "priors.md"
MATTERS = HERE / "model" / "what-matters.md"
TABLE = HERE / "data" / "what-matters.csv"
CHECKS = HERE / "model" / "fit-checks.md"
RANKS = HERE / "data" / "fit-ranks.csv"
LATER = HERE / "data" / "fit-later.csv"
# Figures up to June 2011, from which later ones are predicted.
EARLY = (
    "mars-round1-leavers",
    "mars-round1-cost",
    "mars-round1-saving",
    "mars-leavers-57-pcts",
    "mars-mean-payment-pct",
    "mars-share-clinicians",
    "mars-share-commissioning",
    "mars-share-public-health",
    "mars-share-finance",
    "mars-share-band8-plus",
    "redundancies-57-pcts",
    "pct-stock-index: 2010-09",
    "pct-stock-index: 2010-12",
    "pct-stock-index: 2011-03",
    "pct-stock-index: 2011-04",
    "pct-stock-index: 2011-06",
)
IMAGE = HERE / "images" / "what-matters.png"
FIGURES = (
    "headline: exit cost",
    "headline: left with pay",
    "headline: left without pay",
    "headline: moved",
    "headline: net recurrent saving",
    "headline: cumulative net saving",
    "headline: knowledge lost",
    "headline: vacancies at the end",
    "mars-round1-leavers",
    "redundancies-total",
    "redundancies-mean-cost",
    "staff-transferred",
)
FOREMOST = 3
WEAK = 0.7
GAPS = HERE / "data" / "what-matters-to-gaps.csv"
WORLDS = {  # scenarios compared with the fitted one: name, and a function that makes it
    "without MARS": lambda world: world.without("mars"),
    "with certainty a year earlier": lambda world: _variant("england-2010-certainty-early"),
    "nine months slower": lambda world: _variant("england-2010-slower"),
}
GAP_FIGURES = (
    "headline: exit cost",
    "headline: left with pay",
    "headline: cumulative net saving",
    "headline: knowledge lost",
)


def grid(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [" | ".join(head), " | ".join("---" for _ in head), *(" | ".join(row) for row in rows)]
    return "\n".join(f"| {line} |" for line in lines)


def number(item: float) -> str:
    """A number for readers: whole, with commas, from 1,000 on; otherwise with three significant digits."""
    return f"{item:,.0f}" if abs(item) >= 1000 else f"{item:.3g}"


# The files of priors and of the model's own error must match the hash stored with the fit, so their words cannot change.
# Where the page has plainer words, the key is the text of the file and the value that of the page.
PLAINLY = {
    "Four trusts' applications in October 2010 (0.8 to 2.3% of staff, provider arms counted) and 19 to 25% with an offer in 2025; even on the log scale because no elasticity says at what level it acts. Assumed.": "In October 2010, 0.8 to 2.3% of the staff of four trusts, provider arms included, applied. In 2025, "
    "19 to 25% of people with an offer applied or showed interest. An elasticity says how take-up changes and not its level, so "
    "the prior is assumed to be uniform on the log scale.",
    "Elasticity of separations to payments, study of 2015, with its spread over settings.": "A study of 2015 estimated how separations rise with payments; the range is the spread of its "
    "estimates over settings.",
    "Difference between take-up in 2010 and interest in 2025, derived; not told apart from waiting for a better offer.": "Fewer people applied in 2010 than showed interest in 2025. The value is derived from this "
    "difference; published figures cannot separate it from the effect of waiting for a better offer.",
    "The three kinds of staff that the NHS's chief executive described; size assumed.": "The NHS's chief executive described leavers, stayers and movers; the size is assumed.",
    "Separation at 50 with long service, study of 2003: 1.5 to 3 times the odds.": "A study of 2003 found that the odds of leaving are 1.5 to 3 times as high for people aged 50 with long "
    "service.",
    "Trade press, November 2010: waiting paid better. As for 2025; size assumed.": "The trade press reported in November 2010 that waiting paid better. The size is assumed, and is the "
    "same as for 2025.",
    "Range of savings a head over ten regions (0.73), less what employers and headcounts explain.": "The range of savings per person over ten regions implies 0.73; the part that employers and "
    "headcounts explain is subtracted.",
    "Leaving of 9 to 12.5% a year in bodies due to close, less retirement, over the multiple under threat.": "In bodies due to close, 9 to 12.5% of staff left in a year. Retirement is subtracted, and the rest "
    "is divided by the factor for perceived risk.",
    "Announcements and downsizing, studies; spread over settings.": "Studies of announcements and of downsizing found such multiples; the range is their spread over "
    "settings.",
    "The three kinds of staff that the NHS's chief executive described; shares assumed.": "The NHS's chief executive described leavers, stayers and movers; their shares are assumed.",
    "As above; shares assumed.": "The NHS's chief executive described leavers, stayers and movers; their shares are assumed.",
    "No count found; assumed.": "No published number was found; the value is assumed.",
    "Local press on trusts of 2010-11.": "The local press reported on trusts in 2010-11.",
    "A straight line from the first step (0.1 to 0.2) to 46 per cent by March 2014 is 0.22 to 0.29; a little wider, derived.": "On a straight line from the first cut (0.1 to 0.2) to 46 per cent by March 2014, the second cut is "
    "0.22 to 0.29. The range is a little wider.",
    "Employers' criterion; none was published. Two years, one more or less, assumed.": "The employers' criterion was not published; two years, plus or minus one, is assumed.",
    "Recruitment was stopped in 2010-11; scope bridge. Assumed.": "Recruitment was stopped in 2010-11. The value is assumed from this and from [the scope "
    "bridge](../concepts/synthesis.md#the-scope-bridge).",
    "Keeps the mean of three years within what the scope bridge asks for (0.2 to 0.8). Assumed.": "The value is assumed. With it, the mean of three years is within the range that [the scope "
    "bridge](../concepts/synthesis.md#the-scope-bridge) implies (0.2 to 0.8).",
    "Trade press on the time to hire in the NHS, 2023 to 2025.": "The trade press reported times to hire in the NHS in 2023 to 2025.",
    "Impact assessments of January (64,200) and September 2011 (48,300), and 10,094 redundancies as 19 per cent (53,100).": "The base was 64,200 in the impact assessment of January 2011 and 48,300 in that of September 2011. "
    "It was 53,100 if the 10,094 redundancies reported as 19 per cent of staff are right.",
    "No table of service by band found; assumed.": "No table of service by band was found; the value is assumed.",
    "Interview of the man who was in charge: 48,000 to 50,000; even between.": "The man in charge of the transition gave 48,000 to 50,000 in an interview; no value between them is "
    "more likely than another.",
    "Spread of actuaries' tables about the formula; assumed.": "The range is assumed from the spread of actuaries' tables around the formula.",
    "Cohorts of redundancies by year and return to September 2018: an input check, so it is varied and never fitted to.": "The source has the shares of people made redundant in each year who had returned by September 2018. "
    "This input is varied, but not fitted to these shares.",
    "(log-odds at certain risk)": "(log-odds if the loss of the post is certain)",
    "Weeks from advert to start": "Weeks from an advertisement to a start",
    "How much readier those are to take an offer who dislike the reform (log-odds)": "How much more likely people who dislike the reform are to accept an offer (log-odds)",
    "How much readier those are whose pension can be drawn (log-odds)": "How much more likely people who can draw their pension are to accept (log-odds)",
    "Spread of regions in how readily staff apply": "How much regions differ in how likely staff are to apply",
    "Resignations a year at no risk": "Resignations a year if people perceive no risk",
    "Multiple of resignation at certain risk": "Multiple of the resignation rate if the loss of the post is certain",
    "How many are leavers by disposition (score)": "Score of the leaver disposition (a higher score makes more people leavers)",
    "How many are stayers by disposition (score)": "Score of the stayer disposition (a higher score makes more people stayers)",
    "First step of management costs, due": "First cut of management costs, due",
    "The same by 31 March 2012": "Second cut of management costs, due on 31 March 2012",
    "Months within which a panel wants a case for voluntary redundancy to pay back": "Months within which a case for voluntary redundancy must pay back for a panel to approve it",
    "Share of vacancies that senders filled up to March 2011": "Share of vacancies that closing employers filled up to March 2011",
    "The same from April 2011 to June 2012": "Share of vacancies that closing employers filled from April 2011 to June 2012",
    "How much longer seniors have served (log odds a band)": "How much longer senior staff have served (log-odds per band)",
    "The scheme actuary's charge for an early pension over the stated formula": "The scheme actuary's charge for an early pension, divided by the charge under the stated formula",
    "Share of those paid to go who are back in the NHS in the end": "Share of people paid to leave who eventually return to the NHS",
    "people, cost and saving are one fact told several ways": "people, cost and saving express the same fact",
    "and of which people the mean was taken is not clear (300 or 776)": "and it is not clear whether the mean is over 300 or 776 people",
    "One region of ten in the press: whose staff are counted is not said (provider arms may be in it), and the model is known to put exits too late.": "The figures are for one region of ten, from the press. The press did not state whose staff are counted (provider arms may be "
    "included), and the model is known to put exits too late.",
}


def figures_in_words() -> dict[str, str]:
    """Published figures and headline figures in words with their unit, by the names that the fit uses."""
    with_unit = runpy.run_path(str(HERE / "make_validation.py"))["with_unit"]
    found = {
        f"{one.id}: {figure.part}" if figure.part else one.id: with_unit(one.what, figure.unit)
        + (f", {figure.part}" if figure.part else "")
        for one in bundled_outcomes().outcome
        for figure in one.figures
    }
    return found | {f"headline: {name}": with_unit(name, unit) for name, unit in UNITS.items()}


def inputs_in_words() -> dict[str, str]:
    """The inputs of the fit in words, by path, as part of a sentence."""
    words = {
        one.path: plain(one.what).partition(" (")[0] for one in read_priors(found("england/priors-2010.toml")).input
    }
    return {path: inside(said) for path, said in words.items()}


def plain(words: str) -> str:
    """The text of a file in the words of the page."""
    for sealed, plainer in PLAINLY.items():
        words = words.replace(sealed, plainer)
    return words


def priors() -> str:
    """The page of inputs and of the model's own error."""
    fit = bundled_fit()
    error = read_discrepancy(found("england/discrepancy-2010.toml"))
    inputs = read_priors(found("england/priors-2010.toml")).input
    known = {one.path: one for one in fit.parameter}
    rows = []
    for one in inputs:
        after = known[one.path]
        paths = ", ".join(f"`{path}`" for path in (one.path, *one.also))
        mode = "" if one.mode is None else f", most likely {number(one.mode)}"
        moved_to = f"; changed to {number(after.value)}" if after.moved else ""
        rows.append(
            f"- {plain(one.what)}: {paths}. Prior: {one.shape}, {number(one.low)} to {number(one.high)}{mode}. Posterior: "
            f"{number(after.tenth)} to {number(after.ninetieth)}; width left {after.width_left:.2f}{moved_to}. Basis: {plain(one.source)}"
        )
    blocks = []
    published = {one.name: one for one in targets_of()}
    named = figures_in_words()
    for block in error.block:
        sizes = [
            f"{named[one.name]}: {f'{one.share:.0%} of {number(published[one.name].value)}' if one.share else f'{one.absolute:g}'}"
            for one in block.figure
        ]
        blocks.append(
            f"- **{block.name}** (correlation {block.together:g}): {'; '.join(sizes)}. Reason: {plain(block.reason)}"
        )
    heads = [
        f"- {one.share:.0%} of the figure, with the block *{one.block}*: {', '.join(one.names)}."
        for one in error.headline
    ]
    left = " and ".join(f"{share:.2%}" for share in fit.space_left)
    moved = sum(one.moved for one in fit.parameter)
    return f"""# Uncertain inputs of England, before and after fitting

`python docs/make_fit_pages.py` makes this page from `data/england/priors-2010.toml`, `data/england/discrepancy-2010.toml` and the fit.

{len(inputs)} uncertain inputs have a prior: a lowest and a highest possible value, and the shape of a distribution between them. The inputs were
fitted to {len(fit.target)} published figures, which form {len(error.block)} blocks of related figures. The fit took {fit.budget} runs in {len(fit.space_left)} waves. After the waves, in
order, {left} of the prior was still plausible.

The figures *identify* {moved} of the inputs: their posterior is less than four fifths as wide as their prior. *Width left* is the standard
deviation of the posterior divided by that of the prior. Only the identified inputs were changed in `england-2010`, but all inputs vary in its
draws. The posterior was sampled by Markov chains. Their largest R-hat is {fit.rhat:g}, and their smallest effective sample size is
{fit.effective:,.0f}.

## Inputs

Each line has the prior, the range of the middle 80% of the posterior, and the basis of the prior.

{chr(10).join(rows)}

## The model's own error

Even with the best values of the inputs, the model would not reproduce every figure, because it simplifies. The list has the standard
deviation of this error for each published figure, in the figure's unit or as a percentage of the figure. It also has the correlation of the
errors of a block, and the reason for the error. These sizes were fixed before this fit (hash `{fit.discrepancy_sha256[:12]}…`), but by people who knew the
misses of an earlier fit. A figure that is in no block has an error of {error.other:.0%} of its value. The errors of the same figure in two scenarios
have a correlation of {error.across_worlds:g}.

{chr(10).join(blocks)}

Headline figures of a run have such an error too. Each line has its standard deviation, the block of published figures with whose error it is
correlated, and the headline figures:

{chr(10).join(heads)}
"""


def matters() -> str:
    """The page of what matters, from the stored table."""
    kept = tables.read_csv(TABLE)
    rows = [
        (kept["figure"][at], kept["input"][at], *(float(kept[name][at]) for name in ("first", "total", "learned", "narrowed", "spread", "r2")))
        for at in range(len(kept["figure"]))
    ]  # fmt: skip
    figures = list(dict.fromkeys(row[0] for row in rows))
    named = figures_in_words()
    words = inputs_in_words()
    before = []
    after = []
    for figure in figures:
        mine = [row for row in rows if row[0] == figure]
        name = named[figure]
        weak = " (weak)" if mine[0][7] < WEAK else ""
        by_total, by_learned = (sorted(mine, key=lambda row, at=at: -row[at])[:FOREMOST] for at in (3, 4))
        before.append(
            (name, f"{mine[0][7]:.2f}{weak}", *(f"{words[row[1]]}: {row[2]:.2f}, {row[3]:.2f}" for row in by_total))
        )
        after.append(
            (name, number(mine[0][6]), *(f"{words[row[1]]}: {row[4]:.2f} ({row[5]:.0%})" for row in by_learned))
        )
    ranked = ("most important input", "second input", "third input")
    wave = read_fit_file(found("england/fit-2010.toml"), published=targets_of).file.waves[0]
    return f"""# Which inputs matter

This page shows which three uncertain inputs matter most to each figure. It is based on emulators: statistical models that predict the figure
of a run from its inputs, estimated from the runs of the fit. `docs/data/what-matters.csv` has all inputs, under the names that [inputs and
priors](priors.md) lists. `python docs/make_fit_pages.py` makes the page.

![Which inputs matter to which figures, after fitting](../images/what-matters.png)

## After fitting

*Spread* is the standard deviation of a figure that the uncertainty of the inputs still causes after fitting. The number after an input is the
share of the variance that would disappear if this input were known. The percentage in brackets is the fall of the standard deviation. The
inputs are correlated, so the shares need not add up to one.

{grid(("figure", "spread", *ranked), after)}

## What would change an answer

The figures in this table are differences between the fitted scenario and another scenario with the same random numbers. They were simulated
at the {wave} points (sets of input values) of the first wave. *R²* is the share of the variance that the emulator explains at points that were
not used to estimate it; below {WEAK:g} the emulator is weak. The other columns have the same meaning as in the table above.

{grid(("fitted scenario compared with the scenario", "difference in", "R²", "spread", *ranked), gap_rows())}

## Before fitting

The two numbers after an input are its first-order and its total Sobol' index: the shares of the variance that the input causes alone, and
together with other inputs. They are calculated over the priors, with independent inputs. Every point has its own seed, so no emulator can
explain the part of the variance that is chance, and *R²* is below 1. A row with *R²* below {WEAK:g} is unreliable.

{grid(("figure", "R²", *ranked), before)}
"""


def checks() -> str:
    """The page of the checks of the fit."""
    fit = bundled_fit()
    ranks = tables.read_csv(RANKS)
    later = tables.read_csv(LATER)
    worst = min(float(item) for item in ranks["p uniform"])
    named = figures_in_words()
    words = inputs_in_words()
    blocks: dict[str, list[tuple[str, ...]]] = {}
    for one in fit.target:
        blocks.setdefault(one.block, []).append((named[one.name], one.block, f"{one.r2:.2f}", f"{one.within_90:.0%}"))
    emulators = [row for rows in blocks.values() for row in rows]
    inside = [sum(item == "True" for item in later[name]) for name in ("inside 50%", "inside 90%")]
    count = len(later["figure"])
    ratio = sum(float(a) / float(b) for a, b in zip(later["crps"], later["prior crps"], strict=True)) / count
    cells = [
        tuple(
            named[later[name][at]] if name == "figure" else number(float(later[name][at]))
            for name in ("figure", "published", "mean", "low 90%", "high 90%", "crps", "prior crps")
        )
        for at in range(count)
    ]
    trials = ranks["trials"][0]
    rank_cells = [
        (
            words[ranks["input"][at]],
            *(f"{float(ranks[name][at]):.2f}" for name in ("mean rank", "within 50%", "within 90%", "p uniform")),
        )
        for at in sorted(range(len(ranks["input"])), key=lambda at: float(ranks["p uniform"][at]))
    ]
    return f"""# Checks of England's fit

This page checks the method by which `england-2010` was fitted. [Calibration](../concepts/calibration.md) explains the checks, and
[validation](../validation.md) compares the fitted scenario with published figures. `python docs/make_fit_pages.py` makes this page.

## Emulators

An emulator is a statistical model that predicts a figure of a run from the inputs. It is tested at points (sets of input values) that were
not used to estimate it. *R²* is the share of the variance that it explains at these points. Variance from chance counts as not explained. In
a good emulator, the last column is near 90%.

{grid(("figure", "block", "R²", "share of points inside the 90% interval"), emulators)}

## Simulation-based calibration

This check asks whether the method would find input values that are known. {trials} sets of true values were drawn from the prior, and figures for
each set from the likelihood. The inputs were then estimated from these figures by reweighting {ranks["pool"][0]} points of the prior (median effective
sample size {float(ranks["effective"][0]):.0f}). The rank of a true value is its position in the estimated posterior, from 0 to 1. If the method is right, the ranks
have a uniform distribution. Of {len(rank_cells)} tests of uniformity, one for each input, the smallest p-value is {worst:.3f}, or {min(1.0, worst * len(rank_cells)):.2f} after
Bonferroni's correction.

The table has the five inputs with the least uniform ranks (`docs/data/fit-ranks.csv` has all inputs):

{grid(("input", "mean rank", "true values inside the 50% interval", "true values inside the 90% interval", "p-value"), rank_cells[:5])}

## Later figures predicted from those known by June 2011

In this check, the model was fitted to only the {len(EARLY)} figures up to June 2011, and {count} later figures were predicted. Of the published values,
{inside[0]} are inside their predicted 50% intervals, and {inside[1]} are inside their 90% intervals. CRPS (continuous ranked probability score) measures
the error of a prediction; lower is better. On average, the CRPS of the fit is {ratio:.2f} of that of the prior.

{grid(("figure", "published", "predicted mean", "90% interval: low", "90% interval: high", "CRPS of the fit", "CRPS of the prior"), cells)}
"""


def made() -> None:
    """Make the tables and the figure from the bundled ensemble."""
    from nhstransit.studies.checks import POOL, TRIALS, calibrated, predicted_from
    from nhstransit.studies.importance import importance

    asked = read_fit_file(found("england/fit-2010.toml"), published=targets_of)
    fit = asked.matched(begun=read_ensemble(found("fits/england-2010-ensemble.csv")))
    table = importance(fit, FIGURES)
    flat = table.reset_index()
    columns: dict[str, Any] = {name: [str(item) for item in flat[name]] for name in ("figure", "input")}
    columns |= {name: [f"{float(item):.4g}" for item in flat[name]] for name in table.columns}
    tables.write_csv(TABLE, columns)
    drawn()
    ranks = calibrated(fit)
    written = ranks.table.reset_index()
    columns = {"input": [str(item) for item in written["input"]]}
    columns |= {name: [f"{float(item):.4g}" for item in written[name]] for name in ranks.table.columns}
    same = {"trials": str(TRIALS), "pool": str(POOL), "effective": f"{float(np.median(ranks.effective)):.4g}"}
    tables.write_csv(RANKS, columns | {name: [item] * len(written) for name, item in same.items()})
    later = predicted_from(fit, EARLY).reset_index()
    words = ("figure", "block", "inside 50%", "inside 90%")
    columns = {name: [str(item) for item in later[name]] for name in words}
    columns |= {name: [f"{float(item):.5g}" for item in later[name]] for name in later.columns if name not in words}
    tables.write_csv(LATER, columns)


def drawn() -> None:
    """The figure of what matters, from the stored table."""
    import nhstransit as nt

    kept = tables.read_csv(TABLE)
    words = ("figure", "input")
    columns = {name: cells if name in words else [float(cell) for cell in cells] for name, cells in kept.items()}
    axes = nt.plots.matters(tables.frame(columns, index=list(words)), scenario=nt.load_scenario("england-2010"))
    IMAGE.parent.mkdir(exist_ok=True)
    nt.plots.save(axes, IMAGE, show=False)


def _variant(name: str) -> Any:
    import nhstransit as nt

    return nt.load_scenario(name)


def made_gaps(store: Path) -> None:
    """Run the other scenarios at the points of the first wave, and write what matters to each gap."""
    from nhstransit.studies.importance import gaps_at, importance

    asked = read_fit_file(found("england/fit-2010.toml"), published=targets_of)
    fit = asked.matched(begun=read_ensemble(found("fits/england-2010-ensemble.csv")))
    columns: dict[str, list[str]] = {}
    for name, made_of in WORLDS.items():
        gap = gaps_at(fit, made_of(asked.scenario), GAP_FIGURES, measure=asked.measure, store=store, executor=2)
        flat = importance(gap, GAP_FIGURES).reset_index()
        columns.setdefault("world", []).extend([name] * len(flat))
        for word in ("figure", "input"):
            columns.setdefault(word, []).extend(str(item) for item in flat[word])
        for word in ("first", "total", "learned", "narrowed", "spread", "r2"):
            columns.setdefault(word, []).extend(f"{float(item):.4g}" for item in flat[word])
    tables.write_csv(GAPS, columns)


def gap_rows() -> list[tuple[str, ...]]:
    """For each gap, its spread, the emulator's R², and the inputs that matter most to it."""
    kept = tables.read_csv(GAPS)
    count = len(kept["figure"])
    named = figures_in_words()
    words = inputs_in_words()
    rows = []
    for world, figure in dict.fromkeys((kept["world"][at], kept["figure"][at]) for at in range(count)):
        mine = [at for at in range(count) if (kept["world"][at], kept["figure"][at]) == (world, figure)]
        mine.sort(key=lambda at: -float(kept["learned"][at]))
        r2 = float(kept["r2"][mine[0]])
        foremost = tuple(
            f"{words[kept['input'][at]]}: {float(kept['learned'][at]):.2f} ({float(kept['narrowed'][at]):.0%})"
            for at in mine[:FOREMOST]
        )
        weak = " (weak)" if r2 < WEAK else ""
        spread = number(float(kept["spread"][mine[0]]))
        rows.append((world, named[figure], f"{r2:.2f}{weak}", spread, *foremost))
    return rows


def main() -> None:
    """The tables if asked, then the pages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--tables", action="store_true")
    parser.add_argument("--figure", action="store_true", help="draw the figure from the stored table")
    parser.add_argument("--gaps", type=Path, help="run the scenarios of the gaps, and keep the runs in this store")
    asked = parser.parse_args()
    if asked.tables:
        made()
    if asked.figure:
        drawn()
    if asked.gaps:
        made_gaps(asked.gaps)
    PRIORS.write_text(priors(), "utf-8")
    MATTERS.write_text(matters(), "utf-8")
    CHECKS.write_text(checks(), "utf-8")


if __name__ == "__main__":
    main()
