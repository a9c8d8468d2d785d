"""What a release says of itself is the same in every file, and the source archive holds what it should."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tarfile
import tomllib
from importlib.util import find_spec
from pathlib import Path

import pytest

from nhstransit.errors import nearest

ROOT = Path(__file__).parents[1]
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


def test_the_extra_all_has_every_extra_for_users() -> None:
    """`pip install nhstransit[all]`: everything but what tests and the documentation need."""
    extras = PROJECT["optional-dependencies"]
    for_users = sorted(set(extras) - {"all", "docs", "test"})
    assert sorted(extras["all"][0].removeprefix("nhstransit[").removesuffix("]").split(",")) == for_users


def test_the_paper_cites_what_its_list_holds() -> None:
    """Every citation of the paper is in its bibliography and the other way round; it has the parts that a reader expects."""
    text = (ROOT / "docs" / "paper" / "paper.md").read_text("utf-8")
    listed = set(re.findall(r"^@\w+\{(\w+),", (ROOT / "docs" / "paper" / "paper.bib").read_text("utf-8"), re.MULTILINE))
    assert set(re.findall(r"(?<=[\s\[;]@)(\w+)", text.partition("bibliography")[2])) == listed
    for heading in ("Summary", "Statement of need", "State of the field", "Quality control", "References"):
        assert f"\n# {heading}\n" in text
    assert len(text.split()) <= 1_000


@pytest.mark.thorough
def test_the_source_archive_is_whole(tmp_path: Path) -> None:
    """It has the library, its data, tests, documentation with notebooks, and the files for citing and taking part."""
    build = [sys.executable, "-m", "build", "--sdist", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (archive,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(archive) as opened:
        inside = {name.partition("/")[2] for name in opened.getnames()}
    wanted = [
        *("README.md", "CHANGELOG.md", "LICENSE", "CITATION.cff", "codemeta.json", "CONTRIBUTING.md", "SECURITY.md"),
        *(
            "pyproject.toml",
            "nhstransit/py.typed",
            "docs/conf.py",
            "docs/gallery/brain-drain.ipynb",
            "tests/conftest.py",
        ),
    ]
    assert not [f"{name}: {nearest(name, inside)}" for name in wanted if name not in inside]


@pytest.mark.thorough
@pytest.mark.timeout(1_200)
def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    """From all pages and docstrings, with an index for searching without a network; every figure has an alternative text."""
    assert find_spec("myst_nb"), "run: pip install -e '.[docs]'"
    build = [
        sys.executable,
        "-m",
        "sphinx",
        "-q",
        "-W",
        "--keep-going",
        "-b",
        "html",
        str(ROOT / "docs"),
        str(tmp_path),
    ]
    done = subprocess.run(build, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "README.html" in (tmp_path / "index.html").read_text("utf-8")
    pages = sorted(tmp_path.rglob("*.html"))
    assert len(pages) > 90 and (tmp_path / "searchindex.js").stat().st_size > 100_000
    for page in pages:
        for image in re.findall(r"<img [^>]*>", page.read_text("utf-8")):
            assert re.search(r'alt="[^"]{4,}"', image), (page.name, image[:200])
