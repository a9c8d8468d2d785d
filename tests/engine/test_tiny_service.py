"""People who return, in tiny scenarios: which part of their earlier service counts."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nhstransit.dates import epoch_day
from nhstransit.grammar import Depart, Effect, Rejoin, Situation
from nhstransit.log import Kind, Phase
from nhstransit.policies import Redundancy, Returns
from nhstransit.workforce.columns import NEVER
from tests.small import CERTAIN, START, Own, behaving, body, date, events_of, on, person, played, row, rows

OUT = Phase.DEPARTURES
MONEY = (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION)
BODIES = [body("Old", closes="2010-07-31"), body("New", "ccg", ("finance", "6", 1), closes="2011-10-31")]
REDUNDANCY = Redundancy(announced=START, letters=date("2010-04-02"), consults=date("2010-04-03"), kinds=("pct", "ccg"))
RETURNS = Returns(
    announced=START, after=("redundancy",), kinds=("ccg",), share=1.0, scale_years=0.5, shape=5.0, deterred=0.0
)


def test_severance_is_not_paid_twice_for_the_same_years() -> None:
    """Redundant after 20 years, back after seven months, and redundant again: only notice is paid, eight weeks in lieu."""
    world: dict[str, Any] = {"bodies": BODIES, "end": date("2011-12-31")}
    log = events_of(person(1, since="1990-04-01"), policies={"redundancy": REDUNDANCY, "returns": RETURNS}, **world)
    assert [event for event in log if event[2] == Kind.ARRIVED or event[2] in MONEY] == [
        row("2010-07-31", OUT, Kind.SEVERANCE, "redundancy", 1, 0, -1, 4_004_384),
        row("2011-03-01", Phase.ARRIVALS, Kind.ARRIVED, "returns", 1, -1, 1),
        row("2011-10-31", OUT, Kind.IN_LIEU, "redundancy", 1, 1, -1, 407_435),
    ]


def out_and_back(back: str, *others: Any, behaviour: Any = None, **pence: int) -> Any:
    """The run of a person who leaves on 20 May 2010 with `pence` and returns on a day, and the start of their service."""

    def act(situation: Situation) -> list[Effect]:
        if situation.round == 0:
            sums = {name: np.array([pence.get(name, 0)]) for name in ("severance", "in_lieu", "strain")}
            return [Depart(rows=rows(0), last_day=np.array([on("2010-05-20")]), remove=np.array([False]), **sums)]
        return [Rejoin(rows=rows(0), posts=np.array([0]))]

    seen: list[int] = []

    def look(situation: Situation) -> list[Effect]:
        seen.append(int(situation.people.service_from[0]))
        return []

    policies = {"own": Own(dates=("2010-04-01", back), does=act), "see": Own(dates=("2011-08-01",), does=look)}
    world: dict[str, Any] = {"policies": policies, "bodies": [body("Old")], "behaviour": behaviour}
    run = played(person(1), *others, **world, end=date("2011-08-01"))
    return run, seen[0]


@pytest.mark.parametrize("what", ["severance", "in_lieu", "strain"])
def test_service_that_was_paid_for_no_longer_counts(what: str) -> None:
    """After a penny of severance, pay in lieu or pension capital, service counts from the return."""
    assert out_and_back("2010-06-01", **{what: 1})[1] == epoch_day(date("2010-06-01"))


@pytest.mark.parametrize("back", ["2010-05-21", "2011-05-21"])
def test_service_continues_after_an_unpaid_break_of_twelve_months_or_less(back: str) -> None:
    """The break starts on 21 May and ends by 21 May of the next year."""
    assert out_and_back(back)[1] == epoch_day(date("2000-04-01"))


def test_a_longer_break_ends_service() -> None:
    """The break is twelve months and a day."""
    assert out_and_back("2011-05-22")[1] == epoch_day(date("2011-05-22"))


def test_a_returner_whose_service_was_paid_for_resigns_like_a_newcomer() -> None:
    """Only people with short service resign here, so the paid returner resigns and the unpaid returner stays."""
    model = behaving(resign=CERTAIN, service_floor=0.0, service_drop=2.0, service_scale_years=0.1)
    for pence, days in ((1, [on("2010-05-20"), on("2010-06-02")]), (0, [on("2010-05-20")])):
        run, _ = out_and_back("2010-06-01", person(2, since="2010-04-01"), behaviour=model, severance=pence)
        assert [event[0] for event in run.log.of(Kind.DEPARTED).tuples() if event[4] == 1] == days


def test_the_run_keeps_the_service_of_people_at_the_start() -> None:
    """`run.people` describes people as they entered the run."""
    assert int(out_and_back("2011-05-22")[0].people.service_from[0]) == epoch_day(date("2000-04-01"))


def test_an_unpaid_break_after_a_paid_exit_keeps_service_since_the_first_return() -> None:
    """A paid leaver returns on a fixed term, leaves unpaid, and soon returns again."""

    def act(situation: Situation) -> list[Effect]:
        if situation.round:
            ends = np.array([on("2010-07-05") if situation.round == 1 else NEVER])
            return [Rejoin(rows=rows(0), posts=np.array([0]), until=ends)]
        sums = {name: np.array([100]) for name in ("severance", "in_lieu", "strain")}
        return [Depart(rows=rows(0), last_day=np.array([situation.day]), remove=np.array([False]), **sums)]

    seen: list[int] = []

    def look(situation: Situation) -> list[Effect]:
        seen.append(int(situation.people.service_from[0]))
        return []

    days = ("2010-05-03", "2010-06-01", "2010-08-02")
    policies = {"own": Own(dates=days, does=act), "see": Own(dates=("2010-09-01",), does=look)}
    log = events_of(person(1), policies=policies)
    assert [event[0] for event in log if event[2] == Kind.DEPARTED] == [on("2010-05-03"), on("2010-07-05")]
    assert seen == [epoch_day(date("2010-06-01"))]
