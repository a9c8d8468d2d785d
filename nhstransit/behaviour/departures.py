"""Annual hazards of natural departures, as products of factors.

Resignations fall by about 7% per year of age (UK pension-transfer basis, 2012), and steeply over the first years of
service. The response to risk levels off. The numbers are parameters of the behaviour, with sources.
"""

from __future__ import annotations

from functools import cached_property, lru_cache

import attrs
import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import AnyArray, Floats, Singles
from nhstransit.errors import ScenarioError
from nhstransit.fields import Parent, amount, assumed, number, share
from nhstransit.grammar import Exposure
from nhstransit.toml import Named


def age_factor(age_years: AnyArray, slope: float) -> Floats:
    """`exp(slope (age − 40))` for complete years of age, any shape."""
    return arithmetic.exp(slope * (np.asarray(age_years, "float64") - 40.0))


def service_factor(service_years: AnyArray, floor: float, drop: float, scale_years: float) -> Floats:
    """`floor + drop exp(−service / scale)` for years of service, any shape.

    Args:
        service_years: years of service.
        floor: factor after long service.
        drop: excess of the factor at the start of service over `floor`.
        scale_years: years in which the excess falls by the factor e.
    """
    return np.asarray(floor + drop * arithmetic.exp(-np.asarray(service_years, "float64") / scale_years))


def risk_ratio(risk: AnyArray, most: float, saturation: float) -> AnyArray:
    """Hazard ratio at a perceived risk of losing the post. It is 1 at no risk, and levels off towards `most`.

    `1 + (most − 1)(1 − exp(−R/R0))`, where R0 is the saturation.

    Args:
        risk: perceived risk, 0 to 1, any shape.
        most: the ratio towards which the response levels off.
        saturation: R0, the risk scale of the response.
    """
    return np.asarray(1.0 + (most - 1.0) * -arithmetic.expm1(-np.asarray(risk) / saturation))


def selection_factor(
    risk: AnyArray, skill: AnyArray, outside: AnyArray, calm: float, threat: float, reach: float
) -> AnyArray:
    """`exp((κ0 + (κ1 − κ0) R) skill + φ outside)`: how the chance of leaving depends on skill and outside option.

    Args:
        risk: perceived risk R, 0 to 1, any shape.
        skill: standardised skill.
        outside: standardised outside option.
        calm: κ0, the effect of skill at no risk.
        threat: κ1, the effect of skill at a risk of 1.
        reach: φ, the effect of the outside option.
    """
    return arithmetic.exp((calm + (threat - calm) * risk) * skill + reach * outside)


def premium_factor(premium: AnyArray, elasticity: float) -> AnyArray:
    """`exp(β ln(1 + premium))` for a retention premium as a share of basic pay. β is negative."""
    return arithmetic.power(1.0 + np.asarray(premium), elasticity)


@lru_cache(maxsize=1024)
def _premium_factor(premium: float, elasticity: float) -> float:
    """`premium_factor` of one premium, cached: a run needs the same few terms hundreds of times."""
    return float(premium_factor(np.array([premium]), elasticity)[0])


def _premium_factors(premiums: Floats, elasticity: float) -> Floats | float:
    """`premium_factor` of these premiums, (n,). There are few different terms, and mostly everyone has the same."""
    # Each different premium is computed once.
    if premiums.min() == premiums.max():
        return _premium_factor(float(premiums[0]), elasticity)
    terms, which = np.unique(premiums, return_inverse=True)
    return np.array([_premium_factor(each, elasticity) for each in terms.tolist()])[which]


# Natural departures: how fast each person's four departure clocks run.

OLDEST = 120  # last entries of the look-up tables for age and service
LONGEST_MONTHS = 720


@attrs.frozen(kw_only=True, slots=False)
class Departures:
    """Annual hazards of the four causes of leaving, in the order of `log.CAUSES`.

    The hazard of resignation is the base rate (or the function's own rate in `by_function`) times factors for age,
    service, perceived risk, disposition, premium, skill and outside option. The factors for age and service have a mean
    of 1 over the opening staff, so the base rate is the mean rate if nobody perceives a risk. The leaving rate
    published for an employer due to close already includes the effect of the threat of redundancy. So `resign` is that
    rate without retirement, divided by the mean factor for perceived risk under that threat.
    """

    resign: float = amount(
        0.07,
        parent=Parent(
            unit="leavers a year",
            source=(
                "in the year to September 2012, 10.7% of the staff of a cluster of trusts due to close "
                "(range 9 to 12.5%) left voluntarily; retirement of 2.4% is subtracted, and the rest is "
                "divided by 1.1, the mean factor for perceived risk"
            ),
            quality="derived",
            range=(0.055, 0.09),
        ),
    )
    by_function: Named[float] = attrs.field(factory=Named)
    within_nhs: float = share(
        0.45,
        parent=assumed(
            "share of resignations",
            0.2,
            0.7,
            "the share of people who resign to join another NHS employer is a judgement",
        ),
    )
    other: float = amount(
        0.007,
        parent=assumed(
            "leavers a year",
            0.0,
            0.02,
            "the rate of death, dismissal and ill health in a year without a reorganisation is a judgement",
        ),
    )
    retire_at_55: float = amount(
        0.06, parent=assumed("retirements a year", 0.0, 0.2, "the rate of retirement at 55 is a judgement")
    )
    retire_56_to_59: float = amount(
        0.05, parent=assumed("retirements a year", 0.0, 0.2, "the rate of retirement at 56 to 59 is a judgement")
    )
    retire_at_60: float = amount(
        0.22, parent=assumed("retirements a year", 0.0, 0.6, "the rate of retirement at 60 is a judgement")
    )
    retire_61_to_64: float = amount(
        0.14, parent=assumed("retirements a year", 0.0, 0.6, "the rate of retirement at 61 to 64 is a judgement")
    )
    retire_at_65: float = amount(
        0.35, parent=assumed("retirements a year", 0.0, 0.9, "the rate of retirement at 65 is a judgement")
    )
    retire_from_66: float = amount(
        0.30, parent=assumed("retirements a year", 0.0, 0.9, "the rate of retirement from 66 is a judgement")
    )
    age_slope: float = number(
        -0.07,
        low=-0.5,
        high=0.5,
        parent=Parent(
            unit="log hazard per year of age",
            source=(
                "the UK basis for pension transfers of 2012 has withdrawal rates by age; only the shape "
                "of this table is used"
            ),
            quality="official",
            range=(-0.1, 0.0),
        ),
    )
    service_floor: float = amount(
        0.6,
        parent=assumed(
            "multiple", 0.3, 1.0, "resignation is assumed to be more frequent in the first years of service"
        ),
    )
    service_drop: float = amount(
        1.2,
        parent=assumed(
            "multiple", 0.0, 2.0, "resignation is assumed to be more frequent in the first years of service"
        ),
    )
    service_scale_years: float = number(
        2.5,
        low=0.1,
        high=40.0,
        parent=assumed("years", 1.0, 6.0, "resignation is assumed to be more frequent in the first years of service"),
    )
    risk_ratio: float = number(
        2.0,
        low=1.0,
        high=20.0,
        parent=assumed(
            "hazard ratio", 1.25, 3.0, "the ratio for people who are certain to lose their post is a judgement"
        ),
    )
    risk_saturation: float = number(
        0.4,
        low=0.001,
        high=10.0,
        parent=assumed(
            "perceived risk", 0.15, 0.8, "how quickly the effect of perceived risk levels off is a judgement"
        ),
    )
    skill_calm: float = number(
        -0.15,
        low=-2,
        high=2,
        parent=assumed(
            "log hazard per standard deviation",
            -0.3,
            0.0,
            "reviews found that good performers leave less often; the size of the effect is a judgement",
        ),
    )
    skill_threat: float = number(
        0.18,
        low=-2,
        high=2,
        parent=assumed(
            "log hazard per standard deviation",
            0.15,
            0.22,
            "the press reported that high performers left more often after news of layoffs; the size "
            "of the effect is a judgement",
        ),
    )
    outside: float = number(
        0.25,
        low=-2,
        high=2,
        parent=assumed(
            "log hazard per standard deviation",
            0.0,
            0.5,
            "according to job-search theory, people with better prospects elsewhere leave more often;"
            " the size of the effect is a judgement",
        ),
    )
    premium: float = number(
        -2.0,
        low=-20.0,
        high=0.0,
        parent=Parent(
            unit="elasticity",
            source=(
                "a study of 2022 found that retention payments of 8% to early-career teachers in England "
                "prevented 23% of exits, which is an elasticity of −3.4; the value is nearer to zero, and"
                " at −2 the same payments prevent 14%"
            ),
            quality="study",
            range=(-3.4, -1.5),
        ),
    )
    leaver: float = amount(
        1.5, parent=assumed("hazard ratio", 1.0, 3.0, "the ratio of leavers to movers is a judgement")
    )
    stayer: float = amount(
        0.8, parent=assumed("hazard ratio", 0.4, 1.0, "the ratio of stayers to movers is a judgement")
    )

    waiting: float = amount(
        0.0,
        parent=assumed(
            "log hazard per month of redundancy pay at certain risk",
            0.0,
            0.1,
            "people may wait for redundancy pay instead of resigning; no size is known, so the effect"
            " is off by default",
        ),
    )
    contagion: float = number(
        0.0,
        low=0.0,
        high=0.99,
        parent=Parent(
            unit="resignations that each departure causes within a month",
            source=(
                "a study of US retail stores (Academy of Management Journal, 2023/24) found that some "
                "people resign because colleagues resigned; the size for NHS staff is not known, so the "
                "effect is off by default"
            ),
            quality="assumption",
            range=(0.0, 0.23),
        ),
    )

    def __attrs_post_init__(self) -> None:
        for name, rate in self.by_function.items():
            if not 0 <= rate <= 5:
                raise ScenarioError(f"by_function.{name}", f"is {rate!r}", "give a yearly hazard from 0 to 5")

    @cached_property
    def by_age(self) -> Floats:
        """Age factor of resignation by complete years of age, (OLDEST + 1,)."""
        return age_factor(np.arange(OLDEST + 1), self.age_slope)

    @cached_property
    def by_service(self) -> Floats:
        """Service factor of resignation by complete months of service, (LONGEST_MONTHS + 1,)."""
        years = np.arange(LONGEST_MONTHS + 1) / 12.0
        return service_factor(years, self.service_floor, self.service_drop, self.service_scale_years)

    @cached_property
    def retirement(self) -> Floats:
        """Annual hazard of retiring by complete years of age, (OLDEST + 1,). It is zero before 55, as only early
        release allows retirement then.
        """
        table = np.zeros(OLDEST + 1)
        table[55] = self.retire_at_55
        table[56:60] = self.retire_56_to_59
        table[60] = self.retire_at_60
        table[61:65] = self.retire_61_to_64
        table[65] = self.retire_at_65
        table[66:] = self.retire_from_66
        return table

    @cached_property
    def by_disposition(self) -> Singles:
        """Hazard ratio by disposition: none, leaver, stayer, mover."""
        return np.array([1.0, self.leaver, self.stayer, 1.0], "float32")

    def base(self, functions: tuple[str, ...]) -> Floats:
        """Base rate of resigning by function code, (functions,). Raises ScenarioError for an unknown function."""
        for name in self.by_function:
            if name not in functions:
                raise ScenarioError(
                    f"behaviour.departures.by_function.{name}", "is not a function", ", ".join(functions)
                )
        return np.array([self.by_function.get(name, self.resign) for name in functions])

    def shape(self, age: AnyArray, service_months: AnyArray) -> Floats:
        """Product of the age and service factors of resignation at complete years and complete months, (n,)."""
        return np.asarray(_looked_up(self.by_age, age) * _looked_up(self.by_service, service_months))

    def rates(self, base: Floats, people: Exposure) -> Floats:
        """Annual hazards of the four causes, (4, n). `base` (n,) is the normalised base rate of resigning."""
        resign = base * self.shape(people.age, people.service_months)
        # Factors that are 1 for everyone are left out, because a run needs these hazards for everyone every month.
        if people.risk.any():  # at no risk the ratio is exactly 1
            resign *= risk_ratio(people.risk, self.risk_ratio, self.risk_saturation)
        resign *= selection_factor(
            people.risk, people.skill, people.outside, self.skill_calm, self.skill_threat, self.outside
        )
        resign *= self.by_disposition.take(people.disposition)
        if self.waiting:
            resign *= arithmetic.exp(-self.waiting * people.risk * people.redundancy_months)
        paid = np.flatnonzero(people.premium != 0)  # few people have a premium; for others the factor is exactly 1
        if len(paid):
            resign[paid] *= _premium_factors(people.premium[paid], self.premium)
        # Contagion adds to the hazard. Departures are a share of last month, hence the factor of 12 for a year.
        if self.contagion:
            resign += self.contagion * 12.0 * people.departed
        # One row for each cause, in the order of `log.CAUSES`.
        out = np.empty((4, len(resign)))
        out[0] = self.other
        out[1] = _looked_up(self.retirement, people.age)
        np.multiply(resign, self.within_nhs, out=out[2])
        np.multiply(resign, 1.0 - self.within_nhs, out=out[3])
        return out


def _looked_up(table: Floats, number: AnyArray) -> Floats:
    """The entry of a table for each whole number, (n,). Numbers outside the table get its first or last entry."""
    return table.take(number, mode="clip")
