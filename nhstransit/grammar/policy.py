"""The protocols of a policy and a choice, and the questions that connect them."""

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
from nhstransit.phrases import date, number_of, percentage, period_of, span, span_of_pounds, sum_of_money
from nhstransit.streams import Chances

Question = Literal["severance", "retention", "post", "outlook"]
QUESTIONS: tuple[Question, ...] = ("severance", "retention", "post", "outlook")


OWN_PLACE = 90  # the place of a class that declares none, after the library's policies
LAST_PLACE = 99


@attrs.frozen(kw_only=True)
class Keyed:
    """The order of a policy within a phase, and the key of its draws.

    The class declares `place`, from 0 to 99. Among policies that act on the same day in the same phase, those with a
    lower place act first. Policies with the same place act in the order of the scenario's file. All random draws of the
    policy depend on the key `luck`. If it is empty, the key is the policy's name. So a renamed policy with its old name
    as key has the same results, and two policies with the same key share their draws.
    """

    place: ClassVar[int] = OWN_PLACE
    luck: str = ""

    # For users: a short name for tables and figures, and a sentence that describes the policy.
    title: ClassVar[str] = ""
    about: ClassVar[str] = ""

    def explain(self, situation: Situation, proposals: Proposals | None) -> tuple[str, ...]:
        """State in sentences, before a run, what will happen on one of its days, to how many people and on what terms.

        `nt.explain` calls it once for each occasion in the explanation, and prints the sentences as one paragraph under
        the policy's name and the stage. By default they are the sentences of the proposals.

        Args:
            situation: the day, its stage and round, with the opening staff, as if nobody had arrived, left or moved.
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
    """A base class with a default for every step. The library's policies inherit from it, and yours can too.

    Make the class frozen and keyword-only, and write only the steps that it has. The default of each step:

    - `question` is None: nobody is asked, and everyone with a proposal counts as saying yes;
    - `signed` is False: the employer's selection takes effect, and nobody can withdraw after it;
    - `days` is the day of `announced`, with the stage "announced";
    - `propose` makes no proposals, and `select` is called anyway;
    - `select` returns no effects.

    `announced` is a field. A class can declare it again to set its position among its own fields. `Keyed` explains
    `place` and `luck`, and `Policy` states the contract of each step.

    Example: on one day, everyone with ten years' service or more in a closing employer learns that they are safe.

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
    """The protocol of a policy: what an employer may do. The library's policies and a user's own follow it.

    `BasePolicy` supplies the steps that a policy does not have. For each occasion, the engine calls `propose`. It
    passes the proposals to the behaviour that answers `question`, and calls `select` with the answers. If the policy is
    `signed`, the selected people are asked to sign. Then the engine carries out the effects in their order.

    An instance has settings but no state, because it is used in many runs, perhaps in several processes at once. A
    policy can read what happened before from the columns of the situation, or send itself a reminder with `Ask`. Two
    calls with the same arguments must return the same result; all randomness must come from `chances`.

    Its class may also have a `place`, a `luck`, a `title`, a description `about` and a method `explain`, as
    `BasePolicy` does.

    Raises:
        PolicyError: raised by the engine for a result that breaks this contract. The message gives the policy, what is
            wrong and what would be right. A policy may itself raise ScenarioError from `days` for a setting that does not
            fit the employers.
    """

    @property
    def question(self) -> Question | None:
        """The choice model that answers its proposals: "severance", "retention", "post" or "outlook".

        None means that nobody is asked: everyone with a proposal then counts as saying yes. It is read when a run
        begins. Any other word is refused.
        """
        ...

    @property
    def signed(self) -> bool:
        """Whether the selected people must sign before the effects are carried out, and so may withdraw.

        Effects on people (`Depart`, `Appoint`, `Retain`) are then limited to the people who sign. Nobody needs to sign
        if nobody was asked.
        """
        ...

    @property
    def announced(self) -> dt.date:
        """The date on which the policy becomes known. It has no effect before that date.

        The engine checks only that it is not before the scenario starts. The class should check the order of its own
        dates (`fields.in_order`).
        """
        ...

    def days(self, calendar: Calendar, bodies: Roster) -> Sequence[Occasion]:
        """Return the occasions on which the policy acts.

        It is called when a run begins, and again whenever an employer gets a new closing day. New occasions are then
        added, and the earlier ones remain. Explanations and figures call it too, without a run.

        Args:
            calendar: converts dates to days from the scenario's start: `calendar.day(self.held)`. `month_starts` has the
                first day of every month, (months,).
            bodies: the organisations in their present state, with (bodies,) columns such as `closes` and `kind`.

        Returns:
            Occasions, in any order. Each has a day, a word for the stage, the number of the round (a key of the draws),
            and a phase of the day. Occasions before the scenario begins or after it ends are left out.

        The engine checks that no occasion is in the phase of departures or later, when people have begun to leave.

        Example:
            `return [Occasion(calendar.day(self.held), "round")]`
        """
        ...

    def propose(self, situation: Situation) -> Proposals | None:
        """Decide who receives a proposal, and on which terms.

        It is called once for each occasion, and for each reminder (`Ask`) on its day.

        Args:
            situation: the present state of the run, read-only: `people` with (people,) columns, `posts` with (posts,)
                columns, `bodies`, and the law of the day. `stage` and `round` identify the occasion. At a reminder,
                `asked` contains the people concerned, (m,); some may have left since.

        Returns:
            Proposals. `rows` (n,) are positions of people in post. The class depends on the question (`SeveranceOffer`,
            `RetentionOffer`, `PostOffer`, `News`), and has a further column or value for each thing that people need to
            know. Use plain `Proposals` if nobody is asked. If the result is None, the occasion ends without a call of
            `select`. Empty proposals do not end it.

        The engine checks that `rows` is a one-dimensional array of existing positions, and that all these people are in
        post.

        Example:
            `return RetentionOffer(rows=np.flatnonzero(situation.staff_of(free=True)), premium=0.1, until=last)`
        """
        ...

    def select(self, situation: Situation, proposals: Any, answers: Answers, chances: Chances) -> Effects:
        """Decide who is selected, and what follows.

        It is called directly after the answers to the proposals; nothing else has changed. For proposals in separate
        parts (`Proposals.parts`), it is called for each part, and effects of one kind are then carried out together.

        Args:
            situation: the same as for `propose`.
            proposals: what `propose` returned, (n,).
            answers: people's answers, in the order of the proposals: `answers.yes` (n,) booleans, `answers.said` (n,)
                with a disposition for news, `answers.ranking` (n,) for posts.
            chances: draws for this policy and round. `chances.uniform("panel", people.key[rows])` returns one number
                between 0 and 1 for each key. The same words and keys yield the same draws in every run with the same
                seed.

        Returns:
            Effects. `then` contains them in the order in which they are carried out. If an employer selects among the
            people who said yes, `chosen` (n,) booleans is the selection, so that applications, approvals and refusals
            are recorded. A later effect may refer to the posts that an earlier one opens (`OpenPosts.posts`). Return
            `NOTHING` if nothing follows.

        The engine checks each effect when it is carried out. Positions must exist, columns must have one length, and
        nobody may occur twice. People must be in post, and posts vacant. No exit may be agreed twice, no day may be in
        the past, and pence must be 0 or more.

        Example:
            `return Effects(then=(Retain(rows=proposals.rows[answers.yes], until=last, premium=0.1),))`
        """
        ...


class Choice(Protocol):
    """How people answer one question.

    One model answers a question for everyone, whichever policy asks it. The model sees the proposals and people's
    prospects, but not the policy. It has no state. All randomness comes from `chances`, so that the same people give
    the same answers in every run with the same seed.
    """

    def answer(self, proposals: Any, prospects: Prospects, people: People, chances: Chances) -> Answers:
        """Return each person's answer.

        It is called once for each occasion on which a policy with this question makes proposals other than plain
        `Proposals`. A large round of posts is divided into separate parts: no person and no post is in two of them.

        Args:
            proposals: the policy's proposals, (n,), of the class for the question. One person may have several rows if the
                question is "post".
            prospects: those people's prospects, in the order of the proposals: (n,) columns.
            people: everyone, (people,) read-only columns. `people.skill[proposals.rows]` are the skills in that order.
            chances: draws keyed by the policy's key and round.

        Returns:
            Answers. `said` (n,) is 1 for yes and 0 for no, or a disposition for news. `ranking` (n,) is for posts: each
            person prefers the post with the highest number.

        The engine checks that `said` has one entry for each proposal.

        Example:
            `return Answers(said=(chances.uniform("yes", people.key[proposals.rows]) < 0.3).astype("int8"))`
        """
        ...

    def sign(self, rows: Rows, people: People, chances: Chances) -> Bools:
        """Return which of the selected people sign.

        It is called after `select`, only for a policy that is `signed`.

        Args:
            rows: positions of the selected people, (m,).
            people: everyone, (people,) read-only columns.
            chances: the same draws as for `answer`. Use a different word for a different decision.

        Returns:
            (m,) booleans. People who do not sign withdraw, and the effects do not apply to them.

        The engine checks that there is one entry for each of `rows`.

        Example:
            `return chances.uniform("signature", people.key[rows]) < 0.95`
        """
        ...


# Proposals, the facts that people need to answer them, and their answers.
#
# Each class of proposal describes itself in sentences (`explain`): how many people, on what terms. A policy adds
# what only it knows, such as how the employer selects.


def among(count: int, situation: Situation, kinds: Sequence[str] = ()) -> str:
    """A number of people, out of the staff of employers of these `kinds`, or out of everyone if `kinds` is empty.

    Args:
        count: number of people.
        situation: the day, with the opening staff.
        kinds: kinds of employer; none for everyone.
    """
    check_numbers("count", count)
    if not kinds:
        return f"{count:,} of {number_of(len(situation.people.staff), 'person')}"
    employed = int(situation.employed_by(kinds).sum())
    return f"{count:,} of the {number_of(employed, 'person')} in {kinds_in_words(kinds)}"


@attrs.frozen(eq=False, kw_only=True)
class Proposals:
    """Proposals to people, one per row. One person may have several if the question is "post"."""

    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)

    def parts(self) -> Iterable[Proposals]:
        """These proposals in separate parts, in any order; by default one part.

        No person and no post is in two parts. Each part is answered and selected before the engine requests the next
        one. So a class of proposal with many rows can make them part by part, without storing all of them at once.
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
    """Pay for leaving: the sum in pence and in months of pay, the last day in post, and the months of clawback.

    With `early_pension`, people past the minimum pension age may also draw their pension at once and in full.
    """

    pence: Longs
    months: Floats
    last_day: int
    clawback_months: float = 0.0
    early_pension: bool = False

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many people may apply, what they would be paid, and when a part must be paid back."""
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
            f"If all of them left by {last_day}, it would cost {sum_of_money(int(self.pence.sum()))}.",
        )

    def explain_clawback(self) -> tuple[str, ...]:
        """The period within which a person who returns must repay, if there is one: the law's four weeks are in weeks."""
        if not self.clawback_months:
            return ()
        within = period_of(self.clawback_months)
        return (f"People who return to the NHS within {within} must repay some or all of the payment.",)


@attrs.frozen(eq=False, kw_only=True)
class RetentionOffer(Proposals):
    """Terms for staying: a premium as a share of basic pay, and the last day of the guarantee."""

    premium: float
    until: int

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many people get offers from how many employers, the terms, and what happens if the employer or the
        contract ends sooner.
        """
        employers = number_of(len(np.unique(situation.people.employer[self.rows])), "employer")
        sooner = self.ending_sooner(situation)
        bought_out = (
            f"For {number_of(sooner, 'person')} the employer or the contract ends sooner: a fixed term is extended, "
            "and people "
            "who leave when the employer closes are paid basic pay and premium for the remaining days."
        )
        return (
            f"{employers} would offer terms for staying to {among(len(self), situation, kinds)}.",
            *self.explain_terms(situation),
            *((bought_out,) if sooner else ()),
            *self.explain_ceiling(situation),
        )

    def explain_terms(self, situation: Situation) -> tuple[str, ...]:
        """The last day of the guarantee, the premium, and a statement that the guarantee is binding."""
        people = situation.people
        yearly = people.basic_pence(self.rows) * people.wte(self.rows) * self.premium
        until = date(situation.calendar.date(self.until))
        return (
            f"They are offered a job to {until} and {percentage(self.premium)} on top of basic pay; in pounds a year: "
            f"{span_of_pounds(yearly)}.",
            "The guarantee is binding: redundancy must wait until it ends, and it moves with the person to another post.",
        )

    def explain_ceiling(self, situation: Situation) -> tuple[str, ...]:
        """The legal ceiling on premiums on that day, with its grade; empty if there is none."""
        ceilings = situation.law.parameters.number("retention_premium_ceiling").held(situation.epoch_day)
        return tuple(
            f"The ceiling on such premiums is {percentage(one.value)} (quality: {one.quality})." for one in ceilings
        )

    def ending_sooner(self, situation: Situation) -> int:
        """Number of people whose employer closes, or whose fixed term ends, before the guarantee does."""
        people = situation.people
        closes = situation.bodies.closes[people.employer[self.rows]]
        # For an employer that continues, and for a permanent contract, the day is NEVER, which is later than any
        # guarantee.
        lasts = np.minimum(closes, people.contract_ends[self.rows])
        return int((lasts < self.until).sum())


@attrs.frozen(eq=False, kw_only=True)
class PostOffer(Proposals):
    """A chance to compete for the posts of one group (employer × function × band). A person may have several rows.

    `group` is the number of the group, from 0. `near` is 0 for a successor of the person's own employer, 1 for the same
    cluster, 2 for the same region, and 3 for elsewhere. `bands_down` is the number of bands below the person's present
    band.

    By default people compete: they apply or do not apply. If the employer is `matching`, nobody needs to apply, and
    everyone who does not decline is considered.
    """

    group: Ints
    group_key: Keys
    near: Bytes
    bands_down: Bytes
    matching: bool = False

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many people may compete, and for how many kinds of post each."""
        return (*self.explain_candidates(situation, kinds), *self.explain_choices())

    def explain_candidates(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many people may compete, or would be matched."""
        what = "would be matched with posts, unless they decline" if self.matching else "may compete"
        return (f"{among(len(np.unique(self.rows)), situation, kinds)} {what}.",)

    def explain_choices(self) -> tuple[str, ...]:
        """For how many kinds of post each person may compete, and how many people have only posts on a lower band to
        compete for.
        """
        rows, choices = np.unique(self.rows, return_counts=True)
        said = f"Kinds of post (body, function and band) open to each person: {span(choices, '{:.0f}')}."
        # People with a row on their own band have more than lower posts to compete for.
        lower_only = len(rows) - len(np.unique(self.rows[self.bands_down == 0]))
        if not lower_only:
            return (said,)
        return (said, f"For {number_of(lower_only, 'person')}, only posts on a lower band are open.")


@attrs.frozen(eq=False, kw_only=True)
class News(Proposals):
    """News to people: the share of similar posts expected to be removed, and how much weight it has."""

    target: Floats
    weight: float

    def explain(self, situation: Situation, kinds: Sequence[str] = ()) -> tuple[str, ...]:
        """How many people the news reaches, what it implies for their posts, and how far it moves perceived risk."""
        expected = span(100 * self.target, "{:.0f}%")
        return (
            f"It reaches {among(len(self), situation, kinds)}.",
            f"Share of similar posts expected to be cut: {expected}; the target of perceived risk moves "
            f"{percentage(self.weight)} of the way to this share.",
        )


@attrs.frozen(eq=False, kw_only=True)
class Prospects:
    """What a choice may need to know from the law and from other policies, in the order of the proposals."""

    risk: Floats  # perceived risk of losing the post, 0 to 1
    redundancy_months: Floats  # redundancy pay on the employer's closing day, in months of pay
    pension_reached: Bools  # whether past the minimum pension age
    disaffected: Floats  # share of the employer's present staff with the disposition leaver, 0 to 1
    appetites: Appetites | None = None  # effects of employers on applying, indexed by `People.employer`, not by row


@attrs.frozen(eq=False, kw_only=True)
class Answers:
    """People's answers, one entry per row of the proposals.

    `said` is 0 for no and 1 for yes, or a disposition for news. For posts, `ranking` is highest for the preferred one.
    """

    said: Bytes
    ranking: Floats | None = None

    @property
    def yes(self) -> Bools:
        """Whether each answer is yes, (n,)."""
        return np.asarray(self.said > 0)
