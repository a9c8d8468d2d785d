"""Reports of a comparison and of a study: gaps with intervals, and scenarios that change nothing."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import attrs
import numpy as np
import pytest

import nhstransit as nt
from nhstransit.errors import InputError
from nhstransit.measures.called import worth_showing
from nhstransit.measures.reorganisation import reorganisation
from nhstransit.report.document import as_markdown
from nhstransit.report.page import as_html
from nhstransit.report.study_document import drivers
from nhstransit.studies import Draws, monthly_heads
from tests.comparison.planted import restless
from tests.shared import hamlet_run, hamlet_study, hamlet_without
from tests.studies.made import tiny

GOLDEN = Path(__file__).with_name("hamlet-mars-page.md")


@pytest.fixture(scope="module")
def pair() -> nt.Comparison:
    """The hamlet compared with the hamlet without MARS."""
    return nt.compare(hamlet_run(), baseline=hamlet_without("mars"))


@pytest.fixture(scope="module")
def study() -> nt.Study:
    """A study with ten runs of three scenarios, of which two are the same."""
    return hamlet_study()


@pytest.fixture(scope="module")
def document(pair: nt.Comparison) -> Any:
    """The document of the comparison, without drawn figures; tests/report/test_accessible.py checks a drawn page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nhstransit.plots.svg", lambda axes, name: "<svg></svg>")
        document = nt.report(pair).document
        assert document.parts
    return document


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> nt.Study:
    """A study of thirty people over nine months, with monthly heads and thirty draws of the resignation rate."""
    draws = Draws(paths=("behaviour.departures.resign",), rows=tuple((0.02 + 0.02 * index,) for index in range(30)))
    store = tmp_path_factory.mktemp("drawn") / "s.db"
    worlds = {"as is": restless(30).having("end", dt.date(2010, 12, 31))}
    return nt.sweep(worlds, draws=draws, replications=2, seed=1, series=monthly_heads, store=store, progress=False)


@pytest.fixture
def without_drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave figures undrawn, with their titles, texts and data. tests/plots checks the drawings."""
    monkeypatch.setattr("nhstransit.plots.svg", lambda axes, name: "<svg></svg>")


def test_one_pair_of_runs_has_no_intervals(document: Any) -> None:
    """The page describes the gaps as those of these runs, and says why."""
    text = as_markdown(document)
    assert "There are no intervals: they need at least 10 pairs of runs, and there is 1" in text
    assert "with MARS than without MARS, in these runs." in text and "95% interval" not in text
    assert "| MARS | not in it | in it |" in text and "None" not in text
    assert text.startswith("# A hamlet in transition, with and without MARS\n")


@pytest.mark.thorough
def test_a_changed_setting_is_shown_in_words(pair: nt.Comparison) -> None:
    """It has the policy's title and readable dates; no value is in Python notation."""
    world = pair.run.scenario.having("policies.mars.closes", dt.date(2010, 10, 8)).having(
        "policies.mars.kinds", ("pct",)
    )
    document = nt.report(nt.compare(nt.simulate(world, seed=1), baseline=pair.run)).document
    (section,) = document.parts[2].sections
    assert section.rows == (
        ("MARS: closes", "29 October 2010", "8 October 2010"),
        ("MARS: kinds", "pct and sha", "pct"),
    )
    assert document.title == "A hamlet in transition, changed and unchanged"


def test_the_page_of_a_pair_has_present_values_and_mechanisms(pair: nt.Comparison, document: Any) -> None:
    """The mechanisms add up to the gap in staff costs."""
    (money,) = (part for part in document.parts if part.heading == "Money")
    worth, steps = money.sections
    ours, theirs = (nt.measures.present_values(run).loc["total simulated"] for run in (pair.run, pair.baseline))
    gap = float(ours["exchequer"] - theirs["exchequer"])
    assert worth.rows[0] == ("to the Exchequer", "−£396,000", "−£2.0m", "+£1.6m") and 1.55e6 < gap < 1.65e6
    assert (
        worth.sentences[0]
        == "Net present value to the Exchequer: £1.6m more with MARS than without MARS, in these runs."
    )
    assert "a gap of −£729,000" in steps.sentences[0] and len(steps.rows) == 7
    assert [picture.name for picture in money.pictures] == ["waterfall"]
    assert sum(pair.waterfall.parts) == pair.waterfall.gap


@pytest.mark.thorough
def test_several_pairs_have_an_interval_of_the_net_present_value() -> None:
    runs, others = (
        [make(seed) for seed in range(1, 11)] for make in (hamlet_run, lambda seed: hamlet_without("mars", seed))
    )
    (money,) = (part for part in nt.report(nt.compare(runs, baseline=others)).document.parts if part.heading == "Money")
    assert money.sections[0].columns[-1] == "95% interval" and "95% interval" in money.sections[0].sentences[0]


@pytest.mark.usefixtures("without_drawing")
def test_the_page_of_two_equal_runs_says_that_they_do_not_differ(pair: nt.Comparison) -> None:
    text = as_markdown(nt.report(nt.compare(pair.run, baseline=pair.run)).document)
    assert "No headline figure differs." in text and "No setting differs." in text


def test_a_comparison_of_real_staff_has_no_report(pair: nt.Comparison) -> None:
    """The gap between two rounded counts could reveal small counts."""
    with pytest.raises(InputError, match="real staff"):
        _ = nt.report(pair, real=True).document


def test_the_text_of_a_comparison_equals_the_stored_text(document: Any) -> None:
    """It includes sentences, tables and text alternatives, but not versions and digests."""
    text = as_markdown(document)
    assert text[: text.index("## How it was made")] == GOLDEN.read_text("utf-8")


@pytest.mark.usefixtures("without_drawing")
def test_a_study_with_decision_figures_begins_with_cost_and_saving() -> None:
    """Exits follow, in words and with units. Other measures of a study are in alphabetical order."""
    study = nt.sweep(
        {"as is": tiny(), "restless": tiny(resign=1.5)}, replications=2, seed=1, measure=reorganisation, progress=False
    )
    document = nt.report(study, real=False).document
    (means,) = (one for part in document.parts for one in part.sections if one.heading == "Means over runs")
    assert means.columns == (
        "scenario",
        "one-off cost of paying people to go",
        "yearly saving of removed posts",
        "people who applied to leave and were paid",
        "people made redundant against their will",
        "people who left unpaid",
        "critical work below a safe level",
    )
    assert all(cell.endswith("%") for _, *_, cell in means.rows) and all(row[1].startswith("£") for row in means.rows)
    assert worth_showing(("z", "a")) == ["z", "a"] and worth_showing(("knowledge lost", "left"))[0] == "left"


@pytest.mark.usefixtures("without_drawing")
def test_a_scenario_is_described_by_its_changes() -> None:
    """The description that a scenario has from its base is not shown."""
    scheme = attrs.evolve(tiny(), about="A world where few resign.")
    worlds = {"restless": scheme.having("behaviour.departures.resign", 1.5), "calm": scheme}
    study = nt.sweep(worlds, replications=2, seed=1, measure=reorganisation, progress=False)
    (rows,) = (
        one.rows
        for part in nt.report(study, real=False).document.parts
        for one in part.sections
        if one.heading == "The scenarios"
    )
    assert rows[0] == ("restless", "The scenario with which the others are compared.")
    assert rows[1][0] == "calm" and rows[1][1].startswith("Behaviour: departures resign from 150% to ")


@pytest.mark.thorough
def test_a_study_names_scenarios_that_change_nothing(study: nt.Study) -> None:
    """It ranks the other scenarios with their intervals."""
    document = nt.report(study, baseline="as is").document
    text = as_markdown(document)
    assert "Scenarios that change none of these figures: again." in text
    assert "| again | £0 | £0 to £0 | no difference |" in text
    assert "How do again and no scheme differ from as is?" in text
    assert "in no scheme than in as is (95% interval" in text
    assert (
        "| no scheme | Without MARS. |" in text and "| again | " not in text.partition("## ")[2].partition("Means")[0]
    )
    assert "chance alone" in text
    assert {picture.name for picture in document.pictures} >= {"gaps-exit-cost"}
    assert as_html(document).count("<svg") == len(document.pictures)


@pytest.mark.thorough
def test_a_study_of_real_staff_hides_small_counts(study: nt.Study, drawn: nt.Study) -> None:
    """Means and gaps of people are hidden or rounded, money is rounded to £1,000, and there are no figures.

    The page says so.
    """
    assert not nt.report(study).document.real, "the bundled list is invented"
    assert nt.report(drawn).document.real, "a user's own staff list counts as real"
    document = nt.report(study, baseline="as is", real=True).document
    assert document.real and not document.pictures and "Disclosure control" in document.status[-1]
    (means,) = (one for part in document.parts for one in part.sections if one.heading == "Means over runs")
    left = means.columns.index("departures")
    heads = means.columns.index("people in post at the end")
    counts = [row[column] for row in means.rows for column in (left, heads)]
    assert all(text == "[c]" or int(text.replace(",", "").split()[0]) % 5 == 0 for text in counts), counts
    (gaps,) = (part.sections[0] for part in document.parts if part.heading == "Gaps: people in post at the end")
    shown = [cell for row in gaps.rows for cell in row[1:-1]]
    assert any(cell == "[c]" for cell in shown) or all(int(cell.split()[0].replace(",", "")) % 5 == 0 for cell in shown)


@pytest.mark.thorough
def test_a_study_is_saved_as_a_workbook(study: nt.Study, tmp_path: Path) -> None:
    """The workbook has a sheet for the gaps of each measure."""
    import openpyxl

    book = openpyxl.load_workbook(nt.report(study).save(tmp_path / "s.xlsx"))
    assert "Gaps cost of paying people to" in book.sheetnames


def test_only_assumptions_with_effects_beyond_chance_are_drivers() -> None:
    """The measure depends on one assumption and not on another; only the first is named."""
    numbers = [(index / 30.0, (7 * index % 30) / 30.0) for index in range(30)]
    settings = tuple((("behaviour.a", one), ("behaviour.b", other)) for one, other in numbers)
    cells = np.array([[10.0 * one + 0.1 * (index % 2)] for index, (one, _) in enumerate(numbers)])[None]
    found = drivers(made(settings, cells), scenario="base", measure="left")
    assert list(found.index) == ["behaviour.a"]
    assert found.loc["behaviour.a", "low"] == pytest.approx(-10.0 / 3.0, abs=0.1)
    assert found.loc["behaviour.a", "high"] == pytest.approx(10.0 / 3.0, abs=0.1)
    few = drivers(made(settings[:29], cells[:, :29]), scenario="base", measure="left")
    assert not len(few)


def made(settings: tuple[tuple[tuple[str, float], ...], ...], cells: np.ndarray) -> SimpleNamespace:
    """A study of one scenario with these draws, and figures of one measure, (1, draws, replications)."""
    results = SimpleNamespace(names=("base",), measures=("left",), settings=settings, cells=lambda _: cells)
    return SimpleNamespace(results=results)


@pytest.mark.usefixtures("without_drawing")
def test_a_study_with_draws_explains_its_spread(drawn: nt.Study) -> None:
    """Assumptions and chance each have a share, and the page says what neither includes.

    Heads over time are a fan chart.
    """
    document = nt.report(drawn, real=False).document
    text = as_markdown(document)
    assert "| share due to assumptions | share due to chance |" in text
    assert "The table does not include different opening staff" in text
    assert "by more than chance could: " in text and "(behaviour.departures.resign)." in text
    assert {"fan", "tornado"} <= {picture.name for picture in document.pictures}
    assert "People in post, primary care trusts: between" in text


def leavers_or_failure(run: nt.Run) -> dict[str, float]:
    """The number of leavers. The measure fails in more runs the more people resign: in half of them, then in all."""
    resign = run.scenario.behaviour.departures.resign
    if resign > 2.0 or (resign > 1.0 and run.seed % 2 == 0):
        raise ValueError("too restless")
    return {"left": float((run.closing.post < 0).sum())}


@pytest.mark.usefixtures("without_drawing")
@pytest.mark.filterwarnings("ignore::nhstransit.studies.MissingWarning")
@pytest.mark.parametrize(("resign", "message"), [(1.5, "too few runs to say"), (3.0, "no runs to compare")])
def test_a_scenario_with_failed_runs_is_not_compared(resign: float, message: str) -> None:
    """There is no difference without an interval, and a scenario without a valid run is not message to change nothing."""
    worlds = {"calm": tiny(), "calmer": tiny(resign=0.2), "odd one": tiny(resign=resign)}
    study = nt.sweep(worlds, replications=12, seed=1, measure=leavers_or_failure, progress=False)
    text = as_markdown(nt.report(study).document)
    assert f"{message} |" in next(
        line for line in text.splitlines() if line.startswith("| odd one |") and message in line
    )
    assert "nan" not in text and "change none of these" not in text
    assert ("Scenarios that cannot be compared, because runs failed: odd one." in text) == (resign > 2.0)
