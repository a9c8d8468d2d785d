"""The order of a day: phases, numbers of rules in the log, and the order of policies.

These tables are written by hand from `RULES.md` and not imported from the library. A mistake in the library's tables
would otherwise affect both engines alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum


class Phase(IntEnum):
    """The phases of a day, in order."""

    OPENINGS = 0
    CLOSURES = 1
    MILESTONES = 2
    WINDOWS = 3
    APPOINTMENTS = 4
    DEPARTURES = 5
    ARRIVALS = 6
    MONTH_END = 7


# Rules of the model itself, in their order within a phase. 10 represents all agreed exits.
RULES = {
    "month": 0,
    "death-or-dismissal": 1,
    "retirement": 2,
    "resignation-within-nhs": 3,
    "resignation": 4,
    "pay": 6,
    "opening": 7,
    "transfer": 8,
    "closure": 9,
    "contract-end": 900,
}
AGREED = 10

# Numbers in the log of policies with these names. Others are numbered from 1,000 in the order of the file.
NAMES = {
    "announcement": 20,
    "milestones": 21,
    "bill": 22,
    "one-to-ones": 23,
    "destination-letters": 24,
    "extension": 26,
    "split": 27,
    "rets": 30,
    "bridging": 31,
    "development": 32,
    "second-thoughts": 33,
    "mars": 40,
    "mars-local": 41,
    "mars-second": 42,
    "start-up": 43,
    "cost-reduction": 44,
    "clustering": 45,
    "inflow": 46,
    "clustering-shas": 47,
    "transfer-whole": 48,
    "transfer-arms": 49,
    "filling": 50,
    "filling-senior": 51,
    "filling-second": 52,
    "slot-in": 53,
    "ring-fenced": 54,
    "open-competition": 55,
    "assignment": 56,
    "best-people": 58,
    "redundancy": 60,
    "voluntary-redundancy": 61,
    "voluntary-redundancy-second": 62,
    "hiring": 70,
    "hiring-successors": 71,
    "interims": 72,
    "returns": 75,
}
OWN = 1_000

# The order of policies within a phase, by the names of their classes. Policies of one class act in the file's order.
PLACES = (
    "Milestone",
    "Extension",
    "Split",
    "Rets",
    "Bridging",
    "Development",
    "SecondThoughts",
    "Mars",
    "VoluntaryRedundancy",
    "StartUp",
    "CostReduction",
    "Clustering",
    "Inflow",
    "TransferFunctions",
    "TransferWhole",
    "TransferArms",
    "Filling",
    "Assignment",
    "BestPeople",
    "Redundancy",
    "Hiring",
    "Interims",
    "Returns",
)
_LAST = 90_000  # fixed terms end after everything else in the phase


def numbers(policies: Iterable[str]) -> dict[str, int]:
    """The number in the log of every rule, by name."""
    found = dict(RULES)
    own = OWN
    for name in policies:
        if name in NAMES:
            found[name] = NAMES[name]
        else:
            found[name] = own
            own += 1
    return found


def order_of_acting(policies: Mapping[str, object], known: Mapping[str, int]) -> dict[int, int]:
    """The turn of each rule, by its number, within a phase. Lower turns come first."""
    turns = {number: number for number in (*RULES.values(), AGREED)}
    turns[RULES["contract-end"]] = _LAST
    names = list(policies)
    names.sort(key=lambda name: PLACES.index(type(policies[name]).__name__))  # keeps the file's order among equals
    turns |= {known[name]: 1_000 + turn for turn, name in enumerate(names)}
    return turns
