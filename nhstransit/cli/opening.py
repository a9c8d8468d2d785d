"""`nhstransit show`: tables of the opening workforce, with the sources and assumptions behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from nhstransit.cli.show import print_story, tell_status
from nhstransit.cli.words import ALLOW_CODE, SETTINGS, WITHOUT, scenario_of

if TYPE_CHECKING:
    from nhstransit.report import Section
    from nhstransit.scenario import Input, Scenario

FORMS = {  # how to format each column of the opening tables
    "people": ("people", "{:,.0f}"),
    "wte": ("WTE", "{:,.1f}"),
    "pay_million": ("basic pay a year", "£{:,.1f}m"),
    "cost_million": ("with on-costs", "£{:,.1f}m"),
    "women": ("women", "{:.0%}"),
    "part_time": ("part-time", "{:.0%}"),
    "mean_age": ("mean age", "{:.1f}"),
    "mean_service": ("mean service, years", "{:.1f}"),
    "million_pounds": ("cost a year", "£{:,.1f}m"),
    "share_of_published": ("share of published", "{:.1%}"),
    "pounds_a_wte": ("cost per WTE", "£{:,.0f}"),
}


@click.command("show")
@click.argument("scenario")
@WITHOUT
@SETTINGS
@click.option(
    "--all",
    "every",
    is_flag=True,
    help="List every input. By default, only inputs that are assumed, from memory or set by the scenario.",
)
@ALLOW_CODE
def command(scenario: str, left_out: tuple[str, ...], settings: tuple[str, ...], every: bool) -> None:
    """Print the staff of SCENARIO on its first day, their cost, and the sources and assumptions behind these numbers.

    \f
    Args: the options and arguments of the command, which have their own help texts.
    """
    from nhstransit.scenario import assumptions

    world = scenario_of(scenario, left_out, settings)
    sections = (*_tables(world), *_beside(world), _inputs(assumptions(world), every))
    print_story(sections)
    tell_status(world)


def _tables(world: Scenario) -> tuple[Section, ...]:
    """The five opening tables."""
    from nhstransit.measures.flows import opening_tables
    from nhstransit.organisations.bodies import KINDS
    from nhstransit.report import Section

    made = opening_tables(world.workforce, world.organisations, world.calendar.origin, law=world.dated_law)
    title = f"{world.title or world.name}: the opening workforce on {world.start}"
    # The last row is the total over all kinds.
    everyone = made.by_kind.iloc[-1]
    text = f"{everyone['people']:,.0f} people, {everyone['wte']:,.1f} WTE, £{everyone['cost_million']:,.1f}m a year."
    return (
        Section.of(title, f"{world.about} {text}".strip(), _formatted(made.by_kind.rename(index=KINDS))),
        Section.of("By region", "", _formatted(made.by_region)),
        Section.of("By function", "", _formatted(made.by_function)),
        Section.of("By band", "", _formatted(made.by_band)),
        Section.of(
            "Ages (rows) by years of service (columns)",
            "The table shows numbers of people; age and service are in complete years.",
            _formatted(made.ages_by_service),
        ),
    )


def _beside(world: Scenario) -> tuple[Section, ...]:
    """The published and the synthesised cost of staff, if the staff are made from the bundled margins of England."""
    from nhstransit.measures.flows import pay_bill_beside
    from nhstransit.report import Section
    from nhstransit.synthesis import StaffSynthesis, load_published
    from nhstransit.synthesis.staff import MARGINS

    if not isinstance(world.staff, StaffSynthesis) or world.staff.margins != MARGINS:
        return ()
    total = load_published().total[0]
    table = pay_bill_beside(
        world.workforce,
        world.organisations,
        world.calendar.origin,
        kind=total.kind,
        published_pounds=total.pounds,
        law=world.dated_law,
    )
    text = f"{total.title}: £{total.pounds / 1e6:,.1f}m a year (quality: {total.quality}). {total.note}".strip()
    return (Section.of("Compared with the published cost", text, _formatted(table)),)


def _inputs(inputs: tuple[Input, ...], every: bool) -> Section:
    """The inputs of the scenario: how many are assumed, and a list."""
    from nhstransit import tables
    from nhstransit.cli.sources import short
    from nhstransit.report import Section

    unsure, changed = (sum(getattr(one, name) for one in inputs) for name in ("unsure", "changed"))
    text = (
        f"Of {len(inputs):,} inputs, {unsure:,} are assumed or from memory, and {changed:,} are set by this scenario."
    )
    shown = [one for one in inputs if every or one.unsure or one.changed]
    columns = {
        "input": [one.path for one in shown],
        "value": [short(_plain(one.value)) for one in shown],
        "range": [short(one.ranges or _range(one.range)) for one in shown],
        "unit": [one.unit for one in shown],
        "quality": [one.quality for one in shown],
        "source": [one.source for one in shown],
    }
    return Section.of("Sources and assumptions", text, tables.frame(columns))


def _formatted(table: Any) -> Any:
    """A table with its numbers formatted."""
    from nhstransit import tables

    index = [str(item) for item in table.index]
    columns: dict[str, Any] = {str(table.index.name): index}
    for name in table.columns:
        heading, form = FORMS.get(str(name), (str(name), "{:,.0f}"))
        # Python's minus sign is a hyphen; a table has a true minus sign.
        columns[heading] = [("−" if cell < 0 else "") + form.format(abs(cell)) for cell in table[name]]
    return tables.frame(columns)


def _plain(item: Any) -> str:
    """One formatted value; a dash if it is not set."""
    if item is None:
        return "–"
    if isinstance(item, int):
        return f"{item:,}"
    return f"{item:g}" if isinstance(item, float) else str(item)


def _range(limits: tuple[float, float] | None) -> str:
    return "" if limits is None else f"{limits[0]:g} to {limits[1]:g}"
