"""A career is told in words, one sentence an event, in order."""

from __future__ import annotations

import pytest

import nhstransit as nt
from nhstransit.eventlog import Kind


@pytest.fixture(scope="module")
def run():
    """The hamlet."""
    return nt.simulate(nt.load_scenario("hamlet"), seed=1)


def test_everybodys_career_can_be_told(run):
    """Each person of the hamlet, newcomers included, has a story with as many lines as events, in order of date."""
    for staff in run.people.staff.tolist():
        told = nt.career(run, staff)
        assert len(told.events) == (run.log.staff == staff).sum()
        assert [date for date, _ in told.events] == sorted(date for date, _ in told.events)
        assert all(words for _, words in told.events)


def test_a_career_names_what_happened(run):
    """A redundancy is told with its notice, last day and sum."""
    made = run.log.take((run.log.kind == Kind.SEVERANCE) & (run.log.rule == 60))
    told = str(nt.career(run, int(made.staff[0])))
    assert "leaves by redundancy" in told
    assert f"is paid £{made.pence[0] / 100:,.2f} for going" in told


def test_nobody_has_no_career(run):
    """An identity that is not in the run is refused with the range there is."""
    with pytest.raises(nt.NhstransitError, match="is nobody in this run; give one from 0 to"):
        nt.career(run, 10_000)


def test_a_career_reads_in_a_notebook(run):
    """The notebook form holds the same sentences, escaped."""
    told = nt.career(run, 7)
    assert told.events[0][1] in told._repr_html_()


def test_every_kind_of_event_can_be_told():
    """Of the national run too, the story of whoever is back in another body is told, as of everybody with rare events."""
    run = nt.simulate(nt.load_scenario("england-2010").having("staff.base", "48300"), seed=2)
    for kind in Kind:
        there = run.log.of(kind).staff
        if len(there) and there[0] >= 0:
            assert nt.career(run, int(there[0])).events
