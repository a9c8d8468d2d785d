"""Invitations to community services, in words."""

from __future__ import annotations

from nhstransit.policies import BestPeople
from nhstransit.toml import Named
from tests.policies.explained import one_trust, said
from tests.small import date


def test_an_invitation_counts_places_and_people() -> None:
    """Two people for the one place."""
    places = Named({"community-provider": 1})
    policy = BestPeople(announced=date("2010-05-01"), invited=date("2010-06-01"), kinds=("pct",), places=places)
    text = said(policy, one_trust())
    assert "2 people of the opening staff are invited to 1 place in community providers." in text
    assert "Retraining takes 3 months and costs £2,500 a person." in text
