"""Where losses fell: how unevenly over regions or other groups, and how far leavers differ in mix from those they left."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import TYPE_CHECKING

from nhstransit import tables
from nhstransit.kernels import concentration as kernel
from nhstransit.metrics.definition import Definition
from nhstransit.metrics.drain import BOUNDARIES, Boundary, by_group, lost
from nhstransit.metrics.knowledge import KNOWLEDGE, Knowledge
from nhstransit.run import Run
from nhstransit.run.groups import PeopleCut, grouping

if TYPE_CHECKING:
    import pandas as pd

CUTS: tuple[PeopleCut, ...] = ("function", "band", "region", "service", "age", "sex", "hours", "profession")


def concentration(
    run: Run, by: PeopleCut = "region", *, on: dt.date | None = None, knowledge: Knowledge = KNOWLEDGE
) -> pd.DataFrame:
    """How unevenly losses fall over the groups of opening staff. Indexed by boundary.

    Columns: theil_of_people and gini_of_people of the shares of people lost by group, theil_of_knowledge and
    gini_of_knowledge of the shares of knowledge, each group weighing as much as it had; NaN where nothing was lost.
    Errors as for `drain.lost`.
    """
    cut, rows = grouping(run, by), []
    for boundary in BOUNDARIES:
        start, gone, known, taken = by_group(lost(run, boundary, on=on, knowledge=knowledge), cut)  # type: ignore[arg-type]
        heads, minds = (gone, start), (taken, known)
        rows.append((kernel.theil(*heads), kernel.gini(*heads), kernel.theil(*minds), kernel.gini(*minds)))
    names = ("theil_of_people", "gini_of_people", "theil_of_knowledge", "gini_of_knowledge")
    columns = {name: [row[place] for row in rows] for place, name in enumerate(names)}
    return tables.frame({"boundary": list(BOUNDARIES), **columns}, index="boundary")


def mix_shift(
    run: Run,
    cuts: Sequence[PeopleCut] = CUTS,
    *,
    boundary: Boundary = "nhs",
    on: dt.date | None = None,
    rules: tuple[str, ...] = (),
) -> pd.DataFrame:
    """How far the mix of leavers is from that of the opening staff. Indexed by cut.

    Columns: dissimilarity (share of leavers who would have to be in another group), jensen_shannon_bits (0 to 1); NaN where
    nobody was lost. `cuts` are characteristics as in `nhstransit.run.groups`; the rest as for `drain.lost`.
    """
    whom, rows = lost(run, boundary, on=on, rules=rules), []
    for by in cuts:
        cut = grouping(run, by)
        start, gone, _, _ = by_group(whom, cut)
        rows.append((cut.by, kernel.dissimilarity(gone, start), kernel.jensen_shannon(gone, start)))
    names = ("cut", "dissimilarity", "jensen_shannon_bits")
    return tables.frame({name: [row[place] for row in rows] for place, name in enumerate(names)}, index="cut")


DEFINITIONS = (
    Definition(
        name="Theil index of losses",
        unit="nats",
        formula="T = Σ_g l_g ln(l_g / s_g), l: shares of what was lost, s: shares of what there was",
        reference="Theil 1967",
        note="0 where every group loses the same share",
    ),
    Definition(
        name="Gini ratio of losses",
        unit="ratio",
        formula="G = Σ_g Σ_h s_g s_h |x_g − x_h| / (2 x̄), x: share lost by each group",
        reference="Cowell 2011",
        note="0 where every group loses the same share; towards 1 the fewer bear it all",
    ),
    Definition(
        name="dissimilarity",
        unit="share",
        formula="D = ½ Σ_g |p_g − q_g|, p: mix of leavers, q: mix of the opening staff",
        reference="Duncan and Duncan 1955",
    ),
    Definition(
        name="Jensen–Shannon divergence",
        unit="bits",
        formula="½ Σ p_g log2(p_g / m_g) + ½ Σ q_g log2(q_g / m_g), m = (p + q) / 2",
        reference="Lin 1991",
    ),
)
