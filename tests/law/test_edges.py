"""Every formula at the limits of its arguments: exact, or refused, but never with an integer overflow."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest

from nhstransit.errors import InputError
from nhstransit.law import appraisal, notice, oncosts, pay, pensions, severance

LARGEST = 10**11  # a thousand million pounds a year
HALF = Fraction(1, 2)


def penny(exact: Fraction | int) -> int:
    """Rounded to the nearest penny, with a half away from zero."""
    return (Fraction(exact) + HALF).__floor__() if exact >= 0 else -penny(-exact)


EDGES: list[tuple[Callable[[], Any], Fraction | int]] = [
    (lambda: pay.actual_pence([LARGEST], [1.0]), LARGEST),
    (lambda: pay.actual_pence([LARGEST - 1], [0.9999]), Fraction((LARGEST - 1) * 9999, 10_000)),
    (lambda: pay.supplement_pence([LARGEST], [1.0], [0], [LARGEST]), LARGEST),
    (lambda: pay.premium_pence([LARGEST], [1.0], [240], share=1.0), 20 * LARGEST),
    (lambda: pay.premium_pence([LARGEST], [0.5], [240], share=0.9999), 20 * LARGEST * HALF * Fraction(9999, 10_000)),
    (lambda: severance.severance_pence([LARGEST], [1.0], [240]), 20 * LARGEST),
    (
        lambda: severance.severance_pence([LARGEST - 1], [0.9999], [239.99]),
        Fraction((LARGEST - 1) * 9999 * 23_999, 12 * 10**6),
    ),
    (
        lambda: severance.severance_pence([LARGEST], [1.0], [240], month_weeks=4.37),
        240 * LARGEST * Fraction(437 * 7, 36_500),
    ),
    (
        lambda: severance.severance_pence([LARGEST], [1.0], [240], month_weeks=51.99),
        240 * LARGEST * Fraction(5199 * 7, 36_500),
    ),
    (lambda: severance.severance_pence([1], [1.0], [240], floor_pence=LARGEST), 20 * LARGEST),
    (lambda: severance.statutory_pence([LARGEST], [1.0], [400], week_cap_pence=None), Fraction(LARGEST * 7 * 200, 365)),
    (lambda: severance.statutory_pence([LARGEST], [1.0], [400], week_cap_pence=10**9), 200 * 10**9),
    (
        lambda: severance.net_pence([LARGEST], free_pence=0, tax_rate=0.999999),
        LARGEST - penny(Fraction(LARGEST * 999_999, 10**6)),
    ),
    (lambda: severance.clawback_pence([LARGEST], [240], [0], window_months=12_000), LARGEST),
    (lambda: severance.clawback_pence([LARGEST], [240], [1], window_months=12_000), LARGEST * Fraction(239, 240)),
    (lambda: notice.lieu_pence([LARGEST], [1.0], [520]), Fraction(LARGEST * 7 * 520, 365)),
    (lambda: oncosts.share_pence([LARGEST], rate=1.0), LARGEST),
    (
        lambda: oncosts.employer_ni_pence([LARGEST], rate=0.999999, threshold_pence=0),
        Fraction(LARGEST * 999_999, 10**6),
    ),
    (lambda: appraisal.uplifted_pence([-(10**12)], 10.0), -11 * 10**12),
    (lambda: appraisal.uplifted_pence([-(10**12) + 1], 9.999999), (-(10**12) + 1) * Fraction(10_999_999, 10**6)),
    (lambda: appraisal.uplifted_pence([10**12], 1.0), 0),
    (lambda: appraisal.real_pence([10**12], 1_000.0, 1_000.0), 10**12),
    (lambda: appraisal.real_pence([-(10**12)], 0.001, 1_000.0), -(10**18)),
    (lambda: appraisal.saving_by_year([LARGEST], 0, 366, [0, 366])[0], LARGEST),
    (lambda: appraisal.pence_by_year([0] * 4, [10**12] * 4, [0, 365]), 4 * 10**12),
    (lambda: pensions.top_up_pence([LARGEST], [0]), LARGEST),
]


@pytest.mark.parametrize(("call", "exact"), EDGES)
def test_a_formula_is_exact_at_the_limits_of_its_arguments(call: Callable[[], Any], exact: Fraction | int) -> None:
    """Results equal exact fractions, to the penny, at the largest pay, working time, months, weeks and rates."""
    assert np.asarray(call()).tolist() == [penny(exact)]


def test_the_most_expensive_release_is_accurate() -> None:
    """A thousand years of membership, released a hundred years early, at rates from −5% to 20%."""
    for rate in (-0.05, 0.0, 0.2):
        cost = pensions.release_pence([LARGEST], [1.0], [12_000], [1_200], 1.0, 0.0, real_rate=rate)
        years = 100.0 if rate == 0 else (1 - (1 + rate) ** -100) / np.log1p(rate)
        assert float(cost[0]) == pytest.approx(LARGEST * 1_000 * years, rel=1e-9)
    with pytest.raises(
        InputError, match=r"months_early\[0\]: is 1201; give a number of months, at most a hundred years"
    ):
        pensions.release_pence([LARGEST], [1.0], [12_000], [1_201], 1.0, 0.0, real_rate=0.03)
