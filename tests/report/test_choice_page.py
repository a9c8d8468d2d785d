"""The report of a choice: first the answer, then its certainty; as a page, a workbook and Markdown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

import nhstransit as nt
from nhstransit.choice import Choice, Objective, discover
from nhstransit.errors import InputError
from nhstransit.report.choice_document import WHICH
from nhstransit.studies import Draws
from tests.choice.made import choice_of, one_limit
from tests.examples import some

RANDOM = np.random.default_rng(8)


@pytest.fixture(scope="module")
def choice() -> Choice:
    numbers = RANDOM.random((40, 2))
    shared = RANDOM.standard_normal(40)
    value = 1e6 * (np.array([[0.0], [1.0], [0.5]]) + shared + (numbers[:, 0] - 0.5) * np.array([[0.0], [3.0], [0.0]]))
    left = np.array([[10.0], [20.0], [30.0]]) + shared
    objectives = ["social value", Objective(name="left", way="less", most=29)]
    return choice_of(np.array([value, left])[..., None], objectives, numbers.tolist())


@pytest.fixture
def without_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave figures undrawn, with their titles, texts and data. tests/plots checks the drawings."""
    monkeypatch.setattr("nhstransit.plots.svg", lambda axes, name: "<svg></svg>")


@pytest.mark.usefixtures("without_drawing")
def test_the_report_begins_with_the_answer(choice: Choice) -> None:
    """It has the probability, the dropped options, and the value of further knowledge."""
    document = nt.report(choice, real=False).document
    first = document.parts[0]
    assert first.heading == WHICH and first.sections[0].sentences == choice.sentences()
    text = " ".join(first.sections[0].sentences)
    assert (
        "Choose 'option 1' for more social value within the limits" in text and "Knowing 'n0' would be worth £" in text
    )
    assert [part.heading for part in document.parts[1:]] == [
        "Options side by side",
        "How sure",
        "Over all futures and objectives",
        "Which study to commission first",
        "Words used here",
        "How it was made",
    ]
    assert len(document.pictures) == 5


@pytest.mark.thorough
def test_the_report_is_written_in_every_format(choice: Choice, tmp_path: Path) -> None:
    for suffix in ("html", "xlsx", "md"):
        assert nt.report(choice, real=False).save(tmp_path / f"choice.{suffix}").stat().st_size > 2_000
    text = (tmp_path / "choice.md").read_text("utf-8")
    assert f"## {WHICH}" in text and "| option | social value | left |" in text


@pytest.mark.usefixtures("without_drawing")
def test_without_uncertain_numbers_there_is_no_value_of_information(choice: Choice) -> None:
    plain = choice_of(RANDOM.standard_normal((1, 2, 1, 12)), "left")
    assert "Which study to commission first" not in [
        part.heading for part in nt.report(plain, real=False).document.parts
    ]


@pytest.mark.usefixtures("without_drawing")
def test_a_lower_bound_of_a_probability_is_rounded_down(choice: Choice) -> None:
    """ "At least" stays true in tables and sentences, and never becomes 100%."""
    rows = (
        next(part for part in nt.report(choice, real=False).document.parts if part.heading == "How sure")
        .sections[0]
        .rows
    )
    assert {row[0]: row[2] for row in rows}["left"] == "99.9%"


@pytest.mark.usefixtures("without_drawing")
@pytest.mark.parametrize("find", some([one_limit, discover], [one_limit]))
def test_the_futures_in_which_the_favoured_option_fails_are_in_a_table(
    find: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The table has the limit, its quasi-p, coverage and density. Without a limit there is no table."""
    monkeypatch.setattr("nhstransit.choice.result.discover", find)
    number = np.arange(40.0)
    figures = np.array([np.where(number < 12, 0.5, 2.0), np.ones(40)])[None, :, :, None] * 1e6
    heading = "In which futures option 0 fails"
    for rows, expected in ((number[:, None].tolist(), 1), (np.ones((40, 1)).tolist(), 0)):
        document = nt.report(choice_of(figures, "social value", rows), real=False).document
        tables = [one for part in document.parts for one in part.sections if one.heading == heading]
        assert len(tables) == expected
        if expected:
            assert tables[0].rows == (("n0", "", "11.5", "under 0.001"),)
            assert tables[0].sentences[0].startswith("Coverage 100%, density 100%, of 40 futures.")


@pytest.mark.usefixtures("without_drawing")
def test_percentages_have_as_many_decimals_as_their_intervals_need() -> None:
    """Means have one decimal; the ends of a narrow interval are not both rounded to zero."""
    noise = RANDOM.standard_normal(20)
    kept = np.array([59.0 + noise, 59.03 + noise + 0.01 * RANDOM.standard_normal(20)])
    document = nt.report(choice_of(kept[None, :, None, :], "expertise kept"), real=False).document
    means, gaps = (document.parts[1].sections[index].rows for index in (-2, -1))
    assert all(row[1].endswith("%") and "." in row[1] for row in means)
    low, high = gaps[0][1].removesuffix(" percentage points").split(" to ")
    assert low.startswith("+0.02") and high.startswith("+0.03")


def test_a_choice_about_real_staff_has_no_report(choice: Choice) -> None:
    """Its figures for each future would reveal small counts. The report of its study hides them."""
    with pytest.raises(InputError, match="real staff"):
        _ = nt.report(choice, real=True).document


@pytest.mark.usefixtures("without_drawing")
def test_paths_are_described_in_words(choice: Choice) -> None:
    """Sentences and the figure use the description of a number, with the title of its policy.

    The table also has the path.
    """
    numbers = ("behaviour.departures.resign", "policies.mars.quota")
    made = attrs.evolve(choice, draws=Draws(paths=numbers, rows=choice.draws.rows))
    document = nt.report(made, real=False).document
    text = " ".join(document.parts[0].sections[0].sentences)
    assert "resignations a year at no risk" in text.lower() and "behaviour.departures.resign" not in text
    knowing = next(part for part in document.parts if part.heading == "Which study to commission first")
    assert "resignations a year at no risk (behaviour.departures.resign)" in [
        row[0] for row in knowing.sections[0].rows
    ]
    assert "behaviour." not in knowing.pictures[0].alt
