"""What policies ask of the situation: whose staff, which posts, which bodies."""

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


def seen(look: Any) -> Any:
    """What a policy sees on 3 May 2010, when person 4 has been appointed to a vacant post of North."""
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
    ("asked", "expected"),
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
def test_staff_are_found_by_what_they_are_and_where(asked: dict[str, Any], expected: list[int]) -> None:
    """Each filter narrows; none that is left out does. Two years from 4 May 2008 are complete at the end of 3 May 2010."""
    assert seen(lambda s: s.people.staff[s.staff_of(**asked)].tolist()) == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({}, 6),
        ({"kinds": ("sha",)}, 1),
        ({"bodies": ("North",)}, 4),
        ({"bodies": ("North",), "functions": ("finance",)}, 3),
        ({"bands": ("8a", "9")}, 2),
        ({"regions": ("Hill",), "bands": ("6",)}, 3),
    ],
)
def test_posts_are_found_held_or_not(asked: dict[str, Any], expected: int) -> None:
    """The posts that stand, by body, function and band."""
    assert seen(lambda s: int(s.posts_of(**asked).sum())) == expected


@pytest.mark.parametrize(
    ("asked", "wrong"),
    [
        ({"regions": ("Vail",)}, "regions: has the unknown name 'Vail'; did you mean 'Vale'"),
        ({"bodies": ("Nort",)}, "bodies: has the unknown name 'Nort'; did you mean 'North'"),
        ({"bands": ("8f",)}, "bands: has the unknown name '8f'"),
        ({"kinds": ("pcts",)}, "kinds: has the unknown name 'pcts'; did you mean 'pct'"),
    ],
)
def test_a_name_that_is_not_there_is_refused(asked: dict[str, Any], wrong: str) -> None:
    """With the nearest that is."""
    with pytest.raises(ScenarioError, match=wrong):
        seen(lambda s: s.staff_of(**asked))
