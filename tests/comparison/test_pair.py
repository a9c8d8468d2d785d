"""Two worlds with the same luck, side by side."""

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
    """The hamlet, and the hamlet without MARS, with the same luck."""
    return hamlet_run(), hamlet_without("mars")


@pytest.mark.thorough
def test_a_world_beside_itself_shows_nothing(hamlet, pair):
    """Two runs of one scenario and seed have no changes, no gaps and no first difference."""
    same = nt.compare(pair[0], baseline=nt.simulate(hamlet, seed=1))
    assert same.changes == ()
    assert same.first_difference is None
    assert (same.gaps["gap"] == 0).all()
    assert "the same, event for event" in repr(same)


def test_strata_hold_every_opening_person_once(pair):
    """The four strata sum to the opening staff, and gone because of it becomes kept because of it when runs swap."""
    there = nt.compare(pair[0], baseline=pair[1])
    back = nt.compare(pair[1], baseline=pair[0])
    assert there.strata["people"].sum() == len(pair[0].scenario.workforce)
    swapped = {"gone because of it": "kept because of it", "kept because of it": "gone because of it"}
    for name in STRATA:
        assert there.strata.loc[name, "people"] == back.strata.loc[swapped.get(name, name), "people"]


def test_strata_are_a_plain_count(pair):
    """Each person's stratum is read off where the two worlds left that person."""
    result = nt.compare(pair[0], baseline=pair[1])
    ends = [dict(zip(run.people.staff.tolist(), run.closing.post.tolist(), strict=True)) for run in pair]
    for staff, stratum in zip(result.staff.tolist(), result.stratum.tolist(), strict=True):
        gone = ends[0][staff] < 0
        gone_without = ends[1][staff] < 0
        name = {
            (False, False): "here either way",
            (True, False): "gone because of it",
            (False, True): "kept because of it",
            (True, True): "gone either way",
        }[gone, gone_without]
        assert STRATA[stratum] == name


def test_worlds_part_on_the_day_the_scheme_acts(pair):
    """With and without MARS the logs are the same until applications close."""
    result = nt.compare(pair[0], baseline=pair[1])
    assert pair[0].scenario.calendar.date(result.first_difference) == dt.date(2010, 10, 29)


def test_changes_are_dotted_paths(hamlet, pair):
    """What differs between the scenarios is told by path, old before new."""
    slower = hamlet.having("policies.mars.quota", 0.01)
    changes = nt.compare(nt.simulate(slower, seed=1), baseline=pair[0]).changes
    assert [(change.path, change.old, change.new) for change in changes] == [("policies.mars.quota", 0.15, 0.01)]


def test_settings_are_the_changes_as_a_table(hamlet, pair):
    """Old and new by path; equal worlds have an empty one."""
    slower = nt.simulate(hamlet.having("policies.mars.quota", 0.01), seed=1)
    table = nt.compare(slower, baseline=pair[0]).settings
    assert table.loc["policies.mars.quota"].tolist() == ["0.15", "0.01"] and len(table) == 1
    assert len(nt.compare(pair[0], baseline=pair[0]).settings) == 0


def test_different_seeds_are_refused(hamlet, pair):
    """Runs of two seeds do not share their luck, and are not compared."""
    with pytest.raises(nt.NhstransitError, match="have the seeds 2 and 1; simulate both with the same seed"):
        nt.compare(hamlet_run(2), baseline=pair[0])


def test_gaps_are_run_less_baseline(pair):
    """Every gap is the run's figure less the baseline's."""
    gaps = nt.compare(pair[0], baseline=pair[1]).gaps
    assert (gaps["run"] - gaps["baseline"] == gaps["gap"]).all()
    assert gaps.loc["recurrent saving", "gap"] > 0


def test_a_comparison_reads_in_a_notebook(pair):
    """The notebook form holds the sentences and the table."""
    html = nt.compare(pair[0], baseline=pair[1])._repr_html_()
    assert "The worlds are the same until 2010-10-29." in html
    assert "<table" in html


def test_another_law_is_said_in_the_first_sentence(hamlet, pair):
    """Runs under two laws differ in them, whether or not any setting does; runs of one side must have one."""

    def under_another(run):
        return attrs.evolve(run, provenance=attrs.evolve(run.provenance, law="other"))

    slower = nt.simulate(hamlet.having("policies.mars.quota", 0.01), seed=1)
    told = [nt.compare(under_another(run), baseline=pair[0]).sentences()[0] for run in (pair[0], slower, pair[1])]
    assert told == [
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
        match="used different pay and severance rules on one side of the comparison; give runs with the same law",
    ):
        nt.compare([pair[0], under_another(second)], baseline=[pair[0], second])


def test_dates_are_told_as_dates(hamlet, pair):
    """In the sentence and in the table a date is written as in a file, inside a longer setting too."""
    later = hamlet.having("policies.mars.closes", dt.date(2010, 11, 15))
    found = nt.compare(nt.simulate(later, seed=1), baseline=pair[0])
    assert found.sentences()[0] == "What differs: policies.mars.closes: 2010-10-29 → 2010-11-15."
    assert found.settings.loc["policies.mars.closes"].tolist() == ["2010-10-29", "2010-11-15"]
    assert plainly(("a", (dt.date(2013, 4, 1), 2))) == "('a', (2013-04-01, 2))"


def test_different_ends_are_said(hamlet, pair):
    """What is counted at the end of two worlds that end on two days names both; of equal ends nothing is said."""
    shorter = nt.simulate(attrs.evolve(hamlet, end=dt.date(2012, 3, 31)), seed=1)
    found = nt.compare(shorter, baseline=pair[0])
    days = f" (2012-03-31 in the run, {hamlet.end} in the baseline)"
    assert f"Of the opening staff at the end{days}: " in found.sentences()[2]
    assert f"at the end{days}, on average: " in nt.compare([shorter], baseline=[pair[0]]).sentences()[1]
    assert "in the baseline)" not in repr(nt.compare(pair[0], baseline=pair[1]))


@pytest.mark.parametrize(
    ("run", "baseline", "told"),
    [
        ([0], [None], "baseline[0]: is of the type NoneType, not a run; give runs as simulate or load_run makes them"),
        ([0, "x"], [0, 0], "run[1]: is of the type str, not a run"),
        (None, None, "run: is of the type NoneType, not a run"),
        (0, 5, "baseline: is of the type int, not a run"),
    ],
)
def test_what_is_no_run_is_refused_by_its_place(pair, run, baseline, told):
    """Neither alone nor among several."""

    def runs(given):
        return [pair[0] if one == 0 else one for one in given] if isinstance(given, list) else given

    with pytest.raises(nt.NhstransitError, match=re.escape(told)):
        nt.compare(pair[0] if run == 0 else runs(run), baseline=runs(baseline))
