"""Where the opening staff went: from their kind of employer at the start to where they were at the end."""

from __future__ import annotations

from collections.abc import Sequence

import attrs
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from nhstransit import tables
from nhstransit.errors import check_kind
from nhstransit.measures.whereabouts import of_themselves, whereabouts
from nhstransit.phrases import inside, listed, percentages
from nhstransit.plots.groups import group_of, groups_of
from nhstransit.plots.labels import END
from nhstransit.plots.paper import INK, TEXT, axes, described, inches, source, title
from nhstransit.plots.shown import shows_itself
from nhstransit.run import Run

STAYED = "still there"
MOVED = "moved to"
LEFT = "left"
LET_GO = "left by a policy"
COLOURS = {STAYED: "#BDBDBD", MOVED: "#00508C", LEFT: "#E69F00", LET_GO: "#C8402A"}
HATCHES = {STAYED: "", MOVED: "", LEFT: "", LET_GO: "////"}
WORDS = {
    "death-or-dismissal": "ill health, death or dismissal",
    "retirement": "retired",
    "resignation-within-nhs": "resigned for another NHS body",
    "resignation": "resigned from the NHS",
    "contract-end": "fixed term ended",
    "closure": "left when the employer closed",
}
NODE = 0.022  # width of a block, as a share of the width between the two sides
LEFT_EDGE = -0.36
RIGHT_EDGE = 1.52


@attrs.define
class Node:
    """A block on one side: its name, people, position from the top, and the height that bands already occupy."""

    name: str
    people: int
    family: str = ""
    top: float = 0.0
    taken: float = 0.0


@shows_itself
def destinations(run: Run, ax: Axes | None = None, *, note: str = "") -> Axes:
    """Opening staff from their kind of employer (left) to where they were at the end (right), one band per flow.

    Grey: people still with the same employer. Dark: people with another employer. Light: people who left, but not
    because of a policy. Hatched: people who left because of a policy or because the employer closed. Returns the axes.

    Args:
        run: the run.
        ax: axes to draw on; by default those of a new figure.
        note: text added to the end of the small print.
    """
    check_kind("run", run, Run)
    ax = axes(ax, 10.0, 6.8)
    flows = bands(run)
    begun, ended = _sides(flows)
    total = sum(flows.values())
    # The right side usually has more blocks, so it decides the height of a person on both sides.
    scale = _placed(ended, 0.0, _line(ax), 1.0)
    _centred(begun, scale, _line(ax))
    # In the order in which bands leave and reach their blocks, because `_band` stacks them from the top down.
    in_order = sorted(flows.items(), key=lambda flow: _rank(begun, ended, flow[0]))
    for (start, end), people in in_order:
        _band(ax, begun[start], ended[end], people * scale)
    for node in begun.values():
        _block(ax, node, scale, 0.0, "#444444")
        text = f"{node.name}\n{node.people:,}"
        ax.text(
            -0.02,
            node.top + node.people * scale / 2,
            text,
            ha="right",
            va="center",
            fontsize=TEXT,
            color=INK,
            parse_math=False,
            label=END,
        )
    shares = percentages([node.people for node in ended.values()])
    for node, share in zip(ended.values(), shares, strict=True):
        _block(ax, node, scale, 1.0 - NODE, COLOURS[node.family])
        text = f"{node.name}  {node.people:,} ({share})"
        ax.text(
            1.02,
            node.top + node.people * scale / 2,
            text,
            ha="left",
            va="center",
            fontsize=TEXT,
            color=INK,
            parse_math=False,
            label=END,
        )
    ax.set_xlim(LEFT_EDGE, RIGHT_EDGE)
    # Heights are measured from the top down.
    ax.set_ylim(1.0, 0.0)
    ax.set_axis_off()
    finding = _finding(run, flows)
    title(ax, finding)
    source(ax, run, f"Numbers of people (heads), {total:,} in all.", note, below=4.0)
    table = tables.frame(
        {
            "from": [start for start, _ in flows],
            "fate": [end[0] for _, end in flows],
            "to": [_in_words(end) for _, end in flows],
            "people": list(flows.values()),
        }
    )
    parts = [f"{node.name} {node.people:,}" for node in ended.values()]
    return described(
        ax, table, f"Bands lead from each kind of employer to where its people went. {finding}: {'; '.join(parts)}."
    )


def _finding(run: Run, flows: dict[tuple[str, tuple[str, str]], int]) -> str:
    """The shares that left, moved and stayed, which add up to 100%; shares of nobody are left out."""
    begin = f"By {run.scenario.end:%B %Y}"
    of = f"of the opening staff of {run.scenario.start:%B %Y}"
    # People by family of their destination, and then by fate: both ways of leaving count together.
    sums = dict.fromkeys(COLOURS, 0)
    for (_, end), people in flows.items():
        sums[end[0]] += people
    counts = [sums[LEFT] + sums[LET_GO], sums[MOVED], sums[STAYED]]
    fates = ("had left", "had another employer", "had the same employer")
    every = zip(percentages(counts), fates, counts, strict=True)
    shares = [(share, fate) for share, fate, count in every if count]
    if not shares:
        return f"No people were in post in {run.scenario.start:%B %Y}"
    (share, fate), *others = shares
    if not others:
        return f"{begin} everyone {of} {fate}"
    rest = [f"{share} {fate}" for share, fate in others]
    return f"{begin}, {listed([f'{share} {of} {fate}', *rest])}"


def bands(run: Run) -> dict[tuple[str, tuple[str, str]], int]:
    """People by group of the opening employer and by family and name of their destination, without empty bands."""
    flows: dict[tuple[str, tuple[str, str]], int] = {}
    table = whereabouts(run)
    rows = zip(table["kind"], table["fate"], table["where"], table["people"], strict=True)
    for kind, fate, where, people in rows:
        if fate == "there":
            end = (STAYED, STAYED)
        elif fate == "moved":
            end = (MOVED, group_of(where).name)
        else:
            title = run.scenario.policy_titles.get(where, "")
            name = inside(title) if title else WORDS.get(where, where.replace("-", " "))
            end = (LEFT if of_themselves(where) else LET_GO, name)
        # Several kinds of employer and several causes can share one band.
        flow = (group_of(kind).name, end)
        flows[flow] = flows.get(flow, 0) + int(people)
    return flows


def _sides(
    flows: dict[tuple[str, tuple[str, str]], int],
) -> tuple[dict[str, Node], dict[tuple[str, str], Node]]:
    """The blocks of both sides from top to bottom."""
    order = [group.name for group in groups_of()]
    starts: dict[str, int] = {}
    ends: dict[tuple[str, str], int] = {}
    for (start, end), people in flows.items():
        starts[start] = starts.get(start, 0) + people
        ends[end] = ends.get(end, 0) + people
    families = list(COLOURS)

    def rank(end: tuple[str, str]) -> tuple[int, int, int]:
        # By family; then new employers in the order of their groups, and other destinations by size.
        place = order.index(end[1]) if end[0] == MOVED else 0
        return families.index(end[0]), place, -ends[end]

    begun = {name: Node(name, starts[name]) for name in sorted(starts, key=order.index)}
    ended = {end: Node(_in_words(end), ends[end], end[0]) for end in sorted(ends, key=rank)}
    return begun, ended


def _in_words(end: tuple[str, str]) -> str:
    family, name = end
    if family == MOVED:
        return name if name.startswith("elsewhere") else f"to {name}"
    return name


def _line(ax: Axes) -> float:
    """Height of a line of text as a share of the axes."""
    return TEXT * 1.4 / 72.0 / inches(ax)[1]


def _placed(nodes: dict[tuple[str, str], Node], low: float, line: float, high: float) -> float:
    """Place blocks one below another, each with room for a line of text. Returns the height of one person."""
    sizes = [node.people for node in nodes.values()]
    gap = 0.3 * line
    room = high - low - gap * max(len(sizes) - 1, 0)
    scale = _scale(sizes, line, room)
    top = low
    for node in nodes.values():
        slot = max(node.people * scale, line)
        node.top = top + (slot - node.people * scale) / 2
        # Only blocks shorter than a line of text have a slot higher than themselves.
        top += slot + gap
    return scale


def _scale(sizes: Sequence[int], least: float, room: float) -> float:
    """Height of one person such that blocks, each at least `least` high, fill the room.

    If there is not enough room, half of it is divided in proportion to people.
    """
    total = sum(sizes)
    if not total:
        return 0.0
    low = 0.0
    high = room / total
    # Bisection: 60 halvings are beyond the precision of a float.
    for _ in range(60):
        middle = (low + high) / 2
        fits = sum(max(size * middle, least) for size in sizes) <= room
        low, high = (middle, high) if fits else (low, middle)
    return low or 0.5 * room / total


def _centred(nodes: dict[str, Node], scale: float, line: float) -> None:
    """Distribute the blocks of the left side over the height, each with room for two lines of text."""
    slots = [max(node.people * scale, 2.2 * line) for node in nodes.values()]
    # The space that is left is shared equally: above, between and below the blocks.
    gap = max(1.0 - sum(slots), 0.0) / (len(slots) + 1) if slots else 0.0
    top = gap
    for node, slot in zip(nodes.values(), slots, strict=True):
        node.top = top + (slot - node.people * scale) / 2
        top += slot + gap


def _rank(
    begun: dict[str, Node], ended: dict[tuple[str, str], Node], flow: tuple[str, tuple[str, str]]
) -> tuple[float, float]:
    """Sort key of a band: bands start from each block in the order of their destinations, so that few of them cross."""
    return begun[flow[0]].top, ended[flow[1]].top


def _block(ax: Axes, node: Node, scale: float, left: float, colour: str) -> None:
    height = node.people * scale
    ax.add_patch(Rectangle((left, node.top), NODE, height, facecolor=colour, edgecolor="none"))


def _band(ax: Axes, start: Node, end: Node, height: float) -> None:
    """One flow as a curved band between two blocks."""
    y0 = start.top + start.taken
    y1 = end.top + end.taken
    start.taken += height
    end.taken += height
    x0 = NODE
    x1 = 1.0 - NODE
    middle = 0.5
    # Two cubic curves, from left to right along the top and back along the bottom of the band.
    corners = [
        (x0, y0),
        (middle, y0),
        (middle, y1),
        (x1, y1),
        (x1, y1 + height),
        (middle, y1 + height),
        (middle, y0 + height),
        (x0, y0 + height),
        (x0, y0),
    ]
    curve = Path.CURVE4
    codes = [Path.MOVETO, curve, curve, curve, Path.LINETO, curve, curve, curve, Path.CLOSEPOLY]
    colour = COLOURS[end.family]
    hatch = HATCHES[end.family]
    patch = PathPatch(Path(corners, codes), facecolor=colour, edgecolor="white", linewidth=0.4, alpha=0.6, hatch=hatch)
    ax.add_patch(patch)
