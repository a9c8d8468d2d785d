"""The explanation of clustering."""

from __future__ import annotations

import attrs

from nhstransit.policies import Clustering
from tests.policies.explained import explanation, two_trusts
from tests.small import body, date, person, small_world

MERGER = Clustering(announced=date("2010-05-01"), held=date("2010-06-01"), bands=("6",), kept=1)


def test_the_explanation_counts_the_posts_that_would_merge() -> None:
    """Two trusts in one cluster have three senior posts in one function, and keep one of them."""
    posts = ("finance", "6", 2), ("finance", "6", 1)
    bodies = [
        attrs.evolve(body(name, "pct", each), cluster="A") for name, each in zip(("Old", "Far"), posts, strict=True)
    ]
    assert explanation(MERGER, small_world(person(1), person(2, "Far"), bodies=bodies)) == (
        "Nobody in post is asked. 3 senior posts would merge in 1 cluster. Each cluster keeps at most 1 of each "
        "function and band, and at most 2 in all are removed."
    )


def test_without_a_cluster_no_posts_merge() -> None:
    assert explanation(MERGER, two_trusts()) == "Nobody in post is asked."
