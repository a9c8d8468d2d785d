"""Worlds of any size in the shape of the hamlet: invented people in PCTs under SHAs, with CCGs and a provider to come.

`python -m benchmarks.worlds hamlet` writes the staff list and the establishment of the bundled hamlet.
"""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import numpy as np

from nhstransit.dates import epoch_day
from nhstransit.organisations.bodies import Establishment, Organisation
from nhstransit.policies import Filling, Hiring, Mars, Milestone, Redundancy, Rets
from nhstransit.scenario import Scenario
from nhstransit.scenario.spec import opening_of
from nhstransit.streams import Luck
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS, NEVER, Workforce
from nhstransit.workforce.read import write_staff

START = dt.date(2010, 4, 1)
END = dt.date(2014, 3, 31)
CLOSES = dt.date(2013, 3, 31)
FUNCTIONS = ("commissioning", "finance", "public-health", "quality", "primary-care", "informatics", "corporate")
MIX = (0.22, 0.11, 0.12, 0.15, 0.12, 0.10, 0.18)
BAND_MIX = {"3": 0.12, "4": 0.15, "5": 0.16, "6": 0.18, "7": 0.19, "8a": 0.10, "8b": 0.06, "8c": 0.04}


def bodies(people: int, a_body: int = 90) -> list[Organisation]:
    """An SHA for every ten PCTs, a PCT for every `a_body` people, two CCGs for three PCTs, a provider a region."""
    pcts = max(3, people // a_body)
    regions = [f"Region {place + 1}" for place in range(max(1, pcts // 15))]
    out = []
    for place, region in enumerate(regions):
        out.append(Organisation(name=f"{region} SHA", kind="sha", region=region, closes=CLOSES))
        out.append(Organisation(name=f"{region} Community", kind="community-provider", region=region))
        del place
    for place in range(pcts):
        region = regions[place % len(regions)]
        out.append(Organisation(name=f"PCT {place + 1}", kind="pct", region=region, closes=CLOSES, population=150_000))
    for place in range(max(2, pcts * 2 // 3)):
        region = regions[place % len(regions)]
        shadow = dt.date(2012, 4, 1)
        opens = dt.date(2013, 4, 1)
        out.append(
            Organisation(
                name=f"CCG {place + 1}", kind="ccg", region=region, shadow=shadow, opens=opens, population=220_000
            )
        )
    return out


def world(people: int, seed: int = 1, a_body: int = 90) -> Scenario:
    """A scenario of about so many people, `a_body` in each PCT, with every policy of the first form."""
    luck = Luck(seed)
    bare = bodies(people, a_body)
    senders = [place for place, body in enumerate(bare) if body.kind in ("sha", "pct", "community-provider")]
    staff = _staff(luck, people, bare, senders)
    return Scenario(
        name=f"world-{people}",
        start=START,
        end=END,
        functions=FUNCTIONS,
        organisations=tuple(_established(luck, bare, staff)),
        staff=staff,
        policies=policies(),
    )


def policies() -> Named:
    """The policies of the hamlet, on their days in England."""
    return Named(
        {
            "announcement": Milestone(announced=dt.date(2010, 7, 12)),
            "mars": Mars(
                announced=dt.date(2010, 9, 2),
                opens=dt.date(2010, 9, 15),
                closes=dt.date(2010, 10, 29),
                leaves=dt.date(2010, 11, 30),
            ),
            "rets": Rets(
                announced=dt.date(2011, 3, 15), offered=dt.date(2011, 4, 1), guaranteed=dt.date(2013, 3, 31), cap=0.05
            ),
            "destinations": Milestone(announced=dt.date(2012, 1, 31)),
            "filling": Filling(announced=dt.date(2012, 7, 1), held=dt.date(2012, 10, 1), starts=dt.date(2013, 4, 1)),
            "hiring": Hiring(
                announced=dt.date(2010, 6, 1),
                until=dt.date(2014, 3, 1),
                kinds=("pct", "sha", "ccg", "community-provider"),
            ),
            "redundancy": Redundancy(
                announced=dt.date(2012, 7, 1), letters=dt.date(2012, 10, 15), consults=dt.date(2012, 10, 15)
            ),
        }
    )


def _staff(luck: Luck, count: int, bare: list[Organisation], senders: list[int]) -> Workforce:
    keys = np.arange(count)

    def draw(what: str) -> np.ndarray:
        return luck.uniform(what, 0, keys)

    weight = np.array([2.0 if bare[place].kind == "sha" else 3.0 for place in senders])
    employer = np.array(senders)[np.searchsorted(np.cumsum(weight / weight.sum()), draw("employer"))]
    band = np.array([BANDS.index(b) for b in BAND_MIX])
    band = band[np.searchsorted(np.cumsum(list(BAND_MIX.values())), draw("band") * 0.999999)]
    function = np.searchsorted(np.cumsum(MIX), draw("function") * 0.999999)
    seniority = (band - band.min()) / np.ptp(band)
    age_days = (20 + 45 * (0.15 * seniority + 0.85 * draw("age"))) * 365.25
    served = np.minimum(np.exp(np.log(7.5) + 0.9 * luck.normal("service", 0, keys)) * 365.25, age_days - 16.1 * 365.25)
    start = epoch_day(START)
    female = draw("sex") < 0.75
    part_time = draw("part-time") < np.where(female, 0.39, 0.10)
    fixed = draw("contract") < 0.06
    return Workforce(
        staff=keys,
        employer=employer,
        function=function,
        band=band,
        point=np.minimum((draw("point") * 7).astype(int), opening_of(START).points[band] - 1),
        pay_pence=np.zeros(count),
        wte_hundredths=np.where(part_time, 40 + 10 * (draw("hours") * 5).astype(int), 100),
        born=start - age_days.astype(int),
        service_from=start - np.maximum(served, 20).astype(int),
        sex=np.where(female, 0, 1),
        clinician=(function == 2) & (draw("clinician") < 0.25) | (function == 3) & (draw("clinician") < 0.6),
        contract=fixed,
        contract_ends=np.where(fixed, start + 100 + (draw("ends") * 900).astype(int), NEVER),
        section=np.where(served > 2.2 * 365.25, 0, 1),
        critical=np.zeros(count, bool),
        skill=luck.normal("skill", 0, keys),
        outside=luck.normal("outside", 0, keys),
        attitude=luck.normal("attitude", 0, keys),
        employers=tuple(body.name for body in bare),
        functions=FUNCTIONS,
        source="invented",
    )


def _established(luck: Luck, bare: list[Organisation], staff: Workforce) -> list[Organisation]:
    """Posts for the staff there are and a few vacancies; successors' posts for about half of the senders' people."""
    import attrs

    cell = np.zeros((len(bare), len(FUNCTIONS), len(BANDS)), int)
    np.add.at(cell, (staff.employer, staff.function, staff.band), 1)
    closing = np.array([body.closes is not None for body in bare])
    totals = cell[closing].sum(axis=0)
    ccgs = [place for place, body in enumerate(bare) if body.kind == "ccg"]
    for place, share in zip(ccgs, _shares(luck, len(ccgs)), strict=True):
        cell[place] = np.floor(
            totals * 0.55 * share + luck.uniform("rounding", place, np.arange(totals.size)).reshape(totals.shape)
        )
    vacancies = luck.uniform("vacancy", 0, np.arange(cell.size)).reshape(cell.shape) < 0.06
    cell = cell + (vacancies & (cell > 0))
    names = [(f, BANDS.index(b)) for f in range(len(FUNCTIONS)) for b in BAND_MIX]
    return [
        attrs.evolve(
            body,
            establishment=tuple(
                Establishment(function=FUNCTIONS[f], band=BANDS[b], posts=int(cell[place, f, b]))
                for f, b in names
                if cell[place, f, b]
            ),
        )
        for place, body in enumerate(bare)
    ]


def _shares(luck: Luck, count: int) -> np.ndarray:
    size = 0.5 + luck.uniform("size", 0, np.arange(count))
    return size / size.sum()


if __name__ == "__main__":
    made = world(int(sys.argv[2]), seed=int(sys.argv[3]))
    write_staff(Path(sys.argv[1]), made.staff)
