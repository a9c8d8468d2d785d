# ruff: noqa: E501 (prose of a page)
"""Make docs/model/england-2025.md from tables of the bundled study, the validation and the sealed forecast.

Every figure in the page's text is read from these tables. Run `nhstransit sweep england-2025` first; then, from the root
of the project, `python docs/make_england_2025.py england-2025.db` writes the tables to docs/data and makes the page.
Without a store it makes the page from the existing tables.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nhstransit import load_scenario
from nhstransit.england.foresight import read_card
from nhstransit.england.validation import validate
from nhstransit.measures.reorganisation import BELOW, UNITS
from nhstransit.phrases import date, pounds
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

LABELS = {  # names of measures and of figures of the forecast, and plainer words for them
    "exits: compulsory": "exits by compulsory redundancy",
    "exits: unpaid": "exits without a payment",
    "exits: volunteers": "exits by voluntary redundancy",
    "months under threat": "time under threat",
    "posts deleted empty": "posts deleted while they were empty",
    "posts deleted with an exit": "posts deleted when somebody left",
    "volunteers": "exits by voluntary redundancy",
    "compulsory": "exits by compulsory redundancy",
    "unpaid leavers": "exits without a payment",
    "payback": "time until savings equal the one-off cost",
    "back within 12 months": "people who return within 12 months",
    "women among those paid": "women among people paid to leave",
    "aged 50 or over among those paid": "people aged 50 or over among people paid to leave",
    "Band 8a or over among those paid": "people in Band 8a or above among people paid to leave",
}
REASONS = {  # reasons of the table of levers, and full sentences for them
    "used in the appraisal of a run, not in the run": "the lever is used in the appraisal of a run, not in the run",
    "this is only the day of announcement; the policy acts on other days": "the lever is only the day of an announcement; the policy acts on other days",
    "law.release_top_up is 0 since 2015: an early pension costs the employer nothing more": "law.release_top_up has been 0 since 2015, so an early pension costs the employer nothing more",
    "no scheme of this scenario has these terms": "the lever belongs to terms that no scheme of this scenario has",
    "no employer of this scenario is in this area": "the lever belongs to an area in which this scenario has no employer",
    "everyone's contract gives more than the statutory sum": "the contract of every person gives more than the statutory sum",
    "none of the opening staff are in this band": "the lever belongs to a band in which there are no opening staff",
    "the policy's cap is 0: nobody is offered a guarantee": "the cap of the policy is 0, so nobody is offered a guarantee",
    "policies.retention.cap is 0: nobody is offered a guarantee": "policies.retention.cap is 0, so nobody is offered a guarantee",
    "this limits a rebate that has been 0 since contracting out ended": "the lever limits a rebate that has been 0 since contracting out of the state pension ended",
    "no policy of this scenario offers a post that may be declined: policies.redundancy.alternatives is empty": "no policy of this scenario offers a post that may be declined, because policies.redundancy.alternatives is empty",
}
# Each variant: its title; the differences shown; a reason without figures; and the signs that the reason claims.
Claims = tuple[tuple[str, int], ...]
VARIANTS: dict[str, tuple[str, tuple[str, ...], str, Claims]] = {
    "earlier-deal": (
        "An earlier deal",
        ("months under threat", "one-off cost", BELOW),
        "Fewer people have already left when applications open. Fewer posts are empty on the days when empty posts are "
        "deleted, but more posts become empty later.",
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
        "The cap affects people with the longest service, who are older than other people.",
        (("aged 50 or over among those paid", -1),),
    ),
    "two-steps": (
        "Thirty per cent first",
        ("one-off cost", "exits: volunteers", "exits: unpaid"),
        "Some people who are paid to leave in `england-2025` leave later without a payment.",
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
    "recurrent saving": "saving per year",
    "months under threat": "person-months under threat",
    "exits: volunteers": "voluntary redundancies",
    "exits: compulsory": "compulsory redundancies",
    "exits: unpaid": "people who leave unpaid",
    "work that nobody does": "WTE-months of work that nobody does",
    BELOW: "share of critical work below a safe level",
    f"{BELOW} in 2027-28": "share of critical work below a safe level in 2027-28",
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
    first = names[0]
    lines = [f"| {' | '.join(names)} |", "|---|" + "---:|" * (len(names) - 1)]
    return "\n".join(
        [
            *lines,
            *(f"| {' | '.join(_label(row[name]) if name == first else row[name] for name in names)} |" for row in rows),
        ]
    )


def _label(name: str) -> str:
    """The name of a measure or of a forecast figure, in plainer words."""
    for known, words in LABELS.items():
        name = words if name == known else name.replace(f"{known} (", f"{words} (")
    return name.replace("(ratio to staff)", "(their share divided by their share of staff)").replace(
        "those paid)", "people paid to leave)"
    )


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
    """One difference in words, with its interval: "the one-off cost rises by £36.0m (£33.9m to £38.2m)"."""
    gap, low, high = (float(row[name]) for name in ("gap", "low", "high"))
    if not gap and not low and not high:
        return f"no change in {NOUNS[measure]}"
    if low < 0 < high:
        return f"the difference in {NOUNS[measure]} may be due to chance"
    ends = sorted((abs(low), abs(high)))
    interval = f"({_amount(measure, ends[0])} to {_amount(measure, ends[1])})"
    if _mass(measure):
        return f"the {NOUNS[measure]} {'rises' if gap > 0 else 'falls'} by {_amount(measure, abs(gap))} {interval}"
    return f"{_amount(measure, abs(gap))} {'more' if gap > 0 else 'fewer'} {NOUNS[measure]} {interval}"


def _mass(measure: str) -> bool:
    """Whether the measure is an amount, not a count of people or months."""
    return measure in ("one-off cost", "recurrent saving") or measure.startswith(BELOW)


def _amount(measure: str, size: float) -> str:
    if measure in ("one-off cost", "recurrent saving"):
        return pounds(size)
    return f"{size:,.1f} percentage points" if measure.startswith(BELOW) else f"{size:,.0f}"


def _card() -> str:
    card: Any = read_card()
    lines = ["| figure | median | 80% interval | unit |", "|---|---:|---|---|"]
    lines += [
        f"| {_label(one.name)} | {one.middle:,.1f} | {one.low:,.1f} to {one.high:,.1f} | {one.unit.replace('those paid', 'people paid to leave')} |"
        for one in card.quantity
    ]
    return (
        f"The forecast uses only information that was public on {date(dt.date.fromisoformat(str(card.as_of)))}. It is made from {card.worlds} draws of the uncertain\n"
        f"numbers, and its stored file has the hash `{card.sha256[:12]}`.\n\n" + "\n".join(lines)
    )


def _levers(rows: list[dict[str, str]]) -> str:
    """The number of levers with each effect, and the most common reasons why other levers change nothing."""
    seen = Counter(row["seen_in"] for row in rows)
    silent = Counter(row["reason"] for row in rows if row["seen_in"] == "")
    lines = ["| most common reasons why a lever changes nothing | number of levers |", "|---|---:|"]
    lines += [
        f"| {REASONS.get(reason, reason)} | {count} |"
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


LEVERS_TEXT = """Each of {levers} levers was changed alone, to at most nine other values, in runs of the boards of one region or of all England.
Of these levers, {events} change an event of a run, {staff} change the opening staff, and {newcomers} changes the newcomers. The library refuses other
values of {refused} levers, with an explanation, and {silent} levers change nothing. [The table of levers](../data/england-2025-levers.csv) has the
effect of each lever, or the reason why it has none."""

WRONG = """`nhstransit validate england-2025` compares {count} published figures with runs. The model misses {missed} of them. These misses are
the most important:

- **Too many people leave before the offer.** The headcount of two boards changed by {published} from March to November 2025; in
  the model it changes by {simulated}. More belief in a better offer, or a lower rate of resigning, would reduce the
  difference, but neither was fitted.
- **Payments are too small.** The mean payment in Greater Manchester is {simulated_pay} in the model, but {published_pay} was planned. Length
  of service is assumed, and people with long service may be more likely to take voluntary redundancy than in the model.
- **The total cost is too low.** It is {simulated_cost} in the model, but the middle of the range that officials stated is
  {published_cost}."""

TEXT = """# The reorganisation of 2025-28: a brief

This brief is for readers who have to judge a second round of voluntary redundancy, a guarantee of redeployment or a later
abolition of NHS England. **No number of this scenario was fitted.** The headcount of each board is official. Bands, functions,
ages, service and contracts are assumed, each with a range. The tables are more useful for comparing columns than for
predicting one figure. `python docs/make_england_2025.py` makes the page from the tables of `nhstransit sweep england-2025`.

## England as planned, and {count} variants

The column `england-2025` has means of {runs} runs of the reorganisation as it was decided and planned by August 2026. Each other
column has the differences of one variant from these means. All columns have the same random numbers. The 95% intervals in
brackets cover only chance. *None* means that no run of the variant differs.

{table}

{variants}

### Critical work below a safe level, by month

The table shows the percentage of functions in which critical work is below a safe level, at the end of every third month from
June 2025 (month 3). The columns of variants have differences in percentage points. `nhstransit sweep england-2025` prints
every month.

{months}

## The forecast

{card}

The forecast can be compared with figures that are published later. Its intervals include uncertainty about take-up, belief in
a better offer, the strictness of the recruitment freeze, the cost of a post, the share of the allowance that is pay, length of
service, pay awards and the synthesised staff, and they include chance.

## Known errors

{wrong}

## Which to choose

[A worked choice](choosing-2025.md) compares fourteen options for the second round, a guarantee, retention and delay.

## Data that would improve it

The model would be improved by data on staff by length of service and band, on applications and approvals by employer, on the
number of posts that receive transferring work, on the division of Frimley's staff, and on the day on which support units end.
Each of these can be entered as one line in a file of the scenario.

## Try it

```sh
nhstransit explain england-2025
nhstransit compare england-2025-cap-15-months england-2025
nhstransit run england-2025 --set policies.to-providers.share=0.2
nhstransit levers england-2025 policies.vr-boards
```

Each of the six variants above is a file. A lever is a number, date or switch of the scenario; the further variants in this table
only set levers. `nhstransit benchmark-policies england-2025` simulates all variants, with ten runs each
([benchmarks](../how-to/choose.md#benchmarks-of-policy-variants)):

| variant | lever to set |
|---|---|
| a cap of £95,000 | `law.section16@2015-04-01.payment_cap=95000` |
| a salary cap that rises with inflation | `law.section16@2015-04-01.salary_cap=105000`, and `payment_cap=210000` |
| a taper before age 60 | `law.section16@2015-04-01.taper_age=60` |
| the statutory minimum of redundancy pay | `law.section16@2015-04-01.months_a_year=0` |
| a second round on other terms, or none | `policies.second-round.most_months=12`, `policies.second-round.on=false` |
| half of notice worked, the rest paid in lieu | `policies.vr-boards.notice_worked=0.5` |
| clawback of 0, 6 or 12 months | `law.clawback_vr_2025.all_staff`; to change only what is announced, `policies.vr-boards.clawback_months` |
| boards do not form clusters before they merge | `policies.clustering.on=false` |
| retention terms for the most critical tenth of staff | `policies.retention.cap=0.1` |
| posts at receiving organisations for 0, 10 or 20% of the work | `policies.to-providers.share`, `policies.to-regions.share` |

## The effect of every lever

{levers}
"""


if __name__ == "__main__":
    if len(sys.argv) > 1:
        export(Path(sys.argv[1]))
    PAGE.write_text(page(), "utf-8")
