"""What someone is due on leaving: redundancy by the terms of the day, what voids it, what goes back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Floats, Longs
from nhstransit.dates import DAYS_A_YEAR, complete_months
from nhstransit.entitlements.service import by_regime, latest_entry, months_until, service_days, service_months
from nhstransit.entitlements.terms import MarsTerms, pence
from nhstransit.errors import ParameterError, nearest
from nhstransit.kernels import severance
from nhstransit.parameters import Parameters, Series, TableEntry
from nhstransit.workforce.codes import VSM
from nhstransit.workforce.columns import NEVER

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
        return severance.statutory_pence(annual_pence, wte, halves, week_cap_pence=week_cap_pence)

    def rule(entry: Any, annual: Any, time: Any, weeks: Any) -> Longs:
        return severance.statutory_pence(annual, time, weeks, week_cap_pence=pence(entry.value))

    return by_regime(parameters.number("statutory_week_cap"), leaving, rule, "int64", annual_pence, wte, halves)


def _half_weeks(parameters: Parameters, born: ArrayLike, service: ArrayLike, leaving: ArrayLike) -> AnyArray:
    age = months_until("born", born, np.asarray(leaving) + 1) // 12

    def rule(entry: TableEntry, ages: Any, months: Any) -> Longs:
        number = entry.number
        return severance.statutory_half_weeks(
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
