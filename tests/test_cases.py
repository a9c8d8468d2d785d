"""Worked examples of the law in tests/cases/*.toml. A new example needs no Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import attrs
import numpy as np
import pytest

from nhstransit import toml
from nhstransit.dates import add_months, epoch_day
from nhstransit.law import NO_NEXT_POST, ZONES, Law, severance
from nhstransit.law.oncosts import employer_ni_pence
from nhstransit.workforce.columns import BANDS, SECTIONS

FOLDER = Path(__file__).parent / "cases"
LAW = Law.bundled()


@attrs.frozen(kw_only=True)
class Case:
    """One worked example: the question, the person, the expected answer and its source. Money is in pounds.

    Service is given by `service_from`, or by complete `service_years` and `service_months` on the last day. Birth is given
    by `born` or `age_years`. `tolerance_pence` is in pence for money, otherwise in hundredths of the unit.
    """

    name: str
    question: str
    provenance: str
    source: str
    url: str = ""
    note: str = ""
    expected: float
    tolerance_pence: float = 0.0
    annual: float = 30_000.0
    wte: float = 1.0
    leaving: dt.date = dt.date(2010, 11, 30)
    service_from: dt.date | None = None
    service_years: int = 0
    service_months: int = 0
    born: dt.date | None = None
    age_years: int = 40
    band: str = "7"
    point: int = 0
    zone: str = "none"
    section: str = "1995"
    terms: str = "mars_2010"
    view: str = "employer"
    on: dt.date = dt.date(2010, 11, 30)
    back: dt.date | None = None
    refused: bool = False
    people: int = 0
    weeks: int = 0
    week_cap: float | None = None
    week_pay: float | None = None
    paid_months: float = 0.0
    net: float = 0.0
    redundancy: float = 0.0
    tax_rate: float = 0.0

    @property
    def last_day(self) -> int:
        return epoch_day(self.leaving)

    @property
    def started(self) -> int:
        if self.service_from is not None:
            return epoch_day(self.service_from)
        return int(add_months(self.last_day + 1, -12 * self.service_years - self.service_months))

    @property
    def birth(self) -> int:
        return epoch_day(self.born) if self.born else int(add_months(self.last_day + 1, -12 * self.age_years))

    @property
    def annual_pence(self) -> int:
        pounds = self.annual if self.week_pay is None else self.week_pay * 365 / 7
        return round(100 * pounds)

    @property
    def who(self) -> tuple[int, float, int, int, int]:
        return self.annual_pence, self.wte, self.birth, self.started, self.last_day


def _statutory(case: Case) -> float:
    """Statutory redundancy pay in pounds. A case can set a weekly limit for years without a dated one."""
    if case.week_cap is None:
        return int(LAW.statutory_redundancy(*case.who)) / 100
    halves = severance.statutory_half_weeks(
        case.age_years, case.service_years, half_weeks=(1, 2, 3), ages=(22, 41), most_years=20, qualifying_years=2
    )
    cap = round(100 * case.week_cap)
    return int(severance.statutory_pence(case.annual_pence, case.wte, halves, week_cap_pence=cap)) / 100


def _statutory_weeks(case: Case) -> float:
    halves = severance.statutory_half_weeks(
        case.age_years, case.service_years, half_weeks=(1, 2, 3), ages=(22, 41), most_years=20, qualifying_years=2
    )
    return int(halves) / 2


def _redundancy(case: Case) -> float:
    band = None if case.band == "7" else BANDS.index(case.band)
    return int(LAW.redundancy(*case.who, band)) / 100


def _due(case: Case) -> float:
    next_day = NO_NEXT_POST if case.back is None else epoch_day(case.back)
    return int(LAW.redundancy_due(round(100 * case.redundancy), case.last_day, next_day, case.refused)) / 100


def _mars(case: Case) -> float:
    return int(LAW.mars(case.annual_pence, case.wte, case.started, case.last_day, terms=case.terms)) / 100


def _strain(case: Case) -> float:
    section = SECTIONS.index(case.section)
    sums = round(100 * case.redundancy)
    return int(LAW.pension_strain(*case.who, section, redundancy_pence=sums)) / 100


def _clawback(case: Case) -> float:
    assert case.back is not None
    vsm = case.band == "VSM"
    days = case.last_day, epoch_day(case.back)
    return int(LAW.clawback(round(100 * case.net), case.paid_months, *days, terms=case.terms, vsm=vsm)) / 100


def _ni(case: Case) -> float:
    entry = LAW.parameters.table("employer_ni").on(case.on)
    return (
        int(
            employer_ni_pence(
                case.annual_pence,
                rate=entry.number("rate"),
                threshold_pence=round(100 * entry.number("threshold")),
                rebate=entry.number("rebate"),
                lower_pence=round(100 * entry.number("lower_limit")),
                upper_pence=round(100 * entry.number("upper_accrual")),
            )
        )
        / 100
    )


QUESTIONS: dict[str, Callable[[Case], float]] = {
    "mars": _mars,
    "mars_months": lambda c: float(LAW.mars_months(c.started, c.last_day, terms=c.terms)),
    "redundancy": _redundancy,
    "redundancy_months": lambda c: float(LAW.redundancy_months(c.started, c.last_day)),
    "redundancy_due": _due,
    "statutory": _statutory,
    "statutory_weeks": _statutory_weeks,
    "notice_weeks": lambda c: float(LAW.notice_weeks(BANDS.index(c.band), c.started, c.last_day + 1)),
    "lieu": lambda c: int(LAW.lieu(c.annual_pence, c.wte, c.weeks)) / 100,
    "consultation_days": lambda c: float(LAW.consultation_days(c.people, epoch_day(c.on))),
    "annual_pay": lambda c: int(LAW.annual_pay(BANDS.index(c.band), c.point, epoch_day(c.on))) / 100,
    "high_cost": lambda c: int(LAW.high_cost_supplement(c.annual_pence, ZONES.index(c.zone), epoch_day(c.on))) / 100,
    "employer_cost": lambda c: int(LAW.employer_cost(c.annual_pence, c.wte, epoch_day(c.on), view=c.view)) / 100,
    "employer_ni": _ni,
    "pension_reached": lambda c: float(LAW.pension_reached(c.birth, SECTIONS.index(c.section), epoch_day(c.on))),
    "pension_strain": _strain,
    "clawback": _clawback,
    "net_of_tax": lambda c: int(LAW.net_of_tax(c.annual_pence, epoch_day(c.on), tax_rate=c.tax_rate)) / 100,
}


@attrs.frozen(kw_only=True)
class _File:
    about: str
    case: tuple[Case, ...]


def _cases() -> list[Case]:
    return [case for path in sorted(FOLDER.glob("*.toml")) for case in toml.structure(toml.read(path), _File).case]


CASES = _cases()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_worked_example(case: Case) -> None:
    """The law's answer is the expected one, within the tolerance."""
    found = QUESTIONS[case.question](case)
    assert abs(found - case.expected) * 100 <= case.tolerance_pence + 1e-9, f"{found} is not {case.expected}"


def test_every_case_has_a_source_and_a_unique_name() -> None:
    """A case is from outside, with an address, or derived."""
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)
    for case in CASES:
        assert case.provenance in ("outside", "derived") and case.source, case.name
        assert case.url.startswith("http") or case.provenance == "derived", case.name


def test_at_least_twenty_answers_are_from_outside() -> None:
    """Twenty or more expected answers were calculated and published by others."""
    assert sum(case.provenance == "outside" for case in CASES) >= 20


def test_every_threshold_of_service_has_cases() -> None:
    """Each tariff has cases at, and one month below, the years of service at which it changes."""
    assert np.all([any(case.question == name for case in CASES) for name in QUESTIONS])
    edges = {(c.question, 12 * c.service_years + c.service_months) for c in CASES if c.service_from is None}
    for question in ("mars_months", "redundancy_months"):
        for years in (1, 2, 3, 6, 24, 25):
            assert (question, 12 * years) in edges and (question, 12 * years - 1) in edges, (question, years)
