"""Comparison over several seeds: paired gaps, t and bootstrap intervals, and the minimum number of pairs."""

from __future__ import annotations

import attrs
import numpy as np
import pytest
from scipy import stats

import nhstransit as nt
from nhstransit.comparison import Comparisons, paired
from nhstransit.comparison.several import FEWEST
from nhstransit.engine.simulate import simulate
from tests.comparison.planted import pays, restless, with_policy

SEEDS = (5, 3, 8, 1, 13, 2, 9, 4, 7, 6)


@pytest.fixture(scope="module")
def sides():
    """Ten runs with a scheme and ten without, in two orders."""
    base = restless(40)
    scheme = with_policy(base, "planted", pays(range(10)))
    return [simulate(scheme, seed=seed) for seed in SEEDS], [simulate(base, seed=seed) for seed in sorted(SEEDS)]


@pytest.fixture(scope="module")
def several(sides) -> Comparisons:
    return nt.compare(sides[0], baseline=sides[1])


def test_runs_are_paired_by_seed(several, sides):
    """Pairs are in the order of the runs. Each pair equals a comparison of its two runs alone."""
    assert several.seeds == SEEDS and len(several) == 10
    for pair, run in zip(several.pairs, sides[0], strict=True):
        assert pair.run is run and pair.baseline.seed == run.seed
    for pair, run in zip(several.pairs[:4], sides[0], strict=False):
        alone = nt.compare(run, baseline=pair.baseline)
        assert (alone.gaps["gap"] == pair.gaps["gap"]).all()


def test_gaps_are_means_of_the_pairs(several):
    """The mean gap is the mean of the runs minus the mean of the baselines. The deviation is that of the ten gaps."""
    each = [pair.gaps.loc["left", "gap"] for pair in several.pairs]
    assert several.gaps.loc["left", "gap"] == pytest.approx(np.mean(each))
    assert several.gaps.loc["left", "deviation"] == pytest.approx(np.std(each, ddof=1))
    assert (several.gaps["run"] - several.gaps["baseline"] - several.gaps["gap"]).abs().max() < 1e-6
    assert several.gaps.loc["exit cost", "deviation"] > 0


def test_the_t_interval_agrees_with_scipy(several):
    """It equals the interval of SciPy's paired t test."""
    run_figures = [pair.gaps.loc["left", "run"] for pair in several.pairs]
    baseline_figures = [pair.gaps.loc["left", "baseline"] for pair in several.pairs]
    expected = stats.ttest_rel(run_figures, baseline_figures).confidence_interval(0.9)
    found = several.interval("left", level=0.9)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))
    row = several.intervals(level=0.9).loc["left"]
    assert (row["low"], row["high"]) == (found.low, found.high)
    assert "90% t interval" in str(found)


def test_the_t_interval_has_its_nominal_coverage():
    """In 2,000 samples of twelve normal gaps, about 95% of the 95% intervals contain the mean."""
    gaps = np.random.default_rng(7).normal(3.0, 2.0, (2000, 12))
    covered = [one.low <= 3.0 <= one.high for one in map(paired, gaps)]
    assert abs(np.mean(covered) - 0.95) < 0.015


def test_the_bootstrap_interval_has_nearly_its_nominal_coverage():
    """In 60 samples of forty skewed gaps, nearly 90% of the 90% intervals contain the mean."""
    gaps = np.random.default_rng(8).exponential(1.0, (60, 40))
    covered = [one.low <= 1.0 <= one.high for one in (paired(row, level=0.9, method="bootstrap") for row in gaps)]
    assert abs(np.mean(covered) - 0.88) < 0.1


def test_the_bootstrap_interval_is_reproducible():
    """Its random numbers are keyed by the number of pairs."""
    gaps = np.arange(25.0)
    assert paired(gaps, method="bootstrap") == paired(gaps, method="bootstrap")


@pytest.mark.parametrize(
    ("gaps", "options", "sentence"),
    [
        ([1.0], {}, r"runs: 1 pair is too few for a t interval; simulate at least 10 seeds in each scenario"),
        ([1.0] * 9, {}, r"9 pairs are too few for a t interval"),
        ([1.0] * 19, {"method": "bootstrap"}, r"19 pairs are too few for a bootstrap interval; simulate at least 20"),
        ([1.0] * 10, {"level": 95}, r"level: is 95; give a share between 0 and 1, such as 0.95"),
        ([1.0] * 10, {"method": "z"}, r"method: is 'z'; known: bootstrap, t"),
    ],
)
def test_intervals_from_too_few_pairs_or_with_invalid_options_are_refused(gaps, options, sentence):
    """The message states what would be right."""
    with pytest.raises(nt.NhstransitError, match=sentence):
        paired(gaps, **options)


def test_few_pairs_are_compared_without_intervals(sides):
    """The text states why there are no intervals."""
    few = nt.compare(sides[0][:2], baseline=[run for run in sides[1] if run.seed in SEEDS[:2]])
    assert f"No intervals are shown: they need at least {FEWEST['t']} pairs, and there are 2." in repr(few)
    with pytest.raises(nt.NhstransitError, match="2 pairs are too few for a t interval"):
        few.intervals()
    with pytest.raises(nt.NhstransitError, match="2 pairs are too few"):
        few.interval("left")
    assert "low" not in repr(few).split("\n\n")[1].splitlines()[0]


def test_a_comparison_over_seeds_has_three_sentences_and_a_table(several):
    """This is so in the terminal and in a notebook. The table has the ends of the intervals."""
    lines = repr(several).splitlines()
    assert lines[0] == "What differs: planted (only in the run)."
    assert lines[1].startswith("10 pairs of runs, each with one seed. Of the opening staff at the end, on average: ")
    assert lines[2] == (
        "Low and high are the ends of paired 95% intervals by Student's t: intervals of chance alone, because every "
        "pair has the same assumptions. Uncertainty about the assumptions is not included."
    )
    assert lines[3] == "" and "low" in lines[4]
    assert several._repr_html_().count("<p>") == 3 and "<table" in several._repr_html_()
    assert "What differs, with intervals of chance alone<" in several._repr_html_()


def test_measures_have_readable_names_in_texts(several):
    """Tables for computation keep the short names."""
    assert "departures without a payment" in repr(several) and "left without pay" not in repr(several)
    assert "departures without a payment" in several._repr_html_()
    assert "departures without a payment" in repr(several.pairs[0]) and "left without pay" in several.gaps.index


def test_any_measure_of_a_pair_can_have_an_interval(several):
    """The mean of deadweight over the pairs has SciPy's interval of a mean."""
    each = [pair.deadweight("planted").loc[24, "share"] for pair in several.pairs]
    found = several.over(lambda pair: pair.deadweight("planted").loc[24, "share"])
    expected = stats.ttest_1samp(each, 0.0).confidence_interval(0.95)
    assert (found.mean, found.low, found.high) == pytest.approx((np.mean(each), expected.low, expected.high))
    assert 0 < found.mean < 1 and found.pairs == 10


def test_strata_over_seeds_are_means(several):
    """They sum to everyone, and have the minimum and maximum of single pairs."""
    assert several.strata["people"].sum() == pytest.approx(40)
    each = [pair.strata.loc["left because of it", "people"] for pair in several.pairs]
    assert several.strata.loc["left because of it", ["fewest", "most"]].tolist() == [min(each), max(each)]


def test_runs_that_do_not_form_pairs_are_refused(sides):
    """Examples are one run with several, a repeated seed, no runs, and two scenarios on one side."""
    runs, baselines = sides
    cases = [
        (runs[0], baselines, "several runs of one scenario and one run of the other"),
        (runs[:2], baselines[:1], "have the seed . in one scenario only; simulate both scenarios with the same seeds"),
        ([runs[0], runs[0]], baselines[:2], "have the seed 5 twice"),
        ([], [], "runs: no runs are given; give at least one run and one baseline"),
        (
            [runs[1], baselines[0]],
            [run for run in baselines if run.seed in (1, 3)],
            "which have different settings",
        ),
    ]
    for run, baseline, sentence in cases:
        with pytest.raises(nt.NhstransitError, match=sentence):
            nt.compare(run, baseline=baseline)


@pytest.mark.thorough
def test_equal_scenarios_over_seeds_have_no_differences():
    """All gaps are zero with intervals of zero width, and the text says so."""
    base = restless(15)
    runs = [simulate(base, seed=seed) for seed in range(10)]
    same = nt.compare(runs, baseline=[attrs.evolve(run) for run in runs])
    assert (same.intervals()[["gap", "low", "high"]] == 0).all().all()
    assert "No headline figure differs." in repr(same) and repr(same).startswith("No setting differs.")


def test_a_gap_that_is_not_finite_is_refused_with_its_position(several):
    """The message states the position in the list, or the seed of the pair."""
    with pytest.raises(nt.NhstransitError, match=r"gaps\[10\]: is nan; give a finite number for each pair"):
        paired([1.0] * 10 + [float("nan")])
    with pytest.raises(nt.NhstransitError, match=r"gaps\[0\]: is inf"):
        paired([float("inf")] * 20, method="bootstrap")
    third = several.seeds[2]
    with pytest.raises(
        nt.NhstransitError, match=f"seed {third}: the measure returns nan; give a measure that returns a finite number"
    ):
        several.over(lambda pair: float("nan") if pair.run.seed == third else 1.0)
