"""Headcount and whole-time equivalents by month or year: opening, arrivals, transfers, departures, closing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import AnyArray, Floats, Ints, Longs, Rows
from nhstransit.dates import complete_years, financial_year, financial_year_name, months_of
from nhstransit.errors import InputError, check_kind, nearest
from nhstransit.law import Law
from nhstransit.measures.definitions import Definition
from nhstransit.organisations.bodies import KINDS, Organisation
from nhstransit.run import Run
from nhstransit.run.groups import AGES, ALL, SERVICE, Cut, bands, groups, in_bands
from nhstransit.run.once import once
from nhstransit.run.spells import month_days
from nhstransit.scenario.opening import pay_columns
from nhstransit.workforce.columns import BANDS, ZONES, Workforce

if TYPE_CHECKING:
    import pandas as pd

PERIODS = ("month", "year")
FLOWS = ("arrivals", "transfers_in", "transfers_out", "departures")

DEFINITIONS = (
    Definition(
        name="headcount and flows",
        unit="people; WTE",
        formula=(
            "N1 = N0 + E + T_in − T_out − L: opening N0, arrivals E, transfers between groups T, leavers L, closing N1"
        ),
        reference="NHS England, NHS Workforce Statistics",
        note=("Heads and whole-time equivalents are counted separately. A move within a group is not a transfer."),
    ),
)


def stocks(run: Run, *, by: Cut | tuple[Cut, ...] = "kind", wte: bool = False, every: str = "month") -> pd.DataFrame:
    """One row per period and group: opening + arrivals + transfers in − transfers out − departures = closing.

    Args:
        run: the run.
        by: how the posts that people hold are grouped: "all", one grouping, or several, whose combinations are the
            groups.
        wte: count whole-time equivalents instead of heads.
        every: "month" or "year", the financial year.

    Returns:
        Columns month (its last day; not for years), financial_year, one column per grouping, opening, arrivals,
        transfers_in, transfers_out, departures and closing. Transfers are moves between groups; a move within a group
        is not counted. For one grouping, every group has rows. For several, every combination that has posts has rows.

    Raises:
        InputError: the grouping or period is unknown.
    """
    check_kind("run", run, Run)
    cells = _cells(run, by)
    periods = periods_of(run, every)
    counted = _counted(run, by, every, wte=wte)
    return tables.frame(_keys(cells, periods) | {name: _plain(column, wte) for name, column in counted.items()})


def headcount(run: Run, *, by: Cut | tuple[Cut, ...] = "kind", every: str = "year") -> pd.DataFrame:
    """The table of `stocks` in both units: heads, and whole-time equivalents in columns whose names end with `_wte`.

    Columns: month (its last day; not for years), financial_year, one column per grouping in `by`; opening, arrivals,
    transfers_in, transfers_out, departures, closing; opening_wte, arrivals_wte, transfers_in_wte, transfers_out_wte,
    departures_wte, closing_wte.

    Args:
        run, by, every: as in `stocks`.

    Raises:
        InputError: as in `stocks`.
    """
    check_kind("run", run, Run)
    cells = _cells(run, by)
    periods = periods_of(run, every)
    columns = _keys(cells, periods)
    for wte, tail in ((False, ""), (True, "_wte")):
        counted = _counted(run, by, every, wte=wte)
        columns |= {name + tail: _plain(column, wte) for name, column in counted.items()}
    return tables.frame(columns)


@attrs.frozen(eq=False)
class _Cells:
    """The group of each post, and the name of each group under every grouping."""

    code: AnyArray  # (posts,)
    names: dict[str, list[str]]
    count: int


@attrs.frozen(eq=False)
class Periods:
    """For each period: its labels, and the index of its first month among all months."""

    labels: dict[str, list[str]]
    starts: Longs

    def of_days(self, run: Run, day: AnyArray) -> Longs:
        """The period of each day of the run, (days,)."""
        # A period ends with the month before the next period's first, and the last one with the last month.
        months = month_days(run)
        ends = months[np.append(self.starts[1:], len(months)) - 1]
        return np.asarray(np.searchsorted(ends, day), "int64")

    def labels_of(self, which: AnyArray) -> dict[str, list[str]]:
        """The labels of these periods, one column per label."""
        return {name: [labels[place] for place in which.tolist()] for name, labels in self.labels.items()}


@attrs.frozen(eq=False)
class _Moves:
    """Every arrival, move and departure: the month, counted from the first, the posts, and hundredths of a WTE."""

    month: Longs
    origin: Ints  # −1: from outside
    target: Ints  # −1: left
    hundredths: Longs
    came: Rows  # rows of arrivals
    moved: Rows  # rows of moves from post to post
    left: Rows  # rows of departures


def _keys(cells: _Cells, periods: Periods) -> dict[str, Any]:
    """The columns with the period and group of each row."""
    count = len(periods.starts)
    repeated = {name: np.repeat(labels, cells.count) for name, labels in periods.labels.items()}
    return repeated | {cut: np.tile(names, count) for cut, names in cells.names.items()}


def _plain(counted: Longs, wte: bool) -> AnyArray:
    return counted.ravel() / 100.0 if wte else counted.ravel()


def _counted(run: Run, by: Cut | tuple[Cut, ...], every: str, *, wte: bool) -> dict[str, Longs]:
    """Opening, flows and closing, (periods, groups) each, in people or hundredths of a WTE.

    Whole numbers keep the sums exact.
    """
    cells = _cells(run, by)
    periods = periods_of(run, every)
    weight = run.people.wte_hundredths.astype("int64")
    months = len(_months(run)[0])
    # Monthly flows, (4, months, groups), added up over the months of each period.
    monthly = _flows(run, cells, months, wte=wte)
    flows = np.add.reduceat(monthly, periods.starts, axis=1)
    seated = run.opening_post >= 0
    load = weight[seated] if wte else None
    group = cells.code[run.opening_post[seated]]
    start = np.bincount(group, load, cells.count).astype("int64")
    net = flows[0] + flows[1] - flows[2] - flows[3]  # in the order of `FLOWS`
    closing = start + np.cumsum(net, axis=0)
    return {"opening": closing - net, **dict(zip(FLOWS, flows, strict=True)), "closing": closing}


def _flows(run: Run, cells: _Cells, months: int, *, wte: bool) -> Longs:
    """Arrivals, transfers in, transfers out, departures: (4, months, groups)."""
    moves = _moves(run)
    origin = cells.code[moves.origin[moves.moved]]
    target = cells.code[moves.target[moves.moved]]
    across = np.flatnonzero(origin != target)  # moves within a group are not transfers
    parts = (
        (moves.came, cells.code[moves.target[moves.came]]),
        (moves.moved[across], target[across]),
        (moves.moved[across], origin[across]),
        (moves.left, cells.code[moves.origin[moves.left]]),
    )
    out = np.empty((len(FLOWS), months, cells.count), "int64")
    for place, (rows, group) in enumerate(parts):
        load = moves.hundredths[rows] if wte else None
        sums = np.bincount(moves.month[rows] * cells.count + group, load, months * cells.count)
        out[place] = sums.reshape(months, cells.count)
    return out


@once
def _moves(run: Run) -> _Moves:
    """The changes of post of a run, sorted into arrivals, moves and departures."""
    moves = run.log.moves
    first = _months(run)[0][0]
    month = months_of(moves.day.astype("int64") + run.scenario.calendar.origin) - first
    load = run.people.wte_hundredths[run.rows_of(moves.staff)].astype("int64")
    here = moves.from_post >= 0
    there = moves.to_post >= 0
    parts = (np.flatnonzero(mask) for mask in (~here & there, here & there, here & ~there))
    return _Moves(month, moves.from_post, moves.to_post, load, *parts)


def _cells(run: Run, by: Cut | tuple[Cut, ...]) -> _Cells:
    """The groups of one grouping, or the combinations of several."""
    if isinstance(by, str):
        group, words = groups(run, by)
        return _Cells(group, {str(by): words}, len(words))
    if not by or len(set(by)) != len(by):
        raise InputError(
            "by", f"is {by!r}", 'give one grouping or several different ones, such as ("kind", "function")'
        )
    # Each combination of groups has one number. Only combinations that have posts are kept and numbered again from 0.
    pairs = [groups(run, cut) for cut in by]
    sizes = tuple(len(words) for _, words in pairs)
    combined = np.ravel_multi_index([code for code, _ in pairs], sizes)
    cells, code = np.unique(combined, return_inverse=True)
    rows = np.unravel_index(cells, sizes)
    names: dict[str, list[str]] = {}
    for cut, row, (_, words) in zip(by, rows, pairs, strict=True):
        names[cut] = [words[place] for place in row.tolist()]
    return _Cells(np.asarray(code, "int32"), names, len(cells))


def periods_of(run: Run, every: str) -> Periods:
    """Months ("month"), or the financial years that contain them ("year"). Raises InputError for an unknown period."""
    if every not in PERIODS:
        raise InputError("every", f"is {every!r}", nearest(str(every), PERIODS))
    _, labels, years = _months(run)
    if every == "month":
        return Periods({"month": labels, "financial_year": years}, np.arange(len(labels)))
    names, starts = np.unique(years, return_index=True)
    return Periods({"financial_year": names.tolist()}, starts)


@once
def _months(run: Run) -> tuple[Ints, list[str], list[str]]:
    """Month numbers and, for each month, its last simulated day and its financial year."""
    calendar = run.scenario.calendar
    # The last month may be incomplete: it ends with the scenario.
    ends = [day for day in calendar.month_ends.tolist() if day < calendar.days - 1]
    ends.append(calendar.days - 1)
    days = np.array(ends) + calendar.origin
    labels = [calendar.date(day).isoformat() for day in ends]
    years = [financial_year_name(int(year)) for year in financial_year(days)]
    return months_of(days).astype("int32"), labels, years


# Tables of the opening workforce for a board: people, whole-time equivalents and pay bill.


@attrs.frozen(eq=False)
class OpeningTables:
    """The opening workforce by kind of organisation, region, function and band, and its ages by service.

    The first four tables have the columns people, wte, pay_million (basic pay and any high-cost-area supplement),
    cost_million (with on-costs), women, part_time, mean_age and mean_service. Pay and cost are in million pounds a
    year. Women and part_time are shares. Ages and service are in complete years. The last row, "all", is everyone.
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
        shown = {
            "Opening staff by kind of organisation": self.by_kind,
            "Opening staff by region": self.by_region,
            "Opening staff by function": self.by_function,
            "Opening staff by band": self.by_band,
            "Opening staff by age and service": self.ages_by_service,
        }
        return "".join(tables.html(table, caption) for caption, table in shown.items())


def opening_tables(
    people: Workforce, bodies: Sequence[Organisation], on: int, *, law: Law | None = None
) -> OpeningTables:
    """The opening tables of `people` on epoch day `on`.

    Args:
        people: the workforce.
        bodies: the organisations, in the order of the codes in the employer column.
        on: the epoch day.
        law: the dated legal rules; by default those of the library.

    Raises:
        ParameterError: there is no pay scale or on-cost for that day.
    """
    columns = _columns(people, bodies, on, law or Law.bundled())
    kinds = [body.kind for body in bodies]
    regions = [body.region for body in bodies]
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
    """The yearly cost of one kind of organisation with on-costs, a published figure, and the gap, in million pounds.

    Args:
        people: the workforce.
        bodies: the organisations, in the order of the codes in the employer column.
        on: the epoch day.
        kind: the kind of organisation.
        published_pounds: the published yearly cost in pounds.
        law: the dated legal rules; by default those of the library.
    """
    chosen = np.array([body.kind == kind for body in bodies])[people.employer]
    columns = _columns(people, bodies, on, law or Law.bundled())
    cost = float(columns["cost_million"][chosen].sum())
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
    """The quantities summed or averaged in each table, one number per person."""
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
    """Sums by code, but means for the last four columns. Empty rows are left out, and the last row is everyone."""
    sums = {key: np.bincount(codes, column, len(words)) for key, column in columns.items()}
    there = np.flatnonzero(sums["people"])
    table: dict[str, Any] = {name: [*(words[code] for code in there.tolist()), ALL]}
    heads = np.append(sums["people"][there], sums["people"].sum())
    for place, (key, total) in enumerate(sums.items()):
        line = np.append(total[there], total.sum())
        table[key] = line / heads if place > 3 else line
    return tables.frame(table, index=name)


def _placed(words: Sequence[str], among: Any) -> Any:
    order = list(among)
    return np.array([order.index(word) for word in words])


def _named(words: Sequence[str], employer: Any) -> tuple[Any, list[str]]:
    """The code of each person, and the names that the codes refer to, in the order of their first use."""
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
