"""Simulated surveys: the figure that a survey of some organisations would have found, and its random variation.

The sample is drawn with the observer's own seed, and the random number of each organisation depends only on its name,
so the sample does not depend on anything else in the run. A published figure from 57 of 151 trusts is then compared
with 57 trusts of the run, never with all trusts.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats, Keys, Rows, guarded
from nhstransit.england.evidence import Answer, Carried, Missing, Partial, View
from nhstransit.england.figures import Reading, Sample
from nhstransit.scenario import Scenario
from nhstransit.streams import Luck, name_key

DRAWS = 200
FEW_DRAWS = 40  # samples that estimate the sampling error, for fitting and for the page of a run
SEED = 57  # the observer's seed, which determines the sampled organisations; not the seed of the run


@attrs.frozen(kw_only=True)
class Spread:
    """One figure over many samples: the mean, and the standard deviation, which is the sampling error."""

    mean: float
    error: float
    draws: int


@attrs.frozen(eq=False, slots=False)
class Observer:
    """Samples the organisations of a scenario, with the same sample for every figure of one survey.

    Every set of the sample's size is equally likely. Draw 0 is the observation itself. Further draws show its random
    variation. A sampled organisation includes the provider arms that it runs.
    """

    scenario: Scenario
    reading: Reading
    seed: int = SEED
    draws: int = DRAWS
    _kept: dict[tuple[Sample, int], Bools] = attrs.field(factory=dict, init=False, repr=False)

    @cached_property
    def _may(self) -> Rows:
        """The organisations that can be sampled."""
        return np.flatnonzero(self.scenario.roster.of_kinds(self.reading.asked))

    @cached_property
    def _keys(self) -> Keys:
        """The key of each organisation's random numbers, from its name."""
        names = [self.scenario.organisations[place].name for place in self._may]
        return np.array([name_key(name) for name in names], "uint64")

    @cached_property
    def _parents(self) -> tuple[Rows, Rows]:
        """Every provider arm, and the organisation that runs it."""
        place = {body.name: number for number, body in enumerate(self.scenario.organisations)}
        arms = np.flatnonzero(self.scenario.roster.of_kinds(self.reading.arms))
        with_parent = [arm for arm in arms.tolist() if self._parent(arm)]
        run_by = [place[self._parent(arm)] for arm in with_parent]
        return np.array(with_parent, np.intp), np.array(run_by, np.intp)

    def _parent(self, arm: int) -> str:
        return self.scenario.organisations[arm].parent

    def bodies(self, sample: Sample, draw: int = 0) -> Bools:
        """Which organisations are in the sample of a draw, (bodies,); none if the scenario has too few (see `too_few`)."""
        if (sample, draw) not in self._kept:
            self._kept[sample, draw] = self._drawn(sample, draw)
        return self._kept[sample, draw]

    def _drawn(self, sample: Sample, draw: int) -> Bools:
        chosen = np.zeros(len(self.scenario.organisations), bool)
        # One random number for each organisation; the smallest ones are sampled, so every set is equally likely.
        if len(self._may) >= sample.bodies:
            decision = f"{sample.asked_by} sample"
            luck = Luck(self.seed).uniform(decision, draw, self._keys, among="organisation")
            chosen[self._may[np.argsort(luck, kind="stable")[: sample.bodies]]] = True
            # A provider arm answers with the organisation that runs it.
            arms, run_by = self._parents
            chosen[arms] = chosen[run_by]
        return guarded(chosen)

    def too_few(self, sample: Sample) -> Missing | None:
        """Why a sample of this size is not possible, or None."""
        there = len(self._may)
        if there >= sample.bodies:
            return None
        return Missing(f"the survey had {sample.bodies} organisations, but the scenario has {there}")

    def spread(self, views: Iterator[Answer]) -> Spread | None:
        """The mean and standard deviation of a figure over the draws that have it; None if there are fewer than two."""
        found = [answer.value if isinstance(answer, (Partial, Carried)) else answer for answer in views]
        numbers: Floats = np.array([answer for answer in found if not isinstance(answer, Missing)], "float64")
        # One number has no standard deviation.
        if len(numbers) < 2:
            return None
        return Spread(mean=float(numbers.mean()), error=float(numbers.std(ddof=1)), draws=len(numbers))

    def seen(self, view: View, sample: Sample) -> Iterator[View]:
        """The view restricted to the sample of each further draw, 1 to `draws`."""
        return (view.seeing(self.bodies(sample, draw)) for draw in range(1, self.draws + 1))
