"""The wheel contains the whole library and nothing else."""

from __future__ import annotations

import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "nhstransit"
LEFT_BEHIND = {".pyc", ".pyo"}


@pytest.fixture(scope="module")
def inside(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def metadata_file(inside: dict[str, bytes], ending: str) -> str:
    (name,) = (name for name in inside if name.endswith(f".dist-info/{ending}"))
    return inside[name].decode()


def test_every_file_of_the_package_is_in_the_wheel(inside: dict[str, bytes]) -> None:
    """This includes code, types, bundled tables and scenarios, byte for byte."""
    files = {path for path in PACKAGE.rglob("*") if path.is_file() and path.suffix not in LEFT_BEHIND}
    wanted = {path.relative_to(PACKAGE.parent).as_posix(): path.read_bytes() for path in files}
    assert {name for name in wanted if inside.get(name) != wanted[name]} == set()


def test_types_templates_and_bundled_data_are_in_the_wheel(inside: dict[str, bytes]) -> None:
    assert "nhstransit/report/templates/page.html" in inside
    assert {"nhstransit/py.typed", "nhstransit/data/sources.toml", "nhstransit/data/parameters/pay_points.toml"} <= set(
        inside
    )


def test_the_wheel_contains_only_the_package(inside: dict[str, bytes]) -> None:
    """It has no tests, caches or other folders."""
    assert {name.split("/")[0] for name in inside if ".dist-info/" not in name} == {"nhstransit"}
    assert not [name for name in inside if "__pycache__" in name or Path(name).suffix in LEFT_BEHIND]


def test_the_metadata_of_the_wheel_are_complete(inside: dict[str, bytes]) -> None:
    """They have the name, the required Python, the licence, the README and the command."""
    about = Parser().parsestr(metadata_file(inside, "METADATA"))
    assert (about["Name"], about["Requires-Python"], about["License-Expression"]) == ("nhstransit", ">=3.11", "MIT")
    assert "MIT License" in metadata_file(inside, "licenses/LICENSE")
    assert "# nhstransit" in str(about.get_payload())
    assert "nhstransit = nhstransit.cli:main" in metadata_file(inside, "entry_points.txt")


def test_every_requirement_has_a_lower_bound(inside: dict[str, bytes]) -> None:
    """Tools for tests are required only by the extra for tests."""
    needed = Parser().parsestr(metadata_file(inside, "METADATA")).get_all("Requires-Dist") or []
    assert all(">=" in one for one in needed)
    always = [one for one in needed if "extra ==" not in one]
    assert not [one for one in always if one.startswith(("pytest", "mypy", "ruff", "hypothesis", "build", "hatchling"))]
