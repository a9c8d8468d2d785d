"""What a policy may see when it acts: the present state of the run, in read-only columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from nhstransit.arrays import AnyArray, Bools, Bytes, Floats, Ints, Keys, Longs, Rows, Shorts, Singles
from nhstransit.dates import Calendar, complete_months
from nhstransit.errors import ScenarioError, nearest
from nhstransit.law import Law
from nhstransit.log import NO_RULE, Phase
from nhstransit.organisations.bodies import KINDS, Roster
from nhstransit.workforce.columns import BANDS, NEVER


@attrs.frozen
class Occasion:
    """One time at which a policy acts: the day, the stage, the number of the round, and the phase of the day."""

    day: int
    stage: str
    round: int = 0
    phase: Phase = Phase.WINDOWS


@attrs.frozen(eq=False, kw_only=True)
class People:
    """The present state of everyone who has ever been in the run, one row per person, in (n,) read-only columns.

    Codes are positions in the vocabularies of `workforce.columns`. Days are counted from the scenario's start, and
    epoch days from 1970.
    """

    staff: Ints
    key: Keys  # key of the person's random draws
    post: Ints  # row of the person's post; −1 if not in post
    employer: Shorts
    function: Bytes
    band: Bytes
    point: Bytes
    pay_pence: Ints  # whole-time pay per year: basic pay and any high-cost-area supplement
    supplement_pence: Ints  # the part of this pay that is high-cost-area supplement
    wte_hundredths: Bytes
    born: Ints  # epoch day of birth
    service_from: Ints  # epoch day from which NHS service counts; for returners it may be the day of return
    sex: Bytes
    clinician: Bools
    contract: Bytes
    contract_ends: Ints  # last day of a fixed term; NEVER for a permanent contract
    section: Bytes
    critical: Bools
    skill: Singles
    outside: Singles
    attitude: Singles
    disposition: Bytes  # code of the disposition since the latest news: leaver, stayer or mover
    risk_class: Bytes  # code of the risk class: whether the post is known to be safe or at risk
    risk: Singles  # perceived risk of losing the post, 0 to 1
    status: Bytes  # code of the status: outside, in post or leaving
    last_day: Ints  # last day of an agreed exit; NEVER without one
    exit_rule: Shorts  # rule of the agreed exit; −1 without one
    exit_voidable: Bools  # whether the exit, a redundancy, is cancelled if another post is found
    post_goes: Shorts  # rule of a voidable exit that removes the post even if the exit is voided; −1 without one
    next_post: Ints  # row of a post in which the person will start later; −1 without one
    notice_due: Ints  # day after consultation, for people selected for redundancy; −1 for others
    retained_until: Ints  # last day of a guarantee; −1 without one
    premium: Floats  # retention premium, as a share of basic pay
    course_until: Ints  # day on which the latest course ends; −1 for none
    left_day: Ints  # day of the latest departure; −1 for people who never left
    left_rule: Shorts  # rule of that departure; −1 for people who never left
    left_post: Ints  # post left at that departure; −1 for people who never left
    returned: Bools  # whether the person is back in the NHS in an organisation outside the model
    departures: Shorts  # number of departures so far
    paid_pence: Longs  # severance paid at the latest departure; 0 for none

    @property
    def in_post(self) -> Bools:
        """Whether each person holds a post now."""
        return np.asarray(self.post >= 0)

    @property
    def settled(self) -> Bools:
        """Whether each person has an agreed exit, or another post in which to start."""
        return np.asarray((self.exit_rule >= 0) | (self.next_post >= 0))

    def basic_pence(self, rows: Rows) -> Ints:
        """Whole-time basic pay in pence per year of the people in `rows`, without any supplement."""
        return np.asarray(self.pay_pence[rows] - self.supplement_pence[rows])

    def wte(self, rows: Rows) -> Floats:
        """The whole-time equivalents of the people in `rows`."""
        return self.wte_hundredths[rows] / 100.0


@attrs.frozen(eq=False, kw_only=True)
class PostsNow:
    """The present state of every post of the run, in (posts,) read-only columns."""

    employer: Shorts  # row of the employer in `situation.bodies`
    function: Bytes  # code of the function
    band: Bytes  # code of the band
    key: Keys  # key of the post's random draws
    opens: Ints  # first day on which the post can be filled; 0 or less if it is open from the start
    funded: Bools  # whether the post has been opened and not removed
    holder: Ints  # row of the person who holds the post; −1 if nobody does
    reserved: Ints  # row of the person who is appointed but has not started; −1 for nobody, −2 for a newcomer
    spell: Ints  # number of people who have left the post
    emptied: Ints  # last day with a holder, or the day before the post opened; −1 if vacant since the start
    interim: Ints  # row of the person who covers the post as an interim; −1 for nobody, −2 for agency staff
    credited: Bools  # whether its removal is a saving: it existed or was planned, and no other post replaced it

    @property
    def vacant(self) -> Bools:
        """Whether each post can be offered: funded, without a holder, and not reserved."""
        return np.asarray(self.funded & (self.holder < 0) & (self.reserved == -1))

    @property
    def coverable(self) -> Bools:
        """Whether each post can be covered: vacant, or reserved for a newcomer who has not started."""
        return np.asarray(self.funded & (self.holder < 0) & (self.reserved < 0))


@attrs.frozen(eq=False, kw_only=True)
class Purse:
    """The amount left in one fund. Employers with the same entry in `number` draw on the same money."""

    number: Ints  # index of the purse on which each employer may draw; −1 if it may draw on none
    pence: Longs  # pence left in each purse

    def of(self, employer: AnyArray) -> Longs:
        """The most that each of these employers may draw: zero if it may not draw."""
        place = self.number[employer]
        # An employer without a purse has −1, and 0 stands in for it until the last line.
        left = self.pence[np.maximum(place, 0)] if len(self.pence) else np.zeros(len(place), "int64")
        return np.where(place >= 0, left, 0)


@attrs.frozen(eq=False, kw_only=True)
class Situation:
    """What a policy may see when it acts: the present state of the run, read-only, and the law of the day."""

    day: int  # today
    stage: str  # name of the occasion on which the policy acts, as given in `days` or `Ask`
    round: int  # number of the round; random draws depend on it
    calendar: Calendar  # calendar that converts between days and dates
    people: People  # everyone who has ever been in the run
    posts: PostsNow  # every post of the run
    bodies: Roster  # every employer
    law: Law  # the dated law, with the changes made by the scenario
    functions: tuple[str, ...]  # names of the functions, in the order of their codes
    opening_bill: Longs  # pay of all staff of each employer when the scenario began, in pence per year
    usual_pay: Longs  # median basic pay of each band at the start, in pence per year; 0 for an empty band
    to_find: Longs  # pence per year that each employer must save earlier than planned
    saved: Mapping[str, Longs]  # by name of the policy: pence per year that each employer saves by the posts removed
    applied: Mapping[str, Longs]  # by name of the policy: number of applications so far, for each employer
    purses: Mapping[str, Purse]  # for each fund, by name: the money left in this financial year
    asked: Rows  # rows of the people for whom `Ask` set this day; empty on the policy's own days
    rules: Mapping[str, int]  # for each rule, by name: its number in columns and log
    rule: int  # number of the policy that acts

    @property
    def epoch_day(self) -> int:
        """Today as an epoch day, as the law needs it."""
        return self.calendar.origin + self.day

    def rule_of(self, name: str) -> int:
        """The number of the rule with a name. It is `NO_RULE` if the scenario has no such policy; no column contains
        that number.
        """
        return self.rules.get(name, NO_RULE)

    def applications(self, name: str) -> Longs:
        """The number of applications so far under a policy, for each employer to which people applied.

        A person who applies twice counts twice. All numbers are zero if nobody has applied, or if the scenario has no
        policy with that name.
        """
        return self.applied.get(name, np.zeros(len(self.bodies), "int64"))

    @property
    def concerned(self) -> Bools:
        """For each employer, whether this occasion concerns it. Normally all employers are concerned.

        If several replications are simulated together, a reminder concerns only the replications that requested it. A
        policy must use this mask if its reminder acts on more people than those in `asked`.
        """
        bodies = self.bodies
        if bodies.replications == 1 or not len(self.asked):
            return np.ones(len(bodies), bool)
        # A reminder is of one replication if its people are.
        asking = bodies.replication[self.people.employer[self.asked]]
        return np.isin(bodies.replication, asking)

    def bodies_of(
        self,
        kinds: Sequence[str] | None = None,
        *,
        regions: Sequence[str] | None = None,
        bodies: Sequence[str] | None = None,
    ) -> Bools:
        """For each employer, whether it has one of these kinds, regions and names.

        A filter that is None selects everything; an empty one selects nothing.

        Args:
            kinds: kinds of employer.
            regions: names of regions.
            bodies: names of employers.

        Raises:
            ScenarioError: for a kind, region or employer that does not exist.
        """
        roster = self.bodies
        found = np.ones(len(roster), bool)
        if kinds is not None:
            found &= np.isin(roster.kind, _positions(kinds, tuple(KINDS), "kinds"))
        if regions is not None:
            _check_names(regions, roster.regions, "regions")
            found &= roster.in_regions(regions)
        if bodies is not None:
            _check_names(bodies, roster.names, "bodies")
            found &= roster.named(bodies)
        return found

    def staff_of(
        self,
        kinds: Sequence[str] | None = None,
        *,
        regions: Sequence[str] | None = None,
        bodies: Sequence[str] | None = None,
        functions: Sequence[str] | None = None,
        bands: Sequence[str] | None = None,
        closing: bool = False,
        free: bool = False,
        served_months: int = 0,
    ) -> Bools:
        """For each person, whether the person is in post and matches all of these filters. `np.flatnonzero` converts this
        mask to rows.

        A filter that is None selects everyone; an empty one selects nobody. If an empty list in a policy means all, it
        passes `self.functions or None`.

        Args:
            kinds: kinds of the employer.
            regions: regions of the employer.
            bodies: names of employers.
            functions: functions of the post. A function that the scenario does not have selects nobody and is allowed.
            bands: bands of the post.
            closing: select only staff of employers that are going to close.
            free: select only people with neither an agreed exit nor another post in which to start.
            served_months: select only people with at least this many complete months of service by the end of today.

        Raises:
            ScenarioError: for a kind, region, employer or band that does not exist.
        """
        people = self.people
        # Filters on employers are applied to the few employers first, and then to their people.
        employers = self.bodies_of(kinds, regions=regions, bodies=bodies)
        if closing:
            employers &= self.bodies.closes < NEVER
        found = employers[people.employer] & people.in_post
        if functions is not None:
            found &= np.isin(people.function, self.function_codes(functions))
        if bands is not None:
            found &= np.isin(people.band, _positions(bands, BANDS, "bands"))
        if free:
            found &= ~people.settled
        # Service is computed last and only for people who pass all other filters.
        if served_months:
            rows = np.flatnonzero(found)
            found[rows] = self.service_months(rows, self.epoch_day) >= served_months
        return np.asarray(found)

    def posts_of(
        self,
        kinds: Sequence[str] | None = None,
        *,
        regions: Sequence[str] | None = None,
        bodies: Sequence[str] | None = None,
        functions: Sequence[str] | None = None,
        bands: Sequence[str] | None = None,
    ) -> Bools:
        """For each post, with or without a holder, whether it is funded and matches all of these filters.

        Args:
            kinds, regions, bodies, functions, bands: as in `staff_of`.

        Raises:
            ScenarioError: for a kind, region, employer or band that does not exist.
        """
        posts = self.posts
        found = posts.funded & self.bodies_of(kinds, regions=regions, bodies=bodies)[posts.employer]
        if functions is not None:
            found &= np.isin(posts.function, self.function_codes(functions))
        if bands is not None:
            found &= np.isin(posts.band, _positions(bands, BANDS, "bands"))
        return np.asarray(found)

    def employed_by(self, kinds: Sequence[str]) -> Bools:
        """For each person, whether the person is in post with an employer of these kinds: `staff_of(kinds)`."""
        return self.staff_of(kinds)

    def function_codes(self, names: Sequence[str]) -> list[int]:
        """Codes of functions by name. A name that the scenario does not have is left out."""
        return [self.functions.index(name) for name in names if name in self.functions]

    def patch(self, employer: AnyArray, function: AnyArray, band: AnyArray) -> Longs:
        """Integers that identify the employer's region, the function and the band together: equal if all three are equal.

        Args:
            employer: (n,) positions of employers.
            function: (n,) codes of functions.
            band: (n,) codes of bands.
        """
        # Region in the highest bits, then function in 8 bits and band in 8 bits.
        region = self.bodies.region[employer].astype("int64")
        return np.asarray((region << 16) | (function.astype("int64") << 8) | band)

    def pay_in(self, posts: Rows, point: int) -> Longs:
        """Whole-time pay in pence per year, at a point of the band, of a person in each of these posts."""
        band = self.posts.band[posts]
        zone = self.bodies.area[self.posts.employer[posts]]
        points = np.full(len(band), point)
        basic = self.law.annual_pay(band, points, self.epoch_day, usual=self.usual_pay)
        return np.asarray(basic + self.law.high_cost_supplement(basic, zone, self.epoch_day, band))

    def service_months(self, rows: Rows, leaving: int | AnyArray) -> Longs:
        """Complete months of service of `rows` to the end of epoch day `leaving` (one day for all, or one for each)."""
        # The month is complete at the end of the day of leaving, which is the beginning of the day after.
        return complete_months(self.people.service_from[rows], leaving + 1)


def _positions(given: Sequence[str], known: Sequence[str], field: str) -> list[int]:
    """The positions of names among those known. Raises ScenarioError for a name that does not exist."""
    _check_names(given, known, field)
    return [known.index(name) for name in given]


def _check_names(given: Sequence[str], known: Sequence[str], field: str) -> None:
    """Raise ScenarioError for a name that does not exist."""
    for name in given:
        if name not in known:
            raise ScenarioError(field, f"has the unknown name {name!r}", nearest(name, known))


@attrs.frozen(eq=False, kw_only=True)
class Exposure:
    """The facts on which the hazards of leaving depend, one entry per row, on the 1st of the month or after a change."""

    age: Ints  # complete years
    service_months: Ints  # complete months of reckonable service
    risk: Singles
    skill: Singles
    outside: Singles
    premium: Floats  # 0 without a guarantee
    disposition: Bytes
    departed: Floats  # departures of the same employer last month, per head; 0 if no model reads it
    redundancy_months: Floats  # redundancy pay from waiting, in months of pay; 0 at no risk, or if no model reads it
