"""Importing the package is fast: heavy libraries are loaded only when they are used."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.examples import some

HEAVY = ("simpy", "matplotlib", "pandas", "scipy", "click", "rich", "cattrs", "jinja2", "tomli_w", "numpy")


def loaded(code: str) -> set[str]:
    """The top-level packages that are loaded in a new interpreter after this code."""
    code += "; import sys; print(*{name.partition('.')[0] for name in sys.modules})"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_no_heavy_library() -> None:
    """`import nhstransit` does not even load NumPy."""
    assert not loaded("import nhstransit") & set(HEAVY)


def test_listing_the_names_of_the_package_loads_no_heavy_library() -> None:
    """Editors do this for completion."""
    assert not loaded("import nhstransit; dir(nhstransit); nhstransit.__all__") & set(HEAVY)


@pytest.mark.parametrize("name", some(["Scenario", "load_scenario"], ["Scenario"]))
def test_scenarios_are_imported_without_engine_and_plots(name: str) -> None:
    """The names of lower layers do not load SimPy, matplotlib, pandas, click or rich.

    tests/scenario/test_explain.py checks the same for loading a scenario.
    """
    assert not loaded(f"import nhstransit; nhstransit.{name}") & {"simpy", "matplotlib", "pandas", "click", "rich"}


@pytest.mark.thorough
def test_calibration_and_sensitivity_are_imported_without_heavy_libraries() -> None:
    """They load neither pandas, matplotlib and SALib nor scipy.stats."""
    code = "import nhstransit.studies.calibration, nhstransit.studies.sensitivity, sys"
    assert not loaded(f"{code}; assert 'scipy.stats' not in sys.modules") & {"pandas", "matplotlib", "SALib"}


def test_dates_random_numbers_and_toml_load_no_heavy_library() -> None:
    """Dates, random numbers and TOML load no other heavy library on import."""
    heavy = set(HEAVY) - {"numpy"}
    assert not loaded("import nhstransit.dates, nhstransit.streams, nhstransit.toml, nhstransit.errors") & heavy
