"""The emulator compared with brute force and known surfaces, and the sampler with a known distribution."""

from __future__ import annotations

import math

import attrs
import numpy as np
import pytest

from nhstransit.studies.emulator import emulated
from nhstransit.studies.likelihood import Target
from nhstransit.studies.posterior import Surface, sampled, spread_points

POINTS = spread_points(32, 2, 1)
BENT = 3.0 + 2.0 * POINTS[:, 0] - 4.0 * POINTS[:, 1] ** 2 + POINTS[:, 0] * POINTS[:, 1]


def test_a_quadratic_surface_is_predicted_accurately() -> None:
    """Between the points, the prediction is accurate to a thousandth."""
    emulator = emulated(POINTS, BENT)
    other = spread_points(64, 2, 2)
    truth = 3.0 + 2.0 * other[:, 0] - 4.0 * other[:, 1] ** 2 + other[:, 0] * other[:, 1]
    assert emulator.predict(other)[0] == pytest.approx(truth, abs=5e-3)
    assert emulator.mean(other) == pytest.approx(emulator.predict(other)[0])


def test_the_closed_form_of_leaving_one_out_agrees_with_refitting() -> None:
    """The prediction equals that of an emulator without the point, and its variance is larger by the noise."""
    figures = BENT + 0.3 * np.sin(9.0 * POINTS[:, 0])
    emulator = emulated(POINTS, figures)
    mean, variance = emulator.left_out()
    for number in (0, 7, 31):
        left_out = np.arange(32) == number
        without = emulator.without(left_out)
        predicted, refitted = without.predict(POINTS[left_out])
        assert predicted[0] == pytest.approx(mean[number], rel=1e-6)
        assert refitted[0] + (emulator.size * emulator.noise) ** 2 == pytest.approx(variance[number], rel=5e-3)


def test_predictive_variance_is_larger_away_from_the_points() -> None:
    """It is larger in a corner without points than in the middle of the points."""
    near = POINTS[(POINTS < 0.6).all(axis=1)]
    emulator = emulated(near, np.sin(5.0 * near[:, 0]) + near[:, 1])
    _, variance = emulator.predict(np.array([[0.3, 0.3], [1.0, 1.0]]))
    assert variance[1] > 5.0 * variance[0]


def test_noise_is_distinguished_from_a_trend() -> None:
    """A purely random figure is predicted by nearly its mean."""
    noise = np.sin(1e4 * np.arange(32.0))
    emulator = emulated(POINTS, noise)
    assert emulator.mean(POINTS).std() < 0.75 * noise.std()


@attrs.frozen(eq=False)
class _Known:
    """An emulator that returns one axis exactly."""

    axis: int

    def predict(self, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return points[:, self.axis] * 10.0, np.zeros(len(points))


def test_a_sample_has_the_mean_and_standard_deviation_of_its_distribution() -> None:
    """The distribution has two normal figures."""
    targets = (Target(name="one", kind="total", value=4.0), Target(name="two", kind="total", value=6.0))
    surface = Surface(targets=targets, emulators=(_Known(0), _Known(1)), variance=np.array([0.25, 0.04]))  # type: ignore[arg-type]
    path = sampled(surface, spread_points(40, 2, 3), steps=500, seed=1)[250:].reshape(-1, 2) * 10.0
    assert path.mean(axis=0) == pytest.approx([4.0, 6.0], abs=0.05)
    assert path.std(axis=0) == pytest.approx([0.5, 0.2], rel=0.12)


def test_chains_stay_within_the_ranges() -> None:
    """For a figure beyond the end of a range, the sample is at that end."""
    target = Target(name="one", kind="total", value=12.0)
    surface = Surface(targets=(target,), emulators=(_Known(0),), variance=np.array([4.0]))  # type: ignore[arg-type]
    path = sampled(surface, spread_points(20, 1, 3), steps=100, seed=1)
    assert path.min() >= 0.0 and path.max() <= 1.0 and path[50:].mean() > 0.8
    assert surface(np.array([[1.5]]))[0] == -math.inf


def test_points_are_spread_evenly() -> None:
    """Each quarter of each axis contains a quarter of the points. Another seed has other points."""
    points = spread_points(64, 3, 1)
    for axis in range(3):
        assert np.bincount((points[:, axis] * 4).astype(int), minlength=4).tolist() == pytest.approx([16] * 4, abs=2)
    assert not np.array_equal(points, spread_points(64, 3, 2))
