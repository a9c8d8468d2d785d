"""What a release says of itself is the same in every file, and the source archive holds what it should."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
import tarfile
import tomllib
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import pytest
from packaging.version import Version

from nhstransit.errors import nearest

ROOT = Path(__file__).parents[1]
CHECK = runpy.run_path(str(ROOT / "docs" / "check_site.py"))
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]


def test_version_licence_and_address_are_the_same_everywhere() -> None:
    """In pyproject.toml, CITATION.cff and codemeta.json."""
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    cited = dict(re.findall(r"^([a-z-]+): (.+)$", citation, re.MULTILINE))
    meta = json.loads((ROOT / "codemeta.json").read_text("utf-8"))
    assert cited["version"] == meta["version"] == PROJECT["version"]
    assert cited["license"] == PROJECT["license"] and meta["license"].endswith(f"/{PROJECT['license']}")
    assert cited["repository-code"] == meta["codeRepository"] == PROJECT["urls"]["Repository"]
    assert cited["url"] == meta["softwareHelp"] == PROJECT["urls"]["Documentation"]
    assert meta["description"] == PROJECT["description"]


def test_the_newest_changes_are_those_of_this_version() -> None:
    """The first heading of the changelog has version and date as they are cited; between releases it is [Unreleased]."""
    first = re.search(r"^## \[(.+?)\](?: - (.+))?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert first is not None
    if first[1] == "Unreleased":
        return
    assert first[1] == PROJECT["version"]
    cited = re.search(r"^date-released: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    published = json.loads((ROOT / "codemeta.json").read_text("utf-8"))["datePublished"]
    assert cited is not None
    assert date.fromisoformat(first[2]).isoformat() == cited[1] == published


def test_the_extra_all_has_every_extra_for_users() -> None:
    """`pip install nhstransit[all]`: everything but what tests and the documentation need."""
    extras = PROJECT["optional-dependencies"]
    for_users = sorted(set(extras) - {"all", "docs", "test"})
    assert sorted(extras["all"][0].removeprefix("nhstransit[").removesuffix("]").split(",")) == for_users


def test_the_lowest_versions_that_are_tried_are_those_that_are_stated() -> None:
    """Every lower bound of what runs the library, builds it and tests it is pinned in .ci/minima.txt, as it is stated."""
    linters = {"mypy", "ruff", "import-linter", "scipy-stubs", "pandas-stubs"}  # no test of the library's answers
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *(one for name in extras if name != "docs" for one in extras[name])]
    stated = dict(one.split(">=") for one in wanted if not one.startswith("nhstransit["))
    pinned = dict(line.split("==") for line in (ROOT / ".ci" / "minima.txt").read_text("utf-8").split() if "==" in line)
    assert {name.lower(): Version(least) for name, least in stated.items() if name not in linters} == {
        name.lower(): Version(version) for name, version in pinned.items() if name != "pyparsing"
    }


def test_the_paper_cites_what_its_list_holds() -> None:
    """Every citation of the paper is in its bibliography and the other way round; it has the parts that a reader expects."""
    text = (ROOT / "docs" / "paper" / "paper.md").read_text("utf-8")
    listed = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "docs" / "paper" / "paper.bib").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?<=[\s\[;]@)(\w+)", text.partition("bibliography")[2])) == listed
    for heading in ("Summary", "Statement of need", "State of the field", "Quality control", "References"):
        assert f"\n# {heading}\n" in text
    assert len(text.split()) <= 1_000


def test_the_source_archive_is_whole(archives: Path) -> None:
    """It has the library, its data, tests, documentation with notebooks, and the files for citing and taking part.

    The wheel of the tests is built from it, and is run outside the checkout (tests/test_wheel_runs.py).
    """
    (archive,) = archives.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        inside = {name.partition("/")[2] for name in opened.getnames()}
    wanted = [
        *("README.md", "CHANGELOG.md", "LICENSE", "CITATION.cff", "codemeta.json", "CONTRIBUTING.md", "SECURITY.md"),
        *("pyproject.toml", "nhstransit/py.typed", "docs/conf.py", "docs/gallery/brain-drain.ipynb"),
        *("tests/conftest.py", "constraints.txt", ".readthedocs.yaml"),
    ]
    assert not [f"{name}: {nearest(name, inside)}" for name in wanted if name not in inside]
    assert not [name for name in inside if name.startswith(("docs/api/", "docs/project/", "results/", ".venv"))]


def built(folder: Path, seed: str) -> Path:
    """The site, built from nothing into a folder, with another order of Python's sets for each seed."""
    words = ["-q", "-W", "--keep-going", "-E", "-d", str(folder / "kept"), "-b", "html", str(ROOT / "docs")]
    build = [sys.executable, "-m", "sphinx", *words, str(folder / "site")]
    env = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(build, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.mark.thorough
@pytest.mark.timeout(2_400)
def test_the_site_is_built_to_the_same_bytes_and_has_no_fault(tmp_path: Path) -> None:
    """Without a warning, with an index for searching without a network, readable by everyone, and the same each time."""
    assert find_spec("myst_nb"), "run: pip install -e '.[docs]'"
    site, again = (built(tmp_path / name, seed) for name, seed in (("one", "1"), ("two", "2")))
    assert "README.html" in (site / "index.html").read_text("utf-8")
    assert len(list(site.rglob("*.html"))) > 90 and (site / "searchindex.js").stat().st_size > 100_000
    files = {path.relative_to(site): path.read_bytes() for path in site.rglob("*") if path.is_file()}
    others = {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()}
    assert [str(name) for name in files.keys() | others.keys() if files.get(name) != others.get(name)] == []
    assert CHECK["faults"](site.resolve()) == []


GOOD = (
    '<html lang="en-GB"><head><title>A page</title></head><body><main><h1>One</h1><h2 id="two">Two</h2>'
    '<a href="#two">two</a><img src="a.png" alt="a figure of people"><label for="q">ask</label><input id="q" type="text">'
    "<table><tr><th>people</th></tr><tr><td>1</td></tr></table></main></body></html>"
)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("<title>", "<title>", ""),
        (' lang="en-GB"', "", "has no language"),
        ("A page", "", "has no title"),
        ("h2", "h3", "a heading of level 3 follows one of level 1"),
        ("<h1>One</h1>", "", "has 0 main headings"),
        (' alt="a figure of people"', "", "<img> has no alternative text"),
        (">two</a>", "></a>", "<a> has no name"),
        ('<label for="q">', "<label>", "has a field without a label"),
        ("th>", "td>", "<table> has no headings"),
        ('"#two"', '"#three"', "has a link to no heading of page.html: #three"),
        ('"#two"', '"nowhere.html"', "has a link to a page that does not exist: nowhere.html"),
        ("<h1>", '<h1 id="two">', "has the identifier 'two' 2 times"),
        ('src="a.png"', 'src="https://elsewhere.org/a.png"', "<img> is loaded from elsewhere"),
        ("<h1>", '<h1 style="min-width: 400px">', "<h1> is 400 pixels wide"),
        ("<h1>", '<h1><p role="heading">', "<p> is a heading without a level"),
        ("</table>", "</table><pre>1</pre>", "<pre> cannot be scrolled with the keyboard"),
        ("</main>", "</main><aside></aside><aside></aside>", "has 2 <aside> with the name ''"),
        ("<th>people</th>", "<th>people</th><th></th>", "<th> has no words"),
        ("<table>", '<table width="400">', "<table> is 400 pixels wide"),
    ],
)
def test_the_check_of_the_site_finds_each_fault(old: str, new: str, said: str, tmp_path: Path) -> None:
    """One at a time, in a page that has no other; the page as it is has none."""
    (tmp_path / "page.html").write_text(GOOD.replace(old, new), "utf-8")
    found = CHECK["faults"](tmp_path)
    assert found == [] if not said else len(found) >= 1 and any(said in one for one in found), found
