"""Returns to the NHS, in words."""

from __future__ import annotations

from nhstransit.policies import Returns
from nhstransit.toml import Named
from tests.policies.explained import said
from tests.small import START


def test_half_return_within_the_median_of_the_curve() -> None:
    """By the curve of the default, 1.12 years times the logarithm of 2 to the power of 1/0.58: 7 months."""
    assert said(Returns(announced=START, after=("mars",))) == (
        "Of people who left under mars, 26.2% return to the NHS in the end, half of them within 7 months. Which people "
        "return depends on what happens before."
    )


def test_what_is_repaid_and_who_returns_unseen_is_told() -> None:
    """Terms by rule, and the share off the payroll."""
    text = said(Returns(announced=START, repays=Named({"mars": "mars_2010"}), unseen=0.1))
    assert "People who left under mars (mars_2010) and return within the window of those terms repay" in text
    share = "Another 10% of the people paid to leave in Band 8a and above, and a third of that share in lower bands, "
    assert f"{share}return as interims off the payroll." in text
