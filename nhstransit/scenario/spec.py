"""The scenario: who and what there is, what employers do, how people behave, from which day to which."""

from __future__ import annotations

import datetime as dt
from functools import cached_property
from pathlib import Path
from typing import Any

import attrs

from nhstransit.arrays import Bools, Ints
from nhstransit.behaviour import Behaviour
from nhstransit.dates import Calendar, date_of
from nhstransit.errors import InputError, OrganisationError, ScenarioError, StaffError, nearest
from nhstransit.eventlog import ENGINE_RULES, codes_of
from nhstransit.fields import Parent, whole
from nhstransit.grammar import Policy
from nhstransit.organisations import bodies
from nhstransit.organisations.bodies import Organisation
from nhstransit.organisations.funds import Fund
from nhstransit.organisations.posts import Posts, build_posts
from nhstransit.organisations.roster import Roster
from nhstransit.scenario import paths
from nhstransit.scenario.entered import Entered
from nhstransit.scenario.order import orders_of
from nhstransit.scenario.spoken import check_names, parted
from nhstransit.synthesis import StaffSynthesis
from nhstransit.toml import InOrder, Named
from nhstransit.workforce.columns import Workforce


@attrs.frozen(kw_only=True, slots=False, repr=False)
class Scenario:
    """One world, validated at birth; change it with `having` and `without`, which give another.

    Raises ScenarioError or OrganisationError where the parts do not fit together.
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
    entered: Named[Entered] = attrs.field(factory=Named)  # money that the run does not make
    policies: InOrder[Policy] = attrs.field(factory=InOrder, converter=InOrder)  # as in its file: so they act
    behaviour: Behaviour = attrs.field(factory=Behaviour)
    calibrated: Named[float] = attrs.field(  # by dotted path, what was fitted to published figures
        factory=Named, eq=False, metadata={"apart": True}
    )
    home: Path | None = attrs.field(default=None, eq=False, metadata={"apart": True})  # where its own files lie

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            raise ScenarioError("end", f"is {self.end}, before the start ({self.start})", "give a later date")
        _check_functions(self)
        bodies.check(self.organisations)
        _check_policies(self)
        if isinstance(self.staff, Workforce):
            _ = self.opening

    @cached_property
    def calendar(self) -> Calendar:
        """Its days."""
        return Calendar(self.start, self.end)

    @cached_property
    def rules(self) -> dict[str, int]:
        """The number by which the log of its runs knows each rule, by name: the engine's own and its policies'."""
        return codes_of(self.policies)

    @cached_property
    def orders(self) -> dict[int, int]:
        """The order in which rules act within a phase, by rule number: see `orders_of`."""
        return orders_of(self.policies, self.rules)

    @cached_property
    def roster(self) -> Roster:
        """Its bodies as columns."""
        return Roster.of(self.organisations, self.calendar)

    @cached_property
    def workforce(self) -> Workforce:
        """The opening staff: as given, or synthesised when first asked for."""
        if isinstance(self.staff, Workforce):
            return self.staff
        return self.staff.workforce(
            self.organisations, self.functions, staff_seed=self.staff_seed, on=self.start, folder=self.home
        )

    @cached_property
    def opening(self) -> tuple[Posts, Ints]:
        """The posts of all bodies, and the post that each of the opening staff holds, (people,)."""
        _check_staff(self)
        return build_posts(self.organisations, self.functions, self.workforce, self.calendar.day)

    def having(self, path: str, item: Any) -> Scenario:
        """This scenario with one thing changed, such as `("policies.mars.payback_months", 18)`, or a policy put in.

        Raises ScenarioError for a path that leads nowhere, naming the nearest, and for what may not stand there.
        """
        changed: Scenario = paths.having(self, path, item)
        return changed

    def without(self, *names: str) -> Scenario:
        """This scenario less some of its policies, by name: nothing else changes, nor anybody's luck.

        Other policies speak no more of one that is named by its user; where they name a bundled one they may go on.
        """
        policies = self.policies
        for name in names:
            if name not in policies:
                raise ScenarioError(f"policies.{name}", "is not in this scenario", nearest(name, policies))
            policies = policies.without(name)
        return attrs.evolve(self, policies=parted(policies))

    def __repr__(self) -> str:
        policies = ", ".join(self.policies) or "no policies"
        return (
            f"Scenario({self.name!r}: {self.start} to {self.end}, {len(self.organisations)} organisations, "
            f"{self._staff_told()}; {policies})"
        )

    def _staff_told(self) -> str:
        """The opening staff in few words, without making them for it."""
        if isinstance(self.staff, Workforce):
            return f"{len(self.staff):,} people"
        return f"staff synthesised from {self.staff.margins}, base {self.staff.base}"

    def _repr_html_(self) -> str:
        from html import escape

        rows = [
            ("from", f"{self.start} to {self.end}"),
            ("organisations", f"{len(self.organisations):,}"),
            ("staff at the start", self._staff_told()),
            ("policies", ", ".join(self.policies) or "none"),
        ]
        cells = "".join(f"<tr><th>{name}</th><td>{escape(str(item))}</td></tr>" for name, item in rows)
        return f"<h4>{escape(self.title or self.name)}</h4><p>{escape(self.about)}</p><table>{cells}</table>"


def _check_functions(scenario: Scenario) -> None:
    known = scenario.functions
    if not known or len(set(known)) != len(known) or len(known) > 100:
        raise ScenarioError("functions", f"are {known!r}", "name 1 to 100 functions, each once")
    for body in scenario.organisations:
        for line in body.establishment:
            if line.function not in known:
                place = f"organisations.{body.name}.establishment"
                raise OrganisationError(place, f"names the function {line.function!r}", nearest(line.function, known))


def _check_staff(scenario: Scenario) -> None:
    """The staff list must speak of this scenario's bodies and functions, in their order, and fit its posts."""
    names, people = tuple(body.name for body in scenario.organisations), scenario.workforce
    if people.employers != names or people.functions != scenario.functions:
        raise ScenarioError(
            "staff", "speaks of other organisations or functions", "use the scenario's own, in its order"
        )
    day = scenario.calendar.day
    present = {int(code) for code in set(people.employer.tolist())}
    for place in sorted(present):
        body = scenario.organisations[place]
        if (body.founded and day(body.founded) > 0) or (body.closes and day(body.closes) < 0):
            wrong = f"has staff on {scenario.start}, when it does not stand"
            raise OrganisationError(body.name, wrong, "give those people another employer")
    start = scenario.calendar.origin
    _refuse_days(scenario, "service_from", people.service_from > start, "after")
    _refuse_days(scenario, "contract_ends", people.contract_ends < start, "before")


def _refuse_days(scenario: Scenario, column: str, wrong: Bools, when: str) -> None:
    """Raise StaffError for the first person whose day in a column cannot be right for who is in post at the start."""
    if wrong.any():
        people, row = scenario.workforce, int(wrong.argmax())
        day = date_of(getattr(people, column)[row])
        told = f"is {day}, {when} the scenario starts ({scenario.start})"
        right = "leave out who is not in post on its first day, or give another day"
        raise StaffError(f"staff {people.staff[row]}: {column}", told, right)


def _check_policies(scenario: Scenario) -> None:
    for name, policy in scenario.policies.items():
        place = f"policies.{name}"
        if not isinstance(policy, Policy):
            raise ScenarioError(place, f"is a {type(policy).__name__}", "give an object that follows grammar.Policy")
        if name in ENGINE_RULES:
            raise ScenarioError(place, "has the name of a rule of the engine's own", "rename it")
        if policy.announced < scenario.start:
            wrong = f"is {policy.announced}, before the scenario starts ({scenario.start})"
            raise ScenarioError(f"{place}.announced", wrong, "give a later date, or an earlier start")
    _ = scenario.orders
    check_names(scenario.policies, functions=scenario.functions, funds=scenario.funds, bodies=scenario.organisations)


def located(error: InputError, place: str) -> InputError:
    """The same error with the place, such as a file, before where it happened."""
    return type(error)(f"{place}: {error.where}" if error.where else place, error.wrong, error.right)
