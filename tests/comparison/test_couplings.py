"""Strata lie within what their marginals allow, and what is found depends on how the worlds' luck is coupled."""

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
def test_bounds_are_the_ends_of_every_joint_with_these_marginals(people: int, data: st.DataObject) -> None:
    """All ways in which so many people can be gone in either world are tried; the bounds are the least and the most."""
    gone = data.draw(st.integers(0, people))
    without = data.draw(st.integers(0, people))
    found = set()
    first = range(gone)  # who is gone in the run may as well be the first
    for second in itertools.combinations(range(people), without):
        both = len(set(first) & set(second))
        found.add((people - gone - without + both, gone - both, without - both, both))
    least, most = frechet(np.array([people]), np.array([gone]), np.array([without]))
    for place in range(4):
        assert (least[place, 0], most[place, 0]) == (min(f[place] for f in found), max(f[place] for f in found))


strata = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=40)


@given(strata)
def test_a_finer_grouping_is_never_wider(people: list[tuple[int, int]]) -> None:
    """Bounds summed over groups hold what is found, and lie within those of everybody."""
    group = np.array([group for group, _ in people], "int64")
    stratum = np.array([stratum for _, stratum in people], "int64")
    gone = (stratum & 1) > 0
    without = (stratum & 2) > 0
    whole = [np.array([part.sum()]) for part in (np.ones(len(people), "int64"), gone, without)]
    parts = [np.bincount(group, part, 4).astype("int64") for part in (np.ones(len(people)), gone, without)]
    wide = frechet(*whole)
    narrow = frechet(*parts)
    found = np.bincount(stratum, minlength=4)
    assert (wide[0][:, 0] <= narrow[0].sum(axis=1)).all() and (narrow[0].sum(axis=1) <= found).all()
    assert (wide[1][:, 0] >= narrow[1].sum(axis=1)).all() and (narrow[1].sum(axis=1) >= found).all()


@pytest.fixture(scope="module")
def pair():
    """The hamlet, and the hamlet without retention terms."""
    return hamlet_run(), hamlet_without("rets")


def test_the_strata_of_a_comparison_lie_within_its_bounds(pair):
    """For every grouping found lies between least and most, and so does what independent luck would give."""
    table = nt.compare(pair[0], baseline=pair[1]).bounds
    assert len(table) == len(STRATA) * len(WITHIN)
    assert (table["least"] <= table["found"]).all() and (table["found"] <= table["most"]).all()
    assert (table["least"] <= table["independent"] + 1e-9).all() and (
        table["independent"] <= table["most"] + 1e-9
    ).all()
    width = (table["most"] - table["least"]).groupby("within").max()
    assert width["employer × function × band"] < width["all"]


def test_marginals_are_kept_whatever_the_coupling(pair):
    """Independent or found, as many are gone in either world."""
    table = nt.compare(pair[0], baseline=pair[1]).bounds
    for _, part in table.groupby("within"):
        each = part.droplevel("within")
        for other in ("left because of it", "stayed because of it"):
            sums = each.loc["left in both runs"] + each.loc[other]
            assert sums["independent"] == pytest.approx(sums["found"])


def test_independent_luck_by_hand():
    """Of 20 people with 12 and 10 gone, six are expected to be left in both runs."""
    run = simulate(restless(20), seed=1)
    stratum = np.array([3] * 9 + [1] * 3 + [2] * 1 + [0] * 7, "int8")
    table = bounds(run, run.people.staff, stratum, (("all",),)).droplevel("within")
    assert table["independent"].tolist() == pytest.approx([4.0, 6.0, 4.0, 6.0])
    assert table["least"].tolist() == [0, 2, 0, 2]
    assert table["most"].tolist() == [8, 10, 8, 10]


def test_equal_worlds_with_other_luck_differ_for_people_not_in_kind():
    """With common luck a world beside itself parts nobody; with other luck it does, and no more one way than the other."""
    world = restless(400)
    run = simulate(world, seed=1)
    table = recoupled(run, simulate(world, seed=1), [2, 3])
    assert table["common_luck"].tolist()[1:3] == [0, 0]
    for seed in ("seed_2", "seed_3"):
        assert table[seed].sum() == 400
        assert min(table[seed].tolist()[1:3]) > 30
        assert abs(table[seed].iloc[1] - table[seed].iloc[2]) < 60


def test_the_runs_own_seed_is_no_other_luck(pair):
    """It is refused in a sentence."""
    with pytest.raises(nt.NhstransitError, match="seeds: 1 is the seed of the run; give other seeds"):
        recoupled(*pair, [1])


@pytest.mark.parametrize(
    ("gone", "without", "where"), [([3], [0], "gone"), ([1], [3], "gone_without"), ([-1], [0], "gone")]
)
def test_more_gone_than_people_are_refused(gone, without, where):
    """Of two people neither three nor fewer than none can be gone."""
    with pytest.raises(nt.NhstransitError, match=f"^{where}: has numbers below 0 or above the number of people"):
        frechet(np.array([2]), np.array(gone), np.array(without))
