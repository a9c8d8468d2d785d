"""Which option is best on average, and how sure that is: the chance of a correct selection, and rules that spend runs.

The chance of a correct selection grows with the number of futures that are run. The share of futures that an option
wins (`nhstransit.choice.robust`) does not: it is a property of the world. The two are never mixed.

Figures here are such that more is better. Rows of one future are paired: all options have the same draw and luck there.
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
    """The option with the highest mean, and how sure it is that no other has a higher one.

    Attributes:
        best: index of the option with the highest observed mean; the first of equals.
        chance: the probability of correct selection is at least this: 1 less twice the sum over the other options of
            the chance (Student's t, paired) that they are better; 0 where that is negative.
        rival: index of the option most likely to be better; `best` where there is no other.
        declared: whether `best` is declared the winner at the level asked: see `selected`.
        needed: how many futures would be needed to declare it, if means and spreads stay as they are; infinity where
            the difference is zero.
        units: the number of independent futures.
    """

    best: int
    chance: float
    rival: int
    declared: bool
    needed: float
    units: int


def selected(figures: Floats, level: float = 0.95) -> Selection:
    """Select the best of some options from paired figures, (options, futures), and say how sure that is.

    A winner is declared where the probability of correct selection is at least `level`. The chances that others are
    better count twice, because the same futures choose the option and judge it. So among options with equal means a
    winner is declared with probability at most 1 − level: of two options this is the two-sided test, and the lead of the
    best of several equal ones is smaller (for figures that are roughly normal).

    Raises:
        InputError: for fewer than 10 futures, naming how many there are.
    """
    check_numbers("figures", figures)
    from scipy.special import stdtr

    figures = np.asarray(figures, float)
    options, units = figures.shape
    if units < FEWEST:
        wrong = f"are {units}, too few to judge the best option"
        raise InputError("futures", wrong, f"run at least {FEWEST}: more draws, or more replications")
    best = int(figures.mean(axis=1).argmax())
    if options == 1:
        return Selection(best=0, chance=1.0, rival=0, declared=True, needed=float(FEWEST), units=units)
    others = np.array([place for place in range(options) if place != best])
    gaps = figures[best] - figures[others]
    mean = gaps.mean(axis=1)
    spread = gaps.std(axis=1, ddof=1)
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
    """The probability of correct selection, at least, from the chances that each other option is better."""
    return max(0.0, 1.0 - 2.0 * float(tails.sum()))


def _scores(mean: Floats, spread: Floats, units: int) -> Floats:
    """Means in standard errors. A difference that is the same in every future is certain; none at all is zero."""
    error = spread / math.sqrt(units)
    flat = np.where(mean > 0, np.inf, np.where(mean < 0, -np.inf, 0.0))
    return np.where(error > 1e-12 * np.maximum(np.abs(mean), 1e-300), mean / np.where(error > 0, error, 1.0), flat)


def _needed(mean: Floats, spread: Floats, level: float) -> float:
    """The smallest number of futures at which a winner is declared with paired differences of these means and spreads."""
    from scipy.special import stdtr

    def enough(count: int) -> bool:
        return _chance(stdtr(count - 1, -_scores(mean, spread, count))) >= level

    if not (mean > 0).all():
        return math.inf
    low = FEWEST
    high = FEWEST
    while not enough(high):
        if high >= MOST:
            return math.inf
        low = high
        high = high * 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle + 1, high)
    return float(high)


def chance_by_futures(figures: Floats) -> Floats:
    """The chance of correct selection after 2, 3, … all futures in their order, (futures − 1,).

    Args:
        figures: paired figures, (options, futures), more being better.
    """
    from scipy.special import stdtr

    figures = np.asarray(figures, float)
    options, units = figures.shape
    counts = np.arange(1, units + 1)
    sums = figures.cumsum(axis=1)
    out = []
    for count in range(2, units + 1):
        best = int(sums[:, count - 1].argmax())
        gaps = (figures[best] - figures)[:, :count]
        mean = gaps.mean(axis=1)
        spread = gaps.std(axis=1, ddof=1)
        tails = stdtr(counts[count - 2], -_scores(mean, spread, count))
        out.append(_chance(tails[np.arange(options) != best]))
    return np.array(out)


# Rules that spend runs where they matter.


@attrs.frozen(kw_only=True)
class Elimination:
    """The sequential rule of Kim and Nelson (2001), which allows for luck that options share.

    After `first` futures of every option, options are eliminated one by one as soon as their sums fall too far behind.
    The one that is left is the best with probability at least `level`, provided that its mean is at least
    `indifference` above the second (ACM Transactions on Modeling and Computer Simulation 11(3), with c = 1). Where it is
    not, the one left is within `indifference` of the best in the same sense for figures that are roughly normal.

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
        """Variances of the paired differences over the first futures: (…, options, options) of (…, options, futures)."""
        start = np.asarray(figures, float)[..., : self.first]
        gaps = start[..., :, None, :] - start[..., None, :, :]
        return np.asarray(gaps.var(axis=-1, ddof=1))

    def left(self, sums: Floats, variances: Floats, alive: Bools, count: int) -> Bools:
        """Which options are still in play after `count` futures, (…, options).

        Args:
            sums: the sum of each option's figures over these futures, (…, options); any number for eliminated options.
            variances: those of `variances`, (…, options, options).
            alive: which options were in play before, (…, options).
            count: the number of futures.
        """
        options = alive.shape[-1]
        if options == 1:
            return alive
        scale = 2.0 * (1.0 - self.level) / (options - 1)
        h2 = (scale ** (-2.0 / (self.first - 1)) - 1.0) * (self.first - 1)
        slack = np.maximum(0.0, (h2 * variances / self.indifference - self.indifference * count) / 2.0)
        behind = sums[..., None, :] - sums[..., :, None] > slack
        return np.asarray(alive & ~(behind & alive[..., None, :]).any(axis=-1))

    def decided(self, figures: Floats) -> tuple[Ints, Ints]:
        """The winner (…) and the futures it took (…) for whole paths of figures, (…, options, futures).

        The winner is −1 where more than one option is in play at the end of the path.
        """
        figures = np.asarray(figures, float)
        variances = self.variances(figures)
        alive = np.ones(figures.shape[:-1], bool)
        took = np.full(figures.shape[:-2], figures.shape[-1])
        done = np.zeros(figures.shape[:-2], bool)
        sums = figures[..., : self.first - 1].sum(axis=-1)
        for count in range(self.first, figures.shape[-1] + 1):
            sums = sums + figures[..., count - 1]
            alive = np.where(done[..., None], alive, self.left(sums, variances, alive, count))
            over = ~done & (alive.sum(axis=-1) == 1)
            took = np.where(over, count, took)
            done |= over
            if done.all():
                break
        return np.where(done, alive.argmax(axis=-1), -1), took


def ocba(means: Floats, spreads: Floats, budget: int) -> Ints:
    """How many of `budget` runs each option should have: optimal computing budget allocation (Chen and others, 2000).

    For options that do not share their luck: the runs go to those that are close to the best, and to noisy ones.

    Args:
        means: mean figures, (options,), more being better.
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
        raise InputError("means", f"are {len(means)} with {len(spreads)} spreads", "give two or more of each")
    if not (spreads > 0).all():
        raise InputError("spreads", f"hold {float(spreads.min()):g}", "give standard deviations above 0")
    best = int(means.argmax())
    gaps = means[best] - means
    others = np.arange(len(means)) != best
    if not (gaps[others] > 0).all():
        raise InputError("means", "have two equal highest values", "run a few more of each first")
    weight = np.zeros(len(means))
    weight[others] = (spreads[others] / gaps[others]) ** 2
    weight[best] = spreads[best] * math.sqrt(float(((weight[others] / spreads[others]) ** 2).sum()))
    exact = budget * weight / weight.sum()
    whole = np.floor(exact).astype("int64")
    whole[np.argsort(whole - exact, kind="stable")[: budget - int(whole.sum())]] += 1
    return np.asarray(whole, "int32")
