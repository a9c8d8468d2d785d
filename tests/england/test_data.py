"""The bundled outcomes: each is checked, and has a source and a measure or a reason why it has none."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import numpy as np
import pytest

from nhstransit.england import MEASURES, UNITS, Figure, Outcome, Sample, bundled_outcomes, load_outcomes, provenance
from nhstransit.england.figures import unit_named
from nhstransit.england.outcomes import BUNDLED, check
from nhstransit.england.payroll import HOLDS, bundled_payroll, trust_sizes
from nhstransit.errors import FormatError, InputError
from nhstransit.organisations.posts import Places
from nhstransit.scenario import load_scenario
from tests.england.made import READING, outcome, outcomes

FOUND = bundled_outcomes()
TEXT = (Path(__file__).parents[2] / "nhstransit" / "data" / BUNDLED).read_text("utf-8")


@pytest.mark.parametrize("one", FOUND.outcome, ids=lambda one: one.id)
def test_each_outcome_has_a_measure_or_a_reason(one: Outcome) -> None:
    """Every figure has a known measure in the same kind of unit, or the outcome states why it has none."""
    for figure in one.figures:
        if one.unmodelled:
            assert not figure.measure
        else:
            assert MEASURES[figure.measure].measures == UNITS[figure.unit].measures


def test_outcomes_for_context_are_not_measured_and_outcomes_for_calibration_have_a_tolerance() -> None:
    """Forecasts and entered figures are context."""
    for one in FOUND.outcome:
        assert one.use != "context" or one.unmodelled, one.id
        assert one.group not in ("entered", "forecasts") or one.use == "context", one.id
        if one.use == "calibrate":
            assert all(figure.tolerance for figure in one.figures), one.id


def test_the_groups_and_number_of_outcomes() -> None:
    """There are 60 outcomes in ten groups."""
    groups = {one.group for one in FOUND.outcome}
    assert groups == {
        "mars_2010",
        "reform_total",
        "entered",
        "transition_cost",
        "forecasts",
        "stock_path",
        "redundancy_by_year",
        "local",
        "rehire",
        "structure",
    }
    assert len(FOUND.outcome) == 60


def test_derived_figures_agree_with_the_figures_they_come_from() -> None:
    """They agree within rounding."""

    def value(name: str) -> float:
        return FOUND.named(name).value or 0.0

    leavers = value("mars-round1-leavers")
    paid = value("mars-round1-cost")
    saving = value("mars-round1-saving")
    assert value("mars-mean-payment-national") == pytest.approx(paid * 1e6 / leavers, abs=1)
    assert value("mars-mean-saving") == pytest.approx(saving * 1e6 / leavers, abs=1)
    assert value("mars-payback-years") == pytest.approx(paid / saving, abs=0.005)
    assert value("redundancies-mean-cost") == pytest.approx(value("redundancies-cost") * 1e6 / 10094, abs=1)
    assert value("redundancies-total-with-mars") == value("redundancies-total")
    exits = [figure.value or 0 for figure in FOUND.named("yorkshire-humber-exits").figures]
    for figure, people in zip(FOUND.named("yorkshire-humber-exit-shares").figures, exits, strict=True):
        assert figure.value == pytest.approx(people / sum(exits), abs=0.0005)
    cost = [figure.value or 0 for figure in FOUND.named("yorkshire-humber-exit-cost").figures]
    means = [pounds / people for pounds, people in zip(cost, exits, strict=True)]
    for figure, mean in zip(FOUND.named("yorkshire-humber-exit-mean-ratios").figures, means[1:], strict=True):
        assert figure.value == pytest.approx(mean / means[0], abs=0.005)
    for name, total in (("cost-components-2013", 1096), ("cost-components-2014", 1316)):
        assert sum(figure.value or 0 for figure in FOUND.named(name).figures) == total


def test_samples_have_the_published_sizes() -> None:
    """There are three: 57 of 151 trusts by freedom of information, 40 by a survey and four by the trade press."""
    asked = {(one.sample.bodies, one.sample.asked_by) for one in FOUND.outcome if one.sample}
    assert asked == {(57, "freedom of information"), (40, "survey"), (4, "trade press")}
    assert all("57 PCTs" in one.scope for one in FOUND.outcome if one.sample and one.sample.bodies == 57)


def test_every_published_number_has_a_grade_and_sources() -> None:
    """Sources have a title, a publisher and a date."""
    lines = provenance()
    assert len(lines) == sum(len(one.figures) for one in FOUND.outcome) + len(FOUND.given)
    for line in lines:
        assert line.value and line.unit and line.quality and line.note
        assert all(source.title and source.publisher and source.date for source in line.sources)


def test_grades_are_no_better_than_their_sources() -> None:
    """The project's own choices are assumptions, and no outcome is recalled or assumed."""
    for line in provenance():
        assert "project" not in {source.id for source in line.sources} or line.quality == "assumption", line
    assert not [one.id for one in FOUND.outcome if one.quality in ("recalled", "assumption")]


@pytest.mark.thorough
def test_the_outcomes_load_without_plots_or_the_command_line() -> None:
    """Importing them loads neither matplotlib nor the command line."""
    code = "import sys, nhstransit.england; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"matplotlib", "click", "rich"} & set(done.stdout.split())


def test_outcomes_have_a_text_and_an_html_form() -> None:
    """The text states the number for each use. An outcome can be looked up by its id."""
    assert repr(FOUND).startswith("Outcomes(60 published: ")
    assert FOUND._repr_html_().count("<tr>") == 61
    assert FOUND.reading.fits("england-2010-slower") and not FOUND.reading.fits("hamlet")
    with pytest.raises(FormatError, match="did you mean 'mars-round1-cost'"):
        FOUND.named("mars-round-1-cost")


REFUSED = {
    "an unknown unit": ({"unit": "souls"}, r"first MARS leavers.unit: is 'souls'; known"),
    "heads in WTE": (
        {"unit": "WTE", "counted_in": "heads"},
        "counted in heads; use a unit of heads",
    ),
    "WTE in heads": ({"counted_in": "WTE"}, "unit: is 'people', but the figure is counted in WTE"),
    "no number": ({"value": None}, "has no figure"),
    "words and a number": ({"said": "many"}, "has no figure, or has figures in more than one way"),
    "a number and a list": (
        {"figure": (Figure(part="a", value=1.0),)},
        "has no figure, or has figures in more than one way",
    ),
    "a list half full": (
        {"value": None, "figure": (Figure(value=1.0), Figure())},
        "has no figure, or has figures in more than one way",
    ),
    "no source": ({"sources": ()}, "sources: no source is given"),
    "no measure": ({"measure": ""}, "has neither a measure nor a reason"),
    "a measure and a reason": ({"unmodelled": "we do not care to"}, "or has both"),
    "a band upside down": ({"band": (2.0, 1.0)}, r"band: is \[2.0, 1.0\]"),
    "an unknown use": ({"use": "fit"}, "use: is 'fit'"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_an_inconsistent_outcome_is_refused(case: str) -> None:
    """It is checked when it is made, and the message states the field."""
    changes, sentence = REFUSED[case]
    with pytest.raises(Exception, match=sentence):
        outcome(**changes)


UNFIT = {
    "an unknown measure": (outcome("first MARS leavers", measure="morale"), "measure: is 'morale'; known"),
    "a unit of something else": (
        outcome("first MARS leavers", unit="WTE"),
        "unit: is 'WTE', but 'first MARS leavers' is in people",
    ),
    "an unknown source": (outcome(sources=("hearsay",)), "sources: 'hearsay' is not in the bibliography; "),
    "an unknown function": (
        outcome("MARS share of a function", function="finnance"),
        "function: is 'finnance'; did you mean 'finance'",
    ),
}


@pytest.mark.parametrize("case", UNFIT)
def test_an_outcome_that_does_not_fit_its_measure_is_refused(case: str) -> None:
    """The unit must be of the same kind as the measure's unit."""
    made, sentence = UNFIT[case]
    with pytest.raises(FormatError, match=sentence):
        check(outcomes(made))


EDITS = {
    "an unknown key": ('group = "rehire"', 'group = "rehire"\nloved = true', "loved: is not a key"),
    "a number in quotes": ("value = 46000.0", 'value = "46000"', "value: is '46000'; write a number"),
    "an id twice": ('id = "staff-transferred"', 'id = "rehire-cohorts"', "'rehire-cohorts': appears twice"),
    "an unknown kind of body": (
        'asked = ["pct"]',
        'asked = ["pcts"]',
        "asked: has the unknown name 'pcts'; did you mean 'pct'",
    ),
    "a measure misspelt": ('measure = "transferred"', 'measure = "transfered"', "did you mean 'transferred'"),
    "a sample larger than all": (
        "{ bodies = 4, out_of = 151",
        "{ bodies = 152, out_of = 151",
        "has 152 organisations out of 151",
    ),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_fault_in_a_file_is_reported_with_its_file_and_position(edit: str, tmp_path: Path) -> None:
    """A user's own file is checked like the bundled one."""
    old, new, sentence = EDITS[edit]
    assert TEXT.count(old) >= 1
    path = tmp_path / "mine.toml"
    path.write_text(TEXT.replace(old, new, 1), "utf-8")
    with pytest.raises(InputError, match=r"mine\.toml: ") as error:
        load_outcomes(path)
    assert sentence in str(error.value)


def test_a_figure_inherits_missing_fields_from_its_outcome() -> None:
    """Unit, tolerance, measure, employers and days are inherited unless the figure has its own."""
    day = dt.date(2012, 3, 31)
    own: dict[str, Any] = {"unit": "£", "measure": "redundancy cost", "until": day, "kinds": ("sha",), "tolerance": 2.0}
    made = outcome(value=None, figure=(Figure(part="a", value=1.0), Figure(part="b", value=2.0, **own)), region="Vale")
    first, second = made.figures
    assert (first.unit, first.measure, first.region) == ("people", "first MARS leavers", "Vale")
    assert {name: getattr(second, name) for name in own} == own and second.region == "Vale"


def test_an_invalid_sample_and_an_unknown_unit_are_refused() -> None:
    with pytest.raises(FormatError, match="has 3 organisations out of 2"):
        Sample(bodies=3, out_of=2)
    with pytest.raises(FormatError, match="unit: is 'wte'; "):
        unit_named("wte")


def test_published_stocks_equal_the_bundled_payroll() -> None:
    """The index, its band and the figures of June 2012 are computed again from the payroll."""
    paid = bundled_payroll()
    chain = paid.chain()
    (low, high) = paid.band()
    for figure in FOUND.named("pct-stock-index").figures:
        at = paid.months.index(figure.until or paid.months[0])
        assert figure.value == pytest.approx(chain[at], abs=0.0005)
        assert figure.band == pytest.approx((low[at], high[at]), abs=0.0015)
        assert figure.tolerance == pytest.approx((high[at] - low[at]) / 2, abs=0.0015)
    june = paid.on(dt.date(2012, 6, 30))
    assert FOUND.named("pct-fte-june-2012").value == pytest.approx(june[june < HOLDS].sum(), abs=1)
    bodies = {body.name: body for body in load_scenario("england-2010-prior").organisations}
    sizes = trust_sizes(paid, {name: bodies[name].population for name in paid.names})
    tested = np.array([one.tested for one in sizes])
    staff, share = FOUND.named("pct-fte-june-2012-tested").figures
    assert staff.value == pytest.approx(june[tested].sum(), abs=1)
    sized = sum(one.size for one in sizes if one.tested)
    assert share.value == pytest.approx(june[tested].sum() / sized, abs=0.005)


def test_employers_of_figures_are_in_the_bundled_england() -> None:
    """They include provider arms."""
    files = ("england/bodies-2010.csv", "england/provider-arms-2010.csv")
    known = {body.name for body in Places(bodies=files).organisations(())}
    named = {name for one in FOUND.outcome for figure in one.figures for name in figure.employers}
    assert len(named) == 15 and named <= known


def test_roles_of_policies_are_names_or_patterns() -> None:
    """A policy has a role by its name, or by a pattern with a star."""
    names = ["mars", "mars-london", "marsh", "redundancy"]
    assert READING.named("mars", names) == ["mars", "mars-london"]
    assert READING.named("first_mars", names) == ["mars"]
    assert attrs.evolve(READING, mars=("*",)).named("mars", names) == names
