"""Reports of a comparison and of a study: gaps with intervals, and what changed nothing by name."""

from __future__ import annotations

from pathlib import Path

import pytest

import nhstransit as nt
from nhstransit.errors import InputError
from nhstransit.report.document import as_markdown
from nhstransit.report.page import as_html
from tests.shared import hamlet_run, hamlet_study, hamlet_without


@pytest.fixture(scope="module")
def pair() -> nt.Comparison:
    """The hamlet beside itself without its scheme."""
    return nt.compare(hamlet_run(), baseline=hamlet_without("mars"))


@pytest.fixture(scope="module")
def study() -> nt.Study:
    """Three scenarios, one of which is the first again, with ten runs each."""
    return hamlet_study()


def test_one_pair_calls_nothing_a_difference(pair: nt.Comparison) -> None:
    """Its gaps are those of these runs, and the page says why."""
    told = as_markdown(nt.report(pair).document)
    assert "There are no intervals: 1 of at least 10 pairs" in told
    assert "than in the baseline, in these runs." in told and "95% interval" not in told
    assert "policies.mars" in told


def test_the_same_world_twice_does_not_differ(pair: nt.Comparison) -> None:
    """No figure differs, and it is said."""
    told = as_markdown(nt.report(nt.compare(pair.run, baseline=pair.run)).document)
    assert "No headline figure differs." in told and "No setting differs." in told


def test_real_staff_are_not_compared_on_a_page(pair: nt.Comparison) -> None:
    """The gap of two rounded counts would give them away."""
    with pytest.raises(InputError, match="real staff"):
        _ = nt.report(pair, real=True).document


def test_a_study_names_what_changed_nothing(study: nt.Study) -> None:
    """And ranks the others with their intervals."""
    document = nt.report(study, baseline="as is").document
    told = as_markdown(document)
    assert "Changed nothing in these figures: again." in told
    assert "| again | £0 | £0 to £0 | no difference |" in told
    assert "Furthest apart is no scheme. Exit cost:" in told
    assert {picture.name for picture in document.pictures} >= {"gaps-exit-cost"}
    assert as_html(document).count("<svg") == len(document.pictures)


def test_a_study_is_saved_as_a_workbook(study: nt.Study, tmp_path: Path) -> None:
    """With a sheet for the gaps of each measure."""
    import openpyxl

    book = openpyxl.load_workbook(nt.report(study).save(tmp_path / "s.xlsx"))
    assert "Gaps exit cost" in book.sheetnames
