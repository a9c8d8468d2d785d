"""Every number of the bundled scenarios is set to zero, to its bounds, beyond them, and to values that cannot be valid.

Each value is refused with a message when it is set, or the run and its measures are completed. There is no overflow, no
warning and no traceback.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

import nhstransit as nt
from nhstransit.errors import InputError, OrganisationError, ScenarioError
from nhstransit.organisations import bodies
from nhstransit.scenario import Scenario, spec
from nhstransit.scenario.paths import is_whole
from nhstransit.studies import Range, latin_hypercube
from tests.fuzz.numbers import LARGE, numbers, trials, tried
from tests.scenario.mutants import STAFF, having, written
from tests.small import body, person, small_world
from tests.small_england import REGIONS, small_england
from tests.small_england_2025 import REGIONS_2025, small_england_2025

HAMLET = nt.load_scenario("hamlet")
REFUSED = {  # numbers that caused an overflow, a division by zero or negative pay before they were refused
    "law.afc_increment": (LARGE, "give 1,000,000 at most"),
    "law.afc_increment@2010-04-01": (0.5, "give a whole number"),
    "law.statutory_week_cap": (1e11, "give 10,000,000 at most"),
    "law.afc_points.5.2": (2**31 - 1, "give 10,000,000 at most"),
    "law.section16@2006-10-01.most_months": (1e9, "give 10,000,000 at most"),
    "law.pension_accrual.2008": (0, "give a number above 0"),
}


@pytest.mark.parametrize("path", REFUSED)
def test_a_number_with_which_no_run_is_possible_is_refused(path: str) -> None:
    """It is refused when it is set. The message has the valid range."""
    value, right = REFUSED[path]
    with pytest.raises(InputError, match=f"law.*: is .*; {right}"):
        HAMLET.having(path, value)


def test_a_sample_of_all_numbers_is_refused_or_simulated() -> None:
    """Some values of the sample are refused, and some are simulated."""
    rng = Random(7)
    every = [
        trial for lever in rng.sample(numbers(HAMLET), 120) for trial in rng.sample(list(trials(HAMLET, lever)), 2)
    ]
    fates: Counter[str] = Counter()
    for path, value in every:
        try:
            HAMLET.having(path, value)
        except InputError as error:
            assert all(line.strip() for line in str(error).split("\n"))
            fates["refused"] += 1
    for path, value in rng.sample(every, 5):
        fates["carried" if not tried(HAMLET, path, value).refused else "refused"] += 1
    assert fates["refused"] > 30 and fates["carried"] > 0


@pytest.mark.thorough
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("root", ["law", "policies", "behaviour"])
def test_every_number_of_the_hamlet_is_refused_or_simulated(root: str) -> None:
    all_tried(HAMLET, root)


@pytest.mark.thorough
@pytest.mark.timeout(8 * 3600)
@pytest.mark.parametrize("root", ["policies", "behaviour", "entered", "funds"])
def test_every_number_of_england_is_refused_or_simulated(root: str) -> None:
    """This uses a small England of 2010 and one of 2025. Other tests cover the numbers of the law and the margins."""
    all_tried(small_england(REGIONS[0], 120, 1), root)
    all_tried(small_england_2025(REGIONS_2025[1], 120, 1), root)


@pytest.mark.thorough
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("root", ["margins", "successors"])
def test_every_number_of_the_synthesis_of_england_is_refused_or_used(root: str) -> None:
    """The opening staff are synthesised, or the number is refused with a message."""
    for name in ("england-2010", "england-2025"):
        scenario = nt.load_scenario(name)
        for lever in numbers(scenario, root):
            for path, value in trials(scenario, lever):
                try:
                    assert len(scenario.having(path, value).workforce) >= 0
                except InputError as error:
                    assert str(error).strip(), (path, value)


def all_tried(scenario: Scenario, root: str) -> None:
    for lever in numbers(scenario, root):
        for path, value in trials(scenario, lever):
            tried(scenario, path, value)


# Thirty years. The law has numbers for less than half of them, and its last numbers are assumed to continue

CARRIED = dt.date(2040, 3, 31)


def thirty_years(scenario: Scenario) -> Scenario:
    return scenario.having("law_carried_to", CARRIED).having("end", CARRIED)


def test_a_sample_of_all_numbers_over_thirty_years_is_refused_or_set() -> None:
    """A thorough test below also simulates the values."""
    world = thirty_years(HAMLET)
    rng = Random(11)
    fates: Counter[str] = Counter()
    for lever in rng.sample(numbers(world), 25):
        path, value = rng.choice(list(trials(world, lever)))
        try:
            world.having(path, value)
        except InputError as error:
            assert all(line.strip() for line in str(error).split("\n"))
            fates["refused"] += 1
        else:
            fates["set"] += 1
    assert min(fates["refused"], fates["set"]) > 4


@pytest.mark.thorough
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("root", ["law", "policies", "behaviour"])
def test_numbers_of_the_hamlet_over_thirty_years_are_refused_or_simulated(root: str) -> None:
    """Two random values of every number are tried."""
    world = thirty_years(HAMLET)
    rng = Random(root)
    for lever in numbers(world, root):
        for path, value in rng.sample(list(trials(world, lever)), 2):
            tried(world, path, value)


# Numbers and dates that are not levers


@pytest.mark.parametrize("end", [dt.date(9999, 12, 31), dt.date(2111, 1, 1)])
def test_an_end_that_is_too_late_is_refused_at_once(end: dt.date) -> None:
    """It is refused before the years up to it are simulated."""
    with pytest.raises(ScenarioError, match=r"end: is .*, [\d,]+ years after the start; give a date within 100 years"):
        HAMLET.having("end", end)


def test_an_end_after_the_last_pay_table_is_refused_at_load(tmp_path: Path) -> None:
    """Each 1 April needs a table. The day before is a valid end."""
    (tmp_path / "hamlet-staff.csv").write_bytes(STAFF)
    path = tmp_path / "hamlet.toml"
    path.write_bytes(written(having(("end",), dt.date(2014, 4, 1))))
    with pytest.raises(
        ScenarioError, match=r"hamlet.toml: end: is 2014-04-01, but afc_points has no entry for 2014-04"
    ):
        nt.load_scenario(path)
    path.write_bytes(written(having(("end",), dt.date(2014, 3, 31))))
    assert nt.load_scenario(path) == HAMLET


def test_too_many_posts_or_employers_are_refused() -> None:
    """There are limits for the posts of a line, for all posts, and for employers, whose numbers have 16 bits."""
    with pytest.raises(ScenarioError, match="posts: is 2147483647; give a whole number of posts from 0 to 5000000"):
        body("Old", "pct", ("finance", "6", 2**31 - 1))
    many = [body(f"Body {number}", "pct", ("finance", "6", 3_000_000)) for number in range(2)]
    with pytest.raises(OrganisationError, match=r"organisations: have too many posts \(6,000,000\); give at most"):
        bodies.check(many)
    with pytest.raises(OrganisationError, match=r"organisations: are too many \(33,000\); give at most 32,000"):
        bodies.check([many[0]] * 33_000)


def test_awards_that_would_raise_pay_too_much_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pay is stored in 32 bits of pence. An overflow is reported when the scenario is made."""
    world = small_world(person(1, pay=900_000)).having("end", dt.date(2012, 6, 30))
    monkeypatch.setattr(spec, "MOST_PAY", 3_000_000)
    with pytest.raises(ScenarioError, match=r"own_pay_award: would raise pay of £900,000 to £3,600,000 a year by 2012"):
        world.having("law.own_pay_award", 1.0)
    assert world.having("law.own_pay_award", 0.5)


def test_a_term_that_a_tariff_lacks_can_be_swept() -> None:
    """The levels of a range need not be whole numbers."""
    path = "law.civil_service_exit.payment_cap"
    assert not is_whole(HAMLET, path)
    points: Any = latin_hypercube(HAMLET, Range(path, 10_000.0, 20_000.0), points=3, seed=1)
    assert len(points) == 3
