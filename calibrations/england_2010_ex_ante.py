"""Makes the forecast of January 2011 again: from what was public on the 19th alone, frozen on a card with its hash.

    python calibrations/england_2010_ex_ante.py [--worlds 32] [--workers 2]

Written are the margins of the opening staff as they could be known (`england/margins-ex-ante-2011.toml`) and the card
(`fits/england-2010-forecast.toml`). What may enter stands in `england/ex-ante-2011-01-19.toml`, part by part with the facts
that it rests on; take-up is fitted to the first round of MARS alone.
"""

from __future__ import annotations

import argparse
import datetime as dt
import re
from pathlib import Path
from typing import Any

import attrs
import numpy as np

import nhstransit as nt
from nhstransit import toml
from nhstransit.dates import epoch_day
from nhstransit.england.exante import BUNDLED, bundled_ex_ante, forecast_parameters
from nhstransit.england.forecast import CARD, Card, forecast_figures, quantities
from nhstransit.studies import sweep
from nhstransit.studies.calibration import Parameter, calibrate, targets_of
from nhstransit.studies.content import scenario_content
from nhstransit.studies.posterior import spread_points
from nhstransit.workforce.columns import BANDS

DATA = Path(nt.__file__).parent / "data"
MARGINS, PLAIN = DATA / "england" / "margins-ex-ante-2011.toml", DATA / "england" / "margins-2010.toml"
STAFF_COST, STAFF_WTE, ON_COSTS = (
    1.93e9,
    53_923,
    1.22,
)  # impact assessment of January 2011, and its base; 2010 on-cost formula
SEED, WORLDS = 20110119, 32


def pay_of_bands() -> dict[str, float]:
    """Pounds at the middle point of each band, by the pay tables of 2010-11."""
    law, on = nt.Law.bundled(), epoch_day(dt.date(2010, 4, 1))
    middle = np.maximum(law.points(on), 0) // 2
    pence = law.annual_pay(np.arange(len(BANDS)), middle, on)
    return {band: float(amount) / 100.0 for band, amount in zip(BANDS, pence, strict=True) if band != "1"}


def band_shares() -> dict[str, float]:
    """The most even shares of bands whose mean pay is that of the known staff cost: weights fall with pay (Jaynes 1957)."""
    from scipy.optimize import brentq

    middles = pay_of_bands()
    pay, wanted = np.array(list(middles.values())), STAFF_COST / STAFF_WTE / ON_COSTS

    def shares(slope: float) -> Any:
        weights = np.exp(-slope * (pay - pay.mean()) / 1e4)
        return weights / weights.sum()

    slope = brentq(lambda x: float(shares(x) @ pay) - wanted, -5.0, 5.0)
    rounded = np.round(shares(slope), 4)
    rounded[0] += 1.0 - rounded.sum()
    return {band: round(float(share), 4) for band, share in zip(middles, rounded, strict=True)}


def write_margins() -> None:
    """The margins with the two that later figures shaped made anew."""
    text = PLAIN.read_text("utf-8")
    functions = re.search(r'of = "function"\nshares = \{([^}]*)\}', text)
    names = re.findall(r"([a-z-]+) =", functions.group(1)) if functions else []
    alike = ", ".join(f"{name} = {1 / len(names):g}" for name in names)
    bands = ", ".join(f"{band} = {share:g}" for band, share in band_shares().items())
    text = re.sub(r'(of = "function"\nshares = )\{[^}]*\}\nranges = [^\n]*\n', rf"\1{{ {alike} }}\n", text)
    text = re.sub(r'(of = "band"\nshares = )\{[^}]*\}', rf"\1{{ {bands} }}", text)
    text = re.sub(r'note = "Set near the make-up[^\n]*', 'note = "Alike in size: nothing was known of them."', text)
    note = 'note = "As even as the staff cost of the impact assessment of January 2011 allows, over its base, on-costs off."'
    text = re.sub(r'note = "Chosen for mean basic pay[^\n]*', note, text)
    MARGINS.write_text(text, "utf-8")


def typical(workers: int) -> Any:
    """The chance of taking an offer, fitted to the first round as it was known."""
    told = bundled_ex_ante()
    free = Parameter(path=told.fitted.path, low=told.fitted.low, high=told.fitted.high, scale="log")
    targets = targets_of(told.fitted.targets)
    return calibrate(told.world(), targets, [free], seeds=2, budget=24, seed=SEED, draws=50, executor=workers)


def main() -> None:
    """Margins, fit, worlds, card."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--worlds", type=int, default=WORLDS)
    parser.add_argument("--workers", type=int, default=2)
    asked = parser.parse_args()
    write_margins()
    told, found = bundled_ex_ante(), typical(asked.workers)
    ranges = forecast_parameters(told)
    points = spread_points(asked.worlds, len(ranges) + 1, SEED)
    people, worlds = told.world().workforce, {}  # made once: the same people in every world
    for place, point in enumerate(points):
        moved = {
            name: low + share * (high - low) for (name, (low, high)), share in zip(ranges.items(), point, strict=False)
        }
        moved["typical"] = found.draws.rows[int(point[-1] * len(found.draws))][0]
        worlds[f"world {place}"] = attrs.evolve(told.world(**moved), staff=people)
    study = sweep(worlds, replications=1, seed=SEED, measure=forecast_figures, executor=asked.workers)
    figures = {name: study.results.column(name) for name in ("redundancies", "cost", "transfers", "vacancies")}
    card = Card(
        about="Redundancies, their cost, transfers and vacancies at March 2013, from what was public on 19 January 2011",
        as_of=str(told.as_of),
        made_by=f"calibrations/england_2010_ex_ante.py, from data/{BUNDLED}",
        scenario_sha256=scenario_content(told.world()),
        typical=round(float(found.setting[0][1]), 5),
        worlds=asked.worlds,
        quantity=quantities(figures),
    )
    toml.write(DATA / CARD, toml.unstructure(card.sealed()))
    print(found.fit.to_string(), "\n", card.sealed())


if __name__ == "__main__":
    main()
