"""The explanation of invitations to community services."""

from __future__ import annotations

from nhstransit.policies import BestPeople
from nhstransit.toml import Named
from tests.policies.explained import explanation, one_trust
from tests.small import date


def test_the_explanation_counts_people_and_places() -> None:
    """Two people are invited to one place."""
    places = Named({"community-provider": 1})
    policy = BestPeople(announced=date("2010-05-01"), invited=date("2010-06-01"), kinds=("pct",), places=places)
    text = explanation(policy, one_trust())
    assert "2 people of the opening staff are invited to 1 place in community providers." in text
    assert "Retraining takes 3 months and costs £2,500 a person." in text
