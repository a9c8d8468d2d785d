"""The state of the oracle: people, posts, employers, the log, and the order of events within a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs
import numpy as np
import simpy

from nhstransit.behaviour import Behaviour, BetterOffer
from nhstransit.law import Law
from nhstransit.log import COLUMNS, NOBODY, Kind, Log
from nhstransit.scenario import Scenario
from nhstransit.streams import Luck
from nhstransit.workforce.columns import NEVER as NO_END
from oracle import pay
from oracle.day import Phase, numbers, order_of_acting
from oracle.things import NEVER, Body, Person, Post, single

ORDERS = 100_000  # more than the number of turns in a phase


def hope_of(behaviour: Behaviour) -> BetterOffer | None:
    """The better offer that people hope for, or None if it is switched off."""
    return None if "better-offer" in behaviour.off or not behaviour.better_offer.belief else behaviour.better_offer


class World:
    """People, posts and employers as objects, and a list of events."""

    def __init__(self, scenario: Scenario, seed: int, law: Law | None = None) -> None:
        self.scenario = scenario
        self.luck = Luck(seed)
        self.law = law or scenario.dated_law
        self.calendar = scenario.calendar
        self.hope = hope_of(scenario.behaviour)
        self.behaviour = attrs.evolve(scenario.behaviour, better_offer=BetterOffer()).in_force()
        self.days = scenario.calendar.days
        self.origin = scenario.calendar.origin
        self.env = simpy.Environment()
        self.rules = numbers(scenario.policies)
        self.turns = order_of_acting(scenario.policies, self.rules)
        self.events: list[tuple[int, ...]] = []
        self.bodies = [self._body(number) for number in range(len(scenario.organisations))]
        self.posts: list[Post] = []
        self.people: list[Person] = []
        self._open()
        self.usual = pay.usual(self.people)
        self.bills: dict[Body, int] = {}  # each employer's opening pay bill in pence per year
        for person in self.people:
            self.bills[person.body] = self.bills.get(person.body, 0) + round(person.pay * person.wte)
        self.appetites: dict[Body, float] = {}  # effects on the log-odds of applying; set in choices.py
        self.base: list[float] = []  # rates of resigning by function; set in lives.py
        self.gone: dict[Body, int] = {}  # departures of the month so far, by employer
        self.gone_a_head: dict[Body, float] = {}  # departures of the month before, per person in post on the 1st
        self.drawn: dict[tuple[str, int, str], int] = {}  # pence drawn on each purse
        self.saved: dict[tuple[int, Body], int] = {}  # pence per year saved by removing posts, by rule
        self.to_find: dict[Body, int] = {}  # pence per year that employers have to find
        self.followers: list[Any] = []  # functions called when employers are extended
        self.reading = 0  # the day of the latest monthly reading
        self.months_of_pay: dict[
            tuple[int, int, int], float
        ] = {}  # by first day of service, birth and last day; set in lives.py
        self.coming: dict[tuple[int, int], list[Any]] = {}  # newcomers by first day and rule; set in hiring.py

    # Days

    @property
    def today(self) -> int:
        return self.env.now // (len(Phase) * ORDERS)

    def until(self, day: int, phase: Phase, rule: int) -> simpy.Event:
        """An event at a rule's turn in a phase of a day. Raises ValueError if that is past."""
        return self.env.timeout((day * len(Phase) + phase) * ORDERS + self.turns[rule] - self.env.now)

    def epoch(self, day: int) -> int:
        return self.origin + day

    # The log

    def note(
        self,
        phase: Phase,
        kind: Kind,
        rule: int,
        staff: int,
        *,
        left: int = NOBODY,
        right: int = NOBODY,
        pence: int = 0,
    ) -> None:
        """Write an event of today. `left` and `right` are the columns `first` and `second`."""
        self.events.append((self.today, phase, kind, rule, staff, left, right, int(pence)))

    def log(self) -> Log:
        """All events as the library's log."""
        columns = zip(*self.events, strict=True) if self.events else [[] for _ in COLUMNS]
        return Log(*(np.array(list(column)) for column in columns))

    # People and posts

    def in_post(self, kinds: tuple[str, ...]) -> list[Person]:
        """Everyone in post at employers of these kinds, in order of staff number."""
        return [person for person in self.people if person.post is not None and person.body.kind in kinds]

    def vacancies(self, kinds: tuple[str, ...]) -> Iterator[Post]:
        return (post for post in self.posts if post.vacant and post.body.kind in kinds)

    def next_identity(self) -> int:
        """One more than the highest staff number so far."""
        return 1 + max((person.staff for person in self.people), default=-1)

    # The opening

    def _body(self, number: int) -> Body:
        body = self.scenario.organisations[number]
        closes = self.calendar.day(body.closes) if body.closes else NEVER
        return Body(number, body.name, body.kind, body.region, body.high_cost_area, closes)

    def _open(self) -> None:
        """Create the opening posts and staff."""
        scenario = self.scenario
        posts, seats = scenario.opening
        for number in range(len(posts)):
            body = self.bodies[posts.employer[number]]
            opens = int(posts.opens[number])
            self.posts.append(
                Post(
                    number=number,
                    body=body,
                    function=int(posts.function[number]),
                    band=int(posts.band[number]),
                    key=int(posts.key[number]),
                    opens=opens,
                    stands=opens <= 0 <= body.closes,
                    removed=body.closes < 0,
                )
            )
        for row, seat in enumerate(seats):
            person = self._person(row, self.posts[seat])
            self.posts[seat].holder = person
            self.people.append(person)

    def _person(self, row: int, post: Post) -> Person:
        columns = self.scenario.workforce.columns()
        known = {name: column[row].item() for name, column in columns.items()}
        ends = known["contract_ends"]
        table = pay.table(self, known["band"], known["point"])
        basic = known["pay_pence"] or table or 0
        supplement = pay.supplement(self, post.body, post.band, basic)
        return Person(
            staff=known["staff"],
            key=known["staff"],
            post=post,
            point=known["point"],
            pay=basic + supplement,
            supplement=supplement,
            scale_share=basic / table if table and basic < table else 1.0,
            own_pay=bool(known["pay_pence"]) and not (table and basic < table),
            wte=known["wte_hundredths"] / 100.0,
            born=known["born"],
            service_from=known["service_from"],
            contract=known["contract"],
            contract_ends=NEVER if ends == NO_END else ends - self.origin,
            section=known["section"],
            critical=known["critical"],
            listed=known["critical"],
            skill=single(known["skill"]),
            outside=single(known["outside"]),
            attitude=single(known["attitude"]),
            clinician=known["clinician"],
        )
