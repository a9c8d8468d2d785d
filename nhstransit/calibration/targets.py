"""What is fitted to: published figures with the kind of evidence that each is."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from nhstransit.errors import CalibrationError, nearest
from nhstransit.fields import one_of
from nhstransit.published import Figure, Outcome, Outcomes, bundled_outcomes
from nhstransit.sweeps.statistics import real

KINDS = {
    "count": "people, posts or whole-time equivalents that were counted: Poisson, wider where replications vary more",
    "share": "a share of so many people: binomial, wider where asking others would have changed it more",
    "mean": "a mean over people: normal, by its own standard error or that of asking others",
    "total": "a sum of money: normal, by its rounding and what replications and samples add",
}
MODEL_ERROR = 0.05  # of a figure: how far a model of this kind may be out; an assumption, told with every fit


@attrs.frozen(kw_only=True)
class Target:
    """One figure: its name as the measure gives it, its kind, and how far it can be trusted, in its own unit.

    `tolerance` is about one standard error from rounding or sampling alone; `size` how many people a share is of;
    `model_error` the standard deviation by which the model itself may be out.
    """

    name: str
    kind: str = one_of(KINDS)
    value: float
    tolerance: float = 0.0
    size: float = 0.0
    model_error: float = 0.0

    def __attrs_post_init__(self) -> None:
        numbers = (self.value, self.tolerance, self.size, self.model_error)
        if not all(map(real, numbers)) or min(numbers[1:]) < 0:
            raise CalibrationError(f"target {self.name}", f"has {numbers}", "give finite numbers, errors of 0 or more")
        if self.kind == "count" and self.value < 0:
            raise CalibrationError(f"target {self.name}", f"is a count of {self.value:g}", "give 0 or more")
        if self.kind == "share" and not (0 < self.value < 1 and self.size >= 1):
            wrong = f"is a share of {self.value:g} among {self.size:g}"
            raise CalibrationError(f"target {self.name}", wrong, "give one between 0 and 1, and `size`")


def targets_of(
    names: str | Iterable[str] | None = None, *, outcomes: Outcomes | None = None, model_error: float = MODEL_ERROR
) -> tuple[Target, ...]:
    """The published figures of those names, or all that may be fitted and that a run can be read for, as targets.

    Args:
        names: of figures, such as "mars-round1-leavers", or "rehire-cohorts: 2011-12" for one of several.
        outcomes: what was published; England 2010–13 where not given.
        model_error: the model's own, as a share of each figure.

    Raises CalibrationError for a name that is not there, and for one whose use is not `calibrate`.
    """
    found = {
        f"{outcome.id}: {figure.part}" if figure.part else outcome.id: (outcome, figure)
        for outcome in (outcomes or bundled_outcomes()).outcome
        for figure in outcome.figures
    }
    may = [name for name, (outcome, figure) in found.items() if outcome.use == "calibrate" and figure.measure]
    asked = (names,) if isinstance(names, str) else None if names is None else tuple(names)
    for name in asked or ():
        if name not in found:
            raise CalibrationError(f"target {name!r}", "was not published", nearest(name, may))
        if name not in may:
            told = f"is for {found[name][0].use!r}"
            raise CalibrationError(f"target {name!r}", told, f"fit only to these: {', '.join(may)}")
    wanted = may if asked is None else list(dict.fromkeys(asked))
    return tuple(_target(name, *found[name], model_error) for name in wanted)


def _target(name: str, outcome: Outcome, figure: Figure, model_error: float) -> Target:
    value, tolerance, kind = figure.value or 0.0, figure.tolerance or 0.0, _kind(figure.unit)
    size = value * (1.0 - value) / tolerance**2 if kind == "share" and tolerance else 0.0
    return Target(
        name=name,
        kind=kind,
        value=value,
        tolerance=tolerance,
        size=size,
        model_error=model_error * abs(value),
    )


def _kind(unit: str) -> str:
    if unit in ("people", "posts", "WTE", "bodies"):
        return "count"
    if unit.startswith("share of"):
        return "share"
    return "mean" if unit.endswith(("a person", "a WTE")) else "total"
