"""The curve of leavers who have not returned, compared with numerical integration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from nhstransit.policies.returns import away_years, still_away

curves = st.fixed_dictionaries(
    {
        "share": st.floats(0.0, 1.0),
        "scale": st.floats(0.2, 5.0),
        "shape": st.floats(0.3, 3.0),
        "least": st.sampled_from((0.0, 1 / 12, 0.5)),
    }
)


@pytest.mark.thorough
@given(st.floats(0.0, 8.0), curves)
def test_time_away_is_the_integral_of_the_share_still_away(years, curve):
    """The closed form equals the integral by quadrature."""
    breaks = sorted({min(curve["least"], years), min(0.01, years), min(1.0, years)})
    edges = [0.0, *breaks, years]
    parts = itertools.pairwise(edges)
    integral = sum(quad(lambda t: float(still_away(t, **curve)), low, high, limit=200)[0] for low, high in parts)
    assert float(away_years(years, **curve)) == pytest.approx(integral, abs=2e-4)


def test_a_steady_rate_by_hand():
    """With shape 1 and a share of 1, a share of 1/e is away after one scale. The time away is 1 − 1/e scales."""
    assert float(still_away(2.0, share=1.0, scale=2.0, shape=1.0)) == pytest.approx(np.exp(-1))
    assert float(away_years(2.0, share=1.0, scale=2.0, shape=1.0)) == pytest.approx(2 * (1 - np.exp(-1)))


def test_nobody_returns_before_the_window_ends():
    """After the window, the share away is that of the curve without a window."""
    with_window = still_away([0.2, 0.5, 1.0], share=0.3, scale=1.0, shape=0.5, least=0.5)
    without_window = still_away([0.2, 0.5, 1.0], share=0.3, scale=1.0, shape=0.5)
    assert with_window[0] == 1.0
    assert with_window[1:] == pytest.approx(without_window[1:])
