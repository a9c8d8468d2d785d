"""Pension ages by section and day, and the employer's cost of releasing a pension early on redundancy."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from nhstransit.arrays import AnyArray, Bools, Longs
from nhstransit.entitlements.exits import exit_limit
from nhstransit.entitlements.service import by_regime, days_column, latest_entry, months_until, service_months
from nhstransit.errors import InputError
from nhstransit.kernels import pension
from nhstransit.parameters import Parameters, TableEntry
from nhstransit.workforce.codes import SECTIONS

_NONE = SECTIONS.index("none")
_OLD = SECTIONS.index("1995")


def sections(section: ArrayLike) -> AnyArray:
    """A column of pension sections as positions in `SECTIONS`. Raises InputError for one that is not."""
    column = np.asarray(section)
    if column.dtype.kind not in "iu" or (column.size and not (column.min() >= 0 and column.max() < len(SECTIONS))):
        raise InputError("section", "holds something else than sections", f"give positions in {SECTIONS}")
    return column.astype("intp", copy=False)


def long_protected(parameters: Parameters, section: ArrayLike, service_from: ArrayLike, on: ArrayLike) -> Bools:
    """Whether someone has the protected pension age: 1995 Section, in service by the day that counts, shape (n,)."""
    last = latest_entry(parameters.number("protection_cutoff"), on).value
    return np.asarray((sections(section) == _OLD) & (days_column("service_from", service_from) <= last))


def reached(
    parameters: Parameters, born: ArrayLike, section: ArrayLike, on: ArrayLike, protected: ArrayLike | None
) -> Bools:
    """Whether each is a member at or past the minimum pension age `on` an epoch day, shape (n,)."""
    places = sections(section)
    keeps = places == _OLD if protected is None else np.asarray(protected, "bool")
    age = months_until("born", born, on) // 12

    def rule(entry: TableEntry, ages: Any, kept: Any) -> Bools:
        least = np.where(kept, entry.number("protected_1995"), entry.number("otherwise"))
        return pension.age_reached(ages, least)

    member: Bools = np.asarray(places != _NONE)
    return np.asarray(by_regime(parameters.table("minimum_pension_age"), on, rule, "bool", age, keeps) & member)


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
    """Capital cost of paying unreduced from `leaving`, in pence, shape (n,); nought below the minimum pension age.

    Membership is taken to be reckonable service. Accrual, ages and the qualifying two years are those of the latest
    day.
    """
    places = sections(section)
    service = service_months(service_from, leaving)
    ages, accrual, lump = _section_rows(parameters, leaving)
    early = ages[places] - months_until("born", born, leaving)
    keeps = long_protected(parameters, places, service_from, leaving)
    may = reached(parameters, born, places, leaving, keeps)
    may = may & (service >= latest_entry(parameters.number("release_qualifying_months"), leaving).value)
    rate = latest_entry(parameters.number("release_real_rate"), leaving).value if real_rate is None else real_rate
    return pension.release_pence(
        annual_pence, wte, service, np.where(may, early, 0), accrual[places], lump[places], real_rate=rate
    )


def _section_rows(parameters: Parameters, leaving: ArrayLike) -> tuple[AnyArray, AnyArray, AnyArray]:
    """By section: normal pension age in months, share of pay a year of membership earns, lump sum in pensions."""
    ages = latest_entry(parameters.table("normal_pension_age"), leaving)
    earns = latest_entry(parameters.table("pension_accrual"), leaving)
    names = SECTIONS[:_NONE]
    months = np.array([12 * ages.number(name) for name in names] + [0.0])
    shares = np.array([1 / earns.number(name) for name in names] + [0.0])
    lumps = np.array([earns.number(f"{name}_lump") for name in names] + [0.0])
    return months, shares, lumps


def strain(
    parameters: Parameters, cost: Longs, redundancy_pence: ArrayLike, leaving: ArrayLike, terms_on: ArrayLike
) -> Longs:
    """What the employer adds to the redundancy sum given up first, in pence, shape (n,); zero where limited to it.

    Who bears the cost goes by the terms in force on `terms_on`; a cap on exits goes by the day of leaving.
    """

    def rule(entry: Any, whole: Any, given: Any) -> Longs:
        return pension.top_up_pence(whole, given) if entry.value else np.zeros(np.shape(whole), "int64")

    added = by_regime(parameters.number("release_top_up"), terms_on, rule, "int64", cost, redundancy_pence)
    room = np.maximum(exit_limit(parameters, leaving) - np.asarray(redundancy_pence, "int64"), 0)
    return np.asarray(np.minimum(added, room))
