"""Engine and oracle agree on scenarios with many schemes (funds, redeployment, renewals), and their logs break no rule."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
from made_schemes import scheme_world
from oracle import oracle
from oracle.words import first_difference

from nhstransit.engine.processes import months, natural, scheme
from nhstransit.engine.simulate import simulate
from nhstransit.errors import PolicyError
from nhstransit.grammar import NOTHING, Draw, Effects
from nhstransit.log import Kind, Log, rule_code
from nhstransit.organisations import appetites
from nhstransit.policies import Mars, Redundancy, mars, panel, rets
from nhstransit.policies import panel as vacated
from nhstransit.scenario import Scenario
from nhstransit.workforce.columns import RiskClass
from tests.examples import THOROUGH, some

SCHEMES = ("mars", "mars-again")
COUNT = 36 if THOROUGH else 18
PARTS = 12
Shown = tuple[Scenario, int, Log]
HAPPENED = {  # kinds of event that must have happened by the rule of a scheme or of retention terms
    ("DRAWN", "mars"),
    ("APPOINTED", "mars"),
    ("EXIT_VOID", "mars"),
    ("MOVED", "mars"),
    ("WITHDREW", "mars"),
    ("REFUSED", "mars"),
    ("REMOVED", "mars"),
    ("RETAINED", "rets"),
}


def played(numbers: range) -> list[Shown]:
    """The scenarios of these numbers, each with the engine's log."""
    scenarios = [(scheme_world(number), number) for number in numbers]
    return [(scenario, number, simulate(scenario, seed=number).log) for scenario, number in scenarios]


def agree(shown: list[Shown]) -> None:
    """Assert that the oracle writes the same log of each scenario."""
    for scenario, number, log in shown:
        difference = first_difference(log, oracle(scenario, number), scenario)
        assert not difference, f"scenario {number}: {difference}"


@pytest.fixture(scope="module")
def seen() -> list[Shown]:
    return played(range(COUNT))


def of(log: Log, kind: Kind) -> list[Any]:
    return log.of(kind).tuples()


@pytest.mark.parametrize("part", some(range(PARTS), [0]))
def test_engine_and_oracle_agree_on_schemes_and_terms(part: int, seen: list[Shown]) -> None:
    """In a part of the scenarios the logs are equal."""
    agree(seen[part::PARTS])


def test_every_kind_of_event_of_a_scheme_happens(seen: list[Shown]) -> None:
    """Together the scenarios contain each of these events by the rule of a scheme."""
    pairs = {(Kind(kind).name, rule) for _, _, log in seen for kind, rule in zip(log.kind, log.rule, strict=True)}
    assert {(kind, rule_code(name)) for kind, name in HAPPENED} <= pairs


def test_a_renewal_happens(seen: list[Shown]) -> None:
    """Somebody is retained twice by one policy, because the employer was extended."""
    twice = 0
    for _, _, log in seen:
        twice += (
            max(Counter(zip(log.of(Kind.RETAINED).staff, log.of(Kind.RETAINED).rule, strict=True)).values(), default=0)
            > 1
        )
    assert twice


def test_nobody_is_paid_twice_for_one_exit(seen: list[Shown]) -> None:
    """Severance is paid once, on the day on which somebody leaves, and by the same rule."""
    for _, _, log in seen:
        left = Counter((event[0], event[3], event[4]) for event in of(log, Kind.DEPARTED))
        paid = Counter((event[0], event[3], event[4]) for event in of(log, Kind.SEVERANCE))
        assert all(count == 1 for count in (*left.values(), *paid.values())) and set(paid) <= set(left)


def test_nothing_happens_to_people_who_have_left(seen: list[Shown]) -> None:
    """After a departure the person has no further events, in scenarios without returns."""
    for _, _, log in seen:
        gone: set[int] = set()
        money = (Kind.SEVERANCE, Kind.IN_LIEU, Kind.PENSION)
        for event in log.ordered().tuples():
            if event[4] >= 0 and event[2] not in money:
                assert event[4] not in gone, event
            if event[2] == Kind.DEPARTED:
                gone.add(event[4])


def test_nobody_is_in_the_class_guaranteed_after_the_guarantee_ends(seen: list[Shown]) -> None:
    """The risk class changes on the day after the guarantee's last day."""
    for scenario, _, log in seen:
        until: dict[int, int] = {}
        risk: dict[int, int] = defaultdict(int)
        by_day: dict[int, list[Any]] = defaultdict(list)
        for event in log.ordered().tuples():
            by_day[event[0]].append(event)
        for day in range(scenario.calendar.days):
            for event in by_day[day]:
                if event[2] == Kind.RETAINED:
                    until[event[4]] = event[6]
                if event[2] == Kind.RISK:
                    risk[event[4]] = event[6]
                if event[2] == Kind.DEPARTED:
                    risk.pop(event[4], None)
            for staff, now in risk.items():
                assert now != RiskClass.GUARANTEED or until[staff] >= day, (staff, day)


def test_a_policy_has_no_event_before_its_announcement(seen: list[Shown]) -> None:
    for scenario, _, log in seen:
        for name, policy in scenario.policies.items():
            mine = log.rule == scenario.rules[name]
            assert not mine.any() or log.day[mine].min() >= scenario.calendar.day(policy.announced)


def test_a_scheme_draws_on_its_fund_what_its_exits_cost(seen: list[Shown]) -> None:
    """The pence drawn are those of its agreed exits. A scheme without a fund draws nothing."""
    for scenario, _, log in seen:
        for name, policy in scenario.policies.items():
            if isinstance(policy, Mars):
                mine = log.take(log.rule == scenario.rules[name])
                owed = int(mine.of(Kind.EXIT_AGREED).pence.sum()) if policy.fund else 0
                assert int(mine.of(Kind.DRAWN).pence.sum()) == owed


def test_redeployment_fills_posts_of_leavers_with_people_at_risk(seen: list[Shown]) -> None:
    """The person appointed by a scheme had a letter or notice, and the post is one that a leaver of the scheme left."""
    for scenario, _, log in seen:
        lettered = set()
        noticed = set()
        left = set()
        letters = [scenario.rules[n] for n, p in scenario.policies.items() if isinstance(p, Redundancy)]
        schemes = [scenario.rules.get(name) for name in SCHEMES]
        for event in log.ordered().tuples():
            if event[2] == Kind.RISK and event[6] == RiskClass.AT_RISK and event[3] in letters:
                lettered.add(event[4])
            if event[2] == Kind.EXIT_AGREED and event[3] not in schemes:
                noticed.add(event[4])
            if event[2] == Kind.DEPARTED and event[3] in SCHEMES:
                left.add(event[5])
            if event[2] == Kind.APPOINTED and event[3] in SCHEMES:
                assert event[4] in lettered | noticed and event[6] in left


Plant = pytest.MonkeyPatch


def panels_that_share_pay_each_for_itself(plant: Plant) -> None:
    """Panels that share a purse each have the whole purse."""
    right = panel._cut

    def cut(may: Any, group: Any, keys: Any, pence: Any, budget: Any, places: Any) -> Any:
        apart = np.arange(len(may)) if len(places) and (places == len(may)).all() else group
        wide = np.resize(budget, max(len(budget), len(may))) if apart is not group else budget
        return right(may, apart, keys, pence, wide, np.resize(places, len(wide)))

    plant.setattr(panel, "_cut", cut)


def money_for_the_unwilling(plant: Plant) -> None:
    """A fund also pays for people who did not sign."""
    plant.setattr(mars.Mars, "_drawn", _drawn_for_all(mars.Mars._drawn))


def _drawn_for_all(right: Any) -> Any:
    def drawn(self: Any, situation: Any, rows: Any, chances: Any) -> Any:
        owed = np.zeros(len(situation.bodies), "int64")
        np.add.at(owed, situation.people.employer[rows], self._sums(situation, rows))
        payers = np.flatnonzero(owed)
        return Effects(then=(Draw(fund=self.fund, employer=payers, pence=owed[payers]),)) if len(payers) else NOTHING

    return drawn


def the_higher_band_first(plant: Plant) -> None:
    """A post for redeployment is offered to the band above before its own band."""
    right = vacated._cost
    plant.setattr(vacated, "_cost", lambda situation, posts, rows: _turned(right(situation, posts, rows), len(rows)))


def _turned(cost: Any, count: int) -> Any:
    return np.where(cost < 2 * count, (cost + count) % (2 * count), cost)


def the_search_never_ends(plant: Plant) -> None:
    """A post is reserved for redeployment without an end."""
    plant.setattr(vacated, "DAYS_A_YEAR", 1e9)


def own_appetite_forgotten(plant: Plant) -> None:
    """Employers do not differ in appetite."""
    plant.setattr(appetites, "appetite", lambda bodies, luck: np.zeros(len(bodies)))


def a_year_of_guarantee_for_all(plant: Plant) -> None:
    """A renewal is offered to everyone with terms, regardless of the cap."""
    right = rets.Rets._designated

    def designated(self: Any, situation: Any, wanted: Any, placed: Any, cap: float) -> Any:
        return right(self, situation, wanted, placed, 1.0 if situation.stage == "renewal" else cap)

    plant.setattr(rets.Rets, "_designated", designated)


def plenty_of_each(plant: Plant) -> None:
    """Scarcity has no effect."""
    plant.setattr(rets, "_holders", lambda situation, here, rows: np.ones(len(rows)))


def caught_twice(plant: Plant) -> None:
    """Contagion counts each departure twice."""
    right = natural.Natural._count_departed

    def count(self: Any) -> None:
        self._world.departed *= 2
        right(self)

    plant.setattr(natural.Natural, "_count_departed", count)


def waiting_for_a_month_more(plant: Plant) -> None:
    """People who wait for redundancy pay expect one month more."""
    right = natural.Natural._waiting_pays
    plant.setattr(natural.Natural, "_waiting_pays", lambda self, rows: right(self, rows) + 1.0)


def nobody_disaffected(plant: Plant) -> None:
    """Colleagues who are leavers have no influence."""
    plant.setattr(scheme.Scheme, "_disaffected", lambda self: np.zeros(len(self._world.bodies)))


def premiums_of_old_terms_forgotten(plant: Plant) -> None:
    """The premium earned this month before a renewal is not paid."""
    plant.setattr(months.Months, "settle", lambda self, rows, *rest: None)


FAULTS = (
    caught_twice,
    waiting_for_a_month_more,
    nobody_disaffected,
    premiums_of_old_terms_forgotten,
    panels_that_share_pay_each_for_itself,
    money_for_the_unwilling,
    the_higher_band_first,
    the_search_never_ends,
    own_appetite_forgotten,
    a_year_of_guarantee_for_all,
    plenty_of_each,
)


USUAL = (caught_twice, money_for_the_unwilling, the_higher_band_first, plenty_of_each)


@pytest.mark.parametrize("fault", some(FAULTS, USUAL), ids=lambda fault: fault.__name__)
def test_a_fault_planted_in_a_scheme_is_found(fault: Any, seen: list[Shown], monkeypatch: Plant) -> None:
    """With the fault, the engine's log of at least one scenario changes, or the engine refuses the policy's effects."""
    fault(monkeypatch)
    assert any(_differs(*world) for world in seen)


def _differs(scenario: Scenario, seed: int, log: Log) -> bool:
    """Whether the engine now writes another log, or refuses a policy's effects."""
    try:
        return simulate(scenario, seed=seed).log.tuples() != log.tuples()
    except PolicyError:
        return True


@pytest.mark.thorough
@pytest.mark.parametrize("part", range(1, 11))
def test_engine_and_oracle_agree_on_2000_more_scenarios_with_schemes(part: int) -> None:
    agree(played(range(200 * part, 200 * (part + 1))))
