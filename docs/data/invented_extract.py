"""Write an invented extract of any size in the form of the Electronic Staff Record.

`python docs/data/invented_extract.py extract.csv [PEOPLE] [SEED]` writes one of 1,200 people with seed 1 by default. It also
writes the previous year's leavers as `leavers.csv` in the same folder.
"""

from __future__ import annotations

import csv
import datetime as dt
import sys
from pathlib import Path

import numpy as np

HEADINGS = (
    "Employee Number",
    "Assignment Number",
    "Org L4",
    "Org L5",
    "Position Title",
    "Staff Group",
    "Employee Category",
    "Assignment Category",
    "Assignment Status",
    "FTE",
    "Grade",
    "Spine point",
    "Latest Start Date",
    "NHS CSD Date",
    "Date of Birth",
    "Ethnic Origin",
    "Gender",
    "Fixed Term Temp End Date",
    "Pension Scheme",
)
_SPINE = {"2": (1, 8), "3": (6, 12), "4": (11, 17), "5": (16, 23), "6": (21, 29), "7": (26, 34), "8a": (33, 38)}
_TEAMS = ("Commissioning", "Finance", "Quality", "Informatics", "Corporate", "Primary Care")


def write_extract(path: Path, people: int, *, seed: int = 1, employer: str = "999 Oakdale PCT") -> Path:
    """Write an extract of `people` people on 1 April 2010, about a tenth of them with an unusual record."""
    rng = np.random.default_rng(seed)
    first = dt.date(2010, 3, 31)
    rows = []
    for number in range(people):
        band = str(rng.choice(list(_SPINE), p=[0.06, 0.12, 0.16, 0.2, 0.18, 0.18, 0.1]))
        low, high = _SPINE[band]
        born = first - dt.timedelta(days=int(rng.integers(24 * 366, 62 * 365)))
        service = first - dt.timedelta(days=int(min(rng.gamma(1.6, 6.0) * 365, (first - born).days - 18 * 366)) + 1)
        started = service + dt.timedelta(days=int(rng.integers(0, (first - service).days + 1) * (rng.random() < 0.5)))
        special = rng.random()
        contract = "Permanent"
        end = ""
        if special < 0.05:
            contract = "Fixed Term Temp"
            end = _british(dt.date(2010, 9, 30) + dt.timedelta(days=int(rng.integers(0, 500))))
        status = "Maternity & Adoption" if 0.05 < special < 0.07 else "Active Assignment"
        wte = float(rng.choice([1.0, 0.8, 0.6, 0.5], p=[0.7, 0.13, 0.1, 0.07]))
        code = "08" if band == "8a" else f"0{band}"
        grade = f"NHS|XR{code}|Review Body Band {'8 - Range A' if band == '8a' else band}"
        rows.append(
            (
                20_000_000 + number,
                20_000_000 + number,
                employer,
                f"999 {_TEAMS[int(rng.integers(len(_TEAMS)))]} L5",
                "Officer",
                "Administrative and Clerical" if rng.random() < 0.8 else "Nursing and Midwifery Registered",
                "Full Time" if wte == 1 else "Part Time",
                contract,
                status,
                f"{wte:.5f}",
                grade,
                f"NHS|XN{code}|{int(rng.integers(low, high + 1))}",
                _british(started),
                "" if 0.07 < special < 0.09 else _british(service),
                _british(born),
                "Z Not Stated",
                "Female" if rng.random() < 0.75 else "Male",
                end,
                "NHS Pension" if rng.random() < 0.9 else "",
            )
        )
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(HEADINGS)
        writer.writerows(rows)
    return path


_REASONS = {
    "Voluntary Resignation - Promotion": 0.3,
    "Voluntary Resignation - Work Life Balance": 0.2,
    "Voluntary Resignation - Relocation": 0.15,
    "Retirement Age": 0.12,
    "Dismissal - Capability": 0.04,
    "Death in Service": 0.02,
    "End of Fixed Term Contract": 0.12,
    "Redundancy - Voluntary": 0.05,
}
_LEAVERS = (
    *("Employee Number", "Org L4", "Org L5", "Date of Birth", "Latest Start Date", "NHS CSD Date"),
    *("Termination Date", "Leaving Reason", "Destination on Leaving"),
)


def write_leavers(path: Path, people: int, *, seed: int = 1, employer: str = "999 Oakdale PCT") -> Path:
    """Write the leavers of the year before 1 April 2010, 13 for each 100 of `people`."""
    rng = np.random.default_rng(seed + 1_000_000)
    first = dt.date(2009, 4, 1)
    rows = []
    for number in range(round(people * 0.13)):
        reason = str(rng.choice(list(_REASONS), p=list(_REASONS.values())))
        age = rng.uniform(60, 66) if reason == "Retirement Age" else rng.uniform(22, 59)
        left = first + dt.timedelta(days=int(rng.integers(0, 365)))
        born = left - dt.timedelta(days=int(age * 365.25))
        started = left - dt.timedelta(days=int(min(rng.gamma(1.1, 4.0), age - 18) * 365) + 1)
        nhs = reason.startswith("Voluntary") and rng.random() < 0.5
        rows.append(
            (
                30_000_000 + number,
                employer,
                f"999 {_TEAMS[int(rng.integers(len(_TEAMS)))]} L5",
                _british(born),
                _british(started),
                _british(started),
                _british(left),
                reason,
                "NHS Organisation" if nhs else "No Employment",
            )
        )
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(_LEAVERS)
        writer.writerows(rows)
    return path


def _british(day: dt.date) -> str:
    return f"{day:%d-%b-%Y}".upper()


if __name__ == "__main__":
    given = [int(word) for word in sys.argv[2:4]]
    people, seed = (*given, *(1_200, 1)[len(given) :])
    write_extract(Path(sys.argv[1]), people, seed=seed)
    write_leavers(Path(sys.argv[1]).with_name("leavers.csv"), people, seed=seed)
