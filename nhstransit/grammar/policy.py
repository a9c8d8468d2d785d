"""The protocols of a policy and a choice, and the questions that join them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, Literal, Protocol, runtime_checkable

import attrs
import numpy as np

from nhstransit.arrays import Bools, Bytes, Floats, Ints, Keys, Longs, Rows
from nhstransit.dates import Calendar
from nhstransit.grammar.effects import NOTHING, Effects
from nhstransit.grammar.explained import explained_by_proposals
from nhstransit.grammar.situation import Occasion, People, Situation
from nhstransit.organisations.appetites import Appetites
from nhstransit.organisations.bodies import Roster, kinds_in_words
from nhstransit.pence import check_numbers
from nhstransit.phrases import date, number_of, percentage, span, span_of_pounds, sum_of_money
from nhstransit.streams import Chances

Question = Literal["severance", "retention", "post", "outlook"]
QUESTIONS: tuple[Question, ...] = ("severance", "retention", "post", "outlook")


OWN_PLACE = 90  # of a class that declares none: after the library's policies
LAST_PLACE = 99


@attrs.frozen(kw_only=True)
class Keyed:
    """The order of a policy within a phase, and the key of its draws.

    The class declares `place`, from 0 to 99. Among policies that act on one day in one phase, those with a lower place
    act first; those with equal place act in the order of the scenario's file. All draws of the policy follow from the
    key `luck`. Where it is empty, the key is the policy's name. So a renamed policy that keeps its old name as key
    gives the same results, and two policies with one key share their draws.
    """

    place: ClassVar[int] = OWN_PLACE
    luck: str = ""

    # For readers: a short name for tables and figures, and a sentence on what it is.
    title: ClassVar[str] = ""
    about: ClassVar[str] = ""

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """State in sentences, before a run, what will happen on one of its days, to how many people and on what terms.

        `nt.explain` calls it once for each occasion in the explanation. It prints the sentences as one paragraph under
        the policy's name and the stage. By default they are the sentences of the proposals.

        Args:
            situation: the day, its stage and round, with the opening staff as if nobody had come, left or moved.
            proposals: what `propose` returns in that situation; None if it finds nobody.

        Returns:
            Whole sentences, each with its full stop.
        """
        return explained_by_proposals(self, situation, proposals)


def place_of(policy: object) -> int:
    """The place within a phase that a policy's class declares, or `OWN_PLACE` for a class that declares none."""
    place: int = getattr(policy, "place", OWN_PLACE)
    return place


def luck_of(name: str, policy: object) -> str:
    """The key of a policy's draws: its `luck`, or else its name."""
    key = getattr(policy, "luck", "")
    return key if isinstance(key, str) and key else name


@attrs.frozen(kw_only=True)
class BasePolicy(Keyed):
    """The default of every step. The library's policies build on it, and yours may too.

    Write the class frozen and keyword-only, with only the steps that it has. The default of each step:

    - `question` is None: nobody is asked, and everyone with a proposal counts as saying yes;
    - `signed` is False: the employer's selection takes effect, and nobody can withdraw after it;
    - `days` is the day of `announced`, with the stage "announced";
    - `propose` makes no proposals, and `select` is called anyway;
    - `select` returns no effects.

    `announced` is a field. A class that declares it again sets its position among its own fields. `place` and `luck`
    are those of `Keyed`. The contract of each step is that of `Policy`.

    Example: on one day, everyone with more than ten years' service in a closing employer learns that they are safe.

        @attrs.frozen(kw_only=True, field_transformer=strict)
        class Reassurance(BasePolicy):
            years: int = 10

            def select(self, situation, proposals, answers, chances):
                staff = situation.staff_of(closing=True, served_months=12 * self.years)
                return Effects(then=(Turn(rows=np.flatnonzero(staff), risk_class=RiskClass.SAFE),))
    """

    question: ClassVar[Question | None] = None
    signed: ClassVar[bool] = False

    announced: dt.date

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """The day on which it is announced."""
        return [Occasion(calendar.day(self.announced), "announced")]

    def propose(self, situation: Situation) -> Proposals | None:
        """Make no proposals."""
        return Proposals(rows=np.empty(0, np.intp))

    def select(self, situation: Situation, proposals: Any, answers: Answers, chances: Chances) -> Effects:
        """Return no effects.

        Args:
            situation, proposals, answers, chances: as in `grammar.Policy.select`.
        """
        return NOTHING


@runtime_checkable
class Policy(Protocol):
    """What an employer may do: one small frozen class in one file, the user's own included.

    The engine checks and calls this form. `BasePolicy` supplies the steps that a policy does not have. For each
    occasion the engine calls `propose`, gives the proposals to the behaviour that answers `question`, calls `select`
    with the answers, asks the selected people to sign where the policy is `signed`, and carries out the effects in
    their order.

    An instance holds settings and keeps no state. It is used in many runs, perhaps in several processes at once. What a
    policy must remember is in the columns of the situation, or comes back to it with `Ask`. Two calls with the same
    arguments must give the same answer; randomness comes from `chances` alone.

    Its class may declare a `place` and hold a `luck`, a `title`, a sentence `about` it and a method `explain`, as
    `BasePolicy` does.

    Raises:
        PolicyError: by the engine, for an answer that breaks this contract. The message names the policy, what is wrong
            and what would be right. A policy may raise ScenarioError from `days`, for a setting that does not fit the
            employers.
    """

    @property
    def question(self) -> Question | None:
        """The choice model that answers its proposals: "severance", "retention", "post" or "outlook".

        None if nobody is asked: everyone with a proposal then counts as saying yes. It is read when a run begins.
        Any other word is refused.
        """
        ...

    @property
    def signed(self) -> bool:
        """Whether the selected people must sign before it takes effect, and may withdraw.

        Effects on people (`Depart`, `Appoint`, `Retain`) are then limited to the people who sign. Nothing is signed
        where nobody was asked.
        """
        ...

    @property
    def announced(self) -> dt.date:
        """The date on which it becomes known. Nothing of it may happen before.

        Checked: it is not before the scenario starts. The engine checks nothing else. The class checks the order of its
        own fields (`fields.in_order`).
        """
        ...

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """When it acts.

        Called when a run begins, and again whenever an employer gets another closing day. Occasions not known before
        are then added, and the known ones stay. Explanations and figures call it too, without a run.

        Args:
            calendar: turns dates into days from the scenario's start: `calendar.day(self.held)`. `month_starts` has all
                1sts of months, (months,).
            bodies: the organisations in their present state, with (bodies,) columns such as `closes` and `kind`.

        Returns:
            Occasions, in any order. Each has a day, a word for the stage, a number for the round, which keys the draws,
            and a phase of the day. Occasions before the scenario begins or after it ends are left out.

        Checked: no occasion is in the phase of departures or later, when people have begun to leave.

        Example:
            `return [Occasion(calendar.day(self.held), "round")]`
        """
        ...

    def propose(self, situation: Situation) -> Proposals | None:
        """Decide who receives a proposal, and what it says.

        Called once for each occasion, and for each reminder (`Ask`) on its day.

        Args:
            situation: the present state of the world, read-only: `people` with (people,) columns, `posts` with (posts,)
                columns, `bodies`, and the law of the day. `stage` and `round` give the occasion. At a reminder, `asked`
                holds the people it was about, (m,); some may have left since.

        Returns:
            Proposals. `rows` (n,) are positions of people in post. The kind is the one for the question
                (`SeveranceOffer`, `RetentionOffer`, `PostOffer`, `News`), with a further column or value for each thing
                that people need to know. Use plain `Proposals` where nobody is asked. None ends the occasion, and
                `select` is not called. Proposals to nobody do not end it.

        Checked: `rows` is a one-dimensional array of whole numbers that exist, and all of them are in post.

        Example:
            `return RetentionOffer(rows=np.flatnonzero(situation.staff_of(free=True)), premium=0.1, until=last)`
        """
        ...

    def select(self, situation: Situation, proposals: Any, answers: Answers, chances: Chances) -> Effects:
        """Decide who is selected, and what follows.

        Called right after the answers to what `propose` returned; nothing has changed since. For proposals in parts
        that never meet (`Proposals.parts`) it is called for each part, and effects of one kind are then carried out
        together.

        Args:
            situation: the same as for `propose`.
            proposals: what it returned, (n,).
            answers: what people say, in the order of the proposals: `answers.yes` (n,) booleans, `answers.said` (n,)
                with a disposition for news, `answers.ranking` (n,) for posts.
            chances: draws for this policy and round. `chances.uniform("panel", people.key[rows])` gives one number
                between 0 and 1 for each key. The same words and keys give the same draws, in every world with the same
                seed.

        Returns:
            Effects. `then` holds what follows, carried out in that order. `chosen` (n,) booleans is given where an
                employer selects among the people who said yes, so that applications, approvals and refusals are
                recorded. A later effect may name the posts that an earlier one opens (`OpenPosts.posts`). `NOTHING`
                where nothing follows.

        Checked: each effect, as it is carried out. Positions exist, columns have one length, nobody is named twice,
        people are in post, posts are vacant, exits are not agreed twice, days are not past, and pence are 0 or more.

        Example:
            `return Effects(then=(Retain(rows=proposals.rows[answers.yes], until=last, premium=0.1),))`
        """
        ...


class Choice(Protocol):
    """How people answer one question.

    The model of a question answers for everyone who is asked it by any policy. It sees the proposals and what people
    may expect, never the policy. It keeps no state. Randomness comes from `chances` alone, so that the same people give
    the same answers in every world with the same seed.
    """

    def answer(self, proposals: Any, prospects: Prospects, people: People, chances: Chances) -> Answers:
        """Return each person's answer.

        Called once for each occasion on which a policy with this question proposes anything but plain `Proposals`. A
        large round of posts is asked in parts that never meet: no person and no post is in two of them.

        Args:
            proposals: what the policy proposed, (n,), of the kind for the question. One person may have several rows
                where the question is a post.
            prospects: what those people may expect, in the order of the proposals: (n,) columns.
            people: everyone, (people,) read-only columns. `people.skill[proposals.rows]` are the skills in that order.
            chances: draws keyed by the policy's key and round.

        Returns:
            Answers. `said` (n,) is 1 for yes and 0 for no, or a disposition for news. `ranking` (n,) is for posts, the
                highest first for each person.

        Checked: `said` has one entry for each proposal.

        Example:
            `return Answers(said=(chances.uniform("yes", people.key[proposals.rows]) < 0.3).astype("int8"))`
        """
        ...

    def sign(self, rows: Rows, people: People, chances: Chances) -> Bools:
        """Return which of the selected people sign.

        Called after `select`, only for a policy that is `signed`.

        Args:
            rows: positions of the selected people, (m,).
            people: everyone, (people,) read-only columns.
            chances: the same draws as for `answer`. Use another word for another decision.

        Returns:
            (m,) booleans. Those who do not sign withdraw, and nothing happens to them.

        Checked: one entry for each of `rows`.

        Example:
            `return chances.uniform("signature", people.key[rows]) < 0.95`
        """
        ...


# Proposals, what people need to know to answer them, and their answers.
#
# Each kind of proposal states what it holds in sentences (`explain`): how many people, on what terms. A policy adds
# what only it knows, such as the rule by which the employer selects.


def among(count: int, situation: Situation, kinds: Sequence[str] = ()) -> str:
    """A number of people, out of the staff of employers of these `kinds`, or out of everyone where none is named.

    Args:
        count: number of people.
        situation: the day, with the opening staff.
        kinds: kinds of employer; none for everyone.
    """
    check_numbers("count", count)
    if not kinds:
        return f"{count:,} of the {number_of(len(situation.people.staff), 'person')} there are"
    employed = int(situation.employed_by(kinds).sum())
    return f"{count:,} of the {number_of(employed, 'person')} in {kinds_in_words(kinds)}"


@attrs.frozen(eq=False, kw_only=True)
class Proposals:
    """Proposals to people, one per row. One person may have several if the question is a post."""

    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def parts(self) -> Iterable[Proposals]:
        """These proposals in parts that never meet, in any order; by default one part.

        No person and no post is in two parts. The engine has each part answered and selected before it asks for the
        next one, so a kind of proposal that has many rows can make them part by part and never hold them all.
        """
        return (self,)

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """State how many people receive this proposal, and on what terms.

        Args:
            situation: the day of the proposal, with the opening staff.
            kinds: kinds of employer whose staff the policy is for, as in `organisations.bodies.KINDS`; none for
                everyone.
        """
        return (f"It concerns {number_of(len(np.unique(self.rows)), 'person')} of the opening staff.",)


@attrs.frozen(eq=False, kw_only=True)
class SeveranceOffer(Proposals):
    """Pay for leaving: pence, the same in months of pay, the last day in post, months of clawback.

    With `early_pension` those past the minimum pension age may also draw their pension at once and in full.
    """

    pence: Longs
    months: Floats
    last_day: int
    clawback_months: float = 0.0
    early_pension: bool = False

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many may apply, what they would be paid, and when a part is paid back."""
        return (
            f"{among(len(self), situation, kinds)} may apply.",
            *self.explain_sums(situation),
            *self.explain_clawback(),
        )

    def explain_sums(self, situation: Situation) -> tuple[str, ...]:
        """Lowest, median and highest payment, and the cost of all of them."""
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
        """How many people get offers from how many employers, the terms, and what happens where either ends sooner."""
        employers = number_of(len(np.unique(situation.people.employer[self.rows])), "employer")
        sooner = self.ending_sooner(situation)
        bought_out = (
            f"For {number_of(sooner, 'person')} the employer or the contract ends sooner: a fixed term is prolonged, "
            "and people "
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
        """The law's ceiling on premiums on that day, with its grade; empty if the law has none."""
        ceilings = situation.law.parameters.number("retention_premium_ceiling").held(situation.epoch_day)
        return tuple(
            f"The ceiling on such premia is {percentage(one.value)} (quality: {one.quality})." for one in ceilings
        )

    def ending_sooner(self, situation: Situation) -> int:
        """Number of people whose employer closes, or whose fixed term ends, before the guarantee does."""
        people = situation.people
        closes = situation.bodies.closes[people.employer[self.rows]]
        lasts = np.minimum(closes, people.contract_ends[self.rows])
        return int((lasts < self.until).sum())


@attrs.frozen(eq=False, kw_only=True)
class PostOffer(Proposals):
    """A chance to compete for the posts of one group (employer × function × band). A person may have several rows.

    `group` numbers the groups from 0. `near` is 0 for a successor of one's own employer, 1 for the same cluster, 2 for
    the same region, 3 for elsewhere. `bands_down` counts bands below the present one.

    By default people compete: they apply, or stay away. Where the employer is `matching`, everyone is considered who
    does not decline, and nobody needs to apply.
    """

    group: Ints
    group_key: Keys
    near: Bytes
    bands_down: Bytes
    matching: bool = False

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many may compete, and for how many kinds of post each."""
        return (*self.explain_candidates(situation, kinds), *self.explain_choices())

    def explain_candidates(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many people may compete, or are matched."""
        what = "would be matched with posts, unless they decline" if self.matching else "may compete"
        return (f"{among(len(np.unique(self.rows)), situation, kinds)} {what}.",)

    def explain_choices(self) -> tuple[str, ...]:
        """How many kinds of post each person may compete for, and how many people would find only lower-band posts."""
        rows, choices = np.unique(self.rows, return_counts=True)
        said = f"Kinds of post (body, function and band) open to each person: {span(choices, '{:.0f}')}."
        lower_only = len(rows) - len(np.unique(self.rows[self.bands_down == 0]))
        if not lower_only:
            return (said,)
        return (said, f"{number_of(lower_only, 'person')} would find posts only on a lower band.")


@attrs.frozen(eq=False, kw_only=True)
class News(Proposals):
    """News to people: the share of similar posts expected to be removed, and how much weight it has."""

    target: Floats
    weight: float

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many people it reaches, what it says about their posts, and how far it moves perceived risk."""
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
    appetites: Appetites | None = None  # effects of employers on applying, by `People.employer`, not by row


@attrs.frozen(eq=False, kw_only=True)
class Answers:
    """What people answer, one entry per row of the proposals.

    0 for no and 1 for yes, or a disposition for news. For posts also the person's ranking, highest first.
    """

    said: Bytes
    ranking: Floats | None = None

    @property
    def yes(self) -> Bools:
        """Which answers are yes, (n,)."""
        return np.asarray(self.said > 0)
