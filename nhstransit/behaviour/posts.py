"""Answers to offers of new posts: who applies, who declines a matched post, and which posts people prefer."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats, Rows
from nhstransit.fields import amount, assumed, share
from nhstransit.grammar import Answers, People, PostOffer, Prospects
from nhstransit.streams import Chances, combined
from nhstransit.workforce.columns import Disposition

ELSEWHERE = 3  # value of `PostOffer.near` for a post in another region

_DECLINED = "no number of people who declined a matched post in 2012-13 was published; the value is a judgement"
_DISPOSED = (
    "the NHS's chief executive described leavers, stayers and movers in November 2010 without"
    " saying how many there were; the size is a judgement"
)


_OFFERS = 65_536  # offers scored at a time


@attrs.frozen(kw_only=True)
class PostChoice:
    """Whether people apply for posts depends on disposition. Which posts they prefer depends on distance, band and chance.

    In a competition, each person applies with a chance that depends on disposition. If the employer matches people to
    posts, everyone is considered except people who would decline any matched post. Such a person declines every time
    while their disposition stays the same. A share `near_only` of people neither applies for nor accepts a post in
    another region.
    """

    mover: float = share(0.95, parent=assumed("chance of competing", 0.8, 1.0, _DISPOSED))
    stayer: float = share(0.6, parent=assumed("chance of competing", 0.2, 0.9, _DISPOSED))
    leaver: float = share(0.15, parent=assumed("chance of competing", 0.0, 0.4, _DISPOSED))
    mover_declines: float = share(0.02, parent=assumed("chance of declining a match", 0.0, 0.05, _DECLINED))
    stayer_declines: float = share(0.1, parent=assumed("chance of declining a match", 0.0, 0.3, _DECLINED))
    leaver_declines: float = share(0.3, parent=assumed("chance of declining a match", 0.1, 0.6, _DECLINED))
    near_only: float = share(
        0.5,
        parent=assumed(
            "share of people",
            0.2,
            0.8,
            "no number was published; half of the people are assumed not to move home or travel so far",
        ),
    )
    distance: float = amount(
        1.5,
        parent=assumed(
            "standard deviations of random preference",
            0.0,
            4.0,
            "people are assumed to prefer posts in their region to posts elsewhere",
        ),
    )
    local: float = amount(
        0.5,
        parent=assumed(
            "standard deviations of random preference per step",
            0.0,
            2.0,
            "people are assumed to prefer the successor of their employer, then posts in the cluster,"
            " then posts in the region",
        ),
    )
    demotion: float = amount(
        2.0,
        parent=assumed(
            "standard deviations of random preference per band",
            0.0,
            4.0,
            "people are assumed to prefer their own band to a lower one",
        ),
    )

    def answer(self, proposals: PostOffer, prospects: Prospects, people: People, chances: Chances) -> Answers:
        """Which people would accept which posts, and each person's score for each group of posts.

        Args:
            proposals, prospects, people, chances: as in `grammar.Choice.answer`.
        """
        rows = proposals.rows
        there = np.zeros(len(people.staff), bool)
        there[rows] = True  # once per person, who may have many offers
        each = np.flatnonzero(there)
        there[each] = self._willing(each, people, chances, matching=proposals.matching)
        competes = there[rows]
        # Of people who compete, some do so only for near posts: a lasting trait, the same in every round.
        far = np.flatnonzero(competes & (proposals.near == ELSEWHERE))
        competes[far] = chances.luck.uniform("moving home", 0, people.key[rows[far]]) >= self.near_only
        for_it = np.flatnonzero(competes)  # only these people need rankings
        # The dislike of each value of `near`, (4,): it rises up to the region, and elsewhere adds the distance.
        near = np.arange(4)
        steps = self.distance * (near == ELSEWHERE) + self.local * np.minimum(near, 2)
        ranking = np.zeros(len(rows))
        for start in range(0, len(for_it), _OFFERS):  # a national round has millions of offers
            some = for_it[start : start + _OFFERS]
            taste = chances.normal("liking", combined(people.key[rows[some]], proposals.group_key[some]))
            taste -= steps[proposals.near[some]]
            taste -= self.demotion * proposals.bands_down[some]
            ranking[some] = taste
        return Answers(said=competes.astype("int8"), ranking=ranking)

    def _willing(self, rows: Rows, people: People, chances: Chances, *, matching: bool) -> Bools:
        """Who applies, or does not decline if the employer is matching, (n,)."""
        disposition = people.disposition[rows]
        if not matching:
            # Competing is decided anew in each round, by the policy's own draws.
            applies = _by_disposition(self.mover, self.stayer, self.leaver)
            return np.asarray(chances.uniform("competing", people.key[rows]) < applies[disposition])
        # Declining is a lasting trait: the draw does not depend on policy or round.
        declines = _by_disposition(self.mover_declines, self.stayer_declines, self.leaver_declines)
        return np.asarray(chances.luck.uniform("declining", 0, people.key[rows]) >= declines[disposition])

    def sign(self, rows: Rows, people: People, chances: Chances) -> Bools:
        """Everyone signs: a person who wins a post accepts it.

        Args:
            rows, people, chances: as in `grammar.Choice.sign`.
        """
        return np.ones(len(rows), bool)


def _by_disposition(mover: float, stayer: float, leaver: float) -> Floats:
    """A chance for each disposition, (dispositions,). People without a disposition, as before an announcement, count as
    movers.
    """
    chance = np.full(len(Disposition), mover)
    chance[Disposition.STAYER] = stayer
    chance[Disposition.LEAVER] = leaver
    return chance
