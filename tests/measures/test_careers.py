"""A career is told in words, one sentence an event, in order."""

from __future__ import annotations

from functools import partial

import attrs
import numpy as np
import pytest
from small import body, on, person, played

import nhstransit as nt
from nhstransit.log import COLUMNS, OF_BODIES, Kind, Log
from nhstransit.workforce.columns import RiskClass
from tests.shared import england_run, hamlet_run


@pytest.fixture(scope="module")
def run():
    """The hamlet."""
    return hamlet_run()


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
    assert "leaves under redundancy" in told
    assert f"is paid £{made.pence[0] / 100:,.2f} in severance" in told


def test_nobody_has_no_career(run):
    """An identity that is not in the run is refused with the range there is."""
    with pytest.raises(nt.NhstransitError, match="is not a person in this run; give one from 0 to"):
        nt.career(run, 10_000)


def test_a_career_reads_in_a_notebook(run):
    """The notebook form holds the same sentences, escaped."""
    told = nt.career(run, 7)
    assert told.events[0][1] in told._repr_html_()


@pytest.mark.parametrize(
    "played", [hamlet_run, pytest.param(partial(england_run, "england-2010-prior"), marks=pytest.mark.thorough)]
)
def test_every_kind_of_event_can_be_told(played):
    """Of the national run too, the story of those who are back in another body is told, as of everybody with rare events."""
    run = played()
    for kind in Kind:
        there = run.log.of(kind).staff
        if len(there) and there[0] >= 0:
            assert nt.career(run, int(there[0])).events


def one_of_each():
    """A run in which one person has one event of every kind that people can have, a day each."""
    run = played(person(1), bodies=(body("Old", "pct", ("finance", "6", 2)),))
    others = {Kind.DISPOSITION: (0, 1), Kind.RISK: (1, RiskClass.ASSIGNED), Kind.PAY: (0, 1)}
    kinds = [kind for kind in Kind if kind not in (Kind.OPENED, Kind.REMOVED, *OF_BODIES)]
    dated = (Kind.EXIT_AGREED, Kind.RETAINED, Kind.CONSULTED)
    posts = {kind: others.get(kind, (0, on("2010-09-30") if kind in dated else 1)) for kind in kinds}
    events = [(day, 3, kind, 40, 1, *posts[kind], 12_345) for day, kind in enumerate(kinds)]
    columns = dict(zip(COLUMNS, zip(*events, strict=True), strict=True))
    return attrs.evolve(
        run, log=Log(**{name: np.array(columns[name], dtype) for name, dtype in COLUMNS.items()})
    ), kinds


def test_each_kind_has_words_of_its_own():
    """No two kinds of event are told alike, and none is told by its number or as no post."""
    run, kinds = one_of_each()
    words = [each for _, each in nt.career(run, 1).events]
    assert len(words) == len(set(words)) == len(kinds)
    assert not any("no post" in each or each != each.strip() or not each for each in words)


def test_interims_training_and_clawback_are_told():
    """Coming back as an interim, what it costs, what is paid back and what training costs stand in the story."""
    told = str(nt.career(one_of_each()[0], 1))
    for words in (
        "is assigned to a shadow consortium",
        "returns as an interim, off the payroll, at £123.45 a day: finance, band 6, at Old",
        "ends work as an interim: finance, band 6, at Old",
        "costs the employer £123.45 as an interim",
        "pays back £123.45 of severance",
        "is developed or retrained under mars, for £123.45",
    ):
        assert words in told
