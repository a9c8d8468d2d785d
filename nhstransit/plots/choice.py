"""Figures of a choice: Pareto set, regret, chance of a correct selection, futures won, and value of information."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from nhstransit import tables
from nhstransit.choice import Choice, Objective
from nhstransit.choice.result import ALL
from nhstransit.choice.words import bare, floor_percent, headed, said
from nhstransit.england import status_of
from nhstransit.errors import check_kind
from nhstransit.phrases import listed, percent
from nhstransit.plots.ground import ON_FILL
from nhstransit.plots.paper import FAINT, INK, SMALL, TEXT, apart, axes, described, title
from nhstransit.plots.rows import height, named, rests_on, small_print
from nhstransit.plots.shown import shows_itself

BEST = "#00508C"
OTHER = "#7A99B8"
DROPPED = "#B35900"
_ASK = "give what nt.choose returns"


@shows_itself
def pareto(
    choice: Choice, ax: Axes | None = None, *, across: str | None = None, up: str | None = None, note: str = ""
) -> Axes:
    """Options by two objectives, with the 95% intervals of their gaps from the first option.

    Orange options are dropped: another option dominates them over all objectives, with at least the probability of the
    choice's `level`. Better values are to the right and at the top. Returns the axes.

    Args:
        choice: the choice.
        ax: axes to draw on; by default those of a new figure.
        across: the objective on the horizontal axis; by default the first.
        up: the objective on the vertical axis; by default the second.
        note: text added to the small print.

    Raises:
        InputError: an objective is not in the choice. The message has the nearest one.
    """
    check_kind("choice", choice, Choice, _ASK)
    names = [one.name for one in choice.objectives]
    second = names[min(1, len(names) - 1)]
    sides = [choice.objectives[choice.objective(one)] for one in (across, up or second)]
    kept = choice.pareto()["kept"]
    gaps = choice.gaps()
    ax = axes(ax, 9.0, 6.2)
    rows = []
    for name in kept.index:
        row: list[object] = [name, bool(kept[name])]
        for side in sides:
            if name == choice.names[0]:  # the first option has no gap from itself
                row += [0.0, 0.0, 0.0]
                continue
            cell = gaps.loc[(name, side.name)]
            row += [float(cell["gap"]), float(cell["low"]), float(cell["high"])]
        rows.append(row)
    columns = ("option", "kept", "across", "across low", "across high", "up", "up low", "up high")
    data = tables.of_rows(columns, rows)
    remain = data["kept"]
    for colour, part in ((BEST, data[remain]), (DROPPED, data[~remain])):
        ax.hlines(part["up"], part["across low"], part["across high"], color=colour, linewidth=1.1, alpha=0.6)
        ax.vlines(part["across"], part["up low"], part["up high"], color=colour, linewidth=1.1, alpha=0.6)
        ax.plot(
            part["across"], part["up"], "o", color=colour, markersize=6, markeredgecolor=FAINT, zorder=5
        )  # over names
    _frame_gaps(ax, sides)
    # An axis on which less is better is inverted, so `low` may be the larger of the two.
    low, high = ax.get_ylim()
    # Names are moved apart in the order of their points, so that no two dotted lines cross.
    order = np.argsort(data["up"].to_numpy(), kind="stable")
    wanted = data["up"].to_numpy()[order].tolist()
    least = abs(high - low) / 28.0  # the height of a name, as a share of the axis
    heights = apart(wanted, least, min(low, high), max(low, high))
    for one, place in zip(order.tolist(), heights, strict=True):
        colour = BEST if data["kept"].iloc[one] else DROPPED
        lower, upper = sorted((float(data["up"].iloc[one]), place))  # a dotted line leads from the point to its name
        ax.vlines(data["across"].iloc[one], lower, upper, color=INK, linewidth=0.7, linestyles=":", zorder=4)
        ax.annotate(
            f" {data['option'].iloc[one]}",
            (data["across"].iloc[one], place),
            xytext=(3, 5),
            textcoords="offset points",
            fontsize=SMALL,
            color=colour,
            va="center",
            parse_math=False,
            bbox={"facecolor": ax.get_facecolor(), "edgecolor": "none", "pad": 0.6},  # hides lines behind the name
        )
    dropped = int((~data["kept"]).sum())
    many = {0: "No option is", 1: "1 option is"}.get(dropped, f"{dropped} options are")
    finding = f"{many} dominated; for {sides[0].name} the favoured option is {choice.favoured}"
    title(ax, finding)
    text = f"Gaps from {choice.names[0]} over {choice.common.shape[2]:,} shared futures, with paired 95% intervals. "
    text += f"Orange: dominated over all objectives with a probability of at least {choice.level:.0%}."
    across, up = (headed(side.name, side.unit) for side in sides)
    ax.set_xlabel(f"Across: {across}. Up: {up}.", fontsize=TEXT, color=INK)
    _below(ax, f"{text} {_source(choice)}", note)
    options = "; ".join(
        f"{row['option']} {said(row['across'], sides[0].unit)} and {said(row['up'], sides[1].unit)}"
        for _, row in data.iterrows()
    )
    return described(
        ax, data, f"Points show {sides[0].name} and {sides[1].name} of each option. {finding}. Differences: {options}."
    )


def _frame_gaps(ax: Axes, sides: list[Objective]) -> None:
    """Prepare axes on which better values are to the right and at the top, with lines at no difference."""
    ax.axvline(0, color=INK, linewidth=0.6)
    ax.axhline(0, color=INK, linewidth=0.6)
    ax.margins(x=0.28, y=0.1)
    if sides[0].way == "less":
        ax.invert_xaxis()
    if sides[1].way == "less":
        ax.invert_yaxis()
    ax.xaxis.set_major_formatter(lambda tick, _: bare(tick, sides[0].unit) if tick else "0")
    ax.yaxis.set_major_formatter(lambda tick, _: bare(tick, sides[1].unit) if tick else "0")
    ax.tick_params(labelsize=SMALL, colors=INK)
    for spine in ("top", "right"):
        ax.spines[spine].set_visible(False)


def _source(choice: Choice) -> str:
    """The source of the numbers and what was fitted in the options' scenarios, for the small print."""
    return f"Source: nhstransit. {rests_on(status_of(option.scenario) for option in choice.options)}"


def _below(ax: Axes, text: str, note: str) -> None:
    """Add small print below the name of the horizontal axis."""
    label = ax.get_xlabel()
    small_print(ax, text, note)
    small = ax.get_xlabel()
    ax.set_xlabel(f"{label}\n{small}", loc="left")


@shows_itself
def regret(choice: Choice, ax: Axes | None = None, *, note: str = "") -> Axes:
    """Mean regret by option and objective, as a shaded table: how much worse each option is than the best.

    The shades of each column are from white (none) to the largest mean regret of that objective. Returns the axes.

    Args:
        choice: the choice.
        ax: axes to draw on; by default those of a new figure.
        note: text added to the small print.
    """
    check_kind("choice", choice, Choice, _ASK)
    names = [one.name for one in choice.objectives]
    options = list(choice.names)
    columns = [choice.regret(name)["mean"].loc[options].to_numpy() for name in names]
    means = np.array(columns).T  # (options, objectives)
    top = means.max(axis=0)
    # Objectives have different units, so each column is relative to its own largest regret.
    shares = means / np.where(top > 0, top, 1.0)
    width = max(9.0, 2.4 + 1.25 * len(names))  # inches: names of options, and a column for each objective
    ax = axes(ax, width, height(len(options)) + 0.5)
    # The first option is at the top. The scale ends above 1, so that the darkest cell still suits dark text.
    ax.imshow(shares[::-1], cmap="Oranges", vmin=0.0, vmax=1.6, aspect="auto", origin="lower")
    named(ax, choice.names)
    for row in range(len(choice.names)):
        for column, objective in enumerate(choice.objectives):
            place = len(choice.names) - 1 - row
            text = bare(float(means[row, column]), objective.unit) if means[row, column] else "0"
            ax.text(
                column,
                place,
                text,
                ha="center",
                va="center",
                fontsize=SMALL,
                color=INK,
                parse_math=False,
                label=ON_FILL,
            )
    # The first space becomes a line break, to keep the columns narrow.
    heads = [f"{one.name.replace(' ', chr(10), 1)}{_unit_below(one)}" for one in choice.objectives]
    ax.set_xticks(range(len(names)), heads, fontsize=SMALL, color=INK)
    ax.xaxis.tick_top()
    ax.tick_params(top=False)
    worst = choice.names[int(shares.mean(axis=1).argmin())]
    finding = f"Over all objectives, {worst} has the least regret"
    title(ax, finding)
    text = "Regret is how much worse an option is than the best: mean over futures. Shades compare within a column."
    small_print(ax, f"{text} {_source(choice)}", note)
    by_objective = {name: means[:, at] for at, name in enumerate(names)}
    data = tables.frame({"option": choice.names} | by_objective)
    amounts = "; ".join(
        f"{name}: {listed(said(float(one), each.unit) for one, each in zip(row, choice.objectives, strict=True))}"
        for name, row in zip(choice.names, means, strict=True)
    )
    return described(ax, data, f"A table of mean regret by option and objective. {finding}. {amounts}.")


def _unit_below(objective: Objective) -> str:
    """The unit of an objective on a line of its own, if its numbers do not show it."""
    return f"\n({objective.unit})" if objective.unit and objective.unit[0] not in "£%" else ""


def _within(choice: Choice, objective: str | None) -> str:
    """Words that say that only options within the limits compete; empty if all options do."""
    return " within the limits" if objective is None and choice.limited and choice.acceptable.any() else ""


@shows_itself
def selection_chance(choice: Choice, ax: Axes | None = None, *, objective: str | None = None, note: str = "") -> Axes:
    """The lower bound of the probability of correct selection, by the number of futures simulated. Returns the axes.

    Args:
        choice: the choice.
        ax: axes to draw on; by default those of a new figure.
        objective: the name of an objective; by default the first.
        note: text added to the small print.

    Raises:
        InputError: the objective is not in the choice. The message has the nearest one.
    """
    check_kind("choice", choice, Choice, _ASK)
    table = choice.chance_by_futures(objective).reset_index()
    name = choice.objectives[choice.objective(objective)].name
    ax = axes(ax, 9.0, 4.4)
    ax.plot(table["futures"], table["chance"], color=BEST, linewidth=1.9)
    ax.axhline(choice.level, color=DROPPED, linewidth=0.9, linestyle="--")
    level = f" {choice.level:.0%} "
    ax.annotate(
        level,
        (table["futures"].iloc[0], choice.level),
        (0, 3),
        textcoords="offset points",
        fontsize=SMALL,
        color=DROPPED,
    )
    ax.set_ylim(0.0, 1.03)
    ax.yaxis.set_major_formatter(lambda tick, _: f"{tick:.0%}")
    ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.tick_params(labelsize=TEXT, colors=INK)
    for spine in ("top", "right"):
        ax.spines[spine].set_visible(False)
    last = float(table["chance"].iloc[-1])
    known = f"the best option is known with a probability of at least {floor_percent(last)}"
    finding = f"For {name}{_within(choice, objective)}, {known}"
    title(ax, f"{finding} after {len(table) + 1} futures")
    ax.set_xlabel("number of independent futures", fontsize=TEXT, color=INK)
    text = "The line is a lower bound of the probability that the leading option is the best on average. It rises with the "
    _below(ax, f"{text}number of futures, unlike the share of futures that an option wins. {_source(choice)}", note)
    enough = table["futures"][table["chance"] >= choice.level]
    first = int(enough.iloc[0]) if len(enough) else 0  # 0: never reached
    level = f"{choice.level:.0%}"
    reached = f"It first reaches {level} at {first} futures." if first else f"It does not reach {level}."
    return described(ax, table, f"A line by the number of futures. {finding} after {len(table) + 1} futures. {reached}")


@shows_itself
def futures_won(choice: Choice, ax: Axes | None = None, *, objective: str | None = None, note: str = "") -> Axes:
    """The share of futures in which each option is the best, with its 95% interval; the largest first.

    Returns the axes.

    Args:
        choice: the choice.
        ax: axes to draw on; by default those of a new figure.
        objective: the name of an objective; by default the first.
        note: text added to the small print.

    Raises:
        InputError: the objective is not in the choice. The message has the nearest one.
    """
    check_kind("choice", choice, Choice, _ASK)
    # The best option is first, and has the strong colour.
    table = choice.futures_won(objective).sort_values("share", ascending=False, kind="stable").reset_index()
    name = choice.objectives[choice.objective(objective)].name
    ax = axes(ax, 9.0, height(len(table)))
    places = np.arange(len(table))[::-1]
    colours = [BEST] + [OTHER] * (len(table) - 1)
    ax.barh(places, table["share"], height=0.6, color=colours)
    ax.hlines(places, table["low"], table["high"], color=INK, linewidth=1.0)
    named(ax, [f"{option}  ({percent(share)})" for option, share in zip(table["option"], table["share"], strict=True)])
    ax.set_xlim(0.0, 1.0)
    ax.xaxis.set_major_formatter(lambda tick, _: f"{tick:.0%}")
    ax.tick_params(labelsize=TEXT)
    share = percent(float(table["share"].iloc[0]))
    finding = f"For {name}{_within(choice, objective)}, {table['option'].iloc[0]} is the best in {share} of futures"
    title(ax, finding)
    text = (
        f"Shares of {choice.common.shape[2]:,} futures, with Wilson's 95% intervals. A future with several best options is "
        "divided equally between them."
    )
    small_print(ax, f"{text} More futures do not move a share towards 0% or 100%. {_source(choice)}", note)
    shares = "; ".join(f"{row['option']} {percent(float(row['share']))}" for _, row in table.iterrows())
    return described(ax, table, f"A bar for each option. {finding}. {shares}.")


@shows_itself
def information(
    choice: Choice,
    ax: Axes | None = None,
    *,
    objective: str | None = None,
    titles: Mapping[str, str] | None = None,
    note: str = "",
) -> Axes:
    """The value of information about each uncertain number before the choice, the largest first. Returns the axes.

    Args:
        choice: the choice.
        ax: axes to draw on; by default those of a new figure.
        objective: the name of an objective; by default the first.
        titles: the words for each number in the figure, by path; None: the paths.
        note: text added to the small print.

    Raises:
        InputError: no uncertain number varies, or the objective is not in the choice.
    """
    check_kind("choice", choice, Choice, _ASK)
    one = choice.objectives[choice.objective(objective)]
    table = choice.information(objective).reset_index()
    known = titles or {}
    called = [known.get(str(name), str(name)) for name in table["number"]]
    ax = axes(ax, 9.0, height(len(table)))
    places = np.arange(len(table))[::-1]
    colours = [OTHER if name == ALL else BEST for name in table["number"]]
    ax.barh(places, table["value"], height=0.6, color=colours)
    ax.hlines(places, table["low"], table["high"], color=INK, linewidth=1.0)
    named(
        ax,
        [f"{name}  ({said(float(value), one.unit)})" for name, value in zip(called, table["value"], strict=True)],
    )
    ax.xaxis.set_major_formatter(lambda tick, _: said(tick, one.unit) if tick else "0")
    ax.tick_params(labelsize=SMALL)
    first = table.iloc[0]
    finding = f"Knowing {called[0]} would be worth most: {said(float(first['value']), one.unit)}"
    if not float(table["value"].iloc[-1]):
        finding = f"For {one.name}, no uncertain number would change the choice"
    title(ax, finding)
    text = (
        "Expected value of perfect information on one number, and on all; lines: 90% intervals over resampled futures."
    )
    small_print(ax, f"{text} {_source(choice)}", note)
    values = "; ".join(
        f"{name} {said(float(value), one.unit)}" for name, value in zip(called, table["value"], strict=True)
    )
    return described(ax, table, f"A bar for each uncertain number. {finding}. {values}.")
