"""What a policy and a choice are: two protocols, and the questions that join them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import attrs
import numpy as np

from nhstransit.arrays import Bools, Bytes, Floats, Ints, Keys, Longs, Rows
from nhstransit.dates import Calendar
from nhstransit.grammar.effects import Effects
from nhstransit.grammar.situation import Occasion, People, Situation
from nhstransit.organisations.bodies import Roster
from nhstransit.streams import Chances

Question = Literal["severance", "retention", "post", "outlook"]
QUESTIONS: tuple[Question, ...] = ("severance", "retention", "post", "outlook")


OWN_PLACE = 90  # of a class that declares none: after those of the library
LAST_PLACE = 99


@attrs.frozen(kw_only=True)
class Keyed:
    """What every policy of the library inherits, and your own may: its place within a phase, and the key of its luck.

    `place` is declared by the class, from 0 to 99: of policies that act on one day in one phase, those of the lower place
    act first, and those of one place in the order of the scenario's file. `luck` is the key from which all draws of the
    policy follow; left empty it is the policy's name. So a policy renamed with its old name as key changes nothing, and two
    policies with one key share their luck.
    """

    place: ClassVar[int] = OWN_PLACE
    luck: str = ""


def place_of(policy: object) -> int:
    """The place within a phase that a policy's class declares, or that of a class which declares none."""
    place: int = getattr(policy, "place", OWN_PLACE)
    return place


def luck_of(name: str, policy: object) -> str:
    """The key of a policy's luck: what it says, or else its name."""
    key = getattr(policy, "luck", "")
    return key if isinstance(key, str) and key else name


@runtime_checkable
class Policy(Protocol):
    """What an employer may do: one small frozen class in one file, the user's own included.

    `question` says which choice answers its proposals (None: nobody is asked); `signed` whether those chosen may still
    withdraw. It keeps no state: what it must remember stands in the columns or comes back with `Ask`. Its class may declare
    a `place` and hold a `luck`, as `Keyed` does.
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
    def announced(self) -> dt.date:
        """The date on which it becomes known; nothing of it happens before."""
        ...

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """When it acts, in order."""
        ...

    def propose(self, situation: Situation) -> Proposals | None:
        """To whom it puts what; None for nothing today."""
        ...

    def select(self, situation: Situation, proposals: Any, answers: Answers, chances: Chances) -> Effects:
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


# What is put to people, what they need to know to answer, and what they say.


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

    `group` numbers the groups from 0; `near` is 0 for a successor of one's own body, 1 for the same cluster, 2 for the
    same region, 3 for elsewhere; `bands_down` counts bands below the present one.
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
    """What a choice may need from the law and from other policies, row by row of the proposals."""

    risk: Floats  # perceived, 0 to 1
    redundancy_months: Floats  # what redundancy at the employer's closing day would pay, in months of pay
    pension_reached: Bools  # past the minimum pension age
    disaffected: Floats  # share of the employer's staff who are leavers by disposition and still there, 0 to 1


@attrs.frozen(eq=False, kw_only=True)
class Answers:
    """What people say, row by row of the proposals.

    0 no, 1 yes, for news a disposition; for posts also how they rank them, highest first.
    """

    said: Bytes
    ranking: Floats | None = None

    @property
    def yes(self) -> Bools:
        """Who said yes."""
        return np.asarray(self.said > 0)
