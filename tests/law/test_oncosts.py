"""On-costs by hand: National Insurance with its limits and rebate, pension contributions and the levy."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from nhstransit.dates import epoch_day
from nhstransit.errors import InputError, ParameterError
from nhstransit.law import Law, oncosts

LAW = Law.bundled()
RULES_2010: dict[str, Any] = {
    "rate": 0.128,
    "threshold_pence": 571_500,
    "rebate": 0.037,
    "lower_pence": 504_400,
    "upper_pence": 4_004_000,
}


@pytest.mark.parametrize(
    ("pay", "pence"),
    [
        (0, 0),
        (504_400, 0),  # at the lower limit there is neither contribution nor rebate
        (504_500, -4),  # £1 above it: a rebate of 3.7 pence
        (571_500, -2_483),  # at the threshold: a rebate of 3.7% of £671, £24.827, and no contribution
        (571_600, 13 - 2_486),  # £1 more: a contribution of 12.8 pence and a rebate of £24.864
        (2_753_400, 279_283 - 83_213),  # 12.8% of £21,819 is £2,792.832; 3.7% of £22,490 is £832.13
        (4_004_000, 439_360 - 129_485),  # 12.8% of £34,325 is £4,393.60; 3.7% of £34,996 is £1,294.852
        (4_004_100, 439_373 - 129_485),  # beyond the upper point the rebate stays
        (10_000_000, 1_206_848 - 129_485),  # 12.8% of £94,285 is £12,068.48
    ],
)
def test_national_insurance_of_2010_by_hand(pay: int, pence: int) -> None:
    """Contribution and rebate are each rounded to the penny before subtraction."""
    found = oncosts.employer_ni_pence([pay], **RULES_2010)
    assert found.tolist() == [pence] and found.dtype == np.int64


def test_national_insurance_without_a_rebate() -> None:
    """The rate is 15% above £5,000. Limits have no effect without a rebate."""
    rules: dict[str, Any] = {"rate": 0.15, "threshold_pence": 500_000}
    assert oncosts.employer_ni_pence([499_999, 500_003, 500_004, 5_000_000], **rules).tolist() == [0, 0, 1, 675_000]
    limits = {"lower_pence": 1, "upper_pence": 4_000_000}
    assert oncosts.employer_ni_pence([5_000_000], **rules, **limits).tolist() == [675_000]
    assert oncosts.employer_ni_pence([1_000, 0], rate=1.0, threshold_pence=0).tolist() == [1_000, 0]


def test_a_rebate_needs_an_upper_limit() -> None:
    """The default limits are zero, so no pay is between them and there is no rebate."""
    rules: dict[str, Any] = {"rate": 0.1, "threshold_pence": 0, "rebate": 0.037}
    assert oncosts.employer_ni_pence([1_000_000], **rules).tolist() == [100_000]
    assert oncosts.employer_ni_pence([1_000_000], upper_pence=500_000, **rules).tolist() == [100_000 - 18_500]
    with_both_limits = oncosts.employer_ni_pence([1_000_000], lower_pence=100_000, upper_pence=500_000, **rules)
    assert with_both_limits.tolist() == [100_000 - 14_800]
    whole: dict[str, Any] = {"rate": 0.0, "threshold_pence": 0, "rebate": 1.0}
    assert oncosts.employer_ni_pence([0, 1, 9], **whole, upper_pence=5).tolist() == [0, -1, -5]
    assert oncosts.employer_ni_pence([9], **whole).tolist() == [0]


@pytest.mark.parametrize(
    ("pay", "rate", "pence"), [(0, 0.14, 0), (25, 0.14, 4), (24, 0.14, 3), (2_753_400, 0.14, 385_476)]
)
def test_a_share_is_rounded_half_up(pay: int, rate: float, pence: int) -> None:
    """14% of 25 pence is 3.5, rounded to 4; 14% of 24 pence is 3.36, rounded to 3."""
    found = oncosts.share_pence([pay], rate=rate)
    assert found.tolist() == [pence] and found.dtype == np.int64


@pytest.mark.parametrize(
    "rule", [lambda pay: oncosts.share_pence(pay, rate=0.1), lambda pay: oncosts.employer_ni_pence(pay, **RULES_2010)]
)
def test_invalid_pay_is_refused(rule: Any) -> None:
    """Refused are negative pay, with its row, and pay that is not in whole pence."""
    with pytest.raises(InputError, match=r"^pay_pence\[1\]: is -1; give pence of 0 or more"):
        rule([5, -1])
    with pytest.raises(InputError, match=r"^pay_pence: contains floats"):
        rule([1.5])


LINES = oncosts.CostLines(*(np.array([each, 10 * each]) for each in (1, 20, 300, 4_000, 50_000)))


def test_each_view_is_a_sum_of_lines() -> None:
    """The employer pays all lines except the last, which the system pays too."""
    assert LINES.employer.tolist() == [4_321, 43_210]
    assert LINES.system.tolist() == [54_321, 543_210]
    assert oncosts.VIEWS == ("employer", "system")


@pytest.mark.parametrize(
    ("day", "lines"),
    [
        # Half-time on £40,000: £20,000 of pay. 12.8% of £14,285 less 3.7% of £14,956; 14%; no levy before 2017.
        ("2010-09-30", [2_000_000, 182_848 - 55_337, 280_000, 0, 0]),
        # 13.8% of £12,928 less 3.7% of £14,696.
        ("2011-04-01", [2_000_000, 178_406 - 54_375, 280_000, 0, 0]),
        # 15% of £15,000; 14.38%; 0.5%; 9.4% paid centrally.
        ("2025-10-01", [2_000_000, 225_000, 287_600, 10_000, 188_000]),
    ],
)
def test_cost_lines_by_hand(day: str, lines: list[int]) -> None:
    """Each line has the rates of the day, on pay for the time worked."""
    found = oncosts.cost_lines(LAW.parameters, [4_000_000], [0.5], epoch_day(dt.date.fromisoformat(day)))
    lines_found = [found.pay, found.national_insurance, found.pension, found.levy, found.central_pension]
    assert [each.tolist() for each in lines_found] == [[line] for line in lines]


def test_a_day_without_rates_is_refused() -> None:
    """There are no rates for 2016."""
    with pytest.raises(ParameterError, match="employer_ni: has no entry for 2016-01-01"):
        oncosts.cost_lines(LAW.parameters, [4_000_000], [0.5], epoch_day(dt.date(2016, 1, 1)))
