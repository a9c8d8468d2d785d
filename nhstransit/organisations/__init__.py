"""Organisations with their dates and successors, and the posts that they fund."""

from __future__ import annotations

from nhstransit.organisations.bodies import KINDS, Establishment, Organisation
from nhstransit.organisations.funds import Fund

__all__ = ["KINDS", "Establishment", "Fund", "Organisation"]
