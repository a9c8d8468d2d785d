"""Hypothesis: in any made world the comparison keeps its laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nhstransit as nt
from nhstransit import tables
from nhstransit.comparison import STRATA, THROUGH
from nhstransit.engine.simulate import simulate
from nhstransit.log import Kind
from nhstransit.run import Run
from nhstransit.scenario import Scenario, differences
from nhstransit.scenario.paths import flat
from tests.examples import examples
from tests.worlds import runs, worlds

few = examples(4, 40)
SWAPPED = dict(zip(STRATA, (STRATA[0], STRATA[2], STRATA[1], STRATA[3]), strict=True))


@few
@given(runs())
def test_two_equal_scenarios_compare_as_nothing(run: Run) -> None:
    """No change, no gap, no divergence, nobody gone or stayed because of it, and a waterfall without a step."""
    same = nt.compare(run, baseline=simulate(run.scenario, seed=run.seed))
    assert same.changes == () and same.divergence.same
    assert (same.gaps["gap"] == 0).all()
    assert same.strata["people"].tolist()[1:3] == [0, 0]
    assert not any(same.waterfall.parts)
    assert repr(same).startswith("No setting differs.\nThe two runs have the same events.")


@few
@given(worlds(), worlds(), st.data())
def test_changes_are_those_of_everything_laid_flat(one: Scenario, two: Scenario, data: st.DataObject) -> None:
    """Whether two worlds share parts or none, the paths that differ are those of both laid flat and looked up whole."""
    kin = one.without(*sorted(data.draw(st.sets(st.sampled_from(sorted(one.policies)))) if one.policies else ()))
    for other in (two, kin, one):
        old = flat(one)
        new = flat(other)
        wanted = {path for path in set(old) | set(new) if old.get(path) != new.get(path)}
        found = differences(one, other)
        assert [change.path for change in found] == sorted(wanted)
        assert all((change.old, change.new) == (old.get(change.path), new.get(change.path)) for change in found)


@few
@given(runs(), st.data())
def test_strata_hold_everybody_once_and_swap_with_the_runs(run: Run, data: st.DataObject) -> None:
    """With any policy left out: strata sum to the opening staff, lie within their bounds, and mirror each other."""
    scenario = run.scenario
    if not scenario.policies:
        return
    name = data.draw(st.sampled_from(sorted(scenario.policies)))
    baseline = simulate(scenario.without(name), seed=run.seed)
    there = nt.compare(run, baseline=baseline)
    back = nt.compare(baseline, baseline=run)
    assert there.strata["people"].sum() == len(scenario.workforce)
    for stratum in STRATA:
        assert there.strata.loc[stratum, "people"] == back.strata.loc[SWAPPED[stratum], "people"]
    table = there.bounds
    assert ((table["least"] <= table["found"]) & (table["found"] <= table["most"])).all()
    assert (there.gaps["gap"] == -back.gaps["gap"]).all()
    assert (there.direct == back.direct).all()
    moved = there.strata[[tables.column(name) for name in THROUGH]].sum(axis=1)
    assert moved.tolist() == [0, *there.strata["people"].tolist()[1:3], 0]
    assert (there.whom[there.how == 0] == -1).all() and not (there.whom == there.staff).any()


@pytest.mark.thorough
@few
@given(runs())
def test_deadweight_of_any_scheme_accounts_for_every_taker(run: Run) -> None:
    """Unpaid, paid otherwise, not gone and unseen make up the takers; a longer horizon never has fewer gone."""
    scenario = run.scenario
    for name, policy in scenario.policies.items():
        if policy.question != "severance":
            continue
        baseline = simulate(scenario.without(name), seed=run.seed)
        table = nt.compare(run, baseline=baseline).deadweight(name, months=[0, 1, 12, 600])
        fates = table[["unpaid", "paid_otherwise", "not_gone", "unseen"]]
        assert (fates.sum(axis=1) == table["takers"]).all()
        assert table["unpaid"].is_monotonic_increasing and table["paid_otherwise"].is_monotonic_increasing
        assert table.loc[600, "not_gone"] == 0
        saved = nt.compare(run, baseline=baseline).posts_saved(name)
        assert (saved["net"] + saved["gone_anyway"] + saved["empty_anyway"] == saved["removed"]).all()
        assert (saved["net"] >= 0).all()


@few
@given(runs())
def test_guarantees_are_of_four_kinds(run: Run) -> None:
    """Whoever is given one is in one of four outcomes, and premiums sum to those of the log."""
    scenario = run.scenario
    for name, policy in scenario.policies.items():
        if policy.question != "retention":
            continue
        baseline = simulate(scenario.without(name), seed=run.seed)
        table = nt.compare(run, baseline=baseline).additionality(name)
        given_ = run.log.of(Kind.RETAINED)
        opening = scenario.workforce.staff
        who = np.intersect1d(given_.staff[given_.rule == run.code_of(name)], opening)
        assert table["people"].sum() == len(who)
        assert (table["put_off"] <= table["people"]).all()
