"""The cost path, whole transfers, inflow and returns in tiny scenarios, event by event."""

from __future__ import annotations

import numpy as np
import pytest

from nhstransit.errors import ScenarioError
from nhstransit.law import Law
from nhstransit.log import Kind, Phase
from nhstransit.policies import CostReduction, Filling, Inflow, Mars, Returns, TransferWhole
from nhstransit.policies.cost_reduction import Step
from nhstransit.toml import Named
from nhstransit.workforce.columns import RiskClass
from tests.small import START, behaving, body, date, events_of, person, played, row

DESK = Phase.WINDOWS
NIGHT = Phase.CLOSURES
DOOR = Phase.ARRIVALS
OUT = Phase.DEPARTURES


def path(cut: float, by: str = "2010-05-03", **fields) -> CostReduction:
    """One step of the cost path, without consultation."""
    return CostReduction(announced=START, path=(Step(by=date(by), cut=cut),), **{"consultation_days": 0, **fields})


def saved(pounds: int) -> int:
    """Pence a year that a full-time post at this pay costs, in August 2010."""
    return int(Law.bundled().employer_cost(np.array([pounds * 100]), np.array([1.0]), 14_800)[0])


def test_a_cut_of_zero_affects_nobody() -> None:
    assert events_of(person(1), person(2), policies={"cost-reduction": path(0.0)}) == []


def test_voluntary_redundancy_comes_before_compulsory_redundancy() -> None:
    """One of two people must leave: one who applies leaves after ten weeks' notice, with ten months' pay, and the post goes.

    Ten complete years at £24,000 a year: 10 × £2,000 = £20,000, and 10 weeks of statutory notice, from 3 May to 12 July.
    Both apply and are equal, so the one with the lower identity is approved.
    """
    assert events_of(person(1), person(2), policies={"cost-reduction": path(0.5)}) == [
        row("2010-05-03", DESK, Kind.APPLIED, "cost-reduction", 1, 0, -1, 2_002_192),
        row("2010-05-03", DESK, Kind.APPLIED, "cost-reduction", 2, 1, -1, 2_002_192),
        row("2010-05-03", DESK, Kind.APPROVED, "cost-reduction", 1, 0),
        row("2010-05-03", DESK, Kind.REFUSED, "cost-reduction", 2, 1),
        # second holds the last day, 102 days from 1 April
        (32, DESK, Kind.EXIT_AGREED, 44, 1, 0, 102, 2_002_192),
        row("2010-07-12", OUT, Kind.DEPARTED, "cost-reduction", 1, 0),
        row("2010-07-12", OUT, Kind.SEVERANCE, "cost-reduction", 1, 0, -1, 2_002_192),
        row("2010-07-12", OUT, Kind.REMOVED, "cost-reduction", -1, 0, -1, saved(24_000)),
    ]


def test_compulsory_redundancy_selects_by_assessment() -> None:
    """Nobody applies, so the person whose skill is ten standard deviations lower leaves."""
    log = played(
        person(1, skill=5.0),
        person(2, skill=-5.0),
        behaviour=behaving(applies=False),
        policies={"cost-reduction": path(0.5)},
    ).log
    assert log.of(Kind.APPLIED).staff.tolist() == []
    assert log.of(Kind.DEPARTED).staff.tolist() == [2]


def test_people_without_redundancy_pay_do_not_apply() -> None:
    """A person with a month's service would be paid nothing: they are made redundant, but do not apply."""
    log = played(person(1, since="2010-03-01"), policies={"cost-reduction": path(1.0)}).log
    assert log.of(Kind.DEPARTED).staff.tolist() == [1]
    assert len(log.of(Kind.APPLIED, Kind.REFUSED, Kind.SEVERANCE)) == 0


def test_an_exit_agreed_before_counts_towards_the_path() -> None:
    """One of two people leaves through MARS, so the cost path needs nobody."""
    mars = Mars(
        announced=START, opens=START, closes=date("2010-04-20"), leaves=date("2010-07-31"), kinds=("pct",), quota=0.5
    )
    log = played(person(1), person(2), policies={"mars": mars, "cost-reduction": path(0.5)}).log
    assert log.of(Kind.DEPARTED).rule.tolist() == [40]


@pytest.mark.parametrize("left_out", [{"critical": True}])
def test_business_critical_staff_are_not_made_redundant(left_out) -> None:
    """Not even a cut of 100% selects them."""
    assert events_of(person(1, **left_out), policies={"cost-reduction": path(1.0)}) == []


def test_the_steps_of_a_path_must_be_in_order() -> None:
    """Each step must be later than the one before, and a cut is a share from 0 to 1."""
    steps = (Step(by=date("2010-06-01"), cut=0.3), Step(by=date("2010-05-01"), cut=0.4))
    with pytest.raises(ScenarioError, match="give steps in order"):
        CostReduction(announced=START, path=steps)
    with pytest.raises(ScenarioError, match="give a share from 0 to 1"):
        Step(by=START, cut=46.0)


OLD = body("Old", closes="2010-09-30")
HELD = {"announced": START, "held": date("2010-05-03"), "starts": date("2010-10-01")}


def test_a_whole_function_transfers_if_there_is_a_post_for_everyone() -> None:
    """Two people and two posts: both move at midnight."""
    bodies = (OLD, body("New", "csu", ("finance", "6", 2), opens="2010-05-01"))
    log = played(
        person(1), person(2), bodies=bodies, policies={"transfer-whole": TransferWhole(**HELD, receivers=("csu",))}
    ).log
    moved = log.of(Kind.MOVED)
    assert moved.staff.tolist() == [1, 2]
    assert sorted(moved.second.tolist()) == [2, 3]
    assert [kind for _, phase, kind, *_ in moved.tuples() if phase == NIGHT] == [Kind.MOVED, Kind.MOVED]


def test_no_whole_function_transfers_if_there_are_fewer_posts() -> None:
    """Two people and one post: nobody is appointed."""
    bodies = (OLD, body("New", "csu", ("finance", "6", 1), opens="2010-05-01"))
    log = played(
        person(1), person(2), bodies=bodies, policies={"transfer-whole": TransferWhole(**HELD, receivers=("csu",))}
    ).log
    assert len(log.of(Kind.APPOINTED)) == 0


def transferred(*people: dict, posts: tuple, **fields) -> list[tuple[int, int]]:
    """Pairs of a person and the post to which they are appointed, if the receiver has these posts."""
    bodies = (OLD, body("New", "csu", *posts, opens="2010-05-01"))
    policy = TransferWhole(**HELD, receivers=("csu",), **fields)
    log = played(*people, bodies=bodies, policies={"transfer-whole": policy}).log
    return sorted(zip(log.appointments.staff.tolist(), log.appointments.to_post.tolist(), strict=True))


def test_posts_for_a_whole_transfer_are_counted_over_all_bands() -> None:
    """Two people in bands 6 and 7 both move to two posts in band 6, one of them a band lower.

    With one post, neither moves.
    """
    pair = person(1), person(2, band="7", pay=32_000)
    assert [staff for staff, _ in transferred(*pair, posts=(("finance", "6", 2),))] == [1, 2]
    assert transferred(*pair, posts=(("finance", "6", 1),)) == []
    assert [staff for staff, _ in transferred(*pair, posts=(("finance", "6", 2),), bands_down=0)] == [1]
    assert [staff for staff, _ in transferred(*pair, posts=(("finance", "6", 1), ("finance", "8a", 1)))] == [1]
    assert transferred(*pair, posts=(("finance", "6", 1), ("nursing", "7", 1))) == []


def test_a_post_goes_first_to_a_person_of_its_own_band() -> None:
    """The person in band 6 gets the post in band 6, although the other has the lower identity."""
    pair = person(1, band="7", pay=32_000), person(2)
    assert [staff for staff, _ in transferred(*pair, posts=(("finance", "6", 1), ("finance", "5", 1)))] == [2]


def test_people_from_outside_fill_the_posts_reserved_for_them() -> None:
    """One of two posts is reserved for a person from outside, who arrives on the day. The other stays vacant."""
    bodies = (body("Old"), body("New", "phe", ("finance", "6", 2), opens="2010-05-01"))
    inflow = Inflow(announced=START, kept=date("2010-05-03"), starts=date("2010-07-01"), people=Named({"phe": 1}))
    log = events_of(person(1), bodies=bodies, policies={"inflow": inflow})
    assert [(kind, staff) for _, _, kind, _, staff, *_ in log] == [
        (Kind.OPENED, -1),
        (Kind.OPENED, -1),
        (Kind.ARRIVED, 2),
    ]
    with pytest.raises(ScenarioError, match="is not a kind of employer"):
        Inflow(announced=START, kept=START, starts=START, people=Named({"pheh": 1}))


QUICK = {"announced": START, "after": ("mars",), "share": 1.0, "scale_years": 0.02, "clawback_months": 1.0}
MARS = Mars(
    announced=START,
    opens=START,
    closes=date("2010-04-20"),
    leaves=date("2010-05-20"),
    kinds=("pct",),
    quota=1.0,
    removed=1.0,
)


def test_a_paid_leaver_returns_to_a_vacant_post() -> None:
    """They leave on 20 May and return on 1 July, after a repayment window of a month, at the pay of the table.

    Band 6 at its second point is £26,483 a year in 2010-11.
    """
    bodies = (body("Old"), body("New", "ccg", ("finance", "6", 1)))
    log = events_of(
        person(1, point=2), bodies=bodies, policies={"mars": MARS, "returns": Returns(**QUICK, kinds=("ccg",))}
    )
    assert log[-2:] == [
        row("2010-07-01", DOOR, Kind.ARRIVED, "returns", 1, -1, 1),
        row("2010-07-01", DOOR, Kind.PAY, "returns", 1, 1, 1, 2_648_300),
    ]


def test_two_policies_of_returns_return_one_person_once() -> None:
    """The person is due back under both policies on one day, and fills one of two vacant posts."""
    bodies = (body("Old"), body("New", "ccg", ("finance", "6", 2)))
    both = {name: Returns(**QUICK, kinds=("ccg",)) for name in ("returns", "more-returns")}
    log = played(person(1), bodies=bodies, policies={"mars": MARS, **both}).log
    assert len(log.of(Kind.ARRIVED)) == 1


def test_without_a_vacancy_a_return_is_counted_outside_the_model() -> None:
    """It is counted once."""
    log = events_of(person(1), policies={"mars": MARS, "returns": Returns(**QUICK)})
    assert [entry for entry in log if entry[2] == Kind.BACK] == [row("2010-07-01", DESK, Kind.BACK, "returns", 1)]


def test_people_who_left_without_payment_do_not_return() -> None:
    """Returns apply to leavers under the listed policies, so a person who resigned stays away."""
    log = played(person(1), behaviour=behaving(resign=5.0), policies={"returns": Returns(**QUICK)}).log
    assert log.of(Kind.DEPARTED).staff.tolist() == [1]
    assert len(log.of(Kind.BACK, Kind.ARRIVED)) == 0


def test_a_returner_has_the_risk_class_of_the_new_employer() -> None:
    """A returner to an employer that will close is exposed."""
    bodies = (body("Old"), body("New", "sha", ("finance", "6", 1), closes="2010-11-30"))
    run = played(person(1), bodies=bodies, policies={"mars": MARS, "returns": Returns(**QUICK, kinds=("sha",))})
    risk = run.log.of(Kind.RISK)
    assert risk.second.tolist() == [RiskClass.EXPOSED]


def test_a_round_can_be_limited_to_bands() -> None:
    """Only people in the bands of the round compete."""
    bodies = (OLD, body("New", "ccg", ("finance", "6", 1), ("finance", "8c", 1), opens="2010-05-01"))
    senior = Filling(**HELD, bands=("8c",))
    log = played(person(1), person(2, band="8c", pay=60_000), bodies=bodies, policies={"filling": senior}).log
    assert log.of(Kind.APPLIED).staff.tolist() == [2]


def test_posts_of_national_bodies_are_open_to_every_region() -> None:
    """Other posts in another region are out of reach."""
    national_body = body("Far", "phe", ("finance", "6", 1), region="Hill", opens="2010-05-01")
    for national, appointed in (((), []), (("phe",), [1])):
        policy = Filling(**HELD, receivers=("phe",), national=national)
        log = played(person(1), bodies=(OLD, national_body), policies={"filling": policy}).log
        assert log.of(Kind.MOVED).staff.tolist() == appointed
