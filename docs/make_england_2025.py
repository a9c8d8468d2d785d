# ruff: noqa: E501 (prose of a page)
"""Make docs/model/england-2025.md from tables of the bundled study, the validation and the sealed forecast.

Every figure in the page's text is read from these tables. Run `nhstransit sweep england-2025` first; then, from the root
of the project, `python docs/make_england_2025.py england-2025.db` writes the tables to docs/data and makes the page.
Without a store it makes the page from the existing tables.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nhstransit import load_scenario
from nhstransit.england.foresight import read_card
from nhstransit.england.validation import validate
from nhstransit.measures.reorganisation import BELOW, UNITS
from nhstransit.phrases import pounds
from nhstransit.studies import open_study
from nhstransit.studies.gap_table import gap_table, month_table

DOCS = Path(__file__).parent
PAGE = DOCS / "model" / "england-2025.md"
DATA = DOCS / "data"
GAPS, TABLE, MONTHS, CHECKS, LEVERS = (
    f"england-2025-{name}.csv" for name in ("gaps", "table", "months", "checks", "levers")
)
RUNS = 20  # of the validation
COMMON = 4  # the page lists a reason for levers without effect if at least so many levers have it

# Each variant: its title; the differences shown; a reason without figures; and the signs that the reason claims.
Claims = tuple[tuple[str, int], ...]
VARIANTS: dict[str, tuple[str, tuple[str, ...], str, Claims]] = {
    "earlier-deal": (
        "An earlier deal",
        ("months under threat", "one-off cost", BELOW),
        "More people are still there to apply. Fewer posts are empty on the days when empty posts are deleted, but more "
        "posts become empty later.",
        (("exits: volunteers", 1), ("posts deleted empty", -1), ("exits: unpaid", -1)),
    ),
    "mars": (
        "Half the tariff",
        ("one-off cost", "exits: volunteers", BELOW),
        "Fewer posts are removed, and the posts of people who leave unpaid stay empty.",
        (("posts deleted with an exit", -1), ("exits: unpaid", 1), ("work that nobody does", 1)),
    ),
    "cap-15-months": (
        "A cap of fifteen months",
        ("one-off cost", "exits: volunteers", "recurrent saving"),
        "The cap affects people with the longest service, who are older than others.",
        (("aged 50 or over among those paid", -1),),
    ),
    "two-steps": (
        "Thirty per cent first",
        ("one-off cost", "exits: volunteers", "exits: unpaid"),
        "Some people who would have been paid to leave do so later without pay.",
        (("exits: volunteers", -1), ("exits: unpaid", 1)),
    ),
    "guarantee": (
        "A guarantee of redeployment",
        ("one-off cost", "recurrent saving", "exits: compulsory"),
        "Attrition under the freeze and two voluntary rounds bring costs nearly down to the allowance before compulsory "
        "redundancies begin.",
        (("exits: compulsory", -1), ("recurrent saving", -1)),
    ),
    "late-abolition": (
        "Six months later",
        ("months under threat", "work that nobody does", f"{BELOW} in 2027-28"),
        "People are under threat and keep leaving for longer, and most of them are not replaced.",
        (("months under threat", 1), ("exits: unpaid", 1)),
    ),
}
NOUNS = {
    "one-off cost": "one-off cost",
    "recurrent saving": "saving a year",
    "months under threat": "person-months under threat",
    "exits: volunteers": "voluntary redundancies",
    "exits: compulsory": "compulsory redundancies",
    "exits: unpaid": "people who leave unpaid",
    "work that nobody does": "WTE-months of work that nobody does",
    BELOW: "of critical work below a safe level",
    f"{BELOW} in 2027-28": "of critical work below a safe level in 2027-28",
}


def export(store: Path) -> None:
    """Write the tables that the page is made from."""
    study = open_study(store)
    base = study.results.names[0]
    gaps = study.gaps(baseline=base)[["gap", "low", "high", "pairs"]].reset_index()
    means = study.summary()["mean"].loc[base].to_dict()
    gaps["base"] = [means[name] for name in gaps["measure"]]
    _written(DATA / GAPS, gaps)
    _written(DATA / TABLE, gap_table(study, units=UNITS).reset_index())
    _written(DATA / MONTHS, month_table(study, BELOW).reset_index())
    checked = validate(
        load_scenario(base), replications=RUNS, store=store.with_suffix(".validation.db"), progress=False
    )
    rows = checked.table.reset_index()
    _written(
        DATA / CHECKS,
        rows[[name for name in rows.columns if name in ("figure", "published", "simulated", "unit", "verdict")]],
    )


def _written(path: Path, frame: Any) -> None:
    frame.to_csv(path, index=False, lineterminator="\n", float_format="%.6g")


def _read(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def page() -> str:
    """The page as Markdown, from the tables in docs/data."""
    gaps = {(row["scenario"], row["measure"]): row for row in _read(GAPS)}
    table = _read(TABLE)
    months = _read(MONTHS)
    return TEXT.format(
        runs=next(iter(gaps.values()))["pairs"],
        table=_markdown(table),
        months=_markdown(months[2::3]),
        count=len(VARIANTS),
        variants="\n".join(_bullet(name, gaps) for name in VARIANTS),
        card=_card(),
        wrong=_wrong({row["figure"]: row for row in _read(CHECKS)}),
        levers=_levers(_read(LEVERS)),
    )


def _markdown(rows: list[dict[str, str]]) -> str:
    names = list(rows[0])
    lines = [f"| {' | '.join(names)} |", "|---|" + "---:|" * (len(names) - 1)]
    return "\n".join([*lines, *(f"| {' | '.join(row[name] for name in names)} |" for row in rows)])


def _bullet(scenario: str, gaps: Mapping[tuple[str, str], Mapping[str, str]]) -> str:
    """What a variant changes, from the table, and why. Checks that the table has the signs that the reason claims."""
    title, shown, why, claims = VARIANTS[scenario]
    for measure, sign in claims:
        row = gaps[scenario, measure]
        if not min(sign * float(row["low"]), sign * float(row["high"])) > 0:
            raise SystemExit(
                f"{scenario}: the reason claims a sign of {measure!r} that the table does not have; mend VARIANTS"
            )
    changes = "; ".join(difference(measure, gaps[scenario, measure]) for measure in shown)
    return f"- **{title}** (`{scenario}`): {changes}. {why}"


def difference(measure: str, row: Mapping[str, str]) -> str:
    """One difference in words, with its interval: "£36.0m more one-off cost (£33.9m to £38.2m)"."""
    gap, low, high = (float(row[name]) for name in ("gap", "low", "high"))
    if not gap and not low and not high:
        return f"no change of {NOUNS[measure]}"
    if low < 0 < high:
        return f"no difference beyond chance in {NOUNS[measure]}"
    ends = sorted((abs(low), abs(high)))
    more = "more" if gap > 0 else "less" if _mass(measure) else "fewer"
    return f"{_amount(measure, abs(gap))} {more} {NOUNS[measure]} ({_amount(measure, ends[0])} to {_amount(measure, ends[1])})"


def _mass(measure: str) -> bool:
    """Whether the measure is an amount, not a count of people or months."""
    return measure in ("one-off cost", "recurrent saving") or measure.startswith(BELOW)


def _amount(measure: str, size: float) -> str:
    if measure in ("one-off cost", "recurrent saving"):
        return pounds(size)
    return f"{size:,.1f} points" if measure.startswith(BELOW) else f"{size:,.0f}"


def _card() -> str:
    card: Any = read_card()
    lines = ["| | median | 80% interval | unit |", "|---|---:|---|---|"]
    lines += [
        f"| {one.name} | {one.middle:,.1f} | {one.low:,.1f} to {one.high:,.1f} | {one.unit} |" for one in card.quantity
    ]
    return (
        f"Made as of {card.as_of} from {card.worlds} draws of the uncertain numbers; sealed with the hash `{card.sha256[:12]}`.\n\n"
        + "\n".join(lines)
    )


def _levers(rows: list[dict[str, str]]) -> str:
    """The number of levers with each effect, and the most common reasons why other levers change nothing."""
    seen = Counter(row["seen_in"] for row in rows)
    silent = Counter(row["reason"] for row in rows if row["seen_in"] == "")
    lines = ["| most common reasons for no change | levers |", "|---|---:|"]
    lines += [
        f"| {reason} | {count} |"
        for reason, count in sorted(silent.items(), key=lambda one: (-one[1], one[0]))
        if count >= COMMON
    ]
    counts = LEVERS_TEXT.format(
        levers=len(rows),
        events=seen["events"],
        staff=seen["opening staff"],
        newcomers=seen["newcomers"],
        refused=seen["refused"],
        silent=seen[""],
    )
    return counts + "\n\n" + "\n".join(lines)


def _wrong(checks: Mapping[str, Mapping[str, str]]) -> str:
    """The most important misses, each with both figures."""

    def both(figure: str) -> tuple[float, float]:
        row = checks[figure]
        if row["verdict"] != "miss":
            raise SystemExit(f"the page says that {figure!r} is missed, but it is not: mend _wrong")
        return float(row["published"]), float(row["simulated"])

    published, simulated = both("icb-recruitment-freeze-net")
    published_pay, simulated_pay = both("gm-vr-plan-profile: mean payment")
    published_cost, simulated_cost = both("exit-cost-official-range")
    missed = sum(row["verdict"] == "miss" for row in checks.values())
    return WRONG.format(
        count=len(checks),
        missed=missed,
        published=f"{100 * published:+.1f}%",
        simulated=f"{100 * simulated:+.1f}%",
        published_pay=pounds(published_pay),
        simulated_pay=pounds(simulated_pay),
        published_cost=pounds(1e6 * published_cost),
        simulated_cost=pounds(1e6 * simulated_cost),
    )


LEVERS_TEXT = """Each of {levers} numbers, dates and switches was changed alone, in the boards of a region or in all of England, to at most nine
values. Of these, {events} change an event of a run, {staff} change the opening staff, {newcomers} changes the newcomers, {refused} are refused with
an explanation, and {silent} change nothing. [The table](../data/england-2025-levers.csv) lists each with the reason."""

WRONG = """`nhstransit validate england-2025` compares {count} published figures with runs; {missed} are missed. The most important
misses:

- **Too many people leave before the offer.** The headcount of two boards changed by {published} from March to November 2025; in
  the model it changes by {simulated}. More belief in a better offer, or a lower rate of resigning, would bring the model closer;
  neither was fitted.
- **Payments are too small**: a mean of {simulated_pay} in Greater Manchester, where {published_pay} was planned. Length of service is
  assumed, and people with long service may be more likely to take voluntary redundancy than in the model.
- **The total cost** is {simulated_cost} in the model; officials said {published_cost}, the middle of their range."""

TEXT = """# The reorganisation of 2025-28: a brief

This brief is for readers who have to judge second rounds, guarantees or a later abolition. **No number of this scenario
was fitted.** Headcounts by board are official; bands, functions, ages, service and contracts are assumed, each with a range.
Use the differences between columns rather than the levels. `python docs/make_england_2025.py` makes the page from the
tables of `nhstransit sweep england-2025`.

## England as planned, and {count} variants

The first column has means of {runs} runs of the reorganisation as decided and planned by August 2026. The other columns are
differences from it, with the same random numbers and 95% intervals for chance.

{table}

{variants}

### Critical work below a safe level, by month

The table shows the percentage of functions at the end of every third month from June 2025 (month 3); the command prints
every month.

{months}

## The forecast

{card}

Later figures can score this forecast. The intervals include everything that was not known on that day: take-up, belief in
a better offer, how strict the freeze was, the cost of a post, the share of the allowance that is pay, length of service,
awards, the draw of the staff, and chance.

## Known errors

{wrong}

## Which to choose

[A worked choice](choosing-2025.md) compares fourteen options for the second round, a guarantee, retention and delay.

## Data that would improve it

The brief needs better data on payroll by length of service and band; applications and approvals by employer; the number
of posts that receive transferring work; the division of Frimley's staff; and the day on which support units end. Each is
one line in a file of the scenario.

## Try it

```sh
nhstransit explain england-2025
nhstransit compare england-2025-cap-15-months england-2025
nhstransit run england-2025 --set policies.to-providers.share=0.2
nhstransit levers england-2025 policies.vr-boards
```

The six variants above are files; further variants only set levers. `nhstransit benchmark-policies england-2025` simulates
all of them, ten runs each ([benchmarks](../how-to/choose.md#benchmarks-of-policy-variants)):

| variant | lever |
|---|---|
| a cap of £95,000 | `law.section16@2015-04-01.payment_cap=95000` |
| the salary cap indexed | `law.section16@2015-04-01.salary_cap=105000`, and `payment_cap=210000` |
| a taper before age 60 | `law.section16@2015-04-01.taper_age=60` |
| the legal minimum | `law.section16@2015-04-01.months_a_year=0` |
| a second round on other terms, or none | `policies.second-round.most_months=12`, `policies.second-round.on=false` |
| half of notice worked, the rest paid in lieu | `policies.vr-boards.notice_worked=0.5` |
| clawback of 0, 6 or 12 months | `law.clawback_vr_2025.all_staff`; to change only what is announced, `policies.vr-boards.clawback_months` |
| no clustering first | `policies.clustering.on=false` |
| the most critical tenth of staff retained | `policies.retention.cap=0.1` |
| receiving posts for 0, 10 or 20% | `policies.to-providers.share`, `policies.to-regions.share` |

## The effect of every lever

{levers}
"""


if __name__ == "__main__":
    if len(sys.argv) > 1:
        export(Path(sys.argv[1]))
    PAGE.write_text(page(), "utf-8")
