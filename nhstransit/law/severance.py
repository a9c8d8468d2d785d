"""Payments for leaving: mutually agreed resignation, section 16, the statutory sum, and what makes them void or
repayable.

Service is given as complete months or years (from `nhstransit.dates`), and pay as whole-time pence per year. The
numbers of each scheme are passed as keywords; this file contains none.
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
    """Months of pay in proportion to years of service, within limits, as in most NHS severance schemes, shape (n,).

    Args:
        service_months: (n,) complete months of service.
        service_days: (n,) days of service; used only if there are `qualifying_weeks`.
        months_a_year: months of pay for each complete year of service; part years are ignored.
        least_months: fewest months for anyone who qualifies.
        most_months: most months for anyone.
        qualifying_months: complete months of service needed for any payment.
        qualifying_weeks: complete weeks of service needed for any payment.

    MARS uses it with ½, 3, 12 and 12 months, and section 16 with 1, 0, 24 and 104 weeks.

    Raises:
        InputError: for negative or missing service.
    """
    service_column("service_months", service_months)
    checked("service_days", service_days, 0, 400_000, "give days of service of 0 or more")

    # The limits hold for people who qualify; everyone else gets nothing, and not the lower limit.
    def _rule(service: Any, days: Any) -> Any:
        months = np.clip(months_a_year * (service // 12), least_months, most_months)
        qualifies = (service >= qualifying_months) & (days >= WEEK_DAYS * qualifying_weeks)
        return np.where(qualifies, months, 0.0)

    return in_blocks(_rule, "float64", service_months, service_days)


def month_share(month_weeks: float) -> Fraction:
    """The share of a year's pay in a month's pay: a twelfth, or `month_weeks` weeks' pay if that is more.

    Weeks are rounded to two decimal places, so that the sum can be computed in integers.
    """
    # Integers and fractions throughout: a sum in floats could be a penny off at half a penny.
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

    Whole-time pay is first raised to at least `floor_pence` and cut to at most `cap_pence`, then multiplied by `wte`. A
    week's pay is 7/365 of the year's.

    Args:
        annual_pence: (n,) whole-time pay per year.
        wte: (n,) share of whole time.
        months: (n,) months of pay.
        floor_pence: least whole-time pay per year that counts.
        cap_pence: most whole-time pay per year that counts; None for no limit.
        most_pence: largest payment; None for no limit.
        month_weeks: weeks' pay in a month's pay, if that is more than a twelfth of the year's.

    Raises:
        InputError: for pay, time or months that are negative, missing or out of bounds.
    """
    pence_column("annual_pence", annual_pence)
    wte_column(wte)
    checked("months", months, 0, 240, "give months of pay from 0 to 240")
    month = month_share(month_weeks)
    scale = month.denominator * MONTH_PARTS * WTE_PARTS

    def _rule(annual: Any, time: Any, number: Any) -> Any:
        # The limits are on whole-time pay, so they apply before the share of whole time.
        counted = np.clip(annual, floor_pence, cap_pence)
        hundredths = parts(number, MONTH_PARTS)
        # Whole units of `scale` are computed separately, for the months and for the numerator, so that products fit in
        # 64 bits.
        units, rest = np.divmod(counted * parts(time, WTE_PARTS), scale)
        more, rest = np.divmod(rest * hundredths, scale)
        sums = (units * hundredths + more) * month.numerator + half_up(rest * month.numerator, scale)
        if most_pence is None:
            return sums
        return np.minimum(sums, most_pence)

    return in_blocks(_rule, "int64", annual_pence, wte, months)


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

    Years are counted backwards from the end of service. A year counts with the third value of `half_weeks` if the
    person had reached the second of `ages` before that year began. It counts with the second value if the person had
    reached the first of `ages`, and otherwise with the first value. In law that is 1½ weeks from age 41, 1 week from
    22, and ½ week below.

    Args:
        age_years: (n,) complete years of age.
        service_years: (n,) complete years of service.
        half_weeks: half-weeks of pay for a year in each age group.
        ages: first ages of the second and third group.
        most_years: largest number of years that count.
        qualifying_years: complete years of service needed.

    Raises:
        InputError: for a negative or missing age or service.
    """
    service_column("age_years", age_years)
    service_column("service_years", service_years)

    def _rule(age: Any, service: Any) -> Any:
        years = np.minimum(service // 1, most_years)
        # Years after each of the two ages. The latest years count, because years are counted backwards.
        middle = np.clip(age // 1 - ages[0], 0, years)
        old = np.clip(age // 1 - ages[1], 0, years)
        young, mid, high = half_weeks
        # Every year counts with the lowest value, and years at a higher age with the difference on top.
        weeks = young * years + (mid - young) * middle + (high - mid) * old
        return np.where(service >= qualifying_years, weeks, 0)

    return in_blocks(_rule, "int64", age_years, service_years)


def statutory_pence(
    annual_pence: ArrayLike, wte: ArrayLike, half_weeks: ArrayLike, *, week_cap_pence: int | None
) -> Longs:
    """Pay for `half_weeks`, in pence, shape (n,). A week's pay is 7/365 of the year's.

    Args:
        annual_pence: (n,) whole-time pay per year.
        wte: (n,) share of whole time.
        half_weeks: (n,) half-weeks of pay.
        week_cap_pence: most pence for a week; None for no limit.

    Raises:
        InputError: for pay, time or weeks that are negative, missing or out of bounds.
    """
    pence_column("annual_pence", annual_pence)
    wte_column(wte)
    checked("half_weeks", half_weeks, 0, 400, "give half-weeks of pay from 0 to 400")
    # The cap on a week's pay in the units of `_rule`: pence × days in a year × parts of whole time.
    limit = None if week_cap_pence is None else week_cap_pence * YEAR_DAYS * WTE_PARTS

    def _rule(annual: Any, time: Any, halves: Any) -> Any:
        week = annual * parts(time, WTE_PARTS) * WEEK_DAYS
        capped = week if limit is None else np.minimum(week, limit)
        # Rounded once, at the end. The scale has a factor of 2 for half-weeks.
        return half_up(capped * halves, _WEEK_SCALE)

    return in_blocks(_rule, "int64", annual_pence, wte, half_weeks)


def due_pence(pence: ArrayLike, days_to_next_post: ArrayLike, refused: ArrayLike, *, window_days: int) -> Longs:
    """A redundancy sum after its conditions, in pence, shape (n,).

    Args:
        pence: (n,) sums before conditions.
        days_to_next_post: (n,) days from the last day to the next start; a large number if there is no next post.
        refused: (n,) whether a suitable offer was refused unreasonably, which forfeits the sum.
        window_days: days after the last day within which NHS work voids the sum.
    """
    pence_column("pence", pence)
    checked("days_to_next_post", days_to_next_post, -(2**40), 2**40, "give a number of days")

    def _rule(sums: Any, days: Any, no: Any) -> Any:
        return np.where((days <= window_days) | no, 0, sums)

    return in_blocks(_rule, "int64", pence, days_to_next_post, refused)


def net_pence(gross_pence: ArrayLike, *, free_pence: int, tax_rate: float) -> Longs:
    """A severance sum less income tax at `tax_rate` on the part above `free_pence`, in pence, shape (n,).

    Args:
        gross_pence: (n,) sums before tax.
        free_pence: tax-free amount.
        tax_rate: marginal rate, 0 to 1.
    """
    pence_column("gross_pence", gross_pence)
    checked("tax_rate", tax_rate, 0, 1, "give a share from 0 to 1")
    rate = rate_parts(tax_rate)

    def _rule(gross: Any) -> Any:
        return gross - half_up(np.maximum(gross - free_pence, 0) * rate, RATE_PARTS)

    return in_blocks(_rule, "int64", gross_pence)


def clawback_pence(
    net_paid_pence: ArrayLike, paid_months: ArrayLike, months_away: ArrayLike, *, window_months: ArrayLike
) -> Longs:
    """The amount repaid on a return, in pence, shape (n,): the unexpired share of the net sum.

    The share is `(paid_months − months_away) / paid_months` for a person who returns within `window_months` complete
    months, and otherwise zero.

    Args:
        net_paid_pence: (n,) sums paid, net of tax.
        paid_months: (n,) months of pay, or the months in the window if the terms take a share of these.
        months_away: (n,) complete months away.
        window_months: months within which a person who returns must repay, one value or (n,).
    """
    pence_column("net_paid_pence", net_paid_pence)
    checked("paid_months", paid_months, 0, 240, "give months of pay from 0 to 240")
    service_column("months_away", months_away)
    service_column("window_months", window_months)

    def _rule(net: Any, paid: Any, away: Any, window: Any) -> Any:
        # At least 1, because nobody has a share of no months; the sum is then zero as well.
        months = np.maximum(parts(paid, MONTH_PARTS), 1)
        left = np.maximum(parts(paid, MONTH_PARTS) - away * MONTH_PARTS, 0)
        # Rounded half up to the penny, in integers.
        share = (2 * net * left + months) // (2 * months)
        return np.where(away < window, share, 0)

    return in_blocks(_rule, "int64", net_paid_pence, paid_months, months_away, window_months)


# Terms of schemes as frozen values, read from the parameters or written by hand for a local variant.


def pence(pounds: float) -> int:
    """Pounds as whole pence, rounded to the nearest."""
    return round(pounds * 100)


def _positive(_: object, field: attrs.Attribute[Any], number: float | None) -> None:
    if number is not None and not number >= 0:
        raise InputError(field.name, f"is {number}", "give 0 or more")


@attrs.frozen(kw_only=True)
class MarsTerms:
    """The tariff of a severance scheme: months of pay by complete years of service, and its limits.

    A local scheme must state its own months and service: a number that is left out is not taken from the law. To vary a
    legal scheme, evolve its terms: `attrs.evolve(law.terms("mars_2010", day), most_months=9)`.

    Attributes:
        months_a_year: months of pay for each complete year.
        least_months, most_months: bounds for people who qualify.
        qualifying_months: complete months of service needed.
        qualifying_weeks: complete weeks of service needed, in addition to those months.
        salary_floor, salary_cap: bounds on whole-time pounds per year; None for no cap.
        payment_cap: the largest payment in pounds; None for no limit.
        taper_age: age in years from which nothing is paid. Before it, the months of pay cannot exceed the months left
            until that age. None for no such limit.
        month_weeks: least number of weeks' pay in a month's pay; 0 leaves it at a twelfth of the year's.
    """

    months_a_year: float = attrs.field(validator=_positive)
    least_months: float = attrs.field(validator=_positive)
    most_months: float = attrs.field(validator=_positive)
    qualifying_months: int = attrs.field(validator=_positive)
    qualifying_weeks: int = attrs.field(default=0, validator=_positive)
    salary_floor: float = attrs.field(default=0.0, validator=_positive)
    salary_cap: float | None = attrs.field(default=None, validator=_positive)
    payment_cap: float | None = attrs.field(default=None, validator=_positive)
    taper_age: float | None = attrs.field(default=None, validator=_positive)
    month_weeks: float = attrs.field(default=0.0, validator=_positive)

    def __attrs_post_init__(self) -> None:
        if self.least_months > self.most_months:
            raise InputError("least_months", f"is {self.least_months}, above most_months", "give at most that number")

    @classmethod
    def of(cls, entry: TableEntry, month_weeks: float = 0.0, most_months: float | None = None) -> MarsTerms:
        """The terms in a parameter entry. An entry without salary_cap, payment_cap or taper_age has no such limit.

        The service needed is given as qualifying_months, as qualifying_weeks, or as both.

        Args:
            entry: the dated entry.
            month_weeks: weeks' pay in a month's pay.
            most_months: a local limit on the months of pay, which applies if it is below the entry's; None for no
                limit.
        """
        row = entry.value
        most = entry.number("most_months")
        # An entry with weeks need not state months. An entry without weeks must, and `number` reports it if it does not.
        months = row.get("qualifying_months", 0.0) if "qualifying_weeks" in row else entry.number("qualifying_months")
        return cls(
            months_a_year=entry.number("months_a_year"),
            least_months=entry.number("least_months"),
            most_months=most if most_months is None else min(most, most_months),
            qualifying_months=round(months),
            qualifying_weeks=round(row.get("qualifying_weeks", 0.0)),
            salary_floor=row.get("salary_floor", 0.0),
            salary_cap=row.get("salary_cap"),
            payment_cap=row.get("payment_cap"),
            taper_age=row.get("taper_age"),
            month_weeks=month_weeks,
        )

    @property
    def service_in_words(self) -> str:
        """The service needed for a payment: "12 months' service", "104 weeks' service", or both."""
        parts = []
        if self.qualifying_months or not self.qualifying_weeks:
            parts.append(f"{self.qualifying_months} months'")
        if self.qualifying_weeks:
            parts.append(f"{self.qualifying_weeks} weeks'")
        return f"{' and '.join(parts)} service"

    def months(
        self,
        service_months: ArrayLike,
        service_days: ArrayLike | None = None,
        age_months: ArrayLike | None = None,
    ) -> Floats:
        """Months of pay, shape (n,).

        Args:
            service_months: (n,) complete months of service.
            service_days: (n,) days of service, needed if the terms require weeks.
            age_months: (n,) complete months of age, needed if the terms taper before an age.

        Raises:
            InputError: if the terms require weeks of service or taper before an age, and the column is not given.
        """
        if self.qualifying_weeks and service_days is None:
            wrong = f"are missing under terms that require {self.qualifying_weeks} weeks"
            raise InputError("service_days", wrong, "give days of service as well as months")
        months = months_of_pay(
            service_months,
            0 if service_days is None else service_days,
            months_a_year=self.months_a_year,
            least_months=self.least_months,
            most_months=self.most_months,
            qualifying_months=self.qualifying_months,
            qualifying_weeks=self.qualifying_weeks,
        )
        if self.taper_age is None:
            return months
        if age_months is None:
            wrong = f"are missing under terms that taper before the age of {self.taper_age:g}"
            raise InputError("age_months", wrong, "give months of age as well as service")
        # Nobody is paid for more months than there are until the age.
        until_age = np.maximum(12.0 * self.taper_age - np.asarray(age_months), 0.0)
        return np.asarray(np.minimum(months, until_age))

    def payment(
        self,
        annual_pence: ArrayLike,
        wte: ArrayLike,
        service_months: ArrayLike,
        service_days: ArrayLike | None = None,
        age_months: ArrayLike | None = None,
    ) -> Longs:
        """The payment in pence, shape (n,).

        Args:
            annual_pence: (n,) whole-time pay per year.
            wte: (n,) share of whole time.
            service_months: (n,) complete months of service.
            service_days: (n,) days of service, needed if the terms require weeks.
            age_months: (n,) complete months of age, needed if the terms taper before an age.
        """
        return severance_pence(
            annual_pence,
            wte,
            self.months(service_months, service_days, age_months),
            floor_pence=pence(self.salary_floor),
            cap_pence=None if self.salary_cap is None else pence(self.salary_cap),
            most_pence=None if self.payment_cap is None else pence(self.payment_cap),
            month_weeks=self.month_weeks,
        )


# Payments due on leaving: redundancy on the terms of the day, when it is void, and repayments.

NO_NEXT_POST = NEVER  # stands for the start of the next post if there is none
_UNCAPPED = 2**62  # pence; more than any payment


_SECTION_16 = ("section16", "section16_vsm")
SCHEMES = ("mars_", "civil_service_")  # parameters whose names begin so contain the tariff of a scheme


def named_terms(parameters: Parameters, terms: str | MarsTerms, leaving: ArrayLike) -> MarsTerms:
    """The terms of a named resignation scheme. If `terms` are terms already, they are returned. Raises ParameterError
    for an unknown name.

    Args:
        parameters: the dated parameters.
        terms: name of a scheme, or its terms.
        leaving: (n,) last days of service.
    """
    if isinstance(terms, MarsTerms):
        return terms
    known = [name for name in parameters.tables if name.startswith(SCHEMES)]
    if terms not in known:
        raise ParameterError("terms", f"are {terms!r}", nearest(terms, known))
    return MarsTerms.of(latest_entry(parameters.table(terms), leaving))


def contractual_months(
    parameters: Parameters,
    service_from: ArrayLike,
    leaving: ArrayLike,
    on: ArrayLike,
    born: ArrayLike | None = None,
    most_months: float | None = None,
) -> Floats:
    """Months of pay under the version of section 16 in force `on` each epoch day, shape (n,).

    Args:
        parameters: the dated parameters.
        service_from: (n,) first days of reckonable service.
        leaving: (n,) last days of service.
        on: (n,) days whose terms apply.
        born: (n,) days of birth, needed if the terms taper before an age.
        most_months: a local limit on the months, below that of the terms; None for no limit.
    """

    def _rule(entry: TableEntry, *columns: Any) -> Floats:
        return MarsTerms.of(entry, most_months=most_months).months(*columns)

    service = service_months(service_from, leaving), service_days(service_from, leaving)
    ages = _ages(parameters, born, leaving)
    return by_regime(parameters.table("section16"), on, _rule, "float64", *service, *ages)


def _ages(parameters: Parameters, born: ArrayLike | None, leaving: ArrayLike) -> tuple[Longs, ...]:
    """Complete months of age at the end of the last day, (n,), if some terms of section 16 taper before an age.

    Otherwise, or if no days of birth are given, an empty tuple.
    """
    entries = [entry for name in _SECTION_16 for entry in parameters.table(name).entries]
    # Ages are computed only if needed, because days of birth are not always given.
    if born is None or not any("taper_age" in entry.value for entry in entries):
        return ()
    return (months_until("born", born, np.asarray(leaving) + 1),)


def contractual(
    parameters: Parameters,
    annual_pence: ArrayLike,
    wte: ArrayLike,
    born: ArrayLike,
    service_from: ArrayLike,
    leaving: ArrayLike,
    band: ArrayLike | None,
    on: ArrayLike,
    most_months: float | None = None,
) -> Longs:
    """Section 16 pay in pence for service on the terms in force `on` each epoch day, shape (n,).

    Args:
        parameters: the dated parameters.
        annual_pence: (n,) whole-time pay per year.
        wte: (n,) share of whole time.
        born: (n,) days of birth.
        service_from: (n,) first days of reckonable service.
        leaving: (n,) last days of service.
        band: (n,) positions in `BANDS`; None if nobody is a very senior manager.
        on: (n,) days whose terms apply.
        most_months: a local limit on the months of pay, below that of the terms; None for no limit.
    """
    served = service_months(service_from, leaving), service_days(service_from, leaving)
    aged = _ages(parameters, born, leaving)
    return _contractual(parameters, annual_pence, wte, (*served, *aged), band, on, most_months)


def _contractual(
    parameters: Parameters,
    annual_pence: ArrayLike,
    wte: ArrayLike,
    served: tuple[Longs, ...],
    band: ArrayLike | None,
    on: ArrayLike,
    most_months: float | None,
) -> Longs:
    """As `contractual`, from months and days of service, and from months of age if some terms taper before an age."""
    due = _section16(parameters, "section16", on, most_months, annual_pence, wte, *served)
    senior = np.asarray(False) if band is None else np.asarray(band) == VSM
    if not senior.any():
        return due
    # Columns may be single values, so all are broadcast to one length before rows are selected.
    every = np.broadcast_arrays(due, senior, on, annual_pence, wte, *served)
    due = every[0].copy()
    rows = every[1]  # the few very senior managers, who have their own terms
    theirs = [column[rows] for column in every[2:]]
    due[rows] = _section16(parameters, "section16_vsm", theirs[0], most_months, *theirs[1:])
    return due


def _section16(
    parameters: Parameters, name: str, on: ArrayLike, most_months: float | None, *people: ArrayLike
) -> Longs:
    """The sum in one of the tables of section 16, with a month's pay as defined `on` each epoch day.

    `people` are the columns of `MarsTerms.payment`: pay, time, months and days of service, and months of age, if needed.
    """

    # Two dated values apply together: the definition of a month's pay, and the tariff. Rows are grouped by the first,
    # and within each group by the second.
    def by_month(month: Any, on: Any, *columns: Any) -> Longs:
        def _rule(entry: TableEntry, *each: Any) -> Longs:
            return MarsTerms.of(entry, month.value, most_months).payment(*each)

        return by_regime(parameters.table(name), on, _rule, "int64", *columns)

    return by_regime(parameters.number("section16_month_weeks"), on, by_month, "int64", on, *people)


def exit_limit(parameters: Parameters, leaving: ArrayLike) -> Longs:
    """The limit in pence on the total of all payments for one exit, by day of leaving, shape of `leaving`.

    A cap was in force from 4 November 2020 to 12 February 2021. On other days the limit is beyond any payment.
    """
    days = np.asarray(leaving, "int64")
    limit = np.full(days.shape, _UNCAPPED, "int64")
    # Each entry sets the limit on the days on which it was in force; days in no entry have no limit.
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
    """Statutory redundancy pay in pence, shape (n,).

    Args:
        parameters: the dated parameters.
        annual_pence: (n,) whole-time pay per year.
        wte: (n,) share of whole time.
        born: (n,) days of birth.
        service: (n,) complete months of service.
        leaving: (n,) last days of service.
        week_cap_pence: limit on a week's pay; None for the limit on each day of leaving.

    Raises:
        ParameterError: if no limit is given and the parameters have none for a day of leaving.
    """
    halves = _half_weeks(parameters, born, service, leaving)
    if week_cap_pence is not None:
        return statutory_pence(annual_pence, wte, halves, week_cap_pence=week_cap_pence)

    def _rule(entry: Any, annual: Any, time: Any, weeks: Any) -> Longs:
        return statutory_pence(annual, time, weeks, week_cap_pence=pence(entry.value))

    return by_regime(parameters.number("statutory_week_cap"), leaving, _rule, "int64", annual_pence, wte, halves)


def _half_weeks(parameters: Parameters, born: ArrayLike, service: ArrayLike, leaving: ArrayLike) -> AnyArray:
    # Age on the day after the last day of service, which is when the employment has ended.
    age = months_until("born", born, np.asarray(leaving) + 1) // 12

    def _rule(entry: TableEntry, ages: Any, months: Any) -> Longs:
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

    return by_regime(parameters.table("statutory_redundancy"), leaving, _rule, "int64", age, service)


def best_redundancy(
    parameters: Parameters,
    annual_pence: ArrayLike,
    wte: ArrayLike,
    born: ArrayLike,
    service_from: ArrayLike,
    leaving: ArrayLike,
    band: ArrayLike | None,
    terms_on: ArrayLike | None,
    most_months: float | None = None,
) -> Longs:
    """The greater of section 16 and statutory redundancy pay, within the day's cap on exit payments, in pence, (n,).

    The statutory limit of the day is looked up only for people who might be better off under it. So a year without a
    limit in the parameters is refused only if it matters.

    Args:
        parameters: the dated parameters.
        annual_pence: (n,) whole-time pay per year.
        wte: (n,) share of whole time.
        born: (n,) days of birth.
        service_from: (n,) first days of reckonable service.
        leaving: (n,) last days of service.
        band: (n,) positions in `BANDS`; None if nobody is a very senior manager.
        terms_on: (n,) days whose contractual terms apply; None for the day of leaving.
        most_months: a local limit on the contractual months of pay; None for no limit.
    """
    service = service_months(service_from, leaving)
    terms_day = leaving if terms_on is None else terms_on
    served = (service, service_days(service_from, leaving), *_ages(parameters, born, leaving))
    due = _contractual(parameters, annual_pence, wte, served, band, terms_day, most_months)
    # First with the highest limit of any year, which needs no entry for the day itself. Only people who would be better
    # off even then might be better off under the limit of the day.
    largest = pence(max(entry.value for entry in parameters.number("statutory_week_cap").entries))
    most = statutory(parameters, annual_pence, wte, born, service, leaving, week_cap_pence=largest)
    better = most > due
    limit = exit_limit(parameters, leaving)
    if not better.any():
        return np.minimum(due, limit)
    columns = (annual_pence, wte, born, service, leaving)
    every = [np.broadcast_to(np.asarray(each), due.shape)[better] for each in columns]
    best = due.copy()
    best[better] = np.maximum(due[better], statutory(parameters, *every))
    # The cap on exit payments applies to whichever sum is paid.
    return np.minimum(best, limit)


def clawback_entry(parameters: Parameters, terms: str, on: ArrayLike) -> TableEntry:
    """The clawback rule of the terms with a name.

    Args:
        parameters: the dated parameters.
        terms: name of the terms: `mars_2010`, `vr_2025` or `vr_nhsps`.
        on: epoch days; the latest of them decides which entry applies.

    Raises:
        ParameterError: for another name.
    """
    known = {name.removeprefix("clawback_"): name for name in parameters.tables if name.startswith("clawback_")}
    if terms not in known:
        raise ParameterError("terms", f"are {terms!r}", nearest(terms, known))
    series: Series[TableEntry] = parameters.table(known[terms])
    return latest_entry(series, on)


def scheme_clawback(parameters: Parameters, terms: str, on: int) -> float:
    """Months within which a person who left on these terms must repay on a return, in the law of an epoch day.

    A resignation scheme has the clawback rule of the same name, if there is one. Voluntary redundancy has the latest of
    its own rules in force. Before there was such a rule, NHS work within the window of section 16 made the payment
    void.

    Args:
        parameters: the dated parameters.
        terms: name of the terms.
        on: epoch day.
    """
    if terms.startswith(SCHEMES):
        series = parameters.tables.get(f"clawback_{terms}")
        held = series.held(on) if series else ()
        return held[0].number("all_staff") if held else 0.0
    # Voluntary redundancy: the latest of its rules that is in force on the day.
    rules: list[TableEntry] = []
    for name, series in parameters.tables.items():
        if name.startswith("clawback_vr_"):
            rules += series.held(on)
    if rules:
        return max(rules, key=lambda entry: entry.first).number("all_staff")
    # The window is in days, and months are an average of its length.
    return parameters.number("alternative_window_days").on(on).value * 12.0 / DAYS_A_YEAR


def months_away(leaving: ArrayLike, back: ArrayLike) -> Longs:
    """Complete months from the end of one employment to the start of the next, shape (n,); never negative."""
    gap = complete_months(np.asarray(leaving, "int64") + 1, back)
    return np.maximum(gap, 0)
