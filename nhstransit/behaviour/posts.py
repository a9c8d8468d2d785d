"""Applications for a new post: who competes, and which posts they prefer."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Bools, Rows
from nhstransit.fields import amount, assumed, share
from nhstransit.grammar import Answers, People, PostOffer, Prospects
from nhstransit.streams import Chances, combined
from nhstransit.workforce.columns import Disposition

_DISPOSED = "reading of the three kinds of staff the NHS's chief executive named, November 2010; size assumed"


@attrs.frozen(kw_only=True)
class PostChoice:
    """A chance of competing, by disposition; then preference for near posts and the own band, plus a random taste."""

    mover: float = share(0.95, parent=assumed("chance of competing", 0.8, 1.0, _DISPOSED))
    stayer: float = share(0.6, parent=assumed("chance of competing", 0.2, 0.9, _DISPOSED))
    leaver: float = share(0.15, parent=assumed("chance of competing", 0.0, 0.4, _DISPOSED))
    distance: float = amount(
        1.5,
        parent=assumed("standard deviations of taste", 0.0, 4.0, "posts in the region before those elsewhere; assumed"),
    )
    local: float = amount(
        0.5,
        parent=assumed(
            "standard deviations of taste a step", 0.0, 2.0, "own successor, then cluster, then region; assumed"
        ),
    )
    demotion: float = amount(
        2.0, parent=assumed("standard deviations of taste a band", 0.0, 4.0, "own band before a lower one; assumed")
    )

    def answer(self, proposals: PostOffer, prospects: Prospects, people: People, chances: Chances) -> Answers:
        """Who competes, and a score for each post group open to them."""
        rows = proposals.rows
        limit = np.full(len(Disposition), self.mover)  # before an announcement nobody has a disposition
        limit[Disposition.LEAVER], limit[Disposition.STAYER] = self.leaver, self.stayer
        there = np.zeros(len(people.staff), bool)
        there[rows] = True  # once per person: one person may have many offers
        each = np.flatnonzero(there)
        there[each] = chances.uniform("competing", people.key[each]) < limit[people.disposition[each]]
        competes = there[rows]
        for_it = np.flatnonzero(competes)  # the rankings of the others are not needed
        far = self.distance * (np.arange(4) == 3) + self.local * np.minimum(np.arange(4), 2)
        taste = chances.normal("liking", combined(people.key[rows[for_it]], proposals.group_key[for_it]))
        taste -= far[proposals.near[for_it]]
        taste -= self.demotion * proposals.bands_down[for_it]
        ranking = np.zeros(len(rows))
        ranking[for_it] = taste
        return Answers(said=competes.astype("int8"), ranking=ranking)

    def sign(self, rows: Rows, people: People, chances: Chances) -> Bools:
        """Everyone signs: a person who wins a post accepts it."""
        return np.ones(len(rows), bool)
