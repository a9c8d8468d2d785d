"""The payroll of primary care trusts by month, the sizes of their commissioning sides, and the index of their staff.

The entry of a trust includes its community services until they left, which is visible as a fall of 30 per cent or more.
Two results are computed from the payroll:

- the size of each trust on 30 April 2010, with the method and the error (`trust_sizes`);
- the stock index, a chain of month-on-month changes of trusts too small to have community services (`Payroll.chain`).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Bools, Floats, guarded
from nhstransit.errors import check_kind, check_several
from nhstransit.organisations.posts import found

if TYPE_CHECKING:
    import pandas as pd

PAYROLL = "england/payroll-2010.csv"
LARGEST = 500.0  # for the published index: FTE must be below `LARGEST` in both months, and changes below `CHANGE`
CHANGE = 0.15
SIXTEEN = [(largest, change) for largest in (400.0, 500.0, 600.0, 700.0) for change in (0.1, 0.4 / 3, 0.5 / 3, 0.2)]
STEP = 0.3  # a fall of at least this share means that community services left
HOLDS = 700.0  # an entry of at least this FTE still includes community services
GONE = 25.0  # an entry below this FTE is a remainder after staff moved to another trust's payroll
APART = dt.date(2010, 12, 31)  # a commissioning side without services by this day is read directly
LATE = dt.date(2011, 12, 31)  # June 2012 is no test of a size that was read on a month end after this day

ALONE = "payroll: no community services"
PARTED = "payroll: community services gone"
BACK = "payroll, carried back"
RESIDENTS = "residents"


@attrs.frozen(eq=False, kw_only=True, slots=False)
class Payroll:
    """FTE by trust and month end.

    Attributes:
        names: the trusts, (trusts,).
        months: the month ends, in order, (months,).
        fte: full-time equivalents, (trusts, months); NaN where a trust has no entry.
    """

    names: tuple[str, ...]
    months: tuple[dt.date, ...]
    fte: Floats

    def same(self, largest: float = LARGEST, change: float = CHANGE) -> Bools:
        """The trusts in each month-on-month change, (trusts, months − 1): small in both months, without a large fall or
        rise.

        Args:
            largest: FTE that an entry must stay below in both months.
            change: share that its change must stay below.
        """
        before = self.fte[:, :-1]
        after = self.fte[:, 1:]
        # Comparisons with a missing entry (NaN) are false, so that trust is not in the change.
        with np.errstate(invalid="ignore"):
            small = (before < largest) & (after < largest)
            steady = np.abs(after / before - 1.0) < change
        return np.asarray(small & steady)

    def chain(self, largest: float = LARGEST, change: float = CHANGE) -> Floats:
        """The stock index, (months,): 1 in the first month; `largest` and `change` as in `same`."""
        return chained(self.fte, self.same(largest, change))

    def band(self) -> tuple[Floats, Floats]:
        """The lowest and the highest index over sixteen choices of `largest` and `change`, (months,) each."""
        chains = np.array([self.chain(*rule) for rule in SIXTEEN])
        return chains.min(axis=0), chains.max(axis=0)

    def on(self, month: dt.date) -> Floats:
        """Each trust's FTE on a month end, (trusts,)."""
        return np.asarray(self.fte[:, self.months.index(month)])


def chained(stock: Floats, same: Bools) -> Floats:
    """The product of the month-on-month changes in the staff of some trusts, (months,); 1 in the first month.

    Args:
        stock: staff of each trust on each month end, (trusts, months).
        same: the trusts in each change, (trusts, months − 1).
    """
    # Totals over trusts in both months of each change, (months − 1,): the same trusts above and below.
    before = np.where(same, stock[:, :-1], 0.0).sum(axis=0)
    after = np.where(same, stock[:, 1:], 0.0).sum(axis=0)
    # A change over no trusts is NaN, and so is the index from then on.
    changes = np.divide(after, before, out=np.full(len(before), np.nan), where=before > 0)
    return np.concatenate([np.ones(1), np.cumprod(changes)])


@cache
def bundled_payroll() -> Payroll:
    """The bundled payroll of the 151 trusts, April 2010 to June 2012."""
    cells = tables.read_csv(found(PAYROLL))
    months = [name for name in cells if name != "name"]
    # The file has one column per month; transposed, (trusts, months). An empty cell is a missing entry.
    by_month = [[float(cell) if cell else np.nan for cell in cells[month]] for month in months]
    fte = np.array(by_month).T
    days = tuple(dt.date.fromisoformat(month) for month in months)
    return Payroll(names=tuple(cells["name"]), months=days, fte=guarded(fte))


@attrs.frozen(kw_only=True)
class TrustSize:
    """The size of one trust's commissioning side on 30 April 2010, in FTE, and the method.

    Attributes:
        how: the method: `ALONE`, `PARTED`, `BACK` or `RESIDENTS`.
        read_on: the month end whose entry was used; None for a size from residents.
        fte: the entry on that day; NaN for a size from residents.
        index: the stock index on that day.
        size: the size on 30 April 2010; `low` and `high` are a plausible range.
        tested: whether the payroll of June 2012 can test the size. The trust must then have an entry without community
            services and without other trusts' staff, and its size must be from a month end before 2012.
    """

    name: str
    how: str
    read_on: dt.date | None
    fte: float
    index: float
    size: float
    low: float
    high: float
    tested: bool


def trust_sizes(paid: Payroll, residents: Mapping[str, int]) -> tuple[TrustSize, ...]:
    """The size of every trust.

    Args:
        paid: the payroll.
        residents: residents of each trust, by name.
    """
    check_kind("paid", paid, Payroll)
    check_kind("residents", residents, Mapping, "give a mapping, such as a dictionary")
    index = paid.chain()
    (low, high) = paid.band()
    read = [_readable(paid, row) for row in range(len(paid.names))]
    known = [(row, at) for row, at in enumerate(read) if at is not None]
    people = np.array([residents[paid.names[row]] for row, _ in known], "float64")
    entries = np.array([paid.fte[row, at] for row, at in known])
    levels = np.array([index[at] for _, at in known])
    # FTE per resident in April 2010. Dividing by the index carries an entry of a later month back to the first.
    rates = entries / levels / people
    # Weighted by residents: FTE of all these trusts over their residents.
    mean = float((rates * people).sum() / people.sum())
    # The middle 68% of trusts, as wide as one standard deviation to each side of a normal distribution.
    ends = np.quantile(rates, (0.16, 0.84))
    out = []
    for row, name in enumerate(paid.names):
        at = read[row]
        if at is None:
            size = mean * residents[name]
            span = ends * residents[name]
            how = RESIDENTS
            day = None
            fte = float("nan")
            level = float("nan")
        else:
            day = paid.months[at]
            fte = float(paid.fte[row, at])
            level = float(index[at])
            size = fte / level
            # A higher index means a smaller start, so the ends change places.
            span = np.array([fte / high[at], fte / low[at]])
            if at == 0:
                how = ALONE
            elif day <= APART:
                how = PARTED
            else:
                how = BACK
        tested = at is not None and day is not None and day <= LATE and _own(paid.fte[row], at)
        out.append(
            TrustSize(
                name=name,
                how=how,
                read_on=day,
                fte=fte,
                index=level,
                size=float(size),
                low=float(span[0]),
                high=float(span[1]),
                tested=tested,
            )
        )
    return tuple(out)


def _readable(paid: Payroll, row: int) -> int | None:
    """The index of the month in which a trust's entry is its commissioning side alone, or None if there is none.

    It is the first month for a trust that never lost services. Otherwise it is the second month after the last large
    fall, because people leave a payroll over more than a month.
    """
    fte = paid.fte[row]
    steps = _steps(fte)
    at = 0
    if len(steps):
        last = int(steps[-1])
        # The second month is used if the trust still has staff on the payroll then.
        later = last + 1 < len(fte) and fte[last + 1] >= GONE
        at = last + 1 if later else last
    # Entries that stop without a large fall before do not show when services left.
    last_known = float(fte[np.isfinite(fte)][-1])
    ends_at_once = np.isnan(fte[-1]) and not len(steps) and last_known >= GONE
    # A trust that never had a fall and was ever this large counts as having services on its payroll throughout.
    never_alone = not len(steps) and np.nanmax(fte) >= HOLDS
    if ends_at_once or never_alone or not GONE <= fte[at] < HOLDS:
        return None
    return at


def _steps(fte: Floats) -> Any:
    """The indices of months with a large fall in a trust's entry that left some staff on the payroll."""
    with np.errstate(invalid="ignore"):
        fell = fte[1:] / fte[:-1] < 1.0 - STEP
        # Plus one: change i is the one into month i + 1.
        return np.flatnonzero(fell & (fte[1:] >= GONE)) + 1


def _own(fte: Floats, at: int) -> bool:
    """Whether the last entry is the trust's own staff, without community services or staff of other trusts."""
    # A large rise is read as a sign that another trust's staff came on to this payroll.
    rises = fte[at + 1 :] / fte[at:-1]
    return bool(GONE <= fte[-1] < HOLDS) and not bool((rises > 1.0 + STEP).any())


def sizes_frame(sizes: tuple[TrustSize, ...]) -> pd.DataFrame:
    """The sizes as a table with one row per trust, indexed by `name`: how, read_on, fte, index, size, low, high,
    tested.
    """
    check_several("sizes", sizes)
    columns: dict[str, Any] = {"name": [one.name for one in sizes]}
    for name in ("how", "read_on", "fte", "index", "size", "low", "high", "tested"):
        columns[name] = [getattr(one, name) for one in sizes]
    return tables.frame(columns, index="name")
