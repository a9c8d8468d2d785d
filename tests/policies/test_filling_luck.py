"""Random numbers of a competition are keyed by group of posts, whichever posts of the group are vacant."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.policies import Filling
from nhstransit.scenario.opening import opening_situation
from tests.small import START, body, date, person, small_world


def test_filling_one_post_does_not_change_the_key_of_its_group() -> None:
    """The key, and so each candidate's preference, is the same without any one post of the group."""
    bodies = (body("Old", closes="2010-09-30"), body("New", "ccg", ("finance", "6", 3)))
    policy = Filling(announced=START, held=date("2010-05-03"), starts=date("2010-10-01"), receivers=("ccg",))
    situation = opening_situation(small_world(person(1), bodies=bodies), day=32, stage="round")
    before = policy.propose(situation)
    assert before is not None
    for post in np.flatnonzero(situation.posts.vacant):
        funded = situation.posts.funded.copy()
        funded[post] = False
        fewer = attrs.evolve(situation, posts=attrs.evolve(situation.posts, funded=funded))
        after = policy.propose(fewer)
        assert after is not None
        assert after.group_key.tolist() == before.group_key.tolist()
