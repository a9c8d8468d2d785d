"""What a person knows, as a weight: band, service and skill (MODEL 4.11), to say what policy cost in expertise."""

from __future__ import annotations

from typing import TYPE_CHECKING

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bytes, Floats, Ints
from nhstransit.comparison.strata import GONE_BECAUSE, KEPT_BECAUSE, STRATA
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.fields import amount, assumed, number
from nhstransit.run import Run

if TYPE_CHECKING:
    import pandas as pd

NET = "net, because of it"


@attrs.frozen(kw_only=True)
class Knowledge:
    """`band × (1 − exp(−service ÷ years)) × exp(skill × score)`, the band by its people's mean whole-time pay."""

    years: float = number(
        5.0,
        low=0.01,
        high=50.0,
        parent=assumed(
            "years of service", 2.0, 10.0, "the model's own learning curve: 63% of what there is in so long"
        ),
    )
    skill: float = amount(
        0.2,
        parent=assumed(
            "log weight a standard deviation of skill", 0.0, 0.5, "none published; the effect of skill on output"
        ),
    )

    def of(self, run: Run, staff: Ints) -> Floats:
        """The weight of each of `staff` at the run's opening, positive, (n,)."""
        rows, people = run.rows_of(staff), run.people
        pay, band = run.opening_pay[rows].astype("float64"), people.band[rows]
        heads = np.bincount(band, minlength=1)
        mean = np.bincount(band, pay, len(heads)) / np.maximum(heads, 1)
        weight = mean[band] / max(float(pay.mean()) if len(pay) else 1.0, 1e-9)
        served = np.maximum(run.scenario.calendar.origin - people.service_from[rows], 1) / DAYS_A_YEAR
        return np.asarray(weight * -np.expm1(-served / self.years) * np.exp(self.skill * people.skill[rows]))


def drain(stratum: Bytes, knowledge: Floats) -> pd.DataFrame:
    """Heads and knowledge of each stratum, and net of those kept: what went because of the policy. Indexed by stratum.

    Columns: people; `share` of all (m); knowledge; `knowledge share` of all (m_K); `selection` = m_K ÷ m, above 1 where the
    stratum holds those who know more (the selection ratio of Docquier, Lohest and Marfouk 2007). The last row is those
    gone because of it less those kept because of it; its selection is NaN where heads balance.
    """
    heads = np.bincount(stratum, minlength=len(STRATA)).astype("float64")
    known = np.bincount(stratum, knowledge, len(STRATA))
    heads = np.append(heads, heads[GONE_BECAUSE] - heads[KEPT_BECAUSE])
    known = np.append(known, known[GONE_BECAUSE] - known[KEPT_BECAUSE])
    m, m_k = heads / max(len(stratum), 1), known / max(float(knowledge.sum()), 1e-300)
    columns = {
        "stratum": [*STRATA, NET],
        "people": heads.astype("int64"),
        "share": m,
        "knowledge": known,
        "knowledge share": m_k,
        "selection": np.divide(m_k, m, out=np.full(len(m), np.nan), where=m != 0),
    }
    return tables.frame(columns, index="stratum")
