"""Changes single numbers of the plans for successors' posts, each identified by a path such as `vacancy_rate`.

| path | number |
|---|---|
| `vacancy_rate`, `unseen` | numbers that convert staff in post into posts |
| `total` | total posts of all plans, one person each |
| `pounds_a_head`, `bought_in_share`, `support_post_cost`, `participation` and others | numbers of the allowance |
| `posts.council` | number of posts of one kind, if its plan states a number |
| `bands_within.corporate.2` | relative odds of a band within a function |
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from nhstransit.errors import InputError, OrganisationError, gathered, nearest
from nhstransit.fields import parent_of
from nhstransit.organisations.bodies import Organisation
from nhstransit.organisations.funds import MONEY, PAYROLL, BandsWithin, Funding, fund
from nhstransit.toml import Named, joined

_WITHIN = "bands_within"
_IN_POST = {"vacancy_rate": "share of posts", "unseen": "staff on other payrolls divided by staff on own payrolls"}


@attrs.frozen(kw_only=True)
class PostNumber:
    """One number of the plans: its path, value, unit, the part that contains it, and its plausible range."""

    path: str
    value: float
    unit: str
    part: Any  # with `sources` and `quality`
    range: tuple[float, float] | None = None


@attrs.frozen(kw_only=True)
class Plans:
    """The plans from which a scenario's organisations got their posts, so that posts can be computed again.

    Attributes:
        funding: the plans, as in their file.
        include_outside: whether posts for people from outside the opening staff are included.
    """

    funding: Funding
    include_outside: bool = True

    def number_at(self, path: str, changes: Mapping[str, float]) -> float:
        """The number at a path after `changes`. Raises OrganisationError for a path that does not exist."""
        known = {number.path: number.value for number in numbers_in(funding_with(self.funding, changes))}
        if path not in known:
            raise OrganisationError(path, "does not exist", nearest(path, known))
        return known[path]

    def given_anew(
        self, bodies: Sequence[Organisation], old: Mapping[str, float], new: Mapping[str, float]
    ) -> tuple[Organisation, ...]:
        """The same organisations with planned posts computed from other numbers. Posts from elsewhere do not change.

        Args:
            bodies: the organisations, with posts that follow from the numbers in `old`.
            old: changes that are in effect now.
            new: changes to make instead.

        Raises:
            OrganisationError: for a path that does not exist, for a number that is not allowed, and for an organisation
                whose posts differ from its plan.
        """
        plans = [funding_with(self.funding, changes) for changes in (old, new)]
        kinds = {plan.kind for plan in self.funding.plan}
        # Posts by the old and by the new numbers, both for organisations without any posts.
        bare = [attrs.evolve(body, establishment=()) if body.kind in kinds else body for body in bodies]
        before, after = (fund(bare, one, include_outside=self.include_outside) for one in plans)
        made = []
        for body, there, then in zip(bodies, before, after, strict=True):
            made.append(_replaced(body, there, then) if body.kind in kinds else body)
        return tuple(made)


def _replaced(body: Organisation, before: Organisation, after: Organisation) -> Organisation:
    """An organisation whose planned posts are replaced."""
    # Lines of the old plan are removed one by one; the rest are posts from elsewhere.
    others = list(body.establishment)
    for line in before.establishment:
        if line not in others:
            right = "change its posts directly instead of the plan"
            raise OrganisationError(body.name, "has different posts from those of its plan", right)
        others.remove(line)
    return attrs.evolve(body, establishment=(*after.establishment, *others))


def numbers_in(funding: Funding) -> Iterator[PostNumber]:
    """Every number of the plans that has a path."""
    payroll = funding.payroll
    total = funding.total
    allowance = funding.allowance
    if payroll is not None:
        for name, unit in _IN_POST.items():
            span = _pair(payroll.ranges.get(name, ()))
            yield PostNumber(path=name, value=getattr(payroll, name), unit=unit, part=payroll, range=span)
    if total is not None:
        yield PostNumber(path="total", value=total.posts, unit="posts", part=total, range=_pair(total.range))
    used = _used(funding)
    for field in attrs.fields(type(allowance)):
        parent = parent_of(field)
        if parent is not None and field.name in used:
            span = _pair(allowance.ranges.get(field.name, ()))
            value = getattr(allowance, field.name)
            yield PostNumber(path=field.name, value=value, unit=parent.unit, part=allowance, range=span)
    if funding.bands_within is not None:
        yield from _odds(funding.bands_within)
    for plan in funding.plan:
        if plan.posts:
            path = joined("posts", plan.kind)
            yield PostNumber(path=path, value=plan.posts, unit="posts", part=plan, range=_pair(plan.range))


def _odds(within: BandsWithin) -> Iterator[PostNumber]:
    """The relative odds of bands within functions. Odds of 0 have no range: there are no such posts."""
    for function, row in within.odds.items():
        for band, odds in row.items():
            span = (odds / within.spread, odds * within.spread) if within.spread and odds else None
            path = joined(_WITHIN, function, band)
            yield PostNumber(path=path, value=odds, unit="relative odds", part=within, range=span)


def _used(funding: Funding) -> set[str]:
    """The numbers of the allowance that at least one plan uses."""
    money = {plan.money for plan in funding.plan if plan.money}
    used = {"pounds_a_head"} if money else set()
    if MONEY[0] in money:
        used |= {"own_pay_share", "own_post_cost"}
    if MONEY[1] in money:
        used |= {"bought_in_share", "support_post_cost"}
    # Participation converts whole-time posts, whether they come from money or from the payroll.
    if money or any(plan.by == PAYROLL for plan in funding.plan):
        used.add("participation")
    return used


def funding_with(funding: Funding, changes: Mapping[str, float]) -> Funding:
    """The plans with the numbers at some paths changed.

    Raises:
        OrganisationError: one for each path that does not exist, and for each number that is not allowed.
    """
    known = {number.path: number for number in numbers_in(funding)}
    found: list[InputError] = []
    for path, number in changes.items():
        if path not in known:
            found.append(OrganisationError(path, "does not exist", nearest(path, known)))
        elif isinstance(known[path].value, int) and number != round(number):
            found.append(OrganisationError(path, f"is {number:g}", "give a whole number"))
    if found:
        raise gathered(found)
    # Each part of the plans with the numbers that belong to it.
    plans = []
    for plan in funding.plan:
        path = joined("posts", plan.kind)
        plans.append(attrs.evolve(plan, posts=int(changes[path])) if path in changes else plan)
    payroll = funding.payroll
    total = funding.total
    if payroll is not None:
        rates: dict[str, Any] = {name: changes[name] for name in _IN_POST if name in changes}
        payroll = attrs.evolve(payroll, **rates)
    if total is not None and "total" in changes:
        total = attrs.evolve(total, posts=int(changes["total"]))
    own: dict[str, Any] = {name: changes[name] for name in _used(funding) if name in changes}
    allowance = attrs.evolve(funding.allowance, **own)
    within = funding.bands_within
    if within is not None:
        odds = {}
        for function, row in within.odds.items():
            paths = {band: joined(_WITHIN, function, band) for band in row}
            odds[function] = Named({band: changes.get(paths[band], item) for band, item in row.items()})
        within = attrs.evolve(within, odds=Named(odds))
    return attrs.evolve(
        funding, allowance=allowance, payroll=payroll, total=total, plan=tuple(plans), bands_within=within
    )


def _pair(ends: tuple[float, ...]) -> tuple[float, float] | None:
    return (ends[0], ends[1]) if ends else None
