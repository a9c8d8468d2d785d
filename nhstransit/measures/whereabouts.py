"""Where the opening staff were at the end: with the same employer, with another, or gone, and how they left."""

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
CHOICES = ("resignation", "resignation-within-nhs", "retirement")  # causes that are the person's own choice


def whereabouts(run: Run) -> pd.DataFrame:
    """One row per kind of opening employer, fate and destination, without empty rows.

    The numbers of people add up to the opening staff.

    Columns: kind (of the opening employer), fate (`FATES`), where (the new kind of organisation, for "moved"; the
    policy or other cause of the last exit, for "left"; "" for "there"), people, wte. People who left and came back into
    a post count as "moved" or "there", according to its employer. People who returned to an organisation outside the
    scenario count as "left".
    """
    rows = np.flatnonzero(run.opening_post >= 0)
    employer = run.posts.employer
    kind = run.scenario.roster.kind
    began = employer[run.opening_post[rows]]
    ended = run.closing.post[rows]
    here = ended >= 0
    now = ended
    if len(employer):
        now = np.where(here, employer[np.where(here, ended, 0)], -1)
    same = now == began
    in_post = np.where(same, FATES.index("there"), FATES.index("moved"))
    fate = np.where(here, in_post, FATES.index("left"))
    # What `where` codes differs by fate: a kind of employer if moved, a route if left, and 0 if there.
    where = np.where(here, np.where(same, 0, kind[now]), last_route(run)[rows])
    # Opening kind, fate and destination in one integer. Each distinct one is a row.
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
    """Whether a cause of leaving is personal, or the end of a contract, rather than a policy or a closure."""
    return rule in CAUSES or rule == "contract-end"


def by_choice(rule: str) -> bool:
    """Whether a cause of leaving is the person's own choice: resignation or retirement."""
    return rule in CHOICES
