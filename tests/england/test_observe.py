"""The observation operator: who is asked is luck, fair and fixed, and nothing outside the sample is seen."""

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
    """Six trusts of one to six people, an SHA, and an arm of the first; all but two of each leave by MARS."""
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


def test_who_is_asked_is_fixed_by_the_observer_s_seed() -> None:
    """The same seed asks the same, another draw or seed others; a trust stands or falls by its name, not its place."""
    scenario = trusts().scenario
    asked = [names(Observer(scenario, READING, seed).bodies(TWO, draw)) for seed in (1, 2) for draw in range(40)]
    again = [names(Observer(scenario, READING, seed).bodies(TWO, draw)) for seed in (1, 2) for draw in range(40)]
    assert asked == again and asked[:40] != asked[40:] and len({frozenset(one) for one in asked}) > 10
    turned = small_world(bodies=list(reversed(scenario.organisations)))
    assert names(Observer(turned, READING, 1).bodies(TWO, 3), turned) == asked[3]


@pytest.mark.thorough
def test_every_pair_is_as_likely() -> None:
    """Over 6,000 draws each of the fifteen pairs comes up near 400 times: chi-square below its 99.9% point, 36.1."""
    observer = Observer(trusts().scenario, READING, 7)
    counts = dict.fromkeys((frozenset(pair) for pair in combinations([f"Trust {n}" for n in range(1, 7)], 2)), 0)
    for draw in range(6_000):
        counts[frozenset(names(observer.bodies(TWO, draw)) - {"Arm"})] += 1
    assert sum((count - 400) ** 2 / 400 for count in counts.values()) < 36.1


def test_an_arm_is_asked_with_its_trust_and_no_other_kind_is_asked() -> None:
    """The first trust answers for its provider arm too; the SHA is never asked."""
    observer = Observer(trusts().scenario, READING, 3)
    for draw in range(60):
        asked = names(observer.bodies(TWO, draw))
        assert ("Arm" in asked) == ("Trust 1" in asked) and "Region" not in asked
        assert len(asked - {"Arm"}) == 2


def test_only_the_sample_is_seen() -> None:
    """The count is that of the two trusts asked, the mean of their people, and a later leaver is out of sight."""
    run = trusts()
    asked = names(Observer(run.scenario, READING, 57).bodies(TWO))
    people = sum(int(name.split()[1]) for name in asked if name != "Arm")
    count = outcome("MARS leavers", sample=TWO, kinds=("pct",))
    assert published_beside(run, outcomes(count), draws=0).rows[0].simulated == people
    early = attrs.evolve(count, until=dt.date(2010, 9, 29))
    assert published_beside(run, outcomes(early), draws=0).rows[0].simulated == 0


@pytest.mark.thorough
def test_over_draws_it_is_unbiased_and_its_error_is_that_of_theory() -> None:
    """Two of six trusts of one to six leavers: the mean and the standard deviation are those over the fifteen pairs."""
    sizes = np.arange(1, 7)
    pairs = [a + b for a, b in combinations(sizes, 2)]
    wanted = np.mean(pairs)
    error = np.std(pairs)
    row = published_beside(trusts(), outcomes(outcome("MARS leavers", sample=TWO, kinds=("pct",))), draws=2_000).rows[0]
    assert row.sampling is not None and row.sampling.draws == 2_000
    assert row.sampling.mean == pytest.approx(wanted, abs=4 * error / 2_000**0.5)
    assert row.sampling.error == pytest.approx(error, rel=0.06)


def test_the_rest_of_the_run_is_not_touched_by_it() -> None:
    """Observing draws nothing from the run's luck: the log stays, and so do figures of all bodies."""
    run = trusts()
    before = trusts().log.to_bytes()
    sampled = outcome("MARS leavers", sample=TWO, kinds=("pct",))
    whole = attrs.evolve(sampled, sample=None)
    found = {seed: published_beside(run, outcomes(sampled), observer=seed).rows[0] for seed in range(12)}
    assert len({row.simulated for row in found.values()}) > 2
    assert published_beside(run, outcomes(whole)).rows[0].simulated == 21
    assert run.log.to_bytes() == before


def test_more_bodies_than_there_are_cannot_be_asked() -> None:
    """A sample of 57 from the hamlet's three says so."""
    row = published_beside(hamlet(), outcomes(outcome("MARS leavers", sample=Sample(bodies=57, out_of=151)))).rows[0]
    assert row.simulated is None and row.sampling is None
    assert row.why == "the survey had 57 organisations, but the scenario has 3"


def test_surveys_ask_each_their_own() -> None:
    """Who answers one survey says nothing of who answers another."""
    observer = Observer(trusts().scenario, READING, 5)
    other = attrs.evolve(TWO, asked_by="survey")
    assert [names(observer.bodies(TWO, draw)) for draw in range(9)] != [
        names(observer.bodies(other, draw)) for draw in range(9)
    ]


def test_all_figures_of_one_survey_come_from_the_same_bodies() -> None:
    """Leavers and applicants of one sample are of the same two trusts, the arm's fixed-term member included below."""
    reading = attrs.evolve(READING, asked=("pct",))
    share = outcome("MARS application share", sample=ONE, kinds=("pct", "pct-provider"))
    row = published_beside(trusts(), outcomes(share, reading=reading), observer=_arm_seed(), draws=0).rows[0]
    assert row.simulated == 1.0  # on 30 June the trust's one and the arm's one are there, and both apply
    without = next(
        seed for seed in range(99) if "Arm" not in names(Observer(trusts().scenario, READING, seed).bodies(ONE))
    )
    row = published_beside(trusts(), outcomes(share), observer=without, draws=0).rows[0]
    assert row.why.startswith("this view has no provider arm of a primary care trust")
    only = attrs.evolve(share, kinds=("pct",))  # and where arms are no part of the figure, their trust answers alone
    row = published_beside(trusts(), outcomes(only), observer=_arm_seed(), draws=0).rows[0]
    assert row.why.startswith("this view has no provider arm of a primary care trust")


def test_the_error_is_in_the_unit_of_the_figure() -> None:
    """A sampled sum in millions has its mean and its error in millions."""
    made = [outcome("first MARS cost", id=unit, unit=unit, sample=TWO, kinds=("pct",)) for unit in ("£", "£ million")]
    pounds, millions = (row.sampling for row in published_beside(trusts(), outcomes(*made), draws=50).rows)
    assert pounds is not None and millions is not None
    assert millions.mean == pytest.approx(pounds.mean / 1e6) and millions.error == pytest.approx(pounds.error / 1e6)


def _arm_seed() -> int:
    scenario = trusts().scenario
    return next(seed for seed in range(99) if "Arm" in names(Observer(scenario, READING, seed).bodies(ONE)))


def test_names_not_policies_decide() -> None:
    """Taking a policy away asks the same trusts."""
    bare = attrs.evolve(trusts().scenario, policies=Named({}))
    assert names(Observer(bare, READING, 4).bodies(TWO)) == names(Observer(trusts().scenario, READING, 4).bodies(TWO))
