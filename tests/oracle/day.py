"""The order of a day, written out by hand: the phases, the rules' numbers in the log, and the places of the policies.

Nothing here is taken from the library, so that the two engines cannot move together: `RULES.md` is the source of
both tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum


class Phase(IntEnum):
    """What comes after what within a day."""

    OPENINGS = 0
    CLOSURES = 1
    MILESTONES = 2
    WINDOWS = 3
    APPOINTMENTS = 4
    DEPARTURES = 5
    ARRIVALS = 6
    MONTH_END = 7


# Rules of the world itself, in their order within a phase; 10 stands for all exits agreed earlier.
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

# Numbers that the log gives to policies of these names; others are numbered from 1,000 on, as the file has them.
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

# Which policies of a day and phase act before which, by the names of their classes; those of one class go as in the file.
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
_LAST = 90_000  # the end of contracts: after everything else of its phase


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
    """When each rule, by its number, has its turn in a phase: the lower first."""
    turns = {number: number for number in (*RULES.values(), AGREED)}
    turns[RULES["contract-end"]] = _LAST
    names = list(policies)
    names.sort(key=lambda name: PLACES.index(type(policies[name]).__name__))  # keeps the file's order among equals
    turns |= {known[name]: 1_000 + turn for turn, name in enumerate(names)}
    return turns
