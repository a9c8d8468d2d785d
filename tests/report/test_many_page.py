"""Reports of a comparison and of a study: gaps with intervals, and what changed nothing by name."""

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
    """The hamlet beside itself without its scheme."""
    return nt.compare(hamlet_run(), baseline=hamlet_without("mars"))


@pytest.fixture(scope="module")
def study() -> nt.Study:
    """Three scenarios, one of which is the first again, with ten runs each."""
    return hamlet_study()


@pytest.fixture(scope="module")
def document(pair: nt.Comparison) -> Any:
    """The page of it, whose pictures are not drawn: tests/report/test_accessible.py looks at such a page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("nhstransit.plots.svg", lambda axes, name: "<svg></svg>")
        document = nt.report(pair).document
        assert document.parts
    return document


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> nt.Study:
    """Thirty people for nine months under thirty draws of how fast they resign, with monthly heads."""
    draws = Draws(paths=("behaviour.departures.resign",), rows=tuple((0.02 + 0.02 * place,) for place in range(30)))
    store = tmp_path_factory.mktemp("drawn") / "s.db"
    worlds = {"as is": restless(30).having("end", dt.date(2010, 12, 31))}
    return nt.sweep(worlds, draws=draws, replications=2, seed=1, series=monthly_heads, store=store, progress=False)


@pytest.fixture
def not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pictures have their titles, texts and numbers, and nothing to be seen: tests/plots looks at them."""
    monkeypatch.setattr("nhstransit.plots.svg", lambda axes, name: "<svg></svg>")


def test_one_pair_calls_nothing_a_difference(document: Any) -> None:
    """Its gaps are those of these runs, and the page says why."""
    told = as_markdown(document)
    assert "There are no intervals: they need at least 10 pairs of runs, and there is 1" in told
    assert "with MARS than without MARS, in these runs." in told and "95% interval" not in told
    assert "| MARS | not in it | in it |" in told and "None" not in told
    assert told.startswith("# A hamlet in transition, with and without MARS\n")


@pytest.mark.thorough
def test_a_setting_that_differs_is_told_in_words(pair: nt.Comparison) -> None:
    """By the policy's title, with a day as one would say it; no value is shown as Python writes it."""
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


def test_a_pair_says_what_it_is_worth_and_where_the_money_went(pair: nt.Comparison, document: Any) -> None:
    """The net present value of both sides with its gap, and the mechanisms, which sum to the gap of what staff cost."""
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
def test_several_pairs_give_the_worth_an_interval() -> None:
    """Its sentence says what chance could give."""
    runs, others = (
        [make(seed) for seed in range(1, 11)] for make in (hamlet_run, lambda seed: hamlet_without("mars", seed))
    )
    (money,) = (part for part in nt.report(nt.compare(runs, baseline=others)).document.parts if part.heading == "Money")
    assert money.sections[0].columns[-1] == "95% interval" and "95% interval" in money.sections[0].sentences[0]


@pytest.mark.usefixtures("not_drawn")
def test_the_same_world_twice_does_not_differ(pair: nt.Comparison) -> None:
    """No figure differs, and it is said."""
    told = as_markdown(nt.report(nt.compare(pair.run, baseline=pair.run)).document)
    assert "No headline figure differs." in told and "No setting differs." in told


def test_real_staff_are_not_compared_on_a_page(pair: nt.Comparison) -> None:
    """The gap of two rounded counts would give them away."""
    with pytest.raises(InputError, match="real staff"):
        _ = nt.report(pair, real=True).document


def test_the_page_of_a_comparison_as_text_is_the_golden_one(document: Any) -> None:
    """Sentences, tables and text alternatives of the hamlet with and without MARS, except for versions and digests."""
    told = as_markdown(document)
    assert told[: told.index("## How it was made")] == GOLDEN.read_text("utf-8")


@pytest.mark.usefixtures("not_drawn")
def test_a_study_of_a_reorganisation_shows_what_readers_judge_it_by() -> None:
    """Cost and saving first, then exits, in words and with units; a study has its measures by the alphabet."""
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


@pytest.mark.usefixtures("not_drawn")
def test_a_scenario_is_described_by_what_it_changes() -> None:
    """A world that was made from another has its description, which is not shown of it; a setting is told as such."""
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
def test_a_study_names_what_changed_nothing(study: nt.Study) -> None:
    """And ranks the others with their intervals."""
    document = nt.report(study, baseline="as is").document
    told = as_markdown(document)
    assert "Scenarios that change none of these figures: again." in told
    assert "| again | £0 | £0 to £0 | no difference |" in told
    assert "How do again and no scheme differ from as is?" in told
    assert "in no scheme than in as is (95% interval" in told
    assert (
        "| no scheme | Without MARS. |" in told and "| again | " not in told.partition("## ")[2].partition("Means")[0]
    )
    assert "chance alone" in told
    assert {picture.name for picture in document.pictures} >= {"gaps-exit-cost"}
    assert as_html(document).count("<svg") == len(document.pictures)


@pytest.mark.thorough
def test_a_study_of_real_staff_hides_small_counts(study: nt.Study, drawn: nt.Study) -> None:
    """Means and gaps of people are hidden or rounded, money is to the nearest £1,000, nothing is drawn, and it is said."""
    assert not nt.report(study).document.real, "the bundled list is invented"
    assert nt.report(drawn).document.real, "a list of one's own counts as real"
    document = nt.report(study, baseline="as is", real=True).document
    assert document.real and not document.pictures and "Disclosure control" in document.status[-1]
    (means,) = (one for part in document.parts for one in part.sections if one.heading == "Means over runs")
    left = means.columns.index("departures")
    heads = means.columns.index("people in post at the end")
    counts = [row[place] for row in means.rows for place in (left, heads)]
    assert all(text == "[c]" or int(text.replace(",", "").split()[0]) % 5 == 0 for text in counts), counts
    (gaps,) = (part.sections[0] for part in document.parts if part.heading == "Gaps: people in post at the end")
    shown = [cell for row in gaps.rows for cell in row[1:-1]]
    assert any(cell == "[c]" for cell in shown) or all(int(cell.split()[0].replace(",", "")) % 5 == 0 for cell in shown)


@pytest.mark.thorough
def test_a_study_is_saved_as_a_workbook(study: nt.Study, tmp_path: Path) -> None:
    """With a sheet for the gaps of each measure."""
    import openpyxl

    book = openpyxl.load_workbook(nt.report(study).save(tmp_path / "s.xlsx"))
    assert "Gaps cost of paying people to" in book.sheetnames


def test_the_drivers_of_a_study_are_those_beyond_chance() -> None:
    """A measure that rises with one assumption and not with another: the first alone is named, and the furthest first."""
    numbers = [(place / 30.0, (7 * place % 30) / 30.0) for place in range(30)]
    settings = tuple((("behaviour.a", one), ("behaviour.b", other)) for one, other in numbers)
    cells = np.array([[10.0 * one + 0.1 * (place % 2)] for place, (one, _) in enumerate(numbers)])[None]
    found = drivers(made(settings, cells), scenario="base", measure="left")
    assert list(found.index) == ["behaviour.a"]
    assert found.loc["behaviour.a", "low"] == pytest.approx(-10.0 / 3.0, abs=0.1)
    assert found.loc["behaviour.a", "high"] == pytest.approx(10.0 / 3.0, abs=0.1)
    few = drivers(made(settings[:29], cells[:, :29]), scenario="base", measure="left")
    assert not len(few)


def made(settings: tuple[tuple[tuple[str, float], ...], ...], cells: np.ndarray) -> SimpleNamespace:
    """A study of one scenario with these draws and these figures of one measure, (1, draws, replications)."""
    results = SimpleNamespace(names=("base",), measures=("left",), settings=settings, cells=lambda _: cells)
    return SimpleNamespace(results=results)


@pytest.mark.usefixtures("not_drawn")
def test_a_study_with_draws_says_where_its_spread_comes_from(drawn: nt.Study) -> None:
    """Assumptions and chance each have a share, and what is in neither is said; heads over time are drawn as a fan."""
    document = nt.report(drawn, real=False).document
    told = as_markdown(document)
    assert "| share due to assumptions | share due to chance |" in told
    assert "The table does not include different opening staff" in told
    assert "by more than chance could: " in told and "(behaviour.departures.resign)." in told
    assert {"fan", "tornado"} <= {picture.name for picture in document.pictures}
    assert "People in post, primary care trusts: between" in told


def gone(run: nt.Run) -> dict[str, float]:
    """How many left; the more people resign, the more runs fail: half of them, then all."""
    resign = run.scenario.behaviour.departures.resign
    if resign > 2.0 or (resign > 1.0 and run.seed % 2 == 0):
        raise ValueError("too restless")
    return {"left": float((run.closing.post < 0).sum())}


@pytest.mark.usefixtures("not_drawn")
@pytest.mark.filterwarnings("ignore::nhstransit.studies.MissingWarning")
@pytest.mark.parametrize(("resign", "said"), [(1.5, "too few runs to say"), (3.0, "no runs to compare")])
def test_of_failed_runs_nothing_is_claimed(resign: float, said: str) -> None:
    """Neither a difference without an interval, nor that a scenario without a right run changed nothing."""
    worlds = {"calm": tiny(), "calmer": tiny(resign=0.2), "odd one": tiny(resign=resign)}
    study = nt.sweep(worlds, replications=12, seed=1, measure=gone, progress=False)
    told = as_markdown(nt.report(study).document)
    assert f"{said} |" in next(line for line in told.splitlines() if line.startswith("| odd one |") and said in line)
    assert "nan" not in told and "change none of these" not in told
    assert ("Scenarios that cannot be compared, because runs failed: odd one." in told) == (resign > 2.0)
