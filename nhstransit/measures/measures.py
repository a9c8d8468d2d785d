"""All definitions of measures, collected from the modules of this package, and all measures of one run."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property, partial
from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING, Any, Literal, overload

import attrs

from nhstransit import tables
from nhstransit.errors import InputError, check_kind, nearest
from nhstransit.measures import appraisal, flows, money, saving
from nhstransit.measures import schemes as steps
from nhstransit.measures.cover import holders, lost_work, months_below
from nhstransit.measures.definitions import Definition
from nhstransit.measures.drain import clinicians_leaving, concentration, leaver_mix, losses, mix_shift
from nhstransit.measures.equality import equality, payments
from nhstransit.measures.expertise import knowledge_by_month, rebuilt
from nhstransit.measures.funding import start_up
from nhstransit.measures.headline_figures import UNITS, headlines
from nhstransit.measures.money import entered, staff_costs
from nhstransit.measures.readiness import capacity_gap, ratings_by_month, readiness
from nhstransit.measures.saving import qipp
from nhstransit.measures.survival import routes_out, staying
from nhstransit.measures.turnover import half_life, time_at_risk, turnover
from nhstransit.measures.whereabouts import whereabouts
from nhstransit.run import Run
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd


@cache
def definitions() -> Named[Definition]:
    """The definition of every measure by its name."""
    import nhstransit.measures as room

    # Every module of this package may have `DEFINITIONS`. They are imported here and not above, because this module is
    # one of them.
    found: dict[str, Definition] = {}
    for module in iter_modules(room.__path__):
        for one in getattr(import_module(f"{room.__name__}.{module.name}"), "DEFINITIONS", ()):
            found[one.name] = one
    return Named(found)


def definition_of(name: str) -> Definition:
    """The definition of one measure. Raises InputError for an unknown name, with the nearest valid one."""
    held = definitions()
    if name not in held:
        raise InputError("measure", f"is {name!r}", nearest(name, held))
    return held[name]


def defined() -> pd.DataFrame:
    """All definitions as a table: unit, formula, reference, note; indexed by measure."""
    held = definitions().values()
    columns = ("unit", "formula", "reference", "note")
    table = {name: [getattr(one, name) for one in held] for name in columns}
    return tables.frame({"measure": [one.name for one in held], **table}, index="measure")


# All measures of one run in one object: headline figures, and tables computed on first use or all at once.

LEVELS = ("headlines", "full")


class Table:
    """A table of `Measures`, computed on first use and then stored."""

    def __init__(self, make: Callable[[Run], pd.DataFrame], meaning: str) -> None:
        self._make = make
        self.__doc__ = meaning

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    @overload
    def __get__(self, measures: None, owner: type) -> Table: ...

    @overload
    def __get__(self, measures: Measures, owner: type) -> pd.DataFrame: ...

    def __get__(self, measures: Measures | None, owner: type) -> Any:
        if measures is None:
            return self
        # Stored under the table's own name in the instance, where Python finds it before it asks this class again.
        made = vars(measures)[self._name] = self._make(measures.run)
        return made


@attrs.frozen(eq=False, slots=False, repr=False)
class Measures:
    """All measures of one run. Each table is computed on first use."""

    run: Run

    @cached_property
    def headlines(self) -> Named[float]:
        """The headline figures by name."""
        return headlines(self.run)

    stocks = Table(flows.stocks, "Heads by month and kind of organisation: opening, flows, closing.")
    headcount = Table(
        flows.headcount, "Heads and WTE by financial year and kind of organisation: opening, flows, closing."
    )
    headcount_by_region = Table(partial(flows.headcount, by="region"), "Heads and WTE by financial year and region.")
    headcount_by_function = Table(
        partial(flows.headcount, by="function"), "Heads and WTE by financial year and function."
    )
    headcount_by_band = Table(partial(flows.headcount, by="band"), "Heads and WTE by financial year and band.")
    whereabouts = Table(whereabouts, "Where the opening staff were at the end, and how leavers had left.")
    schemes = Table(steps.schemes, "Results of each policy: people at each step, and pounds.")
    routes = Table(steps.routes, "How people left: heads and WTE by route.")

    accounts = Table(money.accounts, "Pounds by financial year, by line, and by policy or other cause.")
    exit_costs = Table(money.exit_costs, "Cost of exits by financial year and kind of organisation.")
    staying_costs = Table(money.staying_costs, "Retention and development by financial year: people and pounds.")
    interims = Table(money.interims, "Cover by interims in each financial year: posts, days, pounds.")
    pay_bill = Table(money.pay_bill, "Pay at the start and at the end of each financial year.")
    staff_costs = Table(staff_costs, "Staff cost by financial year: pay, other payments, total.")
    savings = Table(saving.savings, "Recurrent savings, gross and net, by the policy that removed or opened the posts.")
    savings_by_year = Table(saving.savings_by_year, "Pounds saved in each year, net of returners and opened posts.")
    persistence = Table(saving.persistence, "The share of the saving that lasts, by month.")
    paybacks = Table(saving.paybacks, "Cost, saving and payback of each policy or closure that paid for exits.")
    present_values = Table(appraisal.present_values, "Net present value, line by line, to Exchequer and society.")
    qipp = Table(qipp, "The saving as a share of the £15bn to £20bn required of the NHS.")
    start_up = Table(start_up, "Start-up money for commissioning groups by region, and the shortfall.")
    entered = Table(entered, "Money entered by the scenario's author. It is not simulated.")

    losses = Table(losses, "Losses across each boundary: people, knowledge, years of experience.")
    leaver_mix = Table(leaver_mix, "Leavers and opening staff by function, and whether leavers were over-represented.")
    knowledge = Table(knowledge_by_month, "Knowledge in post, lost and learned, by month.")
    rebuilt = Table(rebuilt, "The months until expertise is back at its opening level.")
    concentration = Table(concentration, "Inequality of losses between regions: Theil and Gini.")
    mix_shift = Table(
        mix_shift, "The difference between the mix of leavers and of the opening staff, by characteristic."
    )
    months_below = Table(months_below, "Months below minimum cover, by employer.")
    holders = Table(holders, "Functions that depend on a single person, by employer.")
    lost_work = Table(lost_work, "Work lost to newness, drag and empty posts.")
    capacity_gap = Table(capacity_gap, "Analyst-months needed for service change, available and missing.")
    clinicians_leaving = Table(clinicians_leaving, "Clinicians who leave commissioning groups, by month.")
    readiness = Table(readiness, "The red, amber or green rating of each successor, with the reason.")
    ratings_by_month = Table(ratings_by_month, "The number of successors rated red, amber and green at each month end.")

    staying = Table(staying, "The share still in post, by time since the start (Kaplan–Meier).")
    routes_out = Table(routes_out, "The share that has left by each route, by time since the start (Aalen–Johansen).")
    turnover = Table(turnover, "Leaver rate, stability index and similar rates, by financial year.")
    time_at_risk = Table(time_at_risk, "Person-years in post, and leavers per person-year.")
    half_life = Table(half_life, "The time until half of the opening staff had left.")
    equality = Table(equality, "Every outcome by every characteristic: rate, ratio, difference, interval.")
    payments = Table(payments, "Every payment by every characteristic.")

    def table(self) -> pd.DataFrame:
        """The headline figures as a table: figure, unit, indexed by name."""
        names = list(UNITS)
        columns = {"measure": names, "figure": [self.headlines[name] for name in names], "unit": list(UNITS.values())}
        return tables.frame(columns, index="measure")

    @property
    def tables(self) -> Named[pd.DataFrame]:
        """Every table by its name. Tables that are not yet computed are computed now."""
        return Named({name: getattr(self, name) for name in TABLES})

    def describe(self, name: str | None = None) -> pd.DataFrame | Definition:
        """The unit, formula and reference of every measure, or the definition of one measure.

        Raises InputError for an unknown name.
        """
        return defined() if name is None else definition_of(name)

    def __repr__(self) -> str:
        return f"Measures of {self.run!r}\n" + self.table().to_string(float_format="{:,.0f}".format)

    def _repr_html_(self) -> str:
        return tables.html(self.table(), "Headline figures", form="{:,.0f}".format)


TABLES = {name: str(member.__doc__) for name, member in vars(Measures).items() if isinstance(member, Table)}


def measure(run: Run, level: Literal["headlines", "full"] = "headlines") -> Measures:
    """All measures of a run. Headline figures are computed now, and tables on first use.

    At the level "full", every table is computed now. Raises InputError for an unknown level.
    """
    check_kind("run", run, Run)
    if level not in LEVELS:
        raise InputError("level", f"is {level!r}", nearest(str(level), LEVELS))
    measures = Measures(run)
    _ = measures.headlines
    if level == "full":
        _ = measures.tables
    return measures
