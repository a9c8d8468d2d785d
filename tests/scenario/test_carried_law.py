"""Scenarios that end after the last day of the known law: refused, unless they assume that the law continues."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from oracle import oracle
from oracle.words import first_difference

import nhstransit as nt
from nhstransit import toml
from nhstransit.dates import epoch_day
from nhstransit.errors import ParameterError, ScenarioError
from nhstransit.law import Law
from nhstransit.law.appraisal import real_terms
from nhstransit.log import Kind
from nhstransit.measures.appraisal import usual_appraisal
from nhstransit.report.run_document import worth_told
from nhstransit.scenario.tables import from_tables, to_tables
from nhstransit.workforce.columns import BANDS, VSM
from tests.small import person, small_world

END = dt.date(2040, 3, 31)
HAMLET = nt.load_scenario("hamlet")
THIRTY_YEARS = HAMLET.having("law_carried_to", END).having("end", END)
LAW = Law.of({}, carried_to=END)
KNOWN = Law.bundled()


def on(text: str) -> int:
    return epoch_day(dt.date.fromisoformat(text))


@pytest.mark.parametrize("end", [dt.date(2014, 4, 1), dt.date(2028, 4, 1), END])
def test_a_run_beyond_the_known_law_is_refused_before_it_starts(end: dt.date) -> None:
    """The error names the field to set, also for a scenario that was changed in memory."""
    with pytest.raises(ScenarioError, match=r"end: is .*afc_points has no entry for 2014-04-01; .*set law_carried_to"):
        nt.simulate(HAMLET.having("end", end), seed=1)


def test_the_law_is_carried_no_further_than_the_scenario_says() -> None:
    short = HAMLET.having("law_carried_to", dt.date(2030, 3, 31))
    nt.simulate(short.having("end", dt.date(2030, 3, 31)), seed=1)
    with pytest.raises(ScenarioError, match="end: is 2030-04-01, but afc_points has no entry for 2030-04-01"):
        nt.simulate(short.having("end", dt.date(2030, 4, 1)), seed=1)


def test_thirty_years_are_simulated_measured_and_explained() -> None:
    """Every headline and present value is a finite number, and the explanation states the assumption."""
    run = nt.simulate(THIRTY_YEARS, seed=1)
    measures = nt.measure(run)
    assert all(np.isfinite(number) for number in measures.headlines.values())
    worth = measures.present_values.loc["total simulated", ["exchequer", "social"]]
    assert np.isfinite(worth.to_numpy(float)).all()
    assert any(
        "Over 30 years the net present value" in sentence for sentence in worth_told(measures.present_values, 30)
    )
    assert usual_appraisal(run).years == 30
    explanation = " ".join(str(nt.explain(THIRTY_YEARS)).split())
    assert (
        "up to 31 March 2040, the last known one is assumed to continue, with sums unchanged in pounds (law_carried_to)"
        in explanation
    )


def test_engine_and_oracle_agree_on_thirty_years_of_pay() -> None:
    """Each April for a person on the pay table and for one with individual pay, through known and assumed tables."""
    people = person(1, band="5", pay=0), person(2, pay=60_000)
    world = small_world(*people).having("law_carried_to", END).having("end", END)
    run = nt.simulate(world, seed=1)
    assert len(run.log.of(Kind.PAY)) > 24
    assert not first_difference(run.log, oracle(world, 1), world)


def test_the_assumption_changes_no_event_within_the_known_law() -> None:
    """A scenario that ends within the known law has the same events with and without the assumption."""
    runs = [nt.simulate(world, seed=1) for world in (HAMLET, HAMLET.having("law_carried_to", END))]
    assert runs[0].log.to_bytes() == runs[1].log.to_bytes()


def test_the_assumption_is_written_to_the_scenario_file() -> None:
    """The scenario that is read back equals the one that was written."""
    tables = toml.loads(toml.dumps(to_tables(THIRTY_YEARS)), "scenario")
    again = from_tables(tables, staff=THIRTY_YEARS.workforce)
    assert again.law_carried_to == END and again == THIRTY_YEARS


def test_the_assumed_award_raises_pay_until_the_next_known_table() -> None:
    """The top of Band 5, £27,901 in 2013-14, rises by 2.5% on each of eleven Aprils.

    From 2025 the table of 2025 applies.
    """
    five = BANDS.index("5")
    top = int(KNOWN.annual_pay([five], [7], on("2014-03-31"))[0])
    carried = [int(LAW.annual_pay([five], [7], on(f"{year}-04-01"))[0]) for year in (2014, 2024)]
    assert carried == [100 * round(top / 100 * 1.025), 100 * round(top / 100 * 1.025**11)]
    assert LAW.annual_pay([five], [7], on("2025-04-01")) == KNOWN.annual_pay([five], [7], on("2025-04-01"))
    last = int(KNOWN.annual_pay([five], [0], on("2027-03-31"))[0])
    assert int(LAW.annual_pay([five], [0], on("2039-04-01"))[0]) == 100 * round(last / 100 * 1.025**13)
    assert len(LAW.later_awards(on("2010-04-01"), on("2040-03-31"))) == 11 + 13
    assert int(LAW.annual_pay([VSM], [0], on("2039-04-01"))[0]) > int(KNOWN.annual_pay([VSM], [0], on("2028-03-31"))[0])


def test_contributions_and_limits_stay_the_same_in_pounds() -> None:
    """National Insurance, pension contributions and the cap on a week's pay keep their last values.

    The pension age of 57 is law.
    """
    pay = np.array([5_000_000])
    years = ("2028-03-31", "2039-12-31")
    then, later = (LAW.cost_lines(pay, np.ones(1), on(day)) for day in years)
    assert (then.national_insurance, then.pension) == (later.national_insurance, later.pension)
    assert then.national_insurance > 0
    sums = []
    for year in (2028, 2039):
        served = on(f"{year - 20}-01-01")
        left = on(f"{year}-01-01")
        sums.append(int(LAW.statutory_redundancy([10_000_000], [1.0], [on("1950-01-01")], [served], [left])[0]))
    assert sums[0] == sums[1] > 0
    assert LAW.pension_reached([on("1983-06-01")] * 2, [1, 1], [on("2039-06-01"), on("2040-06-02")]).tolist() == [0, 1]
    assert LAW.notice_weeks([BANDS.index("5")], [on("2020-01-01")], on("2039-01-01")).tolist() == [12]


def test_continued_law_is_graded_as_an_assumption_and_repealed_law_does_not_continue() -> None:
    """The cap on exit payments was withdrawn after three months."""
    entry = LAW.parameters.table("employer_ni").on(dt.date(2039, 1, 1))
    assert entry.quality_on(on("2039-01-01")) == "assumption"
    with pytest.raises(ParameterError, match="exit_cap: has no entry"):
        LAW.parameters.number("exit_cap").on(dt.date(2030, 1, 1))


def test_a_price_index_continues_at_the_rate_of_its_last_year() -> None:
    """The earlier index rose from 98.6 to 100 in its last year.

    The later index applies when it covers both years. Without the assumption there is an error.
    """
    grown = 100.0 * (100.0 / 98.6) ** 15
    assert int(real_terms(LAW.parameters, 1_000_000, 2010, 2029)) == pytest.approx(1_000_000 * grown / 93.6, abs=20)
    assert int(real_terms(LAW.parameters, 1_000_000, 2026, 2030)) == pytest.approx(
        1_000_000 * 111.6 * (111.6 / 109.4) / 105.2, abs=20
    )
    with pytest.raises(ParameterError, match="gdp_deflator"):
        real_terms(KNOWN.parameters, 1_000_000, 2010, 2029)


def test_awards_beyond_the_largest_possible_pay_are_refused_before_the_run() -> None:
    with pytest.raises(
        ScenarioError, match=r"later_award would raise afc_points to £[0-9,]+ on 2020-04-01; give awards"
    ):
        nt.simulate(THIRTY_YEARS.having("law.later_award", 1.0), seed=1)
