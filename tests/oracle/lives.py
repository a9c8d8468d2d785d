"""One process per person: it waits for the person's next departure, by any cause, and carries it out."""

from __future__ import annotations

from collections.abc import Callable, Generator

import numpy as np
import simpy

from nhstransit.clocks import daily_units, threshold_units
from nhstransit.dates import DAYS_A_YEAR
from nhstransit.grammar import Exposure
from nhstransit.log import CAUSES, NOBODY, Kind
from oracle.choices import chance_of_not_waiting
from oracle.day import AGREED, RULES, Phase
from oracle.interims import uncover
from oracle.things import NEVER, Clock, Exit, Person, Post, first_of_month
from oracle.world import World

RESIGNATIONS = (2, 3)  # the clocks that an agreed exit stops
FASTEST = 1e6  # the highest hazard per year


def begin_lives(world: World) -> None:
    """Start the clocks and the process of everyone in the opening staff."""
    behaviour = world.behaviour.departures
    functions = world.scenario.functions
    month = first_of_month(world.calendar, 0)
    shapes = [
        behaviour.shape(np.array([age]), np.array([served]))[0]
        for age, served in ((p.months(p.born, month) // 12, p.months(p.service_from, month)) for p in world.people)
    ]
    mean = np.array(shapes).mean() if shapes else 0.0
    scale = 1.0 / float(mean) if mean else 1.0
    world.base = [float(rate) * scale for rate in behaviour.base(functions)]
    for person in world.people:
        begin_life(world, person, 0)


def begin_life(world: World, person: Person, day: int, *, occasion: int = 0) -> None:
    """Draw a person's clocks, which run from `day`, and start the person's process."""
    person.clocks = []
    for cause in CAUSES:
        threshold = world.luck.exponential(f"clock {cause}", occasion, np.array([person.key], "uint64"))
        person.clocks.append(Clock(left=int(threshold_units(threshold)[0]), since=day))
    set_rates(world, person, day)
    person.process = world.env.process(life(world, person))


def life(world: World, person: Person) -> Generator[simpy.Event, None, None]:
    """Wait for the next departure, and determine it again whenever something has changed."""
    while person.post is not None:
        day, order, happen = next_departure(world, person)
        try:
            yield world.env.event() if day == NEVER else world.until(day, Phase.DEPARTURES, order)
        except simpy.Interrupt:
            continue
        happen()


def next_departure(world: World, person: Person) -> tuple[int, int, Callable[[], None]]:
    """The earliest of all possible departures: its day, its order within the day, and the function that carries it out."""
    ahead = [
        (clock.strikes(), RULES[cause], lambda rule=RULES[cause]: depart(world, person, Phase.DEPARTURES, rule))
        for cause, clock in zip(CAUSES, person.clocks, strict=True)
    ]
    if person.contract_ends >= world.today:
        rule = RULES["contract-end"]
        ahead.append((person.contract_ends, rule, lambda: depart(world, person, Phase.DEPARTURES, rule)))
    if person.exit is not None:
        agreed = person.exit
        ahead.append((agreed.last_day, AGREED, lambda: leave_as_agreed(world, person, agreed)))
    return min(ahead, key=lambda event: event[:2])


def disturb(world: World, person: Person) -> None:
    """Make a waiting process determine the next departure again."""
    if person.process.is_alive and person.process is not world.env.active_process:
        person.process.interrupt()


def rerate(world: World, person: Person) -> None:
    """Calculate new hazards for a person, which apply from today."""
    set_rates(world, person, world.today)
    disturb(world, person)


def set_rates(world: World, person: Person, day: int) -> None:
    """Calculate a person's hazards, and let the clocks run at these rates from `day`."""
    month = first_of_month(world.calendar, world.reading)
    assert person.post is not None
    guarded = person.guarantee is not None and person.guaranteed_on(world.today)
    later = _waiting_pays(world, person)
    exposure = Exposure(
        age=np.array([person.months(person.born, month) // 12]),
        service_months=np.array([person.months(person.service_from, month)]),
        risk=np.array([person.risk]),
        skill=np.array([person.skill]),
        outside=np.array([person.outside]),
        premium=np.array([person.guarantee.premium if guarded else 0.0]),
        disposition=np.array([person.disposition]),
        departed=np.array([world.gone_a_head.get(person.body, 0.0)]),
        redundancy_months=np.array([later]),
    )
    base = np.array([world.base[person.post.function]])
    hazards = world.behaviour.departures.rates(base, exposure)[:, 0]
    for index in RESIGNATIONS:
        hazards[index] *= chance_of_not_waiting(world, person, later, 0.0)
    hazards = np.minimum(hazards, FASTEST)
    for index, clock in enumerate(person.clocks):
        stopped = person.exit is not None and index in RESIGNATIONS
        clock.run_at(0 if stopped else int(daily_units(hazards[index], DAYS_A_YEAR)), day)


def _waiting_pays(world: World, person: Person) -> float:
    """Redundancy pay in months on the employer's closing day. Zero if it continues, unless better offers are expected."""
    return 0.0 if person.body.goes_on and world.hope is None else _later_pay(world, person)


def _later_pay(world: World, person: Person) -> float:
    """Redundancy pay in months on the employer's closing day, or on the day of the reading if it continues."""
    today = max(world.epoch(world.reading), person.service_from)
    leaving = today if person.body.goes_on else world.epoch(person.body.closes)
    service = (person.service_from, person.born, leaving)
    if service not in world.months_of_pay:
        since = np.array([person.service_from])
        born = np.array([person.born])
        found = world.law.redundancy_months(since, np.array([leaving]), born=born)
        world.months_of_pay[service] = float(found[0])
    return world.months_of_pay[service]


def depart(world: World, person: Person, phase: Phase, rule: int) -> Post:
    """Let a person leave. Agreed exits and promised posts are cancelled. Returns the post that the person left."""
    post = person.post
    assert post is not None
    world.note(phase, Kind.DEPARTED, rule, person.staff, left=post.number)
    post.holder = None
    post.spell = post.spell + 1
    post.last_held = world.today
    world.gone[post.body] = world.gone.get(post.body, 0) + 1
    forget(person)
    person.paid = 0
    person.bought_out = False
    person.post = None
    person.last_post = post
    person.left_day = world.today
    person.left_rule = rule
    person.departures = person.departures + 1
    return post


def forget(person: Person) -> None:
    """Cancel an agreed exit and the promise of a post."""
    if person.next_post is not None:
        person.next_post.promised = None
    person.next_post = person.exit = person.void = None
    person.notice_due = -1


def leave_as_agreed(world: World, person: Person, agreed: Exit) -> None:
    """Carry out an agreed exit: the person leaves and is paid, and the post is removed if that was agreed."""
    cost = world.law.employer_cost(np.array([person.pay]), np.array([person.wte]), world.epoch(world.today))
    unexpired = 0 if agreed.willing else rest_of_guarantee(person, world.today)
    post = depart(world, person, Phase.DEPARTURES, agreed.rule)
    person.paid = agreed.severance
    sums = ((Kind.SEVERANCE, agreed.severance), (Kind.IN_LIEU, agreed.in_lieu), (Kind.PENSION, agreed.strain))
    for kind, pence in sums:
        if pence > 0:
            person.bought_out = True
            world.note(Phase.DEPARTURES, kind, agreed.rule, person.staff, left=post.number, pence=pence)
    if unexpired:
        world.note(Phase.DEPARTURES, Kind.BOUGHT_OUT, agreed.rule, person.staff, left=post.number, pence=unexpired)
    if agreed.removes_post:
        remove(world, post, Phase.DEPARTURES, agreed.rule, int(cost[0]))


def rest_of_guarantee(person: Person, last: int) -> int:
    """Pay and premium in pence for the days of a guarantee after somebody's last day."""
    terms = person.guarantee
    if terms is None or terms.until <= last:
        return 0
    yearly = (person.pay + person.basic * terms.premium) * person.wte
    return round(yearly * (terms.until - last) / DAYS_A_YEAR)


def remove(world: World, post: Post, phase: Phase, rule: int, pence: int) -> None:
    """Remove a post for good."""
    uncover(world, post, phase)
    post.stands = False
    post.removed = True
    pence = pence if post.credited else 0
    world.saved[rule, post.body] = world.saved.get((rule, post.body), 0) + pence
    world.note(phase, Kind.REMOVED, rule, NOBODY, left=post.number, pence=pence)
