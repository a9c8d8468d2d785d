"""Every formula at the edges of what it accepts: exact there too, or refused, and never a number that has wrapped round."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from nhstransit.errors import InputError
from nhstransit.law import appraisal, notice, oncosts, pay, pensions, severance

MOST = 10**11  # a thousand million pounds a year
HALF = Fraction(1, 2)


def penny(exact: Fraction | int) -> int:
    """To the nearest whole penny; a half goes away from zero."""
    return (Fraction(exact) + HALF).__floor__() if exact >= 0 else -penny(-exact)


EDGES: list[tuple[Callable[[], Any], Fraction | int]] = [
    (lambda: pay.actual_pence([MOST], [1.0]), MOST),
    (lambda: pay.actual_pence([MOST - 1], [0.9999]), Fraction((MOST - 1) * 9999, 10_000)),
    (lambda: pay.supplement_pence([MOST], [1.0], [0], [MOST]), MOST),
    (lambda: pay.premium_pence([MOST], [1.0], [240], share=1.0), 20 * MOST),
    (lambda: pay.premium_pence([MOST], [0.5], [240], share=0.9999), 20 * MOST * HALF * Fraction(9999, 10_000)),
    (lambda: severance.severance_pence([MOST], [1.0], [240]), 20 * MOST),
    (
        lambda: severance.severance_pence([MOST - 1], [0.9999], [239.99]),
        Fraction((MOST - 1) * 9999 * 23_999, 12 * 10**6),
    ),
    (lambda: severance.severance_pence([MOST], [1.0], [240], month_weeks=4.37), 240 * MOST * Fraction(437 * 7, 36_500)),
    (
        lambda: severance.severance_pence([MOST], [1.0], [240], month_weeks=51.99),
        240 * MOST * Fraction(5199 * 7, 36_500),
    ),
    (lambda: severance.severance_pence([1], [1.0], [240], floor_pence=MOST), 20 * MOST),
    (lambda: severance.statutory_pence([MOST], [1.0], [400], week_cap_pence=None), Fraction(MOST * 7 * 200, 365)),
    (lambda: severance.statutory_pence([MOST], [1.0], [400], week_cap_pence=10**9), 200 * 10**9),
    (
        lambda: severance.net_pence([MOST], free_pence=0, tax_rate=0.999999),
        MOST - penny(Fraction(MOST * 999_999, 10**6)),
    ),
    (lambda: severance.clawback_pence([MOST], [240], [0], window_months=12_000), MOST),
    (lambda: severance.clawback_pence([MOST], [240], [1], window_months=12_000), MOST * Fraction(239, 240)),
    (lambda: notice.lieu_pence([MOST], [1.0], [520]), Fraction(MOST * 7 * 520, 365)),
    (lambda: oncosts.share_pence([MOST], rate=1.0), MOST),
    (lambda: oncosts.employer_ni_pence([MOST], rate=0.999999, threshold_pence=0), Fraction(MOST * 999_999, 10**6)),
    (lambda: appraisal.uplifted_pence([-(10**12)], 10.0), -11 * 10**12),
    (lambda: appraisal.uplifted_pence([-(10**12) + 1], 9.999999), (-(10**12) + 1) * Fraction(10_999_999, 10**6)),
    (lambda: appraisal.uplifted_pence([10**12], 1.0), 0),
    (lambda: appraisal.real_pence([10**12], 1_000.0, 1_000.0), 10**12),
    (lambda: appraisal.real_pence([-(10**12)], 0.001, 1_000.0), -(10**18)),
    (lambda: appraisal.saving_by_year([MOST], 0, 366, [0, 366])[0], MOST),
    (lambda: appraisal.pence_by_year([0] * 4, [10**12] * 4, [0, 365]), 4 * 10**12),
    (lambda: pensions.top_up_pence([MOST], [0]), MOST),
]


@pytest.mark.parametrize(("call", "exact"), EDGES)
def test_a_formula_is_exact_at_its_edges(call: Callable[[], Any], exact: Fraction | int) -> None:
    """In exact fractions, to the penny, at the largest pay, time, months, weeks and rates that it takes."""
    assert np.asarray(call()).tolist() == [penny(exact)]


def test_the_dearest_release_is_a_number() -> None:
    """A thousand years of membership, a hundred years early, at rates from −5% to 20%: positive, and finer than a cent."""
    for rate in (-0.05, 0.0, 0.2):
        cost = pensions.release_pence([MOST], [1.0], [12_000], [1_200], 1.0, 0.0, real_rate=rate)
        years = 100.0 if rate == 0 else (1 - (1 + rate) ** -100) / np.log1p(rate)
        assert float(cost[0]) == pytest.approx(MOST * 1_000 * years, rel=1e-9)
    with pytest.raises(
        InputError, match=r"months_early\[0\]: is 1201; give a number of months, at most a hundred years"
    ):
        pensions.release_pence([MOST], [1.0], [12_000], [1_201], 1.0, 0.0, real_rate=0.03)
