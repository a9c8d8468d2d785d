"""Policy titles for readers. A title is separate from the policy's name in a scenario file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from nhstransit.grammar import Policy
from nhstransit.policies import POLICIES

TITLES: dict[str, str] = {key: vars(kind)["title"] for key, kind in POLICIES.items()}  # each class declares its own
NAMED = {  # policies of the bundled scenarios with names more specific than their type
    "announcement": "Announcement of the reform",
    "bill": "Introduction of the Bill",
    "clustering-shas": "Clustering of SHAs",
    "destination-letters": "Destination letters",
    "filling-senior": "Filling of senior posts",
    "hiring-community": "Hiring in community services",
    "hiring-successors": "Hiring by successors",
    "one-to-ones": "First interviews",
    "open-competition": "Open competition",
    "redundancy-shas": "Redundancy in SHAs",
    "ring-fenced": "Ring-fenced competition",
    "slot-in": "Competitive slot-in",
    "slot-in-results": "Results of the slot-in",
}
ENGINE = {  # events that no policy causes: natural departures, openings and closures, and what happens every month
    "closure": "Closing of the body",
    "contract-end": "End of contract",
    "death-or-dismissal": "Death or dismissal",
    "month": "Month by month",
    "opening": "Opening of a body",
    "pay": "Pay awards",
    "resignation": "Resignation, out of the NHS",
    "resignation-within-nhs": "Resignation within the NHS",
    "retirement": "Retirement",
    "transfer": "Transfer to a successor",
}
WORDS = {"ccgs": "CCGs", "csus": "CSUs", "mars": "MARS", "nhs": "NHS", "pcts": "PCTs", "rets": "RETS", "shas": "SHAs"}


def title_of(name: str) -> str:
    """The title of a policy, or of another cause of events, by its name in a scenario file or the log.

    The names of types and of bundled policies have titles of their own. For a longer name that begins with a type, the
    rest is added ("mars-second": "MARS, second"). Any other title is the words of the name, with a capital letter.
    """
    known = TITLES | NAMED | ENGINE
    if name in known:
        return known[name]
    first = max((each for each in TITLES if name.startswith(f"{each}-")), key=len, default="")
    if first:
        return f"{TITLES[first]}, {words_of(name[len(first) + 1 :])}"
    words = words_of(name)
    return words[:1].upper() + words[1:]


def titles(policies: Mapping[str, Policy], given: Mapping[str, str] | None = None) -> dict[str, str]:
    """The title of each policy by its name. A user's own policy may have one, as text in `title`.

    Args:
        policies: the policies by name.
        given: titles that a scenario sets for some policies, which take precedence; None for none.
    """
    known = {} if given is None else given
    return {name: known.get(name) or _own_title(policy) or title_of(name) for name, policy in policies.items()}


def _own_title(policy: Any) -> str:
    """The title of a user's class or policy. Empty for a library class, which may have many policies.

    A user's class that inherits from a library class does not inherit its title, because both may be in one scenario.
    """
    title = getattr(policy, "title", "")
    declared_by = next((kind for kind in type(policy).__mro__ if "title" in vars(kind)), None)
    if declared_by in POLICIES.values() or not isinstance(title, str):
        return ""
    return title


def words_of(name: str) -> str:
    """A name from a file in words: \"mars_2010\" is \"MARS 2010\"."""
    return " ".join(WORDS.get(word, word) for word in name.replace("_", "-").split("-"))
