"""The scenario: its organisations and people, employers' policies, people's behaviour, and its first and last day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import attrs
import numpy as np

from nhstransit import tables
from nhstransit.arrays import Ints, plain
from nhstransit.behaviour import Behaviour
from nhstransit.dates import Calendar, epoch_day
from nhstransit.errors import (
    CONTROLS,
    InputError,
    Mistakes,
    OrganisationError,
    ParameterError,
    ScenarioError,
    check_kind,
    nearest,
    shown,
)
from nhstransit.fields import Parent, whole
from nhstransit.grammar import Policy
from nhstransit.law.changes import number_at
from nhstransit.law.parameters import MOST_PAY
from nhstransit.law.pay import scale_on
from nhstransit.log import ENGINE_RULES, codes_of
from nhstransit.organisations import bodies
from nhstransit.organisations.bodies import Organisation, Roster
from nhstransit.organisations.funds import Fund
from nhstransit.organisations.posts import Posts, build_posts
from nhstransit.organisations.successors import Plans
from nhstransit.policies.titles import titles
from nhstransit.scenario import paths
from nhstransit.scenario.dated import Dated
from nhstransit.scenario.entered import Entered
from nhstransit.scenario.order import orders_of
from nhstransit.scenario.promises import check_promises
from nhstransit.scenario.spoken import check_names, parted
from nhstransit.synthesis import StaffSynthesis, margin_at
from nhstransit.toml import Changes, InOrder, Named, joined
from nhstransit.workforce.columns import BANDS, SECTIONS, Workforce
from nhstransit.workforce.faults import Opening, note_unfit

if TYPE_CHECKING:
    from nhstransit.law import Law
    from nhstransit.scenario.draws import Draws

_LATER = ("policies", "behaviour")  # fields that do not affect the opening staff and posts
_OPENING = ("calendar", "roster", "workforce", "opening")
_LONGEST_NAME = 100
MOST_YEARS = 100  # from the start to the end of a scenario


def _in_order(policies: Mapping[str, Policy]) -> InOrder[Policy]:
    return InOrder(policies)


def _law(items: Any) -> Changes:
    return _changes("law", items)


def _margins(items: Any) -> Changes:
    return _changes("margins", items)


def _successors(items: Any) -> Changes:
    return _changes("successors", items)


def _changes(root: str, items: Any) -> Changes:
    """What a scenario sets in the law, the margins or the successors' plans. Errors begin with the field's name."""
    if not isinstance(items, Mapping):
        raise ScenarioError(root, f"is {shown(items)}", f"give a table, or a path such as {_EXAMPLES[root]}")
    try:
        return items if isinstance(items, Changes) else Changes(items)
    except InputError as error:
        raise error.within(root) from None


_EXAMPLES = {
    "law": "law.mars_2010.most_months",
    "margins": "margins.function.finance",
    "successors": "successors.vacancy_rate",
}


@attrs.frozen(kw_only=True, slots=False, repr=False)
class Scenario:
    """A scenario, validated when it is created. `having` and `without` return changed copies.

    Raises:
        ScenarioError, OrganisationError: if the parts do not fit together.
    """

    name: str
    title: str = ""
    about: str = ""
    start: dt.date
    end: dt.date
    functions: tuple[str, ...]
    organisations: tuple[Organisation, ...]
    staff: Workforce | StaffSynthesis
    staff_seed: int = whole(0, high=2**63 - 1, parent=Parent(unit="seed of the opening staff"))
    funds: Named[Fund] = attrs.field(factory=Named)
    entered: Named[Entered] = attrs.field(factory=Named)  # money that the run does not simulate
    dated: Named[Dated] = attrs.field(factory=Named)  # dated facts that are not simulated
    policies: InOrder[Policy] = attrs.field(factory=InOrder, converter=_in_order)  # the file order matters
    behaviour: Behaviour = attrs.field(factory=Behaviour)
    law: Changes = attrs.field(factory=Changes, converter=_law)  # changes to the bundled dated parameters
    law_as_of: dt.date | None = None  # leave out dated parameters that became public after this day
    law_carried_to: dt.date | None = None  # carry dated parameters that end earlier forward to this day, by assumption
    margins: Changes = attrs.field(factory=Changes, converter=_margins)  # changes to the margins of its staff
    successors: Changes = attrs.field(factory=Changes, converter=_successors)  # changes to the plans of their posts
    plans: Plans | None = attrs.field(default=None, eq=False, metadata={"apart": True})  # the plans themselves
    titles: Named[str] = attrs.field(  # titles that readers see instead of policies' names, by name
        factory=Named, eq=False, metadata={"apart": True}
    )
    calibrated: Named[float] = attrs.field(  # values fitted to published figures, by dotted path
        factory=Named, eq=False, metadata={"apart": True}
    )
    home: Path | None = attrs.field(default=None, eq=False, metadata={"apart": True})  # the folder of its own files

    def __attrs_post_init__(self) -> None:
        # Mistakes are collected and raised together, so that a user can correct a file in one go.
        mistakes = Mistakes()
        _check_name(self, mistakes)
        if self.end < self.start:
            wrong = f"is {self.end}, before the start ({self.start})"
            mistakes.add(ScenarioError("end", wrong, "give a later date"))
        elif self.end.year - self.start.year > MOST_YEARS:
            wrong = f"is {self.end}, {self.end.year - self.start.year:,} years after the start"
            mistakes.add(ScenarioError("end", wrong, f"give a date within {MOST_YEARS} years"))
        _check_functions(self, mistakes)
        with mistakes.noted():
            bodies.check(self.organisations)
        _check_policies(self, mistakes)
        _check_titles(self, mistakes)
        with mistakes.noted():
            _check_law(self)
        with mistakes.noted():
            _check_margins(self)
        mistakes.tell()
        # What follows needs a scenario whose parts are valid. A staff list is checked against the posts now; staff that
        # are to be synthesised are checked when they are made, which takes time.
        check_promises(self)
        if isinstance(self.staff, Workforce):
            _check_own_pay(self, self.staff)
            _ = self.opening

    @cached_property
    def calendar(self) -> Calendar:
        """The days of the scenario."""
        return Calendar(self.start, self.end)

    @cached_property
    def policy_titles(self) -> dict[str, str]:
        """The title of each policy by its name: from the scenario's `titles`, otherwise from its class or its name."""
        return titles(self.policies, self.titles)

    @cached_property
    def rules(self) -> dict[str, int]:
        """The number of each rule in the logs of its runs, by name. Rules are its policies and the engine's own rules."""
        return codes_of(self.policies)

    @cached_property
    def orders(self) -> dict[int, int]:
        """The position of each rule within a phase, by rule number: see `orders_of`."""
        return orders_of(self.policies, self.rules)

    @property
    def dated_law(self) -> Law:
        """The law of this scenario: the dated parameters, with the changes in `law`.

        Numbers that became public after `law_as_of` are left out. Numbers that end before `law_carried_to` are continued
        to that day.
        """
        from nhstransit.law import Law

        return Law.of(self.law, as_of=self.law_as_of, carried_to=self.law_carried_to)

    @cached_property
    def roster(self) -> Roster:
        """The organisations as columns."""
        return Roster.of(self.organisations, self.calendar)

    @cached_property
    def workforce(self) -> Workforce:
        """The opening staff: as given, or synthesised on first use."""
        if isinstance(self.staff, Workforce):
            return self.staff
        return self.staff.workforce(
            self.organisations,
            self.functions,
            staff_seed=self.staff_seed,
            on=self.start,
            folder=self.home,
            changes=self.margins,
            law=self.dated_law,
        )

    @cached_property
    def opening(self) -> tuple[Posts, Ints]:
        """The posts of all organisations, and the post that each of the opening staff holds, (people,)."""
        _check_staff(self)
        vacant = None
        if isinstance(self.staff, StaffSynthesis):
            vacant = self.staff.vacancies(self.organisations, self.workforce, self.home, self.margins)
        return build_posts(self.organisations, self.functions, self.workforce, self.calendar.day, vacant=vacant)

    def having(self, path: str, item: Any) -> Scenario:
        """This scenario with one value changed.

        Args:
            path: what to change: "policies.mars.quota", "behaviour.departures.resign", "law.mars_2010.most_months",
                "margins.function.finance", "successors.vacancy_rate", "organisations.Vale SHA.closes";
                "policies.mars.on" for whether a policy is in force. `nhstransit.levers` lists the paths of a scenario.
            item: the new value. A policy with a new name is added. None at a path of the law, the margins or the
                successors restores the bundled number.

        Raises:
            InputError: for a path that does not exist (with the nearest one), and for a value that is not valid there.
        """
        check_kind("path", path, str, 'write a dotted path, such as "policies.mars.quota"')
        switched = paths.switched_policy(self, path)
        if switched:
            return self._switched(switched, path, item)
        changed: Scenario = paths.having(self, path, item)
        return self._with_our_opening(changed) if path.partition(".")[0] in _LATER else changed

    def _with_our_opening(self, changed: Scenario) -> Scenario:
        """The changed scenario with the opening staff and posts of this one, if they have been made already.

        The change does not affect them, and a study would otherwise make them again for each draw.
        """
        # `cached_property` stores its values in the instance's dictionary, from which they can be copied.
        made = {name: part for name, part in vars(self).items() if name in _OPENING}
        vars(changed).update(made)
        return changed

    def draws(self) -> Draws:
        """The parameter sets of the bundled fit behind this scenario, for `sweep`: one row per draw from its posterior.

        They contain every input that the fit varied, even inputs about which the published figures reveal little. A
        variant of a fitted scenario has the draws of that scenario.

        Raises:
            ScenarioError: if the scenario has no fitted numbers, or if they are not those of a bundled fit.
        """
        from nhstransit.scenario.draws import fitted_draws  # draws are applied to scenarios, and so import this module

        return fitted_draws(self)

    def _switched(self, name: str, path: str, on: Any) -> Scenario:
        """This scenario with one of its policies switched on or off."""
        on = plain(on)
        if not isinstance(on, bool):
            raise ScenarioError(path, f"is {shown(on)}", "give True or False: whether the policy is in force")
        if name in self.policies:
            return self if on else self.without(name)
        raise ScenarioError(joined("policies", name), "is not in this scenario", nearest(name, self.policies))

    def number_at(self, root: str, path: str) -> Any:
        """The number of the law, the margins or the successors' plans (by `root`) at a path, in this scenario.

        It is None for a term that a tariff does not use, and a tuple if the dated entries differ.

        Raises:
            InputError: for a path that does not exist.
        """
        if root == "law":
            return number_at(self.dated_law.parameters, path)
        if root == "successors":
            return self._plans().number_at(path, self.successors)
        if not isinstance(self.staff, StaffSynthesis):
            raise ScenarioError("", "does not exist: the staff are a list, not made from margins", "change the list")
        return margin_at(self._margins_in_force, self.staff.base, path)

    @cached_property
    def _margins_in_force(self) -> Any:
        """The margins of a synthesis with this scenario's changes. They are cached because numbers are read singly."""
        return cast(StaffSynthesis, self.staff).margins_with(self.margins, self.home)

    def with_successors(self, changes: Changes) -> Scenario:
        """This scenario with other numbers in its successors' plans, and with the posts that follow from them.

        Raises ScenarioError if its posts do not come from plans, and OrganisationError as `Plans.given_anew` does.
        """
        bodies = self._plans().given_anew(self.organisations, self.successors, changes)
        return attrs.evolve(self, successors=changes, organisations=bodies)

    def _plans(self) -> Plans:
        if self.plans is None:
            right = "change posts themselves, or load the scenario from a file with `funding`"
            raise ScenarioError("", "does not exist: the organisations' posts do not come from plans", right)
        return self.plans

    def without(self, *names: str) -> Scenario:
        """This scenario without some of its policies, by name.

        Nothing else changes, including everyone's random numbers. If other policies refer to a removed policy, these
        references are removed too, unless its name is a bundled one.
        """
        for name in names:
            check_kind("policy", name, str, 'name a policy, such as "mars"')
        # A name that is given twice is an error, because the policy is no longer there the second time.
        policies: Named[Policy] = self.policies
        for name in names:
            if name not in policies:
                raise ScenarioError(f"policies.{name}", "is not in this scenario", nearest(name, policies))
            policies = policies.without(name)
        return self._with_our_opening(attrs.evolve(self, policies=parted(policies)))

    def __repr__(self) -> str:
        policies = ", ".join(self.policies) or "no policies"
        return (
            f"Scenario({self.name!r}: {self.start} to {self.end}, {len(self.organisations)} organisations, "
            f"{self._staff_described()}; {policies})"
        )

    def _staff_described(self) -> str:
        """A short description of the opening staff, which need not be synthesised for it."""
        if isinstance(self.staff, Workforce):
            return f"{len(self.staff):,} people"
        return f"staff synthesised from {self.staff.margins}, base {self.staff.base}"

    def _repr_html_(self) -> str:
        facts = {
            "name": self.name,
            "from": f"{self.start} to {self.end}",
            "organisations": f"{len(self.organisations):,}",
            "staff at the start": self._staff_described(),
            "policies": ", ".join(self.policies) or "none",
        }
        shown = tables.frame({"what": list(facts), "which": list(facts.values())})
        return tables.html(shown, self.title or self.name) + tables.paragraphs([self.about] if self.about else [])


def _check_name(scenario: Scenario, mistakes: Mistakes) -> None:
    """Check that the name can be part of names of folders and files, and cannot lead to another folder."""
    name = scenario.name
    right = 'give a short name such as "oakdale"; the title may be any text'
    if not isinstance(name, str) or not name.strip() or name.strip(". ") == "" or len(name) > _LONGEST_NAME:
        mistakes.add(ScenarioError("name", f"is {shown(name)}, which cannot be the name of a folder", right))
    elif any(mark in name for mark in "/\\") or not name.isprintable():
        mistakes.add(ScenarioError("name", f"is {shown(name)}, which would be a path", right))


def _check_functions(scenario: Scenario, mistakes: Mistakes) -> None:
    known = scenario.functions
    if not known or len(set(known)) != len(known) or len(known) > 100:
        mistakes.add(ScenarioError("functions", f"are {shown(known)}", "name 1 to 100 functions, each once"))
        return
    for body in scenario.organisations:
        for line in body.establishment:
            if line.function not in known:
                place = f"organisations.{body.name}.establishment"
                wrong = f"names the function {shown(line.function)}"
                mistakes.add(OrganisationError(place, wrong, nearest(line.function, known)))


def _check_titles(scenario: Scenario, mistakes: Mistakes) -> None:
    """Check that titles are one line of text each, and that no two policies share one."""
    for name, title in scenario.titles.items():
        if not isinstance(title, str) or not title.strip() or not title.isprintable() or len(title) > _LONGEST_NAME:
            wrong = f"is {shown(title)}"
            mistakes.add(ScenarioError(f"titles.{name}", wrong, f"give one line of at most {_LONGEST_NAME} letters"))
    # Two policies may share a title from their class. It is an error only if the scenario set one of the two titles.
    if mistakes or not scenario.titles:
        return
    seen: dict[str, str] = {}
    for name, title in scenario.policy_titles.items():
        if title in seen and {name, seen[title]} & set(scenario.titles):
            wrong = f"is {title!r}, which is also the title of {seen[title]}"
            mistakes.add(ScenarioError(f"titles.{name}", wrong, "give each policy a different title"))
        seen[title] = name


def _check_law(scenario: Scenario) -> None:
    """Check that everything the scenario sets in the law exists there, with a valid value."""
    try:
        _ = scenario.dated_law
    except InputError as error:
        raise error.within("law") from None


def check_law_reaches(scenario: Scenario, law: Law | None = None) -> None:
    """Check that the law has, for each 1 April, what is needed for everyone's pay and its cost.

    Scenarios are checked when they are loaded and when they are simulated. The steps of a variant are not, because a
    variant may change the end twice.

    Args:
        scenario: the scenario.
        law: dated parameters in place of the scenario's own.

    Raises:
        ScenarioError: for an end that the law does not reach, or awards that raise pay above what a run can store.
    """
    # Pay and rates change on 1 April only. The opening day itself is checked with the staff.
    parameters = (law or scenario.dated_law).parameters
    for year in range(scenario.start.year, scenario.end.year + 1):
        april = dt.date(year, 4, 1)
        if not scenario.start < april <= scenario.end:
            continue
        try:
            scale_on(parameters, epoch_day(april))
        except InputError as error:
            right = error.right if error.where == "later_award" else f"{error.right}; {_CARRY}"
            raise ScenarioError("end", f"is {scenario.end}, but {error.where} {error.wrong}", right) from None


_CARRY = "or set law_carried_to, the day until which the last numbers are assumed to continue"


def _check_own_pay(scenario: Scenario, staff: Workforce) -> None:
    """Check that awards do not raise pay outside the tables above MOST_PAY, the most that a run can store."""
    # Awards are shares of pay, so the highest pay is the first to exceed the limit.
    highest = int(staff.pay_pence.max(initial=0)) / 100
    calendar = scenario.calendar
    last = calendar.origin + calendar.days - 1
    grown = highest * scenario.dated_law.own_pay_growth(calendar.origin + 1, last)
    if grown > MOST_PAY:
        wrong = f"would raise pay of £{highest:,.0f} to £{grown:,.0f} a year by {scenario.end}"
        raise ScenarioError("law.own_pay_award", wrong, f"give awards or pay that stay below £{MOST_PAY:,.0f}")


def _check_margins(scenario: Scenario) -> None:
    """Check that everything the scenario sets in the margins exists there, if their file can be read from here."""
    if not scenario.margins:
        return
    if not isinstance(scenario.staff, StaffSynthesis):
        wrong = "are set, but the staff are a list, not made from margins"
        raise ScenarioError("margins", wrong, "change the list, or leave them out")
    if not scenario.staff.can_be_read(scenario.home):
        return  # a saved run without access to its files, which contains its staff
    try:
        scenario.staff.margins_with(scenario.margins, scenario.home)
    except InputError as error:
        raise error.within("margins") from None


@lru_cache(maxsize=64)
def opening_of(start: dt.date, law: Changes | None = None, carried_to: dt.date | None = None) -> Opening:
    """The first day of a scenario with the pay bands that its law has on it, if the law covers that day.

    Args:
        start: the first day.
        law: what the scenario sets in the bundled law.
        carried_to: the last day to which the bundled law is carried forward; None: it is not carried forward.
    """
    from nhstransit.law import Law

    dated = Law.of(law or Changes(), carried_to=carried_to)
    day = epoch_day(start)
    first_pence = np.zeros(len(BANDS), "int64")  # 0 for a band without a pay table
    try:
        points = dated.points(day)
        sections = 1 + sum(first <= day for first in dated.pension_starts(day))
    except ParameterError:
        # The law does not cover the day. Then no band has a table, and every section of the pension scheme is allowed.
        no_points = first_pence.astype("int32")
        return Opening(start=start, points=no_points, first_pence=first_pence, sections=len(SECTIONS))
    bands = np.flatnonzero(points > 0)
    first_pence[bands] = dated.annual_pay(bands, np.zeros(len(bands), "int64"), day)
    return Opening(start=start, points=points, first_pence=first_pence, sections=sections)


def _check_staff(scenario: Scenario) -> None:
    """Check that the staff list has this scenario's organisations and functions, in their order, and fits its posts."""
    names = tuple(body.name for body in scenario.organisations)
    people = scenario.workforce
    if people.employers != names or people.functions != scenario.functions:
        raise ScenarioError(
            "staff", "names different organisations or functions", "list the scenario's, in the same order"
        )
    # `day` counts from the scenario's start, so a founding after day 0 or a closing before it is the mistake.
    day = scenario.calendar.day
    present = {int(code) for code in set(people.employer.tolist())}
    for code in sorted(present):
        body = scenario.organisations[code]
        founded_later = body.founded and day(body.founded) > 0
        closed_before = body.closes and day(body.closes) < 0
        if founded_later or closed_before:
            wrong = f"has staff on {scenario.start}, when it is not open"
            raise OrganisationError(body.name, wrong, "give those people another employer")
    mistakes = Mistakes()
    note_unfit(people, opening_of(scenario.start, scenario.law, scenario.law_carried_to), mistakes)
    mistakes.tell()


def _check_policies(scenario: Scenario, mistakes: Mistakes) -> None:
    policies = {}
    for name, policy in scenario.policies.items():
        place = f"policies.{name}"
        if not isinstance(policy, Policy):
            wrong = f"is a {type(policy).__name__}"
            mistakes.add(ScenarioError(place, wrong, "give an object that follows grammar.Policy"))
            continue
        policies[name] = policy
        if CONTROLS.search(name):
            mistakes.add(ScenarioError(place, "has a control character in its name", "write printable characters only"))
        if name in ENGINE_RULES:
            mistakes.add(ScenarioError(place, "uses a name that is reserved for the simulation", "rename it"))
        if policy.announced < scenario.start:
            wrong = f"is {policy.announced}, before the scenario starts ({scenario.start})"
            mistakes.add(ScenarioError(f"{place}.announced", wrong, "give a later date, or an earlier start"))
    # The order is computed only from valid policies: it reads their classes.
    if not mistakes:
        with mistakes.noted():
            _ = scenario.orders
    with mistakes.noted():
        check_names(policies, functions=scenario.functions, funds=scenario.funds, bodies=scenario.organisations)
