"""Lasting random effects by which employers and regions differ in their appetite for severance and for lending staff."""

from __future__ import annotations

import attrs
import numpy as np

from nhstransit import arithmetic
from nhstransit.arrays import Floats
from nhstransit.organisations.bodies import Roster
from nhstransit.streams import Luck, name_key


def appetite(bodies: Roster, luck: Luck) -> Floats:
    """A standard normal for each employer, (bodies,), keyed by its name: the same for every policy and round."""
    return luck.normal("employer appetite", 0, bodies.keys, among="organisation")


def regional_appetite(bodies: Roster, luck: Luck) -> Floats:
    """A standard normal for each employer, (bodies,), keyed by the name of its region."""
    regions = np.array([name_key(name) for name in bodies.regions], "uint64")
    # All employers of a region have the region's key, so they get the same number.
    keys = bodies.keyed(regions[bodies.region], np.arange(len(bodies)))
    return luck.normal("region appetite", 0, keys, among="organisation")


@attrs.frozen(eq=False, kw_only=True)
class Appetites:
    """The random effects of employers on how readily their staff apply for severance.

    Attributes:
        employer: (bodies,) standard normals of employers.
        region: (bodies,) standard normals of their regions.
        weight: (bodies,) size of each employer when the scenario begins, such as its pay bill; 0 for one without staff.
        replications: number of replications of the scenario's organisations, one after another in the columns.
    """

    employer: Floats
    region: Floats
    weight: Floats
    replications: int = 1

    @classmethod
    def of(cls, bodies: Roster, luck: Luck, weight: Floats) -> Appetites:
        """Draw the effects for these organisations.

        Args:
            bodies: the organisations.
            luck: the source of random draws.
            weight: (bodies,) size of each employer when the scenario begins, such as its pay bill.
        """
        return cls(
            employer=appetite(bodies, luck),
            region=regional_appetite(bodies, luck),
            weight=weight,
            replications=bodies.replications,
        )

    def log_odds(self, employer_sd: float, region_sd: float) -> Floats:
        """The effect on the log-odds of applying, (bodies,).

        It is shifted so that the weighted mean odds over all employers are the same as without it. So the effects
        change at which employers more staff apply, but not how many apply in total. Renaming an employer or region does
        not change that total.

        Args:
            employer_sd: standard deviation between the employers of a region.
            region_sd: standard deviation between regions.
        """
        effect = employer_sd * self.employer + region_sd * self.region
        # Without anyone in post all employers count equally.
        weight = self.weight if self.weight.any() else np.ones(len(effect))
        odds = weight * arithmetic.exp(effect)
        each = (self.replications, -1)  # the mean is taken within each replication
        mean_odds = odds.reshape(each).sum(axis=1) / weight.reshape(each).sum(axis=1)
        shift = arithmetic.log(mean_odds)[:, None]
        return np.asarray((effect.reshape(each) - shift).ravel())
