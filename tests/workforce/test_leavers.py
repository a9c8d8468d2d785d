"""A list of last year's leavers: who counts, the rates with their confidence limits, and the backtest."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nhstransit.behaviour import Departures
from nhstransit.behaviour.observed import Year, observed, poisson_limits
from nhstransit.errors import InputError
from nhstransit.log import CAUSES
from nhstransit.scenario.extract import read_extract
from nhstransit.scenario.leaving import read_leavers, read_ranges, turnover
from nhstransit.toml import Named
from nhstransit.workforce.leavers import Leavers, destination_of, reason_of
from nhstransit.workforce.mapping import REASONS, StaffMapping
from tests.made_extract import made_folder, write_extract, write_leavers

ON = dt.date(2010, 4, 1)
ROW = {
    "Employee Number": "1",
    "Termination Date": "14-MAY-2009",
    "Leaving Reason": "Voluntary Resignation - Promotion",
    "Destination on Leaving": "NHS Organisation",
}


def read(tmp_path: Path, *changes: dict[str, str], mapping: Any = None) -> Leavers:
    rows = [{**ROW, "Employee Number": str(number), **change} for number, change in enumerate(changes, 1)]
    with (tmp_path / "leavers.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return read_leavers(tmp_path / "leavers.csv", on=ON, mapping=mapping)


def test_causes_of_leaving_are_in_the_order_of_the_model() -> None:
    """ "Other", "retired" and "resigned" match the model's death or dismissal, retirement, and resignations."""
    assert [cause.split("-")[0] for cause in CAUSES] == ["death", "retirement", "resignation", "resignation"]
    assert REASONS == ("other", "retired", "resigned")


@pytest.mark.parametrize(
    ("word", "meaning"),
    [
        ("Voluntary Resignation - Work Life Balance", "resigned"),
        ("Retirement Age", "retired"),
        ("Retirement - Ill Health", "other"),
        ("Death in Service", "other"),
        ("Dismissal - Capability", "other"),
        ("Redundancy - Compulsory", "leave out"),
        ("Mutually Agreed Resignation - Local Scheme", "leave out"),
        ("End of Fixed Term Contract - Completion of Training Scheme", "leave out"),
        ("Employee Transfer", "leave out"),
        ("Flexi Retirement", "leave out"),
        ("Gone fishing", None),
    ],
)
def test_leaving_reasons_of_payrolls_are_recognised(word: str, meaning: str | None) -> None:
    """Departures that an employer or a contract decides are left out. An unknown reason is not guessed."""
    found = reason_of(word)
    assert (found and found[0]) == meaning


def test_an_unknown_destination_counts_neither_as_nhs_nor_as_other() -> None:
    assert [destination_of(word) for word in ("NHS Organisation", "No Employment", "Unknown", "")] == [1, 0, -1, -1]


def test_rows_that_do_not_count_are_set_aside(tmp_path: Path) -> None:
    """Leavers of other years, redundancies, and a second row of one person."""
    found = read(
        tmp_path,
        {},
        {"Termination Date": "31-MAR-2009"},
        {"Termination Date": "01-APR-2010"},
        {"Leaving Reason": "Redundancy - Voluntary"},
        {"Employee Number": "1", "Termination Date": "15-MAY-2009"},
    )
    assert len(found) == 1 and found.rows == 5
    lines = sorted(line for one in found.set_aside for line in one.lines.tolist())
    assert lines == [2, 3, 4, 5], "person 1 has two rows, of which only the later counts"


def test_all_mistakes_in_a_list_of_leavers_are_reported_together(tmp_path: Path) -> None:
    """An unknown reason is reported once for all its lines, an invalid date with its line.

    The mapping can define a reason.
    """
    with pytest.raises(InputError) as caught:
        read(tmp_path, {"Leaving Reason": "Gone"}, {"Leaving Reason": "Gone"}, {"Termination Date": "31-FEB-2010"})
    lines = str(caught.value).splitlines()
    assert (
        len(lines) == 2 and "leavers.csv: line 2, Leaving Reason: is 'Gone' (2 lines), which is not known" in lines[0]
    )
    assert "line 4, Termination Date: is '31-FEB-2010'" in lines[1]
    mapping = StaffMapping(reasons=Named({"Gone": "resigned"}))
    assert len(read(tmp_path, {"Leaving Reason": "Gone"}, mapping=mapping)) == 1
    with pytest.raises(InputError, match=r"\[reasons\]|reasons\.Gone"):
        StaffMapping(reasons=Named({"Gone": "went"}))
    with pytest.raises(InputError, match="has no natural leavers"):
        read(tmp_path, {"Leaving Reason": "TUPE transfer"})


def year_of(rates: dict[str, float], people: int, seed: int) -> Year:
    """One year of people who leave according to the model with these rates, simulated here with a separate generator."""
    rng = np.random.default_rng(seed)
    model = Departures(**rates)
    first = 14_335
    on = 14_700
    born = on - rng.integers(22 * 366, 66 * 365, people)
    service = np.maximum(on - 365 - rng.integers(0, 25 * 365, people), born + 17 * 365)
    middle = (first + on) / 2
    age = ((middle - born) // 365.25).astype(int)
    served = ((middle - service) // 30.44).astype(int)
    mean = model.shape(((on - born) // 365.25).astype(int), ((on - service) // 30.44).astype(int)).mean()
    hazard = [np.full(people, model.other), model.retirement[age], model.resign * model.shape(age, served) / mean]
    times = rng.exponential(size=(3, people)) / np.maximum(hazard, 1e-12)
    cause = np.where(times.min(0) < 1, times.argmin(0), -1)
    until = np.where(cause >= 0, first + np.ceil(times.min(0) * 365), on).astype("int64")
    nhs = np.where(cause == 2, rng.random(people) < rates["within_nhs"], -1)
    everyone = {"first": first, "on": on, "known": np.ones(people, bool)}
    function = np.array(["finance", "nursing"], object)[rng.integers(0, 2, people)]
    since = np.full(people, first)
    return Year(
        **everyone, since=since, until=until, cause=cause, nhs=nhs, born=born, service_from=service, function=function
    )


@pytest.mark.thorough
def test_confidence_limits_contain_the_rates_that_made_the_data() -> None:
    """In at least 34 of 40 simulated years for each rate.

    The limits of the backtest contain over 90% of its counts.
    """
    truth = {"resign": 0.09, "other": 0.012, "within_nhs": 0.3, "retire_at_60": 0.22}
    covered = dict.fromkeys(truth, 0)
    within = 0
    tried = 0
    for seed in range(40):
        year = year_of(truth, 1_500, seed)
        found = observed(year, (year.born, year.service_from))
        for rate in found.rates:
            if rate.path in truth:
                covered[rate.path] += rate.low <= truth[rate.path] <= rate.high
        within += sum(one.within for one in found.backtest)
        tried += len(found.backtest)
    assert min(covered.values()) >= 34, covered
    assert within / tried > 0.9


def test_too_few_leavers_set_no_rate(tmp_path: Path) -> None:
    """After four resignations the model keeps its own rate. The limits for zero leavers begin at zero."""
    extracted = read_extract(write_extract(tmp_path / "extract.csv", 60), on=ON)
    found = turnover(extracted, read(tmp_path, {}, {}, {}, {}))
    resign = next(one for one in found.rates if one.path == "resign")
    assert (resign.left, resign.used) == (4, False) and found.departures == Departures()
    assert poisson_limits(0)[0] == 0 and poisson_limits(0)[1] == pytest.approx(3.689, abs=1e-3)


def test_rates_and_ranges_are_written_with_the_scenario(tmp_path: Path) -> None:
    """The rates are in the scenario's file and their limits in a file beside it, without the numbers of people."""
    from nhstransit.scenario import load_scenario

    source = write_extract(tmp_path / "extract.csv", 300)
    leavers = write_leavers(tmp_path / "leavers.csv", 300)
    made = made_folder(tmp_path / "own", source, question="vr", leavers=leavers)
    assert made.leaving is not None
    world = load_scenario(tmp_path / "own" / "scenario.toml")
    assert world.behaviour.departures == made.leaving.departures != Departures()
    ranges = read_ranges(tmp_path / "own" / "leaving.csv")
    low, high = ranges["behaviour.departures.resign"]
    assert low < world.behaviour.departures.resign < high
    assert "30000000" not in (tmp_path / "own" / "leaving.md").read_text("utf-8")
