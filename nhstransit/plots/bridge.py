"""A bridge from the pay bill on the first day to that on the last day: leavers, joiners and changes in pay."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from nhstransit import tables
from nhstransit.arrays import Floats
from nhstransit.errors import check_kind
from nhstransit.phrases import pounds
from nhstransit.plots.paper import FAINT, INK, TEXT, axes, described, source, title
from nhstransit.plots.rows import height, named
from nhstransit.plots.shown import shows_itself
from nhstransit.run import Run
from nhstransit.run.state import posts_and_pay

UP = "#B35900"
DOWN = "#00508C"
WHOLE = "#555555"
STEPS = ("first day", "people who left", "people who joined", "pay changes of people who stayed", "last day")


@shows_itself
def pay_bill(run: Run, ax: Axes | None = None, *, note: str = "") -> Axes:
    """The pay bill on the first day, the steps that change it, and the pay bill on the last day: pounds a year.

    It includes employers' National Insurance and pension contributions. Returns the axes.

    Args:
        run: the run.
        ax: axes to draw on; by default those of a new figure.
        note: text added to the small print.
    """
    check_kind("run", run, Run)
    parts = bridge(run)
    ax = axes(ax, 9.0, height(len(parts)) + 0.3)
    reached = 0.0
    most = max(parts[0], parts[-1], 1.0)
    for row, (name, part) in enumerate(zip(STEPS, parts.tolist(), strict=True)):
        place = len(parts) - 1 - row
        # The first and last bar are levels and start at zero; the bars between are steps and start at the level
        # reached.
        whole = row in (0, len(parts) - 1)
        left = 0.0 if whole else reached
        colour = UP if part > 0 else DOWN
        ax.barh(place, part, left=left, color=WHOLE if whole else colour, height=0.62, label=name)
        # `reached` is the pay bill after this row; the last row is the same level again.
        if row == 0:
            reached = part
        elif not whole:
            reached += part
        edge = max(left, left + part)
        # A thin line joins the end of this bar to the start of the next.
        if row < len(parts) - 1:
            ax.plot([reached] * 2, [place - 1.31, place + 0.31], color=FAINT, linewidth=0.7)
        sign = "+" if part > 0 and not whole else ""  # a negative amount has its own sign
        ax.text(edge + 0.01 * most, place, f"{sign}{pounds(part)}", va="center", ha="left", fontsize=TEXT, color=INK)
    named(ax, STEPS)
    ax.set_xlim(0, 1.25 * most)
    ax.set_xticks([])
    how = "stayed the same"
    if round(parts[-1] - parts[0]):
        how = f"{'fell' if parts[-1] < parts[0] else 'rose'} from {pounds(parts[0])} to {pounds(parts[-1])}"
    finding = f"The pay bill {how} a year"
    title(ax, finding)
    source(ax, run, "Pounds a year, with employers' costs.", note, below=12.0)
    data = tables.frame({"step": STEPS, "pounds_a_year": parts}, index="step")
    steps = "; ".join(f"{name} {pounds(part)}" for name, part in zip(STEPS, parts.tolist(), strict=True))
    return described(ax, data.reset_index(), f"Bars show the steps from the first day to the last. {finding}: {steps}.")


def bridge(run: Run) -> Floats:
    """The steps in pounds a year, (5,): see `STEPS`. The first four add up to the last."""
    law = run.scenario.dated_law
    origin = run.scenario.calendar.origin
    wte = run.people.wte_hundredths / 100.0
    posts = []
    costs = []
    for day in (0, run.scenario.calendar.days - 1):
        post, pay = posts_and_pay(run, day)
        posts.append(np.asarray(post) >= 0)
        pence = law.employer_cost(np.asarray(pay), wte, origin + day)
        costs.append(np.asarray(pence, "float64") / 100.0)
    # Whether each person is in post, and the cost of their employment, on the first and on the last day, (people,).
    (was, now) = posts
    (before, after) = costs
    return np.array(
        [
            before[was].sum(),
            -before[was & ~now].sum(),
            after[now & ~was].sum(),
            (after - before)[was & now].sum(),
            after[now].sum(),
        ]
    )
