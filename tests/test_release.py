"""The files of a release agree about it, and the source archive is complete."""

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


def test_version_licence_and_address_are_equal_in_all_files() -> None:
    """These are pyproject.toml, CITATION.cff and codemeta.json."""
    citation = (ROOT / "CITATION.cff").read_text("utf-8")
    cited = dict(re.findall(r"^([a-z-]+): (.+)$", citation, re.MULTILINE))
    meta = json.loads((ROOT / "codemeta.json").read_text("utf-8"))
    assert cited["version"] == meta["version"] == PROJECT["version"]
    assert cited["license"] == PROJECT["license"] and meta["license"].endswith(f"/{PROJECT['license']}")
    assert cited["repository-code"] == meta["codeRepository"] == PROJECT["urls"]["Repository"]
    assert cited["url"] == meta["softwareHelp"] == PROJECT["urls"]["Documentation"]
    assert meta["description"] == PROJECT["description"]


def test_the_changelog_starts_with_this_version() -> None:
    """Its first heading has the version and date of the citation. Between releases it is [Unreleased]."""
    first = re.search(r"^## \[(.+?)\](?: - (.+))?$", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert first is not None
    if first[1] == "Unreleased":
        return
    assert first[1] == PROJECT["version"]
    cited = re.search(r"^date-released: (.+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    published = json.loads((ROOT / "codemeta.json").read_text("utf-8"))["datePublished"]
    assert cited is not None
    assert date.fromisoformat(first[2]).isoformat() == cited[1] == published


def test_the_extra_all_contains_every_extra_for_users() -> None:
    """It leaves out the requirements of tests and documentation."""
    extras = PROJECT["optional-dependencies"]
    for_users = sorted(set(extras) - {"all", "docs", "test"})
    assert sorted(extras["all"][0].removeprefix("nhstransit[").removesuffix("]").split(",")) == for_users


def test_the_lowest_stated_versions_are_tested() -> None:
    """Every lower bound of a requirement is pinned in .ci/minima.txt, except for linters and documentation."""
    linters = {"mypy", "ruff", "import-linter", "scipy-stubs", "pandas-stubs"}  # these do not affect results
    extras = PROJECT["optional-dependencies"]
    wanted = [*PROJECT["dependencies"], *(one for name in extras if name != "docs" for one in extras[name])]
    stated = dict(one.split(">=") for one in wanted if not one.startswith("nhstransit["))
    pinned = dict(line.split("==") for line in (ROOT / ".ci" / "minima.txt").read_text("utf-8").split() if "==" in line)
    assert {name.lower(): Version(least) for name, least in stated.items() if name not in linters} == {
        name.lower(): Version(version) for name, version in pinned.items() if name != "pyparsing"
    }


def test_citations_and_bibliography_of_the_paper_agree() -> None:
    """The paper also has the expected sections and at most 1,000 words."""
    text = (ROOT / "docs" / "paper" / "paper.md").read_text("utf-8")
    listed = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "docs" / "paper" / "paper.bib").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?<=[\s\[;]@)(\w+)", text.partition("bibliography")[2])) == listed
    for heading in ("Summary", "Statement of need", "State of the field", "Quality control", "References"):
        assert f"\n# {heading}\n" in text
    assert len(text.split()) <= 1_000


def test_the_source_archive_is_complete(archives: Path) -> None:
    """It has the library, its data, tests, documentation with notebooks, and files for citation and contributors.

    tests/test_wheel_runs.py runs the wheel that is built from it.
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
    """Build the whole site into a folder. Each seed gives another order of Python's sets."""
    words = ["-q", "-W", "--keep-going", "-E", "-d", str(folder / "kept"), "-b", "html", str(ROOT / "docs")]
    build = [sys.executable, "-m", "sphinx", *words, str(folder / "site")]
    env = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(build, capture_output=True, text=True, check=False, env=env)
    assert done.returncode == 0, done.stderr
    return folder / "site"


@pytest.mark.thorough
@pytest.mark.timeout(2_400)
def test_two_builds_of_the_site_are_equal_and_have_no_fault(tmp_path: Path) -> None:
    """There is no warning, an index for search without a network, and no fault of accessibility."""
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
    ("old", "new", "message"),
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
def test_the_check_of_the_site_finds_each_fault(old: str, new: str, message: str, tmp_path: Path) -> None:
    """Each case puts one fault into a page without faults. The first case changes nothing."""
    (tmp_path / "page.html").write_text(GOOD.replace(old, new), "utf-8")
    found = CHECK["faults"](tmp_path)
    assert found == [] if not message else len(found) >= 1 and any(message in one for one in found), found
