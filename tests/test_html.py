"""What a notebook shows: one style for every object, with captions and headers that a screen reader tells."""

from __future__ import annotations

from pathlib import Path

import attrs
import numpy as np

import nhstransit as nt
from nhstransit import tables
from tests.comparison.planted import pays, restless, with_policy
from tests.report.reading import read

ROOM = Path(nt.__file__).parent
EVIL = "<script>alert(1)</script>"


def test_a_table_has_a_caption_and_headers_with_scope() -> None:
    """Levels of the index are the headers of rows; a table without a named index has its first column for that."""
    made = tables.frame({"a": ["x", "y"], "b": ["p", "q"], "n": [1_234.5, np.nan], "k": [2010, 2011]}, index=["a", "b"])
    root = read(tables.html(made, "Some numbers", form="{:,.1f}".format, blank="none"))
    (caption,) = root.all("caption")
    assert caption.text() == "Some numbers"
    heads = [(one.facts["scope"], one.text()) for one in root.all("th")]
    assert heads == [*(("col", name) for name in "abnk"), *(("row", name) for name in ("x", "p", "y", "q"))]
    assert [one.text() for one in root.all("td")] == ["1,234.5", "2010", "none", "2011"]
    plain = read(tables.html(made.reset_index(), "The same"))
    assert [one.text() for one in plain.all("th") if one.facts["scope"] == "row"] == ["x", "y"]


def test_what_scrolls_can_be_reached_and_has_a_name() -> None:
    """A wide table scrolls in a region of its own that takes the focus."""
    (region,) = read(tables.html(tables.frame({"a": [1]}), "One")).all("div")
    assert (region.facts["role"], region.facts["tabindex"], region.facts["aria-label"]) == ("region", "0", "One")


def test_every_text_is_escaped() -> None:
    """Cells, names of columns, caption, paragraphs."""
    made = tables.html(tables.frame({EVIL: [EVIL]}), EVIL) + tables.paragraphs([EVIL])
    assert "<script" not in made and made.count("&lt;script&gt;") == 5


def test_objects_have_the_one_style() -> None:
    """Scenario, run, measures, comparisons: a caption each; nothing in the library writes a table in another way."""
    world = with_policy(restless(30), "planted", pays(range(8)))
    run, other = (nt.simulate(one, seed=1) for one in (world, restless(30)))
    for thing in (world, run, nt.measure(run), nt.compare(run, baseline=other), nt.career(run, 3)):
        root = read(thing._repr_html_())
        assert len(root.all("caption")) == len(root.all("table")) == 1, type(thing)
    for path in ROOM.rglob("*.py"):
        text = path.read_text("utf-8")
        assert path.name == "tables.py" or not ("to_html(" in text or "<table" in text), path


def test_a_name_with_markup_is_text_in_a_notebook() -> None:
    """The name and the description of a scenario come from a file that may be anyone's."""
    shown = attrs.evolve(restless(3), title=EVIL, about=EVIL)._repr_html_()
    assert "<script" not in shown and shown.count("&lt;script&gt;") == 3
