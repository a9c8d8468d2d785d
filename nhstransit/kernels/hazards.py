"""Annual hazards of leaving, as products of factors (MODEL 4.2 and 4.3).

Sources of the shapes: quits fall by about 7% a year of age (UK pension-transfer basis, 2012) and steeply over the first
years of service; the response to risk levels off. Their numbers are parameters of the behaviour, with their own sources.
"""

from __future__ import annotations

import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import AnyArray, Floats


def age_factor(age_years: AnyArray, slope: float) -> Floats:
    """`exp(slope (age − 40))` of complete years of age, any shape."""
    return arithmetic.exp(slope * (np.asarray(age_years, "float64") - 40.0))


def service_factor(service_years: AnyArray, floor: float, drop: float, scale_years: float) -> Floats:
    """`floor + drop exp(−service / scale)` of years of service, any shape."""
    return np.asarray(floor + drop * arithmetic.exp(-np.asarray(service_years, "float64") / scale_years))


def risk_ratio(risk: AnyArray, most: float, saturation: float) -> AnyArray:
    """Hazard ratio at a perceived risk of losing the post (0–1): 1 at no risk, levelling off toward `most`.

    `1 + (most − 1)(1 − exp(−R/R0))`, R0 the saturation.
    """
    return np.asarray(1.0 + (most - 1.0) * -arithmetic.expm1(-np.asarray(risk) / saturation))


def selection_factor(
    risk: AnyArray, skill: AnyArray, outside: AnyArray, calm: float, threat: float, reach: float
) -> AnyArray:
    """`exp((κ0 + (κ1 − κ0) R) skill + φ outside)`: who goes, in calm (κ0) and under threat (κ1); scores standardised."""
    return arithmetic.exp((calm + (threat - calm) * risk) * skill + reach * outside)


def premium_factor(premium: AnyArray, elasticity: float) -> AnyArray:
    """`exp(β ln(1 + premium))` of a retention premium as a share of basic pay; β is negative."""
    return arithmetic.power(1.0 + np.asarray(premium), elasticity)
