"""How long does each money kernel take on a million people, beside copying its inputs, and how much room does it need?

    python benchmarks/kernels.py [people] [--write]

A ratio is the median of alternating runs of the kernel and of copying the columns it was given, in one process. Room is
the peak that tracemalloc sees during one call, less the result, in columns of 64-bit floats. `--write` puts the table into
kernels.md, beside it.
"""

from __future__ import annotations

import platform
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nhstransit.law import appraisal, notice, oncosts, pay, severance
from nhstransit.law import pensions as pension

PAGE = Path(__file__).with_suffix(".md")
RUNS = 9
MOST_RATIO = 25.0
MOST_COLUMNS = 4.0
MARS = {"months_a_year": 0.5, "least_months": 3, "most_months": 12, "qualifying_months": 12}
Timed = tuple[str, Callable[..., Any], tuple[Any, ...], dict[str, Any]]


def kernels(n: int) -> list[Timed]:
    """Every kernel with columns of `n` people in the types the library gives it."""
    draw = np.random.default_rng(2010)
    annual = draw.integers(1_300_000, 15_000_000, n)
    wte = draw.integers(2_000, 10_001, n) / 10_000
    months = draw.integers(0, 480, n)
    age = draw.integers(20, 65, n)
    owed = draw.integers(6, 49, n) / 2
    sums = annual // 3
    band = draw.integers(0, 12, n).astype("int8")
    point = draw.integers(0, 9, n).astype("int8")
    scale = draw.integers(1_000_000, 9_000_000, (13, 10))
    last = np.full(13, 8, "int32")
    steps = np.ones(13, "int32")
    flags = draw.random(n) < 0.1
    weeks = draw.integers(4, 27, n).astype("int32")
    early = draw.integers(-60, 120, n)
    accrual = np.full(n, 1 / 80)
    lump = np.full(n, 3.0)
    rate = np.full(n, 0.15)
    low = np.full(n, 341_400)
    high = np.full(n, 435_100)
    days = draw.integers(0, 1461, n)
    starts = np.array([0, 365, 731, 1096, 1461])
    by_year = draw.integers(-(10**6), 10**6, (n, 4))
    ages = {"half_weeks": (1, 2, 3), "ages": (22, 41), "most_years": 20, "qualifying_years": 2}
    law = {"weeks_a_year": 1, "least_weeks": 1, "most_weeks": 12}
    ni = {"rate": 0.138, "threshold_pence": 748_800, "rebate": 0.034, "lower_pence": 556_400, "upper_pence": 4_004_000}
    return [
        ("pay.annual_pence", lambda b, p: pay.annual_pence(scale, last, b, p), (band, point), {}),
        ("pay.next_point", lambda b, p: pay.next_point(last, steps, b, p), (band, point), {}),
        ("pay.actual_pence", pay.actual_pence, (annual, wte), {}),
        ("pay.supplement_pence", pay.supplement_pence, (annual, rate, low, high), {}),
        ("pay.protected_pence", pay.protected_pence, (annual, sums, months), {"months": 36}),
        ("pay.premium_pence", pay.premium_pence, (annual, wte, owed), {"share": 0.15}),
        ("oncosts.employer_ni_pence", oncosts.employer_ni_pence, (annual,), ni),
        ("oncosts.share_pence", oncosts.share_pence, (annual,), {"rate": 0.14}),
        ("severance.months_of_pay", severance.months_of_pay, (months,), MARS),
        ("severance.severance_pence", severance.severance_pence, (annual, wte, owed), {"cap_pence": 8_000_000}),
        ("severance.statutory_half_weeks", severance.statutory_half_weeks, (age, months // 12), ages),
        ("severance.statutory_pence", severance.statutory_pence, (annual, wte, weeks), {"week_cap_pence": 40_000}),
        ("severance.due_pence", severance.due_pence, (sums, months, flags), {"window_days": 28}),
        ("severance.net_pence", severance.net_pence, (sums,), {"free_pence": 3_000_000, "tax_rate": 0.4}),
        ("severance.clawback_pence", severance.clawback_pence, (sums, owed, months), {"window_months": 6}),
        ("notice.notice_weeks", notice.notice_weeks, (weeks, months // 12), law),
        ("notice.lieu_pence", notice.lieu_pence, (annual, wte, weeks), {}),
        (
            "pension.release_pence",
            pension.release_pence,
            (annual, wte, months, early, accrual, lump),
            {"real_rate": 0.03},
        ),
        ("pension.top_up_pence", pension.top_up_pence, (sums, annual), {}),
        ("pension.age_reached", pension.age_reached, (age, np.full(n, 55)), {}),
        ("appraisal.payback_months", appraisal.payback_months, (sums, annual), {}),
        ("appraisal.pence_by_year", lambda d, p: appraisal.pence_by_year(d, p, starts), (days, sums), {}),
        ("appraisal.saving_by_year", lambda a, d: appraisal.saving_by_year(a, d, 1461, starts), (annual, days), {}),
        ("appraisal.first_of_each", appraisal.first_of_each, (draw.permutation(n),), {}),
        ("appraisal.real_pence", appraisal.real_pence, (sums, 93.6, 98.6), {}),
        ("appraisal.uplifted_pence", appraisal.uplifted_pence, (sums, 0.2), {}),
        ("appraisal.present_pence", appraisal.present_pence, (by_year, 1.035 ** -np.arange(4.0)), {}),
    ]


def seconds(task: Callable[[], Any]) -> float:
    start = time.perf_counter()
    task()
    return time.perf_counter() - start


def measured(timed: Timed, n: int) -> tuple[float, float, float]:
    """The kernel's time as a multiple of copying its columns, and those with the result; its room in float columns."""
    _, kernel, columns, rest = timed
    arrays = [column for column in columns if isinstance(column, np.ndarray) and column.shape[:1] == (n,)]
    runs = []
    copies = []
    doors = []
    result = kernel(*columns, **rest)
    for _ in range(RUNS):
        copies.append(seconds(lambda: [array.copy() for array in arrays]))
        doors.append(seconds(lambda: [array.copy() for array in (*arrays, result)]))
        runs.append(seconds(lambda: kernel(*columns, **rest)))
    tracemalloc.start()
    result = kernel(*columns, **rest)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    once, alone, both = (statistics.median(times) for times in (runs, copies, doors))
    return once / alone, once / both, (peak - result.nbytes) / (8 * n)


def table(n: int) -> str:
    """The figures of one run, as a Markdown list."""
    lines = []
    for timed in kernels(n):
        ratio, both, columns = measured(timed, n)
        mark = "" if ratio < MOST_RATIO and columns <= MOST_COLUMNS else " ⚠"
        lines.append(f"- `{timed[0]}`: {ratio:.1f}{mark}, {both:.1f}, {columns:.2f}")
    return "\n".join(lines)


def main() -> None:
    numbers = [word for word in sys.argv[1:] if word.isdigit()]
    n = int(numbers[0]) if numbers else 1_000_000
    text = table(n)
    sys.stdout.write(text + "\n")
    if "--write" in sys.argv:
        head, _, _ = PAGE.read_text("utf-8").partition("<!-- table -->")
        where = f"{n:,} people; Python {platform.python_version()}, NumPy {np.__version__}, {platform.machine()}."
        PAGE.write_text(f"{head}<!-- table -->\n\n{where}\n\n{text}\n", "utf-8")


if __name__ == "__main__":
    main()
