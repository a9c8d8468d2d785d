"""What is put to people, what they need to know to answer, and what they say."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.arrays import Bools, Bytes, Floats, Ints, Keys, Longs, Rows


@attrs.frozen(eq=False, kw_only=True)
class Proposals:
    """What is put to people: a proposal a row; a person may have several where the question is a post."""

    rows: Rows

    def __len__(self) -> int:
        return len(self.rows)


@attrs.frozen(eq=False, kw_only=True)
class SeveranceOffer(Proposals):
    """Pay for going: pence, the same in months of pay, the last day in post, months of clawback."""

    pence: Longs
    months: Floats
    last_day: int
    clawback_months: float = 0.0


@attrs.frozen(eq=False, kw_only=True)
class RetentionOffer(Proposals):
    """Terms for staying: a premium as a share of basic pay, and the last day of the guarantee."""

    premium: float
    until: int


@attrs.frozen(eq=False, kw_only=True)
class PostOffer(Proposals):
    """A chance to compete for the posts of one group (employer × function × band); several rows a person.

    `group` numbers the groups from 0; `near` is 0 for a successor of one's own body, 1 for the same cluster, 2 for the
    same region, 3 for elsewhere; `bands_down` counts bands below the present one.
    """

    group: Ints
    group_key: Keys
    near: Bytes
    bands_down: Bytes


@attrs.frozen(eq=False, kw_only=True)
class News(Proposals):
    """Word that reaches people: the share of posts like theirs that is expected to go, and how much it weighs."""

    target: Floats
    weight: float


@attrs.frozen(eq=False, kw_only=True)
class Prospects:
    """What a choice may need from the law and from other policies, row by row of the proposals."""

    risk: Floats  # perceived, 0 to 1
    redundancy_months: Floats  # what redundancy at the employer's closing day would pay, in months of pay
    pension_reached: Bools  # past the minimum pension age
    disaffected: Floats  # share of the employer's staff who are leavers by disposition and still there, 0 to 1


@attrs.frozen(eq=False, kw_only=True)
class Answers:
    """What people say, row by row of the proposals.

    0 no, 1 yes, for news a disposition; for posts also how they rank them, highest first.
    """

    said: Bytes
    ranking: Floats | None = None

    @property
    def yes(self) -> Bools:
        """Who said yes."""
        return np.asarray(self.said > 0)
