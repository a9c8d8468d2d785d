"""Settings of Sphinx, which makes the site from the Markdown of this folder, and the reference from docstrings.

`python -m sphinx -W --keep-going -b html docs build/site` builds it; `pip install -e '.[docs]'` installs what it needs.
"""

from __future__ import annotations

import enum
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import latex2mathml.converter
from docutils import nodes

import nhstransit

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))
from examples import EXAMPLES, GIVEN, LONG  # noqa: E402
from public import PUBLIC, is_function, names  # noqa: E402

REPOSITORY = "https://github.com/nhstransit/nhstransit/blob/main"

project = "nhstransit"
author = "The nhstransit developers"
version = release = nhstransit.__version__
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "README"
exclude_patterns = ["**/*.py", "paper/*"]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
language = "en_GB"
default_role = "code"  # a word in single backticks is code, in docstrings as in Markdown

html_math_renderer = "mathml"
html_theme = "furo"
html_title = f"nhstransit {version}"
html_use_index = False  # the reference has an entry for each name, and the search finds it
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_static_path = ["_static"]
html_css_files = ["site.css"]

myst_enable_extensions = ["dollarmath", "deflist"]
myst_heading_anchors = 3
nb_execution_mode = "off"  # notebooks are stored with their outputs, and a test runs them again
autodoc_typehints = "none"  # types are in the signature
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True
napoleon_google_docstring = True
napoleon_numpy_docstring = False
suppress_warnings = ["myst.header", "misc.highlighting_failure"]

TREE: dict[str, tuple[str, ...]] = {  # the structure of the site: a heading, and its pages in order
    "Start here": ("why", "tutorial", "glossary", "workshop"),
    "Gallery": ("gallery/README", "gallery/*"),
    "How to": ("how-to/*",),
    "Explanation": (
        "concepts/scenario",
        "concepts/organisations",
        "concepts/synthesis",
        "concepts/law",
        "concepts/grammar",
        "concepts/foundations",
        "concepts/run",
        "concepts/metrics",
        "concepts/expertise",
        "concepts/survival-and-equality",
        "concepts/comparison",
        "concepts/bounds",
        "concepts/report",
        "concepts/sweeps",
        "concepts/calibration",
        "concepts/choice",
        "concepts/*",
    ),
    "The two Englands": (
        "concepts/published",
        "validation",
        "model/variants",
        "model/choosing-2010",
        "*2025*",
        "*/*2025*",
    ),
    "Reference": (
        "concepts/cli",
        "reference",
        "api/*",
        "concepts/policies",
        "concepts/behaviour",
        "concepts/policy-vocabulary",
        "concepts/eventlog",
        "new-names",
    ),
    "Data and assumptions": ("data/README", "data/*"),
    "The model": ("model/scope", "model/assurance", "model/odd", "model/stress", "model/*"),
    "Develop": ("architecture", "project/*", "*"),
}


def sorted_pages() -> dict[str, list[str]]:
    """Every page under the heading that lists it, or else under the first heading with a pattern that fits."""
    pages = {
        str(path.relative_to(HERE).with_suffix("")): path
        for path in sorted(HERE.rglob("*"))
        if path.suffix in (".md", ".ipynb") and path.parent.name != "paper"
    }
    del pages[root_doc]
    left = list(pages)
    found: dict[str, list[str]] = {heading: [] for heading in TREE}
    for exactly in (True, False):
        for heading, patterns in TREE.items():
            for pattern in patterns:
                if ("*" in pattern) == exactly:
                    continue
                here = [page for page in left if _fits(page, pattern)]
                found[heading] += here
                left = [page for page in left if page not in here]
    return found


def _fits(page: str, pattern: str) -> bool:
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[^/]*"), page) is not None


def reference_page(path: str) -> str:
    """A page of the reference: a module, its public names and their docstrings."""
    module = importlib.import_module(path)
    lines = [f"# `{path}`", "", (inspect.getdoc(module) or "").split("\n\n")[0], ""]
    if path == "nhstransit":
        lines += [
            "The examples on the pages of all modules begin with this code:",
            "",
            "```python",
            GIVEN.strip(),
            "```",
            "",
        ]
    for name in names(path):
        lines += _entry(path, module, name)
        lines += _example(path, name)
    return "\n".join(lines) + "\n"


def _entry(path: str, module: Any, name: str) -> Iterator[str]:
    """The entry of one name: Sphinx's documentation, the value of a constant, or a link if the entry is elsewhere."""
    thing = getattr(module, name)
    first = next((other for other in PUBLIC if name in names(other) and _same(other, name, thing)), path)
    if first != path:
        yield from (f"## `{name}`", "", f"See {{py:obj}}`{first}.{name}`.", "")
        return
    yield from (f"## `{name}`", "")
    if not (inspect.isclass(thing) or is_function(thing)):
        yield from (f"{_constant(thing)}", "")
        return
    kind = "autoclass" if inspect.isclass(thing) else "autofunction"
    yield from ("```{eval-rst}", f".. {kind}:: {path}.{name}")
    if inspect.isclass(thing):
        yield "   :members:"
        if issubclass(thing, enum.Enum):
            yield from ("   :undoc-members:", "   :exclude-members: as_integer_ratio, from_bytes, to_bytes, bit_count")
    yield from ("```", "")


def _example(path: str, name: str) -> Iterator[str]:
    """The example of a function, if any."""
    text = (EXAMPLES.get(path, {}) | LONG.get(path, {})).get(name)
    if text:
        yield from ("Example:", "", "```python", text, "```", "")


def _same(path: str, name: str, thing: Any) -> bool:
    return getattr(importlib.import_module(path), name) is thing


def _constant(thing: Any) -> str:
    """The value of a constant, shortened."""
    if isinstance(thing, dict) or hasattr(thing, "items"):
        return f"A mapping. Keys: {', '.join(f'`{key}`' for key in thing)}."
    if isinstance(thing, tuple):
        return ", ".join(f"`{one if isinstance(one, str) else getattr(one, '__name__', one)}`" for one in thing) + "."
    return f"`{' '.join(repr(thing).split())[:200]}`"


def made_pages() -> None:
    """Write the pages of the reference and of the project's files, which are not in Git."""
    for path in PUBLIC:
        _written(HERE / "api" / f"{path}.md", reference_page(path))
    for name in ("CHANGELOG", "CONTRIBUTING", "SECURITY"):
        text = (HERE.parent / f"{name}.md").read_text("utf-8")
        _written(HERE / "project" / f"{name}.md", re.sub(r"\]\((docs/[^)]*|[A-Z]+\.md)\)", _from_project, text))


def _from_project(link: re.Match[str]) -> str:
    target = link[1]
    return f"](../{target.removeprefix('docs/')})" if target.startswith("docs/") else f"]({target})"


def _written(page: Path, text: str) -> None:
    page.parent.mkdir(exist_ok=True)
    if not page.exists() or page.read_text("utf-8") != text:
        page.write_text(text, "utf-8")


def on_source(app: Any, page: str, source: list[str]) -> None:
    """Add the structure of the site to its first page, and change links out of `docs` to the pages that Sphinx has."""
    if page == root_doc:
        for heading, pages in sorted_pages().items():
            source[0] += "\n".join(["", "```{toctree}", ":hidden:", f":caption: {heading}", "", *pages, "```", ""])
    up = "../" * page.count("/")
    outside = re.escape(f"{up}../")
    source[0] = re.sub(rf"\]\({outside}(CHANGELOG|CONTRIBUTING|SECURITY)\.md\)", rf"]({up}project/\1.md)", source[0])
    source[0] = re.sub(rf"\]\({outside}([\w./-]+)\)", rf"]({REPOSITORY}/\1)", source[0])


def on_docstring(app: Any, what: str, name: str, thing: Any, options: Any, lines: list[str]) -> None:
    """Show the text under a sentence "Example: …" as code."""
    for number, line in enumerate(lines):
        if re.match(r"Example: .*\.$", line) and lines[number + 1 : number + 2] == [""]:
            lines[number] = f"{line[:-1]}::"


ACCESSIBLE = (  # what a screen reader or a keyboard needs and the theme and notebooks lack
    (r'<aside class="sidebar-drawer">', '<aside class="sidebar-drawer" aria-label="All pages">'),
    (r'<aside class="(toc-drawer[^"]*)">', r'<aside class="\1" aria-label="On this page">'),
    (
        r'(<p class="caption") role="heading">',
        r"\1>",
    ),  # a heading needs a level, and these come before the first heading
    (r"<pre>", '<pre tabindex="0">'),  # the keyboard must reach what scrolls sideways
    (r'<div class="(table-wrapper[^"]*|output text_html)">', r'<div class="\1" tabindex="0">'),
    (r'<div id="search-results">', '<h1>Search</h1><div id="search-results">'),
    (r"<th([^>]*)>\s*(?:<p>\s*</p>\s*)?</th>", r"<td\1></td>"),  # a heading without words
)


def on_finished(app: Any, error: Exception | None) -> None:
    """Make the pages accessible, and make index.html lead to the first page, the README of this folder."""
    if error is None and app.builder.format == "html":
        for page in sorted(Path(app.outdir).rglob("*.html")):
            text = page.read_text("utf-8")
            for old, new in ACCESSIBLE:
                text = re.sub(old, new, text)
            page.write_text(text, "utf-8")
        to = f"{root_doc}.html"
        head = f'<meta charset="utf-8"><title>{html_title}</title><meta http-equiv="refresh" content="0; url={to}">'
        text = f'<!doctype html><html lang="en-GB"><head>{head}</head><body><a href="{to}">{html_title}</a></body></html>\n'
        (Path(app.outdir) / "index.html").write_text(text, "utf-8")


def math_inline(writer: Any, node: Any) -> None:
    """Write a formula as MathML, which browsers show without a script."""
    writer.body.append(latex2mathml.converter.convert(node.astext()))
    raise nodes.SkipNode


def math_block(writer: Any, node: Any) -> None:
    """Write a formula on a separate line."""
    formula = latex2mathml.converter.convert(node.astext(), display="block")
    writer.body.append(f'<div class="math" tabindex="0">{formula}</div>')
    raise nodes.SkipNode


def setup(app: Any) -> None:
    """Called by Sphinx."""
    app.add_html_math_renderer("mathml", inline_renderers=(math_inline, None), block_renderers=(math_block, None))
    app.connect("autodoc-process-docstring", on_docstring, priority=100)  # before napoleon
    app.connect("builder-inited", lambda app: made_pages())
    app.connect("source-read", on_source)
    app.connect("build-finished", on_finished)
