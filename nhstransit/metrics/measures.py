"""All measures of one run in one object: headline figures, and tables made when first asked for or all at once."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

import attrs

from nhstransit import tables
from nhstransit.errors import InputError, nearest
from nhstransit.metrics import apart, appraisal, contribution, flows, funding, money, payback, saving, steps
from nhstransit.metrics.definition import Definition
from nhstransit.metrics.definitions import defined, definition_of
from nhstransit.metrics.figures import UNITS, headlines
from nhstransit.run import Run
from nhstransit.toml import Named

if TYPE_CHECKING:
    import pandas as pd

LEVELS = ("headlines", "full")


@attrs.frozen(eq=False, slots=False, repr=False)
class Measures:
    """Everything measured of one run; each table is made when it is first asked for."""

    run: Run

    @cached_property
    def headlines(self) -> Named[float]:
        """The headline figures by name."""
        return headlines(self.run)

    @cached_property
    def stocks(self) -> pd.DataFrame:
        """Heads by month and kind of body: opening, flows, closing."""
        return flows.stocks(self.run)

    @cached_property
    def headcount(self) -> pd.DataFrame:
        """Heads and WTE by financial year and kind of body: opening, flows, closing."""
        return flows.headcount(self.run, by="kind")

    @cached_property
    def headcount_by_region(self) -> pd.DataFrame:
        """Heads and WTE by financial year and region."""
        return flows.headcount(self.run, by="region")

    @cached_property
    def headcount_by_function(self) -> pd.DataFrame:
        """Heads and WTE by financial year and function."""
        return flows.headcount(self.run, by="function")

    @cached_property
    def headcount_by_band(self) -> pd.DataFrame:
        """Heads and WTE by financial year and band."""
        return flows.headcount(self.run, by="band")

    @cached_property
    def schemes(self) -> pd.DataFrame:
        """What each policy did."""
        return steps.schemes(self.run)

    @cached_property
    def routes(self) -> pd.DataFrame:
        """How people left."""
        return steps.routes(self.run)

    @cached_property
    def accounts(self) -> pd.DataFrame:
        """Pounds by financial year, rule and line."""
        return money.accounts(self.run)

    @cached_property
    def exit_costs(self) -> pd.DataFrame:
        """What exits cost by financial year and kind of body."""
        return money.exit_costs(self.run)

    @cached_property
    def staying_costs(self) -> pd.DataFrame:
        """Retention and development by financial year: people and pounds."""
        return money.staying_costs(self.run)

    @cached_property
    def interims(self) -> pd.DataFrame:
        """Cover by interims by financial year: posts, days, pounds."""
        return money.interims(self.run)

    @cached_property
    def pay_bill(self) -> pd.DataFrame:
        """Pay at the start and at the end of each financial year."""
        return money.pay_bill(self.run)

    @cached_property
    def savings(self) -> pd.DataFrame:
        """Recurrent savings by the rule that removed the posts, gross and net."""
        return saving.savings(self.run)

    @cached_property
    def savings_by_year(self) -> pd.DataFrame:
        """Pounds saved in each financial year, and what refill, returners and interims took of it."""
        return saving.savings_by_year(self.run)

    @cached_property
    def persistence(self) -> pd.DataFrame:
        """How much of the saving still lasts, by month."""
        return saving.persistence(self.run)

    @cached_property
    def paybacks(self) -> pd.DataFrame:
        """Cost, saving and payback of each rule that paid for exits."""
        return payback.paybacks(self.run)

    @cached_property
    def present_values(self) -> pd.DataFrame:
        """Net present value, line by line, to the Exchequer and to society."""
        return appraisal.present_values(self.run)

    @cached_property
    def qipp(self) -> pd.DataFrame:
        """What the saving contributes to the £15bn to £20bn asked of the NHS."""
        return contribution.qipp(self.run)

    @cached_property
    def start_up(self) -> pd.DataFrame:
        """Start-up money for commissioning groups by region, and what is short."""
        return funding.start_up(self.run)

    @cached_property
    def entered(self) -> pd.DataFrame:
        """Money entered by the scenario's author, not simulated."""
        return apart.entered(self.run)

    def table(self) -> pd.DataFrame:
        """The headline figures as a table: figure, unit, indexed by name."""
        names = list(UNITS)
        columns = {"measure": names, "figure": [self.headlines[name] for name in names], "unit": list(UNITS.values())}
        return tables.frame(columns, index="measure")

    @property
    def tables(self) -> Named[pd.DataFrame]:
        """Every table by its name; those not made before are made now."""
        return Named({name: getattr(self, name) for name in table_names()})

    def describe(self, name: str | None = None) -> pd.DataFrame | Definition:
        """What measures mean: unit, formula, reference of each, or the definition of one.

        Raises InputError for an unknown name.
        """
        return defined() if name is None else definition_of(name)

    def __repr__(self) -> str:
        return f"Measures of {self.run!r}\n" + self.table().to_string(float_format="{:,.0f}".format)

    def _repr_html_(self) -> str:
        html: str = self.table().to_html(float_format="{:,.0f}".format)
        return html


def table_names() -> tuple[str, ...]:
    """The names of the tables of `Measures`, in its order."""
    made = [name for name, member in vars(Measures).items() if isinstance(member, cached_property)]
    return tuple(name for name in made if name != "headlines")


def measure(run: Run, level: Literal["headlines", "full"] = "headlines") -> Measures:
    """All measures of a run: headline figures at once, tables when asked for; at the level "full" every table at once.

    Raises InputError for another level.
    """
    if level not in LEVELS:
        raise InputError("level", f"is {level!r}", nearest(str(level), LEVELS))
    measures = Measures(run)
    _ = measures.tables if level == "full" else measures.headlines
    return measures
