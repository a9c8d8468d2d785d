"""Which posts suit whom: the one rule that a bound on redundancies needs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from nhstransit.fields import Parent, one_of, some_of, whole
from nhstransit.organisations.bodies import KINDS
from nhstransit.run import Run
from nhstransit.workforce.codes import BANDS

REACHES = ("region", "anywhere")
_WORKING_RULE = Parent(unit="bands", source="working rule for suitable posts", quality="recalled")


@attrs.frozen(kw_only=True)
class Suitable:
    """A post suits whoever began in the same function, in its band or up to `bands_down` higher, in its region.

    Posts of `national` kinds of body suit people of every region, and all posts do where `reach` is "anywhere". With
    `bands_up` posts of higher bands suit as well, with `across_functions` those of any function.
    """

    bands_down: int = whole(1, high=len(BANDS) - 1, parent=_WORKING_RULE)
    bands_up: int = whole(0, high=len(BANDS) - 1, parent=Parent(unit="bands"))
    reach: str = one_of(REACHES, "region")
    national: tuple[str, ...] = some_of(KINDS, ())
    across_functions: bool = attrs.field(default=False, validator=attrs.validators.instance_of(bool))

    @classmethod
    def of(cls, run: Run) -> Suitable:
        """The widest rule among the rounds of filling in the run's scenario, and at least the working rule."""
        policies = list(run.scenario.policies.values())
        anywhere = "anywhere" in _told(policies, "reach", "")
        return cls(
            bands_down=max(1, *_told(policies, "bands_down", 0), 0),
            reach="anywhere" if anywhere else "region",
            national=tuple(sorted({kind for kinds in _told(policies, "national", ()) for kind in kinds})),
        )

    def __str__(self) -> str:
        bands = f"up to {self.bands_down} bands lower" if self.bands_down > 1 else "or one band lower"
        bands = bands if self.bands_down else "no lower"
        higher = f" or up to {self.bands_up} higher" if self.bands_up else ""
        trade = "of any function" if self.across_functions else "of their function"
        where = "anywhere" if self.reach == "anywhere" else "in their region"
        if self.national and self.reach == "region":
            where += f" or in a body of a national kind ({', '.join(self.national)})"
        return f"posts {trade} in their band, {bands}{higher}, {where}"


def _told(policies: Iterable[Any], field: str, unknown: Any) -> list[Any]:
    """What the policies that have such a field say in it; a policy of one's own may have none."""
    return [getattr(policy, field, unknown) for policy in policies]
