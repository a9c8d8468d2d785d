"""The explanation of returns to the NHS."""

from __future__ import annotations

from nhstransit.policies import Returns
from nhstransit.toml import Named
from tests.policies.explained import explanation
from tests.small import START


def test_the_explanation_states_the_median_time_to_return() -> None:
    """The median of the default curve is 1.12 years times ln(2) to the power of 1/0.58, which is 7 months."""
    assert explanation(Returns(announced=START, after=("mars",))) == (
        "Of people who left under mars, 26.2% return to the NHS in the end, half of them within 7 months. Which people "
        "return depends on what happens before."
    )


def test_the_explanation_states_repayment_and_returns_off_the_payroll() -> None:
    text = explanation(Returns(announced=START, repays=Named({"mars": "mars_2010"}), unseen=0.1))
    assert "People who left under mars (mars_2010) and return within the window of those terms repay" in text
    share = "Another 10% of the people paid to leave in Band 8a and above, and a third of that share in lower bands, "
    assert f"{share}return as interims off the payroll." in text
