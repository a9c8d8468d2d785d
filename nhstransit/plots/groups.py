"""Kinds of organisation in groups, few enough for a figure to distinguish, each with a colour and a line style."""

from __future__ import annotations

import attrs

from nhstransit.organisations.bodies import KINDS


@attrs.frozen
class Group:
    """Kinds of organisation shown together: a name, a colour safe for colour-blind readers, and a line style."""

    name: str
    kinds: tuple[str, ...]
    colour: str
    stroke: str


GROUPS = (
    Group("strategic health authorities", ("sha",), "#D55E00", "-"),
    Group("primary care trusts", ("pct",), "#0072B2", "-"),
    Group("PCT provider arms", ("pct-provider",), "#2A8FC7", "-"),
    Group("Department of Health, arm's-length bodies", ("dh", "alb"), "#000000", "-"),
    Group("clinical commissioning groups", ("ccg",), "#0072B2", "--"),
    Group("commissioning support units", ("csu",), "#C77700", "--"),
    Group("NHS Commissioning Board", ("board-national", "board-region", "board-area"), "#D55E00", "--"),
    Group("councils, Public Health England", ("council", "phe"), "#009E73", "--"),
    Group("other new national bodies", ("hee", "hscic", "property", "tda"), "#000000", ":"),
    Group(
        "community and other providers",
        ("community-provider", "mental-health-trust", "acute-trust", "social-enterprise"),
        "#A8508A",
        "-.",
    ),
    Group("NHS England", ("nhs-england",), "#D55E00", ":"),
    Group("integrated care boards", ("icb",), "#0072B2", ":"),
    Group("Department of Health and Social Care", ("dhsc",), "#000000", "-."),
    Group("the Department's regional teams", ("dhsc-region",), "#6E6E6E", "--"),
    Group("elsewhere in the NHS", ("nhs-elsewhere",), "#6E6E6E", "-."),
)
OTHERS = Group("other bodies", (), "#6E6E6E", ":")


def group_of(kind: str) -> Group:
    """The group of a kind of organisation, or `OTHERS` if no group contains it."""
    return next((group for group in GROUPS if kind in group.kinds), OTHERS)


def groups_of() -> dict[Group, tuple[str, ...]]:
    """Every group in order with its kinds. Kinds that no group contains are under `OTHERS`."""
    found: dict[Group, tuple[str, ...]] = {group: group.kinds for group in GROUPS}
    rest = tuple(kind for kind in KINDS if group_of(kind) is OTHERS)
    return found | ({OTHERS: rest} if rest else {})
