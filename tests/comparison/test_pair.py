"""Two worlds with the same luck, side by side."""

from __future__ import annotations

import datetime as dt

import pytest

import nhstransit as nt
from nhstransit.comparison import STRATA


@pytest.fixture(scope="module")
def hamlet():
    """The bundled hamlet."""
    return nt.load_scenario("hamlet")


@pytest.fixture(scope="module")
def pair(hamlet):
    """The hamlet, and the hamlet without MARS, with the same luck."""
    return nt.simulate(hamlet, seed=1), nt.simulate(hamlet.without("mars"), seed=1)


def test_a_world_beside_itself_shows_nothing(hamlet, pair):
    """Two runs of one scenario and seed have no changes, no gaps and no first difference."""
    same = nt.compare(pair[0], baseline=nt.simulate(hamlet, seed=1))
    assert same.changes == ()
    assert same.first_difference is None
    assert (same.gaps["gap"] == 0).all()
    assert "the same, event for event" in repr(same)


def test_strata_hold_every_opening_person_once(pair):
    """The four strata sum to the opening staff, and gone because of it becomes kept because of it when runs swap."""
    there, back = nt.compare(pair[0], baseline=pair[1]), nt.compare(pair[1], baseline=pair[0])
    assert there.strata["people"].sum() == len(pair[0].scenario.workforce)
    swapped = {"gone because of it": "kept because of it", "kept because of it": "gone because of it"}
    for name in STRATA:
        assert there.strata.loc[name, "people"] == back.strata.loc[swapped.get(name, name), "people"]


def test_strata_are_a_plain_count(pair):
    """Each person's stratum is read off where the two worlds left that person."""
    result = nt.compare(pair[0], baseline=pair[1])
    ends = [dict(zip(run.people.staff.tolist(), run.closing.post.tolist(), strict=True)) for run in pair]
    for staff, stratum in zip(result.staff.tolist(), result.stratum.tolist(), strict=True):
        gone, gone_without = ends[0][staff] < 0, ends[1][staff] < 0
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
    with pytest.raises(nt.NhstransitError, match="have the seeds 2 and 1; simulate both with one seed"):
        nt.compare(nt.simulate(hamlet, seed=2), baseline=pair[0])


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
