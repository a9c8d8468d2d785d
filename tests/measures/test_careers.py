"""Careers in words: one sentence for each event of a person, in order of date."""

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


def test_every_person_has_a_sentence_for_each_event(run):
    """This includes newcomers. The sentences are in order of date."""
    for staff in run.people.staff.tolist():
        career = nt.career(run, staff)
        assert len(career.events) == (run.log.staff == staff).sum()
        assert [date for date, _ in career.events] == sorted(date for date, _ in career.events)
        assert all(sentence for _, sentence in career.events)


def test_a_redundancy_is_described_with_its_sum(run):
    """The career states the rule of leaving and the severance."""
    made = run.log.take((run.log.kind == Kind.SEVERANCE) & (run.log.rule == 60))
    career = str(nt.career(run, int(made.staff[0])))
    assert "leaves under redundancy" in career
    assert f"is paid £{made.pence[0] / 100:,.2f} in severance" in career


def test_an_unknown_identity_is_refused(run):
    """The message states the range of identities."""
    with pytest.raises(nt.NhstransitError, match="is not a person in this run; give one from 0 to"):
        nt.career(run, 10_000)


def test_a_career_has_a_notebook_form(run):
    """It has the same sentences, escaped for HTML."""
    career = nt.career(run, 7)
    assert career.events[0][1] in career._repr_html_()


@pytest.mark.parametrize(
    "played", [hamlet_run, pytest.param(partial(england_run, "england-2010-prior"), marks=pytest.mark.thorough)]
)
def test_every_kind_of_event_in_a_run_can_be_described(played):
    """The national run also has rare events, such as returns to another employer."""
    run = played()
    for kind in Kind:
        there = run.log.of(kind).staff
        if len(there) and there[0] >= 0:
            assert nt.career(run, int(there[0])).events


def one_of_each():
    """A run in which one person has one event of every personal kind, each on a day of its own."""
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


def test_each_kind_of_event_has_its_own_sentence():
    """No sentence is empty or describes a post as missing."""
    run, kinds = one_of_each()
    sentences = [each for _, each in nt.career(run, 1).events]
    assert len(sentences) == len(set(sentences)) == len(kinds)
    assert not any("no post" in each or each != each.strip() or not each for each in sentences)


def test_interim_work_training_and_repayment_are_described():
    """The career states the daily cost of interim work, the sum repaid and the cost of training."""
    career = str(nt.career(one_of_each()[0], 1))
    for sentence in (
        "is assigned to a shadow consortium",
        "returns as an interim, off the payroll, at £123.45 a day: finance, band 6, at Old",
        "ends work as an interim: finance, band 6, at Old",
        "costs the employer £123.45 as an interim",
        "pays back £123.45 of severance",
        "is developed or retrained under mars, for £123.45",
    ):
        assert sentence in career
