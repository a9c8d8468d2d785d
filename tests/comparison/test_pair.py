"""Comparison of two runs with the same seed."""

from __future__ import annotations

import datetime as dt
import re

import attrs
import pytest

import nhstransit as nt
from nhstransit.comparison import STRATA
from nhstransit.comparison.people import plainly
from tests.shared import hamlet_run, hamlet_without


@pytest.fixture(scope="module")
def hamlet():
    """The bundled hamlet."""
    return nt.load_scenario("hamlet")


@pytest.fixture(scope="module")
def pair(hamlet):
    """Runs of the hamlet with and without MARS, with the same seed."""
    return hamlet_run(), hamlet_without("mars")


@pytest.mark.thorough
def test_a_comparison_of_equal_runs_has_no_differences(hamlet, pair):
    """There are no changes, no gaps and no first difference."""
    same = nt.compare(pair[0], baseline=nt.simulate(hamlet, seed=1))
    assert same.changes == ()
    assert same.first_difference is None
    assert (same.gaps["gap"] == 0).all()
    assert "The two runs have the same events" in repr(same)


def test_strata_contain_the_opening_staff_once(pair):
    """If the runs are swapped, "left because of it" becomes "stayed because of it"."""
    forward = nt.compare(pair[0], baseline=pair[1])
    reverse = nt.compare(pair[1], baseline=pair[0])
    assert forward.strata["people"].sum() == len(pair[0].scenario.workforce)
    swapped = {"left because of it": "stayed because of it", "stayed because of it": "left because of it"}
    for name in STRATA:
        assert forward.strata.loc[name, "people"] == reverse.strata.loc[swapped.get(name, name), "people"]


def test_strata_equal_a_plain_count(pair):
    """Each person's stratum follows from the closing states of the two runs."""
    result = nt.compare(pair[0], baseline=pair[1])
    ends = [dict(zip(run.people.staff.tolist(), run.closing.post.tolist(), strict=True)) for run in pair]
    for staff, stratum in zip(result.staff.tolist(), result.stratum.tolist(), strict=True):
        left = ends[0][staff] < 0
        left_without = ends[1][staff] < 0
        name = {
            (False, False): "stayed in both runs",
            (True, False): "left because of it",
            (False, True): "stayed because of it",
            (True, True): "left in both runs",
        }[left, left_without]
        assert STRATA[stratum] == name


def test_runs_diverge_on_the_day_the_scheme_acts(pair):
    """With and without MARS, the logs are the same until applications close."""
    result = nt.compare(pair[0], baseline=pair[1])
    assert pair[0].scenario.calendar.date(result.first_difference) == dt.date(2010, 10, 29)


def test_changes_are_dotted_paths(hamlet, pair):
    """A change has the path of the setting, its old value and its new value."""
    slower = hamlet.having("policies.mars.quota", 0.01)
    changes = nt.compare(nt.simulate(slower, seed=1), baseline=pair[0]).changes
    assert [(change.path, change.old, change.new) for change in changes] == [("policies.mars.quota", 0.15, 0.01)]


def test_settings_are_a_table_of_the_changes(hamlet, pair):
    """It has old and new values by path, and is empty for equal scenarios."""
    slower = nt.simulate(hamlet.having("policies.mars.quota", 0.01), seed=1)
    table = nt.compare(slower, baseline=pair[0]).settings
    assert table.loc["policies.mars.quota"].tolist() == ["0.15", "0.01"] and len(table) == 1
    assert len(nt.compare(pair[0], baseline=pair[0]).settings) == 0


def test_different_seeds_are_refused(hamlet, pair):
    """Runs with two seeds do not share random numbers."""
    with pytest.raises(nt.NhstransitError, match="have the seeds 2 and 1; simulate both with the same seed"):
        nt.compare(hamlet_run(2), baseline=pair[0])


def test_gaps_are_the_run_minus_the_baseline(pair):
    """This is so for every figure."""
    gaps = nt.compare(pair[0], baseline=pair[1]).gaps
    assert (gaps["run"] - gaps["baseline"] == gaps["gap"]).all()
    assert gaps.loc["recurrent saving", "gap"] > 0


def test_a_comparison_has_a_notebook_form(pair):
    """It has the sentences and the table."""
    html = nt.compare(pair[0], baseline=pair[1])._repr_html_()
    assert "The runs have the same events until 2010-10-29." in html
    assert "<table" in html


def test_a_different_law_is_stated_in_the_first_sentence(hamlet, pair):
    """It is stated whether or not any setting differs. All runs of one side must have the same law."""

    def under_another(run):
        return attrs.evolve(run, provenance=attrs.evolve(run.provenance, law="other"))

    slower = nt.simulate(hamlet.having("policies.mars.quota", 0.01), seed=1)
    sentences = [nt.compare(under_another(run), baseline=pair[0]).sentences()[0] for run in (pair[0], slower, pair[1])]
    assert sentences == [
        "No setting differs, but the dated parameters (the law) do.",
        "What differs: policies.mars.quota: 0.15 → 0.01; the dated parameters (the law).",
        "What differs: MARS (only in the baseline); the dated parameters (the law).",
    ]
    many = attrs.evolve(hamlet.without("mars", "rets", "redundancy"), end=hamlet.end)
    assert (
        nt.compare(under_another(nt.simulate(many, seed=1)), baseline=pair[0])
        .sentences()[0]
        .endswith(
            "settings differ, in MARS, redundancy and retention terms (RETS), and the dated parameters (the law)."
        )
    )
    second = hamlet_run(2)
    with pytest.raises(
        nt.NhstransitError,
        match="have the same scenario but used different pay and severance rules; give runs that used the same law",
    ):
        nt.compare([pair[0], under_another(second)], baseline=[pair[0], second])


def test_a_date_is_shown_as_a_date(hamlet, pair):
    """In the sentence and in the table, a date is written as in a file, also inside a longer setting."""
    later = hamlet.having("policies.mars.closes", dt.date(2010, 11, 15))
    found = nt.compare(nt.simulate(later, seed=1), baseline=pair[0])
    assert found.sentences()[0] == "What differs: policies.mars.closes: 2010-10-29 → 2010-11-15."
    assert found.settings.loc["policies.mars.closes"].tolist() == ["2010-10-29", "2010-11-15"]
    assert plainly(("a", (dt.date(2013, 4, 1), 2))) == "('a', (2013-04-01, 2))"


def test_different_ends_are_stated(hamlet, pair):
    """Counts at the end state both dates if the scenarios end on different days."""
    shorter = nt.simulate(attrs.evolve(hamlet, end=dt.date(2012, 3, 31)), seed=1)
    found = nt.compare(shorter, baseline=pair[0])
    days = f" (2012-03-31 in the run, {hamlet.end} in the baseline)"
    assert f"Of the opening staff at the end{days}: " in found.sentences()[2]
    assert f"at the end{days}, on average: " in nt.compare([shorter], baseline=[pair[0]]).sentences()[1]
    assert "in the baseline)" not in repr(nt.compare(pair[0], baseline=pair[1]))


@pytest.mark.parametrize(
    ("run", "baseline", "message"),
    [
        ([0], [None], "baseline[0]: is of the type NoneType, not a run; give runs from simulate or load_run"),
        ([0, "x"], [0, 0], "run[1]: is of the type str, not a run"),
        (None, None, "run: is of the type NoneType, not a run"),
        (0, 5, "baseline: is of the type int, not a run"),
    ],
)
def test_an_argument_that_is_not_a_run_is_refused_with_its_position(pair, run, baseline, message):
    """It is refused alone and in a list."""

    def runs(given):
        return [pair[0] if one == 0 else one for one in given] if isinstance(given, list) else given

    with pytest.raises(nt.NhstransitError, match=re.escape(message)):
        nt.compare(pair[0] if run == 0 else runs(run), baseline=runs(baseline))
