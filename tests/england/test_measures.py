"""Each measure is what a plain loop over the log says."""

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
from tests.england.plain import PLAIN, START, Told
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
    """What the hamlet says, with its community provider taken for a provider arm where arms are asked for."""
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


def seen(measure: str, kinds: tuple[str, ...], until: dt.date, since: dt.date = START) -> Told:
    names = [*kinds, "community-provider"] if measure == "MARS application share" else kinds
    run = hamlet()
    return Told(run, frozenset(body.name for body in run.scenario.organisations if body.kind in names), until, since)


def test_much_happens_in_the_hamlet() -> None:
    """MARS, two kinds of redundancy, inflow and returns of both kinds all leave their mark, so that nothing is zero."""
    log = hamlet().log
    names = hamlet().rules
    left = {names[code] for code in log.of(Kind.DEPARTED).rule.tolist()}
    came = {names[code] for code in log.of(Kind.ARRIVED).rule.tolist()}
    assert {"mars", "redundancy", "cost-reduction"} <= left
    assert {"inflow", "hiring"} <= came
    assert len(log.of(Kind.BACK)) + ("returns" in came)


@pytest.mark.parametrize("scope", KINDS)
@pytest.mark.parametrize("measure", PLAIN)
def test_a_measure_is_a_plain_loop(measure: str, scope: str) -> None:
    """In four scopes: one ends the day before the bodies close, one begins on the day of MARS's panel."""
    changes = {**KINDS[scope]}
    if measure == "posts a person":
        changes["until"] = dt.date(2012, 12, 31)  # when there still are bodies to leave
    row = simulated(measure, **changes)
    told = seen(measure, changes["kinds"], changes.get("until", END), changes.get("since", START))
    if measure == "transferred":
        told = seen(measure, READING.senders, END)
    wanted = PLAIN[measure](told)
    assert row.simulated == pytest.approx(wanted, rel=1e-12)
    assert row.difference == pytest.approx(wanted - (row.published or 0.0))


def test_every_measure_has_its_plain_loop() -> None:
    """No measure goes unread a second time; trusts by name: `test_path.py`, boards: `test_england_2025.py`."""
    twice = {*PLAIN, *BY_NAME} - set(BOARD_MEASURES)
    assert twice == set(MEASURES) - set(BOARD_MEASURES) and not set(PLAIN) & set(BY_NAME)


def test_a_measure_of_nobody_says_so() -> None:
    """Where nobody left by the rule there is no mean, and the row says why."""
    row = simulated("redundancy mean", kinds=("pct",), until=dt.date(2010, 6, 30))
    assert row.simulated is None and row.why == "nobody in this view was made redundant"
    assert simulated("redundancies", kinds=("pct",), until=dt.date(2010, 6, 30)).simulated == 0.0


def test_to_return_one_must_have_gone_before() -> None:
    """Of a founder and a newcomer made redundant on one day, only she who arrives again later has returned."""
    hire = Hire(posts=rows(1), start=on("2010-05-01"), newcomers=newcomers(1))
    policies = {
        "hiring": once("2010-04-10", hire),
        "redundancy": once("2010-06-01", departs(0, 1, last="2010-06-30")),
        "returns": Own(dates=("2010-09-01",), does=lambda situation: [Rejoin(rows=rows(0), posts=rows(0))]),
    }
    run = played(person(0), bodies=[body("Old", "pct", ("finance", "6", 2))], policies=policies)
    made = outcome("returned", value=None, figure=(Figure(part="2010-11", value=0.25),))
    assert published_beside(run, outcomes(made), draws=0).rows[0].simulated == 0.5


def test_band_8_and_above_begins_with_8a() -> None:
    """Of those in bands 7, 8a, 9 and among the very senior who leave, three in four count."""
    bands = ("7", "8a", "9", "VSM")
    pay = {"7": 40_000, "8a": 50_000, "9": 90_000, "VSM": 120_000}
    people = [person(place, band=band, pay=pay[band]) for place, band in enumerate(bands)]
    run = played(*people, policies={"mars": once("2010-06-01", departs(0, 1, 2, 3, last="2010-06-30"))})
    share = outcome("MARS share of senior bands")
    assert published_beside(run, outcomes(share), draws=0).rows[0].simulated == 0.75
