"""Net present value, QIPP and start-up money, compared with plain sums and with examples by hand."""

from __future__ import annotations

import datetime as dt
from collections import Counter

import attrs
import numpy as np
import pytest
from hypothesis import given
from made_logs import Steps, all_leave_at_once, blank, finished, made_runs
from plain_money import days_of, removed_posts, year_of
from scipy.integrate import quad

from nhstransit.errors import InputError, ParameterError
from nhstransit.law import Law
from nhstransit.law.parameters import bundled
from nhstransit.log import Kind, Phase
from nhstransit.measures import Appraisal, StartUp, entered, present_values, qipp, savings_by_year, start_up
from nhstransit.measures.removals import pay_before, removals, yearly_costs
from nhstransit.scenario import Entered
from nhstransit.toml import Named
from tests.examples import examples
from tests.shared import hamlet_run

TERMS = Appraisal(years=2, severance_tax=0.3, pay_tax=0.25, search_months=4.0)
DEFLATORS = bundled().table("gdp_deflator_2009_15").entries[0]


def worth(pence, year, first=2010, base=2010):
    """The pence of a year as pounds in prices of the base year, discounted at 3.5%."""
    real = pence * DEFLATORS.number(str(base)) / DEFLATORS.number(str(year))
    return real / 100.0 / 1.035 ** (year - first)


def plain_values(run):
    """The Exchequer's and society's total, summed over events and days."""
    views = Counter()
    events = run.log.tuples()
    start = run.scenario.calendar.origin
    for day, _, kind, _, _, _, _, pence in events:
        value = worth(pence, year_of(run, day)) if pence else 0.0
        if kind in (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION, Kind.PREMIUM):
            views["exchequer"] -= value
        if kind in (Kind.TRAINING, Kind.AGENCY):
            views.subtract({"exchequer": value, "social": value})
        if kind is Kind.CLAWBACK:
            views["exchequer"] += value
        if kind is Kind.SEVERANCE and pence > 3_000_000:
            views["exchequer"] += worth(0.3 * (pence - 3_000_000), year_of(run, day))
    law = Law.bundled()
    for one in removed_posts(run):
        low = 0
        high = 10**8
        while high - low > 1:  # find the pay at this cost
            middle = (low + high) // 2
            cost = int(law.employer_cost(np.array([middle]), 1.0, start + one.day)[0])
            low, high = (middle, high) if cost <= one.pence else (low, middle)
        lines = law.cost_lines(np.array([low]), 1.0, start + one.day)
        receipts = int(lines.national_insurance[0]) + 0.25 * low
        for day in range(one.day + 1, run.scenario.calendar.days):
            if one.until is None or day < one.until:
                year = year_of(run, day)
                cohort = year_of(run, one.day)
                share = (
                    DEFLATORS.number("2010") / DEFLATORS.number(str(cohort)) / days_of(year) / 1.035 ** (year - 2010)
                )
                views["exchequer"] += (one.pence - receipts) / 100.0 * share
                views["social"] += one.pence / 100.0 * share
    for loss, day in plain_searching(run):
        views["social"] -= worth(loss, year_of(run, day))
    return views


def plain_searching(run):
    """Pence of output lost while searching, by each paid leaver on each day."""
    events = run.log.tuples()
    law = Law.bundled()
    start = run.scenario.calendar.origin
    last = run.scenario.calendar.days
    for staff, left in sorted({(e[4], e[0]) for e in events if e[2] in (Kind.SEVERANCE, Kind.IN_LIEU)}):
        row = run.people.staff.tolist().index(staff)
        pays = [e[7] for e in events if e[2] is Kind.PAY and e[4] == staff and e[0] <= left]
        pay = pays[-1] if pays else int(run.opening_pay[row])
        back = [e[0] for e in events if e[4] == staff and e[2] in (Kind.ARRIVED, Kind.BACK) and e[0] > left]
        cost = int(law.employer_cost(np.array([pay]), run.people.wte[row : row + 1], start + left)[0])
        end = min([left + 1 + 122, last, *back])  # four months of 365.25 days a year
        for day in range(left + 1, end):
            yield cost / days_of(year_of(run, day)), day


@examples(6, 125)
@given(made_runs())
def test_net_present_values_equal_plain_sums(run):
    """The totals for the Exchequer and for society are equal within ten pounds."""
    table = present_values(run, TERMS).loc["total simulated"]
    plain = plain_values(run)
    assert table["exchequer"] == pytest.approx(plain["exchequer"], abs=10)
    assert table["social"] == pytest.approx(plain["social"], abs=10)


def test_severance_is_not_part_of_the_social_value():
    """By hand: five posts at £1,000 a year save for 364 of 365 days in year 0 and for the whole of year 1."""
    table = present_values(all_leave_at_once(), attrs.evolve(TERMS, search_months=0.0, pay_tax=0.0))
    saved = 5_000 * 364 / 365 + 5_000 / 1.035
    assert table.loc["pay and on-costs of removed posts", "social"] == pytest.approx(saved, abs=0.05)
    assert table.loc["total simulated", "social"] == pytest.approx(saved, abs=0.05)
    receipts = table.loc["National Insurance no longer received", "exchequer"]
    assert receipts >= 0  # below the threshold the rebate was a credit, which the Exchequer saves
    assert table.loc["total simulated", "exchequer"] == pytest.approx(saved - 500 + receipts, abs=0.05)


def test_entered_money_is_not_part_of_the_simulated_total():
    """It has its own total, in which costs are negative and in prices of the base year."""
    plain = blank()
    lines = Named({"desks": Entered(what="Desks", pounds=Named({"2011-12": 95_000.0}), source="an invoice")})
    run = attrs.evolve(plain, scenario=attrs.evolve(plain.scenario, entered=lines))
    table = present_values(run, TERMS)
    without = present_values(plain, TERMS)
    assert "total entered" not in without.index
    assert (table.loc["total simulated", ["exchequer", "social"]] == 0).all()
    assert table.loc["total entered", "exchequer"] == pytest.approx(-93_600 / 1.035)
    assert table.loc["desks", "origin"] == "entered"
    assert entered(run)["pounds"].tolist() == [95_000.0] and not len(entered(plain))
    late_line = attrs.evolve(run.scenario.entered["desks"], pounds=Named({"2030-31": 1.0}))
    late = attrs.evolve(run, scenario=attrs.evolve(run.scenario, entered=Named({"desks": late_line})))
    with pytest.raises(InputError, match="2030"):
        present_values(late, TERMS)


def test_optimism_reduces_savings_only():
    """With an optimism of 10%, savings are 10% lower and severance is unchanged."""
    both = [present_values(all_leave_at_once(), attrs.evolve(TERMS, optimism=share)) for share in (0.0, 0.1)]
    saved = [table.loc["pay and on-costs of removed posts", "social"] for table in both]
    assert saved[1] == pytest.approx(0.9 * saved[0], abs=0.1)
    assert both[0].loc["severance"].equals(both[1].loc["severance"])


def test_too_short_an_appraisal_and_an_unknown_schedule_are_refused():
    with pytest.raises(InputError, match="give 2 or more"):
        present_values(blank(), Appraisal(years=1))
    with pytest.raises(ParameterError, match="green_book_2003"):
        present_values(blank(), Appraisal(schedule="green_book"))


def test_cost_lines_of_a_removed_post_add_up_to_the_logged_saving():
    """Pay, National Insurance, pension and levy add up to within a penny."""
    run = hamlet_run()
    found = removals(run)
    costs = yearly_costs(run, Law.bundled(), found.pence, found.day)
    assert len(found) > 3
    assert np.abs(costs.employer - found.pence).max() <= 1
    with_holder = np.flatnonzero(found.row >= 0)
    rows = found.row[with_holder]
    basic = pay_before(run, rows, found.day[with_holder]) * run.people.wte[rows]
    assert np.abs(costs.pay[with_holder] - basic).max() <= 2


def test_pay_before_a_day_includes_changes_of_that_day():
    """Before the first change, and for people without a change, it is the pay on entering the run."""
    made = Steps()
    for day, pence in ((10, 3_000_000), (20, 3_500_000)):
        made.day = day
        made.log.add(day, Phase.DEPARTURES, Kind.PAY, 6, 4, first=1, second=2, pence=pence)
    run = finished(blank(), made)
    days = np.array([9, 10, 19, 20, 300])
    found = pay_before(run, np.full(5, 2), days)
    assert found.tolist() == [2_400_000, 3_000_000, 3_000_000, 3_500_000, 3_500_000]
    assert pay_before(run, np.array([1, 3]), np.array([300, 300])).tolist() == [2_400_000, 2_400_000]


def test_a_return_on_the_day_of_a_paid_departure_came_before_it():
    """All the output of the months of search is lost."""
    run = blank()
    lost = []
    for back_first in (False, True):
        made = Steps()
        if back_first:
            made.write(Kind.DEPARTED, "resignation", 1, come=0)
            made.write(Kind.ARRIVED, "returns", 1, go=0)
        made.post[1] = -1
        made.write(Kind.DEPARTED, "mars", 1, come=0)
        made.write(Kind.SEVERANCE, "mars", 1, come=0, pence=100)
        lost.append(present_values(finished(run, made), TERMS).loc["output lost while searching", "social"])
    assert lost[0] == lost[1] < -8_000  # four months of £24,000 a year with on-costs


def test_projected_savings_follow_the_curve_of_returns():
    """After the end of the scenario, a year's saving is weighted by the chance of not having returned, by quadrature."""
    made = Steps()
    made.day = 100
    made.post[1] = -1
    made.write(Kind.DEPARTED, "mars", 1, come=0)
    made.write(Kind.REMOVED, "mars", -1, come=0, pence=10_000_000)
    made.gone.add(0)
    run = finished(blank(), made)
    table = savings_by_year(run, until=dt.date(2014, 3, 31)).set_index("financial_year")
    policy = run.scenario.policies["returns"]
    away = (run.scenario.calendar.days - 1 - 100) / 365.25

    def still(years):
        return 1 - policy.share * (1 - np.exp(-((years / policy.scale_years) ** policy.shape)))

    for number, name in enumerate(("2012-13", "2013-14")):
        expected = quad(still, away + number * 365 / 365.25, away + (number + 1) * 365 / 365.25)[0] * 365.25 / 365
        assert table.loc[name, "net"] == pytest.approx(100_000 * expected / still(away), abs=2)
        assert table.loc[name, "projected"]
    assert not table.loc["2011-12", "projected"]


def test_the_contribution_to_qipp_by_hand():
    """£5,000 a year from day 1 comes to £9,986.30 by March 2012, as a share of £15bn and of £20bn."""
    dates = (dt.date(2009, 3, 31), dt.date(2012, 3, 31), dt.date(2013, 3, 31))
    table = qipp(all_leave_at_once(), due=dates).set_index(["by", "reading"])
    assert len(table) == 4
    row = table.loc[dates[1], "for good"]
    assert (row["saved"], row["exit_cost"], row["projected"]) == (9_986.3, 500.0, False)
    assert row["share_of_least"] == pytest.approx(9_986.3 / 15e9)
    assert row["share_of_most"] == pytest.approx(9_986.3 / 20e9)
    closing = table.loc[dates[1], "to closure"]["saved"]
    assert closing == pytest.approx(
        9_986.3 - 4_000 * 31 / 366, abs=0.02
    )  # four of the posts were in the employer that closed
    assert table.loc[dates[2], "for good"]["projected"]
    assert 9_986.3 < table.loc[dates[2], "for good"]["saved"] < 14_986.3  # some people will have returned
    assert qipp(all_leave_at_once(), due=(dt.date(2010, 4, 1),))["exit_cost"].tolist() == [
        500.0,
        500.0,
    ]  # paid that day


def two_regions(savings):
    """A run whose removals save these pounds in two regions with 30 and 21.55 million residents."""
    run = blank()
    made = Steps()
    for post, pounds in zip((0, 5), savings, strict=True):
        staff = next(staff for staff, held in made.post.items() if held == post)
        made.post[staff] = -1
        made.gone.add(post)
        made.write(Kind.DEPARTED, "mars", staff, come=post)
        made.write(Kind.REMOVED, "mars", -1, come=post, pence=round(100 * pounds))
    people = (30_000_000, 21_550_000)
    bodies = [
        attrs.evolve(body, kind="pct", population=size)
        for body, size in zip(run.scenario.organisations, people, strict=True)
    ]
    return attrs.evolve(finished(run, made), scenario=attrs.evolve(run.scenario, organisations=tuple(bodies)))


def test_the_published_shortfall_of_start_up_money_is_reproduced():
    """£2 a head for 51.55m residents less £75.2m is £27.9m net. The gross shortfall ignores one region's surplus."""
    table = start_up(two_regions((70.2e6, 5.0e6)))
    everything = table.loc["all"]
    assert -everything["balance"] == pytest.approx(27.9e6)
    assert everything["shortfall"] == pytest.approx(2 * 21.55e6 - 5.0e6)  # the first region has £10.2m over
    assert table.loc["Vale", ["shortfall", "balance"]].tolist() == pytest.approx([0.0, 10.2e6])


def test_residents_can_be_scaled_to_the_published_total():
    """The published population is 51.55m, whatever the employers' residents."""
    run = two_regions((1.0, 1.0))
    bodies = tuple(attrs.evolve(body, population=2 * body.population) for body in run.scenario.organisations)
    double = attrs.evolve(run, scenario=attrs.evolve(run.scenario, organisations=bodies))
    assert start_up(double).loc["all", "people"] == 103_100_000
    assert start_up(double, StartUp(population="published")).loc["all", "people"] == pytest.approx(51_550_000)
    assert start_up(double, StartUp(rules=("redundancy",))).loc["all", "saving"] == 0


def test_employers_without_residents_need_no_start_up_money():
    """The table then has the saving only."""
    table = start_up(all_leave_at_once())
    assert table["needed"].sum() == 0 and table.loc["all", "saving"] == 5_000
