"""HTML for notebooks: one style for every object, with captions and headers for screen readers."""

from __future__ import annotations

import importlib
import inspect
import pickle
import pkgutil
import re
from pathlib import Path

import attrs
import numpy as np
import pandas as pd

import nhstransit as nt
from nhstransit import tables
from tests.comparison.planted import pays, restless, with_policy
from tests.report.reading import read

PACKAGE = Path(nt.__file__).parent
EVIL = "<script>alert(1)</script>"


def test_a_table_has_a_caption_and_headers_with_scope() -> None:
    """Index levels are the row headers. Without a named index, the first column is the row header."""
    made = tables.frame({"a": ["x", "y"], "b": ["p", "q"], "n": [1_234.5, np.nan], "k": [2010, 2011]}, index=["a", "b"])
    root = read(tables.html(made, "Some numbers", form="{:,.1f}".format, blank="none"))
    (caption,) = root.all("caption")
    assert caption.text() == "Some numbers"
    heads = [(one.facts["scope"], one.text()) for one in root.all("th")]
    assert heads == [*(("col", name) for name in "abnk"), *(("row", name) for name in ("x", "p", "y", "q"))]
    assert [one.text() for one in root.all("td")] == ["1,234.5", "2010", "none", "2011"]
    plain = read(tables.html(made.reset_index(), "The same"))
    assert [one.text() for one in plain.all("th") if one.facts["scope"] == "row"] == ["x", "y"]


def test_a_table_is_in_a_named_region_that_can_get_the_focus() -> None:
    """A wide table can therefore be scrolled with the keyboard."""
    (region,) = read(tables.html(tables.frame({"a": [1]}), "One")).all("div")
    assert (region.facts["role"], region.facts["tabindex"], region.facts["aria-label"]) == ("region", "0", "One")


def test_every_text_is_escaped() -> None:
    """This covers cells, names of columns, the caption and paragraphs."""
    made = tables.html(tables.frame({EVIL: [EVIL]}), EVIL) + tables.paragraphs([EVIL])
    assert "<script" not in made and made.count("&lt;script&gt;") == 5


def test_every_object_shows_one_table_with_a_caption() -> None:
    """Only `tables.py` writes HTML tables."""
    world = with_policy(restless(30), "planted", pays(range(8)))
    run, other = (nt.simulate(one, seed=1) for one in (world, restless(30)))
    for thing in (world, run, nt.measure(run), nt.compare(run, baseline=other), nt.career(run, 3)):
        root = read(thing._repr_html_())
        assert len(root.all("caption")) == len(root.all("table")) == 1, type(thing)
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text("utf-8")
        assert path.name == "tables.py" or not ("to_html(" in text or "<table" in text), path


def shown_in_notebooks() -> dict[str, type]:
    """Every class of the library that a notebook shows as HTML, by name."""
    found = {}
    for module in pkgutil.walk_packages(nt.__path__, "nhstransit."):
        if module.name.endswith("__main__"):
            continue
        held = inspect.getmembers(importlib.import_module(module.name), inspect.isclass)
        found |= {name: one for name, one in held if one.__module__ == module.name and "_repr_html_" in vars(one)}
    return found


def test_every_class_that_a_notebook_shows_uses_the_same_functions() -> None:
    """Tables come from `tables.html`, which adds caption, scope and region. Text comes from `tables.paragraphs`, which
    escapes it. Only `Explanation`, a list of terms, makes its own elements.
    """
    found = shown_in_notebooks()
    assert len(found) > 20 and {"Run", "Study", "Choice", "Validation", "Career", "Report"} <= set(found)
    for name, one in found.items():
        source = inspect.getsource(one._repr_html_)
        assert re.search(r"\b(html|paragraphs)\(", source) or name == "Explanation", name
        assert not re.search(r"</?[a-z]+[ >]", source) or name == "Explanation", name


def faults_of(shown: str) -> list[str]:
    """Faults in HTML for a notebook: tables without caption or headers, regions without a name, scripts."""
    root = read(shown)
    wrong = ["script" for _ in root.all("script")]
    for table in root.all("table"):
        wrong += [] if [one.text() for one in table.all("caption")] else ["no caption"]
        wrong += [
            one.text() for one in table.all("th") if one.facts.get("scope") not in ("row", "col") or not one.text()
        ]
        region = table.parent
        if region is None or region.facts.get("tabindex") != "0" or not region.facts.get("aria-label"):
            wrong.append("no region")
    return wrong


def test_html_of_the_main_objects_has_no_fault() -> None:
    """This covers scenario, levers, run, measures, comparisons, study, report and career."""
    world = with_policy(restless(30), "planted", pays(range(8)))
    runs, others = ([nt.simulate(one, seed=seed) for seed in (1, 2)] for one in (world, restless(30)))
    pair = nt.compare(runs[0], baseline=others[0])
    study = nt.sweep({"as is": world, "calm": restless(30)}, replications=2, seed=1, progress=False)
    given = (
        world,
        nt.levers(world),
        nt.explain(world),
        runs[0],
        nt.measure(runs[0]),
        pair,
        pair.waterfall,
        pair.divergence,
        nt.compare(runs, baseline=others),
        study,
        nt.report(runs[0]),
        nt.career(runs[0], 3),
    )
    for thing in given:
        assert faults_of(thing._repr_html_()) == [], type(thing)
    assert faults_of("<table><tr><th>a</th></tr></table>") == ["no caption", "a", "no region"]


def test_a_table_with_a_caption_becomes_a_plain_table_when_it_is_filtered_or_pickled() -> None:
    """The caption of a long table says how many rows are shown."""
    table = nt.levers(restless(3))
    assert isinstance(table, pd.DataFrame) and type(table[table["kind"] == "decision"]) is pd.DataFrame
    assert type(pickle.loads(pickle.dumps(table))) is pd.DataFrame
    assert (
        f"the first 60 of {len(table):,} rows" in table._repr_html_() and len(read(table._repr_html_()).all("tr")) == 61
    )


def test_markup_in_the_title_of_a_scenario_is_escaped() -> None:
    """Title and description come from a file that anybody may have written."""
    shown = attrs.evolve(restless(3), title=EVIL, about=EVIL)._repr_html_()
    assert "<script" not in shown and shown.count("&lt;script&gt;") == 3
