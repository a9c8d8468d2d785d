"""Brain drain caused by policy: heads and knowledge of each stratum, weighed as `metrics.knowledge` weighs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bytes, Floats
from nhstransit.comparison.strata import GONE_BECAUSE, KEPT_BECAUSE, STRATA

if TYPE_CHECKING:
    import pandas as pd

NET = "net, because of it"


def drain(stratum: Bytes, knowledge: Floats) -> pd.DataFrame:
    """Heads and knowledge of each stratum, and net of those kept: what went because of the policy. Indexed by stratum.

    Columns: people; `share` of all (m); knowledge; `knowledge_share` of all (m_K); `selection` = m_K ÷ m, above 1 where the
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
        "knowledge_share": m_k,
        "selection": np.divide(m_k, m, out=np.full(len(m), np.nan), where=m != 0),
    }
    return tables.frame(columns, index="stratum")
