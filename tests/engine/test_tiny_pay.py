"""Pay in tiny scenarios: supplements in high-cost areas, and individual pay that differs from the pay table."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest
from oracle import oracle
from oracle.words import first_difference

from nhstransit.engine.simulate import simulate
from nhstransit.errors import OrganisationError, ScenarioError
from nhstransit.grammar import Appoint, Retain
from nhstransit.law import Law
from nhstransit.log import Kind, Phase
from nhstransit.measures.flows import opening_tables
from nhstransit.organisations.bodies import Organisation
from nhstransit.policies import Hiring, Interims, Mars, Redundancy, Rets
from nhstransit.scenario.explain import explain
from nhstransit.toml import Named
from nhstransit.workforce.columns import BANDS
from tests.small import START, behaving, body, date, events_of, once, person, played, row, rows, small_world

DAWN = Phase.OPENINGS
NIGHT = Phase.CLOSURES
LAW = Law.bundled()


def area(name: str, zone: str, kind: str = "pct", *posts: Any, **dates: str) -> Organisation:
    return attrs.evolve(body(name, kind, *posts, **dates), high_cost_area=zone)


def paid(run: Any, kind: Kind) -> list[int]:
    return run.log.of(kind).pence.tolist()


@pytest.mark.parametrize(
    ("zone", "band", "pounds"),
    [
        ("inner", "2", 13_653 + 4_036),  # a fifth is less than the minimum
        ("inner", "5", 21_176 + 4_235.20),
        ("inner", "9", 77_079 + 6_217),  # a fifth is more than the maximum
        ("outer", "5", 21_176 + 3_414),
        ("fringe", "5", 21_176 + 1_058.80),
        ("", "5", 21_176),
        ("inner", "VSM", 73_923),  # not on Agenda for Change
    ],
)
def test_a_supplement_is_a_share_of_basic_pay_between_limits(zone: str, band: str, pounds: float) -> None:
    """Pay includes the supplement of the employer's area, and so do the pay bill and its cost."""
    bodies = [area("Old", zone)]
    run = played(person(1, band=band, pay=0), bodies=bodies)
    assert run.opening_pay.tolist() == [round(100 * pounds)]
    table = opening_tables(run.people, bodies, run.scenario.calendar.origin).by_kind.iloc[-1]
    assert table["pay_million"] == pytest.approx(pounds / 1e6)
    assert table["cost_million"] == pytest.approx(float(LAW.employer_cost(round(100 * pounds), 1.0, 14_700)) / 1e8)


def test_a_supplement_rises_in_april_with_pay_and_with_its_limits() -> None:
    """Band 9 in Inner London rises one point a year, and the maximum supplement rises by 1% in 2013."""
    events = events_of(person(1, band="9", pay=0), bodies=[area("Old", "inner")], end=date("2013-04-30"))
    assert events == [
        row("2011-04-01", DAWN, Kind.PAY, "pay", 1, 0, 1, 8_081_000 + 621_700),
        row("2012-04-01", DAWN, Kind.PAY, "pay", 1, 1, 2, 8_468_800 + 621_700),
        row("2013-04-01", DAWN, Kind.PAY, "pay", 1, 2, 3, 8_964_100 + 627_900),
    ]


def test_redundancy_pay_includes_the_supplement_and_mars_pay_does_not() -> None:
    """Ten months of £30,000 under section 16; five months of £25,000 basic pay under MARS."""
    employee = person(5, pay=25_000)
    bodies = [area("Old", "inner", closes="2010-09-30")]
    redundancy = Redundancy(announced=START, letters=date("2010-05-01"), consults=date("2010-05-10"))
    run = played(employee, bodies=bodies, policies={"redundancy": redundancy})
    assert paid(run, Kind.SEVERANCE) == [round(3_000_000 * 10 * 4.35 * 7 / 365)]
    days = {"announced": START, "opens": START, "closes": date("2010-04-20"), "leaves": date("2010-05-20")}
    run = played(employee, bodies=bodies, policies={"mars": Mars(**days, quota=1.0)})
    assert paid(run, Kind.SEVERANCE) == [2_500_000 * 5 // 12 + 1]


def test_a_retention_premium_is_a_share_of_basic_pay() -> None:
    """10% of £36,525 is £10 a day, in Inner London and elsewhere."""
    retain = Retain(rows=rows(0), until=60, premium=0.1)
    for zone in ("", "inner"):
        run = played(person(1, pay=36_525), bodies=[area("Old", zone)], policies={"own": once("2010-04-01", retain)})
        assert paid(run, Kind.PREMIUM) == [30_000, 31_000]


def test_a_removed_post_saves_the_supplement_too() -> None:
    """The yearly saving is the cost of pay with the supplement."""
    days = {"announced": START, "opens": START, "closes": date("2010-04-20"), "leaves": date("2010-05-20")}
    run = played(
        person(5, pay=25_000), bodies=[area("Old", "inner")], policies={"mars": Mars(**days, quota=1.0, removed=1.0)}
    )
    assert paid(run, Kind.REMOVED) == [int(LAW.employer_cost(3_000_000, 1.0, 14_700))]


@pytest.mark.parametrize(("old", "new", "pence"), [("inner", "", 2_500_000), ("", "fringe", 2_625_000)])
def test_a_person_who_moves_gets_the_supplement_of_the_new_employer(old: str, new: str, pence: int) -> None:
    """The log has new pay on the day of the move, at the same point, but not for a move within one area."""
    bodies = [area("Old", old), area("New", new, "ccg", ("finance", "6", 1))]
    move = once("2010-05-03", Appoint(rows=rows(0), posts=rows(1), start=40))
    events = events_of(person(1, pay=25_000), bodies=bodies, policies={"own": move})
    assert row("2010-05-11", NIGHT, Kind.PAY, "own", 1, 0, 0, pence) in events
    same = [area("Old", old), area("New", old, "ccg", ("finance", "6", 1))]
    assert not [
        event for event in events_of(person(1, pay=25_000), bodies=same, policies={"own": move}) if event[2] == Kind.PAY
    ]


def test_newcomers_and_interims_cost_what_the_area_costs() -> None:
    """An interim and a newcomer in Outer London are paid with its supplement."""
    bodies = [area("Old", "outer", "pct", ("finance", "6", 2))]
    cover = Interims(announced=START, kinds=("pct",), covered=1.0, months=12, dearer=1.0, until=date("2010-12-31"))
    run = played(person(1, pay=0), bodies=bodies, policies={"interims": cover})
    yearly = int(LAW.employer_cost(3_418_900 + 435_100, 1.0, 14_700))
    assert paid(run, Kind.INTERIM)[0] == round(yearly / 365.25)
    hire = Hiring(announced=START, until=date("2010-12-31"), kinds=("pct",), refill=1.0, keeps_point=0.0)
    run = played(person(1, pay=0), bodies=bodies, policies={"hiring": hire})
    assert run.opening_pay.tolist()[1:] == [round(2_547_200 * 1.15)]


def test_an_unknown_area_is_refused_with_the_nearest_name() -> None:
    """An area is inner, outer or fringe."""
    with pytest.raises((OrganisationError, ScenarioError), match="inner"):
        Organisation(name="x", kind="pct", region="Vale", high_cost_area="iner")


# Individual pay


def test_pay_below_the_table_rises_in_proportion() -> None:
    """Pay at 90% of a point is 90% of the next point in April. Pay above the table does not rise.

    Band 6: £25,472 in 2010, £26,556 at the second point in 2011.
    """
    below = person(1, pay=22_924.80)
    above = person(2, pay=40_000)
    assert events_of(below, above, end=date("2011-04-30")) == [
        row("2011-04-01", DAWN, Kind.PAY, "pay", 1, 0, 1, round(2_655_600 * 0.9)),
        row("2011-04-01", DAWN, Kind.PAY, "pay", 2, 0, 1, 4_000_000),
    ]


def test_the_explanation_counts_people_paid_below_the_table() -> None:
    """The explanation of the scenario states how many people are paid less than their point."""
    text = str(explain(small_world(person(1, pay=22_924.80), person(2, pay=0))))
    assert "1 person is paid less than the pay table has for their point" in " ".join(text.split())


LATER = {"start": date("2025-04-01"), "end": date("2027-03-31")}


def test_senior_managers_with_individual_pay_need_no_pay_table() -> None:
    """Their pay rises by the assumed award of 2026."""
    senior = person(1, band="VSM", pay=140_000)
    run = played(senior, **LATER)
    assert run.opening_pay.tolist() == [14_000_000] and paid(run, Kind.PAY) == [14_350_000]


def test_individual_pay_rises_by_the_award_for_individual_pay() -> None:
    """Pay above the table, or without a table, rises by that award. Pay below the table rises in proportion to the table.

    Pay on the table rises by points alone.
    """
    people = [
        person(1, band="VSM", pay=100_000),
        person(2, band="6", pay=50_000),
        person(3, band="6", pay=20_000),
        person(4, band="6", pay=0),
    ]
    world = small_world(*people, end=date("2012-04-30")).having("law.own_pay_award", 0.02)
    run = simulate(world, seed=1)
    by_person = {staff: [] for staff in (1, 2, 3, 4)}
    for staff, pence in zip(run.log.of(Kind.PAY).staff.tolist(), paid(run, Kind.PAY), strict=True):
        by_person[staff].append(pence)
    assert by_person[1] == [10_200_000, 10_404_000] and by_person[2] == [5_100_000, 5_202_000]
    table = [LAW.annual_pay([BANDS.index("6")] * 3, [0, 1, 2], world.calendar.origin + day) for day in (0, 365, 731)]
    assert by_person[4] == [table[1][1], table[2][2]]
    assert by_person[3] == [round(table[step][step] * 2_000_000 / table[0][0]) for step in (1, 2)]
    assert not first_difference(run.log, oracle(world, 1), world)


def test_after_the_last_table_pay_rises_by_an_assumed_award() -> None:
    """The last table rises on each later 1 April by the award in the parameters, which a scenario can change."""
    band_5 = [BANDS.index("5")]
    days = [
        date(text).toordinal() - dt.date(1970, 1, 1).toordinal() for text in ("2027-03-31", "2027-04-01", "2028-03-31")
    ]
    assert [int(LAW.annual_pay(band_5, [0], day)[0]) for day in days] == [3_207_400, 3_287_600, 3_287_600]
    other = Law.of({"later_award": 0.1})
    assert int(other.annual_pay(band_5, [0], days[2])[0]) == 100 * round(32_074 * 1.1)
    assert LAW.later_awards(days[0], days[2]) == ((days[1], 0.025),)
    assert Law.of({"later_award": 0.0}).annual_pay(band_5, [0], days[2])[0] == 3_207_400
    later = {"start": date("2026-04-01"), "end": date("2028-03-31")}
    world = small_world(person(1, band="5", pay=0, point=1), **later).having("law.later_award", 0.03)
    run = simulate(world, seed=1)
    assert paid(run, Kind.PAY) == [round(100 * round(32_074 * 1.03))]
    assert not first_difference(run.log, oracle(world, 1), world)
    assert "3% each 1 April" in " ".join(str(explain(world)).split())


def test_senior_managers_can_be_made_redundant_hired_and_covered() -> None:
    """Severance depends on individual pay, and the cost of an interim on a rate of the table."""
    seniors = [person(staff, band="VSM", pay=100_000 + 10_000 * staff) for staff in (1, 2, 3)]
    bodies = [body("Old", "icb", ("finance", "VSM", 4), closes="2026-09-30")]
    redundancy = Redundancy(
        announced=date("2025-05-01"), letters=date("2025-06-01"), consults=date("2026-03-01"), kinds=("icb",)
    )
    policies = {
        "redundancy": redundancy,
        "interims": Interims(
            announced=date("2025-04-01"), kinds=("icb",), covered=1.0, months=3, dearer=1.0, until=date("2026-09-30")
        ),
        "hiring": Hiring(announced=date("2025-04-01"), until=date("2026-06-30"), kinds=("icb",), refill=1.0),
    }
    world = small_world(*seniors, bodies=bodies, policies=policies, **LATER)
    run = simulate(world, seed=1)
    senior = BANDS.index("VSM")
    rates = LAW.annual_pay([senior] * 40, list(range(40)), world.calendar.origin)
    daily = {round(int(LAW.employer_cost(int(rate), 1.0, world.calendar.origin)) / 365.25) for rate in rates}
    assert set(paid(run, Kind.INTERIM)) <= daily
    assert max(paid(run, Kind.SEVERANCE)) == round(13_000_000 * 24 * 4.35 * 7 / 365)  # 26 years count as 24
    assert not first_difference(run.log, oracle(world, 1), world)


def test_the_terms_of_section_16_depend_on_the_day_of_consultation() -> None:
    """A reform on 1 July 2010 applies to people consulted from that day, but not to people consulted before it."""
    late = attrs.evolve(
        LAW.parameters.table("section16").entries[0], since=dt.date(2010, 7, 1), until=dt.date(2015, 3, 31)
    )
    halved = attrs.evolve(late, value=Named({**late.value, "months_a_year": 0.5}))
    series = LAW.parameters.table("section16")
    series = attrs.evolve(
        series, entries=(attrs.evolve(series.entries[0], until=dt.date(2010, 6, 30)), halved, *series.entries[1:])
    )
    law = Law(attrs.evolve(LAW.parameters, tables=Named({**LAW.parameters.tables, "section16": series})))
    sums = []
    for consults in ("2010-06-10", "2010-07-10"):
        redundancy = Redundancy(announced=START, letters=date("2010-05-01"), consults=date(consults))
        world = small_world(person(5), bodies=[body("Old", closes="2010-09-30")], policies={"redundancy": redundancy})
        sums += simulate(world, seed=1, law=law).log.of(Kind.SEVERANCE).pence.tolist()
    assert sums == [2_002_192, 1_001_096]


def test_the_oracle_agrees_on_supplements_and_premiums() -> None:
    """It pays the same sums on the same days."""
    rets = Rets(announced=START, offered=date("2010-05-01"), guaranteed=date("2010-08-31"), cap=1.0, premium=0.1)
    bodies = [area("Old", "inner", closes="2010-12-31"), area("New", "fringe", "ccg", ("finance", "6", 1))]
    world = small_world(
        person(1, pay=25_000),
        person(2, pay=0),
        bodies=bodies,
        policies={"rets": rets},
        behaviour=behaving(),
        end=date("2011-06-30"),
    )
    assert not first_difference(simulate(world, seed=1).log, oracle(world, 1), world)
