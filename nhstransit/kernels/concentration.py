"""How unevenly losses fall over groups, and how far the mix of leavers is from that of the staff.

References:
    Theil, Economics and Information Theory (1967), chapter 4. Gini's ratio for groups of unequal size: Cowell, Measuring
    Inequality (3rd ed. 2011), chapter 2. Duncan and Duncan, American Sociological Review 20 (1955) 210–217: dissimilarity.
    Lin, IEEE Transactions on Information Theory 37 (1991) 145–151: Jensen–Shannon divergence.
"""

from __future__ import annotations

import numpy as np

from nhstransit.arrays import Floats
from nhstransit.errors import InputError


def theil(lost: Floats, stock: Floats) -> float:
    """Theil's T of loss rates over groups with `lost` (g,) out of `stock` (g,): `Σ l_g ln(l_g / s_g)` of their shares.

    0 where every group loses the same share; at most the log of the whole over the smallest. NaN where nothing is lost.
    """
    shares = _shares(lost, stock)
    return float("nan") if shares is None else _divergence(*shares)


def gini(lost: Floats, stock: Floats) -> float:
    """Gini's ratio of loss rates over groups weighted by their stock: 0 even, towards 1 the fewer bear it all.

    `Σ_g Σ_h s_g s_h |x_g − x_h| / 2x̄` of the rates x, got from the area under the Lorenz curve. NaN where nothing is lost.
    """
    shares = _shares(lost, stock)
    if shares is None:
        return float("nan")
    lost_share, stock_share = shares
    order = np.argsort(lost_share / stock_share, kind="stable")
    height = np.cumsum(lost_share[order])
    return max(float(1.0 - (stock_share[order] * (2.0 * height - lost_share[order])).sum()), 0.0)


def dissimilarity(one: Floats, other: Floats) -> float:
    """`½ Σ |p_g − q_g|` of two mixes given as amounts (g,): the share that would have to change. NaN for none."""
    p, q = _mix(one), _mix(other)
    return float(0.5 * np.abs(p - q).sum())


def jensen_shannon(one: Floats, other: Floats) -> float:
    """Jensen–Shannon divergence of two mixes given as amounts (g,), in bits: 0 for the same, 1 for nothing in common.

    `½ KL(p ‖ m) + ½ KL(q ‖ m)`, m their mean, logarithms to base 2. NaN for an empty mix.
    """
    p, q = _mix(one), _mix(other)
    if np.isnan(p).any() or np.isnan(q).any():
        return float("nan")
    middle = (p + q) / 2.0
    return (_divergence(p, middle) + _divergence(q, middle)) / (2.0 * float(np.log(2.0)))


def _divergence(p: Floats, q: Floats) -> float:
    """`Σ p ln(p/q)` over groups in which p is not nought; q must not be nought there."""
    some = p > 0
    return max(float((p[some] * np.log(p[some] / q[some])).sum()), 0.0)


def _mix(amounts: Floats) -> Floats:
    amounts = np.asarray(amounts, "float64")
    total = amounts.sum()
    return np.asarray(amounts / total) if total > 0 else np.full(len(amounts), np.nan)


def _shares(lost: Floats, stock: Floats) -> tuple[Floats, Floats] | None:
    """Shares of the loss and of the stock by group, groups without stock left out; None where nothing is lost."""
    lost, stock = np.asarray(lost, "float64"), np.asarray(stock, "float64")
    if ((stock <= 0) & (lost > 0)).any() or (lost < 0).any():
        raise InputError(
            "lost", "is more than there was in a group, or negative", "give what was lost out of each stock"
        )
    some = stock > 0
    if not lost.sum() > 0:
        return None
    return _mix(lost[some]), _mix(stock[some])
