"""Early release of a pension on redundancy: the entitlement and its capital cost.

The formula is an approximation, not the scheme actuary's table. A person who leaves `m` months before the normal
pension age gets an unreduced pension P and a lump sum L earlier than otherwise. From that age on nothing changes. With
a real discount rate r (pensions rise with prices) and n = m/12, the capital cost is

    P · (1 − (1+r)^−n) / ln(1+r)  +  L · (1 − (1+r)^−n)

This is an annuity certain, paid evenly through the year. Deaths before the normal pension age are ignored, which
overstates the cost a little. The charge in the scheme actuary's tables is this cost times a factor, which is a
parameter with a range. As r rises, the pension's part falls and the lump sum's part rises; with a lump sum, the two
nearly cancel at about six years early. The parameters contain a middle value of r and a range.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nhstransit import arithmetic
from nhstransit.arrays import AnyArray, Bools, Bytes, Longs
from nhstransit.errors import InputError
from nhstransit.law.parameters import Parameters, TableEntry
from nhstransit.law.service import by_regime, days_column, latest_entry, months_until, service_months
from nhstransit.law.severance import exit_limit
from nhstransit.pence import checked, in_blocks, pence_column, service_column, wte_column
from nhstransit.workforce.columns import SECTIONS


def release_pence(
    annual_pence: ArrayLike,
    wte: ArrayLike,
    membership_months: ArrayLike,
    months_early: ArrayLike,
    accrual_share: ArrayLike,
    lump_multiple: ArrayLike,
    *,
    real_rate: float,
) -> Longs:
    """Capital cost of paying a pension early and unreduced, in pence, shape (n,).

    The pension is whole-time pay × `wte` × membership in years × `accrual_share`. The lump sum is `lump_multiple` times
    the yearly pension. The cost is computed in floats and rounded half up to the penny.

    Args:
        annual_pence: (n,) whole-time pay per year.
        wte: (n,) share of whole time.
        membership_months: (n,) months of membership.
        months_early: (n,) months before the normal pension age; the cost is zero at 0 or less.
        accrual_share: share of pay earned per year of membership, such as 1/80 or 1/60.
        lump_multiple: lump sum as a multiple of the yearly pension.
        real_rate: real discount rate.

    Raises:
        InputError: for pay, time or membership that is negative, missing or out of bounds.
    """
    pence_column("annual_pence", annual_pence)
    wte_column(wte)
    service_column("membership_months", membership_months)
    checked("months_early", months_early, -12_000, 1_200, "give a number of months, at most a hundred years")
    checked("accrual_share", accrual_share, 0, 1, "give a share of pay a year from 0 to 1")
    checked("lump_multiple", lump_multiple, 0, 100, "give years of pension from 0 to 100")
    checked("real_rate", real_rate, -0.05, 0.2, "give a rate a year from -0.05 to 0.2")
    # The force of interest, for payment evenly through the year. The library's own functions give the same last digit
    # on every machine.
    force = float(arithmetic.log1p(real_rate))

    def _rule(annual: Any, time: Any, member: Any, early: Any, accrual: Any, lump: Any) -> Any:
        discount = -arithmetic.expm1(np.maximum(early, 0) * (-force / 12))
        # Without discounting, the annuity is worth the years themselves.
        years = discount / force if force else np.maximum(early, 0) / 12
        pension = annual * time * (member / 12) * accrual
        return np.floor(pension * (years + lump * discount) + 0.5)

    return in_blocks(_rule, "int64", annual_pence, wte, membership_months, months_early, accrual_share, lump_multiple)


def top_up_pence(release: ArrayLike, redundancy: ArrayLike) -> Longs:
    """The employer's cost after the redundancy sum has been used towards the release, in pence, shape (n,)."""
    pence_column("release", release)
    pence_column("redundancy", redundancy)
    return in_blocks(lambda cost, given: np.maximum(cost - given, 0), "int64", release, redundancy)


def age_reached(age_years: ArrayLike, least_age: ArrayLike) -> Bools:
    """Whether each complete age is at or past `least_age`, shape (n,). Raises InputError for a negative age."""
    service_column("age_years", age_years)
    service_column("least_age", least_age)
    return in_blocks(np.greater_equal, "bool", age_years, least_age)


# Pension ages by section and day, and the employer's cost of releasing a pension early on redundancy.

_NONE = SECTIONS.index("none")
_OLD = SECTIONS.index("1995")


def sections(section: ArrayLike) -> AnyArray:
    """A column of pension sections as positions in `SECTIONS`. Raises InputError for an unknown section."""
    column = np.asarray(section)
    beyond = column.dtype.kind not in "iu"
    if not beyond and column.size:
        beyond = not (column.min() >= 0 and column.max() < len(SECTIONS))
    if beyond:
        raise InputError("section", "contains something other than sections", f"give indices of {SECTIONS}, from 0")
    return column.astype("intp", copy=False)


def starts_of(parameters: Parameters, on: ArrayLike) -> tuple[int, ...]:
    """The first epoch day of joining for each section after the first, in the law of the latest day."""
    entry = latest_entry(parameters.table("pension_sections"), on)
    # "none" is the last section, and nobody joins it by date.
    return tuple(round(entry.number(name)) for name in SECTIONS[1:_NONE])


def section_of(parameters: Parameters, joined: ArrayLike, on: ArrayLike) -> Bytes:
    """Section for people who joined the scheme on given days, as positions in `SECTIONS`, shape (n,).

    Args:
        parameters: the dated parameters.
        joined: (n,) epoch days of joining.
        on: epoch days; the law of the latest one applies.
    """
    firsts = starts_of(parameters, on)
    return np.searchsorted(firsts, days_column("joined", joined), side="right").astype("int8")


def long_protected(parameters: Parameters, section: ArrayLike, service_from: ArrayLike, on: ArrayLike) -> Bools:
    """Whether each person has the protected pension age, shape (n,).

    Members of the 1995 Section who were in service by the qualifying day have it.

    Args:
        parameters: the dated parameters.
        section: (n,) positions in `SECTIONS`.
        service_from: (n,) first days of service.
        on: epoch days whose law applies.
    """
    last = latest_entry(parameters.number("protection_cutoff"), on).value
    return np.asarray((sections(section) == _OLD) & (days_column("service_from", service_from) <= last))


def reached(
    parameters: Parameters, born: ArrayLike, section: ArrayLike, on: ArrayLike, protected: ArrayLike | None
) -> Bools:
    """Whether each person is a member at or past the minimum pension age `on` an epoch day, shape (n,).

    Args:
        parameters: the dated parameters.
        born: (n,) days of birth.
        section: (n,) positions in `SECTIONS`.
        on: epoch days on which the age is tested.
        protected: (n,) whether each person has the protected pension age; None for everyone in the 1995 Section.
    """
    places = sections(section)
    keeps = places == _OLD if protected is None else np.asarray(protected, "bool")
    # The age is in complete years, so it is reached on the birthday.
    age = months_until("born", born, on) // 12

    def _rule(entry: TableEntry, ages: Any, keeps_age: Any) -> Bools:
        least = np.where(keeps_age, entry.number("protected_1995"), entry.number("otherwise"))
        return age_reached(ages, least)

    member: Bools = np.asarray(places != _NONE)
    return np.asarray(by_regime(parameters.table("minimum_pension_age"), on, _rule, "bool", age, keeps) & member)


def release(
    parameters: Parameters,
    annual_pence: ArrayLike,
    wte: ArrayLike,
    born: ArrayLike,
    service_from: ArrayLike,
    leaving: ArrayLike,
    section: ArrayLike,
    real_rate: float | None = None,
) -> Longs:
    """Capital cost of an unreduced pension from `leaving`, in pence, shape (n,); zero below the minimum pension age.

    It is the cost by the formula above times the parameter `release_factor`. Membership is assumed to equal reckonable
    service. Accrual, ages and the qualifying two years are those of the latest day.

    Args:
        parameters: the dated parameters.
        annual_pence: (n,) whole-time pay per year.
        wte: (n,) share of whole time.
        born: (n,) days of birth.
        service_from: (n,) first days of reckonable service.
        leaving: (n,) last days of service.
        section: (n,) positions in `SECTIONS`.
        real_rate: real discount rate; None for the parameter.
    """
    places = sections(section)
    service = service_months(service_from, leaving)
    ages, accrual, lump = _section_rows(parameters, leaving)
    early = ages[places] - months_until("born", born, leaving)
    keeps = long_protected(parameters, places, service_from, leaving)
    # Only people past the minimum age and with the qualifying service have a pension to release.
    may = reached(parameters, born, places, leaving, keeps)
    may = may & (service >= latest_entry(parameters.number("release_qualifying_months"), leaving).value)
    rate = latest_entry(parameters.number("release_real_rate"), leaving).value if real_rate is None else real_rate
    # Zero months early cost nothing, so nobody else has a cost.
    cost = release_pence(
        annual_pence, wte, service, np.where(may, early, 0), accrual[places], lump[places], real_rate=rate
    )
    factor = latest_entry(parameters.number("release_factor"), leaving).value
    return np.asarray(np.floor(cost * factor + 0.5), "int64")


def _section_rows(parameters: Parameters, leaving: ArrayLike) -> tuple[AnyArray, AnyArray, AnyArray]:
    """By section: normal pension age in months, share of pay earned per year of membership, lump sum in yearly
    pensions.
    """
    ages = latest_entry(parameters.table("normal_pension_age"), leaving)
    earns = latest_entry(parameters.table("pension_accrual"), leaving)
    # Section "none" is the last row, with zeros, so that its people have no cost.
    names = SECTIONS[:_NONE]
    months = np.array([12 * ages.number(name) for name in names] + [0.0])
    shares = np.array([1 / earns.number(name) for name in names] + [0.0])
    lumps = np.array([earns.number(f"{name}_lump") for name in names] + [0.0])
    return months, shares, lumps


def strain(
    parameters: Parameters, cost: Longs, redundancy_pence: ArrayLike, leaving: ArrayLike, terms_on: ArrayLike
) -> Longs:
    """The employer's cost beyond the redundancy sum, in pence, shape (n,); zero if the cost is limited to that sum.

    The terms in force on `terms_on` decide who pays the cost. A cap on exit payments depends on the day of leaving.

    Args:
        parameters: the dated parameters.
        cost: (n,) capital cost of the release.
        redundancy_pence: (n,) redundancy sums.
        leaving: (n,) last days of service.
        terms_on: (n,) days whose terms apply.
    """

    # The parameter is 1 if the employer pays the cost beyond the redundancy sum, and 0 if the cost is limited to that
    # sum.
    def _rule(entry: Any, whole: Any, given: Any) -> Longs:
        return top_up_pence(whole, given) if entry.value else np.zeros(np.shape(whole), "int64")

    added = by_regime(parameters.number("release_top_up"), terms_on, _rule, "int64", cost, redundancy_pence)
    # The cap covers both payments, so the redundancy sum uses up its part first.
    room = np.maximum(exit_limit(parameters, leaving) - np.asarray(redundancy_pence, "int64"), 0)
    return np.asarray(np.minimum(added, room))
