"""Makes docs/model/england-2025.md from the kept results of the bundled study and the sealed forecast.

Run `nhstransit sweep england-2025` first; then, from the root of the project, `python docs/make_england_2025.py
england-2025.db`.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from nhstransit.england.foresight import read_card
from nhstransit.studies import open_study
from nhstransit.studies.gap_table import gap_table

PAGE = Path(__file__).parent / "model" / "england-2025.md"
POUNDS = ("one-off cost", "recurrent saving")


def page(store: Path) -> str:
    """The page as Markdown."""
    study = open_study(store)
    found = gap_table(study)
    runs = study.results.cells(study.measures[0]).shape[-1]
    base, *others = found.columns
    lines = [f"| | {' | '.join(found.columns)} |", "|---|" + "---:|" * len(found.columns)]
    lines += [
        f"| {name} | {' | '.join(str(row[column]) for column in found.columns)} |" for name, row in found.iterrows()
    ]
    return TEXT.format(runs=runs, base=base, table="\n".join(lines), card=_card(), count=len(others))


def _card() -> str:
    card: Any = read_card()
    lines = ["| | middle | 80% between | unit |", "|---|---:|---|---|"]
    lines += [
        f"| {one.name} | {one.middle:,.1f} | {one.low:,.1f} and {one.high:,.1f} | {one.unit} |" for one in card.quantity
    ]
    return f"As of {card.as_of}, {card.worlds} worlds, sealed `{card.sha256[:12]}`.\n\n" + "\n".join(lines)


TEXT = """# The reorganisation of 2025-28: a brief

For a reader of 2026 who has to judge second rounds, guarantees or a later abolition. Made by `python
docs/make_england_2025.py` from `nhstransit sweep england-2025`. **Nothing in this world is fitted.** Heads by board
are official; bands, functions, ages, service and contracts are assumed, each with a range. Read differences between
columns rather than levels.

## What was settled and planned, and {count} variants

Means of {runs} runs with the same luck in every column. The first column is the world as settled and planned by
August 2026; the others are what each has more or less. Money is in pounds.

{table}

- **An earlier deal** takes some 32,000 person-months of threat away for £36m more, since more people are still there
  to apply. More work then stands thin later, in part because empty posts are deleted at the windows and fewer are
  empty by then.
- **Half the tariff** (`mars`) costs far less at once and loses fewer volunteers; more work then falls below a safe
  level, because fewer posts are removed and the empty ones stay empty.
- **A cap of fifteen months** takes about a quarter off the cost and keeps most of the volunteers. It bears on the
  longest served.
- **A guarantee** of redeployment costs £14m less once and forgoes £27m a year: few people are made redundant against
  their will in the plan itself, since attrition under the freeze and two voluntary rounds nearly meet the allowance.
- **Six months later** keeps people under threat for longer, and leaves more critical work thin in the last year.
- **Thirty per cent first** pays fewer people to go. Some of those who would have been paid leave later without pay.

## The forecast, which later figures can score

{card}

The intervals hold what was not known on that day (take-up, belief in a better offer, how hard the freeze was, the
cost of a post and the share of the allowance that is pay, length of service, awards), staff drawn anew, and luck.

## Where it is already seen to be wrong

`nhstransit validate england-2025` sets every published figure beside the run. Boards' own targets come out near (West
Yorkshire, Bristol with Gloucestershire, Greater Manchester's number of leavers). These do not:

- **Too many leave before the offer.** Heads of two boards hardly fell from March to November 2025; here they fall by
  a tenth. More belief in a better offer, or a lower rate of resigning, would bring it closer; neither was fitted.
- **Payments are too small**: a mean near £64,000, where Greater Manchester planned for £104,000 and mean service
  above 20 years. Length of service is assumed, and volunteers may be selected by it more than the model has it.
- **The total cost** is therefore below the official £1.0bn to £1.3bn.

## What would change it

Payroll by length of service and band; applications and approvals by employer; how many posts receive transferring
work; the boundaries of Frimley's staff; and the day on which support units end. Each is one line in a file of the
scenario.

## In ten minutes

```sh
nhstransit explain england-2025
nhstransit compare england-2025-cap-15-months england-2025
nhstransit run england-2025 --set policies.to-providers.share=0.2
nhstransit levers england-2025 policies.vr-boards
```

Further levers: `policies.clustering.on`, `policies.retention.cap` (the critical tenth), the months of clawback
(`policies.vr-boards.clawback_months` as told, `law.clawback_vr_2025.all_staff` as held),
`law.section16@2015-04-01.salary_cap`, `policies.second-round.on`, and `law.section16@2015-04-01.months_a_year` for
the legal minimum.
"""


if __name__ == "__main__":
    PAGE.write_text(page(Path(sys.argv[1])), "utf-8")
