"""Which option is best on average: the probability of correct selection, and methods that save or allocate runs.

The probability of correct selection increases with the number of futures simulated. The share of futures in which an
option is best (`nhstransit.choice.robust`) does not: it describes the uncertainty itself. The two are never combined.

In this module a higher figure is always better. Figures of one future are paired: all options have the same draw and
the same random numbers.
"""

from __future__ import annotations

import math

import attrs
import numpy as np

from nhstransit.arrays import Bools, Floats, Ints
from nhstransit.errors import InputError
from nhstransit.pence import check_numbers
from nhstransit.studies.statistics import FEWEST, MOST, real


@attrs.frozen(kw_only=True, eq=False)
class Selection:
    """The option with the highest mean, and how probable it is that no other option has a higher mean.

    Attributes:
        best: the index of the option with the highest observed mean; the first if several tie.
        chance: a lower bound of the probability of correct selection: 1 less twice the sum of the chances (Student's t,
            paired) that each other option is better; 0 if this is negative.
        rival: the index of the option most likely to be better; `best` if it is the only option.
        declared: whether `best` is declared the winner at the chosen level: see `selected`.
        needed: how many futures would be enough to declare it, if means and spreads do not change; infinity if the
            difference is zero.
        units: the number of independent futures.
    """

    best: int
    chance: float
    rival: int
    declared: bool
    needed: float
    units: int


def selected(figures: Floats, level: float = 0.95) -> Selection:
    """Select the best of some options from paired figures, (options, futures), with the probability of being right.

    A winner is declared if the probability of correct selection is at least `level`. The tail probabilities are doubled
    because the same futures are used both to pick the best option and to test it. If all options have equal means, a
    winner is therefore declared with a probability of at most 1 − level, for figures that are roughly normal. With two
    options this is the two-sided test.

    Raises:
        InputError: for fewer than 10 futures.
    """
    check_numbers("figures", figures)
    from scipy.special import stdtr

    figures = np.asarray(figures, float)
    options, units = figures.shape
    if units < FEWEST:
        wrong = f"the number is {units}, which is too few to judge the best option"
        raise InputError("futures", wrong, f"run at least {FEWEST}: add draws or replications")
    best = int(figures.mean(axis=1).argmax())
    if options == 1:
        return Selection(best=0, chance=1.0, rival=0, declared=True, needed=float(FEWEST), units=units)
    # Paired differences between the best option and each other, (options − 1, futures).
    others = np.array([place for place in range(options) if place != best])
    gaps = figures[best] - figures[others]
    mean = gaps.mean(axis=1)
    spread = gaps.std(axis=1, ddof=1)
    # The chance that each other option is really better, by a one-sided t test.
    tails = stdtr(units - 1, -_scores(mean, spread, units))
    chance = _chance(tails)
    return Selection(
        best=best,
        chance=chance,
        rival=int(others[int(tails.argmax())]),
        declared=chance >= level,
        needed=_needed(mean, spread, level),
        units=units,
    )


def _chance(tails: Floats) -> float:
    """A lower bound of the probability of correct selection, from the chance that each other option is better."""
    return max(0.0, 1.0 - 2.0 * float(tails.sum()))


def _scores(mean: Floats, spread: Floats, units: int) -> Floats:
    """Mean differences in standard errors; ±infinity for a constant difference, 0 if there is no difference."""
    error = spread / math.sqrt(units)
    # A difference that varies by rounding errors only is constant, and its sign is certain.
    flat = np.where(mean > 0, np.inf, np.where(mean < 0, -np.inf, 0.0))
    varies = error > 1e-12 * np.maximum(np.abs(mean), 1e-300)
    return np.where(varies, mean / np.where(error > 0, error, 1.0), flat)


def _needed(mean: Floats, spread: Floats, level: float) -> float:
    """The smallest number of futures at which a winner is declared, if paired differences have these means and spreads."""
    from scipy.special import stdtr

    def enough(count: int) -> bool:
        return _chance(stdtr(count - 1, -_scores(mean, spread, count))) >= level

    # Two options with the same mean can never be separated.
    if not (mean > 0).all():
        return math.inf
    # Double the number until it is enough, then bisect.
    low = FEWEST
    high = FEWEST
    while not enough(high):
        if high >= MOST:
            return math.inf
        low = high
        high = high * 2
    while low < high:
        middle = (low + high) // 2
        if enough(middle):
            high = middle
        else:
            low = middle + 1
    return float(high)


def chance_by_futures(figures: Floats) -> Floats:
    """A lower bound of the probability of correct selection after 2, 3, … all futures, in order, (futures − 1,).

    Args:
        figures: paired figures, (options, futures); a higher figure is better.
    """
    from scipy.special import stdtr

    figures = np.asarray(figures, float)
    options, units = figures.shape
    counts = np.arange(1, units + 1)
    sums = figures.cumsum(axis=1)
    out = []
    for count in range(2, units + 1):
        # The option that is best so far, which may change as futures are added.
        best = int(sums[:, count - 1].argmax())
        gaps = (figures[best] - figures)[:, :count]
        mean = gaps.mean(axis=1)
        spread = gaps.std(axis=1, ddof=1)
        tails = stdtr(counts[count - 2], -_scores(mean, spread, count))
        # The best option's difference from itself is not a rival.
        out.append(_chance(tails[np.arange(options) != best]))
    return np.array(out)


# Methods that use runs where they matter most


@attrs.frozen(kw_only=True)
class Elimination:
    """The sequential elimination of Kim and Nelson (2001), which is valid if options share their random numbers.

    After `first` futures of every option, each option is eliminated as soon as its sum is too far behind another's
    (ACM Transactions on Modeling and Computer Simulation 11(3), with c = 1). If the best mean is at least `indifference`
    above the second, the option left is the best with a probability of at least `level`. Otherwise its mean is within
    `indifference` of the best with this probability. Both are valid for figures that are roughly normal.

    Raises:
        InputError: for an indifference of 0 or less, a level outside 0 to 1, or fewer than 10 first futures.
    """

    indifference: float
    level: float = 0.95
    first: int = FEWEST

    def __attrs_post_init__(self) -> None:
        if not real(self.indifference) or not self.indifference > 0:
            right = "give the smallest difference that matters, above 0, in the unit of the first objective"
            raise InputError("indifference", f"is {self.indifference!r}", right)
        if not real(self.level) or not 0.0 < self.level < 1.0:
            raise InputError("level", f"is {self.level!r}", "give a share between 0 and 1, such as 0.95")
        if self.first < FEWEST:
            raise InputError("first", f"is {self.first!r}", f"give {FEWEST} futures or more")

    def variances(self, figures: Floats) -> Floats:
        """Variances of the paired differences over the first futures, (…, options, options).

        Args:
            figures: (…, options, futures).
        """
        start = np.asarray(figures, float)[..., : self.first]
        # Differences of all pairs of options, (…, options, options, futures).
        gaps = start[..., :, None, :] - start[..., None, :, :]
        return np.asarray(gaps.var(axis=-1, ddof=1))

    def left(self, sums: Floats, variances: Floats, alive: Bools, count: int) -> Bools:
        """Whether each option is still in play after `count` futures, (…, options).

        Args:
            sums: the sum of each option's figures over these futures, (…, options); any number for eliminated options.
            variances: the result of the method `variances`, (…, options, options).
            alive: whether each option was in play before, (…, options).
            count: the number of futures.
        """
        options = alive.shape[-1]
        if options == 1:
            return alive
        # The constant of Kim and Nelson with c = 1. The chance of an error is divided among the other options.
        scale = 2.0 * (1.0 - self.level) / (options - 1)
        h2 = (scale ** (-2.0 / (self.first - 1)) - 1.0) * (self.first - 1)
        # How far an option may be behind another: less with every future, and less if their difference varies little.
        slack = np.maximum(0.0, (h2 * variances / self.indifference - self.indifference * count) / 2.0)
        # Whether the row's option is too far behind the column's, which counts only if the column's is still in play.
        behind = sums[..., None, :] - sums[..., :, None] > slack
        return np.asarray(alive & ~(behind & alive[..., None, :]).any(axis=-1))

    def decided(self, figures: Floats) -> tuple[Ints, Ints]:
        """Apply the elimination to complete sequences of figures.

        Args:
            figures: (…, options, futures).

        Returns:
            The index of the winner, (…,), or −1 if several options are left at the end; and the number of futures used,
            (…,).
        """
        figures = np.asarray(figures, float)
        variances = self.variances(figures)
        alive = np.ones(figures.shape[:-1], bool)
        took = np.full(figures.shape[:-2], figures.shape[-1])
        done = np.zeros(figures.shape[:-2], bool)
        # The loop begins by adding the last of the first futures.
        sums = figures[..., : self.first - 1].sum(axis=-1)
        for count in range(self.first, figures.shape[-1] + 1):
            sums = sums + figures[..., count - 1]
            # A sequence that is decided does not change any more.
            alive = np.where(done[..., None], alive, self.left(sums, variances, alive, count))
            over = ~done & (alive.sum(axis=-1) == 1)
            took = np.where(over, count, took)
            done |= over
            if done.all():
                break
        return np.where(done, alive.argmax(axis=-1), -1), took


def ocba(means: Floats, spreads: Floats, budget: int) -> Ints:
    """How many of `budget` runs each option should have: optimal computing budget allocation (Chen and others, 2000).

    The method is for options with independent random numbers. It gives more runs to options that are close to the best
    and to options whose figures vary much.

    Args:
        means: mean figures, (options,); a higher figure is better.
        spreads: standard deviations of single runs, (options,), above 0.
        budget: the number of runs to allocate.

    Returns:
        Whole numbers that add up to the budget, (options,).

    Raises:
        InputError: for fewer than two options, a spread of 0 or less, or two options with the same highest mean.
    """
    check_numbers("means", means)
    check_numbers("spreads", spreads)
    means = np.asarray(means, float)
    spreads = np.asarray(spreads, float)
    if len(means) < 2 or len(means) != len(spreads):
        wrong = f"the number is {len(means)}, and the number of spreads is {len(spreads)}"
        raise InputError("means", wrong, "give two or more means, and one spread for each")
    if not (spreads > 0).all():
        raise InputError("spreads", f"one is {float(spreads.min()):g}", "give standard deviations above 0")
    best = int(means.argmax())
    gaps = means[best] - means
    others = np.arange(len(means)) != best
    if not (gaps[others] > 0).all():
        raise InputError("means", "two options have the same highest mean", "make a few more runs of each option first")
    # The ratios of Chen and others (2000): by squared noise over distance, and for the best option by all of the others.
    weight = np.zeros(len(means))
    weight[others] = (spreads[others] / gaps[others]) ** 2
    weight[best] = spreads[best] * math.sqrt(float(((weight[others] / spreads[others]) ** 2).sum()))
    exact = budget * weight / weight.sum()
    # Rounded down, and the rest of the budget goes to the options with the largest fractions.
    whole = np.floor(exact).astype("int64")
    fractions = np.argsort(whole - exact, kind="stable")
    whole[fractions[: budget - int(whole.sum())]] += 1
    return np.asarray(whole, "int32")
