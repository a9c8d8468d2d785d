# ruff: noqa: E501 (prose of a page)
"""Make docs/model/variants.md: England as it happened and its variants, with the same random numbers.

Run it from the root of the project after a change of the scenarios or the model: `python docs/make_variants.py`. A thorough
test runs it again and compares.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import nhstransit as nt

PAGE = Path(__file__).parent / "model" / "variants.md"
SEEDS = (1, 2, 3)
BASE = "england-2010"
ROWS = {
    "in post at the end": ("closing heads", 1, "{:,.0f}"),
    "left without pay": ("left without pay", 1, "{:,.0f}"),
    "left with pay": ("left with pay", 1, "{:,.0f}"),
    "moved": ("moved", 1, "{:,.0f}"),
    "exit cost, £m": ("exit cost", 1e6, "{:,.1f}"),
    "retention cost, £m": ("retention cost", 1e6, "{:,.1f}"),
    "posts removed with saving": ("posts removed with saving", 1, "{:,.0f}"),
    "recurrent saving, £m a year": ("recurrent saving", 1e6, "{:,.1f}"),
}
EXPECTED = {  # variant: a description, and the direction in which each figure was expected to change
    "as-planned": (
        "strategic health authorities close a year earlier, as was planned in July 2010",
        {"closing heads": -1},
    ),
    "no-abolition": (
        "employers must cut costs, but are not abolished",
        {"moved": -1, "left with pay": -1, "left without pay": -1, "recurrent saving": 1},
    ),
    "certainty-early": (
        "people know a year earlier where their work will go and which posts there will be",
        {"closing heads": 1, "left with pay": -1, "exit cost": -1},
    ),
    "slower": (
        "everything that follows January 2011 happens nine months later",
        {"closing heads": 1, "recurrent saving": 1},
    ),
    "without mars": (
        "no mutually agreed resignation scheme",
        {"left with pay": -1, "recurrent saving": -1, "exit cost": 1},
    ),
    "without rets": ("no retention terms for business-critical staff", {"retention cost": -1, "left without pay": 1}),
}
TITLES = {figure: title.partition(",")[0] for title, (figure, _, _) in ROWS.items()}
DIRECTIONS = {-1: "lower", 1: "higher"}


def worlds() -> dict[str, nt.Scenario]:
    """The base and its variants by name."""
    base = nt.load_scenario(BASE)
    found = {BASE: base}
    for name in EXPECTED:
        _, without, policy = name.partition("without ")
        found[name] = base.without(policy) if without else nt.load_scenario(f"{BASE}-{name}")
    return found


def measured() -> dict[str, dict[str, float]]:
    """The mean of each headline figure over the seeds, by scenario."""
    means: dict[str, dict[str, float]] = {}
    for name, world in worlds().items():
        runs = [nt.measure(nt.simulate(world, seed=seed)).headlines for seed in SEEDS]
        means[name] = {key: float(np.mean([run[key] for run in runs])) for key, _, _ in ROWS.values()}
    return means


def page(means: dict[str, dict[str, float]]) -> str:
    """The page as text."""
    names = list(means)
    head = "| | " + " | ".join(names) + " |\n|---|" + "---:|" * len(names)
    lines = []
    for title, (key, unit, form) in ROWS.items():
        lines.append(f"| {title} | " + " | ".join(form.format(means[name][key] / unit) for name in names) + " |")
    described = [
        f"- **{name}**: {what}. {_found(means[BASE], means[name], ways)}" for name, (what, ways) in EXPECTED.items()
    ]
    return TEXT.format(seeds=len(SEEDS), table="\n".join([head, *lines]), described="\n".join(described))


def _found(base: dict[str, float], variant: dict[str, float], expected: dict[str, int]) -> str:
    """Which figures changed as expected, and which did not."""
    as_expected = []
    otherwise = []
    for figure, direction in expected.items():
        title = TITLES[figure]
        if (variant[figure] - base[figure]) * direction > 0:
            as_expected.append(f"{DIRECTIONS[direction]} *{title}*")
        else:
            otherwise.append(f"{DIRECTIONS[-direction]} *{title}*")
    sentences = [("Differences that were expected: ", as_expected), ("Differences that were not expected: ", otherwise)]
    return " ".join(f"{start}{', '.join(changes)}." for start, changes in sentences if changes)


TEXT = """# Variants of England

The table compares England as it happened (`england-2010`) with bundled variants of it. The figures are means of {seeds} runs with different seeds.
All columns have the same random numbers. All variants start from the fitted scenario, but **the differences between them were not fitted**.
The table is more useful for comparing the columns than for predicting a figure of one column.
`python docs/make_variants.py` makes this page.

{table}

{described}

One more variant is not in the table: `england-2010-community` adds the 200,000 staff of provider arms, which transfer as a whole on 1 April
2011.

Each variant except the last two columns is a short file in `nhstransit/data/scenarios` ([how to write one](../how-to/a-variant.md)). Run it
with the command `nhstransit run england-2010-slower`, or load it in Python with `nt.load_scenario("england-2010-slower")`. You can leave out
MARS or retention terms (RETS) of any scenario, for instance with `england.without("mars")`.
"""

if __name__ == "__main__":
    PAGE.write_text(page(measured()), "utf-8")
