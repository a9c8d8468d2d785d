"""The opening workforce in tables a board would read: people, whole-time equivalents and pay bill."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Floats
from nhstransit.dates import complete_years
from nhstransit.entitlements import Law
from nhstransit.organisations.bodies import KINDS, Organisation
from nhstransit.run.groups import AGES, ALL, SERVICE, bands, in_bands
from nhstransit.scenario.opening import pay_columns
from nhstransit.workforce.codes import BANDS, ZONES
from nhstransit.workforce.columns import Workforce

if TYPE_CHECKING:
    import pandas as pd


@attrs.frozen(eq=False)
class OpeningTables:
    """The opening workforce by kind of body, region, function and band, and its ages by service.

    Each of the first four holds people, wte, pay_million (basic pay and any high-cost-area supplement) and cost_million
    (with on-costs) in pounds a year, women, part_time, mean_age and mean_service in complete years; the last row, "all", is
    everyone.
    """

    by_kind: pd.DataFrame
    by_region: pd.DataFrame
    by_function: pd.DataFrame
    by_band: pd.DataFrame
    ages_by_service: pd.DataFrame

    def __repr__(self) -> str:
        everyone = self.by_kind.iloc[-1]
        return (
            f"OpeningTables({everyone['people']:,.0f} people, {everyone['wte']:,.0f} WTE, "
            f"£{everyone['cost_million']:,.0f}m a year with on-costs)"
        )

    def _repr_html_(self) -> str:
        shown = (self.by_kind, self.by_region, self.by_function, self.by_band, self.ages_by_service)
        return "".join(str(table.to_html(float_format=lambda cell: f"{cell:,.2f}")) for table in shown)


def opening_tables(
    people: Workforce, bodies: Sequence[Organisation], on: int, *, law: Law | None = None
) -> OpeningTables:
    """The opening tables of `people` on epoch day `on`; `bodies` are those their employer column counts, in its order.

    Raises ParameterError where the law holds no pay or on-costs for that day.
    """
    columns = _columns(people, bodies, on, law or Law.bundled())
    kinds, regions = [body.kind for body in bodies], [body.region for body in bodies]
    return OpeningTables(
        by_kind=_by("kind", _placed(kinds, KINDS)[people.employer], list(KINDS), columns),
        by_region=_by("region", *_named(regions, people.employer), columns),
        by_function=_by("function", people.function, people.functions, columns),
        by_band=_by("band", people.band, BANDS, columns),
        ages_by_service=_ages_by_service(people, on),
    )


def pay_bill_beside(
    people: Workforce,
    bodies: Sequence[Organisation],
    on: int,
    *,
    kind: str,
    published_pounds: float,
    law: Law | None = None,
) -> pd.DataFrame:
    """The yearly cost of one kind of body with on-costs beside a published one, in million pounds, and the gap."""
    chosen = np.array([body.kind == kind for body in bodies])[people.employer]
    cost = float(_columns(people, bodies, on, law or Law.bundled())["cost_million"][chosen].sum())
    published = published_pounds / 1e6
    wte = float(people.wte[chosen].sum())
    return tables.frame(
        {
            "line": ["synthetic", "published", "gap"],
            "million_pounds": [cost, published, cost - published],
            "share_of_published": [cost / published, 1.0, cost / published - 1.0],
            "pounds_a_wte": [1e6 * cost / wte, published_pounds / wte, 1e6 * (cost - published) / wte],
        },
        index="line",
    )


def _columns(people: Workforce, bodies: Sequence[Organisation], on: int, law: Law) -> dict[str, Floats]:
    """What is summed or averaged in each table, one number a person."""
    area = np.array([ZONES.index(body.high_cost_area or "none") for body in bodies], "int64")
    annual = pay_columns(people, law, area, on)["pay_pence"].astype("int64")
    return {
        "people": np.ones(len(people)),
        "wte": people.wte,
        "pay_million": annual * people.wte / 1e8,
        "cost_million": law.employer_cost(annual, people.wte, on) / 1e8,
        "women": (people.sex == 0).astype("float64"),
        "part_time": (people.wte_hundredths < 100).astype("float64"),
        "mean_age": complete_years(people.born, on).astype("float64"),
        "mean_service": complete_years(people.service_from, on).astype("float64"),
    }


def _by(name: str, codes: Any, words: Sequence[str], columns: dict[str, Floats]) -> pd.DataFrame:
    """Sums by code, means for the last four, empty rows left out, everyone last."""
    sums = {key: np.bincount(codes, column, len(words)) for key, column in columns.items()}
    there = np.flatnonzero(sums["people"])
    table: dict[str, Any] = {name: [*(words[code] for code in there.tolist()), ALL]}
    for place, (key, total) in enumerate(sums.items()):
        line = np.append(total[there], total.sum())
        table[key] = line / np.append(sums["people"][there], sums["people"].sum()) if place > 3 else line
    return tables.frame(table, index=name)


def _placed(words: Sequence[str], among: Any) -> Any:
    order = list(among)
    return np.array([order.index(word) for word in words])


def _named(words: Sequence[str], employer: Any) -> tuple[Any, list[str]]:
    """Codes of the people, and the words, in the order in which bodies first name them."""
    known = list(dict.fromkeys(words))
    return _placed(words, known)[employer], known


def _ages_by_service(people: Workforce, on: int) -> pd.DataFrame:
    """People by age (rows) and reckonable service (columns), in the bands of complete years of `run.groups`."""
    age = in_bands(complete_years(people.born, on), AGES).astype("int64")
    service = in_bands(complete_years(people.service_from, on), SERVICE)
    across = bands(SERVICE)
    counts = np.bincount(age * len(across) + service, minlength=len(bands(AGES)) * len(across))
    counts = counts.reshape(-1, len(across))
    table: dict[str, Any] = {"age": bands(AGES)}
    table |= {name: counts[:, place] for place, name in enumerate(across)}
    return tables.frame(table, index="age")
