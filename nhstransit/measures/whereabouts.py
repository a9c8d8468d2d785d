"""Where the opening staff were at the end: still there, with another employer, or gone, and how they left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from nhstransit import tables
from nhstransit.log import CAUSES
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.run.exits import last_route

if TYPE_CHECKING:
    import pandas as pd

FATES = ("there", "moved", "left")
CHOICES = ("resignation", "resignation-within-nhs", "retirement")  # the other causes are nobody's wish


def whereabouts(run: Run) -> pd.DataFrame:
    """One row per opening kind of organisation, fate and destination, without empty rows.

    The people sum to the opening staff.

    Columns: kind (of the opening employer), fate (`FATES`), where (the kind of organisation moved to; the rule by which
    they last left; "" for people still with the same employer), people, wte. People who left and came back into a post
    count as moved. People who are back in an organisation outside the model count as left.
    """
    rows = np.flatnonzero(run.opening_post >= 0)
    employer = run.posts.employer
    kind = run.scenario.roster.kind
    began = employer[run.opening_post[rows]]
    ended = run.closing.post[rows]
    here = ended >= 0
    now = np.where(here, employer[np.where(here, ended, 0)], -1) if len(employer) else ended
    fate = np.where(~here, FATES.index("left"), np.where(now == began, FATES.index("there"), FATES.index("moved")))
    where = np.where(here, np.where(now == began, 0, kind[now]), last_route(run)[rows])
    packed = (kind[began].astype("int64") << 32) | (fate << 24) | where
    found, inverse, people = np.unique(packed, return_inverse=True, return_counts=True)
    cells = np.stack([found >> 32, found >> 24 & 255, found & 2**24 - 1])
    names = list(KINDS)
    return tables.frame(
        {
            "kind": [names[code] for code in cells[0]],
            "fate": [FATES[code] for code in cells[1]],
            "where": [_place(run, names, *cell) for cell in cells[1:].T.tolist()],
            "people": people,
            "wte": np.bincount(inverse.ravel(), run.people.wte_hundredths[rows], cells.shape[1]) / 100.0,
        }
    )


def _place(run: Run, names: list[str], fate: int, code: int) -> str:
    if FATES[fate] == "there":
        return ""
    return names[code] if FATES[fate] == "moved" else run.rules[code]


def of_themselves(rule: str) -> bool:
    """Whether people leave by a rule other than a policy or a closure: a cause of their own, or the end of a contract."""
    return rule in CAUSES or rule == "contract-end"


def by_choice(rule: str) -> bool:
    """Whether people who leave by a rule chose to leave: they resigned or retired."""
    return rule in CHOICES
