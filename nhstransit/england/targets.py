"""Published figures as targets of a calibration."""

from __future__ import annotations

from collections.abc import Iterable

from nhstransit.england.figures import Figure, Outcome, Outcomes
from nhstransit.england.outcomes import bundled_outcomes
from nhstransit.errors import CalibrationError, nearest
from nhstransit.studies.likelihood import MODEL_ERROR, Target


def targets_of(
    names: str | Iterable[str] | None = None, *, outcomes: Outcomes | None = None, model_error: float = MODEL_ERROR
) -> tuple[Target, ...]:
    """Published figures as targets: those with the given names, or all that may be fitted and that a run can produce.

    Args:
        names: names of figures, such as "mars-round1-leavers", or "rehire-cohorts: 2011-12" for one of several.
        outcomes: the published outcomes; by default England 2010–13.
        model_error: the model error, as a share of each figure.

    Raises:
        CalibrationError: a name is unknown, or the use of the figure is not `calibrate`.
    """
    found = {
        f"{outcome.id}: {figure.part}" if figure.part else outcome.id: (outcome, figure)
        for outcome in (outcomes or bundled_outcomes()).outcome
        for figure in outcome.figures
    }
    may = [name for name, (outcome, figure) in found.items() if outcome.use == "calibrate" and figure.measure]
    asked = None
    if names is not None:
        asked = (names,) if isinstance(names, str) else tuple(names)
    for name in asked or ():
        if name not in found:
            raise CalibrationError(f"target {name!r}", "is not a published figure", nearest(name, may))
        if name not in may:
            wrong = f"has the use {found[name][0].use!r}"
            raise CalibrationError(f"target {name!r}", wrong, f"fit only to these: {', '.join(may)}")
    wanted = may if asked is None else list(dict.fromkeys(asked))
    return tuple(_target(name, *found[name], model_error) for name in wanted)


def _target(name: str, outcome: Outcome, figure: Figure, model_error: float) -> Target:
    value = figure.value or 0.0
    tolerance = figure.tolerance or 0.0
    kind = _kind(figure.unit)
    # The sample size at which a share of this value has a standard error equal to the tolerance.
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
