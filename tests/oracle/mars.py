"""A round of MARS: people apply one by one, each employer's panel approves cases in order, people sign or withdraw."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import attrs
import numpy as np

from nhstransit.dates import DAYS_A_YEAR, complete_months
from nhstransit.log import Kind
from nhstransit.policies import Mars
from nhstransit.workforce.columns import BANDS, CONTRACTS, RiskClass
from oracle import purses
from oracle.choices import applies_for_severance, key, signs
from oracle.day import Phase
from oracle.effects import agree
from oracle.redeployment import keep_for_redeployment
from oracle.things import Body, Exit, Person
from oracle.world import World

PERMANENT = CONTRACTS.index("permanent")


@dataclass(eq=False)
class Case:
    """An application. Severance, pension capital, cost of the post per month and net saving are in pence."""

    person: Person
    pence: int
    strain: int
    monthly: int
    net: int
    draw: int  # the panel's random number, in units of 2⁻⁵³

    @property
    def cost(self) -> int:
        """All that the employer pays."""
        return self.pence + self.strain


def sit(acting: Any, policy: Mars) -> None:
    """Collect applications on the closing day, and let the panels decide."""
    world = acting.world
    cases = [case for person in world.in_post(policy.kinds) if (case := _applies(acting, policy, person))]
    approved = [case for body in world.bodies for case in _approved(world, policy, body, cases)]
    if policy.fund:
        approved = _afforded(world, policy, approved)
    owed: dict[Body, int] = {}
    for case in cases:
        if _settled(acting, policy, case, approved=case in approved):
            owed[case.person.body] = owed.get(case.person.body, 0) + case.cost
    for body, pence in owed.items():
        if policy.fund:
            purses.draw(world, Phase.WINDOWS, acting.rule, policy.fund, body, pence)


def _settled(acting: Any, policy: Mars, case: Case, *, approved: bool) -> bool:
    """Log the result of one application, and agree the exit if it is approved and signed. Returns whether it was."""
    world = acting.world
    rule = acting.rule
    person = case.person
    _note(world, rule, Kind.APPLIED, person, case.pence)
    if not approved:
        _note(world, rule, Kind.REFUSED, person)
        return False
    _note(world, rule, Kind.APPROVED, person)
    if not signs(world, person, acting.chances):
        _note(world, rule, Kind.WITHDREW, person)
        return False
    leaving = _last(world, policy, person)
    fate = acting.chances.uniform("post removed", key(person))[0]
    going = Exit(rule, leaving, severance=case.pence, strain=case.strain, removes_post=bool(fate < policy.removed))
    agree(world, person, going)
    if policy.removed <= fate < policy.removed + policy.redeployed:
        keep_for_redeployment(acting, policy, person, person.post, leaving)
    return True


def _last(world: World, policy: Mars, person: Person) -> int:
    """A person's last day in this round: the scheme's, or the employer's if that is earlier."""
    return min(world.calendar.day(policy.leaves), person.body.closes)


def _strain(world: World, policy: Mars, person: Person, pence: int, leaving: int) -> int:
    """Capital in pence for a pension drawn early on redundancy terms."""
    facts = (person.pay, person.wte, person.born, person.service_from, world.epoch(leaving), person.section)
    pay, wte, born, since, last, section = (np.array([fact]) for fact in facts)
    strain = world.law.pension_strain(
        pay, wte, born, since, last, section, redundancy_pence=np.array([pence]), terms_on=_terms_on(world, policy)
    )
    return int(strain[0])


def _note(world: World, rule: int, kind: Kind, person: Person, pence: int = 0) -> None:
    world.note(Phase.WINDOWS, kind, rule, person.staff, left=person.post.number, pence=pence)


def _may_apply(world: World, policy: Mars, person: Person) -> bool:
    """Whether the round is open to somebody, regardless of their service."""
    if person.settled or person.guaranteed_on(world.today):
        return False
    if policy.regions and person.body.region not in policy.regions:
        return False
    if policy.bodies and person.body.name not in policy.bodies:
        return False
    if policy.functions and world.scenario.functions[person.post.function] not in policy.functions:
        return False
    if BANDS[person.post.band] not in policy.bands or (person.clinician and not policy.clinicians):
        return False
    if person.risk_class == RiskClass.AT_RISK and not policy.at_risk:
        return False
    return person.contract == PERMANENT or (policy.fixed_term and person.contract_ends > _last(world, policy, person))


def _applies(acting: Any, policy: Mars, person: Person) -> Case | None:
    """Somebody's application, or None."""
    world = acting.world
    if not _may_apply(world, policy, person):
        return None
    leaving = world.epoch(_last(world, policy, person))
    served = complete_months(person.service_from, leaving + 1)
    least = policy.min_service_months
    if least is not None and served < least:
        return None
    pay = np.array([person.pay])
    wte = np.array([person.wte])
    since = np.array([person.service_from])
    if policy.terms == "section16":
        born = np.array([person.born])
        band = np.array([person.post.band])
        terms_on = _terms_on(world, policy)
        pence = int(world.law.redundancy(pay, wte, born, since, leaving, band, terms_on=terms_on)[0])
        months = float(world.law.redundancy_months(since, leaving, born=born, terms_on=terms_on)[0])
    else:
        tariff = world.law.terms(policy.terms, world.epoch(world.calendar.day(policy.leaves)))
        if least is not None:
            tariff = attrs.evolve(tariff, qualifying_months=least)
        pence = int(world.law.mars(np.array([person.basic]), wte, since, leaving, terms=tariff)[0])
        months = float(world.law.mars_months(since, leaving, terms=tariff)[0])
    back = _clawback_months(world, policy)
    early = policy.terms == "section16"
    if pence <= 0 or not applies_for_severance(world, person, acting.chances, months, back, early_pension=early):
        return None
    return _case(acting, policy, person, pence)


def _terms_on(world: World, policy: Mars) -> Any:
    """The epoch day whose redundancy terms apply: the day on which the round opens, (1,)."""
    return np.array([world.epoch(world.calendar.day(policy.opens))])


def _clawback_months(world: World, policy: Mars) -> float:
    """Months of clawback that applicants expect: the round's, or the law's on the day of leaving."""
    if policy.clawback_months is not None:
        return policy.clawback_months
    law = world.law.parameters
    on = world.epoch(world.calendar.day(policy.leaves))
    if policy.terms != "section16":
        rule = f"clawback_{policy.terms}"  # civil servants' terms have none
        held = law.table(rule).held(on) if rule in law.tables else ()
        return held[0].number("all_staff") if held else 0.0
    return clawback_on_redundancy(world, on)


def clawback_on_redundancy(world: World, on: int) -> float:
    """Months of clawback for somebody who leaves on redundancy terms on an epoch day."""
    law = world.law.parameters
    for name in ("vr_2025", "vr_nhsps"):
        held = law.table(f"clawback_{name}").held(on)
        if held:
            return held[0].number("all_staff")
    return law.number("alternative_window_days").on(on).value * 12.0 / DAYS_A_YEAR


def _case(acting: Any, policy: Mars, person: Person, pence: int) -> Case:
    """The case that the panel sees. The saving runs from the day after the last day to the employer's closing day or the
    scenario's end.
    """
    world = acting.world
    yearly = int(world.law.employer_cost(np.array([person.pay]), np.array([person.wte]), world.epoch(world.today))[0])
    monthly = yearly // 12
    leaving = _last(world, policy, person)
    days = max(min(person.body.closes, world.days - 1) - leaving, 0)
    draw = int(acting.chances.uniform("panel", key(person))[0] * 2**53)
    strain = _strain(world, policy, person, pence, leaving) if policy.terms == "section16" else 0
    return Case(person, pence, strain, monthly, monthly * 12 * days // 365 - pence - strain, draw)


def _approved(world: World, policy: Mars, body: Body, cases: list[Case]) -> list[Case]:
    """The cases that the panel of one employer approves: best first, until one does not fit."""
    money = math.inf if policy.budget_pounds is None else round(policy.budget_pounds * 100)
    places = _places(world, policy, body)
    approved: list[Case] = []
    for case in sorted(_eligible(world, policy, body, cases), key=lambda case: _order(policy, case)):
        money -= case.cost
        if money < 0 or len(approved) == places:
            break
        approved.append(case)
    return approved


def _places(world: World, policy: Mars, body: Body) -> int:
    """How many cases one employer may approve: its quota × its region's multiple."""
    heads = sum(person.post is not None and person.body is body for person in world.people)
    quota = min(policy.quota * policy.appetite.get(body.region, 1.0), 1.0)
    return math.floor(heads * quota + 1e-9)


def _afforded(world: World, policy: Mars, cases: list[Case]) -> list[Case]:
    """The approved cases that the fund can pay: in each purse, best first, until one does not fit."""
    money: dict[Any, int] = {}
    approved: list[Case] = []
    for case in sorted(cases, key=lambda case: _order(policy, case)):
        body = case.person.body
        purse_key = purses.purse(world, policy.fund, body)
        if body.kind not in world.scenario.funds[policy.fund].drawers:
            continue
        rest = money.get(purse_key, purses.left(world, policy.fund, body)) - case.cost
        money[purse_key] = rest if rest >= 0 else -1  # a purse pays no case after the first that does not fit
        if rest >= 0:
            approved.append(case)
    return approved


def _eligible(world: World, policy: Mars, body: Body, cases: list[Case]) -> list[Case]:
    """Cases of an employer that pay back in time, without business-critical people and protected functions."""
    return [
        case
        for case in cases
        if case.person.body is body
        and not case.person.critical
        and world.scenario.functions[case.person.post.function] not in policy.protected
        and case.cost <= policy.payback_months * case.monthly
    ]


def _order(policy: Mars, case: Case) -> tuple[int, int, int]:
    first = {
        "net-saving": -case.net,
        "payback": case.cost * 1000 // max(case.monthly, 1),
        "luck": case.draw,
    }[policy.order]
    return first, case.draw, case.person.staff
