"""Sets rates of leaving from one year of one organisation, with intervals, and tests them on the same year.

The model of departures keeps its shape by age and service. One year of data can only set its level. That is the rate of
resigning, the share of resignations to other NHS employers, the rate of other causes, and one factor on all rates of
retirement. A cause with few leavers keeps the model's own rate, because a few leavers do not determine a rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Bools, Floats, Longs
from nhstransit.behaviour.departures import Departures
from nhstransit.dates import DAYS_A_YEAR, complete_months, complete_years

CONFIDENCE = 0.95
FEWEST = 5  # with fewer leavers of a cause, the model keeps its own rate
OTHER, RETIRED, RESIGNED = range(3)  # causes
_RETIREMENT = tuple(field.name for field in attrs.fields(Departures) if field.name.startswith("retire_"))
_AGES = ((0, 35, "under 35"), (35, 45, "35 to 44"), (45, 55, "45 to 54"), (55, 200, "55 and over"))
_SERVED = ((0, 2, "under 2 years"), (2, 5, "2 to 4 years"), (5, 10, "5 to 9 years"), (10, 200, "10 years and more"))


@attrs.frozen(eq=False, kw_only=True)
class Year:
    """Everyone employed by the organisation in one year, (n,) each: people who stayed and people who left.

    Attributes:
        first: epoch day on which the year begins.
        on: epoch day after the last day of the year.
        since: epoch day from which each person was employed; before `first` for most people.
        until: epoch day after each person's last day in the year; `on` for people who stayed.
        cause: cause of leaving by position (other, retired, resigned); −1 for people who stayed.
        nhs: 1 for people who left for another NHS employer, 0 for other destinations, −1 if it is not known.
        born, service_from: epoch days.
        known: whether birth and service are known. Other people count as the average of people with known dates.
        function: name of each person's function; "" if it is not known.
    """

    first: int
    on: int
    since: Longs
    until: Longs
    cause: AnyArray
    nhs: AnyArray
    born: Longs
    service_from: Longs
    known: Bools
    function: AnyArray


@attrs.frozen(kw_only=True)
class Rate:
    """One number of the model as estimated from a year.

    Attributes:
        path: the number's path within the behaviour's departures.
        left: leavers of the cause.
        value, low, high: the rate and its 95 per cent confidence limits.
        usual: the model's default.
        used: whether it replaces the default. It does not if fewer than five people left.
    """

    path: str
    left: int
    value: float
    low: float
    high: float
    usual: float
    used: bool


@attrs.frozen(kw_only=True)
class Tried:
    """The leavers that a model expects in one group in one year, and the actual leavers.

    Attributes:
        by, group: the group.
        left: people who left.
        expected: leavers expected by the model with the year's rates.
        low, high: limits that would include the leavers in 95 of 100 such years.
    """

    by: str
    group: str
    left: int
    expected: float
    low: float
    high: float

    @property
    def within(self) -> bool:
        """Whether the actual number of leavers is within the limits."""
        return self.low <= self.left <= self.high


@attrs.frozen(kw_only=True)
class Observed:
    """The model of departures of one organisation, set from its own year.

    Attributes:
        departures: the model with the year's rates.
        rates: each number with its interval.
        backtest: the same year by group; and its second half, predicted from the rates of its first half.
        person_years: total time that people were employed in the year.
    """

    departures: Departures
    rates: tuple[Rate, ...]
    backtest: tuple[Tried, ...]
    person_years: float

    @property
    def sentence(self) -> str:
        """The rates that replace the model's own, with their limits."""
        # Retirement has one factor on all ages, so it is stated once and not for each age.
        used = [one for one in self.rates if one.used and not one.path.startswith("retire_")]
        retired = next((one for one in self.rates if one.path == _RETIREMENT[0]), None)
        parts = [f"{one.path} {one.value:.1%} ({one.low:.1%} to {one.high:.1%})" for one in used]
        if retired is not None and retired.used:
            times = retired.value / retired.usual
            parts.append(f"retirement at {times:.2f} times the model's rates")
        within = sum(one.within for one in self.backtest)
        rates = "; ".join(parts) or "too few leavers to set any rate"
        return f"{rates}. Backtest: {within} of {len(self.backtest)} groups within their limits."


def observed(year: Year, scale_on: tuple[Longs, Longs], usual: Departures | None = None) -> Observed:
    """Set the level of leaving from one year, and test it on the same year.

    Args:
        year: everyone employed in the year.
        scale_on: birth and first day of service, (people,) each, of the scenario's opening staff. The model's rate of
            resigning is their mean rate.
        usual: the model whose shape is used; by default the library's own.
    """
    model = usual or Departures()
    # The shape comes from the model and the level from the year: the factor makes the two comparable.
    scale = _scale(model, *scale_on, year.on)
    rates = tuple(_rates(model, year, scale, slice(0, 12)))
    fitted = with_rates(model, rates)
    return Observed(
        departures=fitted,
        rates=rates,
        backtest=tuple(_backtest(model, fitted, year, scale)),
        person_years=float(_time(year, slice(0, 12)).sum()),
    )


def with_rates(model: Departures, rates: tuple[Rate, ...]) -> Departures:
    """The model with the rates that replace its own."""
    changed: dict[str, Any] = {one.path: one.value for one in rates if one.used}
    return attrs.evolve(model, **changed)


def poisson_limits(count: ArrayLike, confidence: float = CONFIDENCE) -> tuple[Floats, Floats]:
    """Exact limits of the mean of a Poisson count, any shape (Garwood, Biometrika 28 (1936) 437–442)."""
    from scipy.special import gammaincinv

    tail = (1.0 - confidence) / 2.0
    number = np.asarray(count, "float64")
    # Quantiles of gamma distributions. A count of zero has no lower limit.
    low = np.where(number > 0, gammaincinv(np.maximum(number, 1.0), tail), 0.0)
    high = gammaincinv(number + 1.0, 1.0 - tail)
    return np.asarray(low), np.asarray(high)


# Months of the year; within a month, age and service are treated as constant


def _months(year: Year) -> Floats:
    """Edges of the year's twelve equal parts, (13,) epoch days."""
    return np.linspace(year.first, year.on, 13)


def _time(year: Year, months: slice) -> Floats:
    """Years that each person was employed within each of some months, (months, n)."""
    # The overlap of each month, (months, 1), with each person's time in the year, (n,).
    edges = _months(year)
    begin = edges[:-1][months, None]
    end = edges[1:][months, None]
    first = np.maximum(begin, year.since)
    last = np.minimum(end, year.until)
    return np.asarray(np.maximum(last - first, 0.0) / DAYS_A_YEAR)


def _at(year: Year, months: slice) -> Iterator[tuple[Longs, Longs]]:
    """Complete years of age and complete months of service of each person in the middle of each month, (n,) each."""
    edges = _months(year)
    middles = ((edges[:-1] + edges[1:]) / 2)[months]
    # A loop over months; everyone is computed together.
    for middle in middles:
        day = int(middle)
        # Service that begins later in the year is not negative.
        served = np.maximum(complete_months(year.service_from, day), 0)
        yield complete_years(year.born, day), served


def _scale(model: Departures, born: Longs, service_from: Longs, on: int) -> float:
    """The factor by which the model multiplies its rate of resigning, so that it is the mean over the opening staff."""
    shape = model.shape(complete_years(born, on), np.maximum(complete_months(service_from, on), 0))
    return 1.0 / float(shape.mean())


def _expected(model: Departures, year: Year, scale: float, months: slice) -> tuple[Floats, Floats, Floats]:
    """The departures for other causes, retirements and resignations that the model expects for each person in some
    months, (n,) each.
    """
    time = _time(year, months)
    retired = np.zeros_like(time)
    resigned = np.zeros_like(time)
    for position, (age, served) in enumerate(_at(year, months)):
        retired[position] = model.retirement[np.clip(age, 0, len(model.retirement) - 1)]
        resigned[position] = model.resign * scale * model.shape(age, served)
    known = year.known
    found = []
    for hazard in (np.full_like(time, model.other), retired, resigned):
        # Hazard times the time at risk is the expected number of departures.
        each = (hazard * time).sum(axis=0)
        mean = each[known].sum() / max(time[:, known].sum(), 1e-9)  # people of unknown age leave at the average rate
        found.append(np.where(known, each, mean * time.sum(axis=0)))
    other, retire, resign = found
    return other, retire, resign


def _left_in(year: Year, cause: int, months: slice) -> Bools:
    """Whether each person left for a cause within some of the months, (n,)."""
    edges = _months(year)
    first = edges[:-1][months][0]
    last = edges[1:][months][-1]
    return np.asarray((year.cause == cause) & (year.until > first) & (year.until <= last))


def _rates(model: Departures, year: Year, scale: float, months: slice) -> Iterator[Rate]:
    """Each number of the model as estimated from some months of the year."""
    # The level that makes expected and actual departures equal is the model's own rate times their ratio.
    expected = [part.sum() for part in _expected(model, year, scale, months)]
    left = [int(_left_in(year, cause, months).sum()) for cause in (OTHER, RETIRED, RESIGNED)]
    # Retirement has several rates by age, all of which get the same factor.
    for name, cause in (("resign", RESIGNED), ("other", OTHER), *((name, RETIRED) for name in _RETIREMENT)):
        default = getattr(model, name)
        factor = default / max(expected[cause], 1e-9)
        low, high = (float(limit) for limit in poisson_limits(left[cause]))
        yield Rate(
            path=name,
            left=left[cause],
            value=_plain(factor * left[cause]),
            low=_plain(factor * low),
            high=_plain(factor * high),
            usual=default,
            used=left[cause] >= FEWEST,
        )
    # Of people who resigned, the share that went to another NHS employer, among people with a known destination.
    resigned = _left_in(year, RESIGNED, months)
    known = int((resigned & (year.nhs >= 0)).sum())
    nhs = int((resigned & (year.nhs == 1)).sum())
    low, high = _share_limits(nhs, known)
    value = nhs / known if known else model.within_nhs
    yield Rate(
        path="within_nhs",
        left=known,
        value=_plain(value),
        low=_plain(low),
        high=_plain(high),
        usual=model.within_nhs,
        used=known >= 2 * FEWEST,
    )


def _plain(number: float) -> float:
    """A rate rounded to five significant digits, for a file."""
    return float(f"{number:.5g}")


def _share_limits(count: int, among: int) -> tuple[float, float]:
    """Exact limits of a share (Clopper and Pearson, Biometrika 26 (1934) 404–413)."""
    from scipy.special import betaincinv

    # Quantiles of beta distributions. A count of none, or of all, has no limit on that side.
    tail = (1.0 - CONFIDENCE) / 2.0
    low = float(betaincinv(count, among - count + 1, tail)) if count else 0.0
    high = float(betaincinv(count + 1, among - count, 1.0 - tail)) if count < among else 1.0
    return low, high


def _backtest(model: Departures, fitted: Departures, year: Year, scale: float) -> Iterator[Tried]:
    """The second half of the year predicted from the rates of the first; then the whole year by group, for all causes
    together.
    """
    # First a prediction: rates from the first half, applied to the people and months of the second.
    first = slice(0, 6)
    second = slice(6, 12)
    half = with_rates(model, tuple(_rates(model, year, scale, first)))
    expected = _expected(half, year, scale, second)
    before = _expected(half, year, scale, first)
    for name, cause in (("resigned", RESIGNED), ("retired", RETIRED), ("other", OTHER)):
        seen = int(_left_in(year, cause, first).sum())
        left = int(_left_in(year, cause, second).sum())
        mean = float(expected[cause].sum())
        # With enough leavers the limits include the uncertainty of the rate; otherwise the rate is the model's own.
        if seen >= FEWEST:
            low, high = _predicted(seen, mean / max(float(before[cause].sum()), 1e-9))
        else:
            low, high = _counted(mean)
        yield Tried(by="second half from the first", group=name, left=left, expected=mean, low=low, high=high)
    # Then the fitted model by group: do its shapes by function, age and service agree with the year?
    whole = np.sum(_expected(fitted, year, scale, slice(0, 12)), axis=0)
    leavers = year.cause >= 0

    def by_age() -> AnyArray:
        return _band(complete_years(year.born, year.first), _AGES)

    def by_service() -> AnyArray:
        years = complete_months(year.service_from, year.first) // 12
        return _band(np.maximum(years, 0), _SERVED)

    groups: list[tuple[str, Callable[[], AnyArray], Bools]] = [
        ("function", lambda: year.function, year.function != ""),
        ("age", by_age, year.known),
        ("service", by_service, year.known),
    ]
    for by, groups_of, known in groups:
        if not known[leavers].all():
            continue  # leavers without a known group would make the groups' counts too low
        group = groups_of()
        for name in dict.fromkeys(sorted(group.tolist())):
            mine = group == name
            mean = float(whole[mine].sum())
            low, high = _counted(mean)
            left = int((leavers & mine).sum())
            yield Tried(by=by, group=name, left=left, expected=mean, low=low, high=high)


def _band(number: AnyArray, bands: tuple[tuple[int, int, str], ...]) -> AnyArray:
    """The name of the band of each number, (n,)."""
    starts = [start for start, _, _ in bands]
    names = np.array([name for _, _, name in bands], object)
    return names[np.searchsorted(starts, number, side="right") - 1]


def _counted(mean: float) -> tuple[float, float]:
    """Limits of a Poisson count with a known mean."""
    from scipy.stats import poisson

    found: Any = poisson.ppf([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2], max(mean, 1e-9))
    return float(found[0]), float(found[1])


def _predicted(seen: int, ratio: float) -> tuple[float, float]:
    """Limits of a Poisson count whose mean is `ratio` times that of an earlier count, `seen`.

    They are from the predictive distribution with Jeffreys' prior, a negative binomial with `seen` + 1/2.
    """
    from scipy.stats import nbinom

    tails = [(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2]
    found: Any = nbinom.ppf(tails, seen + 0.5, 1.0 / (1.0 + ratio))
    return float(found[0]), float(found[1])
