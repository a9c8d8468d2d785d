"""Properties of comparisons in generated scenarios."""

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
def test_a_comparison_of_equal_scenarios_has_no_differences(run: Run) -> None:
    """There are no changes, gaps or divergence, nobody left or stayed because of it, and the waterfall has no steps."""
    same = nt.compare(run, baseline=simulate(run.scenario, seed=run.seed))
    assert same.changes == () and same.divergence.same
    assert (same.gaps["gap"] == 0).all()
    assert same.strata["people"].tolist()[1:3] == [0, 0]
    assert not any(same.waterfall.parts)
    assert repr(same).startswith("No setting differs.\nThe two runs have the same events.")


@few
@given(worlds(), worlds(), st.data())
def test_changes_equal_the_differences_of_flat_settings(one: Scenario, two: Scenario, data: st.DataObject) -> None:
    """The paths that differ are the same as from comparing all settings, whether or not scenarios share parts."""
    related = one.without(*sorted(data.draw(st.sets(st.sampled_from(sorted(one.policies)))) if one.policies else ()))
    for other in (two, related, one):
        old = flat(one)
        new = flat(other)
        expected = {path for path in set(old) | set(new) if old.get(path) != new.get(path)}
        found = differences(one, other)
        assert [change.path for change in found] == sorted(expected)
        assert all((change.old, change.new) == (old.get(change.path), new.get(change.path)) for change in found)


@few
@given(runs(), st.data())
def test_strata_contain_everyone_once_and_swap_with_the_runs(run: Run, data: st.DataObject) -> None:
    """Strata sum to the opening staff, are within their bounds, and swap if the runs are swapped."""
    scenario = run.scenario
    if not scenario.policies:
        return
    name = data.draw(st.sampled_from(sorted(scenario.policies)))
    baseline = simulate(scenario.without(name), seed=run.seed)
    forward = nt.compare(run, baseline=baseline)
    reverse = nt.compare(baseline, baseline=run)
    assert forward.strata["people"].sum() == len(scenario.workforce)
    for stratum in STRATA:
        assert forward.strata.loc[stratum, "people"] == reverse.strata.loc[SWAPPED[stratum], "people"]
    table = forward.bounds
    assert ((table["least"] <= table["found"]) & (table["found"] <= table["most"])).all()
    assert (forward.gaps["gap"] == -reverse.gaps["gap"]).all()
    assert (forward.direct == reverse.direct).all()
    moved = forward.strata[[tables.column(name) for name in THROUGH]].sum(axis=1)
    assert moved.tolist() == [0, *forward.strata["people"].tolist()[1:3], 0]
    assert (forward.whom[forward.how == 0] == -1).all() and not (forward.whom == forward.staff).any()


@pytest.mark.thorough
@few
@given(runs())
def test_deadweight_accounts_for_every_taker_of_any_scheme(run: Run) -> None:
    """Unpaid, paid otherwise, not gone and unseen sum to the takers. A longer horizon never has fewer leavers."""
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
def test_every_guarantee_has_one_outcome(run: Run) -> None:
    """The outcomes sum to the people with a guarantee."""
    scenario = run.scenario
    for name, policy in scenario.policies.items():
        if policy.question != "retention":
            continue
        baseline = simulate(scenario.without(name), seed=run.seed)
        table = nt.compare(run, baseline=baseline).additionality(name)
        given_ = run.log.of(Kind.RETAINED)
        opening = scenario.workforce.staff
        guaranteed = np.intersect1d(given_.staff[given_.rule == run.code_of(name)], opening)
        assert table["people"].sum() == len(guaranteed)
        assert (table["put_off"] <= table["people"]).all()
