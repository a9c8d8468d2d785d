"""What a policy puts to people on one of its days, and what the law of that day says: in sentences."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from nhstransit.explanation.between import told_of_extension, told_of_interims, told_of_start_up
from nhstransit.explanation.prospects import (
    told_of_assignment,
    told_of_development,
    told_of_invitation,
    told_of_route,
    told_of_second_thoughts,
)
from nhstransit.explanation.redundancy import told_of_redundancy
from nhstransit.explanation.unasked import told_of_hiring, told_of_inflow, told_of_returns, told_of_transfer
from nhstransit.explanation.words import kinds, listed, many, millions, people, percent, pounds, said, span
from nhstransit.grammar import News, Policy, PostOffer, Proposals, RetentionOffer, SeveranceOffer, Situation
from nhstransit.law.severance import MarsTerms
from nhstransit.organisations.bodies import KINDS
from nhstransit.policies.assignment import Assignment
from nhstransit.policies.best_people import BestPeople
from nhstransit.policies.cost_reduction import CostReduction
from nhstransit.policies.development import Development
from nhstransit.policies.extension import Extension
from nhstransit.policies.filling import Filling
from nhstransit.policies.hiring import Hiring
from nhstransit.policies.inflow import Inflow
from nhstransit.policies.interims import Interims
from nhstransit.policies.mars import Mars
from nhstransit.policies.redundancy import Redundancy
from nhstransit.policies.rets import Rets
from nhstransit.policies.returns import Returns
from nhstransit.policies.second_thoughts import SecondThoughts
from nhstransit.policies.start_up import StartUp
from nhstransit.policies.transfer import TransferWhole

Sentences = tuple[str, ...]


def told(name: str, policy: Policy, situation: Situation, proposals: Proposals | None) -> Sentences:
    """What would be put to the opening staff on this day by the policy of that name, as far as can be told in advance."""
    match policy:
        case Development():
            return told_of_development(policy)
        case SecondThoughts():
            return told_of_second_thoughts(policy)
    if proposals is None:
        return ("Whom it reaches is to be seen: it finds nobody among the opening staff as they stand.",)
    match policy:
        case Redundancy():
            return told_of_redundancy(policy, situation, proposals)
        case Hiring():
            return told_of_hiring(policy, situation)
        case Inflow():
            return told_of_inflow(policy, situation)
        case Returns():
            return told_of_returns(policy)
        case StartUp():
            return told_of_start_up(policy, situation)
        case Extension():
            return told_of_extension(policy, situation)
        case Interims():
            return told_of_interims(policy, situation)
        case TransferWhole():
            return told_of_transfer(name, policy, situation, proposals)
        case Assignment():
            return told_of_assignment(policy, situation, proposals)
        case BestPeople():
            return told_of_invitation(policy, situation, proposals)
    return (*_asked(policy, situation, proposals), *_chosen(policy, situation))


def _asked(policy: Policy, situation: Situation, proposals: Proposals) -> Sentences:
    """What is put to whom, by the kind of proposal."""
    if not len(proposals):
        return ("Nobody in post is asked.",)
    match proposals:
        case SeveranceOffer():
            return _severance(policy, situation, proposals)
        case RetentionOffer():
            return _retention(policy, situation, proposals)
        case PostOffer():
            return _posts(policy, situation, proposals)
        case News():
            return _news(policy, situation, proposals)
    return (f"It concerns {people(len(np.unique(proposals.rows)))} of the opening staff.",)


def _chosen(policy: Policy, situation: Situation) -> Sentences:
    """By what rule the employer chooses, where the library knows it."""
    match policy:
        case Mars():
            return _panel(policy)
        case Rets():
            return _terms(policy, situation)
        case CostReduction():
            return _path(policy, situation)
    return ()


def _of(count: int, policy: Policy, situation: Situation) -> str:
    """So many people, of how many in which kinds of body."""
    named = getattr(policy, "kinds", None) or getattr(policy, "senders", None) or ()
    if not named or not set(named) <= set(KINDS):
        return f"{count:,} of the {people(len(situation.people.staff))} there are"
    return f"{count:,} of the {people(int(situation.employed_by(named).sum()))} in {kinds(named)}"


def _severance(policy: Policy, situation: Situation, offer: SeveranceOffer) -> Sentences:
    day = situation.calendar.date(offer.last_day)
    verb = "would be offered redundancy terms" if isinstance(policy, CostReduction) else "may apply"
    sentences = [
        f"{_of(len(offer), policy, situation)} {verb}.",
        f"Months of pay offered: {span(offer.months, '{:.1f}')}; in pounds: {pounds(offer.pence)}.",
        f"All of them going by {said(day)} would cost {millions(int(offer.pence.sum()))}.",
    ]
    terms = getattr(policy, "terms", None)
    if isinstance(terms, str):
        sentences.append(_tariff(situation, terms, offer.last_day))
    if offer.clawback_months:
        sentences.append(f"Who comes back to the NHS within {offer.clawback_months:g} months repays part of it.")
    return tuple(sentences)


def _tariff(situation: Situation, name: str, day: int) -> str:
    """The terms in force on the day of leaving, with their grade."""
    entry = situation.law.parameters.table(name).on(situation.calendar.origin + day)
    terms = MarsTerms.of(entry)
    caps = [
        f"{what} counted up to £{most:,.0f}"
        for what, most in (("pay", terms.salary_cap), ("a payment", terms.payment_cap))
        if most is not None
    ]
    return (
        f"The tariff ({name}, quality: {entry.quality}) is {terms.months_a_year:g} months of pay for each complete year "
        f"of service, at least {terms.least_months:g} and at most {terms.most_months:g}, from "
        f"{_service_needed(terms)} on" + (f", {listed(caps)}." if caps else ".")
    )


def _service_needed(terms: MarsTerms) -> str:
    """The service from which a tariff pays."""
    if terms.qualifying_weeks:
        return f"{terms.qualifying_weeks} weeks' service"
    return f"{terms.qualifying_months} months' service"


def _panel(policy: Mars) -> Sentences:
    """By what the employer chooses."""
    refused = listed(["the business-critical", *policy.protected])
    budget = "" if policy.budget_pounds is None else f" and £{policy.budget_pounds:,.0f}"
    first = {"net-saving": "the largest net saving", "payback": "the shortest payback", "luck": "no order but luck"}
    return (
        f"Each employer refuses {refused}, and whatever takes over {policy.payback_months:g} months to pay back; it "
        f"takes the rest by {first[policy.order]}, up to {percent(policy.quota)} of its staff{budget}. "
        f"{percent(policy.removed)} of the posts left go for good.",
        *_panel_besides(policy),
    )


def _panel_besides(policy: Mars) -> Iterator[str]:
    """What a round has only where it says so: other quotas, the money of a fund, posts for people at risk."""
    if policy.appetite:
        scales = (f"{scale:g} times that in {region}" for region, scale in policy.appetite.items())
        yield f"The quota is {listed(scales)}."
    if policy.appetite_sd:
        yield f"Employers differ: its log-odds spread by a standard deviation of {policy.appetite_sd:g}."
    if policy.fund:
        yield f"The fund {policy.fund!r} pays: panels that share a purse stop at the first case that it cannot meet."
    if policy.redeployed:
        months = f" and each 1st for {many(policy.search_months, 'month')}" if policy.search_months else ""
        share = percent(policy.redeployed)
        yield f"{share} of the posts left are offered to people at risk on the day after{months}."


def _terms(policy: Rets, situation: Situation) -> Sentences:
    """Whom employers name, at first and when they live longer."""
    scarce = ", scarce functions before common ones" if policy.scarcity else ""
    law = situation.law.retention(situation.epoch_day).most_share
    most = percent(law if policy.cap is None else policy.cap)
    renewed = [(renewal.on, law if renewal.cap is None else renewal.cap) for renewal in policy.renewals]
    return (
        f"An employer may name {most} of its staff at most, the most skilled first{scarce}.",
        *(
            f"On {said(on)} employers that then close later renew the terms of {percent(cap)} at most."
            for on, cap in renewed
        ),
    )


_FIRST = {
    "skill": "those assessed lowest",
    "service": "those who came last",
    "cost": "those whose pay-off is least for what they save",
}


def _consultation(policy: CostReduction) -> str:
    """How long it lasts."""
    if policy.by_law:
        return "as long as the law asks for the number"
    if policy.consultation_days is None:
        return "as long as the law asks for 100 people or more"
    return f"{policy.consultation_days} days"


def _path(policy: CostReduction, situation: Situation) -> Sentences:
    """How far the pay bill is to fall by this step."""
    step = policy.path[situation.round]
    first = "Volunteers go first, then" if policy.volunteers else "First go"
    bill = float(situation.opening_bill[situation.bodies.of_kinds(policy.kinds)].sum())
    table, today = situation.law.parameters.table, situation.epoch_day
    aim = (
        f"Each employer's basic pay is to be {percent(step.cut)} below what it was at the start: "
        f"{millions(step.cut * bill)} of {millions(bill)} a year in all."
        if step.cut is not None
        else f"Each employer is to have at most {_target(step.target or 0.0, policy.measure)}."
    )
    return (
        f"{aim} {first} {_FIRST[policy.order]}.",
        f"The terms are section 16's (quality: {table('section16').on(today).quality}); consultation lasts "
        f"{_consultation(policy)}, before notice (quality of the law's days: "
        f"{table('consultation').on(today).quality}).",
    )


def _target(target: float, measure: str) -> str:
    """A target in the words of its measure."""
    return {
        "pay": f"£{target:,.0f} of basic pay a year",
        "heads": f"{target:,.0f} people",
        "wte": f"{target:,.1f} whole-time equivalents",
        "pounds-a-head": f"£{target:,.2f} of basic pay a year for each resident",
    }[measure]


def _retention(policy: Policy, situation: Situation, offer: RetentionOffer) -> Sentences:
    staff, rows = situation.people, offer.rows
    yearly = staff.basic_pence(rows) * staff.wte(rows) * offer.premium
    employers = many(len(np.unique(staff.employer[rows])), "employer")
    ceilings = situation.law.parameters.number("retention_premium_ceiling").held(situation.epoch_day)
    return (
        f"{employers} would name {_of(len(offer), policy, situation)} business-critical.",
        f"They are offered a job to {said(situation.calendar.date(offer.until))} and {percent(offer.premium)} on top of "
        f"basic pay; in pounds a year: {pounds(yearly)}.",
        *_kept(policy, situation, offer),
        *(f"The ceiling on such premia is {percent(one.value)} (quality: {one.quality})." for one in ceilings),
    )


def _kept(policy: Policy, situation: Situation, offer: RetentionOffer) -> Sentences:
    """What the guarantee does, and what becomes of it where the employer, or a fixed term, ends sooner."""
    staff, rows = situation.people, offer.rows
    sooner = np.minimum(situation.bodies.closes[staff.employer[rows]], staff.contract_ends[rows]) < offer.until
    binds = "It binds: redundancy waits until it ends, and it moves with the person to another post."
    if not sooner.any():
        return (binds,)
    count = people(int(sooner.sum()))
    if isinstance(policy, Rets):
        return (binds, f"For {count} it runs to the end of employer or contract only, which comes sooner.")
    return (
        binds,
        f"For {count} employer or contract ends sooner: a fixed term is prolonged, and people let go when the employer "
        "closes are paid basic pay and premium for the days that are left.",
    )


def _posts(policy: Policy, situation: Situation, offer: PostOffer) -> Sentences:
    rows, choices = np.unique(offer.rows, return_counts=True)
    sentences = [f"{_of(len(rows), policy, situation)} may compete."]
    if isinstance(policy, Filling):
        sentences.extend(told_of_route(policy))
        open_to = situation.posts.vacant & situation.bodies.of_kinds(policy.receivers)[situation.posts.employer]
        sentences.append(f"{many(int(open_to.sum()), 'post')} would be vacant in {kinds(policy.receivers)}.")
    sentences.append(f"Kinds of post (body, function and band) that each may go for: {span(choices, '{:.0f}')}.")
    level = np.unique(offer.rows[offer.bands_down == 0])
    if len(level) < len(rows):
        sentences.append(f"{people(len(rows) - len(level))} would find posts on a lower band only.")
    return tuple(sentences)


def _news(policy: Policy, situation: Situation, news: News) -> Sentences:
    return (
        f"It reaches {_of(len(news), policy, situation)}.",
        f"Share of posts like theirs expected to go: {span(100 * news.target, '{:.0f}%')}; the risk they feel moves "
        f"{percent(news.weight)} of the way there.",
    )
