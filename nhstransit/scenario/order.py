"""The order of policies within a phase of a day: by the `place` of their class, then by their order in the file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping

from nhstransit.errors import ScenarioError
from nhstransit.grammar import LAST_PLACE, Policy, place_of
from nhstransit.log import ENGINE_RULES, RULES

MOST_ALIKE = 300  # policies that may share one place in a scenario
GOING = 10  # position of the exits agreed for a day: after its natural departures
FIRST = 100  # first position of policies, after the engine's own rules
LAST = 2**15 - 1


def orders_of(policies: Mapping[str, Policy], codes: Mapping[str, int]) -> dict[int, int]:
    """The order within a phase of each rule number, 0 to `LAST`: the lower number acts first.

    The engine's own rules come first, in the order of their numbers. Policies follow, in the order of the `place` that
    their class declares. Policies of the same place are in the order of the file. The end of contracts comes last, after
    every exit agreed for that day, so that amounts due are paid. Names do not affect the order.

    Raises:
        ScenarioError: for a place that is not a whole number from 0 to 99, or for more than 300 policies of the same place.
    """
    orders = {RULES[name]: RULES[name] for name in ENGINE_RULES} | {GOING: GOING}
    orders[RULES["contract-end"]] = LAST
    before: Counter[int] = Counter()
    for name, policy in policies.items():
        place = place_of(policy)
        if type(place) is not int or not 0 <= place <= LAST_PLACE:
            raise ScenarioError(
                f"policies.{name}.place", f"is {place!r}", f"declare a whole number from 0 to {LAST_PLACE}"
            )
        # With more policies of one place, the last would get numbers of the next place.
        if before[place] == MOST_ALIKE:
            wrong = f"is one of more than {MOST_ALIKE} policies of place {place}"
            raise ScenarioError(f"policies.{name}", wrong, "give its class a different `place`")
        orders[codes[name]] = FIRST + place * MOST_ALIKE + before[place]
        before[place] += 1
    return orders
