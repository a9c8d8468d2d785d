"""Write the margins of the opening staff as they could be known in January 2011, from those of 2010.

`python docs/make_margins.py` writes `nhstransit/data/england/margins-ex-ante-2011.toml`, from which the forecast of
January 2011 synthesises its staff (`nhstransit forecast make`). A test makes it again.
"""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import numpy as np

import nhstransit as nt
from nhstransit.dates import epoch_day
from nhstransit.workforce.columns import BANDS

ENGLAND = Path(nt.__file__).parent / "data" / "england"
MARGINS = ENGLAND / "margins-ex-ante-2011.toml"
PLAIN = ENGLAND / "margins-2010.toml"
STAFF_COST = 1.93e9  # pounds; STAFF_WTE is the base: impact assessment of January 2011
STAFF_WTE = 53_923
ON_COSTS = 1.22  # 2010 on-cost formula


def pay_of_bands() -> dict[str, float]:
    """Pounds at the middle point of each band, from the pay tables of 2010-11."""
    law = nt.Law.bundled()
    on = epoch_day(dt.date(2010, 4, 1))
    middle = np.maximum(law.points(on), 0) // 2
    pence = law.annual_pay(np.arange(len(BANDS)), middle, on)
    return {band: float(amount) / 100.0 for band, amount in zip(BANDS, pence, strict=True) if band != "1"}


def band_shares() -> dict[str, float]:
    """The most even shares of bands with the mean pay that the known staff cost implies (maximum entropy, Jaynes 1957)."""
    from scipy.optimize import brentq

    middles = pay_of_bands()
    pay = np.array(list(middles.values()))
    wanted = STAFF_COST / STAFF_WTE / ON_COSTS

    def shares(slope: float) -> Any:
        weights = np.exp(-slope * (pay - pay.mean()) / 1e4)
        return weights / weights.sum()

    slope = brentq(lambda x: float(shares(x) @ pay) - wanted, -5.0, 5.0)
    rounded = np.round(shares(slope), 4)
    rounded[0] += 1.0 - rounded.sum()
    return {band: round(float(share), 4) for band, share in zip(middles, rounded, strict=True)}


def made() -> str:
    """The margins of 2010 as TOML, with new shares of functions and bands, which later figures had influenced."""
    text = PLAIN.read_text("utf-8")
    functions = re.search(r'of = "function"\nshares = \{([^}]*)\}', text)
    names = re.findall(r"([a-z-]+) =", functions.group(1)) if functions else []
    alike = ", ".join(f"{name} = {1 / len(names):g}" for name in names)
    bands = ", ".join(f"{band} = {share:g}" for band, share in band_shares().items())
    text = re.sub(
        r'(of = "function"\nshares = )\{[^}]*\}\nranges = [^\n]*\n', rf"\1{{ {alike} }}\nspread = 1.5\n", text
    )
    text = re.sub(r'(of = "band"\nshares = )\{[^}]*\}', rf"\1{{ {bands} }}", text)
    text = re.sub(r'note = "Set near the make-up[^\n]*', 'note = "Alike in size: nothing was known of them."', text)
    note = 'note = "As even as the staff cost of the impact assessment of January 2011 allows, over its base, on-costs off."'
    return re.sub(r'note = "Chosen for mean basic pay[^\n]*', note, text)


if __name__ == "__main__":
    MARGINS.write_text(made(), "utf-8")
