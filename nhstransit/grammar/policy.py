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
from nhstransit.grammar.explained import explained_by_proposals
from nhstransit.grammar.situation import Occasion, People, Situation
from nhstransit.organisations.bodies import Roster, kinds_in_words
from nhstransit.phrases import date, number_of, percentage, span, span_of_pounds, sum_of_money
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

    # For readers: a short name for tables and figures, and a sentence on what it is.
    title: ClassVar[str] = ""
    about: ClassVar[str] = ""

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """Say in sentences, before a run, what is to happen on one of its days: to whom, on what terms, by what rule.

        `nt.explain` calls it once for each occasion that it tells, and prints the sentences as one paragraph under the
        policy's name and the stage. By default they are what the proposals say of themselves.

        Args:
            situation: the day, its stage and round, with the opening staff as if nobody had come, left or moved.
            proposals: what `propose` gives in that situation; None where it finds nobody.

        Returns:
            Whole sentences, each with its full stop.
        """
        return explained_by_proposals(self, situation, proposals)


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
    a `place` and hold a `luck`, a `title`, a sentence `about` it and a method `explain`, as `Keyed` does.
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
#
# Each kind of proposal says in sentences what it holds (`explain`): to how many people, on what terms. A policy adds to them
# what only it knows, such as the rule by which the employer chooses.


def among(count: int, situation: Situation, kinds: Sequence[str] = ()) -> str:
    """So many people, of how many who work in bodies of these `kinds`; of how many there are where none is named."""
    if not kinds:
        return f"{count:,} of the {number_of(len(situation.people.staff), 'person')} there are"
    employed = int(situation.employed_by(kinds).sum())
    return f"{count:,} of the {number_of(employed, 'person')} in {kinds_in_words(kinds)}"


@attrs.frozen(eq=False, kw_only=True)
class Proposals:
    """What is put to people: a proposal a row; a person may have several where the question is a post."""

    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """Say to how many people this is put, and on what terms.

        Args:
            situation: the day on which it is put to them, with the opening staff.
            kinds: kinds of body whose staff the policy is for, as in `organisations.bodies.KINDS`; none for all people.
        """
        return (f"It concerns {number_of(len(np.unique(self.rows)), 'person')} of the opening staff.",)


@attrs.frozen(eq=False, kw_only=True)
class SeveranceOffer(Proposals):
    """Pay for going: pence, the same in months of pay, the last day in post, months of clawback."""

    pence: Longs
    months: Floats
    last_day: int
    clawback_months: float = 0.0

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many may apply, what they would be paid, and when a part is paid back."""
        return (
            f"{among(len(self), situation, kinds)} may apply.",
            *self.explain_sums(situation),
            *self.explain_clawback(),
        )

    def explain_sums(self, situation: Situation) -> tuple[str, ...]:
        """Lowest, median and highest payment; and what all of them would cost."""
        last_day = date(situation.calendar.date(self.last_day))
        return (
            f"Months of pay offered: {span(self.months, '{:.1f}')}; in pounds: {span_of_pounds(self.pence)}.",
            f"All of them going by {last_day} would cost {sum_of_money(int(self.pence.sum()))}.",
        )

    def explain_clawback(self) -> tuple[str, ...]:
        """The months within which a return costs money, where there are any."""
        if not self.clawback_months:
            return ()
        return (f"People who return to the NHS within {self.clawback_months:g} months repay part of it.",)


@attrs.frozen(eq=False, kw_only=True)
class RetentionOffer(Proposals):
    """Terms for staying: a premium as a share of basic pay, and the last day of the guarantee."""

    premium: float
    until: int

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many are offered terms by how many employers; the terms; and what happens where either ends sooner."""
        employers = number_of(len(np.unique(situation.people.employer[self.rows])), "employer")
        sooner = self.ending_sooner(situation)
        bought_out = (
            f"For {number_of(sooner, 'person')} employer or contract ends sooner: a fixed term is prolonged, and people "
            "let go when the employer closes are paid basic pay and premium for the days that are left."
        )
        return (
            f"{employers} would offer terms for staying to {among(len(self), situation, kinds)}.",
            *self.explain_terms(situation),
            *((bought_out,) if sooner else ()),
            *self.explain_ceiling(situation),
        )

    def explain_terms(self, situation: Situation) -> tuple[str, ...]:
        """The last day of the guarantee, the premium, and that the guarantee binds."""
        people = situation.people
        yearly = people.basic_pence(self.rows) * people.wte(self.rows) * self.premium
        until = date(situation.calendar.date(self.until))
        return (
            f"They are offered a job to {until} and {percentage(self.premium)} on top of basic pay; in pounds a year: "
            f"{span_of_pounds(yearly)}.",
            "It binds: redundancy waits until it ends, and it moves with the person to another post.",
        )

    def explain_ceiling(self, situation: Situation) -> tuple[str, ...]:
        """The law's ceiling on premia on that day, with its grade; nothing where it has none."""
        ceilings = situation.law.parameters.number("retention_premium_ceiling").held(situation.epoch_day)
        return tuple(
            f"The ceiling on such premia is {percentage(one.value)} (quality: {one.quality})." for one in ceilings
        )

    def ending_sooner(self, situation: Situation) -> int:
        """For how many people the employer closes, or a fixed term ends, before the guarantee does."""
        people = situation.people
        closes = situation.bodies.closes[people.employer[self.rows]]
        lasts = np.minimum(closes, people.contract_ends[self.rows])
        return int((lasts < self.until).sum())


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

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many may compete, and for how many kinds of post each."""
        return (*self.explain_candidates(situation, kinds), *self.explain_choices())

    def explain_candidates(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many people may compete."""
        return (f"{among(len(np.unique(self.rows)), situation, kinds)} may compete.",)

    def explain_choices(self) -> tuple[str, ...]:
        """How many kinds of post each may go for, and how many people would find posts on a lower band only."""
        rows, choices = np.unique(self.rows, return_counts=True)
        said = f"Kinds of post (body, function and band) that each may go for: {span(choices, '{:.0f}')}."
        lower_only = len(rows) - len(np.unique(self.rows[self.bands_down == 0]))
        if not lower_only:
            return (said,)
        return (said, f"{number_of(lower_only, 'person')} would find posts on a lower band only.")


@attrs.frozen(eq=False, kw_only=True)
class News(Proposals):
    """Word that reaches people: the share of posts like theirs that is expected to go, and how much it weighs."""

    target: Floats
    weight: float

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many it reaches, what it says of their posts, and how far it moves perceived risk."""
        expected = span(100 * self.target, "{:.0f}%")
        return (
            f"It reaches {among(len(self), situation, kinds)}.",
            f"Share of posts like theirs expected to go: {expected}; perceived risk moves {percentage(self.weight)} of the "
            "way there.",
        )


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
