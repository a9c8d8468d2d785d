"""Manpower planning: skills, years, and measures that adjust the number of people to requirements.

The model is the problem *Manpower planning* in H. P. Williams, Model Building in Mathematical Programming (5th edition,
2013).
"""

from __future__ import annotations

import attrs

from nhstransit.errors import ScenarioError, nearest
from nhstransit.fields import Parent, amount, share
from nhstransit.phrases import number_of

_PEOPLE = Parent(unit="people")
_POUNDS = Parent(unit="pounds a person a year")
_A_YEAR = Parent(unit="people a year")


@attrs.frozen(kw_only=True)
class Skill:
    """One level of skill: its people, its natural wastage, and limits and costs of measures.

    `strength` is the number of people at the start. `wastage` is the share of people who leave in a year, and
    `first_wastage` the share who leave in their first year. `recruits` and `short_time` are the highest numbers allowed
    per year.
    """

    name: str
    strength: float = amount(parent=_PEOPLE)
    wastage: float = share(0.0, parent=Parent(unit="share a year"))
    first_wastage: float = share(0.0, parent=Parent(unit="share in the first year"))
    recruits: float = amount(0.0, parent=_A_YEAR)
    redundancy_cost: float = amount(0.0, parent=Parent(unit="pounds a person"))
    overmanning_cost: float = amount(0.0, parent=_POUNDS)
    short_time: float = amount(0.0, parent=_A_YEAR)
    short_time_cost: float = amount(0.0, parent=_POUNDS)


@attrs.frozen(kw_only=True)
class Retraining:
    """Retraining from one skill to a higher one.

    `limit` is the highest number of people per year, and `limit_share` the highest share of the target skill's strength;
    None for no limit.
    """

    origin: str
    target: str
    cost: float = amount(0.0, parent=Parent(unit="pounds a person"))
    limit: float | None = amount(None, parent=_A_YEAR)
    limit_share: float | None = amount(None, parent=Parent(unit="share of the target's strength"))


@attrs.frozen(kw_only=True)
class ManpowerPlan:
    """Skills from the lowest to the highest, the people required of each in each year, and the common limits.

    `required` has one row per year and one column per skill. Of people downgraded to a lower skill, the share
    `downgrading_loss` leaves at once; None does not allow downgrading. `overmanning` is the highest number of people
    above requirements per year, over all skills. A person on short time does `short_time_work` of the work of a person
    on full time.
    """

    name: str = "plan"
    skills: tuple[Skill, ...]
    required: tuple[tuple[float, ...], ...] = attrs.field(metadata={"parent": _PEOPLE})
    retraining: tuple[Retraining, ...] = ()
    downgrading_loss: float | None = share(None, parent=Parent(unit="share of the downgraded"))
    overmanning: float = amount(0.0, parent=_A_YEAR)
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
                wrong = f"is {list(row)}, for a plan with {number_of(len(names), 'skill')}"
                raise ScenarioError(f"required: year {year}", wrong, "give one number of 0 or more for each skill")
        # Skills are in ascending order, so a target must come after its origin.
        for way in self.retraining:
            for end in (way.origin, way.target):
                if end not in names:
                    raise ScenarioError("retraining", f"{end!r} is not a skill of the plan", nearest(end, names))
            if names.index(way.origin) >= names.index(way.target):
                wrong = f"is from {way.origin!r} to {way.target!r}, which is not a higher skill"
                right = "give a higher skill as the target; downgrading needs no entry here"
                raise ScenarioError("retraining", wrong, right)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the skills."""
        return tuple(skill.name for skill in self.skills)

    @property
    def years(self) -> int:
        """The number of years in the plan."""
        return len(self.required)
