"""Every number of the bundled scenarios at zero, at its bounds, beyond them and at what no number can be.

Each is refused when it is set, in a sentence, or carried to the end of a run and its measures; nothing overflows, nothing
warns, nothing ends in a traceback.
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
REFUSED = {  # numbers that ended otherwise: in an overflow, in a division by zero, or in pay that went round to below zero
    "law.afc_increment": (LARGE, "give 1,000,000 at most"),
    "law.afc_increment@2010-04-01": (0.5, "give a whole number"),
    "law.statutory_week_cap": (1e11, "give 10,000,000 at most"),
    "law.afc_points.5.2": (2**31 - 1, "give 10,000,000 at most"),
    "law.section16@2006-10-01.most_months": (1e9, "give 10,000,000 at most"),
    "law.pension_accrual.2008": (0, "give a number above 0"),
}


@pytest.mark.parametrize("path", REFUSED)
def test_a_number_that_a_run_cannot_hold_is_refused(path: str) -> None:
    """When it is set, with the most that it may be."""
    value, right = REFUSED[path]
    with pytest.raises(InputError, match=f"law.*: is .*; {right}"):
        HAMLET.having(path, value)


def test_a_sample_of_all_numbers() -> None:
    """Each kind of number and each kind of value is among them."""
    luck = Random(7)
    every = [
        trial for lever in luck.sample(numbers(HAMLET), 120) for trial in luck.sample(list(trials(HAMLET, lever)), 2)
    ]
    fates: Counter[str] = Counter()
    for path, value in every:
        try:
            HAMLET.having(path, value)
        except InputError as error:
            assert all(line.strip() for line in str(error).split("\n"))
            fates["refused"] += 1
    for path, value in luck.sample(every, 5):
        fates["carried" if not tried(HAMLET, path, value).refused else "refused"] += 1
    assert fates["refused"] > 30 and fates["carried"] > 0


@pytest.mark.thorough
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("root", ["law", "policies", "behaviour"])
def test_every_number_of_the_hamlet(root: str) -> None:
    """All of them."""
    all_tried(HAMLET, root)


@pytest.mark.thorough
@pytest.mark.timeout(8 * 3600)
@pytest.mark.parametrize("root", ["policies", "behaviour", "entered", "funds"])
def test_every_number_of_england(root: str) -> None:
    """Of a small England of 2010 and of one of 2025; the law's and the margins' are those of the hamlet and below."""
    all_tried(small_england(REGIONS[0], 120, 1), root)
    all_tried(small_england_2025(REGIONS_2025[1], 120, 1), root)


@pytest.mark.thorough
@pytest.mark.timeout(4 * 3600)
@pytest.mark.parametrize("root", ["margins", "successors"])
def test_every_number_that_england_is_made_from(root: str) -> None:
    """The opening staff are made, or the number is refused in a sentence."""
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


# Thirty years, of which the law holds less than half: its last numbers go on by assumption

CARRIED = dt.date(2040, 3, 31)


def thirty_years(scenario: Scenario) -> Scenario:
    return scenario.having("law_carried_to", CARRIED).having("end", CARRIED)


def test_a_sample_of_all_numbers_over_thirty_years() -> None:
    """Each is refused when it is set, in a sentence, or set; all those that are set are played by the long proof below."""
    world = thirty_years(HAMLET)
    luck = Random(11)
    fates: Counter[str] = Counter()
    for lever in luck.sample(numbers(world), 25):
        path, value = luck.choice(list(trials(world, lever)))
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
def test_numbers_of_the_hamlet_over_thirty_years(root: str) -> None:
    """Two values of every number, drawn anew by each root: zero, bounds, beyond them, and what no number can be."""
    world = thirty_years(HAMLET)
    luck = Random(root)
    for lever in numbers(world, root):
        for path, value in luck.sample(list(trials(world, lever)), 2):
            tried(world, path, value)


# What is not a lever but a number all the same


@pytest.mark.parametrize("end", [dt.date(9999, 12, 31), dt.date(2111, 1, 1)])
def test_an_end_beyond_all_is_refused_at_load(end: dt.date) -> None:
    """At once, and not after the years up to it."""
    with pytest.raises(ScenarioError, match=r"end: is .*, [\d,]+ years after the start; give a date within 100 years"):
        HAMLET.having("end", end)


def test_an_end_beyond_the_pay_tables_is_refused_at_load(tmp_path: Path) -> None:
    """With the tables that there are, since on each 1 April pay is found from one; the day before is no fault."""
    (tmp_path / "hamlet-staff.csv").write_bytes(STAFF)
    place = tmp_path / "hamlet.toml"
    place.write_bytes(written(having(("end",), dt.date(2014, 4, 1))))
    with pytest.raises(
        ScenarioError, match=r"hamlet.toml: end: is 2014-04-01, but afc_points has no entry for 2014-04"
    ):
        nt.load_scenario(place)
    place.write_bytes(written(having(("end",), dt.date(2014, 3, 31))))
    assert nt.load_scenario(place) == HAMLET


def test_posts_beyond_all_are_refused() -> None:
    """Of a line, and of all lines together; 33,000 employers would not fit into 16 bits."""
    with pytest.raises(ScenarioError, match="posts: is 2147483647; give a whole number of posts from 0 to 5000000"):
        body("Old", "pct", ("finance", "6", 2**31 - 1))
    many = [body(f"Body {number}", "pct", ("finance", "6", 3_000_000)) for number in range(2)]
    with pytest.raises(OrganisationError, match=r"organisations: have too many posts \(6,000,000\); give at most"):
        bodies.check(many)
    with pytest.raises(OrganisationError, match=r"organisations: are too many \(33,000\); give at most 32,000"):
        bodies.check([many[0]] * 33_000)


def test_awards_that_would_raise_pay_beyond_all_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pay is held in 32 bits of pence: what would go round to below zero is told when the scenario is made."""
    world = small_world(person(1, pay=900_000)).having("end", dt.date(2012, 6, 30))
    monkeypatch.setattr(spec, "MOST_PAY", 3_000_000)
    with pytest.raises(ScenarioError, match=r"own_pay_award: would raise pay of £900,000 to £3,600,000 a year by 2012"):
        world.having("law.own_pay_award", 1.0)
    assert world.having("law.own_pay_award", 0.5)


def test_a_term_that_a_tariff_lacks_can_be_swept() -> None:
    """A salary floor that section 16 has not, between two amounts: they need not be whole."""
    path = "law.civil_service_exit.payment_cap"
    assert not is_whole(HAMLET, path)
    points: Any = latin_hypercube(HAMLET, Range(path, 10_000.0, 20_000.0), points=3, seed=1)
    assert len(points) == 3
