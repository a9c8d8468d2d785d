"""Clustering, splits, bridging and transfers of arms in tiny scenarios, event by event."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nhstransit.errors import NhstransitError
from nhstransit.grammar import Hire
from nhstransit.law import Law
from nhstransit.log import Kind, Phase
from nhstransit.policies import Bridging, Clustering, Split, TransferArms
from nhstransit.workforce.columns import BANDS, RiskClass
from tests.small import Own, behaving, body, date, events_of, newcomers, on, once, person, played, row

DESK = Phase.WINDOWS
NEWS = Phase.MILESTONES
NIGHT = Phase.CLOSURES
SEATS = Phase.APPOINTMENTS
LAW = Law.bundled()


def dated(kind: Any, **fields: Any) -> Any:
    return kind(**{name: date(item) if str(item)[:2] == "20" else item for name, item in fields.items()})


def cluster(**fields: Any) -> Clustering:
    usual = {"announced": "2010-05-01", "held": "2010-06-01", "bands": ("6",), "assessment_error": 0.0}
    return dated(Clustering, **{**usual, "consultation_days": 30, **fields})


def in_cluster(*names: str, posts: int = 1, **dates: str) -> list[Any]:
    import attrs

    made = [body(name, "pct", ("finance", "6", posts), **dates) for name in names]
    return [attrs.evolve(one, cluster="Vale") for one in made]


def test_of_two_leaders_the_more_skilled_stays() -> None:
    """The other gets notice from the end of consultation.

    Their post is removed on the last day, and its cost is saved.
    """
    people = person(1, "A", skill=-1.0), person(2, "B", skill=1.0)
    last = on("2010-07-01") + 7 * 10  # ten weeks for ten complete years
    events = events_of(*people, bodies=in_cluster("A", "B"), policies={"clustering": cluster()})
    consulted, *events = events
    assert consulted == row("2010-06-01", DESK, Kind.CONSULTED, "clustering", 1, 0, on("2010-07-01"))
    assert [event[2] for event in events] == [Kind.EXIT_AGREED, Kind.DEPARTED, Kind.SEVERANCE, Kind.REMOVED]
    assert events[0] == row("2010-06-01", DESK, Kind.EXIT_AGREED, "clustering", 1, 0, last, 2_002_192)
    assert events[1] == row("2010-09-09", Phase.DEPARTURES, Kind.DEPARTED, "clustering", 1, 0)
    assert events[2] == row("2010-09-09", Phase.DEPARTURES, Kind.SEVERANCE, "clustering", 1, 0, -1, 2_002_192)
    assert events[3][:6] == row("2010-09-09", Phase.DEPARTURES, Kind.REMOVED, "clustering", -1, 0)[:6]


def test_clustering_removes_vacant_posts_first() -> None:
    """One of three posts is vacant and two are kept: the vacant post is removed, at the lowest pay of its band."""
    people = person(1, "A"), person(2, "A")
    saving = LAW.employer_cost(
        LAW.annual_pay(np.array([5]), np.array([0]), on("2010-06-01") + 14_700), np.ones(1), on("2010-06-01") + 14_700
    )
    bodies = [*in_cluster("A", posts=2), *in_cluster("B", posts=1)]
    assert events_of(*people, bodies=bodies, policies={"clustering": cluster(kept=2)}) == [
        row("2010-06-01", DESK, Kind.REMOVED, "clustering", -1, 2, -1, int(saving[0])),
    ]


@pytest.mark.parametrize("bodies", [in_cluster("A"), [body("A"), body("B")]], ids=["alone", "no cluster"])
def test_clustering_needs_two_employers_in_a_cluster(bodies: list[Any]) -> None:
    """A cluster of one employer, and employers in no cluster, do not change."""
    people = [person(number, one.name) for number, one in enumerate(bodies)]
    assert events_of(*people, bodies=bodies, policies={"clustering": cluster(kept=0)}) == []


def test_business_critical_staff_are_not_in_the_competition() -> None:
    """Their post counts as the one that is kept, so the two other people are selected."""
    people = person(1, "A", critical=True), person(2, "A"), person(3, "B", skill=2.0)
    bodies = [*in_cluster("A", posts=2), *in_cluster("B", posts=1)]
    events = events_of(*people, bodies=bodies, policies={"clustering": cluster()})
    assert [event[4] for event in events if event[2] == Kind.EXIT_AGREED] == [2, 3]


def split(**fields: Any) -> Split:
    usual = {"announced": "2010-05-01", "held": "2010-06-01", "functions": ("finance",), "becomes": "nursing"}
    return dated(Split, **{**usual, "kinds": ("pct",), "part": 1.0, **fields})


def test_a_split_moves_people_and_posts_to_the_new_function() -> None:
    """A new post opens, its holder moves on that day, and the old post is removed on the next day without a saving."""
    assert events_of(person(1), policies={"split": split()}) == [
        row("2010-06-01", NEWS, Kind.OPENED, "split", -1, 0, 1),
        row("2010-06-01", DESK, Kind.APPOINTED, "split", 1, 0, 1),
        row("2010-06-01", DESK, Kind.RISK, "split", 1, RiskClass.NONE, RiskClass.SAFE),
        row("2010-06-01", SEATS, Kind.MOVED, "split", 1, 0, 1),
        row("2010-06-02", DESK, Kind.REMOVED, "split", -1, 0, -1, 0),
    ]


def test_a_split_with_a_share_of_zero_moves_nobody() -> None:
    assert events_of(person(1), policies={"split": split(part=0.0)}) == []


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"functions": ("finance", "nursing")}, "give the one function"),
        ({"becomes": "finance"}, "give the function that people move to"),
        ({"held": "2010-04-30"}, "held"),
    ],
)
def test_an_impossible_split_is_refused(fields: dict[str, Any], message: str) -> None:
    """A split needs one function, another function to move to, and a day that is not before the announcement."""
    with pytest.raises(NhstransitError, match=message):
        split(**fields)


def bridge(**fields: Any) -> Bridging:
    usual = {"announced": "2010-05-01", "offered": "2010-06-01", "until": "2010-07-15", "functions": ("finance",)}
    return dated(Bridging, **{**usual, "kinds": ("pct",), **fields})


def test_bridging_pays_a_premium_until_it_ends() -> None:
    """The premium is 10% of £24,000, paid by day for 45 days. Then the person is exposed again."""
    assert events_of(person(1), policies={"bridging": bridge(premium=0.1)}) == [
        row("2010-06-01", DESK, Kind.RETAINED, "bridging", 1, 0, on("2010-07-15"), 240_000),
        row("2010-06-01", DESK, Kind.RISK, "bridging", 1, RiskClass.NONE, RiskClass.GUARANTEED),
        row("2010-06-30", Phase.MONTH_END, Kind.PREMIUM, "month", 1, 0, -1, 19_713),
        row("2010-07-16", DESK, Kind.RISK, "bridging", 1, RiskClass.GUARANTEED, RiskClass.EXPOSED),
        row("2010-07-31", Phase.MONTH_END, Kind.PREMIUM, "month", 1, 0, -1, 9_856),
    ]


def test_bridging_past_a_closing_day_is_not_offered() -> None:
    """Nor is bridging offered to other functions."""
    bodies = [body("Old", closes="2010-07-01")]
    closed = events_of(person(1), bodies=bodies, policies={"bridging": bridge()})
    assert not [event for event in closed if event[2] == Kind.RETAINED]
    assert events_of(person(1), policies={"bridging": bridge(functions=("nursing",))}) == []


def arms(**fields: Any) -> TransferArms:
    usual = {"announced": "2010-05-01", "held": "2010-06-01", "starts": "2010-09-01"}
    return dated(TransferArms, **{**usual, **fields})


def arm(posts: int = 2) -> list[Any]:
    import attrs

    old = body("Arm", "pct-provider", ("nursing", "6", posts), closes="2010-08-31")
    return [attrs.evolve(old, successors=("Trust",)), body("Trust", "acute-trust")]


def test_a_provider_arm_transfers_with_its_vacant_post() -> None:
    """Both posts open in the trust.

    The one nurse moves at midnight, and the old posts are removed when the arm closes.
    """
    assert events_of(person(1, "Arm", function="nursing"), bodies=arm(), policies={"transfer-arms": arms()}) == [
        row("2010-06-01", NEWS, Kind.OPENED, "transfer-arms", -1, 0, 2),
        row("2010-06-01", NEWS, Kind.OPENED, "transfer-arms", -1, 1, 3),
        row("2010-06-01", DESK, Kind.APPOINTED, "transfer-arms", 1, 0, 2),
        row("2010-06-01", DESK, Kind.RISK, "transfer-arms", 1, RiskClass.NONE, RiskClass.SAFE),
        row("2010-09-01", NIGHT, Kind.MOVED, "transfer-arms", 1, 0, 2),
        row("2010-09-01", NIGHT, Kind.REMOVED, "closure", -1, 0, -1, 0),
        row("2010-09-01", NIGHT, Kind.REMOVED, "closure", -1, 1, -1, 0),
    ]


def test_pay_and_band_are_unchanged_by_a_transfer() -> None:
    run = played(person(1, "Arm", function="nursing", pay=31_234), bodies=arm(), policies={"transfer-arms": arms()})
    from nhstransit.measures import state_on

    before = state_on(run, 0)
    after = state_on(run, on("2010-12-01"))
    assert before.pay_pence.tolist() == after.pay_pence.tolist() == [3_123_400]
    assert after.employer.tolist() == [1] and BANDS[after.band[0]] == "6"


def test_a_provider_arm_without_a_successor_transfers_nobody() -> None:
    """No post opens."""
    bodies = [body("Arm", "pct-provider", ("nursing", "6", 1)), body("Trust", "acute-trust")]
    assert events_of(person(1, "Arm", function="nursing"), bodies=bodies, policies={"transfer-arms": arms()}) == []


def test_people_can_refuse_bridging_but_not_a_split() -> None:
    """Behaviour decides only whether people accept bridging terms."""
    unwilling = behaving(applies=False, accepts=False, competes=False)
    assert events_of(person(1), policies={"bridging": bridge()}, behaviour=unwilling) == []
    assert len(events_of(person(1), policies={"split": split()}, behaviour=unwilling)) == 5


def test_an_earlier_policy_on_the_same_day_comes_first() -> None:
    """A person whose exit another policy agreed first does not transfer."""
    from nhstransit.grammar import Depart

    zero = np.zeros(1, "int64")
    leave = Depart(
        rows=np.array([0]),
        last_day=np.array([on("2010-06-30")]),
        severance=zero,
        in_lieu=zero,
        strain=zero,
        remove=np.zeros(1, bool),
    )
    first = Own(dates=("2010-06-01",), does=lambda situation: (leave,), phase=NEWS)
    policies = {"transfer-arms": arms(), "announcement": first}
    events = events_of(person(1, "Arm", function="nursing"), bodies=arm(), policies=policies)
    assert Kind.MOVED not in [event[2] for event in events]


def test_after_a_split_in_a_closing_employer_people_are_exposed_again() -> None:
    """The new post closes with the employer, so the person is exposed from the next day."""
    bodies = [body("Old", closes="2010-12-30")]
    events = events_of(person(1), bodies=bodies, policies={"split": split()})
    assert row("2010-06-02", DESK, Kind.RISK, "split", 1, RiskClass.SAFE, RiskClass.EXPOSED) in events


def test_a_newcomer_before_the_transfer_also_transfers() -> None:
    """A newcomer in July fills the arm's vacant post.

    On the day before the transfer, they are appointed to the new one.
    """
    hire = Hire(posts=np.array([1]), newcomers=newcomers(7), start=on("2010-07-01"))
    policies = {"transfer-arms": arms(), "own": once("2010-06-02", hire)}
    events = events_of(person(1, "Arm", function="nursing"), bodies=arm(), policies=policies)
    assert row("2010-08-31", DESK, Kind.APPOINTED, "transfer-arms", 2, 1, 3) in events
    assert row("2010-09-01", NIGHT, Kind.MOVED, "transfer-arms", 2, 1, 3) in events
