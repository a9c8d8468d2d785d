"""Life tables compared with plain loops, SciPy, published examples and closed forms."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nhstransit.errors import NhstransitError
from nhstransit.measures.estimates import (
    aalen_johansen,
    bridge_quantile,
    first_below,
    hall_wellner,
    kaplan_meier,
    life_table,
    log_log_interval,
    log_rank,
    normal_quantile,
)

# Weeks in remission, 21 children on 6-mercaptopurine and 21 on placebo (Freireich and others, Blood 21, 1963); + censored.
DRUG = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
PLACEBO = "1 1 2 2 3 4 4 5 5 8 8 8 8 11 11 12 12 15 17 22 23"

people = st.lists(st.tuples(st.integers(0, 12), st.integers(-1, 2), st.integers(0, 2)), max_size=30)


def columns(cases):
    time, route, group = (np.array([case[column] for case in cases], "int32") for column in range(3))
    return time, route, group


def table_of(cases):
    return life_table(*columns(cases), routes=3, groups=3)


def read(text, group):
    return [(int(word.rstrip("+")), -1 if "+" in word else 0, group) for word in text.split()]


def plain(cases, group):
    """Shares still there and left by route after each day, with variances, from the definitions."""
    mine = [case for case in cases if case[2] == group]
    end = max((case[0] for case in cases), default=0)
    share = 1.0
    greenwood = 0.0
    left_share = [0.0, 0.0, 0.0]
    days = []
    past = []
    for day in range(end + 1):
        here = sum(time >= day for time, _, _ in mine)
        left = [sum(time == day and route == k for time, route, _ in mine) for k in range(3)]
        total = sum(left)
        before = share
        if here:
            left_share = [left_share[k] + before * left[k] / here for k in range(3)]
            share *= 1 - total / here
            greenwood += total / (here * (here - total)) if here > total else 0.0
            past.append((here, left, total, before, list(left_share)))
        variances = []
        for k in range(3):
            var = 0.0
            for n, d, all_d, s, f in past:
                gap = left_share[k] - f[k]
                var += gap**2 * all_d / (n * (n - all_d)) if n > all_d else 0.0
                var += s**2 * (n - d[k]) * d[k] / n**3 - 2 * gap * s * d[k] / n**2
            variances.append(var)
        days.append((here, left, share, greenwood, list(left_share), variances))
    return days


@given(people)
def test_curves_equal_plain_loops(cases):
    """Counts, shares and both variances are equal on each day, also with ties and without people."""
    table = table_of(cases)
    share, greenwood = kaplan_meier(table)
    left_share, variance = aalen_johansen(table)
    for group in range(3):
        for day, (here, left, s, g, f, v) in enumerate(plain(cases, group)):
            assert table.at_risk[group, day] == here
            assert table.exits[:, group, day].tolist() == left
            assert share[group, day] == pytest.approx(s, abs=1e-12)
            assert greenwood[group, day] == pytest.approx(g)
            assert left_share[:, group, day] == pytest.approx(f, abs=1e-12)
            assert variance[:, group, day] == pytest.approx(np.maximum(v, 0.0), abs=1e-12)


@given(people)
def test_shares_by_route_and_still_there_sum_to_one(cases):
    table = table_of(cases)
    assert np.allclose(aalen_johansen(table)[0].sum(axis=0) + kaplan_meier(table)[0], 1.0)


@given(people.filter(lambda cases: any(route >= 0 for _, route, _ in cases)))
def test_shares_and_interval_agree_with_scipy(cases):
    """Kaplan–Meier and its log(−log) interval equal `scipy.stats.ecdf` on the days of exits."""
    from scipy import stats

    time, route, _ = columns(cases)
    left_share = route >= 0
    sample = stats.CensoredData(uncensored=time[left_share], right=time[~left_share])
    curve = stats.ecdf(sample).sf
    table = life_table(time, np.where(left_share, 0, -1), np.zeros_like(time), routes=1, groups=1)
    share, greenwood = kaplan_meier(table)
    at = curve.quantiles.astype(int)
    assert share[0, at] == pytest.approx(curve.probabilities, abs=1e-12)
    low, high = log_log_interval(share, share**2 * greenwood, 0.9)
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # SciPy warns if nobody is left
        limits = curve.confidence_interval(confidence_level=0.9, method="log-log")
    for ours, theirs in ((low, limits.low), (high, limits.high)):
        inside = (share[0, at] > 0) & (share[0, at] < 1)
        assert ours[0, at][inside] == pytest.approx(theirs.probabilities[inside])


def test_the_published_curve_of_the_leukaemia_trial_is_reproduced():
    """Shares in remission on 6-MP and their standard errors are the published ones."""
    table = table_of(read(DRUG, 0))
    share, greenwood = kaplan_meier(table)
    at = [6, 7, 10, 13, 16, 22, 23]
    assert share[0, at] == pytest.approx([0.857, 0.807, 0.753, 0.690, 0.627, 0.538, 0.448], abs=5e-4)
    error = share[0, at] * np.sqrt(greenwood[0, at])
    assert error == pytest.approx([0.0764, 0.0869, 0.0963, 0.1068, 0.1141, 0.1282, 0.1346], abs=5e-5)


def test_the_log_rank_test_of_the_leukaemia_trial_is_reproduced():
    """The statistic is 16.79, with 19.25 and 10.75 expected relapses."""
    expected, statistic, freedom = log_rank(table_of([*read(DRUG, 0), *read(PLACEBO, 1)]))
    assert expected == pytest.approx([19.25, 10.75, 0], abs=5e-3)
    assert (statistic, freedom) == (pytest.approx(16.79, abs=5e-3), 1)


@given(people)
def test_the_log_rank_test_of_two_groups_agrees_with_scipy(cases):
    """The square root of chi-squared equals the statistic of `scipy.stats.logrank`."""
    from scipy import stats

    two = [case for case in cases if case[2] < 2]
    time, route, group = columns(two)
    if not all(((group == g) & (route >= 0)).any() for g in (0, 1)):
        return
    samples = [
        stats.CensoredData(uncensored=time[(group == g) & (route >= 0)], right=time[(group == g) & (route < 0)])
        for g in (0, 1)
    ]
    _, statistic, freedom = log_rank(table_of(two))
    if freedom:
        assert np.sqrt(statistic) == pytest.approx(abs(float(stats.logrank(*samples).statistic)))


@given(people)
def test_the_log_rank_test_of_three_groups_equals_plain_sums(cases):
    """Expected exits and chi-squared are computed from sums over days and the pseudo-inverse of the covariance."""
    table = table_of(cases)
    expected, statistic, freedom = log_rank(table)
    gap = np.zeros(3)
    spread = np.zeros((3, 3))
    for day in range(table.at_risk.shape[1]):
        n = table.at_risk[:, day].astype(float)
        d = table.events[:, day].astype(float)
        if n.sum() == 0:
            continue
        gap += d - d.sum() * n / n.sum()
        if n.sum() > 1:
            p = n / n.sum()
            spread += d.sum() * (n.sum() - d.sum()) / (n.sum() - 1) * (np.diag(p) - np.outer(p, p))
    assert table.events.sum(axis=1) - expected == pytest.approx(gap, abs=1e-9)
    assert freedom == np.linalg.matrix_rank(spread)
    assert statistic == pytest.approx(gap @ np.linalg.pinv(spread) @ gap if freedom else 0.0, abs=1e-6)
    assert expected.sum() == pytest.approx(table.events.sum())


def test_without_censoring_shares_and_variances_are_binomial():
    """Each share is a count divided by n."""
    rng = np.random.default_rng(3)
    time = rng.integers(1, 40, 200)
    route = rng.integers(0, 3, 200)
    table = life_table(time, route, np.zeros(200, "int32"), routes=3, groups=1)
    left_share, variance = aalen_johansen(table)
    share, greenwood = kaplan_meier(table)
    for day in (0, 1, 17, 38):
        for k in range(3):
            p = ((time <= day) & (route == k)).mean()
            assert left_share[k, 0, day] == pytest.approx(p)
            assert variance[k, 0, day] == pytest.approx(p * (1 - p) / 200)
        p = (time > day).mean()
        assert share[0, day] == pytest.approx(p)
        assert share[0, day] ** 2 * greenwood[0, day] == pytest.approx(p * (1 - p) / 200)


def test_constant_hazards_lead_to_exponential_shares():
    """The share left by route k is h_k / h (1 − e^(−h t)) within four standard errors, with half of the people censored."""
    rng = np.random.default_rng(5)
    n = 200_000
    hazards = np.array([0.002, 0.0005])
    exit_day = np.ceil(rng.exponential(1 / hazards.sum(), n)).astype("int64")
    last_seen = np.ceil(rng.exponential(800, n)).astype("int64")
    cause = (rng.random(n) < hazards[1] / hazards.sum()).astype(int)
    time = np.minimum(exit_day, last_seen)
    route = np.where(exit_day <= last_seen, cause, -1)
    table = life_table(time, route, np.zeros(n, "int32"), routes=2, groups=1)
    left_share, variance = aalen_johansen(table)
    for day in (30, 365, 1000):
        expected = hazards / hazards.sum() * (1 - np.exp(-hazards.sum() * day))
        assert (np.abs(left_share[:, 0, day] - expected) < 4 * np.sqrt(variance[:, 0, day])).all()
    assert first_below(kaplan_meier(table)[0], 0.5)[0] == pytest.approx(np.log(2) / hazards.sum(), rel=0.02)


def test_critical_values_equal_the_published_table():
    """These are the 95% points of the Brownian bridge in Hall and Wellner, for a from 0.25 to 1."""
    published = {0.25: 1.014, 0.4: 1.198, 0.5: 1.273, 0.6: 1.321, 0.75: 1.354, 1.0: 1.358}
    for end, value in published.items():
        assert bridge_quantile(end, 0.95) == pytest.approx(value, abs=6e-4)
    assert bridge_quantile(0.0, 0.95) == 0.0


@pytest.mark.thorough
def test_the_confidence_band_has_its_nominal_coverage():
    """In 400 censored samples, the 90% band contains the whole true curve in about 90%; daily intervals do so less often."""
    rng = np.random.default_rng(11)
    n = 150
    end = 60
    inside_band = 0
    inside_intervals = 0
    true = 0.985 ** np.arange(end + 1)
    for _ in range(400):
        left_share = rng.geometric(0.015, n)
        time = np.minimum(left_share, np.minimum(end, rng.integers(1, 2 * end, n)))
        table = life_table(time, np.where(left_share == time, 0, -1), np.zeros(n, "int32"), routes=1, groups=1)
        share, greenwood = kaplan_meier(table)
        low, high = hall_wellner(share, greenwood, table.at_risk[:, 0], 0.9)
        upto = share.shape[1]
        inside_band += ((low[0] <= true[:upto]) & (true[:upto] <= high[0])).all()
        low, high = log_log_interval(share, share**2 * greenwood, 0.9)
        inside_intervals += ((low[0] <= true[:upto]) & (true[:upto] <= high[0]))[greenwood[0] > 0].all()
    assert 0.86 <= inside_band / 400 <= 0.98
    assert inside_intervals < inside_band


def test_curves_if_everyone_leaves_on_one_day():
    """The share falls from 1 to 0 with a variance of zero, and the half-life is that day."""
    table = life_table(np.ones(7, int), np.zeros(7, int), np.zeros(7, int), routes=1, groups=1)
    share, greenwood = kaplan_meier(table)
    assert share.tolist() == [[1.0, 0.0]]
    assert greenwood.tolist() == [[0.0, 0.0]]
    assert first_below(share, 0.5).tolist() == [1.0]
    assert log_rank(table)[1:] == (0.0, 0)


def test_a_negative_time_and_a_confidence_of_one_are_refused():
    with pytest.raises(NhstransitError, match="days: -1 is negative; give days completed"):
        life_table(np.array([-1]), np.array([0]), np.array([0]), routes=1, groups=1)
    with pytest.raises(NhstransitError, match="confidence: is 1; give a share above 0 and below 1"):
        normal_quantile(1.0)
