"""What it is worth to know an uncertain number before choosing: which study to commission first.

The expected value of partial perfect information of a number is E[max over options of E[figure | number]] less the
maximum of E[figure]. The inner expectation is a regression of the figures on the number over the draws (Strong, Oakley
and Brennan 2014, Medical Decision Making 34(3)). The regression averages out chance, so no further runs are needed.
"""

from __future__ import annotations

from collections.abc import Sequence

import attrs
import numpy as np

from nhstransit.arrays import Floats
from nhstransit.choice.robust import resampled
from nhstransit.pence import check_numbers

DEGREES = 4  # highest power of one number in the regression
ROOM = 6  # the lowest number of draws for each coefficient
FEWEST_DRAWS = 2 * ROOM  # with fewer draws not even a straight line, which has two coefficients, is fitted
BOOTSTRAP = 200
ROUNDING = 1e-9  # differences that vary by less than this share of the largest figure count as constant


@attrs.frozen(kw_only=True, eq=False)
class Worth:
    """The value of knowing one or more numbers, in the objective's unit, with the ends of its 90% interval.

    `fit` has the expected figure of each option given the numbers, (options, futures). `degree` is the highest power
    used. A degree of 0 means that the regression found no effect of the numbers on the differences between options:
    these runs show no value in knowing them.
    """

    value: float
    low: float
    high: float
    degree: int
    fit: Floats


def worth(figures: Floats, numbers: Floats) -> Worth:
    """The expected value of perfect information on some numbers.

    Each option's difference from the first is regressed on powers of the numbers. With several numbers and enough draws,
    products of two numbers are added. Leave-one-out prediction decides how many terms each option's regression has.

    Args:
        figures: (options, futures); a higher figure is better, and a column is the same future for all options.
        numbers: the value of each number in each future, (numbers, futures).
    """
    check_numbers("figures", figures)
    check_numbers("numbers", numbers)
    figures = np.asarray(figures, float)
    numbers = np.atleast_2d(np.asarray(numbers, float))
    # Differences from the first option, (futures, options). What all options have in common cancels in them, so the
    # regression has less noise. The value of information depends on differences only.
    gaps = (figures - figures[0]).T
    bases = _bases(numbers)
    room = ROUNDING * np.abs(figures).max(initial=0.0)
    # For each option, the index of its set of terms.
    chosen = np.array([_terms(bases, gap, room) for gap in gaps.T])
    fit = np.full(gaps.shape, figures[0].mean())
    for place in np.unique(chosen).tolist():
        fit[:, chosen == place] += _fitted(bases[place][1], gaps[:, chosen == place])
    degree = max(bases[place][0] for place in chosen.tolist())
    if not degree:
        return Worth(value=0.0, low=0.0, high=0.0, degree=0, fit=fit.T)
    equal = np.full((1, len(fit)), 1.0 / len(fit))
    value = _beyond(room, float(_gain(fit[None], equal)[0]))
    low, high = (_beyond(room, end) for end in _ends(bases, chosen, gaps))
    # The interval is from resampled futures and need not include the value itself.
    return Worth(value=value, low=min(low, value), high=max(high, value), degree=degree, fit=fit.T)


def _beyond(room: float, value: float) -> float:
    """A value, or 0 if it is so small that rounding errors alone could produce it."""
    return value if value > room else 0.0


def _terms(bases: Sequence[tuple[int, Floats]], gap: Floats, room: float) -> int:
    """The index of the terms with the best leave-one-out prediction of one difference; 0, the mean, if it is constant."""
    if gap.std() <= room:
        return 0
    errors = [_left_out(basis, gap[:, None]) for _, basis in bases]
    # More terms must predict noticeably better, so that rounding does not decide between two sets.
    best = 0
    for place, error in enumerate(errors):
        best = place if error < errors[best] * (1.0 - 1e-9) else best
    return best


def _bases(numbers: Floats) -> Sequence[tuple[int, Floats]]:
    """Candidate sets of regression terms, the simplest first: the highest power, and the terms (futures, terms)."""
    count, futures = numbers.shape
    # Numbers in standard deviations from their mean, because powers of large numbers are nearly parallel. A number that
    # does not vary explains nothing.
    centre = numbers.mean(axis=1, keepdims=True)
    spread = numbers.std(axis=1, keepdims=True)
    moving = spread[:, 0] > 0
    scaled = ((numbers - centre) / np.where(spread > 0, spread, 1.0))[moving]
    found = [(0, np.ones((futures, 1)))]
    terms = [np.ones(futures)]
    for power in range(1, DEGREES + 1):
        terms = [*terms, *scaled**power]
        if len(terms) * ROOM > futures or not len(scaled):
            break
        found.append((power, np.array(terms).T))
        # Products of two numbers, which show whether the effect of one depends on the other.
        if power == 1 and count > 1:
            both = [scaled[one] * scaled[two] for one in range(len(scaled)) for two in range(one)]
            if both and (len(terms) + len(both)) * ROOM <= futures:
                found.append((2, np.array([*terms, *both]).T))
    return found


def _left_out(basis: Floats, gaps: Floats) -> float:
    """The mean squared error of predicting each future's differences from the other futures."""
    # The leverage of each future gives its residual without itself in closed form, so nothing is fitted again.
    ortho, _ = np.linalg.qr(basis)
    lever = (ortho**2).sum(axis=1)
    rest = gaps - ortho @ (ortho.T @ gaps)
    left_out = rest / np.maximum(1.0 - lever, 1e-9)[:, None]
    return float((left_out**2).mean())


def _fitted(basis: Floats, gaps: Floats) -> Floats:
    """The differences predicted by the regression, (futures, options)."""
    ortho, _ = np.linalg.qr(basis)
    return np.asarray(ortho @ (ortho.T @ gaps))


def _gain(fit: Floats, weights: Floats) -> Floats:
    """E[max] less max of E for each row of weights; `fit` is (rows, futures, options), `weights` (rows, futures)."""
    # Inside: the best option is chosen in each future. Outside: one option is chosen for all futures.
    inside = (fit.max(axis=2) * weights).sum(axis=1)
    outside = (fit * weights[:, :, None]).sum(axis=1).max(axis=1)
    return np.asarray(np.maximum(inside - outside, 0.0))


def _ends(bases: Sequence[tuple[int, Floats]], chosen: np.ndarray, gaps: Floats) -> tuple[float, float]:
    """The ends of the middle 90% of the value over resampled futures; the terms of each regression stay the same."""
    weights = resampled(len(gaps), BOOTSTRAP)
    fit = np.zeros((BOOTSTRAP, *gaps.shape))
    for place in np.unique(chosen).tolist():
        fit[:, :, chosen == place] = _refitted(bases[place][1], gaps[:, chosen == place], weights)
    low, high = np.quantile(_gain(fit, weights), (0.05, 0.95))
    return float(low), float(high)


def _refitted(basis: Floats, gaps: Floats, weights: Floats) -> Floats:
    """The differences predicted by the regression under each row of weights, (rows, futures, options)."""
    terms = basis.shape[1]
    options = gaps.shape[1]
    # Weighted least squares for all rows at once. The products of each future are formed first, and each row of weights
    # then adds them up, so no array of (rows, futures, terms) is needed.
    squares = (basis[:, :, None] * basis[:, None, :]).reshape(len(basis), -1)
    products = (basis[:, :, None] * gaps[:, None, :]).reshape(len(basis), -1)
    # The small diagonal keeps the system solvable for a resample with few different futures.
    gram = (weights @ squares).reshape(-1, terms, terms) + 1e-10 * np.eye(terms)
    right = (weights @ products).reshape(-1, terms, options)
    return np.asarray(basis @ np.linalg.solve(gram, right))


@attrs.frozen(kw_only=True)
class Weakest:
    """The lowest expected lead of an option within the drawn values of one uncertain number.

    Attributes:
        lead: the lowest expected lead, in the objective's unit; negative if the other option is expected to lead.
        at: the value of the number at the lowest lead.
        trace: whether the regression found an effect of the number on the lead. If not, `lead` is read from a
            straight line fitted all the same, because the runs support nothing better.
    """

    lead: float
    at: float
    trace: bool


def weakest(gap: Floats, number: Floats) -> Weakest:
    """The lowest expected lead of one option over another within the values of one uncertain number.

    Args:
        gap: the first option's figure less the other's, (futures,); a higher figure is better.
        number: the value of the uncertain number in each future, (futures,).
    """
    gap = np.asarray(gap, float)
    number = np.asarray(number, float)
    found = worth(np.array([np.zeros(len(gap)), gap]), number[None])
    lead = found.fit[1] - found.fit[0]
    # Without a trend the fit is a constant, which has no lowest point, so a straight line is fitted.
    if not found.degree:
        line = np.array([np.ones(len(number)), number - number.mean()]).T
        lead = _fitted(line, gap[:, None])[:, 0]
    place = int(lead.argmin())
    return Weakest(lead=float(lead[place]), at=float(number[place]), trace=found.degree > 0)


def switching_values(gap: Floats, number: Floats) -> tuple[float, ...]:
    """The values of a number at which the expected difference between two options changes sign, within its drawn range.

    The Green Book calls them switching values.

    Args:
        gap: the favoured option's figure less another's, (futures,).
        number: the value of the uncertain number in each future, (futures,).

    Returns:
        The values in ascending order; empty if the sign does not change, or if the regression finds no effect of the
        number on the difference.
    """
    check_numbers("gap", gap)
    check_numbers("number", number)
    gap = np.asarray(gap, float)
    number = np.asarray(number, float)
    found = worth(np.array([np.zeros(len(gap)), gap]), number[None])
    if not found.degree:
        return ()
    # The fitted difference in ascending order of the number, with each value once.
    order = np.argsort(number, kind="stable")
    x = number[order]
    y = (found.fit[1] - found.fit[0])[order]
    x, first = np.unique(x, return_index=True)
    y = y[first]
    # Where the sign changes between two neighbours, the zero is interpolated linearly.
    turns = np.flatnonzero(np.sign(y[1:]) * np.sign(y[:-1]) < 0)
    run = x[turns + 1] - x[turns]
    rise = y[turns + 1] - y[turns]
    return tuple((x[turns] - y[turns] * run / rise).tolist())
