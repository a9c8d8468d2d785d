"""Knowledge and cover computed by a plain replay: event by event, one person at a time, and day by day."""

from __future__ import annotations

import math
from collections import defaultdict

from nhstransit.dates import DAYS_A_YEAR
from nhstransit.log import RULES, Kind
from nhstransit.workforce.columns import Disposition, RiskClass

MONTH = DAYS_A_YEAR / 12


class Person:
    """The state of one person during the replay."""

    def __init__(self, run, row, knowledge):
        people = run.people
        self.row = row
        self.wte = people.wte_hundredths[row] / 100
        self.worth = knowledge.band_weights[people.band[row]] ** knowledge.band_power
        self.worth *= math.exp(knowledge.skill_slope * float(people.skill[row]))
        self.post = -1
        self.since = 0
        self.known = None
        self.start = 1.0
        self.last_post = -1
        self.left_on = 0
        self.leaver = self.lent = self.bridged = False

    def now(self, day, knowledge):
        """Knowledge on a day, from the knowledge on the first day in the post."""
        years = (day - self.since) / DAYS_A_YEAR
        return self.worth - (self.worth - self.known) * math.exp(-years / knowledge.service_scale_years)


class Replay:
    """A replay of a run's events. `months` are the last days of months, with a snapshot at the end of each."""

    def __init__(self, run, knowledge, cover, months):
        self.run = run
        self.knowledge = knowledge
        self.cover = cover
        self.months = months
        self.people = {int(staff): Person(run, row, knowledge) for row, staff in enumerate(run.people.staff.tolist())}
        self.funded = {post for post, opens in enumerate(run.posts.opens.tolist()) if opens <= 0}
        self.covered = set()  # posts with an interim
        self.closing = set()  # posts removed by tomorrow's closure
        self.flows = [defaultdict(float) for _ in months]
        self.snapshots = []
        self.days = defaultdict(float)
        closed = defaultdict(set)
        for day, _, kind, rule, _, post, *_ in run.log.tuples():
            if kind is Kind.REMOVED and rule == RULES["closure"]:
                closed[day - 1].add(post)
        waiting = run.log.tuples()
        for person, post in zip(self.people.values(), run.opening_post.tolist(), strict=True):
            if post >= 0:
                self.enter(person, post, 0, self.fresh(person, 0), 1.0)
        for day in range(months[-1] + 1):
            while waiting and waiting[0][0] == day:
                self.event(*waiting.pop(0))
            self.closing = closed[day]
            self.work(day)
            if day in months:
                self.snapshots.append(self.snapshot(day))

    def fresh(self, person, day):
        since = int(self.run.people.service_from[person.row])
        years = (day + self.run.scenario.calendar.origin - since) / DAYS_A_YEAR
        years = max(years, self.knowledge.least_service_months / 12)
        return person.worth * (1 - math.exp(-years / self.knowledge.service_scale_years))

    def enter(self, person, post, day, known, start):
        person.post = post
        person.since = day
        person.known = known
        person.start = start
        person.lent = person.bridged = False

    def flow(self, day):
        return self.flows[next(month for month, end in enumerate(self.months) if end >= day)]

    def place(self, post):
        return int(self.run.posts.employer[post]), int(self.run.posts.function[post])

    def event(self, day, phase, kind, rule, staff, old, new, pence):
        person = self.people.get(staff)
        if kind is Kind.OPENED:
            self.funded.add(new)
        elif kind is Kind.REMOVED:
            self.funded.discard(old)
        elif kind is Kind.INTERIM:
            self.covered.add(new)
        elif kind is Kind.INTERIM_ENDED:
            self.covered.discard(old)
        elif kind is Kind.DISPOSITION:
            person.leaver = new == Disposition.LEAVER
        elif kind is Kind.RISK:
            person.lent = new == RiskClass.ASSIGNED or (person.lent and new == RiskClass.SAFE)
        elif kind is Kind.RETAINED:
            kinds = {self.run.code_of(name): type(policy) for name, policy in self.run.scenario.policies.items()}
            person.bridged |= kinds[rule].__name__ in {word.title().replace("-", "") for word in self.knowledge.bridges}
        elif kind is Kind.DEPARTED:
            self.flow(day)["left"] += self.learn(person, day)
            person.last_post = old
            person.left_on = day
            person.known = person.now(day, self.knowledge)
            person.post = -1
        elif kind is Kind.ARRIVED:
            self.arrive(person, new, day, rule)
        elif kind is Kind.MOVED:
            self.move(person, old, new, day, rule)

    def arrive(self, person, post, day, rule):
        kept = self.knowledge.transfer_retention
        if self.moves_whole(rule):
            kept = self.knowledge.whole_retention
        if person.last_post < 0:
            known = kept * self.fresh(person, day)
        else:
            if self.place(post)[0] == self.place(person.last_post)[0]:
                kept = 1.0
            known = kept * self.knowledge.retention_monthly ** ((day - person.left_on) / MONTH) * person.known
        self.enter(person, post, day, known, self.cover.start)
        self.flow(day)["arrived"] += known

    def moves_whole(self, rule):
        """Whether work moves with people under the rule: by the type of the policy, or by name for a user's own."""
        for name, policy in self.run.scenario.policies.items():
            if self.run.code_of(name) == rule:
                own = not type(policy).__module__.startswith("nhstransit.")
                whole = type(policy).__name__ in ("TransferWhole", "TransferArms", "Split")
                return name in self.knowledge.whole if own else whole
        return False

    def move(self, person, old, new, day, rule):
        whole = self.moves_whole(rule)
        before = self.learn(person, day)
        kept, start = (self.knowledge.whole_retention, self.cover.whole_start) if whole else (None, None)
        kept = kept or self.knowledge.transfer_retention
        start = start or self.cover.start
        if person.bridged:
            kept = max(kept, self.knowledge.bridge_retention)
        if self.place(old)[0] == self.place(new)[0]:
            kept = 1.0
        if self.place(old) == self.place(new):
            start = 1.0
        self.enter(person, new, day, before * kept, start)
        self.flow(day)["lost_on_moves"] += before - before * kept

    def learn(self, person, day):
        """Return a person's knowledge at the end of a spell, and add what they learned to the months of the spell."""
        earlier = -1
        for month, end in enumerate(self.months):
            a = max(earlier, person.since)
            b = min(end, day)
            if a < b or (a == b and a == person.since):
                self.flows[month]["learned"] += person.now(b, self.knowledge) - person.now(a, self.knowledge)
            earlier = end
        return person.now(day, self.knowledge)

    def output(self, person, day):
        """Shares of hours at the end of a day: lent, lost to newness, lost to drag, and productive."""
        lent = self.cover.lent_share if person.lent else 0.0
        new = (1 - person.start) * math.exp(-(day - person.since) / MONTH / self.cover.ramp_months)
        drag = self.dragged(person)
        return lent, (1 - lent) * new, (1 - lent) * (1 - new) * drag, (1 - lent) * (1 - new) * (1 - drag)

    def dragged(self, person):
        """The share of a disaffected person's output that is lost."""
        lost = person.leaver and "drag" not in self.run.scenario.behaviour.off
        return self.cover.drag if lost else 0.0

    def needed(self, day):
        """Posts that must be covered at the end of a day."""
        opens = self.run.scenario.roster.opens
        return {post for post in self.funded - self.closing if opens[self.run.posts.employer[post]] <= day}

    def work(self, day):
        """Add the hours of the day, in months. Newness is integrated over the day."""
        held = set()
        for person in self.people.values():
            if person.post < 0:
                continue
            held.add(person.post)
            share = person.wte / MONTH
            scale = self.cover.ramp_months * MONTH
            a, b = (math.exp(-(when - person.since) / scale) for when in (day, day + 1))
            new = (1 - person.start) * scale * (a - b)
            lent = self.cover.lent_share if person.lent else 0.0
            self.days["in_post"] += share
            self.days["lent"] += share * lent
            self.days["lost_to_newness"] += share * (1 - lent) * new
            self.days["lost_to_drag"] += share * (1 - lent) * (1 - new) * self.dragged(person)
        self.days["vacant"] += len(self.needed(day) - held) * self.mean() / MONTH
        self.days["interims"] += len(self.covered) * self.mean() / MONTH * self.cover.interim_share

    def mean(self):
        wte = [
            person.wte for person, post in zip(self.people.values(), self.run.opening_post, strict=True) if post >= 0
        ]
        return sum(wte) / len(wte) if wte else 1.0

    def snapshot(self, day):
        """Knowledge, people and cover at the end of a day."""
        here = [person for person in self.people.values() if person.post >= 0]
        cells = defaultdict(lambda: [0.0, 0.0, 0, 0])  # productive, establishment, heads, posts
        for person in here:
            cell = cells[self.place(person.post)]
            cell[0] += person.wte * self.output(person, day)[3]
            cell[1] += person.wte
            cell[2] += 1
        for post in self.covered:
            cells[self.place(post)][0] += self.cover.interim_share * self.mean()
        for post in self.needed(day):
            cells[self.place(post)][3] += 1
        for cell in cells.values():
            cell[1] = cell[1] + max(cell[3] - cell[2], 0) * self.mean() if cell[3] else 0.0
        known = defaultdict(float)
        for person in here:
            known[self.place(person.post)] += person.now(day, self.knowledge)
        return {"cells": dict(cells), "known": dict(known), "people": len(here)}

    def finish(self):
        """Add the learning of people who are in post at the end, for whom there is no last event."""
        for person in self.people.values():
            if person.post >= 0:
                self.learn(person, self.months[-1])
        return self
