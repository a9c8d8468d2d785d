"""Strata are within the bounds of their marginals, and depend on the coupling of the runs' random numbers."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhstransit as nt
from nhstransit.comparison import STRATA, frechet, recoupled
from nhstransit.comparison.strata import WITHIN, bounds
from nhstransit.engine.simulate import simulate
from tests.comparison.planted import restless
from tests.shared import hamlet_run, hamlet_without


@given(st.integers(0, 6), st.data())
def test_bounds_are_the_extremes_over_every_joint_distribution(people: int, data: st.DataObject) -> None:
    """All joint distributions with these numbers of leavers are tried."""
    left = data.draw(st.integers(0, people))
    without = data.draw(st.integers(0, people))
    found = set()
    first = range(left)  # without loss of generality, the first people leave in the run
    for second in itertools.combinations(range(people), without):
        both = len(set(first) & set(second))
        found.add((people - left - without + both, left - both, without - both, both))
    least, most = frechet(np.array([people]), np.array([left]), np.array([without]))
    for stratum in range(4):
        assert (least[stratum, 0], most[stratum, 0]) == (
            min(f[stratum] for f in found),
            max(f[stratum] for f in found),
        )


strata = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40)


@given(strata)
def test_bounds_of_a_finer_grouping_are_never_wider(people: list[tuple[int, int]]) -> None:
    """Bounds summed over groups contain the observed strata, and are within the bounds for everyone."""
    group = np.array([group for group, _ in people], "int64")
    stratum = np.array([stratum for _, stratum in people], "int64")
    left = (stratum & 1) > 0
    without = (stratum & 2) > 0
    whole = [np.array([part.sum()]) for part in (np.ones(len(people), "int64"), left, without)]
    parts = [np.bincount(group, part, 4).astype("int64") for part in (np.ones(len(people)), left, without)]
    wide = frechet(*whole)
    narrow = frechet(*parts)
    found = np.bincount(stratum, minlength=4)
    assert (wide[0][:, 0] <= narrow[0].sum(axis=1)).all() and (narrow[0].sum(axis=1) <= found).all()
    assert (wide[1][:, 0] >= narrow[1].sum(axis=1)).all() and (narrow[1].sum(axis=1) >= found).all()


@pytest.fixture(scope="module")
def pair():
    """Runs of the hamlet with and without retention terms."""
    return hamlet_run(), hamlet_without("rets")


def test_the_strata_of_a_comparison_are_within_its_bounds(pair):
    """For every grouping, so are the strata expected with independent random numbers."""
    table = nt.compare(pair[0], baseline=pair[1]).bounds
    assert len(table) == len(STRATA) * len(WITHIN)
    assert (table["least"] <= table["found"]).all() and (table["found"] <= table["most"]).all()
    assert (table["least"] <= table["independent"] + 1e-9).all() and (
        table["independent"] <= table["most"] + 1e-9
    ).all()
    width = (table["most"] - table["least"]).groupby("within").max()
    assert width["employer × function × band"] < width["all"]


def test_the_coupling_does_not_change_the_marginals(pair):
    """Independent and observed strata have the same number of leavers in each run."""
    table = nt.compare(pair[0], baseline=pair[1]).bounds
    for _, part in table.groupby("within"):
        each = part.droplevel("within")
        for other in ("left because of it", "stayed because of it"):
            sums = each.loc["left in both runs"] + each.loc[other]
            assert sums["independent"] == pytest.approx(sums["found"])


def test_strata_with_independent_random_numbers_by_hand():
    """12 and 10 of 20 people leave, so six are expected to leave in both runs."""
    run = simulate(restless(20), seed=1)
    stratum = np.array([3] * 9 + [1] * 3 + [2] * 1 + [0] * 7, "int8")
    table = bounds(run, run.people.staff, stratum, (("all",),)).droplevel("within")
    assert table["independent"].tolist() == pytest.approx([4.0, 6.0, 4.0, 6.0])
    assert table["least"].tolist() == [0, 2, 0, 2]
    assert table["most"].tolist() == [8, 10, 8, 10]


def test_equal_scenarios_with_other_seeds_differ_for_people_but_not_on_average():
    """With a common seed, nobody differs. With other seeds, people differ, but equally often in both directions."""
    world = restless(400)
    run = simulate(world, seed=1)
    table = recoupled(run, simulate(world, seed=1), [2, 3])
    assert table["common_luck"].tolist()[1:3] == [0, 0]
    for seed in ("seed_2", "seed_3"):
        assert table[seed].sum() == 400
        assert min(table[seed].tolist()[1:3]) > 30
        assert abs(table[seed].iloc[1] - table[seed].iloc[2]) < 60


def test_the_seed_of_the_run_is_refused_as_another_seed(pair):
    with pytest.raises(nt.NhstransitError, match="seeds: 1 is the seed of the run; give other seeds"):
        recoupled(*pair, [1])


@pytest.mark.parametrize(
    ("left", "without", "where"), [([3], [0], "gone"), ([1], [3], "gone_without"), ([-1], [0], "gone")]
)
def test_more_leavers_than_people_are_refused(left, without, where):
    """Negative numbers are refused too."""
    with pytest.raises(nt.NhstransitError, match=f"^{where}: has numbers below 0 or above the number of people"):
        frechet(np.array([2]), np.array(left), np.array(without))
