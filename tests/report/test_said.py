"""Numbers are rounded as people say them."""

from __future__ import annotations

import datetime as dt

import pytest

from nhstransit.report.said import amount, date, listed, people, per, percent, persons, pounds


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (316_512_345.67, "£316.5m"),
        (2_046_132_460.71, "£2.05bn"),
        (999_960_000.0, "£1.00bn"),
        (999_960.0, "£1.0m"),
        (96_991.97, "£97,000"),
        (270_069.0, "£270,000"),
        (9_817.0, "£9,820"),
        (999.6, "£1,000"),
        (431.5, "£432"),
        (0.0, "£0"),
        (-0.2, "£0"),
        (-20_700_000.0, "−£20.7m"),
    ],
)
def test_pounds(number: float, said: str) -> None:
    """Billions to two places, millions to one, three figures below; no minus before nothing."""
    assert pounds(number) == said


@pytest.mark.parametrize(
    ("number", "said"), [(0.0, "0%"), (0.002, "under 1%"), (0.414, "41%"), (0.997, "over 99%"), (1.0, "100%")]
)
def test_percent(number: float, said: str) -> None:
    """A few are never none, and nearly all never all."""
    assert percent(number) == said


def test_people_and_days() -> None:
    """Hundreds from ten thousand on; one is a person."""
    assert (people(60_389), people(9_999), persons(1), persons(300)) == ("60,400", "9,999", "1 person", "300 people")
    assert date(dt.date(2010, 4, 1)) == "1 April 2010"
    assert (listed([]), listed("a"), listed("ab"), listed("abc")) == ("", "a", "a and b", "a, b and c")


@pytest.mark.parametrize(
    ("number", "unit", "said", "of"),
    [
        (435.0, "£ million", "£435.0m", ""),
        (20.1, "£ million a year", "£20.1m", "a year"),
        (18_196.0, "£ a person", "£18,200", "a person"),
        (1.41, "£ a year a resident", "£1.41", "a year a resident"),
        (0.21, "share of people", "21%", ""),
        (46_000.0, "people", "46,000", ""),
        (9_741.2, "WTE", "9,741", "WTE"),
        (0.53, "years", "0.53", "years"),
    ],
)
def test_published_figures_are_said_in_their_unit(number: float, unit: str, said: str, of: str) -> None:
    """The number, and what the unit says beside it."""
    assert (amount(number, unit), per(unit)) == (said, of)
