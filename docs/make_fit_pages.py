# ruff: noqa: E501 (prose of a page)
"""Writes three pages of England's fit: its inputs (model/priors.md), which matter, and the checks of the fit.

`python docs/make_fit_pages.py` writes them from the bundled priors, discrepancy, fit and three tables in `data/`. `python
docs/make_fit_pages.py --tables` first makes these tables and the figure from the bundled ensemble of runs, without a run.
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
# Figures that speak of the time up to June 2011: they predict what came later.
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
WORLDS = {  # the gaps whose answers might change: to what each is, and how to make that world
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
    """A number as one reads it."""
    return f"{item:,.0f}" if abs(item) >= 1000 else f"{item:.3g}"


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
        moved_to = f"; moved to {number(after.value)}" if after.moved else ""
        rows.append(
            f"- {one.what}: {paths}. Prior {one.shape}, {number(one.low)} to {number(one.high)}{mode}; after, "
            f"{number(after.tenth)} to {number(after.ninetieth)}, width left {after.width_left:.2f}{moved_to}. {one.source}"
        )
    blocks = []
    published = {one.name: one for one in targets_of()}
    for block in error.block:
        sizes = [
            f"{one.name} {f'{one.share:.0%} of {number(published[one.name].value)}' if one.share else f'{one.absolute:g}'}"
            for one in block.figure
        ]
        blocks.append(f"- **{block.name}** (correlation {block.together:g}): {'; '.join(sizes)}. {block.reason}")
    heads = [f"- {one.share:.0%}, with {one.block}: {', '.join(one.names)}" for one in error.headline]
    left = " and ".join(f"{share:.2%}" for share in fit.space_left)
    moved = sum(one.moved for one in fit.parameter)
    return f"""# What is not known of England, before and after fitting

Made by `python docs/make_fit_pages.py` from `data/england/priors-2010.toml`, `data/england/discrepancy-2010.toml` and the fit.

{len(inputs)} inputs have a prior: the lowest and highest possible value, and a shape between them. {len(fit.target)} published figures in
{len(error.block)} blocks speak to them, by {fit.budget} runs in {len(fit.space_left)} waves, after which {left} of the prior was not ruled out. {moved} inputs
are *identified*: the figures leave less than four fifths of the prior's width (*width left*: the ratio of standard deviations). Only
these are moved in `england-2010`; all vary in its draws. The chains' largest R-hat is {fit.rhat:g}, the smallest effective sample
{fit.effective:,.0f}.

## Inputs

The prior, then the middle 80% of the posterior.

{chr(10).join(rows)}

## The model's own error

One standard deviation of what the model itself may be out by, in the figure's own unit or as a share of it, and the correlation within
the block. {error.about}. It was written down before these figures were fitted by this method, by people who knew the misses of an
earlier fit: it is no blind judgement. The fit keeps the file's hash, `{fit.discrepancy_sha256[:12]}…`. A figure in no block has {error.other:.0%} of
itself. For gaps between two scenarios the errors are correlated by {error.across_worlds:g}.

{chr(10).join(blocks)}

Of headlines, with the block that their error goes with:

{chr(10).join(heads)}
"""


def matters() -> str:
    """The page of what matters, from the kept table."""
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

Made by `python docs/make_fit_pages.py` from `docs/data/what-matters.csv`, which comes from emulators of the runs of the fit. `docs/data` has
all inputs; here are the foremost.

![Which inputs matter to which figures, on the space that is left](../images/what-matters.png)

## On the space that is left

What is still open about each figure after fitting (*spread*: a standard deviation by inputs alone), the share of its variance that
would go if one input were known, and in brackets by how much the standard deviation would shrink. Inputs depend on one another here,
so shares need not add up to one.

{grid(("figure", "spread", *numbers), after)}

## What would change an answer

The same for gaps between worlds with common luck, at the {wave} points of the first wave: the fitted world less the other one. *R²* is
the emulator's, at points left out.

{grid(("fitted world, beside one", "gap in", "R²", "spread", *numbers), gap_rows())}

## Before fitting

Sobol' indices over the priors, inputs independent: first-order, then total. Chance is in what *R²* leaves, since every point has a seed
of its own. Below {WEAK:g} the row says little.

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
    emulators = "\n".join(f"- {block}: {', '.join(said)}" for block, said in blocks.items())
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

Made by `python docs/make_fit_pages.py`; each of these can fail. How they work is under [calibration](../concepts/calibration.md); what the
fitted world gives, and whether published figures lie inside their intervals, is under [validation](../validation.md).

## Emulators

R² at points left out, chance counted against it, and in brackets the share of these points inside the emulator's 90% interval.

{emulators}

## Simulation-based calibration

{trials} truths drawn from the prior, each with figures drawn from the likelihood, fitted by reweighting {ranks["pool"][0]} points of the prior
(effective sample {float(ranks["effective"][0]):.0f} in the middle). Were the posterior right, ranks would be uniform. The smallest p of uniformity
is {worst:.3f} of {len(rank_cells)} inputs, {min(1.0, worst * len(rank_cells)):.2f} after Bonferroni.

The five that are least uniform (`docs/data/fit-ranks.csv` has all):

{grid(("input", "mean rank", "within 50%", "within 90%", "p"), rank_cells[:5])}

## From what was known by June 2011 to what came later

A fit to the {len(EARLY)} figures of the time up to June 2011 alone predicts {count} later ones: {inside[0]} lie in their 50% intervals and {inside[1]} in
their 90% intervals. CRPS is {ratio:.2f} of the prior's on average.

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
    """The figure of what matters, from the kept table."""
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
    """Play the other worlds at the points of the first wave, and write what matters to each gap."""
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
    parser.add_argument("--figure", action="store_true", help="draw the figure from the kept table")
    parser.add_argument("--gaps", type=Path, help="play the gaps' other worlds, and keep the runs in this store")
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
