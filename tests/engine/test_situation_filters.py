"""Filters of the situation for policies: staff and posts by employer, function, band and service."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from nhstransit.errors import ScenarioError
from nhstransit.grammar import Appoint, Situation
from tests.small import Own, body, on, person, played, rows

BODIES = (
    body("North", "pct", ("finance", "6", 3), ("nursing", "8a", 1), region="Hill", closes="2010-10-31"),
    body("South", "pct", ("finance", "6", 1), region="Vale"),
    body("Shire", "sha", ("finance", "9", 1), region="Vale", closes="2010-12-01"),
)
PEOPLE = (
    person(1, "North"),
    person(2, "North", since="2008-05-04"),
    person(3, "North", function="nursing", band="8a", pay=0),
    person(4, "South"),
    person(5, "Shire", band="9", pay=0),
)
ALL = [1, 2, 3, 4, 5]


def found_by(look: Any) -> Any:
    """The result of `look` on 3 May 2010, when person 4 has been appointed to a vacant post in North."""
    found: list[Any] = []

    def does(situation: Situation) -> tuple[Any, ...]:
        if not found and situation.day == on("2010-05-01"):
            vacant = np.flatnonzero(situation.posts.vacant)[:1]
            return (Appoint(rows=rows(3), posts=vacant, start=on("2010-10-01")),)
        found.append(look(situation))
        return ()

    played(*PEOPLE, bodies=BODIES, policies={"own": Own(dates=("2010-05-01", "2010-05-03"), does=does)})
    return found[0]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, ALL),
        ({"kinds": ("pct",)}, [1, 2, 3, 4]),
        ({"kinds": ()}, []),
        ({"regions": ("Vale",)}, [4, 5]),
        ({"bodies": ("North", "Shire")}, [1, 2, 3, 5]),
        ({"functions": ("nursing",)}, [3]),
        ({"functions": ("estates",)}, []),
        ({"bands": ("8a", "9")}, [3, 5]),
        ({"closing": True}, [1, 2, 3, 5]),
        ({"free": True}, [1, 2, 3, 5]),
        ({"served_months": 24}, ALL),
        ({"served_months": 25}, [1, 3, 4, 5]),
        ({"kinds": ("pct",), "functions": ("finance",), "closing": True, "served_months": 25}, [1]),
    ],
)
def test_staff_filters(filters: dict[str, Any], expected: list[int]) -> None:
    """Each given filter restricts the result. Two years from 4 May 2008 are complete at the end of 3 May 2010."""
    assert found_by(lambda s: s.people.staff[s.staff_of(**filters)].tolist()) == expected


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, 6),
        ({"kinds": ("sha",)}, 1),
        ({"bodies": ("North",)}, 4),
        ({"bodies": ("North",), "functions": ("finance",)}, 3),
        ({"bands": ("8a", "9")}, 2),
        ({"regions": ("Hill",), "bands": ("6",)}, 3),
    ],
)
def test_post_filters_include_held_and_vacant_posts(filters: dict[str, Any], expected: int) -> None:
    """They count funded posts by employer, function and band."""
    assert found_by(lambda s: int(s.posts_of(**filters).sum())) == expected


@pytest.mark.parametrize(
    ("filters", "wrong"),
    [
        ({"regions": ("Vail",)}, "regions: has the unknown name 'Vail'; did you mean 'Vale'"),
        ({"bodies": ("Nort",)}, "bodies: has the unknown name 'Nort'; did you mean 'North'"),
        ({"bands": ("8f",)}, "bands: has the unknown name '8f'"),
        ({"kinds": ("pcts",)}, "kinds: has the unknown name 'pcts'; did you mean 'pct'"),
    ],
)
def test_an_unknown_name_is_refused(filters: dict[str, Any], wrong: str) -> None:
    """The message suggests the nearest known name."""
    with pytest.raises(ScenarioError, match=wrong):
        found_by(lambda s: s.staff_of(**filters))
