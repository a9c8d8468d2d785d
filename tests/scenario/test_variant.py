"""Variants: a scenario described by its differences from another scenario."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhstransit as nt
from nhstransit import toml
from nhstransit.dates import months_later
from nhstransit.errors import ScenarioError
from nhstransit.run import load_run, save_run
from nhstransit.scenario import bundled_names, differences
from nhstransit.scenario.assumptions import assumptions
from nhstransit.scenario.variant import variant
from tests.shared import hamlet_run

DATES = st.dates(dt.date(2000, 1, 1), dt.date(2040, 12, 31))
HAMLET = nt.load_scenario("hamlet")
USUAL = 'format = 1\nof = "hamlet"\nname = "other"\n'


def load_variant(folder: Path, text: str) -> nt.Scenario:
    (folder / "other.toml").write_text(USUAL + text, "utf-8")
    return nt.load_scenario(folder / "other.toml")


def test_a_variant_without_changes_is_the_same_scenario(tmp_path: Path) -> None:
    """Only its name, title and description differ: it has the same people and the same log."""
    other = load_variant(tmp_path, "")
    assert {change.path for change in differences(HAMLET, other)} == {"name", "title", "about"}
    assert nt.simulate(other, seed=1).log.to_bytes() == hamlet_run().log.to_bytes()


def test_policies_are_removed_added_and_then_set(tmp_path: Path) -> None:
    """A variant can set a field of a policy that it adds."""
    text = """
without = ["rets"]
[policies.mars-second]
type = "mars"
announced = 2011-01-01
opens = 2011-02-01
closes = 2011-03-01
leaves = 2011-04-30
[set]
"policies.mars-second.quota" = 0.05
"behaviour.departures.resign" = 0.2
"""
    other = load_variant(tmp_path, text)
    assert set(other.policies) == (set(HAMLET.policies) - {"rets"}) | {"mars-second"}
    assert other.policies["mars-second"].quota == 0.05 and other.behaviour.departures.resign == 0.2


def test_a_fitted_number_is_graded_as_calibrated_until_it_is_changed(tmp_path: Path) -> None:
    """Numbers under `calibrated` are set and have that grade, also in a run that is saved and loaded."""
    text = """
[calibrated]
"policies.mars.quota" = 0.07
"policies.mars.appetite" = { Vale = 1.5 }
[set]
"policies.mars.payback_months" = 17
"""
    other = load_variant(tmp_path, text)
    assert other.policies["mars"].quota == 0.07 and other.policies["mars"].payback_months == 17
    save_run(nt.simulate(other, seed=1), tmp_path / "kept")
    for world in (other, load_run(tmp_path / "kept").scenario):
        grades = {one.path: one.quality for one in assumptions(world)}
        fitted = {path for path, grade in grades.items() if grade == "calibrated"}
        assert fitted == {"policies.mars.quota", "policies.mars.appetite.Vale"}
    changed = {one.path: one.quality for one in assumptions(other.having("policies.mars.quota", 0.08))}
    assert changed["policies.mars.quota"] == "choice"


def test_only_dates_after_the_given_date_are_shifted(tmp_path: Path) -> None:
    """Later dates of policies, of organisations and of the end move by the months.

    Earlier dates and the excepted policies stay.
    """
    text = '[shift]\nafter = 2010-12-31\nmonths = 12\nbut = ["rets"]\n'
    tables = toml.loads(f'format = 1\nof = "hamlet"\nname = "other"\n{text}')
    other = variant(HAMLET, tables, folder=tmp_path, allow_code=False)
    with pytest.raises(ScenarioError, match="end: is 2015-03-31, but afc_points has no entry for 2014-04-01"):
        load_variant(tmp_path, text)  # the variant can be made, but not run
    assert other.policies["mars"] == HAMLET.policies["mars"] and other.policies["rets"] == HAMLET.policies["rets"]
    assert other.policies["redundancy"].letters == dt.date(2013, 10, 15)
    assert other.end == dt.date(2015, 3, 31)
    closes = {body.name: (body.closes, body.shadow, body.opens) for body in other.organisations}
    assert closes["Vale SHA"] == (dt.date(2014, 3, 31), None, None)
    assert closes["Eastmoor CCG"] == (None, dt.date(2013, 4, 1), dt.date(2014, 4, 1))


def test_organisations_can_be_absent_or_stay_open(tmp_path: Path) -> None:
    """An absent organisation is not a successor; an organisation that goes on has no last day.

    The staff are the same people.
    """
    text = '[[bodies]]\nkinds = ["ccg"]\nabsent = true\n[[bodies]]\nkinds = ["pct", "sha"]\ngoes_on = true\n'
    other = load_variant(tmp_path, 'without = ["filling", "hiring-successors"]\n' + text)
    assert all(body.kind != "ccg" and body.closes is None and not body.successors for body in other.organisations)
    assert np.array_equal(other.workforce.skill, HAMLET.workforce.skill)
    run = nt.simulate(other, seed=1)
    assert "closure" not in {run.rules[rule] for rule in set(run.log.rule.tolist())}


def test_a_variant_can_change_the_dates_of_organisations(tmp_path: Path) -> None:
    """One kind closes on another day; another kind can fill its posts earlier."""
    text = '[[bodies]]\nkinds = ["sha"]\ncloses = 2012-03-31\n[[bodies]]\nkinds = ["ccg"]\nshadow = 2011-04-01\n'
    other = {body.name: body for body in load_variant(tmp_path, text).organisations}
    assert other["Vale SHA"].closes == dt.date(2012, 3, 31)
    assert other["Eastmoor CCG"].shadow == dt.date(2011, 4, 1)
    assert other["Eastmoor PCT"] == {body.name: body for body in HAMLET.organisations}["Eastmoor PCT"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('without = ["mrs"]', "policies.mrs: is not in this scenario"),
        ('[set]\n"policies.mars.payback_month" = 3', "policies.mars.payback_month: does not exist"),
        ('[[bodies]]\nkinds = ["pct"]', "has no settings, or"),
        ('[[bodies]]\nkinds = ["pct"]\nabsent = true\ngoes_on = true', "contradict one another"),
        ('[[bodies]]\nkinds = ["ptc"]\nabsent = true', "ptc"),
        ("[[bodies]]\nkinds = []\nabsent = true", "no kinds are given"),
        ("[shift]\nafter = 2010-12-31\nmonths = 0", "months"),
        ('[shift]\nafter = 2010-12-31\nmonths = 1\nbut = ["mrs"]', "shift.but: has the unknown name 'mrs'"),
        ('[[bodies]]\nkinds = ["sha"]\nabsent = true', "make Vale SHA absent, but it has staff"),
        ("set = 3", "set: is not a table"),
        ("calibrated = 3", "calibrated: is not a table"),
        ('[calibrated]\n"policies.mars.closes" = 2011-01-01', "calibrated.policies.mars.closes: is datetime.date"),
        ('[calibrated]\n"policies.mars.quotas" = 0.1', "policies.mars.quotas: does not exist"),
        ("colour = 3", "colour"),
    ],
)
def test_an_invalid_variant_is_refused_with_its_file(tmp_path: Path, text: str, message: str) -> None:
    """The error contains the file and the key."""
    with pytest.raises(nt.NhstransitError, match=r"other\.toml") as refused:
        load_variant(tmp_path, text)
    assert message in str(refused.value)


def test_a_variant_of_itself_or_of_an_unknown_scenario_is_refused(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('format = 1\nof = "one.toml"\nname = "one"\n', "utf-8")
    with pytest.raises(nt.NhstransitError, match="names this file itself"):
        nt.load_scenario(tmp_path / "one.toml")
    (tmp_path / "two.toml").write_text('format = 1\nof = "hamlt"\nname = "two"\n', "utf-8")
    with pytest.raises(nt.NhstransitError, match="is not bundled; did you mean 'hamlet'"):
        nt.load_scenario(tmp_path / "two.toml")


def test_a_variant_can_vary_a_variant(tmp_path: Path) -> None:
    """Each starts from the scenario that it names."""
    load_variant(tmp_path, 'without = ["rets"]\n')
    (tmp_path / "next.toml").write_text('format = 1\nof = "other.toml"\nname = "next"\nwithout = ["mars"]\n', "utf-8")
    assert set(nt.load_scenario(tmp_path / "next.toml").policies) == set(HAMLET.policies) - {"rets", "mars"}


VARIANTS = [name for name in bundled_names() if name.startswith("england-2010-")]
CHECKED = ("england-2010-prior", "england-2010-slower")  # the others take long to load


@pytest.mark.thorough
@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=[] if name in CHECKED else [pytest.mark.thorough]) for name in VARIANTS]
)
def test_the_bundled_variants_have_the_same_people(name: str) -> None:
    """Variants with the same opening staff and margins have the same people, so that they can be compared."""
    base = nt.load_scenario("england-2010")
    other = nt.load_scenario(name)
    assert other.title != base.title and other.about
    if other.staff == base.staff and other.margins == base.margins:
        assert np.array_equal(other.workforce.staff, base.workforce.staff)
        assert np.array_equal(other.workforce.born, base.workforce.born)


@given(DATES, st.integers(0, 60))
def test_months_later_keeps_the_day_of_the_month_or_its_last_day(date: dt.date, months: int) -> None:
    """The day of the month stays the same, or is the last day of a shorter month.

    The last day of a month stays a last day.
    """
    later = months_later(date, months)
    assert later.year * 12 + later.month == date.year * 12 + date.month + months
    next_day = later + dt.timedelta(days=1)
    if (date + dt.timedelta(days=1)).day == 1:
        assert next_day.day == 1
    else:
        assert later.day == date.day or (later.day < date.day and next_day.day == 1)


def test_variants_that_form_a_circle_are_refused(tmp_path: Path) -> None:
    """The error lists the whole circle of files, also when a file is named by another form of its path."""
    for names in (("a", "b"), ("a", "b", "c"), ("a", "./b")):
        for name, of in zip(names, (*names[1:], names[0]), strict=True):
            (tmp_path / f"{name}.toml").write_text(f'format = 1\nof = "{of}.toml"\nname = "x"\n', "utf-8")
        with pytest.raises(nt.NhstransitError) as caught:
            nt.load_scenario(tmp_path / "a.toml")
        circle = " → ".join(f"{Path(name).name}.toml" for name in (*names, "a"))
        assert f"of: leads back to the same file: {circle}; start one of these files from another" in str(caught.value)
    (tmp_path / "outside.toml").write_text('format = 1\nof = "a.toml"\nname = "x"\n', "utf-8")
    with pytest.raises(nt.NhstransitError, match=r"of: leads back to the same file: a\.toml → b\.toml → a\.toml; "):
        nt.load_scenario(tmp_path / "outside.toml")


def test_a_chain_of_more_than_fifty_variants_is_refused(tmp_path: Path) -> None:
    """A chain of sixty variants is refused; a chain of twenty is loaded."""
    for number in range(60):
        of = f"v{number + 1}.toml" if number < 59 else "hamlet"
        (tmp_path / f"v{number}.toml").write_text(f'format = 1\nof = "{of}"\nname = "x"\n', "utf-8")
    assert nt.load_scenario(tmp_path / "v40.toml").start == HAMLET.start
    with pytest.raises(nt.NhstransitError, match="leads through more than 50 variants"):
        nt.load_scenario(tmp_path / "v0.toml")


def test_settings_can_be_tables_or_paths(tmp_path: Path) -> None:
    """Both forms set the same values, and all invalid settings are reported together."""
    path = load_variant(tmp_path, '[set]\n"policies.mars.quota" = 0.07\n"policies.mars.closes" = 2010-10-28\n')
    assert load_variant(tmp_path, "[set.policies.mars]\nquota = 0.07\ncloses = 2010-10-28\n") == path
    with pytest.raises(nt.NhstransitError) as caught:
        load_variant(tmp_path, '[set]\n"policies.mars.quote" = 0.07\n"policies.mars.quota" = 7.0\n')
    first, second = str(caught.value).split("\n")
    assert (
        "policies.mars.quote: does not exist; did you mean 'quota'?" in first
        and "policies.mars.quota: is 7.0" in second
    )
