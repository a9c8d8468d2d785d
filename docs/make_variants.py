"""Makes docs/model/variants.md: England's variants beside what happened, on the same luck.

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
EXPECTED = {  # variant: what it is, and the direction of what must differ, which a thorough test holds
    "as-planned": ("authorities close a year sooner, as planned in July 2010", {"closing heads": -1}),
    "no-abolition": (
        "only the cost reduction, no abolition",
        {"moved": -1, "left with pay": -1, "left without pay": -1, "recurrent saving": 1},
    ),
    "certainty-early": (
        "destinations and posts are known a year sooner",
        {"closing heads": 1, "left with pay": -1, "exit cost": -1},
    ),
    "slower": ("everything after January 2011 takes nine months longer", {"closing heads": 1, "recurrent saving": 1}),
    "without mars": ("no voluntary scheme", {"left with pay": -1, "recurrent saving": -1, "exit cost": 1}),
    "without rets": ("no retention terms", {"retention cost": -1, "left without pay": 1}),
}
SAID = {-1: "less", 1: "more"}


def worlds() -> dict[str, nt.Scenario]:
    """The base and its variants by name."""
    base = nt.load_scenario(BASE)
    found = {BASE: base}
    for name in EXPECTED:
        _, without, policy = name.partition("without ")
        found[name] = base.without(policy) if without else nt.load_scenario(f"{BASE}-{name}")
    return found


def measured() -> dict[str, dict[str, float]]:
    """The mean of each headline figure over the seeds, by world."""
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
    told = []
    for name, (what, directions) in EXPECTED.items():
        titles = {key: title.partition(",")[0] for title, (key, _, _) in ROWS.items()}
        signs = ", ".join(f"{SAID[sign]} *{titles[key]}*" for key, sign in directions.items())
        told.append(f"- **{name}**: {what}. Expected, and found: {signs}.")
    return TEXT.format(seeds=len(SEEDS), table="\n".join([head, *lines]), told="\n".join(told))


TEXT = """# Variants of England

The table compares the bundled variants with England as it happened: means of {seeds} seeds, with the same luck in every
column. It is made by `python docs/make_variants.py`. All variants start from the fitted world, but **what differs between
them was not fitted**, so read the differences, not the levels. [Published figures](../concepts/published.md) are compared
with a run on a page of their own.

{table}

{told}

`england-2010-community` adds the 200,000 staff of provider arms, which transfer as a whole on 1 April 2011.

Each variant is a short file in `nhstransit/data/scenarios` that gives only the differences
([how to write one](../how-to/a-variant.md)). Use it by `nhstransit run england-2010-slower` or
`nt.load_scenario("england-2010-slower")`. To leave out MARS or RETS, use for instance `england.without("mars")`, which
works on any of them.
"""


if __name__ == "__main__":
    PAGE.write_text(page(measured()), "utf-8")
