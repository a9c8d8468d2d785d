"""Each measure equals a plain loop over the log."""

from __future__ import annotations

import datetime as dt
from typing import Any

import attrs
import pytest

from nhstransit.england import MEASURES, Figure, published_beside
from nhstransit.england.boards import BOARD_MEASURES
from nhstransit.grammar import Hire, Rejoin
from nhstransit.log import Kind
from tests.england.made import READING, departs, hamlet, outcome, outcomes
from tests.england.plain import PLAIN, START, PlainRun
from tests.england.test_path import BY_NAME
from tests.small import Own, body, newcomers, on, once, person, played, rows

END = dt.date(2014, 3, 31)
KINDS = {
    "senders": {"kinds": ("pct", "sha")},
    "trusts": {"kinds": ("pct",)},
    "early": {"kinds": ("pct", "sha"), "until": dt.date(2013, 3, 30)},
    "late": {"kinds": ("pct", "sha"), "since": dt.date(2010, 10, 29), "until": dt.date(2013, 3, 31)},
}


def simulated(measure: str, **changes: Any) -> Any:
    """The hamlet's row for a measure; its community provider stands in for a provider arm where one is needed."""
    reading = READING
    if measure == "MARS application share":
        reading = attrs.evolve(READING, arms=("community-provider",))
        changes["kinds"] = (*changes["kinds"], "community-provider")
    if measure in ("MARS share of a function", "posts a person"):
        changes["function"] = "public health"
    if measure == "returned":
        changes = {**changes, "value": None, "figure": (Figure(part="2012-13", value=0.2),)}
    (row,) = published_beside(hamlet(), outcomes(outcome(measure, **changes), reading=reading), draws=0).rows
    return row


def plain_run_of(measure: str, kinds: tuple[str, ...], until: dt.date, since: dt.date = START) -> PlainRun:
    names = [*kinds, "community-provider"] if measure == "MARS application share" else kinds
    run = hamlet()
    return PlainRun(
        run, frozenset(body.name for body in run.scenario.organisations if body.kind in names), until, since
    )


def test_the_hamlet_has_every_kind_of_event_needed() -> None:
    """MARS, both kinds of redundancy, inflow, hiring and returns all occur, so no measure is trivially zero."""
    log = hamlet().log
    names = hamlet().rules
    left = {names[code] for code in log.of(Kind.DEPARTED).rule.tolist()}
    arrived = {names[code] for code in log.of(Kind.ARRIVED).rule.tolist()}
    assert {"mars", "redundancy", "cost-reduction"} <= left
    assert {"inflow", "hiring"} <= arrived
    assert len(log.of(Kind.BACK)) + ("returns" in arrived)


@pytest.mark.parametrize("scope", KINDS)
@pytest.mark.parametrize("measure", PLAIN)
def test_a_measure_matches_a_plain_loop(measure: str, scope: str) -> None:
    """Checked in four scopes; one ends the day before the bodies close, one starts on the MARS panel day."""
    changes = {**KINDS[scope]}
    if measure == "posts a person":
        changes["until"] = dt.date(2012, 12, 31)  # when there still are bodies to leave
    row = simulated(measure, **changes)
    plain_run = plain_run_of(measure, changes["kinds"], changes.get("until", END), changes.get("since", START))
    if measure == "transferred":
        plain_run = plain_run_of(measure, READING.senders, END)
    expected = PLAIN[measure](plain_run)
    assert row.simulated == pytest.approx(expected, rel=1e-12)
    assert row.difference == pytest.approx(expected - (row.published or 0.0))


def test_every_measure_has_a_plain_loop() -> None:
    """Measures of named trusts are checked in `test_path.py`, those of boards in `test_england_2025.py`."""
    twice = {*PLAIN, *BY_NAME} - set(BOARD_MEASURES)
    assert twice == set(MEASURES) - set(BOARD_MEASURES) and not set(PLAIN) & set(BY_NAME)


def test_a_measure_of_nobody_gives_a_reason() -> None:
    """If nobody left under the policy, there is no mean, and the row says why."""
    row = simulated("redundancy mean", kinds=("pct",), until=dt.date(2010, 6, 30))
    assert row.simulated is None and row.why == "nobody in this view was made redundant"
    assert simulated("redundancies", kinds=("pct",), until=dt.date(2010, 6, 30)).simulated == 0.0


def test_only_those_who_left_first_can_return() -> None:
    """Of an initial employee and a newcomer made redundant on one day, only the one who rejoins later counts."""
    hire = Hire(posts=rows(1), start=on("2010-05-01"), newcomers=newcomers(1))
    policies = {
        "hiring": once("2010-04-10", hire),
        "redundancy": once("2010-06-01", departs(0, 1, last="2010-06-30")),
        "returns": Own(dates=("2010-09-01",), does=lambda situation: [Rejoin(rows=rows(0), posts=rows(0))]),
    }
    run = played(person(0), bodies=[body("Old", "pct", ("finance", "6", 2))], policies=policies)
    made = outcome("returned", value=None, figure=(Figure(part="2010-11", value=0.25),))
    assert published_beside(run, outcomes(made), draws=0).rows[0].simulated == 0.5


def test_band_8_and_above_starts_at_8a() -> None:
    """Of four leavers in bands 7, 8a, 9 and VSM, three count."""
    bands = ("7", "8a", "9", "VSM")
    pay = {"7": 40_000, "8a": 50_000, "9": 90_000, "VSM": 120_000}
    people = [person(place, band=band, pay=pay[band]) for place, band in enumerate(bands)]
    run = played(*people, policies={"mars": once("2010-06-01", departs(0, 1, 2, 3, last="2010-06-30"))})
    share = outcome("MARS share of senior bands")
    assert published_beside(run, outcomes(share), draws=0).rows[0].simulated == 0.75
