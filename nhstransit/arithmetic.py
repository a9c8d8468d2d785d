"""Exponentials, logarithms and derived functions from plain multiplication and addition: the same bits everywhere.

NumPy, SciPy and the C library use different exponential routines on different processors, whose results differ in the
last bit. A decision is a comparison, so a last bit can change who leaves, and then everything after that. Each function
here is a fixed sequence of additions, multiplications, divisions and square roots, which IEEE 754 rounds in the same
way on every machine. NumPy carries out each of them as one pass over the array, so that no compiler can fuse two of
them into one.

Code whose results reach a decision, a staff list or a logged number must use these functions; a test checks the source
for others. Errors are stated in units in the last place (ulp) and are tested against exact decimal arithmetic.

References:
    Sun Microsystems, fdlibm 5.3 (1995), e_exp.c and e_log.c: reduction and polynomials of the exponential and
    logarithm. Moshier, Cephes (1992), expf.c: the polynomial in single precision. Wichura, Algorithm AS 241, Applied
    Statistics 37 (1988) 477–484: quantiles of the normal distribution. Cody, Mathematics of Computation 23 (1969)
    631–637: the normal distribution function. DiDonato and Morris, ACM Transactions on Mathematical Software 18 (1992)
    360–373: the incomplete beta function.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

_Array = NDArray[Any]
_Doubles = NDArray[np.float64]

BLOCK = 16_384  # elements worked on at a time, so that the temporaries stay in the processor's cache

_LOG2_E = 1.4426950408889634
_LN2_HIGH = 6.93147180369123816490e-01  # its last 32 bits are zero, so that its product with an exponent is exact
_LN2_LOW = 1.90821492927058770002e-10
_LN2 = 0.6931471805599453
_ROUNDER = 1.5 * 2.0**52  # added to a number, it leaves the nearest integer in the last bits of the sum
_HALF_ROOT_BITS = np.int64(0x3FE6A09E667F3BCD)  # the bits of √½; mantissas range from √½ to √2
_EXP = (
    1.66666666666666019037e-01,
    -2.77777777770155933842e-03,
    6.61375632143793436117e-05,
    -1.65339022054652515390e-06,
    4.13813679705723846039e-08,
)
_LOG = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
_LARGEST = 709.0  # from _SMALLEST to _LARGEST, the exponential is a normal floating-point number
_SMALLEST = -708.0

_SINGLE_ROUNDER = np.float32(1.5 * 2.0**23)
_SINGLE_LN2_HIGH = np.float32(0.693359375)
_SINGLE_LN2_LOW = np.float32(-2.12194440e-4)
_SINGLE_EXP = tuple(
    np.float32(one)
    for one in (
        5.0000001201e-1,
        1.6666665459e-1,
        4.1665795894e-2,
        8.3334519073e-3,
        1.3981999507e-3,
        1.9875691500e-4,
    )
)
_SINGLE_LARGEST = 88.0
_SINGLE_SMALLEST = -87.0


def exp(numbers: ArrayLike) -> _Array:
    """`e` to the power of each number, any shape, to within 1 ulp; float32 stays float32, to within 2 ulp."""
    return _by_block(_exp_single if _single(numbers) else _exp_double, numbers)


def expm1(numbers: ArrayLike) -> _Array:
    """`exp(x) − 1`, accurate also for small x, any shape, to within 2 ulp; float32 stays float32, within 3 ulp."""
    return _by_block(_expm1_single if _single(numbers) else _expm1_double, numbers)


def exp2(numbers: ArrayLike) -> _Array:
    """Two to the power of each number, any shape, to within 1 ulp; exact for integers."""
    return _by_block(_exp2, _doubles(numbers))


def log(numbers: ArrayLike) -> _Array:
    """Natural logarithms, any shape, to within 1 ulp; −∞ for zero, NaN below it."""
    return _by_block(_log, _doubles(numbers))


def log1p(numbers: ArrayLike) -> _Array:
    """`log(1 + x)`, accurate also for small x, any shape, to within 2 ulp."""
    return _by_block(_log1p, _doubles(numbers))


def log2(numbers: ArrayLike) -> _Array:
    """Logarithms to base two, any shape, to within 2 ulp; exact for powers of two."""
    return _by_block(_log2, _doubles(numbers))


def power(base: ArrayLike, exponent: ArrayLike) -> _Array:
    """`base` of 0 or more to the power of `exponent`, both of any shapes that fit together.

    To within 1 + 2 |exponent × log(base)| ulp; exact for exponents 0 and 1.
    """
    bases, exponents = np.broadcast_arrays(_doubles(base), _doubles(exponent))
    # Cases with an exact result, for which the logarithm would lose a bit, or is infinite.
    settled = (exponents == 0.0) | (exponents == 1.0) | (bases == 1.0)
    safe = np.where(settled, 1.0, bases)
    raised = exp(np.where(settled, 1.0, exponents) * log(safe))
    exact = np.where(exponents == 1.0, bases, 1.0)
    return np.where(settled, exact, raised)


def logistic(scores: ArrayLike) -> _Array:
    """`1 / (1 + exp(−score))`, any shape, without overflow, to within 3 ulp."""
    whole = _doubles(scores)
    # The exponential of a number of 0 or less is at most 1, so it cannot overflow.
    falling = exp(-np.abs(whole))
    return np.where(whole >= 0.0, 1.0, falling) / (1.0 + falling)


def normal_quantile(chances: ArrayLike) -> _Array:
    """The quantile of the standard normal distribution for each chance, any shape; its relative error is about 10⁻¹⁵."""
    return _by_block(_normal_quantile, _doubles(chances))


def normal_chance(numbers: ArrayLike) -> _Array:
    """The chance that a standard normal variable is below each number, any shape; its relative error is below 10⁻¹⁴."""
    return _by_block(_normal_chance, _doubles(numbers))


def dot(weights: ArrayLike, table: ArrayLike) -> _Array:
    """Sums of the rows of `table` (r, …), each times its weight (r,). The order of addition is fixed."""
    columns = _doubles(table)
    # A loop over rows, because a matrix product adds in an order that depends on the processor.
    total = np.zeros(columns.shape[1:])
    for weight, row in zip(_doubles(weights).tolist(), columns, strict=True):
        total = total + weight * row
    return np.asarray(total)


def beta_quantile(first: float, second: float, chances: ArrayLike) -> _Doubles:
    """Quantiles of a Beta distribution for chances (n,). Their relative error is below 10⁻¹².

    Uses Newton's method on the logarithm of the chance as a function of the share's log-odds, in the smaller of the two
    tails. That function is concave, so after the first step all further steps increase towards the answer.

    Args:
        first: first parameter, above 0; the mean is first / (first + second).
        second: second parameter, above 0.
        chances: (n,) from 0 to 1.
    """
    wanted = _doubles(chances)
    scale = _log_beta(first, second)
    mean = np.full(wanted.shape, first / (first + second))
    # Chances above that of the mean are found from the other end, with the parameters exchanged.
    upper = wanted > _beta_chance(np.float64(first), np.float64(second), mean, scale)
    a = np.where(upper, second, first)
    b = np.where(upper, first, second)
    # Chances of 0 and 1 are their own quantiles; 0.5 stands in for them, so that the steps stay finite.
    ends = (wanted <= 0.0) | (wanted >= 1.0)
    left = np.where(ends, 0.5, np.where(upper, 1.0 - wanted, wanted))
    goal = log(left)
    # The first guess is the mean, as log-odds.
    odds = log(a / b)
    for _ in range(100):
        share = logistic(odds)
        chance = _beta_chance(a, b, share, scale)
        slope = exp(a * log(share) + b * log(logistic(-odds)) - scale)
        step = (goal - log(chance)) * chance / slope
        odds = odds + step
        if np.all(np.abs(step) <= 1e-8):  # a step squares the error, so the next would change nothing
            break
    share = np.where(upper, logistic(-odds), logistic(odds))
    return np.where(ends, np.clip(wanted, 0.0, 1.0), share)


def beta_chance(first: float, second: float, shares: ArrayLike) -> _Doubles:
    """The chance that a Beta variable is below each share (n,): the regularised incomplete beta function.

    It uses a continued fraction. The absolute error is below 10⁻⁹ for parameters up to a million, 10⁻¹³ below a
    hundred.

    Args:
        first: first parameter, above 0.
        second: second parameter, above 0.
        shares: (n,) from 0 to 1.
    """
    return _beta_chance(np.float64(first), np.float64(second), _doubles(shares), _log_beta(first, second))


def _beta_chance(first: Any, second: Any, share: _Doubles, scale: float) -> _Doubles:
    """As `beta_chance`, but the parameters may be arrays too. `scale` is the logarithm of their beta function."""
    # The continued fraction converges fast only below this share. Above it, the other tail is computed.
    swapped = share > (first + 1.0) / (first + second + 2.0)
    a = np.where(swapped, second, first)
    b = np.where(swapped, first, second)
    x = np.where(swapped, 1.0 - share, share)
    inside = (x > 0.0) & (x < 1.0)
    x = np.where(inside, x, 0.5)
    front = exp(a * log(x) + b * log1p(-x) - scale) / a
    tail = np.where(inside, front * _beta_fraction(a, b, x), 0.0)
    return np.where(swapped, 1.0 - tail, tail)


def _single(numbers: Any) -> bool:
    return getattr(numbers, "dtype", None) == np.float32


def _doubles(numbers: ArrayLike) -> _Doubles:
    return np.asarray(numbers, "float64")


def _by_block(function: Callable[[_Array], _Array], numbers: ArrayLike) -> _Array:
    """A function of a flat array, applied to an array of any shape, one block after another."""
    array = np.asarray(numbers, "float32" if _single(numbers) else "float64")
    if array.size <= BLOCK:
        return function(array.ravel()).reshape(array.shape)
    flat = array.ravel()
    out = np.empty_like(flat)
    for start in range(0, len(flat), BLOCK):
        out[start : start + BLOCK] = function(flat[start : start + BLOCK])
    return out.reshape(array.shape)


def _polynomial(coefficients: tuple[Any, ...], x: _Array) -> _Array:
    """The polynomial with these coefficients, the constant first, by Horner's rule."""
    out = x * coefficients[-1]
    for coefficient in coefficients[-2:0:-1]:
        out += coefficient
        out *= x
    out += coefficients[0]
    return np.asarray(out)


def _small_expm1(high: _Array, low: _Array | float) -> _Array:
    """`exp(high − low) − 1` for absolute values up to half of ln 2."""
    # As in fdlibm: with c = r − r² P(r²), exp(r) = 1 + r + r c / (2 − c). Each step overwrites an array that is no
    # longer needed. The low part is added to the small term first, so that it is not lost in rounding.
    r = high - low
    t = r * r
    c = _polynomial(_EXP, t)
    c *= t
    np.subtract(r, c, out=c)
    r *= c
    np.subtract(2.0, c, out=c)
    r /= c
    np.subtract(low, r, out=r)
    np.subtract(high, r, out=r)
    return r


def _exp_double(x: _Array) -> _Array:
    if not (x.min(initial=0.0) >= _SMALLEST and x.max(initial=0.0) <= _LARGEST):
        return _beyond(_exp_double, x)
    # x = k ln 2 + r, with k an integer, so that exp(x) = 2^k exp(r). The sum with _ROUNDER has k in its last bits.
    shifted = x * _LOG2_E
    shifted += _ROUNDER
    k = shifted - _ROUNDER
    # ln 2 in two parts: the product of k with the first is exact.
    high = k * _LN2_HIGH
    np.subtract(x, high, out=high)
    k *= _LN2_LOW
    out = _small_expm1(high, k)
    out += 1.0
    _raise_exponents(out, shifted)
    return out


def _raise_exponents(numbers: _Array, shifted: _Array) -> None:
    """Multiply doubles in place by two to the power of the integers in the last bits of `shifted`, which it overwrites."""
    # Adding to the exponent of a float's bits multiplies it by a power of two, without rounding.
    exponents = shifted.view("int64")
    exponents <<= 52
    bits = numbers.view("int64")
    bits += exponents


def _raise_single_exponents(numbers: _Array, shifted: _Array) -> None:
    """As `_raise_exponents`, in single precision."""
    exponents = shifted.view("int32")
    exponents <<= 23
    bits = numbers.view("int32")
    bits += exponents


def _beyond(function: Callable[[_Array], _Array], x: _Array) -> _Array:
    """The exponential of numbers of which some are NaN, or too large or too small for `function`."""
    # The square of exp(x / 2): its factors are ordinary numbers, and it overflows or underflows as it should.
    half = function(0.5 * np.clip(np.where(np.isnan(x), 0.0, x), 2.0 * _SMALLEST, 2.0 * _LARGEST))
    ordinary = (x >= _SMALLEST) & (x <= _LARGEST)
    with np.errstate(over="ignore", under="ignore"):
        out = half * half
    out[ordinary] = function(x[ordinary])
    out[np.isnan(x)] = np.nan
    return out


def _exp2(x: _Array) -> _Array:
    # Beyond the exponents of ordinary numbers, the result is the product of two powers.
    if not (x.min(initial=0.0) >= -1021.0 and x.max(initial=0.0) <= 1022.0):
        with np.errstate(over="ignore", under="ignore"):
            within = np.clip(np.where(np.isnan(x), 0.0, x), -2040.0, 2040.0)
            half = np.trunc(0.5 * within)
            rest = within - half
            return np.where(np.isnan(x), np.nan, _exp2(half) * _exp2(rest))
    shifted = x + _ROUNDER
    out = _small_expm1((x - (shifted - _ROUNDER)) * _LN2, 0.0)
    out += 1.0
    _raise_exponents(out, shifted)
    return out


def _expm1_double(x: _Array) -> _Array:
    if not (x.min(initial=0.0) >= _SMALLEST and x.max(initial=0.0) <= _LARGEST):
        out = np.asarray(_exp_double(x) - 1.0)
        ordinary = (x >= _SMALLEST) & (x <= _LARGEST)
        out[ordinary] = _expm1_double(x[ordinary])
        return out
    shifted = x * _LOG2_E
    shifted += _ROUNDER
    k = shifted - _ROUNDER
    out = _small_expm1(x - k * _LN2_HIGH, k * _LN2_LOW)
    # exp(x) − 1 = 2^k (exp(r) − 1) + (2^k − 1), in which no digits cancel.
    scale = np.ones_like(x)
    _raise_exponents(scale, shifted)
    out *= scale
    scale -= 1.0
    out += scale
    return out


def _small_expm1_single(x: _Array, k: _Array) -> _Array:
    """`exp(x − k ln 2) − 1` in single precision. `k` is overwritten."""
    r = k * _SINGLE_LN2_HIGH
    np.subtract(x, r, out=r)
    k *= _SINGLE_LN2_LOW
    r -= k
    out = _polynomial(_SINGLE_EXP, r)
    out *= r
    out *= r
    out += r
    return out


def _exp_single(x: _Array) -> _Array:
    if not (x.min(initial=0.0) >= _SINGLE_SMALLEST and x.max(initial=0.0) <= _SINGLE_LARGEST):
        with np.errstate(over="ignore", under="ignore"):
            return np.asarray(_exp_double(x.astype("float64")).astype("float32"))
    shifted = x * np.float32(_LOG2_E)
    shifted += _SINGLE_ROUNDER
    out = _small_expm1_single(x, shifted - _SINGLE_ROUNDER)
    out += np.float32(1.0)
    _raise_single_exponents(out, shifted)
    return out


def _expm1_single(x: _Array) -> _Array:
    if not (x.min(initial=0.0) >= _SINGLE_SMALLEST and x.max(initial=0.0) <= _SINGLE_LARGEST):
        with np.errstate(over="ignore", under="ignore"):
            return np.asarray(_expm1_double(x.astype("float64")).astype("float32"))
    shifted = x * np.float32(_LOG2_E)
    shifted += _SINGLE_ROUNDER
    out = _small_expm1_single(x, shifted - _SINGLE_ROUNDER)
    scale = np.ones_like(x)
    _raise_single_exponents(scale, shifted)
    out *= scale
    scale -= np.float32(1.0)
    out += scale
    return out


def _parted(x: _Array) -> tuple[_Array, _Array]:
    """Numbers above 0 as 2^k (1 + f), with 1 + f from √½ to √2: k and f."""
    bits = x.view("int64")
    # The difference from the bits of √½ has k in its exponent. The shift rounds down, also below 1.
    k = bits - _HALF_ROOT_BITS
    k >>= 52
    # Without k in the exponent, the bits are those of 1 + f.
    mantissa = k << 52
    np.subtract(bits, mantissa, out=mantissa)
    f = mantissa.view("float64")
    f -= 1.0
    return k.astype("float64"), f


def _near_one(f: _Array) -> tuple[_Array, _Array]:
    """Two parts of `log(1 + f)`, for 1 + f from √½ to √2: f²/2, and the term to add to f − f²/2."""
    # As in fdlibm: with s = f / (2 + f), log(1 + f) is a series in odd powers of s.
    s = 2.0 + f
    np.divide(f, s, out=s)
    z = s * s
    w = z * z
    # Even and odd terms separately, in the order in which fdlibm adds them.
    rest = _polynomial(_LOG[1::2], w)
    rest *= w
    other = _polynomial(_LOG[0::2], w)
    other *= z
    rest += other
    half = 0.5 * f
    half *= f
    rest += half
    rest *= s
    return half, rest


def _positive(x: _Array) -> bool:
    """Whether all numbers are normal floating-point numbers above 0."""
    return bool(x.min(initial=1.0) >= 2.0**-1022 and x.max(initial=1.0) < np.inf)


def _log(x: _Array) -> _Array:
    if not _positive(x):
        return _odd_logs(_log, x, 54.0 * _LN2)
    k, f = _parted(x)
    half, rest = _near_one(f)
    # k ln 2 + log(1 + f), with the smallest terms added first.
    low = k * _LN2_LOW
    rest += low
    half -= rest
    half -= f
    k *= _LN2_HIGH
    k -= half
    return k


def _log2(x: _Array) -> _Array:
    if not _positive(x):
        return _odd_logs(_log2, x, 54.0)
    k, f = _parted(x)
    half, rest = _near_one(f)
    half -= rest
    f -= half
    f *= _LOG2_E
    k += f
    return k


def _odd_logs(function: Callable[[_Array], _Array], x: _Array, of_scale: float) -> _Array:
    """Logarithms of numbers, some of them 0, negative, infinite, NaN or subnormal. `of_scale` is the logarithm of 2⁵⁴."""
    ordinary = (x >= 2.0**-1022) & (x < np.inf)
    tiny = (x > 0.0) & (x < 2.0**-1022)
    odd = np.where(x == 0.0, -np.inf, np.full(x.shape, np.nan))
    out = np.where(x == np.inf, np.inf, odd)
    out[ordinary] = function(x[ordinary])
    # A subnormal number is first multiplied into the ordinary range.
    out[tiny] = function(x[tiny] * 2.0**54) - of_scale
    return out


def _log1p(x: _Array) -> _Array:
    # 1 + x loses the last digits of a small x; their share is added to the logarithm.
    whole = 1.0 + x
    lost = np.zeros_like(x)
    there = (whole > 0.0) & (whole < np.inf)
    np.subtract(x, whole - 1.0, out=lost, where=there)
    np.divide(lost, whole, out=lost, where=there)
    return np.asarray(np.where(x == 0.0, x, _log(whole) + lost))


_CENTRE = (
    (
        3.3871328727963666080e0,
        1.3314166789178437745e2,
        1.9715909503065514427e3,
        1.3731693765509461125e4,
        4.5921953931549871457e4,
        6.7265770927008700853e4,
        3.3430575583588128105e4,
        2.5090809287301226727e3,
    ),
    (
        1.0,
        4.2313330701600911252e1,
        6.8718700749205790830e2,
        5.3941960214247511077e3,
        2.1213794301586595867e4,
        3.9307895800092710610e4,
        2.8729085735721942674e4,
        5.2264952788528545610e3,
    ),
)
_TAIL = (
    (
        1.42343711074968357734e0,
        4.63033784615654529590e0,
        5.76949722146069140550e0,
        3.64784832476320460504e0,
        1.27045825245236838258e0,
        2.41780725177450611770e-1,
        2.27238449892691845833e-2,
        7.74545014278341407640e-4,
    ),
    (
        1.0,
        2.05319162663775882187e0,
        1.67638483018380384940e0,
        6.89767334985100004550e-1,
        1.48103976427480074590e-1,
        1.51986665636164571966e-2,
        5.47593808499534494600e-4,
        1.05075007164441684324e-9,
    ),
)
_FAR_TAIL = (
    (
        6.65790464350110377720e0,
        5.46378491116411436990e0,
        1.78482653991729133580e0,
        2.96560571828504891230e-1,
        2.65321895265761230930e-2,
        1.24266094738807843860e-3,
        2.71155556874348757815e-5,
        2.01033439929228813265e-7,
    ),
    (
        1.0,
        5.99832206555887937690e-1,
        1.36929880922735805310e-1,
        1.48753612908506148525e-2,
        7.86869131145613259100e-4,
        1.84631831751005468180e-5,
        1.42151175831644588870e-7,
        2.04426310338993978564e-15,
    ),
)


def _normal_quantile(chances: _Array) -> _Array:
    # Wichura's middle formula for all chances; the few that are far from a half are then replaced.
    q = chances - 0.5
    r = 0.180625 - q * q
    out = _polynomial(_CENTRE[0], r)
    out /= _polynomial(_CENTRE[1], r)
    out *= q
    ends = np.flatnonzero(np.abs(q) > 0.425)
    if len(ends):
        out[ends] = _normal_tail(chances[ends], q[ends])
    return out


def _normal_tail(chances: _Array, q: _Array) -> _Array:
    """Quantiles of chances whose distance `q` from a half is above 0.425."""
    # The tails are symmetric, so the smaller of the chance and its complement decides.
    r = np.sqrt(-_log(np.where(q < 0.0, chances, 1.0 - chances)))
    out = np.full_like(r, np.inf)
    near = r <= 5.0
    far = (r > 5.0) & (r < np.inf)
    for chosen, ratio, start in ((near, _TAIL, 1.6), (far, _FAR_TAIL, 5.0)):
        if chosen.any():
            x = r[chosen] - start
            out[chosen] = _polynomial(ratio[0], x) / _polynomial(ratio[1], x)
    out[np.isnan(r)] = np.nan
    return np.where(q < 0.0, -out, out)


_INNER = (
    (
        1.8154981253343561249e4,
        1.0676894854603709582e3,
        1.6102823106855587881e2,
        2.2352520354606839287e0,
        6.5682337918207449113e-2,
    ),
    (
        4.5507789335026729956e4,
        1.0260932208618978205e4,
        9.7609855173777669322e2,
        4.7202581904688241870e1,
        1.0,
    ),
)
_MIDDLE = (
    (
        9.8427148383839780218e3,
        1.1602651437647350124e4,
        6.8481904505362823326e3,
        2.4945375852903726711e3,
        5.9727027639480026226e2,
        9.3506656132177855979e1,
        8.8831497943883759412e0,
        3.9894151208813466764e-1,
        1.0765576773720192317e-8,
    ),
    (
        1.9685429676859990727e4,
        3.8912003286093271411e4,
        3.4900952721145977266e4,
        1.8615571640885098091e4,
        6.4855582982667607550e3,
        1.5193775994075548050e3,
        2.3538790178262499861e2,
        2.2266688044328115691e1,
        1.0,
    ),
)
_OUTER = (
    (
        2.9112874951168792e-5,
        1.421619193227893466e-3,
        2.2235277870649807e-2,
        1.274011611602473639e-1,
        2.1589853405795699e-1,
        2.307344176494017303e-2,
    ),
    (
        7.29751555083966205e-5,
        3.78239633202758244e-3,
        6.59881378689285515e-2,
        4.68238212480865118e-1,
        1.28426009614491121e0,
        1.0,
    ),
)
_ROOT_OF_TWO_PI = 2.5066282746310002


def _normal_chance(x: _Array) -> _Array:
    # Cody's three ranges. Beyond 39 the tail is smaller than any float.
    out = np.full_like(x, np.nan)
    size = np.abs(x)
    inner = size <= 0.66291
    middle = (size > 0.66291) & (size <= 5.656854249492380)
    outer = (size > 5.656854249492380) & (size < 39.0)
    if inner.any():
        near = x[inner]
        square = near * near
        out[inner] = 0.5 + near * (_polynomial(_INNER[0], square) / _polynomial(_INNER[1], square))
    if middle.any():
        away = size[middle]
        tail = _density(away) * (_polynomial(_MIDDLE[0], away) / _polynomial(_MIDDLE[1], away))
        out[middle] = np.where(x[middle] > 0.0, 1.0 - tail, tail)
    if outer.any():
        away = size[outer]
        square = 1.0 / (away * away)
        part = square * (_polynomial(_OUTER[0], square) / _polynomial(_OUTER[1], square))
        tail = _density(away) * ((1.0 / _ROOT_OF_TWO_PI - part) / away)
        out[outer] = np.where(x[outer] > 0.0, 1.0 - tail, tail)
    out[x >= 39.0] = 1.0
    out[x <= -39.0] = 0.0
    return out


def _density(size: _Array) -> _Array:
    """`exp(−x²/2)`, with x² in two parts, the first of which is exact."""
    # x² = coarse² + (x − coarse)(x + coarse). A coarse number with few bits has an exact square.
    coarse = np.trunc(size * 16.0) / 16.0
    fine = (size - coarse) * (size + coarse)
    return np.asarray(exp(-0.5 * coarse * coarse) * exp(-0.5 * fine))


def _log_beta(first: float, second: float) -> float:
    """The logarithm of the beta function of two numbers above 0."""
    return _log_gamma(first) + _log_gamma(second) - _log_gamma(first + second)


def _log_gamma(number: float) -> float:
    """The logarithm of the gamma function of a number above 0, by Stirling's series above 10."""
    # Γ(z) = Γ(z + 1) / z, applied until the number is large enough for the series.
    product = 1.0
    z = float(number)
    while z < 10.0:
        product *= z
        z += 1.0
    inverse = 1.0 / z
    square = inverse * inverse
    series = (
        1.0 / 12.0
        - square
        * (1.0 / 360.0 - square * (1.0 / 1260.0 - square * (1.0 / 1680.0 - square * (1.0 / 1188.0 - square / 360.9))))
    ) * inverse
    return float((z - 0.5) * log(z) - z + 0.9189385332046728 + series - log(product))


def _beta_fraction(a: _Doubles, b: _Doubles, x: _Doubles) -> _Doubles:
    """The continued fraction of the incomplete beta function, by Lentz's method, until no term changes it."""
    # Lentz's method needs quotients of successive numerators (c) and denominators (d). A zero in either is replaced.
    tiny = 1e-300
    c = np.ones_like(x)
    d = 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / np.where(np.abs(d) < tiny, tiny, d)
    out = d.copy()
    for m in range(1, 20_000):
        even = m * (b - m) * x / ((a + (2 * m - 1)) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + (2 * m + 1)))
        for term in (even, odd):
            d = 1.0 + term * d
            d = 1.0 / np.where(np.abs(d) < tiny, tiny, d)
            c = 1.0 + term / c
            c = np.where(np.abs(c) < tiny, tiny, c)
            step = c * d
            out = out * step
        if np.all(np.abs(step - 1.0) <= 1e-14):
            break
    return np.asarray(out)
