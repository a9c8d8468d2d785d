"""The library's own exponentials and logarithms: they are accurate, and have the same bits on every processor."""

from __future__ import annotations

import hashlib
from decimal import Decimal, localcontext

import numpy as np
import pytest
from scipy import special

from nhstransit import arithmetic

DIGITS = 60
GRID = np.random.default_rng(2010)


def _ulps(found, exact):
    """The largest error in units in the last place, compared with exact decimals."""
    worst = 0.0
    with localcontext() as context:
        context.prec = DIGITS
        for one, right in zip(found.tolist(), exact, strict=True):
            unit = Decimal(float(np.spacing(found.dtype.type(abs(float(right))))))
            worst = max(worst, float(abs(Decimal(one) - right) / unit))
    return worst


def _exact(function, numbers):
    with localcontext() as context:
        context.prec = DIGITS
        return [function(Decimal(number)) for number in numbers.tolist()]


def _small(count):
    return GRID.uniform(-1, 1, count) * 10.0 ** GRID.uniform(-12, 0, count)


def _logistic(x):
    return 1 / (1 + (-x).exp())


LN2 = Decimal("0.693147180559945309417232121458176568075500134360255254120680009493393621969694715605863326996418687")
ACCURACIES = {
    "exp": (arithmetic.exp, lambda x: x.exp(), GRID.uniform(-700, 700, 400), 1.0),
    "exp near zero": (arithmetic.exp, lambda x: x.exp(), _small(400), 1.0),
    "expm1": (arithmetic.expm1, lambda x: x.exp() - 1, GRID.uniform(-5, 50, 400), 2.0),
    "expm1 near zero": (arithmetic.expm1, lambda x: x.exp() - 1, _small(400), 2.0),
    "exp2": (arithmetic.exp2, lambda x: (x * LN2).exp(), GRID.uniform(-1000, 1000, 400), 1.1),
    "log": (arithmetic.log, lambda x: x.ln(), 10.0 ** GRID.uniform(-300, 300, 400), 1.0),
    "log near one": (arithmetic.log, lambda x: x.ln(), GRID.uniform(0.5, 2.0, 400), 1.0),
    "log1p": (arithmetic.log1p, lambda x: (1 + x).ln(), -GRID.uniform(0, 1, 400), 2.0),
    "log1p near zero": (arithmetic.log1p, lambda x: (1 + x).ln(), _small(400), 2.0),
    "log2": (arithmetic.log2, lambda x: x.ln() / LN2, GRID.uniform(0.1, 1e6, 400), 2.0),
    "logistic": (arithmetic.logistic, _logistic, GRID.uniform(-40, 40, 400), 3.0),
    "exp in single precision": (arithmetic.exp, lambda x: x.exp(), GRID.uniform(-80, 80, 400).astype("float32"), 2.0),
    "expm1 in single precision": (
        arithmetic.expm1,
        lambda x: x.exp() - 1,
        GRID.uniform(-3, 10, 400).astype("float32"),
        3.0,
    ),
}


@pytest.mark.parametrize("name", ACCURACIES)
def test_a_function_is_as_accurate_as_stated(name):
    function, truth, numbers, accuracy = ACCURACIES[name]
    found = function(numbers)
    assert found.dtype == numbers.dtype
    assert _ulps(found, _exact(truth, numbers)) <= accuracy


def test_a_power_is_as_accurate_as_stated():
    bases = GRID.uniform(0.01, 30, 300)
    exponents = GRID.uniform(-4, 4, 300)
    found = arithmetic.power(bases, exponents)
    for base, exponent, one in zip(bases.tolist(), exponents.tolist(), found.tolist(), strict=True):
        with localcontext() as context:
            context.prec = DIGITS
            exact = (Decimal(exponent) * Decimal(base).ln()).exp()
            error = float(abs(Decimal(one) - exact) / Decimal(float(np.spacing(one))))
        assert error <= 1.0 + 2.0 * abs(exponent * np.log(base))


def test_powers_of_zero_and_one_are_exact():
    found = arithmetic.power([0.0, 0.0, 7.1, 7.1, 1.0, 0.0], [0.0, 2.5, 0.0, 1.0, 1e9, 1.0])
    assert found.tolist() == [1.0, 0.0, 1.0, 7.1, 1.0, 0.0]


def test_whole_powers_of_two_and_their_logarithms_are_exact():
    whole = np.arange(-1022.0, 1023.0)
    assert arithmetic.exp2(whole).tolist() == [2.0**n for n in range(-1022, 1023)]
    assert arithmetic.log2(arithmetic.exp2(whole)).tolist() == whole.tolist()


def test_results_at_the_ends_of_the_range_are_correct():
    inf = np.inf
    nan = np.nan
    assert arithmetic.exp([-inf, -800.0, 0.0, 710.0, inf]).tolist() == [0.0, 0.0, 1.0, inf, inf]
    assert arithmetic.expm1([-inf, -800.0, 0.0, 710.0, inf]).tolist() == [-1.0, -1.0, 0.0, inf, inf]
    assert arithmetic.exp2([-inf, -1080.0, -1074.0, 1024.0, inf]).tolist() == [0.0, 0.0, 5e-324, inf, inf]
    assert arithmetic.log([0.0, 1.0, inf]).tolist() == [-inf, 0.0, inf]
    assert arithmetic.log1p([-1.0, 0.0, inf]).tolist() == [-inf, 0.0, inf]
    assert arithmetic.normal_quantile([0.0, 0.5, 1.0]).tolist() == [-inf, 0.0, inf]
    assert arithmetic.normal_chance([-inf, -40.0, 0.0, 40.0, inf]).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert arithmetic.logistic([-inf, -800.0, 0.0, 800.0, inf]).tolist() == [0.0, 0.0, 0.5, 1.0, 1.0]
    for function in (arithmetic.exp, arithmetic.expm1, arithmetic.exp2, arithmetic.log1p, arithmetic.normal_chance):
        assert np.isnan(function(nan))
    assert np.isnan(arithmetic.log([nan, -1.0])).all()
    assert np.isnan(arithmetic.normal_quantile([nan, -0.1, 1.1])).all()
    tiny = arithmetic.exp([-745.0, -710.0])
    assert np.abs(tiny - np.exp([-745.0, -710.0])).max() <= 5e-324
    assert arithmetic.log(5e-324) == pytest.approx(-744.4400719213812, rel=1e-15)


def test_an_extreme_number_in_a_column_does_not_change_the_other_results():
    ordinary = GRID.uniform(-3, 3, 50)
    for function in (arithmetic.exp, arithmetic.expm1, arithmetic.exp2, arithmetic.log, arithmetic.normal_chance):
        alone = function(np.abs(ordinary))
        beside = function(np.append(np.abs(ordinary), [1e4, np.nan]))
        assert beside[:-2].tobytes() == alone.tobytes()


def test_normal_quantiles_and_chances_are_those_of_the_normal_distribution():
    chances = np.concatenate([GRID.uniform(0, 1, 5_000), 10.0 ** -GRID.uniform(0.4, 300, 2_000)])
    assert arithmetic.normal_quantile(chances) == pytest.approx(special.ndtri(chances), rel=2e-15, abs=1e-17)
    numbers = GRID.uniform(-37, 9, 5_000)
    assert arithmetic.normal_chance(numbers) == pytest.approx(special.ndtr(numbers), rel=1e-12, abs=0)


@pytest.mark.parametrize(("first", "second"), [(2.0, 3.0), (0.3, 0.4), (50.0, 2.0), (300.0, 700.0)])
def test_shares_of_a_beta_distribution_are_those_of_scipy(first, second):
    chances = np.sort(GRID.uniform(0, 1, 200))
    shares = arithmetic.beta_quantile(first, second, chances)
    assert shares == pytest.approx(special.betaincinv(first, second, chances), rel=1e-12)
    assert arithmetic.beta_chance(first, second, shares) == pytest.approx(chances, abs=1e-9)


def test_a_weighted_sum_is_added_in_order():
    weights = GRID.uniform(0, 1, 7)
    table = GRID.uniform(0, 1, (7, 3))
    expected = []
    for column in range(3):
        total = 0.0
        for weight, row in zip(weights.tolist(), table.tolist(), strict=True):
            total = total + weight * row[column]
        expected.append(total)
    assert arithmetic.dot(weights, table).tolist() == expected


@pytest.mark.parametrize("name", ["exp", "expm1", "exp2", "log", "log1p", "log2", "normal_quantile", "normal_chance"])
def test_a_result_does_not_depend_on_the_other_numbers_in_the_column(name):
    function = getattr(arithmetic, name)
    numbers = GRID.uniform(0.001, 0.999, 2 * arithmetic.BLOCK + 3)
    together = function(numbers)
    for index in (0, 1, arithmetic.BLOCK - 1, arithmetic.BLOCK, len(numbers) - 1):
        assert function(numbers[index]) == together[index]
    assert function(numbers[::-1])[::-1].tobytes() == together.tobytes()
    square = numbers[:16].reshape(4, 4)[:, ::2]
    assert function(square).tobytes() == together[:16].reshape(4, 4)[:, ::2].tobytes()


# First digits of a digest of each function's results for 10,000 numbers. They must be equal on every processor.
BITS = {
    "exp": "0f21637bf95875e6",
    "expm1": "2b6bf8876095da8f",
    "exp2": "a4c5a1cdf2c922a7",
    "normal_chance": "454aecb1a558a5eb",
    "logistic": "68961bff7204c832",
    "log": "8123dd5e0ae35b41",
    "log1p": "cf35de7673fffda0",
    "log2": "6bb3fa68144aabed",
    "normal_quantile": "d508123f8057547d",
    "exp single": "646e110a9476a640",
    "expm1 single": "279fa98a2f0b65fd",
}


@pytest.mark.parametrize("name", [name for name in BITS if "single" not in name])
def test_the_bits_are_equal_on_every_processor(name):
    steps = (np.arange(10_000) + 0.5) / 10_000
    numbers = 20.0 * steps - 10.0 if name in ("exp", "expm1", "exp2", "normal_chance", "logistic") else steps
    found = getattr(arithmetic, name)(numbers)
    assert hashlib.sha256(found.tobytes()).hexdigest()[:16] == BITS[name]
    if name in ("exp", "expm1"):
        single = getattr(arithmetic, name)(numbers.astype("float32"))
        assert hashlib.sha256(single.tobytes()).hexdigest()[:16] == BITS[f"{name} single"]
