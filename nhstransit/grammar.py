"""The one grammar of every policy: propose, answer, select, confirm, take effect.

A policy says on which days it acts, to whom it puts what, and what follows from the answers. A behaviour gives the
answers. Neither sees the other: they meet in these words, and only the engine introduces them. Any step may be empty.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, Protocol, runtime_checkable

import attrs
import numpy as np

from nhstransit.arrays import Bools, Bytes, Floats, Ints, Keys, Longs, Rows, Shorts, Singles
from nhstransit.dates import Calendar
from nhstransit.entitlements import Law
from nhstransit.eventlog import Kind, Phase
from nhstransit.organisations.roster import Roster
from nhstransit.streams import Chances

Question = Literal["severance", "retention", "post", "outlook"]
QUESTIONS: tuple[Question, ...] = ("severance", "retention", "post", "outlook")


@attrs.frozen
class Occasion:
    """One time a policy acts: the day, which of its stages, which round, and in which phase of the day."""

    day: int
    stage: str
    round: int = 0
    phase: Phase = Phase.WINDOWS


@attrs.frozen(eq=False, kw_only=True)
class People:
    """Everybody ever in the run, a row a person, as they stand now; (n,) read-only columns.

    Codes are positions in the vocabularies of `workforce.codes`; days count from the scenario's start, epoch days from
    1970. `post` is −1 for those not in post.
    """

    staff: Ints
    key: Keys  # what a person's luck hangs on
    post: Ints
    employer: Shorts
    function: Bytes
    band: Bytes
    point: Bytes
    pay_pence: Ints  # whole-time basic pay a year
    wte_hundredths: Bytes
    born: Ints  # epoch day
    service_from: Ints  # epoch day
    sex: Bytes
    clinician: Bools
    contract: Bytes
    contract_ends: Ints  # day
    section: Bytes
    critical: Bools
    skill: Singles
    outside: Singles
    attitude: Singles
    disposition: Bytes
    risk_class: Bytes
    risk: Singles  # perceived risk of losing the post, 0 to 1
    status: Bytes
    last_day: Ints  # of an agreed exit; NEVER without one
    exit_rule: Shorts  # rule of the agreed exit; −1 without one
    next_post: Ints  # appointed to, to start later; −1 without one
    retained_until: Ints  # last day of a guarantee; −1 without one
    premium: Singles  # share of basic pay paid for staying

    @property
    def in_post(self) -> Bools:
        """Who holds a post now, (n,)."""
        return np.asarray(self.post >= 0)

    @property
    def settled(self) -> Bools:
        """Who has somewhere to go: an agreed exit or another post to start in, (n,)."""
        return np.asarray((self.exit_rule >= 0) | (self.next_post >= 0))

    def wte(self, rows: Rows) -> Floats:
        """Whole-time equivalents of `rows`."""
        return self.wte_hundredths[rows] / 100.0


@attrs.frozen(eq=False, kw_only=True)
class PostsNow:
    """Every post of the run as it stands now; (posts,) read-only columns."""

    employer: Shorts
    function: Bytes
    band: Bytes
    key: Keys
    funded: Bools  # opened and not removed
    holder: Ints  # row of who holds it; −1: nobody
    reserved: Ints  # row of who is appointed to it and has yet to start; −1: nobody

    @property
    def vacant(self) -> Bools:
        """Posts that can be offered: funded, held by nobody and promised to nobody."""
        return np.asarray(self.funded & (self.holder < 0) & (self.reserved < 0))


@attrs.frozen(eq=False, kw_only=True)
class Situation:
    """What a policy may see when it acts: the world as it stands, read-only, and the law of the day."""

    day: int
    stage: str
    round: int
    calendar: Calendar
    people: People
    posts: PostsNow
    bodies: Roster
    law: Law
    asked: Rows  # who was told "ask again", (m,); empty at a policy's own occasions

    @property
    def epoch_day(self) -> int:
        """Today as days from 1970, for the law."""
        return self.calendar.origin + self.day

    def employed_by(self, kinds: Sequence[str]) -> Bools:
        """Who is in post in a body of these kinds, (n,)."""
        return np.asarray(self.bodies.of_kinds(kinds)[self.people.employer] & self.people.in_post)


@attrs.frozen(eq=False, kw_only=True)
class Proposals:
    """What is put to people: a proposal a row; a person may have several where the question is a post."""

    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)


@attrs.frozen(eq=False, kw_only=True)
class SeveranceOffer(Proposals):
    """Pay for going: pence, the same in months of pay, the last day in post, months of clawback."""

    pence: Longs
    months: Floats
    last_day: int
    clawback_months: float = 0.0


@attrs.frozen(eq=False, kw_only=True)
class RetentionOffer(Proposals):
    """Terms for staying: a premium as a share of basic pay, and the last day of the guarantee."""

    premium: float
    until: int


@attrs.frozen(eq=False, kw_only=True)
class PostOffer(Proposals):
    """A chance to compete for the posts of one group (employer × function × band); several rows a person.

    `group` numbers the groups from 0; `near` is 0 for the same cluster or employer, 1 for the region, 2 for elsewhere;
    `bands_down` counts bands below the present one.
    """

    group: Ints
    group_key: Keys
    near: Bytes
    bands_down: Bytes


@attrs.frozen(eq=False, kw_only=True)
class News(Proposals):
    """Word that reaches people: the share of posts like theirs that is expected to go, and how much it weighs."""

    target: Floats
    weight: float


@attrs.frozen(eq=False, kw_only=True)
class Prospects:
    """What a choice may need from the law and from other policies, row by row of the proposals; filled by the engine."""

    risk: Floats  # perceived, 0 to 1
    redundancy_months: Floats  # what redundancy at the employer's closing day would pay, in months of pay
    pension_reached: Bools  # past the minimum pension age


@attrs.frozen(eq=False, kw_only=True)
class Answers:
    """What people say, row by row of the proposals: 0 no, 1 yes (for news: their disposition); for posts, how they rank."""

    said: Bytes
    ranking: Floats | None = None

    @property
    def yes(self) -> Bools:
        """Who said yes."""
        return np.asarray(self.said > 0)


@attrs.frozen(eq=False, kw_only=True)
class Depart:
    """An exit is agreed, or notice given: last day, what is paid on it, and whether the post goes with its holder."""

    rows: Rows
    last_day: Ints
    severance: Longs
    in_lieu: Longs
    strain: Longs
    remove: Bools


@attrs.frozen(eq=False, kw_only=True)
class Appoint:
    """People get posts, to start on a day, today included; a redundancy agreed before falls away."""

    rows: Rows
    posts: Ints
    start: int


@attrs.frozen(eq=False, kw_only=True)
class Retain:
    """A guarantee to a day, with a premium; perceived risk is nought while it runs."""

    rows: Rows
    until: int
    premium: float


@attrs.frozen(eq=False, kw_only=True)
class Designate:
    """People are named business-critical."""

    rows: Rows


@attrs.frozen(eq=False, kw_only=True)
class Turn:
    """What people expect changes: disposition, risk class, or where perceived risk heads and how far it moves there."""

    rows: Rows
    disposition: Bytes | None = None
    risk_class: int | None = None
    target: Floats | None = None
    weight: float = 1.0


@attrs.frozen(eq=False, kw_only=True)
class Consult:
    """Collective consultation opens with these people, to a last day."""

    rows: Rows
    until: Ints


@attrs.frozen(eq=False, kw_only=True)
class OpenPosts:
    """New funded posts, a row each."""

    employer: Ints
    function: Ints
    band: Ints


@attrs.frozen(eq=False, kw_only=True)
class RemovePosts:
    """Vacant posts go; what each saves a year."""

    posts: Ints
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Pay:
    """Money to people today, of one of the log's kinds of money."""

    rows: Rows
    kind: Kind
    pence: Longs


@attrs.frozen(eq=False, kw_only=True)
class Ask:
    """The policy wants to act again, on a day its own calendar did not know, on these people."""

    rows: Rows
    day: int
    stage: str


Effect = Depart | Appoint | Retain | Designate | Turn | Consult | OpenPosts | RemovePosts | Pay | Ask
PERSONAL = (Depart, Appoint, Retain)  # effects that need a signature where the policy asks for one


@attrs.frozen(eq=False, kw_only=True)
class Effects:
    """What follows, in order. `chosen` (proposals,) is the panel's word where there is one; None: all who said yes."""

    then: tuple[Effect, ...] = ()
    chosen: Bools | None = None


NOTHING = Effects()


@runtime_checkable
class Policy(Protocol):
    """What an employer may do: one small frozen class in one file, the user's own included.

    `question` says which choice answers its proposals (None: nobody is asked); `signed` whether those chosen may still
    withdraw. It keeps no state: what it must remember stands in the columns or comes back with `Ask`.
    """

    @property
    def question(self) -> Question | None:
        """Which choice model answers; None where there is nothing to answer."""
        ...

    @property
    def signed(self) -> bool:
        """Whether those chosen sign before it takes effect."""
        ...

    @property
    def announced(self) -> Any:
        """The date on which it becomes known; nothing of it happens before."""
        ...

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """When it acts, in order."""
        ...

    def propose(self, situation: Situation) -> Proposals | None:
        """To whom it puts what; None for nothing today."""
        ...

    def select(self, situation: Situation, proposals: Proposals, answers: Answers, chances: Chances) -> Effects:
        """Whom the employer chooses, and what follows."""
        ...


class Choice(Protocol):
    """How people answer one question."""

    def answer(self, proposals: Any, prospects: Prospects, people: People, chances: Chances) -> Answers:
        """What each says, and for posts how each ranks them."""
        ...

    def sign(self, rows: Rows, people: People, chances: Chances) -> Bools:
        """Of those chosen, who signs."""
        ...
