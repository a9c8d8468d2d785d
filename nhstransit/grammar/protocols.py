"""What a policy and a choice are: two protocols, and the questions that join them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, Literal, Protocol, runtime_checkable

from nhstransit.arrays import Bools, Rows
from nhstransit.dates import Calendar
from nhstransit.grammar.effects import Effects
from nhstransit.grammar.proposals import Answers, Proposals, Prospects
from nhstransit.grammar.situation import Occasion, People, Situation
from nhstransit.organisations.roster import Roster
from nhstransit.streams import Chances

Question = Literal["severance", "retention", "post", "outlook"]
QUESTIONS: tuple[Question, ...] = ("severance", "retention", "post", "outlook")


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
