"""Retention terms: who accepts a guarantee with a premium."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Bools, Rows
from nhstransit.fields import Parent, share
from nhstransit.grammar import Answers, People, Prospects, RetentionOffer
from nhstransit.streams import Chances
from nhstransit.workforce.columns import Disposition

_UNKNOWN = "the share of people who accepted retention terms was not published; the value is a judgement"


@attrs.frozen(kw_only=True)
class RetentionChoice:
    """The chance that a person accepts a guarantee. It is lower for people with the disposition "leaver"."""

    accepts: float = share(0.8, parent=Parent(unit="chance", source=_UNKNOWN, quality="assumption", range=(0.3, 0.95)))
    leaver: float = share(
        0.4,
        parent=Parent(
            unit="chance for a leaver",
            source=_UNKNOWN,
            quality="assumption",
            range=(0.1, 0.8),
        ),
    )

    def answer(self, proposals: RetentionOffer, prospects: Prospects, people: People, chances: Chances) -> Answers:
        """Who accepts.

        Args:
            proposals, prospects, people, chances: as in `grammar.Choice.answer`.
        """
        means_to_go = people.disposition[proposals.rows] == Disposition.LEAVER
        limit = np.where(means_to_go, self.leaver, self.accepts)
        draws = chances.uniform("acceptance", people.key[proposals.rows])
        return Answers(said=(draws < limit).astype("int8"))

    def sign(self, rows: Rows, people: People, chances: Chances) -> Bools:
        """Everyone signs: a person who accepts terms signs them.

        Args:
            rows, people, chances: as in `grammar.Choice.sign`.
        """
        return np.ones(len(rows), bool)
