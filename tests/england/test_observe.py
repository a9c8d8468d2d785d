"""The observer: samples are random, fair and reproducible, and figures use only the organisations sampled."""

from __future__ import annotations

import datetime as dt
from functools import cache
from itertools import combinations

import attrs
import numpy as np
import pytest

from nhstransit.england import Observer, Sample, published_beside
from nhstransit.organisations.bodies import Organisation
from nhstransit.policies import Mars
from nhstransit.run import Run
from nhstransit.scenario import Scenario
from nhstransit.toml import Named
from tests.england.made import READING, hamlet, outcome, outcomes
from tests.small import body, date, person, played, small_world

TWO = Sample(bodies=2, out_of=6)
ONE = Sample(bodies=1, out_of=6)
MARS = Mars(
    announced=date("2010-05-01"),
    opens=date("2010-05-10"),
    closes=date("2010-06-30"),
    leaves=date("2010-09-30"),
    kinds=("pct", "pct-provider", "sha"),
    quota=1.0,
    removed=1.0,
)


@cache
def trusts() -> Run:
    """Six trusts of one to six people, an SHA, and a provider arm of the first; every applicant leaves by MARS."""
    bodies: list[Organisation] = [body(f"Trust {size}") for size in range(1, 7)]
    bodies += [body("Region", "sha"), attrs.evolve(body("Arm", "pct-provider"), parent="Trust 1")]
    people = []
    name = 0
    for size in range(1, 7):
        for _ in range(size):
            people.append(person(name, f"Trust {size}", since=f"{2008 - size}-04-01"))
            name += 1
    people += [person(90, "Region"), person(91, "Arm"), person(92, "Arm", ends="2010-06-01")]
    return played(*people, bodies=bodies, policies={"mars": MARS})


def names(mask: np.ndarray, scenario: Scenario | None = None) -> set[str]:
    bodies = (scenario or trusts().scenario).organisations
    return {bodies[place].name for place in np.flatnonzero(mask)}


def test_the_observer_s_seed_fixes_the_sample() -> None:
    """The same seed samples the same trusts; another draw or seed, others. The order of organisations has no effect."""
    scenario = trusts().scenario
    asked = [names(Observer(scenario, READING, seed).bodies(TWO, draw)) for seed in (1, 2) for draw in range(40)]
    repeated = [names(Observer(scenario, READING, seed).bodies(TWO, draw)) for seed in (1, 2) for draw in range(40)]
    assert asked == repeated and asked[:40] != asked[40:] and len({frozenset(one) for one in asked}) > 10
    reversed_order = small_world(bodies=list(reversed(scenario.organisations)))
    assert names(Observer(reversed_order, READING, 1).bodies(TWO, 3), reversed_order) == asked[3]


@pytest.mark.thorough
def test_every_pair_is_equally_likely() -> None:
    """Over 6,000 draws each of fifteen pairs occurs about 400 times: chi-square below its 99.9% point, 36.1."""
    observer = Observer(trusts().scenario, READING, 7)
    counts = dict.fromkeys((frozenset(pair) for pair in combinations([f"Trust {n}" for n in range(1, 7)], 2)), 0)
    for draw in range(6_000):
        counts[frozenset(names(observer.bodies(TWO, draw)) - {"Arm"})] += 1
    assert sum((count - 400) ** 2 / 400 for count in counts.values()) < 36.1


def test_a_provider_arm_is_sampled_with_its_trust() -> None:
    """The first trust also answers for its provider arm; the SHA is never sampled."""
    observer = Observer(trusts().scenario, READING, 3)
    for draw in range(60):
        asked = names(observer.bodies(TWO, draw))
        assert ("Arm" in asked) == ("Trust 1" in asked) and "Region" not in asked
        assert len(asked - {"Arm"}) == 2


def test_a_sampled_figure_uses_only_the_sample() -> None:
    """The count is of the two sampled trusts' leavers; before the leaving date it is 0."""
    run = trusts()
    asked = names(Observer(run.scenario, READING, 57).bodies(TWO))
    people = sum(int(name.split()[1]) for name in asked if name != "Arm")
    count = outcome("MARS leavers", sample=TWO, kinds=("pct",))
    assert published_beside(run, outcomes(count), draws=0).rows[0].simulated == people
    early = attrs.evolve(count, until=dt.date(2010, 9, 29))
    assert published_beside(run, outcomes(early), draws=0).rows[0].simulated == 0


@pytest.mark.thorough
def test_sampling_is_unbiased_with_the_theoretical_error() -> None:
    """Two of six trusts are sampled; mean and standard deviation match those over the fifteen pairs."""
    sizes = np.arange(1, 7)
    pairs = [a + b for a, b in combinations(sizes, 2)]
    expected = np.mean(pairs)
    error = np.std(pairs)
    row = published_beside(trusts(), outcomes(outcome("MARS leavers", sample=TWO, kinds=("pct",))), draws=2_000).rows[0]
    assert row.sampling is not None and row.sampling.draws == 2_000
    assert row.sampling.mean == pytest.approx(expected, abs=4 * error / 2_000**0.5)
    assert row.sampling.error == pytest.approx(error, rel=0.06)


def test_observing_does_not_change_the_run() -> None:
    """Observing uses none of the run's random numbers: the log and unsampled figures stay the same."""
    run = trusts()
    before = trusts().log.to_bytes()
    sampled = outcome("MARS leavers", sample=TWO, kinds=("pct",))
    whole = attrs.evolve(sampled, sample=None)
    by_seed = {seed: published_beside(run, outcomes(sampled), observer=seed).rows[0] for seed in range(12)}
    assert len({row.simulated for row in by_seed.values()}) > 2
    assert published_beside(run, outcomes(whole)).rows[0].simulated == 21
    assert run.log.to_bytes() == before


def test_a_sample_larger_than_the_scenario_gives_a_reason() -> None:
    """The survey had 57 organisations; the hamlet has three."""
    row = published_beside(hamlet(), outcomes(outcome("MARS leavers", sample=Sample(bodies=57, out_of=151)))).rows[0]
    assert row.simulated is None and row.sampling is None
    assert row.why == "the survey had 57 organisations, but the scenario has 3"


def test_different_surveys_have_different_samples() -> None:
    """Samples of two surveys are independent."""
    observer = Observer(trusts().scenario, READING, 5)
    other = attrs.evolve(TWO, asked_by="survey")
    assert [names(observer.bodies(TWO, draw)) for draw in range(9)] != [
        names(observer.bodies(other, draw)) for draw in range(9)
    ]


def test_figures_of_one_survey_use_the_same_sample() -> None:
    """Applicants and staff of one sample come from the same trust and its provider arm."""
    reading = attrs.evolve(READING, asked=("pct",))
    share = outcome("MARS application share", sample=ONE, kinds=("pct", "pct-provider"))
    row = published_beside(trusts(), outcomes(share, reading=reading), observer=_arm_seed(), draws=0).rows[0]
    assert row.simulated == 1.0  # on 30 June the trust and its arm each have one person, and both apply
    without = next(
        seed for seed in range(99) if "Arm" not in names(Observer(trusts().scenario, READING, seed).bodies(ONE))
    )
    row = published_beside(trusts(), outcomes(share), observer=without, draws=0).rows[0]
    assert row.why.startswith("this view has no provider arm of a primary care trust")
    only = attrs.evolve(share, kinds=("pct",))  # if the figure excludes arms, the trust answers alone
    row = published_beside(trusts(), outcomes(only), observer=_arm_seed(), draws=0).rows[0]
    assert row.why.startswith("this view has no provider arm of a primary care trust")


def test_the_sampling_error_is_in_the_unit_of_the_figure() -> None:
    """A sampled sum in £ million has its mean and error in £ million."""
    made = [outcome("first MARS cost", id=unit, unit=unit, sample=TWO, kinds=("pct",)) for unit in ("£", "£ million")]
    pounds, millions = (row.sampling for row in published_beside(trusts(), outcomes(*made), draws=50).rows)
    assert pounds is not None and millions is not None
    assert millions.mean == pytest.approx(pounds.mean / 1e6) and millions.error == pytest.approx(pounds.error / 1e6)


def _arm_seed() -> int:
    scenario = trusts().scenario
    return next(seed for seed in range(99) if "Arm" in names(Observer(scenario, READING, seed).bodies(ONE)))


def test_policies_do_not_affect_the_sample() -> None:
    """Removing every policy leaves the sample the same."""
    bare = attrs.evolve(trusts().scenario, policies=Named({}))
    assert names(Observer(bare, READING, 4).bodies(TWO)) == names(Observer(trusts().scenario, READING, 4).bodies(TWO))
