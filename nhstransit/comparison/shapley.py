"""Shapley shares: the contribution of each mechanism to a gap, as the mean over all orders of changing them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from math import factorial

from nhstransit.errors import InputError

Exact = int | float | Fraction


def shares(worth: Sequence[Exact]) -> tuple[Fraction, ...]:
    """The exact Shapley share of each of n players.

    The shares add up to the worth of all players less the worth of none (Shapley 1953).

    Args:
        worth: (2ⁿ,) the worth of each set of players; player k is in the sets whose index has bit k set.

    Raises:
        InputError: the number of sets is not a power of two.
    """
    players = len(worth).bit_length() - 1
    if len(worth) != 1 << players:
        raise InputError("worth", f"has {len(worth)} values", "give 2ⁿ values, one for each set of n players")
    exact = [Fraction(item) for item in worth]
    # The share of all orders in which exactly these `size` players come before a given player.
    weight = []
    for size in range(players):
        orders = factorial(size) * factorial(players - size - 1)
        weight.append(Fraction(orders, factorial(players)))
    found = []
    for player in range(players):
        share = Fraction(0)
        for sets in range(1 << players):
            # What the player adds to each set that does not contain the player.
            if not sets >> player & 1:
                added = exact[sets | 1 << player] - exact[sets]
                share += weight[sets.bit_count()] * added
        found.append(share)
    return tuple(found)


def product_shares(before: Sequence[Exact], after: Sequence[Exact]) -> tuple[Fraction, ...]:
    """The Shapley share of each factor in the change of a product from `before` to `after`, (n,) each."""
    # The players are the factors: a set of them has the new values, and the others have the old ones.
    worth = []
    for sets in range(1 << len(before)):
        product = Fraction(1)
        for place, (old, new) in enumerate(zip(before, after, strict=True)):
            product *= Fraction(new if sets >> place & 1 else old)
        worth.append(product)
    return shares(worth)
