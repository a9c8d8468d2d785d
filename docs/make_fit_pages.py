# ruff: noqa: E501 (prose of a page)
"""Write three pages about England's fit: its inputs (model/priors.md), which of them matter, and the checks of the fit.

`python docs/make_fit_pages.py` writes them from the bundled priors, discrepancy, fit and tables in `data/`. With `--tables` it first
makes the tables and the figure from the bundled ensemble, without new runs.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import numpy as np

from nhstransit import tables
from nhstransit.england import bundled_fit, targets_of
from nhstransit.organisations.posts import found
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
    "even on the log scale because no elasticity says at what level it acts": "uniform on the log scale, because the"
    " elasticity says how take-up changes and not its level",
    "Elasticity of separations to payments, study of 2015, with its spread over settings": "Elasticity of separations with"
    " respect to payments, from a study of 2015, with its spread over settings",
    "derived; not told apart from waiting for a better offer": "derived; the data cannot separate it from waiting for a"
    " better offer",
    "How much readier those are to take an offer who dislike the reform (log-odds)": "How much more likely people who"
    " dislike the reform are to accept an offer (log-odds)",
    "How much readier those are whose pension can be drawn (log-odds)": "How much more likely people who can draw their"
    " pension are to accept (log-odds)",
    "Trade press, November 2010: waiting paid better. As for 2025; size assumed.": "Trade press, November 2010: waiting paid"
    " better. The same size as for 2025, assumed.",
    "Spread of regions in how readily staff apply": "How much regions differ in how likely staff are to apply",
    "savings a head over ten regions (0.73), less what employers and headcounts explain": "savings per person in ten regions"
    " (0.73), less the part that employers and headcounts explain",
    "Resignations a year at no risk": "Resignations a year if people perceive no risk",
    "Leaving of 9 to 12.5% a year in bodies due to close, less retirement, over the multiple under threat": "Leaving of 9 to"
    " 12.5% a year in bodies due to close, less retirement, divided by the multiple under threat",
    "Multiple of resignation at certain risk": "Multiple of the resignation rate if the loss of the post is certain",
    "Announcements and downsizing, studies; spread over settings": "Studies of announcements and downsizing, with their"
    " spread over settings",
    "How many are leavers by disposition (score)": "Score of the leaver disposition (a higher score makes more people leavers)",
    "How many are stayers by disposition (score)": "Score of the stayer disposition (a higher score makes more people stayers)",
    "As above; shares assumed.": "The same source; shares assumed.",
    "First step of management costs, due": "First cut of management costs, due",
    "The same by 31 March 2012": "Second cut of management costs, due on 31 March 2012",
    "a little wider, derived": "the range is a little wider; derived",
    "Months within which a panel wants a case for voluntary redundancy to pay back": "Months within which a case for voluntary"
    " redundancy must pay back for a panel to approve it",
    "Employers' criterion; none was published. Two years, one more or less, assumed.": "Employers' criterion, which was not"
    " published. Two years, plus or minus one, assumed.",
    "Share of vacancies that senders filled up to March 2011": "Share of vacancies that closing employers filled up to March"
    " 2011",
    "The same from April 2011 to June 2012": "Share of vacancies that closing employers filled from April 2011 to June 2012",
    "Keeps the mean of three years within what the scope bridge asks for (0.2 to 0.8)": "Keeps the mean of three years within"
    " the range that the scope bridge implies (0.2 to 0.8)",
    "How much longer seniors have served (log odds a band)": "How much longer senior staff have served (log-odds per band)",
    "Interview of the man who was in charge: 48,000 to 50,000; even between": "Interview of the man who was in charge: 48,000"
    " to 50,000; uniform between",
    "The scheme actuary's charge for an early pension over the stated formula": "The scheme actuary's charge for an early"
    " pension, divided by that of the stated formula",
    "Spread of actuaries' tables about the formula": "Spread of actuaries' tables around the formula",
    "Share of those paid to go who are back in the NHS in the end": "Share of people paid to leave who eventually return to"
    " the NHS",
    "an input check, so it is varied and never fitted to": "this input is varied, but not fitted to these cohorts",
    "people, cost and saving are one fact told several ways": "people, cost and saving express the same fact",
    "and of which people the mean was taken is not clear (300 or 776)": "and it is not clear whether the mean is over 300 or"
    " 776 people",
    "One region of ten in the press: whose staff are counted is not said (provider arms may be in it), and the model is known"
    " to put exits too late.": "One region of ten, from the press. It is not said whose staff are counted (provider arms may"
    " be included), and the model is known to put exits too late.",
}


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
            f"{number(after.tenth)} to {number(after.ninetieth)}; width left {after.width_left:.2f}{moved_to}. {plain(one.source)}"
        )
    blocks = []
    published = {one.name: one for one in targets_of()}
    for block in error.block:
        sizes = [
            f"{one.name} {f'{one.share:.0%} of {number(published[one.name].value)}' if one.share else f'{one.absolute:g}'}"
            for one in block.figure
        ]
        blocks.append(f"- **{block.name}** (correlation {block.together:g}): {'; '.join(sizes)}. {plain(block.reason)}")
    heads = [f"- {one.share:.0%}, with {one.block}: {', '.join(one.names)}" for one in error.headline]
    left = " and ".join(f"{share:.2%}" for share in fit.space_left)
    moved = sum(one.moved for one in fit.parameter)
    return f"""# Uncertain inputs of England, before and after fitting

`python docs/make_fit_pages.py` makes this page from `data/england/priors-2010.toml`, `data/england/discrepancy-2010.toml` and the fit.

{len(inputs)} inputs have a prior, with a lowest and a highest possible value and a shape. They were fitted to {len(fit.target)} published
figures in {len(error.block)} blocks, by {fit.budget} runs in {len(fit.space_left)} waves. After each wave in turn, {left} of the prior was still plausible.
{moved} inputs are *identified*: the posterior is less than four fifths as wide as the prior (*width left* is the ratio of standard
deviations). Only these were changed in `england-2010`; all inputs vary in its draws. The chains' largest R-hat is {fit.rhat:g}, and the
smallest effective sample is {fit.effective:,.0f}.

## Inputs

Each line has the prior, the middle 80% of the posterior and the reason for the prior.

{chr(10).join(rows)}

## The model's own error

For each block of published figures, the list has the standard deviation of the model's own error, in the figure's unit or as a share of
it, and the correlation of the errors within the block. These sizes were fixed before this fit (hash `{fit.discrepancy_sha256[:12]}…`), but by people
who knew the misses of an earlier fit. A figure in no block has an error of {error.other:.0%} of its value. The errors of the same figure in two
scenarios have a correlation of {error.across_worlds:g}.

{chr(10).join(blocks)}

Errors of headline figures, and the block with whose error each of them varies:

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
    before = []
    after = []
    for figure in figures:
        mine = [row for row in rows if row[0] == figure]
        name = figure.removeprefix("headline: ")
        weak = " (weak)" if mine[0][7] < WEAK else ""
        by_total, by_learned = (sorted(mine, key=lambda row, at=at: -row[at])[:FOREMOST] for at in (3, 4))
        before.append(
            (name, f"{mine[0][7]:.2f}{weak}", *(f"`{row[1]}` {row[2]:.2f}, {row[3]:.2f}" for row in by_total))
        )
        after.append((name, number(mine[0][6]), *(f"`{row[1]}` {row[4]:.2f} ({row[5]:.0%})" for row in by_learned)))
    numbers = tuple(str(at + 1) for at in range(FOREMOST))
    wave = read_fit_file(found("england/fit-2010.toml"), published=targets_of).file.waves[0]
    return f"""# Which inputs matter

This page shows the three most important inputs of each figure, from emulators of the runs of the fit. `docs/data/what-matters.csv` has all
inputs. `python docs/make_fit_pages.py` makes the page.

![Which inputs matter to which figures, after fitting](../images/what-matters.png)

## After fitting

*Spread* is the standard deviation that the inputs still cause in a figure after fitting. The other columns show the share of this
variance that would disappear if one input were known and, in brackets, by how much the standard deviation would fall. The inputs are
correlated, so shares need not add up to one.

{grid(("figure", "spread", *numbers), after)}

## What would change an answer

This table is for gaps between the fitted scenario and another one with the same random numbers, at the {wave} points of the first wave.
*R²* is that of the emulator, at points left out.

{grid(("fitted scenario compared with one", "gap in", "R²", "spread", *numbers), gap_rows())}

## Before fitting

Each cell has the first-order and the total Sobol' index over the priors, with independent inputs. Every point has its own seed, so *R²*
does not explain the variance from chance. A row with *R²* below {WEAK:g} is unreliable.

{grid(("figure", "R²", *numbers), before)}
"""


def checks() -> str:
    """The page of the checks of the fit."""
    fit = bundled_fit()
    ranks = tables.read_csv(RANKS)
    later = tables.read_csv(LATER)
    worst = min(float(item) for item in ranks["p uniform"])
    blocks: dict[str, list[str]] = {}
    for one in fit.target:
        blocks.setdefault(one.block, []).append(f"{one.name} {one.r2:.2f} ({one.within_90:.0%})")
    emulators = "\n".join(f"- {block}: {', '.join(figures)}" for block, figures in blocks.items())
    inside = [sum(item == "True" for item in later[name]) for name in ("inside 50%", "inside 90%")]
    count = len(later["figure"])
    ratio = sum(float(a) / float(b) for a, b in zip(later["crps"], later["prior crps"], strict=True)) / count
    cells = [
        tuple(
            later[name][at] if name == "figure" else number(float(later[name][at]))
            for name in ("figure", "published", "mean", "low 90%", "high 90%", "crps", "prior crps")
        )
        for at in range(count)
    ]
    trials = ranks["trials"][0]
    rank_cells = [
        (
            f"`{ranks['input'][at]}`",
            *(f"{float(ranks[name][at]):.2f}" for name in ("mean rank", "within 50%", "within 90%", "p uniform")),
        )
        for at in sorted(range(len(ranks["input"])), key=lambda at: float(ranks["p uniform"][at]))
    ]
    return f"""# Checks of England's fit

[Calibration](../concepts/calibration.md) explains how these checks work; each of them can fail. [Validation](../validation.md) compares the
fitted scenario with published figures. `python docs/make_fit_pages.py` makes this page.

## Emulators

Each figure has R² at points left out, with chance counted as error, and in brackets the share of these points inside the emulator's 90%
interval.

{emulators}

## Simulation-based calibration

{trials} sets of true values were drawn from the prior, each with figures drawn from the likelihood. Each set was fitted by reweighting
{ranks["pool"][0]} points of the prior (median effective sample {float(ranks["effective"][0]):.0f}). If the posterior is right, the ranks are uniform. The smallest
p-value of uniformity among {len(rank_cells)} inputs is {worst:.3f}, or {min(1.0, worst * len(rank_cells)):.2f} after Bonferroni's correction.

The five inputs with the least uniform ranks (`docs/data/fit-ranks.csv` has all):

{grid(("input", "mean rank", "within 50%", "within 90%", "p"), rank_cells[:5])}

## Later figures predicted from those known by June 2011

A fit to only the {len(EARLY)} figures up to June 2011 predicts {count} later ones: {inside[0]} are inside their 50% intervals and {inside[1]} inside
their 90% intervals. On average the CRPS is {ratio:.2f} of the prior's.

{grid(("figure", "published", "mean", "low 90%", "high 90%", "CRPS", "prior's"), cells)}
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
    rows = []
    for world, figure in dict.fromkeys((kept["world"][at], kept["figure"][at]) for at in range(count)):
        mine = [at for at in range(count) if (kept["world"][at], kept["figure"][at]) == (world, figure)]
        mine.sort(key=lambda at: -float(kept["learned"][at]))
        r2 = float(kept["r2"][mine[0]])
        foremost = tuple(
            f"`{kept['input'][at]}` {float(kept['learned'][at]):.2f} ({float(kept['narrowed'][at]):.0%})"
            for at in mine[:FOREMOST]
        )
        weak = " (weak)" if r2 < WEAK else ""
        spread = number(float(kept["spread"][mine[0]]))
        rows.append((world, figure.removeprefix("headline: "), f"{r2:.2f}{weak}", spread, *foremost))
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
