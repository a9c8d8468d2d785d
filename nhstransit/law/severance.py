"""What a person is paid for leaving: mutually agreed resignation, section 16, the statutory sum, what voids it.

Service arrives as complete months or years (from `nhstransit.dates`); pay as whole-time pence a year. The numbers of
each scheme arrive as keywords: none is written here.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import attrs
import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Floats, Longs
from nhstransit.dates import DAYS_A_YEAR, complete_months
from nhstransit.errors import InputError, ParameterError, nearest
from nhstransit.law.parameters import Parameters, Series, TableEntry
from nhstransit.law.service import by_regime, latest_entry, months_until, service_days, service_months
from nhstransit.pence import (
    MONTH_PARTS,
    RATE_PARTS,
    WEEK_DAYS,
    WTE_PARTS,
    YEAR_DAYS,
    checked,
    half_up,
    in_blocks,
    parts,
    pence_column,
    rate_parts,
    service_column,
    wte_column,
)
from nhstransit.workforce.columns import NEVER, VSM

_WEEK_SCALE = 2 * YEAR_DAYS * WTE_PARTS


def months_of_pay(
    service_months: ArrayLike,
    service_days: ArrayLike = 0,
    *,
    months_a_year: float,
    least_months: float,
    most_months: float,
    qualifying_months: int = 0,
    qualifying_weeks: int = 0,
) -> Floats:
    """Months of pay by the straight line most NHS severance follows, shape (n,).

    Args:
        service_months: (n,) complete months of service.
        service_days: (n,) days of service; read only where there are `qualifying_weeks`.
        months_a_year: months of pay for each complete year of service; part years are ignored.
        least_months: the least that anyone who qualifies is paid.
        most_months: the most that anyone is paid.
        qualifying_months: complete months of service needed to be paid at all.
        qualifying_weeks: complete weeks of service needed to be paid at all.

    Serves MARS (½, 3, 12; 12 months) and section 16 (1, 0, 24; 104 weeks). Raises InputError for negative or missing
    service.
    """
    service_column("service_months", service_months)
    checked("service_days", service_days, 0, 400_000, "give days of service of 0 or more")

    def rule(service: Any, days: Any) -> Any:
        months = np.clip(months_a_year * (service // 12), least_months, most_months)
        qualifies = (service >= qualifying_months) & (days >= WEEK_DAYS * qualifying_weeks)
        return np.where(qualifies, months, 0.0)

    return in_blocks(rule, "float64", service_months, service_days)


def month_share(month_weeks: float) -> Fraction:
    """The share of a year's pay in a month's pay: a twelfth, or so many weeks' pay where that is more.

    Weeks are read to two decimal places, so that the sum can be worked out in whole numbers.
    """
    weeks = Fraction(round(month_weeks * MONTH_PARTS), MONTH_PARTS) * WEEK_DAYS / YEAR_DAYS
    return max(Fraction(1, 12), weeks)


def severance_pence(
    annual_pence: ArrayLike,
    wte: ArrayLike,
    months: ArrayLike,
    *,
    floor_pence: int = 0,
    cap_pence: int | None = None,
    most_pence: int | None = None,
    month_weeks: float = 0.0,
) -> Longs:
    """`months` of pay, in pence, shape (n,).

    Whole-time pay is first raised to `floor_pence` and cut to `cap_pence` a year, then taken in proportion to `wte`;
    the sum never passes `most_pence`. A month's pay is a twelfth of the year's, or `month_weeks` weeks' pay where that
    is more (a week's pay is 7/365 of the year's). Raises InputError for pay, time or months that are negative, missing
    or out of bounds.
    """
    pence_column("annual_pence", annual_pence)
    wte_column(wte)
    checked("months", months, 0, 240, "give months of pay from 0 to 240")
    month = month_share(month_weeks)
    scale = month.denominator * MONTH_PARTS * WTE_PARTS

    def rule(annual: Any, time: Any, number: Any) -> Any:
        counted = np.clip(annual, floor_pence, cap_pence)
        product = counted * parts(time, WTE_PARTS) * parts(number, MONTH_PARTS)
        # Whole units of the scale first, so that the numerator's product stays inside 64 bits.
        units, rest = np.divmod(product, scale)
        sums = units * month.numerator + half_up(rest * month.numerator, scale)
        return sums if most_pence is None else np.minimum(sums, most_pence)

    return in_blocks(rule, "int64", annual_pence, wte, months)


def statutory_half_weeks(
    age_years: ArrayLike,
    service_years: ArrayLike,
    *,
    half_weeks: tuple[int, int, int],
    ages: tuple[int, int],
    most_years: int,
    qualifying_years: int,
) -> Longs:
    """Half-weeks of pay in the statutory sum, shape (n,).

    Years are counted backwards from the end of service, `most_years` at most; each is worth the first, second or
    third of `half_weeks` as the person was, throughout that year, below the first of `ages`, at it, or at the second
    (½, 1 and 1½ weeks below 22, from 22 and from 41). Raises InputError for a negative or missing age or service.
    """
    service_column("age_years", age_years)
    service_column("service_years", service_years)

    def rule(age: Any, service: Any) -> Any:
        years = np.minimum(service // 1, most_years)
        middle = np.clip(age // 1 - ages[0], 0, years)
        old = np.clip(age // 1 - ages[1], 0, years)
        young, mid, high = half_weeks
        weeks = young * years + (mid - young) * middle + (high - mid) * old
        return np.where(service >= qualifying_years, weeks, 0)

    return in_blocks(rule, "int64", age_years, service_years)


def statutory_pence(
    annual_pence: ArrayLike, wte: ArrayLike, half_weeks: ArrayLike, *, week_cap_pence: int | None
) -> Longs:
    """`half_weeks` of actual pay, a week no more than `week_cap_pence` (None: no limit), in pence, shape (n,).

    A week's pay is 7/365 of the year's. Raises InputError for pay, time or weeks that are negative, missing or out of
    bounds.
    """
    pence_column("annual_pence", annual_pence)
    wte_column(wte)
    checked("half_weeks", half_weeks, 0, 400, "give half-weeks of pay from 0 to 400")
    limit = None if week_cap_pence is None else week_cap_pence * YEAR_DAYS * WTE_PARTS

    def rule(annual: Any, time: Any, halves: Any) -> Any:
        week = annual * parts(time, WTE_PARTS) * WEEK_DAYS
        return half_up((week if limit is None else np.minimum(week, limit)) * halves, _WEEK_SCALE)

    return in_blocks(rule, "int64", annual_pence, wte, half_weeks)


def due_pence(pence: ArrayLike, days_to_next_post: ArrayLike, refused: ArrayLike, *, window_days: int) -> Longs:
    """A redundancy sum after its conditions, in pence, shape (n,).

    Void where NHS work starts within `window_days` after the last day (`days_to_next_post` is the next start less the
    last day), forfeited where `refused` (a suitable offer, unreasonably). Someone with no next post has a large
    number there.
    """
    pence_column("pence", pence)
    checked("days_to_next_post", days_to_next_post, -(2**40), 2**40, "give a number of days")

    def rule(sums: Any, days: Any, no: Any) -> Any:
        return np.where((days <= window_days) | no, 0, sums)

    return in_blocks(rule, "int64", pence, days_to_next_post, refused)


def net_pence(gross_pence: ArrayLike, *, free_pence: int, tax_rate: float) -> Longs:
    """A severance sum less income tax at `tax_rate` on what passes `free_pence`, in pence, shape (n,)."""
    pence_column("gross_pence", gross_pence)
    checked("tax_rate", tax_rate, 0, 1, "give a share from 0 to 1")
    rate = rate_parts(tax_rate)

    def rule(gross: Any) -> Any:
        return gross - half_up(np.maximum(gross - free_pence, 0) * rate, RATE_PARTS)

    return in_blocks(rule, "int64", gross_pence)


def clawback_pence(
    net_paid_pence: ArrayLike, paid_months: ArrayLike, months_away: ArrayLike, *, window_months: ArrayLike
) -> Longs:
    """What goes back to the payer on a return, in pence, shape (n,): the unexpired share of the net sum.

    The share is `(paid_months − months_away) / paid_months` for someone back before `window_months` complete months are
    over, else nought. Where a rule runs over the window itself, give the window as `paid_months`.
    """
    pence_column("net_paid_pence", net_paid_pence)
    checked("paid_months", paid_months, 0, 240, "give months of pay from 0 to 240")
    service_column("months_away", months_away)
    service_column("window_months", window_months)

    def rule(net: Any, paid: Any, away: Any, window: Any) -> Any:
        months = np.maximum(parts(paid, MONTH_PARTS), 1)
        left = np.maximum(parts(paid, MONTH_PARTS) - away * MONTH_PARTS, 0)
        return np.where(away < window, (2 * net * left + months) // (2 * months), 0)

    return in_blocks(rule, "int64", net_paid_pence, paid_months, months_away, window_months)


# Schemes' terms as small frozen values: read from the parameters, or written by hand for a local variant.


def pence(pounds: float) -> int:
    """Pounds as whole pence, to the nearest."""
    return round(pounds * 100)


def _positive(_: object, field: attrs.Attribute[Any], number: float | None) -> None:
    if number is not None and not number >= 0:
        raise InputError(field.name, f"is {number}", "give 0 or more")


@attrs.frozen(kw_only=True)
class MarsTerms:
    """The tariff of a severance scheme: months of pay by complete years of service, and its limits.

    Attributes:
        months_a_year: months of pay for each complete year.
        least_months, most_months: bounds for whoever qualifies.
        qualifying_months: complete months of service needed.
        qualifying_weeks: complete weeks of service needed, as well as those months.
        salary_floor, salary_cap: bounds on whole-time pounds a year; a cap of None is none.
        payment_cap: the largest payment in pounds; None is none.
        month_weeks: weeks of pay that a month's pay is at least; 0 leaves it at a twelfth of the year's.
    """

    months_a_year: float = attrs.field(default=0.5, validator=_positive)
    least_months: float = attrs.field(default=3.0, validator=_positive)
    most_months: float = attrs.field(default=12.0, validator=_positive)
    qualifying_months: int = attrs.field(default=12, validator=_positive)
    qualifying_weeks: int = attrs.field(default=0, validator=_positive)
    salary_floor: float = attrs.field(default=0.0, validator=_positive)
    salary_cap: float | None = attrs.field(default=None, validator=_positive)
    payment_cap: float | None = attrs.field(default=None, validator=_positive)
    month_weeks: float = attrs.field(default=0.0, validator=_positive)

    def __attrs_post_init__(self) -> None:
        if self.least_months > self.most_months:
            raise InputError("least_months", f"is {self.least_months}, above most_months", "give no more than that")

    @classmethod
    def of(cls, entry: TableEntry, month_weeks: float = 0.0) -> MarsTerms:
        """The terms in a parameter entry, where no salary_cap or payment_cap means none.

        Service needed stands there as qualifying_months, as qualifying_weeks, or as both.
        """
        row = entry.value
        months = row.get("qualifying_months", 0.0) if "qualifying_weeks" in row else entry.number("qualifying_months")
        return cls(
            months_a_year=entry.number("months_a_year"),
            least_months=entry.number("least_months"),
            most_months=entry.number("most_months"),
            qualifying_months=round(months),
            qualifying_weeks=round(row.get("qualifying_weeks", 0.0)),
            salary_floor=row.get("salary_floor", 0.0),
            salary_cap=row.get("salary_cap"),
            payment_cap=row.get("payment_cap"),
            month_weeks=month_weeks,
        )

    @property
    def service_in_words(self) -> str:
        """The service from which the tariff pays: "12 months' service", "104 weeks' service", or both."""
        parts = []
        if self.qualifying_months or not self.qualifying_weeks:
            parts.append(f"{self.qualifying_months} months'")
        if self.qualifying_weeks:
            parts.append(f"{self.qualifying_weeks} weeks'")
        return f"{' and '.join(parts)} service"

    def months(self, service_months: ArrayLike, service_days: ArrayLike | None = None) -> Floats:
        """Months of pay by complete months, and where weeks are asked for days, of service, shape (n,).

        Raises InputError where the terms ask for weeks of service and no days are given.
        """
        if self.qualifying_weeks and service_days is None:
            wrong = f"are missing under terms that ask for {self.qualifying_weeks} weeks"
            raise InputError("service_days", wrong, "give days of service beside the months")
        return months_of_pay(
            service_months,
            0 if service_days is None else service_days,
            months_a_year=self.months_a_year,
            least_months=self.least_months,
            most_months=self.most_months,
            qualifying_months=self.qualifying_months,
            qualifying_weeks=self.qualifying_weeks,
        )

    def payment(
        self,
        annual_pence: ArrayLike,
        wte: ArrayLike,
        service_months: ArrayLike,
        service_days: ArrayLike | None = None,
    ) -> Longs:
        """The payment in pence by whole-time pay, time, complete months and days of service, shape (n,)."""
        return severance_pence(
            annual_pence,
            wte,
            self.months(service_months, service_days),
            floor_pence=pence(self.salary_floor),
            cap_pence=None if self.salary_cap is None else pence(self.salary_cap),
            most_pence=None if self.payment_cap is None else pence(self.payment_cap),
            month_weeks=self.month_weeks,
        )


# What someone is due on leaving: redundancy by the terms of the day, what voids it, what goes back.

NO_NEXT_POST = NEVER  # the day on which someone with no next post starts it
_UNCAPPED = 2**62  # pence: more than any payment


def named_terms(parameters: Parameters, terms: str | MarsTerms, leaving: ArrayLike) -> MarsTerms:
    """The terms of a resignation scheme by name, or as given. Raises ParameterError for an unknown name."""
    if isinstance(terms, MarsTerms):
        return terms
    known = [name for name in parameters.tables if name.startswith("mars_")]
    if terms not in known:
        raise ParameterError("terms", f"are {terms!r}", nearest(terms, known))
    return MarsTerms.of(latest_entry(parameters.table(terms), leaving))


def contractual_months(parameters: Parameters, service_from: ArrayLike, leaving: ArrayLike, on: ArrayLike) -> Floats:
    """Months of pay under the section 16 in force `on` each epoch day, shape (n,)."""

    def rule(entry: TableEntry, months: Any, days: Any) -> Floats:
        return MarsTerms.of(entry).months(months, days)

    service = service_months(service_from, leaving), service_days(service_from, leaving)
    return by_regime(parameters.table("section16"), on, rule, "float64", *service)


def contractual(
    parameters: Parameters,
    annual_pence: ArrayLike,
    wte: ArrayLike,
    service_from: ArrayLike,
    leaving: ArrayLike,
    band: ArrayLike | None,
    on: ArrayLike,
) -> Longs:
    """Section 16 pay in pence by service and the terms in force `on` each epoch day, shape (n,)."""
    service = service_months(service_from, leaving), service_days(service_from, leaving)
    due = _section16(parameters, "section16", annual_pence, wte, *service, on)
    senior = np.asarray(False) if band is None else np.asarray(band) == VSM
    if not senior.any():
        return due
    return np.where(senior, _section16(parameters, "section16_vsm", annual_pence, wte, *service, on), due)


def _section16(
    parameters: Parameters,
    name: str,
    annual_pence: ArrayLike,
    wte: ArrayLike,
    months: ArrayLike,
    days: ArrayLike,
    on: ArrayLike,
) -> Longs:
    """The sum by one of the tables of section 16, a month's pay as it is defined `on` each epoch day."""

    def by_month(month: Any, on: Any, *columns: Any) -> Longs:
        def rule(entry: TableEntry, annual: Any, time: Any, months: Any, days: Any) -> Longs:
            return MarsTerms.of(entry, month.value).payment(annual, time, months, days)

        return by_regime(parameters.table(name), on, rule, "int64", *columns)

    weeks = parameters.number("section16_month_weeks")
    return by_regime(weeks, on, by_month, "int64", on, annual_pence, wte, months, days)


def exit_limit(parameters: Parameters, leaving: ArrayLike) -> Longs:
    """The most pence that all payments for one exit may add up to, by day of leaving, shape of `leaving`.

    A cap held from 4 November 2020 to 12 February 2021; on days without one the limit is beyond any payment.
    """
    days = np.asarray(leaving, "int64")
    limit = np.full(days.shape, _UNCAPPED, "int64")
    for entry in parameters.number("exit_cap").entries:
        held = days >= entry.first
        if entry.last is not None:
            held &= days <= entry.last
        limit = np.where(held, pence(entry.value), limit)
    return limit


def statutory(
    parameters: Parameters,
    annual_pence: ArrayLike,
    wte: ArrayLike,
    born: ArrayLike,
    service: ArrayLike,
    leaving: ArrayLike,
    *,
    week_cap_pence: int | None = None,
) -> Longs:
    """Statutory redundancy pay in pence, shape (n,), under the limit of each day of leaving, or under the one given.

    Raises ParameterError where no limit is given and the facts hold none for a day of leaving.
    """
    halves = _half_weeks(parameters, born, service, leaving)
    if week_cap_pence is not None:
        return statutory_pence(annual_pence, wte, halves, week_cap_pence=week_cap_pence)

    def rule(entry: Any, annual: Any, time: Any, weeks: Any) -> Longs:
        return statutory_pence(annual, time, weeks, week_cap_pence=pence(entry.value))

    return by_regime(parameters.number("statutory_week_cap"), leaving, rule, "int64", annual_pence, wte, halves)


def _half_weeks(parameters: Parameters, born: ArrayLike, service: ArrayLike, leaving: ArrayLike) -> AnyArray:
    age = months_until("born", born, np.asarray(leaving) + 1) // 12

    def rule(entry: TableEntry, ages: Any, months: Any) -> Longs:
        number = entry.number
        return statutory_half_weeks(
            ages,
            months // 12,
            half_weeks=(
                round(2 * number("weeks_young")),
                round(2 * number("weeks_middle")),
                round(2 * number("weeks_old")),
            ),
            ages=(round(number("middle_from")), round(number("old_from"))),
            most_years=round(number("most_years")),
            qualifying_years=round(number("qualifying_years")),
        )

    return by_regime(parameters.table("statutory_redundancy"), leaving, rule, "int64", age, service)


def best_redundancy(
    parameters: Parameters,
    annual_pence: ArrayLike,
    wte: ArrayLike,
    born: ArrayLike,
    service_from: ArrayLike,
    leaving: ArrayLike,
    band: ArrayLike | None,
    terms_on: ArrayLike | None,
) -> Longs:
    """The greater of section 16 and statutory redundancy pay, within the cap on exits of the day, in pence, shape (n,).

    The statutory limit of the day is looked up only for those who would be better off under the largest limit held, so
    that the years for which the facts hold none are refused only where it matters.
    """
    service = service_months(service_from, leaving)
    terms_day = leaving if terms_on is None else terms_on
    due = contractual(parameters, annual_pence, wte, service_from, leaving, band, terms_day)
    largest = pence(max(entry.value for entry in parameters.number("statutory_week_cap").entries))
    most = statutory(parameters, annual_pence, wte, born, service, leaving, week_cap_pence=largest)
    better = most > due
    limit = exit_limit(parameters, leaving)
    if not better.any():
        return np.minimum(due, limit)
    every = [
        np.broadcast_to(np.asarray(each), due.shape)[better] for each in (annual_pence, wte, born, service, leaving)
    ]
    best = due.copy()
    best[better] = np.maximum(due[better], statutory(parameters, *every))
    return np.minimum(best, limit)


def clawback_entry(parameters: Parameters, terms: str, on: ArrayLike) -> TableEntry:
    """The clawback rule of named terms (`mars_2010`, `vr_2025`, `vr_nhsps`). Raises ParameterError for no such name."""
    known = {name.removeprefix("clawback_"): name for name in parameters.tables if name.startswith("clawback_")}
    if terms not in known:
        raise ParameterError("terms", f"are {terms!r}", nearest(terms, known))
    series: Series[TableEntry] = parameters.table(known[terms])
    return latest_entry(series, on)


def scheme_clawback(parameters: Parameters, terms: str, on: int) -> float:
    """Months within which a return costs whoever left on these terms, by the law of an epoch day.

    A resignation scheme has the rule of its own name, or none. Voluntary redundancy has the latest of its own rules in
    force; before any was, NHS work within the window of section 16 voided the payment.
    """
    if terms.startswith("mars_"):
        series = parameters.tables.get(f"clawback_{terms}")
        held = series.held(on) if series else ()
        return held[0].number("all_staff") if held else 0.0
    rules = [
        entry
        for name, series in parameters.tables.items()
        if name.startswith("clawback_vr_")
        for entry in series.held(on)
    ]
    if rules:
        return max(rules, key=lambda entry: entry.first).number("all_staff")
    return parameters.number("alternative_window_days").on(on).value * 12.0 / DAYS_A_YEAR


def months_away(leaving: ArrayLike, back: ArrayLike) -> Longs:
    """Complete months from the end of one employment to the start of the next, shape (n,); never negative."""
    gap = complete_months(np.asarray(leaving, "int64") + 1, back)
    return np.maximum(gap, 0)
