"""The luck of a competition hangs on the group of posts, not on which of them happen to be vacant."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit.policies import Filling
from nhstransit.scenario.opening import opening_situation
from tests.small import START, body, date, person, small_world


def test_a_post_taken_early_changes_nobodys_taste_for_the_others() -> None:
    """With any one post of a group filled or gone, the group's key stays what it was."""
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
