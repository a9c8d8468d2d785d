"""A MARS round on redundancy terms in tiny scenarios, event by event."""

from __future__ import annotations

from typing import Any

import attrs
import pytest

from nhstransit.engine.simulate import simulate
from nhstransit.errors import NhstransitError
from nhstransit.log import Kind, Phase
from nhstransit.organisations.funds import Fund
from nhstransit.policies import Mars
from nhstransit.toml import Named
from tests.small import body, date, events_of, person, row, small_world

DESK = Phase.WINDOWS
OUT = Phase.DEPARTURES


def voluntary(**fields: Any) -> Mars:
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    return Mars(**{name: date(day) for name, day in days.items()}, terms="section16", quota=1.0, removed=0.0, **fields)


def test_ten_years_pay_ten_months() -> None:
    """Ten complete years at £24,000 a year pay £20,000, twice as much as MARS terms."""
    events = events_of(person(1), policies={"mars": voluntary()})
    assert row("2010-06-30", DESK, Kind.APPLIED, "mars", 1, 0, -1, 2_002_192) in events
    assert row("2010-09-30", OUT, Kind.SEVERANCE, "mars", 1, 0, -1, 2_002_192) in events
    assert Kind.PENSION not in [event[2] for event in events]


def test_a_person_who_is_old_enough_gets_an_early_pension() -> None:
    """At 51 with ten years' service, the employer pays capital to the pension scheme. On MARS terms it pays none."""
    elder = person(1, born="1959-01-01", since="2000-04-01")
    with_pension = events_of(elder, policies={"mars": voluntary(payback_months=1200.0)})
    assert sum(event[2] == Kind.PENSION for event in with_pension) == 1
    days = {"announced": "2010-05-01", "opens": "2010-05-10", "closes": "2010-06-30", "leaves": "2010-09-30"}
    plain = Mars(**{name: date(day) for name, day in days.items()}, quota=1.0)
    assert Kind.PENSION not in [event[2] for event in events_of(elder, policies={"mars": plain})]


def test_unknown_terms_are_refused() -> None:
    with pytest.raises(NhstransitError, match="terms"):
        Mars(**{name: date("2010-05-01") for name in ("announced", "opens", "closes", "leaves")}, terms="section17")


ELDER = person(1, born="1958-01-01", since="1978-04-01", pay=60_000, band="8c")  # 52, with 32 years' service
SUM = 12_013_151
CAPITAL = 5_482_293


def refused(**fields: Any) -> bool:
    kinds = [event[2] for event in events_of(ELDER, policies={"mars": voluntary(**fields)})]
    return Kind.REFUSED in kinds


def test_the_budget_must_cover_the_pension_too() -> None:
    """A case is refused if the budget is a penny less than severance and pension capital together."""
    wide: dict[str, Any] = {"payback_months": 1200.0}
    events = events_of(ELDER, policies={"mars": voluntary(**wide)})
    assert [event[7] for event in events if event[2] in (Kind.SEVERANCE, Kind.PENSION)] == [SUM, CAPITAL]
    assert refused(budget_pounds=(SUM + CAPITAL - 1) / 100, **wide)
    assert not refused(budget_pounds=(SUM + CAPITAL) / 100, **wide)


def test_the_payback_period_includes_the_pension() -> None:
    """At £74,054 a year, severance alone pays back in 20 months, and with the capital in 28.4 months."""
    assert [refused(payback_months=float(months)) for months in (20, 28, 29)] == [True, True, False]


def test_the_order_of_approval_includes_the_pension() -> None:
    """Of two people with the same pay and service, the one too young for a pension is approved, whatever the tie-break."""
    young = {**ELDER, "born": "1962-01-01", "staff": 2}
    for order in ("net-saving", "payback"):
        for first, second in ((ELDER, young), ({**young, "staff": 1}, {**ELDER, "staff": 2})):
            policy = attrs.evolve(voluntary(payback_months=1200.0, order=order), quota=0.5)
            events = events_of(first, second, policies={"mars": policy})
            refused_staff = [event[4] for event in events if event[2] == Kind.REFUSED]
            assert refused_staff == [one["staff"] for one in (first, second) if one["born"] == ELDER["born"]]


def test_the_fund_must_cover_the_pension_too() -> None:
    """The sum drawn is the sum paid. A fund with only enough for severance pays for nobody."""
    policies = Named({"mars": voluntary(payback_months=1200.0, fund="pot")})
    bodies = [attrs.evolve(body("Old"), population=100_000)]
    for pounds, drawn in ((2.0, [SUM + CAPITAL]), (1.21, [])):
        funds = Named({"pot": Fund(pounds_a_head=pounds)})
        log = simulate(attrs.evolve(small_world(ELDER, bodies=bodies), funds=funds, policies=policies), seed=1).log
        assert [event[7] for event in log.of(Kind.DRAWN).tuples()] == drawn
