"""Manpower planning: skills, years, and the ways to match strength and requirements.

After the problem *Manpower planning* of H. P. Williams, Model Building in Mathematical Programming (5th edition, 2013).
"""

from __future__ import annotations

import attrs

from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import Parent, amount, share

_PEOPLE = Parent(unit="people")
_POUNDS = Parent(unit="pounds a person a year")
_A_YEAR = Parent(unit="people a year")


@attrs.frozen(kw_only=True)
class Skill:
    """One level of skill: its people, its natural wastage, and the measures allowed against too many or too few.

    `wastage` is the share of people there who leave in a year. `first_wastage` is the share in a person's first year.
    """

    name: str
    strength: float = amount(parent=_PEOPLE)
    wastage: float = share(0.0, parent=Parent(unit="share a year"))
    first_wastage: float = share(0.0, parent=Parent(unit="share in the first year"))
    recruits: float = amount(0.0, parent=_A_YEAR)  # at most
    redundancy_cost: float = amount(0.0, parent=Parent(unit="pounds a person"))
    overmanning_cost: float = amount(0.0, parent=_POUNDS)
    short_time: float = amount(0.0, parent=_A_YEAR)  # at most
    short_time_cost: float = amount(0.0, parent=_POUNDS)


@attrs.frozen(kw_only=True)
class Retraining:
    """A way up from one skill to another, with a maximum number per year, and a maximum share of the other's strength."""

    origin: str
    target: str
    cost: float = amount(0.0, parent=Parent(unit="pounds a person"))
    limit: float | None = amount(None, parent=_A_YEAR)
    limit_share: float | None = amount(None, parent=Parent(unit="share of the target's strength"))


@attrs.frozen(kw_only=True)
class ManpowerPlan:
    """Skills from the lowest to the highest, what is required of each in each year, and the common limits.

    `required` has one row per year and one column per skill. Downgrading, to any lower skill, loses `downgrading_loss`
    of the people downgraded at once; None forbids it. A person on short time does `short_time_work` of the work of one
    on full time.
    """

    name: str = "plan"
    skills: tuple[Skill, ...]
    required: tuple[tuple[float, ...], ...] = attrs.field(metadata={"parent": _PEOPLE})
    retraining: tuple[Retraining, ...] = ()
    downgrading_loss: float | None = share(None, parent=Parent(unit="share of the downgraded"))
    overmanning: float = amount(0.0, parent=_A_YEAR)  # at most, over all skills
    short_time_work: float = share(0.5, parent=Parent(unit="share of full time"))

    def __attrs_post_init__(self) -> None:
        names = [skill.name for skill in self.skills]
        if not names or len(set(names)) < len(names):
            raise ScenarioError(
                "skills", f"are {', '.join(names) or 'empty'}", "give at least one, each with a different name"
            )
        if not self.required:
            raise ScenarioError("required", "has no year", "give one row per year, with a number for each skill")
        for year, row in enumerate(self.required, 1):
            if len(row) != len(names) or not all(need >= 0 for need in row):
                wrong = f"is {list(row)}, for {len(names)} skills"
                raise ScenarioError(f"required: year {year}", wrong, "give one number of 0 or more for each skill")
        for way in self.retraining:
            for end in (way.origin, way.target):
                if end not in names:
                    raise ScenarioError("retraining", f"names the skill {end!r}", nearest(end, names))
            if names.index(way.origin) >= names.index(way.target):
                wrong = f"leads from {way.origin!r} to {way.target!r}"
                raise ScenarioError("retraining", wrong, "make it lead upwards; downgrading needs no entry")

    @property
    def names(self) -> tuple[str, ...]:
        """The skills by name."""
        return tuple(skill.name for skill in self.skills)

    @property
    def years(self) -> int:
        """The number of years planned."""
        return len(self.required)
